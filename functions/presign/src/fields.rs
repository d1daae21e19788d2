//! The fields that control requests share.

use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{BlobKey, StorageError};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};

/// Text that is trimmed and then 1 to `MAX` characters long.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Text<const MAX: usize>(pub(crate) String);

impl<const MAX: usize> TryFrom<String> for Text<MAX> {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let trimmed = text.trim();
        if (1..=MAX).contains(&trimmed.chars().count()) {
            Ok(Self(trimmed.to_owned()))
        } else {
            Err(format!("wanted 1 to {MAX} characters"))
        }
    }
}

/// How long a URL should live. Providers with a fixed lifetime check it and go on.
#[derive(Debug, Deserialize)]
#[serde(try_from = "u64")]
pub(crate) struct Lifetime;

impl TryFrom<u64> for Lifetime {
    type Error = &'static str;

    fn try_from(millis: u64) -> Result<Self, Self::Error> {
        if (1..=86_400_000).contains(&millis) {
            Ok(Self)
        } else {
            Err("wanted 1 to 86400000 milliseconds")
        }
    }
}

/// What a client declares to understand.
#[derive(Debug, Deserialize)]
pub(crate) enum Capability {
    /// Files of any kind.
    #[serde(rename = "v1")]
    V1,
}

/// Where the bytes of `hash` live in `workspace`.
pub(crate) fn key(workspace: &WorkspaceId, hash: &str) -> Result<BlobKey, StorageError> {
    let hash = hash.parse().map_err(|_| StorageError::InvalidHash)?;
    BlobKey::new(workspace, hash)
}

/// A whole number of bytes, zero included, also when it is written with a fraction of zero.
pub(crate) fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    struct Whole;

    impl Visitor<'_> for Whole {
        type Value = u64;

        fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            out.write_str("a whole number of bytes")
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
            Ok(number)
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<u64, E> {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "whole, positive and within the exact range"
            )]
            if number.fract() == 0.0 && (0.0..=9_007_199_254_740_991.0).contains(&number) {
                Ok(number as u64)
            } else {
                Err(E::invalid_value(Unexpected::Float(number), &self))
            }
        }
    }

    from.deserialize_f64(Whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Sized {
        #[serde(deserialize_with = "bytes")]
        size: u64,
    }

    fn size(json: &str) -> Option<u64> {
        let sized: Result<Sized, _> = serde_json::from_str(&format!("{{\"size\":{json}}}"));
        sized.ok().map(|sized| sized.size)
    }

    #[test]
    fn sizes_are_whole_and_not_negative() {
        assert_eq!(size("0"), Some(0));
        assert_eq!(size("7e4"), Some(70_000));
        assert_eq!(size("9007199254740991"), Some(9_007_199_254_740_991));
        for odd in ["-1", "1.5", "1e300", "\"1\"", "null", "true"] {
            assert_eq!(size(odd), None, "{odd}");
        }
    }

    #[test]
    fn text_is_trimmed_before_it_is_measured() {
        let text = |text: &str| Text::<3>::try_from(text.to_owned()).map(|text| text.0);
        assert_eq!(text(" abc ").as_deref(), Ok("abc"));
        assert!(text("   ").is_err());
        assert!(text("abcd").is_err());
    }
}
