//! Identifiers as types of their own, and the one place that draws randomness.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where random bytes and new ids come from. Tests pass a sequence (`or3_testkit::SequentialIds`).
pub trait Ids: Send + Sync {
    /// Fills `buffer` with bytes that nobody can predict.
    fn fill(&self, buffer: &mut [u8]);

    /// A new UUID version 4: 36 lower-case characters with dashes (auth contract, 1.1).
    fn uuid(&self) -> String {
        let mut bytes = [0; 16];
        self.fill(&mut bytes);
        uuid::Builder::from_random_bytes(bytes)
            .into_uuid()
            .to_string()
    }
}

/// The operating system's random source.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    /// # Panics
    ///
    /// When the operating system has no random source: nothing that this product does would be
    /// safe then.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that draws randomness"
    )]
    #[expect(
        clippy::expect_used,
        reason = "without randomness no session may be made"
    )]
    fn fill(&self, buffer: &mut [u8]) {
        getrandom::fill(buffer).expect("the operating system gives random bytes");
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes `id` as it is; clients and rows are trusted to hold well-formed ids.
            pub fn new(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The id as owned text.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(&self.0)
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }
    };
}

id! {
    /// A person, inside this deployment (`users.id`).
    UserId
}
id! {
    /// A password account of the basic-auth provider; the `sub` of its tokens.
    AccountId
}
id! {
    /// One signed-in browser: a row that refresh rotation replaces; the `sid` of its tokens.
    SessionId
}
id! {
    /// A workspace: the unit of sharing, of sync and of storage.
    WorkspaceId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_uuid_is_version_four_in_lower_case() {
        let id = SystemIds.uuid();
        assert_eq!(id.len(), 36);
        assert_eq!(id.as_bytes()[14], b'4');
        assert_eq!(id, id.to_ascii_lowercase());
    }

    #[test]
    fn ids_are_not_repeated() {
        assert_ne!(SystemIds.uuid(), SystemIds.uuid());
    }
}
