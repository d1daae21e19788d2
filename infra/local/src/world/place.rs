//! What the start page of the local stack says of it.

use or3_settings::{AuthProvider, DatabaseUrl, StorageProvider, SyncProvider};
use pages::{Access, Place, Ports};

use super::World;

impl World {
    pub(super) fn pages(&self) -> Ports {
        Ports {
            access: Access {
                auth_provider: self.settings.features.auth.map(AuthProvider::id),
                registration_mode: self.settings.auth.registration.mode.id(),
            },
            // In production a stranger may read it.
            place: if self.settings.http.production {
                Place::default()
            } else {
                Place(self.place())
            },
        }
    }

    fn place(&self) -> Vec<(&'static str, String)> {
        let features = &self.settings.features;
        let id = |provider: Option<&'static str>| provider.unwrap_or("off").to_owned();
        vec![
            ("Version", env!("CARGO_PKG_VERSION").to_owned()),
            ("Mode", "development".to_owned()),
            ("Sign-in", id(features.auth.map(AuthProvider::id))),
            ("Sync", id(features.sync.map(SyncProvider::id))),
            ("Storage", id(features.storage.map(StorageProvider::id))),
            ("Database", self.database_place()),
            ("Files", self.files_place()),
        ]
    }

    fn database_place(&self) -> String {
        match &self.settings.database.url {
            DatabaseUrl::File(path) => absolute(path),
            DatabaseUrl::Server { url, .. } => url.clone(),
        }
    }

    fn files_place(&self) -> String {
        let storage = &self.settings.storage;
        match &storage.s3 {
            Some(bucket) => format!("s3://{}", bucket.bucket),
            None => absolute(&storage.fs_root),
        }
    }
}

/// The path from the root on: a page does not know where the process was started.
fn absolute(path: &std::path::Path) -> String {
    let absolute = std::path::absolute(path);
    let path = absolute.as_deref().unwrap_or(path);
    path.display().to_string()
}
