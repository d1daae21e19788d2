//! What this deployment offers, and which provider stands behind each part.

use crate::environment::Section;
use crate::reader::Reader;
use crate::variable::Variable;

/// The parts of the product; `None` is switched off, and its endpoints answer 404.
#[derive(Clone, Copy, Debug)]
pub struct Features {
    /// Who checks identities. Off switches everything off.
    pub auth: Option<AuthProvider>,
    /// Where changes are kept.
    pub sync: Option<SyncProvider>,
    /// Where bytes live.
    pub storage: Option<StorageProvider>,
}

/// Who checks identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthProvider {
    /// Passwords, checked here.
    BasicAuth,
    /// Tokens of an OpenID provider, for instance Clerk.
    Oidc,
}

/// Where changes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncProvider {
    /// libSQL, in a file or on a server.
    Sqlite,
}

/// Where bytes live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StorageProvider {
    /// A mounted volume.
    Fs,
    /// An S3 bucket.
    S3,
}

impl AuthProvider {
    /// The id in variables and answers.
    pub const fn id(self) -> &'static str {
        match self {
            Self::BasicAuth => "basic-auth",
            Self::Oidc => "oidc",
        }
    }
}

impl SyncProvider {
    /// The id in variables and answers.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
        }
    }
}

impl StorageProvider {
    /// The id in variables and answers.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fs => "fs",
            Self::S3 => "s3",
        }
    }
}

impl Section for Features {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "SSR_AUTH_ENABLED",
            "true",
            "`false` switches auth, workspaces, sync and storage off",
        ),
        Variable::new(
            "AUTH_PROVIDER",
            "basic-auth",
            "who checks identities; this build: `basic-auth`, `oidc`",
        )
        .unless(&["OR3_AUTH_PROVIDER"]),
        Variable::new(
            "OR3_SYNC_ENABLED",
            "true",
            "`false` switches the sync endpoints off (404)",
        )
        .unless(&["OR3_CLOUD_SYNC_ENABLED"]),
        Variable::new(
            "OR3_SYNC_PROVIDER",
            "sqlite",
            "where changes are kept; this build: `sqlite`",
        ),
        Variable::new(
            "OR3_STORAGE_ENABLED",
            "true",
            "`false` switches the storage endpoints off (404)",
        )
        .unless(&["OR3_CLOUD_STORAGE_ENABLED"]),
        Variable::new(
            "NUXT_PUBLIC_STORAGE_PROVIDER",
            "fs",
            "where bytes live; this build: `fs`, `s3`",
        )
        .unless(&["OR3_STORAGE_PROVIDER"]),
    ];

    /// Auth is on unless it is exactly `false` (design, section 6).
    fn read(reader: &mut Reader<'_>) -> Self {
        let auth = reader.unless_false(&["SSR_AUTH_ENABLED"]);
        let sync = auth && reader.unless_false(&["OR3_CLOUD_SYNC_ENABLED", "OR3_SYNC_ENABLED"]);
        let storage =
            auth && reader.unless_false(&["OR3_CLOUD_STORAGE_ENABLED", "OR3_STORAGE_ENABLED"]);
        Self {
            auth: auth.then(|| auth_provider(reader)),
            sync: sync.then(|| sync_provider(reader)),
            storage: storage.then(|| storage_provider(reader)),
        }
    }
}

fn auth_provider(reader: &mut Reader<'_>) -> AuthProvider {
    let id = reader.first(&["OR3_AUTH_PROVIDER", "AUTH_PROVIDER"]);
    let known = [AuthProvider::BasicAuth, AuthProvider::Oidc].map(|known| (known.id(), known));
    reader.choice("AUTH_PROVIDER", id, &known, AuthProvider::BasicAuth)
}

fn sync_provider(reader: &mut Reader<'_>) -> SyncProvider {
    let id = reader.text("OR3_SYNC_PROVIDER");
    let sqlite = SyncProvider::Sqlite;
    reader.choice("OR3_SYNC_PROVIDER", id, &[(sqlite.id(), sqlite)], sqlite)
}

fn storage_provider(reader: &mut Reader<'_>) -> StorageProvider {
    let id = reader.first(&["OR3_STORAGE_PROVIDER", "NUXT_PUBLIC_STORAGE_PROVIDER"]);
    let known = [StorageProvider::Fs, StorageProvider::S3].map(|known| (known.id(), known));
    reader.choice(
        "NUXT_PUBLIC_STORAGE_PROVIDER",
        id,
        &known,
        StorageProvider::Fs,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn features(pairs: &[(&str, &str)]) -> Features {
        let read = Environment::of(pairs.iter().copied()).load::<Features>();
        read.expect("nothing is wrong")
    }

    fn on(pairs: &[(&str, &str)]) -> [bool; 3] {
        let read = features(pairs);
        [
            read.auth.is_some(),
            read.sync.is_some(),
            read.storage.is_some(),
        ]
    }

    #[test]
    fn auth_switched_off_switches_everything_off() {
        assert_eq!(on(&[]), [true, true, true]);
        assert_eq!(on(&[("SSR_AUTH_ENABLED", "false")]), [false, false, false]);
        assert_eq!(on(&[("OR3_SYNC_ENABLED", "false")]), [true, false, true]);
        assert_eq!(on(&[("OR3_STORAGE_ENABLED", "false")]), [true, true, false]);
        assert_eq!(on(&[("OR3_SYNC_ENABLED", "no")]), [true, true, true]);
    }

    #[test]
    fn aliases_are_honoured_and_the_newer_name_wins() {
        let [older, newer] = ["OR3_SYNC_ENABLED", "OR3_CLOUD_SYNC_ENABLED"];
        assert_eq!(on(&[(newer, "false")]), [true, false, true]);
        assert_eq!(on(&[(older, "false"), (newer, "true")]), [true, true, true]);
        assert_eq!(
            on(&[("OR3_CLOUD_STORAGE_ENABLED", "false")]),
            [true, true, false]
        );
        let chosen = features(&[
            ("AUTH_PROVIDER", "basic-auth"),
            ("OR3_AUTH_PROVIDER", "oidc"),
        ]);
        assert_eq!(chosen.auth, Some(AuthProvider::Oidc));
    }
}
