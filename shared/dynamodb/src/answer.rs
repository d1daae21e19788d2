//! What an answer of the table means.

use bytes::Bytes;
use http::{Response, StatusCode};
use or3_domain::store::StoreError;
use serde_json::Value;

/// What became of an operation.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It was done; this object came back.
    Done(Value),
    /// Its condition did not hold: nothing was changed. The item as it is, if there is one.
    Unmet(Value),
}

impl Outcome {
    /// What came back of an operation without a condition.
    pub(crate) fn done(self) -> Result<Value, StoreError> {
        match self {
            Self::Done(answer) => Ok(answer),
            Self::Unmet(_) => Err(StoreError::Fault("a condition that nobody set".to_owned())),
        }
    }
}

/// Errors that pass when the same is asked later; DynamoDB answers 400 with them.
const LATER: [&str; 3] = [
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
];

/// Errors that pass when somebody gives this process what it lacks: fresh credentials.
const LAPSED: [&str; 2] = ["ExpiredTokenException", "UnrecognizedClientException"];

/// Whether an answer says "later".
pub(crate) fn says_later(status: StatusCode, body: &[u8]) -> bool {
    status == StatusCode::BAD_REQUEST && LATER.contains(&error(body).1.as_str())
}

/// Sorts an answer.
pub(crate) fn read(answer: &Response<Bytes>) -> Result<Outcome, StoreError> {
    let (status, body) = (answer.status(), answer.body());
    if status == StatusCode::OK {
        let answer = serde_json::from_slice(body).map(Value::Object);
        let unreadable = |error| StoreError::Fault(format!("the table of limits: {error}"));
        return answer.map(Outcome::Done).map_err(unreadable);
    }
    let (mut whole, name) = error(body);
    if name == "ConditionalCheckFailedException" {
        return Ok(Outcome::Unmet(whole["Item"].take()));
    }
    let text = format!("the table of limits answered {status} ({name})");
    let passes = [&LATER[..], &LAPSED].concat().contains(&name.as_str());
    if passes || status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Err(StoreError::Unavailable(text));
    }
    Err(StoreError::Fault(text))
}

/// An answer that is no success, and what DynamoDB calls it: `<namespace>#<name>`.
fn error(body: &[u8]) -> (Value, String) {
    let whole: Value = serde_json::from_slice(body).unwrap_or_default();
    let named = whole["__type"].as_str().unwrap_or_default();
    let name = named.rsplit('#').next().unwrap_or_default();
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let name = letters.take(64).collect();
    (whole, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, name: &str) -> Response<Bytes> {
        let body = format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{name}"}}"#);
        let answer = Response::builder().status(status).body(body.into());
        answer.expect("an answer")
    }

    fn sorted(status: u16, name: &str) -> StoreError {
        read(&answer(status, name)).expect_err("no success")
    }

    #[test]
    fn passing_trouble_is_told_apart_from_what_a_deployer_must_mend() {
        for (status, name) in [
            (400, "ThrottlingException"),
            (400, "ProvisionedThroughputExceededException"),
            (400, "ExpiredTokenException"),
            (429, ""),
            (500, "InternalServerError"),
            (503, ""),
        ] {
            let error = sorted(status, name);
            assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        }
        for name in ["ResourceNotFoundException", "AccessDeniedException", ""] {
            let error = sorted(400, name);
            assert!(matches!(error, StoreError::Fault(_)), "{error}");
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn what_is_throttled_is_asked_again_and_what_is_refused_is_not() {
        let later = |status, name| {
            let answer = answer(status, name);
            says_later(answer.status(), answer.body())
        };
        assert!(later(400, "ThrottlingException"));
        assert!(!later(400, "ConditionalCheckFailedException"));
        assert!(!later(200, "ThrottlingException"));
        assert!(!says_later(StatusCode::BAD_REQUEST, b"<html>"));
    }

    #[test]
    fn what_is_no_object_is_no_answer() {
        for body in ["", "null", "[]", "7", "\"x\"", "<html>"] {
            let answer = Response::new(Bytes::from(body));
            let error = read(&answer).expect_err("no answer");
            assert!(matches!(error, StoreError::Fault(_)), "{error}");
        }
    }

    #[test]
    fn a_condition_that_does_not_hold_shows_the_item() {
        let body = r#"{"__type":"x#ConditionalCheckFailedException","Item":{"a":{"N":"1"}}}"#;
        let answer = Response::builder().status(400).body(body.into());
        match read(&answer.expect("an answer")) {
            Ok(Outcome::Unmet(item)) => assert_eq!(item["a"]["N"], "1"),
            other => panic!("{other:?}"),
        }
    }
}
