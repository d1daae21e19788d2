//! How far a device has come.

use std::borrow::Cow;

use crate::error::{DomainError, ErrorKind};
use crate::ids::{UserId, WorkspaceId};
use crate::store::StoreError;

/// A device's report (sync contract, 14).
#[derive(Clone, Debug)]
pub struct CursorReport {
    /// The session's workspace.
    pub workspace: WorkspaceId,
    /// The session's user, who owns the device in this workspace from the first report on.
    pub user: UserId,
    /// The device, trimmed.
    pub device_id: String,
    /// The version that it has applied.
    pub version: i64,
}

/// What is stored of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCursor {
    /// Whose device it is.
    pub user: UserId,
    /// The version that it has applied.
    pub version: i64,
}

/// Why a report is refused; nothing is changed then.
#[derive(Debug, thiserror::Error)]
pub enum CursorError {
    /// The workspace has no such version.
    #[error("the cursor is beyond the head")]
    BeyondHead,
    /// Another user reported this device first.
    #[error("the device belongs to another user")]
    ForeignDevice,
    /// The device has already reported a higher version.
    #[error("the cursor would go back")]
    Regress,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CursorReport {
    /// Judges the report against the workspace's head and what is stored, in the contract's order.
    ///
    /// # Errors
    ///
    /// The first rule that it breaks.
    pub fn judge(&self, head: i64, stored: Option<&DeviceCursor>) -> Result<(), CursorError> {
        if self.version > head {
            return Err(CursorError::BeyondHead);
        }
        match stored {
            Some(stored) if stored.user != self.user => Err(CursorError::ForeignDevice),
            Some(stored) if stored.version > self.version => Err(CursorError::Regress),
            _ => Ok(()),
        }
    }
}

impl DomainError for CursorError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::BeyondHead => ErrorKind::Invalid,
            Self::ForeignDevice => ErrorKind::Forbidden,
            Self::Regress => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::BeyondHead => "Cursor exceeds workspace version".into(),
            Self::ForeignDevice => "Device cursor belongs to another user".into(),
            Self::Regress => "Device cursor cannot regress".into(),
            Self::Store(error) => error.message(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(version: i64, stored: Option<(&str, i64)>) -> Option<&'static str> {
        let report = CursorReport {
            workspace: WorkspaceId::new("ws"),
            user: UserId::new("alice"),
            device_id: "dev".to_owned(),
            version,
        };
        let stored = stored.map(|(user, version)| DeviceCursor {
            user: UserId::new(user),
            version,
        });
        match report.judge(10, stored.as_ref()) {
            Ok(()) => None,
            Err(CursorError::BeyondHead) => Some("beyond"),
            Err(CursorError::ForeignDevice) => Some("foreign"),
            Err(CursorError::Regress) => Some("regress"),
            Err(CursorError::Store(_)) => Some("store"),
        }
    }

    #[test]
    fn a_cursor_moves_forward_or_stays() {
        assert_eq!(judged(10, None), None);
        assert_eq!(judged(5, Some(("alice", 5))), None);
        assert_eq!(judged(4, Some(("alice", 5))), Some("regress"));
    }

    #[test]
    fn the_head_comes_before_the_owner_and_the_owner_before_the_order() {
        assert_eq!(judged(11, Some(("bob", 20))), Some("beyond"));
        assert_eq!(judged(4, Some(("bob", 5))), Some("foreign"));
    }
}
