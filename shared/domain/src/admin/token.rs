//! The super admin's token (auth contract, 10.4).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::auth::jwt::JwtKey;
use crate::clock::Timestamp;

/// What a token of a super admin says it is.
const KIND: &str = "super_admin";

/// Somebody who administers the whole deployment, and needs no account in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuperAdmin {
    /// The name that they signed in by.
    pub username: String,
}

/// Makes and reads tokens of the super admin.
#[derive(Clone)]
pub struct AdminTokens {
    key: JwtKey,
    lifetime: Duration,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    kind: String,
    username: String,
    iat: i64,
    exp: i64,
}

impl AdminTokens {
    /// Tokens under `secret` that live for `lifetime`, which is whole seconds.
    pub fn new(secret: &str, lifetime: Duration) -> Self {
        Self {
            key: JwtKey::new(secret),
            lifetime,
        }
    }

    /// How long a token lives.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// A token for `username`, from now on.
    ///
    /// # Errors
    ///
    /// None that can happen: texts and numbers are always JSON.
    pub fn mint(&self, username: &str, now: Timestamp) -> Result<String, serde_json::Error> {
        self.key.sign(&Claims {
            kind: KIND.to_owned(),
            username: username.to_owned(),
            iat: now.seconds(),
            exp: now.plus(self.lifetime).seconds(),
        })
    }

    /// Whose token this is, if it is one of ours, not over, and names somebody.
    pub fn read(&self, token: &str, now: Timestamp) -> Option<SuperAdmin> {
        let claims: Claims = self.key.verify(token, now).ok()?;
        let named = claims.kind == KIND && !claims.username.is_empty();
        named.then_some(SuperAdmin {
            username: claims.username,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_seconds(1000);

    fn tokens() -> AdminTokens {
        AdminTokens::new("secret", Duration::from_mins(1))
    }

    #[test]
    fn an_administrators_token_names_them_until_its_last_second() {
        let token = tokens().mint("root", NOW).expect("a token");
        assert_eq!(token.split('.').count(), 3);
        assert_ne!(token, tokens().mint("other", NOW).expect("a token"));
        let almost = NOW.plus(Duration::from_secs(59));
        let read = tokens().read(&token, almost).expect("valid");
        assert_eq!(read.username, "root");
        assert_eq!(
            tokens().read(&token, NOW.plus(Duration::from_mins(1))),
            None
        );
    }

    #[test]
    fn other_kinds_other_secrets_and_rubbish_are_nobody() {
        let key = JwtKey::new("secret");
        for claims in [
            json!({"kind": "workspace_admin", "username": "root", "iat": 1, "exp": 2000}),
            json!({"kind": "super_admin", "username": "", "iat": 1, "exp": 2000}),
            json!({"kind": "super_admin", "iat": 1, "exp": 2000}),
            json!({"sub": "root", "exp": 2000}),
        ] {
            let token = key.sign(&claims).expect("a token");
            assert_eq!(tokens().read(&token, NOW), None, "{claims}");
        }
        let others = AdminTokens::new("other", Duration::from_mins(1));
        let token = others.mint("root", NOW).expect("a token");
        for token in [token.as_str(), "", "a.b.c"] {
            assert_eq!(tokens().read(token, NOW), None, "{token}");
        }
    }
}
