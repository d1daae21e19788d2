//! What a server's error means for a caller.

use std::fmt;

use http::StatusCode;
use or3_domain::store::StoreError;

use super::hrana::WireError;

/// Codes of errors that pass, by their beginning: a writer that is busy, a volume that does not
/// answer, memory that is short, a transaction or stream that the server gave up, answers to
/// everybody that together are more than it holds (those of ours are small enough, each by
/// itself), reads or writes that it suspends.
const PASSING: [&str; 12] = [
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_PROTOCOL",
    "SQLITE_IOERR",
    "SQLITE_CANTOPEN",
    "SQLITE_READONLY",
    "SQLITE_INTERRUPT",
    "SQLITE_NOMEM",
    "STREAM_EXPIRED",
    "TRANSACTION_",
    "RESPONSE_TOO_LARGE",
    "BLOCKED",
];

/// The same for a database that is damaged.
const DAMAGED: [&str; 2] = ["SQLITE_CORRUPT", "SQLITE_NOTADB"];

/// Sorts what the server says of a statement or a stream.
pub(super) fn of_server(error: &WireError) -> StoreError {
    let code = error.code.as_deref().unwrap_or_default();
    let text = error.to_string();
    if code.starts_with("SQLITE_FULL") {
        StoreError::Full(text)
    } else if PASSING.iter().any(|passing| code.starts_with(passing)) {
        StoreError::Unavailable(text)
    } else if DAMAGED.iter().any(|damaged| code.starts_with(damaged)) {
        StoreError::Broken(text)
    } else {
        StoreError::Fault(text)
    }
}

/// Sorts an answer that is no pipeline result. A refused token is passing trouble: tokens are
/// rotated.
pub(super) fn of_status(status: StatusCode) -> StoreError {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            StoreError::Unavailable(format!("the database server refuses the token ({status})"))
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => unavailable(status),
        status if status.is_server_error() => unavailable(status),
        status => StoreError::Fault(format!("the database server answers {status}")),
    }
}

fn unavailable(status: StatusCode) -> StoreError {
    StoreError::Unavailable(format!("the database server answers {status}"))
}

impl fmt::Display for WireError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(out, "{} [{code}]", self.message),
            None => out.write_str(&self.message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_code(code: &str) -> StoreError {
        of_server(&WireError {
            message: String::new(),
            code: Some(code.to_owned()),
        })
    }

    #[test]
    fn a_full_volume_and_passing_trouble_are_told_apart_from_faults() {
        assert!(matches!(of_code("SQLITE_FULL"), StoreError::Full(_)));
        for code in [
            "SQLITE_BUSY",
            "SQLITE_BUSY_SNAPSHOT",
            "SQLITE_NOMEM",
            "STREAM_EXPIRED",
            "TRANSACTION_TIMEOUT",
            "RESPONSE_TOO_LARGE",
        ] {
            assert!(
                matches!(of_code(code), StoreError::Unavailable(_)),
                "{code}"
            );
        }
        for code in ["SQLITE_CORRUPT", "SQLITE_NOTADB"] {
            assert!(matches!(of_code(code), StoreError::Broken(_)), "{code}");
        }
        for code in ["SQLITE_CONSTRAINT", "SQL_PARSE_ERROR", "SQLITE_UNKNOWN", ""] {
            assert!(matches!(of_code(code), StoreError::Fault(_)), "{code}");
        }
    }

    #[test]
    fn an_overloaded_server_passes_and_a_wrong_address_does_not() {
        assert!(matches!(
            of_status(StatusCode::BAD_GATEWAY),
            StoreError::Unavailable(_)
        ));
        assert!(matches!(
            of_status(StatusCode::NOT_FOUND),
            StoreError::Fault(_)
        ));
    }
}
