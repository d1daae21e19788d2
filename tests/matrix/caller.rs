//! The kinds of callers.

/// Who calls, seen from the workspace that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Has no token at all.
    Anonymous,
    /// The owner's tokens, whose time is over.
    Expired,
    /// Tokens of a session of the owner that was signed out.
    Revoked,
    /// The owner's tokens, each in the place of the other: right signature, other purpose.
    Swapped,
    /// The owner's claims, signed by another deployment.
    Foreign,
    /// Owner of another workspace.
    OtherTenant,
    /// May read.
    Viewer,
    /// May read and write.
    Editor,
    /// May everything.
    Owner,
}

impl Caller {
    pub(crate) const ALL: [Self; 9] = [
        Self::Anonymous,
        Self::Expired,
        Self::Revoked,
        Self::Swapped,
        Self::Foreign,
        Self::OtherTenant,
        Self::Viewer,
        Self::Editor,
        Self::Owner,
    ];

    /// Whether the caller has a session.
    pub(crate) fn is_somebody(self) -> bool {
        matches!(
            self,
            Self::OtherTenant | Self::Viewer | Self::Editor | Self::Owner
        )
    }
}
