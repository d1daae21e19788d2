//! Sealing: a rotated session row keeps its successor's refresh token, readable only with the
//! refresh secret, so that a late request inside the grace window gets the same token again
//! (auth contract, 5.4).

use aes_gcm::aead::{Aead, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::ids::Ids;

const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// AES-256-GCM under a key derived from the refresh secret.
#[derive(Clone)]
pub struct Seal {
    cipher: Aes256Gcm,
}

impl Seal {
    /// The seal of a deployment with this refresh secret.
    pub fn new(refresh_secret: &str) -> Self {
        let key = Sha256::new()
            .chain_update("basic-auth-rotation-grace:")
            .chain_update(refresh_secret)
            .finalize();
        Self {
            cipher: Aes256Gcm::new(&key),
        }
    }

    /// Seals `token`: base64url of nonce, tag and ciphertext, the original's order. `None` only
    /// when the cipher refuses, which it does for gigabytes.
    pub fn close(&self, token: &str, ids: &dyn Ids) -> Option<String> {
        let mut nonce = [0; NONCE_BYTES];
        ids.fill(&mut nonce);
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), token.as_bytes())
            .ok()?;
        let (ciphertext, tag) = sealed.split_at(sealed.len().checked_sub(TAG_BYTES)?);
        Some(URL_SAFE_NO_PAD.encode([&nonce[..], tag, ciphertext].concat()))
    }

    /// The token in `sealed`; what cannot be read counts as absent.
    pub fn open(&self, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, rest) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let (tag, ciphertext) = rest.split_first_chunk::<TAG_BYTES>()?;
        let joined = [ciphertext, tag].concat();
        let token = self
            .cipher
            .decrypt(&Nonce::from(*nonce), joined.as_slice())
            .ok()?;
        String::from_utf8(token).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SystemIds;

    #[test]
    fn a_token_comes_back_only_under_the_same_secret_and_unchanged() {
        let seal = Seal::new("one");
        let sealed = seal.close("a token", &SystemIds).expect("sealed");
        assert_eq!(seal.open(&sealed).as_deref(), Some("a token"));
        assert_eq!(Seal::new("two").open(&sealed), None);
        let mut changed = sealed.into_bytes();
        changed[20] ^= 1;
        assert_eq!(seal.open(&String::from_utf8_lossy(&changed)), None);
    }

    #[test]
    fn what_was_never_sealed_is_absent() {
        for text in ["", "AAAA", "not base64!", &"A".repeat(100)] {
            assert_eq!(Seal::new("one").open(text), None);
        }
    }
}
