//! What a driver's error means for a caller.

use or3_domain::store::StoreError;

/// Primary result codes of SQLite (the low byte of extended ones), by what a caller can do.
const BUSY: [i32; 3] = [5, 6, 15];
const FULL: i32 = 13;
const IO: i32 = 10;
const CANNOT_OPEN: i32 = 14;
const NO_MEMORY: i32 = 7;
/// A page that makes no sense, and a file that is no database.
const DAMAGED: [i32; 2] = [11, 26];
const READ_ONLY: i32 = 8;

/// Sorts an error of the local engine.
pub(crate) fn of_local(error: &libsql::Error) -> StoreError {
    let text = error.to_string();
    match error {
        libsql::Error::SqliteFailure(code, _) => of_code(*code & 0xFF, text),
        libsql::Error::ConnectionFailed(_) => StoreError::Unavailable(text),
        _ => StoreError::Fault(text),
    }
}

fn of_code(primary: i32, text: String) -> StoreError {
    match primary {
        FULL => StoreError::Full(text),
        IO | CANNOT_OPEN | READ_ONLY | NO_MEMORY => StoreError::Unavailable(text),
        code if BUSY.contains(&code) => StoreError::Unavailable(text),
        code if DAMAGED.contains(&code) => StoreError::Broken(text),
        _ => StoreError::Fault(text),
    }
}

#[cfg(test)]
mod tests {
    use or3_domain::error::{DomainError, ErrorKind};

    use super::*;

    #[test]
    fn a_full_disk_and_a_busy_file_are_told_apart_from_faults() {
        assert!(matches!(of_code(13, String::new()), StoreError::Full(_)));
        assert!(matches!(
            of_code(5, String::new()),
            StoreError::Unavailable(_)
        ));
        assert!(matches!(of_code(19, String::new()), StoreError::Fault(_)));
    }

    #[test]
    fn what_the_machine_does_to_a_file_is_no_fault_of_ours() {
        assert!(matches!(
            of_code(7, String::new()),
            StoreError::Unavailable(_)
        ));
        for code in [11, 26] {
            let error = of_code(code, "the engine's text".to_owned());
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{code}");
            assert!(error.to_string().ends_with("the engine's text"));
        }
    }
}
