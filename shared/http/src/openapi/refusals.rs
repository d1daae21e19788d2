//! Errors as answers of the document: the status by the one error table, and the texts of all errors
//! that have it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use http::StatusCode;
use or3_domain::auth::SessionError;
use or3_domain::auth::oidc::KeysUnavailable;
use or3_domain::store::StoreError;
use utoipa::openapi::content::Content;
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::{Ref, RefOr};

use super::answer::shared_header;
use crate::body::too_large;
use crate::error::ApiError;
use crate::layers::{address_too_long, head_too_large};
use crate::limits::refusal;
use crate::origin::OTHER_INTENT;

/// What every route may answer: bounds of the head, patience, faults, and a store that is away.
pub(super) fn of_every_route() -> Vec<ApiError> {
    vec![
        address_too_long(),
        head_too_large(),
        StoreError::Fault(String::new()).into(),
        StoreError::Unavailable(String::new()).into(),
        ApiError::late(),
    ]
}

/// What resolving a session may end in.
pub(super) fn of_sessions() -> Vec<ApiError> {
    vec![
        SessionError::RegistrationDisabled.into(),
        SessionError::InviteRequired.into(),
        SessionError::InviteInvalid.into(),
        SessionError::InviteSecretMissing.into(),
        SessionError::IdentityProvider(KeysUnavailable::Paused).into(),
    ]
}

/// What a page of another origin is told.
pub(super) fn of_other_origins() -> [ApiError; 2] {
    let other_intent = ApiError::forbidden().with_message(OTHER_INTENT);
    [ApiError::forbidden(), other_intent]
}

/// Answers that many routes have, by name.
pub(super) fn shared() -> Vec<(&'static str, Vec<ApiError>)> {
    let unavailable = || ApiError::from(StoreError::Unavailable(String::new()));
    let sessions = |status: StatusCode, others: &[ApiError]| {
        let mut errors = of_sessions();
        errors.retain(|error| error.status() == status);
        errors.extend_from_slice(others);
        errors
    };
    let no_member = sessions(StatusCode::FORBIDDEN, &[ApiError::forbidden()]);
    let no_member_here = sessions(StatusCode::FORBIDDEN, &of_other_origins());
    let no_session = sessions(unavailable().status(), &[unavailable()]);
    vec![
        ("AddressTooLong", vec![address_too_long()]),
        ("BodyTooLarge", vec![too_large()]),
        ("HeadTooLarge", vec![head_too_large()]),
        ("NoRoom", vec![StoreError::Full(String::new()).into()]),
        ("NotFound", vec![ApiError::not_found()]),
        ("RateLimited", vec![refusal(Duration::from_mins(1))]),
        ("ServerError", vec![StoreError::Fault(String::new()).into()]),
        ("Forbidden", no_member),
        ("ForbiddenHere", no_member_here),
        ("SessionUnavailable", no_session),
        ("TooSlow", vec![ApiError::slow()]),
        ("Unauthorized", vec![ApiError::unauthorized()]),
        ("Unavailable", vec![unavailable()]),
    ]
}

/// `refusals` by status: shared ones by their names. Answers to `HEAD` have no body.
pub(super) fn responses(
    refusals: &[ApiError],
    with_body: bool,
) -> impl Iterator<Item = (String, RefOr<Response>)> {
    let shared = shared();
    by_status(refusals).into_iter().map(move |group| {
        let named = shared
            .iter()
            .find(|(_, errors)| by_status(errors)[0] == group);
        let response = match named {
            Some((name, _)) if with_body => Ref::from_response_name(*name).into(),
            _ => response(&group, with_body),
        };
        (group.0.as_str().to_owned(), response)
    })
}

/// The answer that these errors of one status are.
pub(super) fn of_one_status(errors: &[ApiError]) -> RefOr<Response> {
    response(&by_status(errors)[0], true)
}

/// A status, and every text that it may come with.
type Group = (StatusCode, BTreeSet<String>);

fn by_status(refusals: &[ApiError]) -> Vec<Group> {
    let mut groups = BTreeMap::<StatusCode, BTreeSet<String>>::new();
    for refusal in refusals {
        let texts = groups.entry(refusal.status()).or_default();
        texts.insert(format!("\"{}\"", refusal.message()));
    }
    groups.into_iter().collect()
}

fn response((status, texts): &Group, with_body: bool) -> RefOr<Response> {
    let texts: Vec<_> = texts.iter().map(String::as_str).collect();
    let response = ResponseBuilder::new().description(texts.join(", or "));
    let mut response = shared_header(response, "X-Request-Id");
    if with_body {
        let error = Ref::from_schema_name("Error");
        response = response.content("application/json", Content::new(Some(error)));
    }
    if says_when_to_come_back(*status) {
        response = shared_header(response, "Retry-After");
    }
    response.into()
}

fn says_when_to_come_back(status: StatusCode) -> bool {
    [
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ]
    .contains(&status)
}
