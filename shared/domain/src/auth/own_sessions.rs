//! What people see of their own sessions, and ending them.

use super::account::LiveSession;
use super::accounts::Accounts;
use super::error::AuthError;
use crate::clock::Timestamp;
use crate::ids::{AccountId, SessionId};

/// A session that somebody calls with: its row and its account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// The account.
    pub account: AccountId,
    /// The session's row.
    pub session: SessionId,
}

impl Accounts {
    /// The session that a valid access token names, without asking any store: for whoever has been
    /// let in with it.
    pub fn own_session(&self, access: &str) -> Option<OwnSession> {
        let claims = self.config.tokens.read_access(access, self.clock.now())?;
        Some(OwnSession {
            account: claims.sub,
            session: claims.sid,
        })
    }

    /// The living sessions of `account`, the one that was renewed last first.
    pub async fn live_sessions(&self, account: &AccountId) -> Result<Vec<LiveSession>, AuthError> {
        let now = self.clock.now();
        Ok(self.store.live_sessions(account, now).await?)
    }

    /// When a session must end for which the password was given at `signed_in_at`, however often it
    /// is renewed; `None` where sessions may go on.
    pub fn ends_at_last(&self, signed_in_at: Timestamp) -> Option<Timestamp> {
        self.config.tokens.ends_at_last(signed_in_at)
    }

    /// Ends `session` of `account`, also under the rows that rotation gave it since its id was read,
    /// and says whether there is or was such a session. Repeating it changes nothing.
    pub async fn end_session(
        &self,
        account: &AccountId,
        session: &SessionId,
    ) -> Result<bool, AuthError> {
        let now = self.clock.now();
        Ok(self.store.end_session(account, session, now).await?)
    }

    /// Ends every session but `own` of its account, and says how many those were.
    pub async fn end_other_sessions(&self, own: &OwnSession) -> Result<u64, AuthError> {
        let now = self.clock.now();
        let ended = self
            .store
            .end_other_sessions(&own.account, &own.session, now)
            .await?;
        Ok(ended)
    }
}
