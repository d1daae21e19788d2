//! The two tokens of a session: what they say, how they are made and read (auth contract, 5.1
//! and 5.2).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::account::Account;
use super::jwt::JwtKey;
use crate::clock::Timestamp;
use crate::hex::Hex;
use crate::ids::{AccountId, SessionId};

/// Tells the two tokens apart, so that neither passes for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TokenType {
    Access,
    Refresh,
}

/// What an access token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// The session row.
    pub sid: SessionId,
    /// The account's token version at signing.
    pub ver: i64,
    typ: TokenType,
    /// The account's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The name to show.
    #[serde(default)]
    pub display_name: Option<String>,
    iat: i64,
    /// The second in which the token ends.
    pub exp: i64,
    /// The account.
    pub sub: AccountId,
}

/// What a refresh token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshClaims {
    /// The session row.
    pub sid: SessionId,
    /// The account's token version at signing.
    pub ver: i64,
    typ: TokenType,
    /// Makes each token a text of its own.
    pub jti: String,
    iat: i64,
    /// The second in which the password was given; absent in tokens of the original.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    /// The second in which the token ends.
    pub exp: i64,
    /// The account.
    pub sub: AccountId,
}

impl RefreshClaims {
    /// When the password was given that the session goes back to; for a token that does not say
    /// it, when that was made.
    pub fn since(&self) -> Timestamp {
        Timestamp::from_seconds(self.auth_time.unwrap_or(self.iat))
    }
}

/// Makes and reads the tokens of a deployment.
#[derive(Clone)]
pub struct Tokens {
    access: JwtKey,
    refresh: JwtKey,
    access_ttl: Duration,
    refresh_ttl: Duration,
    longest: Option<Duration>,
}

impl Tokens {
    /// Tokens under two secrets, each with its lifetime.
    pub fn new(
        (access_secret, access_ttl): (&str, Duration),
        (refresh_secret, refresh_ttl): (&str, Duration),
    ) -> Self {
        Self {
            access: JwtKey::new(access_secret),
            refresh: JwtKey::new(refresh_secret),
            access_ttl,
            refresh_ttl,
            longest: None,
        }
    }

    /// The same tokens for sessions that end after `longest`, however often they are used.
    #[must_use]
    pub fn ending_after(self, longest: Option<Duration>) -> Self {
        Self { longest, ..self }
    }

    /// An access token of `session`, for which a password was given at `since`.
    pub fn mint_access(
        &self,
        account: &Account,
        session: &SessionId,
        since: Timestamp,
        now: Timestamp,
    ) -> String {
        signed(
            &self.access,
            &AccessClaims {
                sid: session.clone(),
                ver: account.token_version,
                typ: TokenType::Access,
                email: Some(account.email.clone()),
                display_name: account.display_name.clone(),
                iat: now.seconds(),
                exp: self.at_most(now.plus(self.access_ttl), since).seconds(),
                sub: account.id.clone(),
            },
        )
    }

    /// A refresh token of `session`, for which a password was given at `since`; `jti` must be new.
    pub fn mint_refresh(
        &self,
        (account, version): (&AccountId, i64),
        session: &SessionId,
        jti: String,
        since: Timestamp,
        now: Timestamp,
    ) -> String {
        signed(
            &self.refresh,
            &RefreshClaims {
                sid: session.clone(),
                ver: version,
                typ: TokenType::Refresh,
                jti,
                iat: now.seconds(),
                auth_time: Some(since.seconds()),
                exp: self.refresh_ends(since, now).seconds(),
                sub: account.clone(),
            },
        )
    }

    /// When a refresh token and its session row made at `now` end, for a password that was given at
    /// `since`.
    pub fn refresh_ends(&self, since: Timestamp, now: Timestamp) -> Timestamp {
        self.at_most(now.plus(self.refresh_ttl), since)
    }

    /// When a session ends at last for which a password was given at `since`; `None` where sessions
    /// may go on.
    pub fn ends_at_last(&self, since: Timestamp) -> Option<Timestamp> {
        self.longest.map(|longest| since.plus(longest))
    }

    fn at_most(&self, end: Timestamp, since: Timestamp) -> Timestamp {
        let last = self.ends_at_last(since);
        last.map_or(end, |last| end.min(last))
    }

    /// What a valid access token says.
    pub fn read_access(&self, token: &str, now: Timestamp) -> Option<AccessClaims> {
        let claims: AccessClaims = self.access.verify(token, now).ok()?;
        (claims.typ == TokenType::Access).then_some(claims)
    }

    /// What a valid refresh token says. One that was made before sessions had a longest time is
    /// not valid beyond it either.
    pub fn read_refresh(&self, token: &str, now: Timestamp) -> Option<RefreshClaims> {
        let claims: RefreshClaims = self.refresh.verify(token, now).ok()?;
        let over = self.refresh_ends(claims.since(), now) <= now;
        (claims.typ == TokenType::Refresh && !over).then_some(claims)
    }
}

/// Claims of texts and numbers always serialize; the empty text would be no token.
fn signed<C: Serialize>(key: &JwtKey, claims: &C) -> String {
    key.sign(claims).unwrap_or_default()
}

/// What is stored of a token: its SHA-256 in lower-case hexadecimal digits.
pub fn digest(token: &str) -> String {
    Hex(&Sha256::digest(token.as_bytes())).to_string()
}

#[cfg(test)]
mod tests;
