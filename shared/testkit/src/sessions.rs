//! Sessions without accounts: the access cookie names who is signed in.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use or3_domain::access::Role;
use or3_domain::auth::{
    Credentials, Origin, Resolution, Session, SessionError, SessionResolver, UserProfile,
    WorkspaceRef,
};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_http::{AccessToken, AuthCookies, Sessions};

/// A session of `user` with `role` in `workspace`.
pub fn session(user: &str, workspace: &str, role: Role) -> Session {
    Session {
        provider: "basic-auth".to_owned(),
        provider_user_id: format!("account-{user}"),
        user: UserProfile {
            id: UserId::new(user),
            email: None,
            display_name: None,
        },
        workspace: WorkspaceRef {
            id: WorkspaceId::new(workspace),
            name: workspace.to_owned(),
        },
        role,
        expires_at: Timestamp::from_seconds(4_000_000_000),
        deployment_admin: false,
        authorization_revision: 1,
    }
}

/// Resolves an access cookie by looking it up in what the test signed in.
#[derive(Debug, Default)]
pub struct FakeSessions {
    by_token: Mutex<HashMap<String, Session>>,
    uninvited: Mutex<HashSet<String>>,
}

impl FakeSessions {
    /// Signs `session` in under `token`, replacing what was there.
    pub fn sign_in(&self, token: &str, session: Session) {
        self.lock().insert(token.to_owned(), session);
    }

    /// Whoever comes with `token` needs an invite first: no session can be made for them.
    pub fn turn_away(&self, token: &str) {
        let mut uninvited = self
            .uninvited
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        uninvited.insert(token.to_owned());
    }

    /// What an extractor takes.
    pub fn extractor(self: &Arc<Self>) -> Sessions {
        let cookies = AuthCookies {
            access_ttl: Duration::from_mins(15),
            refresh_ttl: Duration::from_hours(720),
            secure: false,
        };
        Sessions {
            resolver: Arc::clone(self) as Arc<dyn SessionResolver>,
            cookies,
            access: AccessToken::OwnCookie,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
        self.by_token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl SessionResolver for FakeSessions {
    fn claimed(&self, credentials: &Credentials) -> Option<String> {
        let session = self.lock().get(credentials.access.as_deref()?).cloned()?;
        Some(session.provider_user_id)
    }

    async fn resolve(
        &self,
        credentials: &Credentials,
        _origin: &Origin,
    ) -> Result<Resolution, SessionError> {
        let token = credentials.access.as_deref().unwrap_or_default();
        let uninvited = self.uninvited.lock();
        if uninvited
            .unwrap_or_else(PoisonError::into_inner)
            .contains(token)
        {
            return Err(SessionError::InviteRequired);
        }
        Ok(Resolution {
            session: self.lock().get(token).cloned(),
            ..Resolution::default()
        })
    }
}
