//! What can be collected.

use std::fmt;
use std::str::FromStr;

/// One kind of thing that is collected, in the order in which a collection takes turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Refresh sessions past their end.
    Sessions,
    /// The sealed tokens of rotations whose grace is over.
    RotationGrace,
    /// Counted requests whose window is over.
    RateLimits,
    /// Invites that ended a while ago, whatever became of them.
    Invites,
    /// Room held for uploads whose URLs ended a while ago.
    UploadIntents,
    /// Snapshots that are over.
    Snapshots,
    /// Overtaken states that were kept for snapshots.
    SnapshotStates,
    /// Entries of change logs that every device has.
    ChangeLog,
    /// What deleted rows held.
    Tombstones,
    /// Blobs that nothing refers to.
    Blobs,
    /// Nothing: a look at what blobs there are.
    BlobCheck,
    /// What uploads and commits that were cut off left behind.
    UploadLeftovers,
    /// Uploads in parts whose time is over.
    PartialUploads,
    /// Records of collections themselves.
    Runs,
    /// Entries of the audit trail; what is not sealed is, on the way.
    Audit,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Sessions,
        Self::RotationGrace,
        Self::RateLimits,
        Self::Invites,
        Self::UploadIntents,
        Self::Snapshots,
        Self::SnapshotStates,
        Self::Tombstones,
        Self::ChangeLog,
        Self::Blobs,
        Self::BlobCheck,
        Self::UploadLeftovers,
        Self::PartialUploads,
        Self::Runs,
        Self::Audit,
    ];

    /// Whether files alone say what goes, so that collecting it writes no row.
    pub const fn is_of_files(self) -> bool {
        matches!(self, Self::UploadLeftovers | Self::PartialUploads)
    }

    /// The name in events, answers, rows and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sessions => "sessions",
            Self::RotationGrace => "rotation-grace",
            Self::RateLimits => "rate-limits",
            Self::Invites => "invites",
            Self::UploadIntents => "upload-intents",
            Self::Snapshots => "snapshots",
            Self::SnapshotStates => "snapshot-states",
            Self::ChangeLog => "change-log",
            Self::Tombstones => "tombstones",
            Self::Blobs => "blobs",
            Self::BlobCheck => "blob-check",
            Self::UploadLeftovers => "upload-leftovers",
            Self::PartialUploads => "partial-uploads",
            Self::Runs => "runs",
            Self::Audit => "audit",
        }
    }
}

/// A name that is no kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no kind of collection")]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        let named = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        named.ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_name_and_nothing_else_is() {
        for kind in Kind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert!("everything".parse::<Kind>().is_err());
    }
}
