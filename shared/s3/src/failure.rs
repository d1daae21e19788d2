//! What an answer of the store that is no success means for a caller.

use bytes::Bytes;
use http::{Response, StatusCode};
use or3_domain::store::StoreError;
use or3_outbound::Pieces;

/// The error that `answer` stands for.
pub(crate) fn refusal(answer: &Response<Bytes>, doing: &str) -> StoreError {
    of(answer.status(), answer.body(), doing)
}

/// The same of an answer whose body has not been read yet.
pub(crate) async fn refusal_in_pieces(answer: Response<Pieces>, doing: &str) -> StoreError {
    let (head, body) = answer.into_parts();
    let body = body.whole().await.unwrap_or_default();
    of(head.status, &body, doing)
}

/// Sorts an answer; `doing` is for the log, and `body` is S3's XML, of which the code is kept.
fn of(status: StatusCode, body: &[u8], doing: &str) -> StoreError {
    let code = code(body);
    let text = match code.as_str() {
        "" => format!("{doing}: the bucket answered {status}"),
        code => format!("{doing}: the bucket answered {status} ({code})"),
    };
    match status {
        StatusCode::INSUFFICIENT_STORAGE => StoreError::Full(text),
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS | StatusCode::CONFLICT => {
            StoreError::Unavailable(text)
        }
        status if status.is_server_error() => StoreError::Unavailable(text),
        _ => StoreError::Fault(text),
    }
}

/// The value of `<Code>`, which is one word.
fn code(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let inside = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"));
    let word = inside.map_or("", |(word, _)| word);
    word.chars()
        .filter(char::is_ascii_alphanumeric)
        .take(64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passing_trouble_is_told_apart_from_what_a_deployer_must_mend() {
        let sorted = |status: u16| {
            let status = StatusCode::from_u16(status).expect("a status");
            of(status, b"", "look")
        };
        for status in [408, 409, 429, 500, 503] {
            assert!(
                matches!(sorted(status), StoreError::Unavailable(_)),
                "{status}"
            );
        }
        for status in [301, 400, 403, 404] {
            assert!(matches!(sorted(status), StoreError::Fault(_)), "{status}");
        }
        assert!(matches!(sorted(507), StoreError::Full(_)));
    }

    #[test]
    fn the_log_says_what_the_store_calls_it() {
        let body = b"<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>";
        let error = of(StatusCode::FORBIDDEN, body, "look at a blob").to_string();
        assert!(
            error.contains("look at a blob") && error.contains("(AccessDenied)"),
            "{error}"
        );
        let cut_off = of(StatusCode::FORBIDDEN, b"<Error><Code>Acc", "look").to_string();
        assert!(!cut_off.contains("Acc"), "{cut_off}");
    }
}
