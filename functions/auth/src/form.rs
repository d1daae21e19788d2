//! The JSON bodies of the password endpoints. The first field that is wrong, in the order in
//! which a handler asks for them, decides the text (auth contract, 3.2).

use axum::extract::FromRequest;
use axum::extract::Request;
use http::header::CONTENT_TYPE;
use or3_domain::auth::{Email, password};
use or3_http::{ApiError, Limited};
use serde_json::{Map, Value};

/// Room for the longest of everything, with every character escaped.
pub(crate) const CEILING: usize = 64 * 1024;

/// A body that is a JSON object. Members that no handler asks for are ignored.
pub(crate) struct Form(Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let media = request.headers().get(CONTENT_TYPE);
        let is_text = media.is_some_and(|media| media.as_bytes().starts_with(b"text/"));
        let body = Limited::<CEILING>::from_request(request, state).await?.0;
        if is_text || body.is_empty() {
            return Err(invalid());
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            Ok(_) => Err(invalid()),
            Err(_) => Err(unreadable()),
        }
    }
}

impl Form {
    /// `email`.
    pub(crate) fn email(&self) -> Result<Email, ApiError> {
        self.text("email")
            .and_then(Email::parse)
            .ok_or_else(bad_email)
    }

    /// A password that somebody already has.
    pub(crate) fn password(&self, name: &str) -> Option<&str> {
        self.text(name).filter(|text| password::is_possible(text))
    }

    /// A password that somebody wants to have.
    pub(crate) fn new_password(&self, name: &str) -> Option<&str> {
        self.text(name)
            .filter(|text| password::is_long_enough(text))
    }

    /// An optional text that is trimmed and then 1 to `most` UTF-16 units long.
    pub(crate) fn optional(&self, name: &str, most: usize) -> Result<Option<&str>, ApiError> {
        if !self.0.contains_key(name) {
            return Ok(None);
        }
        let text = self.text(name).map(str::trim).ok_or_else(invalid)?;
        if (1..=most).contains(&text.encode_utf16().count()) {
            Ok(Some(text))
        } else {
            Err(invalid())
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str()
    }
}

/// What is wrong with a body that is no JSON.
pub(crate) fn unreadable() -> ApiError {
    ApiError::bad_request("Bad Request")
}

/// What is wrong with an address.
pub(crate) fn bad_email() -> ApiError {
    ApiError::bad_request("Enter a valid email address.")
}

/// What is wrong with everything but addresses and passwords.
pub(crate) fn invalid() -> ApiError {
    ApiError::bad_request("Invalid request")
}

/// What is wrong with a password, whatever it is.
pub(crate) fn bad_password() -> ApiError {
    ApiError::bad_request("Password must be at least 8 characters.")
}

/// A new password is one that anybody would try first, for everybody or for this person. The
/// contract has no text for that; its clients show what they are told.
pub(crate) fn guessable() -> ApiError {
    ApiError::bad_request("This password is too common. Choose another one.")
}

/// Two entries of one password differ.
pub(crate) fn mismatch() -> ApiError {
    ApiError::bad_request("Passwords must match.")
}
