//! `POST /api/basic-auth/refresh` (auth contract, 3.2.3).

use axum::Json;
use axum::extract::{RawQuery, State};
use http::HeaderMap;
use or3_domain::auth::AuthError;
use or3_domain::limits::Policy;
use or3_http::{ApiError, AuthCookies, Context, cookie};

use crate::Ports;
use crate::door::{Door, Operation};
use crate::sign_in::Done;

pub(crate) enum Refresh {}

impl Operation for Refresh {
    const BUDGET: Policy = Policy::per_minute("basic-auth:refresh", 120);
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    context: Context,
    door: Door<Refresh>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Json<Done>, ApiError> {
    let token = cookie(&headers, AuthCookies::REFRESH);
    let cookies = &ports.sessions.cookies;
    match door.accounts.refresh(token, &context.origin()).await {
        Ok(tokens) => {
            cookies.set(&context, &tokens);
            Ok(Json(Done { ok: true }))
        }
        Err(AuthError::SessionExpired) => {
            cookies.clear(&context);
            if is_silent(query.as_deref().unwrap_or_default()) {
                Ok(Json(Done { ok: false }))
            } else {
                Err(AuthError::SessionExpired.into())
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether the client wants to hear of a failure as 200.
fn is_silent(query: &str) -> bool {
    let mut pairs = query.split('&');
    pairs.any(|pair| pair == "silent=1" || pair == "silent=true")
}
