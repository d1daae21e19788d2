//! What is written down.

/// What somebody did, or tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// A session was opened by a password.
    SignIn,
    /// A password was wrong, or its address unknown.
    SignInFailed,
    /// An account was made.
    Register,
    /// An account got a new password.
    PasswordChange,
    /// Somebody signed out.
    SignOut,
    /// Somebody ended sessions of theirs, one or all but the one that asked.
    SessionEnd,
    /// A refresh token came again after its time: every session of its account was ended.
    TokenReplay,
    /// The super admin signed in.
    AdminSignIn,
    /// Somebody failed to sign in as the super admin.
    AdminSignInFailed,
    /// The super admin got a new password.
    AdminPasswordChange,
    /// Somebody became a member of a workspace, or got another role by being added again.
    MemberAdd,
    /// A member got another role.
    MemberRole,
    /// A membership ended, by somebody else or by leaving.
    MemberRemove,
    /// Somebody made a workspace, or the super admin for somebody.
    WorkspaceCreate,
    /// An owner or the super admin deleted a workspace.
    WorkspaceDelete,
    /// The super admin restored a workspace.
    WorkspaceRestore,
    /// Guests were let in or kept out.
    GuestAccess,
    /// A user got administration of the deployment.
    Grant,
    /// A user lost it.
    Revoke,
    /// An invite was made.
    InviteCreate,
    /// An invite was taken back.
    InviteRevoke,
    /// An administrator asked for a collection, which has a record of its own.
    Collection,
    /// A test signed somebody in by the shared secret.
    TestSignIn,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 23] = [
        Self::SignIn,
        Self::SignInFailed,
        Self::Register,
        Self::PasswordChange,
        Self::SignOut,
        Self::SessionEnd,
        Self::TokenReplay,
        Self::AdminSignIn,
        Self::AdminSignInFailed,
        Self::AdminPasswordChange,
        Self::MemberAdd,
        Self::MemberRole,
        Self::MemberRemove,
        Self::WorkspaceCreate,
        Self::WorkspaceDelete,
        Self::WorkspaceRestore,
        Self::GuestAccess,
        Self::Grant,
        Self::Revoke,
        Self::InviteCreate,
        Self::InviteRevoke,
        Self::Collection,
        Self::TestSignIn,
    ];

    /// The name in rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::SignInFailed => "sign-in-failed",
            Self::Register => "register",
            Self::PasswordChange => "password-change",
            Self::SignOut => "sign-out",
            Self::SessionEnd => "session-end",
            Self::TokenReplay => "token-replay",
            Self::AdminSignIn => "admin-sign-in",
            Self::AdminSignInFailed => "admin-sign-in-failed",
            Self::AdminPasswordChange => "admin-password-change",
            Self::MemberAdd => "member-add",
            Self::MemberRole => "member-role",
            Self::MemberRemove => "member-remove",
            Self::WorkspaceCreate => "workspace-create",
            Self::WorkspaceDelete => "workspace-delete",
            Self::WorkspaceRestore => "workspace-restore",
            Self::GuestAccess => "guest-access",
            Self::Grant => "grant",
            Self::Revoke => "revoke",
            Self::InviteCreate => "invite-create",
            Self::InviteRevoke => "invite-revoke",
            Self::Collection => "collection",
            Self::TestSignIn => "test-sign-in",
        }
    }

    /// The action of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }

    /// Whether anybody can cause it without being anybody: then only so many are written down in
    /// an hour, so that a flood neither fills the disk nor hides what else happens.
    pub const fn is_anybodys(self) -> bool {
        matches!(self, Self::SignInFailed | Self::AdminSignInFailed)
    }
}
