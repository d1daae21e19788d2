//! The kinds of callers.

/// Who calls, seen from the workspace that is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    /// Has no token at all.
    Anonymous,
    /// The owner's tokens, whose time is over.
    Expired,
    /// The owner's tokens, whose time has not come.
    Future,
    /// Tokens of a session of the owner that was signed out.
    Revoked,
    /// The owner's tokens, each in the place of the other: right signature, other purpose.
    Swapped,
    /// The owner's claims, signed by another deployment.
    Foreign,
    /// The owner's tokens, a claim of each changed and the signature left.
    Tampered,
    /// The owner's claims under `none`, without a signature.
    Unsigned,
    /// The owner's claims under the right secrets, but by another algorithm.
    OtherAlgorithm,
    /// The owner's claims and more than a token may hold, rightly signed.
    Oversized,
    /// No tokens at all in the cookies of tokens.
    Garbage,
    /// Owner of another workspace.
    OtherTenant,
    /// May read.
    Viewer,
    /// May read and write.
    Editor,
    /// May everything.
    Owner,
    /// May read, and administers the deployment by a grant.
    Administrator,
    /// Administers the deployment, and has no account in it.
    SuperAdmin,
}

impl Caller {
    pub(crate) const ALL: [Self; 17] = [
        Self::Anonymous,
        Self::Expired,
        Self::Future,
        Self::Revoked,
        Self::Swapped,
        Self::Foreign,
        Self::Tampered,
        Self::Unsigned,
        Self::OtherAlgorithm,
        Self::Oversized,
        Self::Garbage,
        Self::OtherTenant,
        Self::Viewer,
        Self::Editor,
        Self::Owner,
        Self::Administrator,
        Self::SuperAdmin,
    ];

    /// Somebody to whom the route at `path` is open, if it is to anybody.
    pub(crate) fn who_might(path: &str) -> Self {
        if path.starts_with("/api/admin/") {
            Self::SuperAdmin
        } else {
            Self::Owner
        }
    }

    /// Whether the caller is known to be somebody.
    pub(crate) fn is_somebody(self) -> bool {
        matches!(
            self,
            Self::OtherTenant
                | Self::Viewer
                | Self::Editor
                | Self::Owner
                | Self::Administrator
                | Self::SuperAdmin
        )
    }
}
