//! How routes of administration are classified, and who gets through (auth contract, 10.9).
//!
//! The functions say it of each of their routes; `docs/security/admin-endpoints.md` is printed from
//! that, and every route is asked by every kind of caller in a test.

/// What a route does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Reads.
    Read,
    /// Changes something of one workspace.
    Mutation,
    /// Has an effect on the whole deployment, changes who may what, or shows what is not for all.
    Sensitive,
}

impl Class {
    /// The contract's letter and the word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "R, reads",
            Self::Mutation => "M, changes one workspace",
            Self::Sensitive => "S, sensitive",
        }
    }
}

/// Who gets through to a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Anybody, who has to prove what they know.
    Credential,
    /// Anybody; it changes nothing but the caller's own cookies.
    Anybody,
    /// The super admin, and users with a grant.
    AnyAdmin,
    /// The super admin.
    SuperAdmin,
    /// The super admin, and users with a grant, for the whole deployment.
    Administrator,
    /// The super admin on any workspace; owners on theirs.
    Owner,
    /// The super admin on any workspace, users with a grant on their active one, owners on theirs.
    OwnerOrAdmin,
}

impl Guard {
    /// The guard in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "anybody; the credential decides",
            Self::Anybody => "anybody",
            Self::AnyAdmin | Self::Administrator => "super admin, users with a grant",
            Self::SuperAdmin => "super admin",
            Self::Owner => "super admin; owners of the workspace",
            Self::OwnerOrAdmin => {
                "super admin; users with a grant on their active workspace; owners of the workspace"
            }
        }
    }
}

/// One route and what is said of it.
#[derive(Clone, Copy, Debug)]
pub struct Classified {
    /// The method.
    pub method: &'static str,
    /// The path, with `{parameter}` for a variable segment.
    pub path: &'static str,
    /// What it does.
    pub class: Class,
    /// Who gets through.
    pub guard: Guard,
    /// What a request must show of the page that it comes from, and how often it may come.
    pub also: &'static str,
}
