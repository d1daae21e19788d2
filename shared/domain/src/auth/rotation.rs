//! Presenting a refresh token: the flow around the rule of [`refresh`](super::refresh).

use std::sync::Arc;

use super::account::{Account, NewSession};
use super::config::AuthConfig;
use super::refresh::{self, Outcome, Presented};
use super::session::{Origin, RenewedTokens};
use super::store::{AccountStore, Rotation};
use super::token::{RefreshClaims, digest};
use crate::clock::{Clock, Timestamp};
use crate::ids::{AccountId, Ids, SessionId};
use crate::store::StoreError;

/// Rotates refresh tokens.
#[derive(Clone)]
pub(super) struct Rotator {
    pub(super) config: Arc<AuthConfig>,
    pub(super) accounts: Arc<dyn AccountStore>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn Ids>,
}

impl Rotator {
    /// Presents `token`: a new pair, or `None` when it is no longer good for one. A replay ends
    /// every session of the account before this returns (auth contract, 5.4).
    pub(super) async fn present(
        &self,
        token: &str,
        origin: &Origin,
    ) -> Result<Option<RenewedTokens>, StoreError> {
        let now = self.clock.now();
        let Some(claims) = self.config.tokens.read_refresh(token, now) else {
            return Ok(None);
        };
        let since = claims.since();
        let (session, refresh) = self.successor(&claims, origin, now);
        let Some(sealed) = self.config.seal.close(&refresh, self.ids.as_ref()) else {
            return Ok(None);
        };
        let rotation = Rotation {
            session: claims.sid.clone(),
            presented_hash: digest(token),
            grace_until: now.plus(self.config.rotation_grace),
            successor: session,
            sealed,
        };
        let stands = self.accounts.rotate(&rotation).await?;
        let Some(account) = stands.account else {
            return Ok(None);
        };
        let presented = Presented {
            account: &claims.sub,
            hash: &rotation.presented_hash,
            successor: &rotation.successor.id,
        };
        let open = |sealed: &str| self.config.seal.open(sealed);
        match refresh::decide(&stands.chain, presented, now, open) {
            Outcome::Rotated => {
                let session = &rotation.successor.id;
                Ok(Some(self.pair(&account, session, refresh, since, now)))
            }
            Outcome::Reused { session, refresh } => {
                Ok(Some(self.pair(&account, &session, refresh, since, now)))
            }
            Outcome::Replayed => {
                tracing::warn!(account.id = %account.id, "a refresh token was replayed");
                self.accounts.revoke_all(&account.id, now).await?;
                Ok(None)
            }
            Outcome::Refused(reason) => {
                tracing::debug!(?reason, "a refresh token was refused");
                Ok(None)
            }
        }
    }

    /// A row that could take the place of the claimed one, and its refresh token.
    fn successor(
        &self,
        claims: &RefreshClaims,
        origin: &Origin,
        now: Timestamp,
    ) -> (NewSession, String) {
        new_session(
            &self.config,
            self.ids.as_ref(),
            (&claims.sub, claims.ver),
            origin,
            claims.since(),
            now,
        )
    }

    fn pair(
        &self,
        account: &Account,
        session: &SessionId,
        refresh: String,
        since: Timestamp,
        now: Timestamp,
    ) -> RenewedTokens {
        let tokens = &self.config.tokens;
        let access = tokens.mint_access(account, session, since, now);
        RenewedTokens { access, refresh }
    }
}

/// A new session row of an account, and its refresh token; the password was given at `since`.
pub(super) fn new_session(
    config: &AuthConfig,
    ids: &dyn Ids,
    (account, token_version): (&AccountId, i64),
    origin: &Origin,
    since: Timestamp,
    now: Timestamp,
) -> (NewSession, String) {
    let id = SessionId::new(ids.uuid());
    let tokens = &config.tokens;
    let subject = (account, token_version);
    let refresh = tokens.mint_refresh(subject, &id, ids.uuid(), since, now);
    let session = NewSession {
        id,
        account: account.clone(),
        token_version,
        refresh_hash: digest(&refresh),
        created_at: now,
        expires_at: tokens.refresh_ends(since, now),
        origin: origin.clone(),
    };
    (session, refresh)
}
