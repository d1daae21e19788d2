//! Which tokens are believed.

use std::time::Duration;

use super::claims::{Claims, NotAMoment};
use super::keyring::{Keyring, KeysUnavailable};
use super::token::Token;
use crate::clock::Timestamp;

/// By how much the provider's clock may differ from ours: `exp` counts this much longer, `nbf` and
/// `iat` this much earlier.
pub const LEEWAY: Duration = Duration::from_secs(10);

/// Whose tokens are believed, and where they say what.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// The `iss` of every token, to the letter.
    pub issuer: String,
    /// One of these must be the token's audience (`aud`, or `azp` of a token without it); empty
    /// admits every token of the issuer.
    pub audiences: Vec<String>,
    /// The claim that holds the address.
    pub email_claim: String,
    /// The claim that holds the name to show.
    pub name_claim: String,
}

/// Checks tokens against a configuration and the provider's keys.
#[derive(Clone)]
pub struct Verifier<'a> {
    config: &'a OidcConfig,
    keyring: &'a Keyring,
}

impl<'a> Verifier<'a> {
    /// A verifier for the tokens of one provider.
    pub fn new(config: &'a OidcConfig, keyring: &'a Keyring) -> Self {
        Self { config, keyring }
    }

    /// What `token` says if the provider signed it for us and it counts at `now`; otherwise
    /// `None`, whatever is wrong with it.
    ///
    /// What it says of issuer, audience and time is looked at before the signature: an expired
    /// token, or one for somebody else, must not make us ask the provider for keys.
    ///
    /// # Errors
    ///
    /// When the key that it names cannot be had now, so that nothing can be said of it.
    pub async fn verify(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Claims>, KeysUnavailable> {
        let Some(token) = Token::parse(token).filter(|token| self.concerns(token.unproved(), now))
        else {
            return Ok(None);
        };
        let key = self.keyring.find(token.kid()).await?;
        Ok(key.and_then(|key| token.proved_by(&key)))
    }

    fn concerns(&self, claims: &Claims, now: Timestamp) -> bool {
        claims.issuer() == Some(self.config.issuer.as_str())
            && claims.subject().is_some()
            && self.is_for_us(claims)
            && counts(claims, now) == Ok(true)
    }

    fn is_for_us(&self, claims: &Claims) -> bool {
        let ours = &self.config.audiences;
        let theirs = claims.audiences().unwrap_or_default();
        ours.is_empty() || ours.iter().any(|our| theirs.contains(&our.as_str()))
    }
}

/// Whether a token that says so counts at `now`; `exp` must be there.
fn counts(claims: &Claims, now: Timestamp) -> Result<bool, NotAMoment> {
    let lasts = |end: Timestamp| now < end.plus(LEEWAY);
    let begun = |begin: Timestamp| begin <= now.plus(LEEWAY);
    let (exp, nbf, iat) = (
        claims.moment("exp")?,
        claims.moment("nbf")?,
        claims.moment("iat")?,
    );
    Ok(exp.is_some_and(lasts) && nbf.is_none_or(begun) && iat.is_none_or(begun))
}

#[cfg(test)]
mod tests;
