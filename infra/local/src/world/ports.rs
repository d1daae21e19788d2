//! What each function gets of the world: the same ports as its own `main` gives it.

use std::sync::Arc;

use health::Part;
use or3_domain::health::Probe;
use or3_domain::invite::Invites;
use or3_domain::storage::DamageProbe;
use or3_runtime::wire;
use or3_settings::{AuthProvider, DynamoDb, StorageProvider, SyncProvider};

use super::World;

impl World {
    pub(super) fn auth(&self) -> auth::Ports {
        auth::Ports {
            enabled: self.settings.features.auth.is_some(),
            accounts: self.accounts(),
            test_secret: wire::test_secret(&self.settings.tests),
            audit: self.state.audit_log(),
            clock: Arc::clone(&self.clock),
            sessions: self.sessions(),
            limits: self.limits(),
            policy: self.policy(),
        }
    }

    pub(super) fn admin(&self) -> admin::Ports {
        let settings = &self.settings;
        let config = wire::auth_config(&settings.auth);
        let (clock, ids) = (&self.clock, &self.ids);
        admin::Ports {
            enabled: settings.features.auth.is_some(),
            account: wire::admin_account(
                &settings.admin,
                &settings.auth.passwords,
                self.state.admin_credentials(),
                Arc::clone(clock),
                Arc::clone(ids),
            ),
            admins: self.admins(),
            directory: self.state.directory(),
            members: self.state.members(),
            invites: Invites::new(
                &config,
                self.state.invites(),
                Arc::clone(clock),
                Arc::clone(ids),
            ),
            gc_ledger: Arc::clone(&self.ledger),
            audit: self.state.audit_log(),
            providers: wire::providers(
                &settings.features,
                &settings.auth,
                &[self.state.probe()],
                &[Arc::clone(&self.shelf.probe)],
            )
            .into(),
            config: Arc::clone(&self.config),
            sessions: self.sessions(),
            limits: self.limits(),
            policy: self.policy(),
            clock: Arc::clone(clock),
            ids: Arc::clone(ids),
        }
    }

    pub(super) fn workspaces(&self) -> workspaces::Ports {
        workspaces::Ports {
            enabled: self.settings.features.auth.is_some(),
            workspaces: self.state.workspaces(),
            sessions: self.sessions(),
            policy: self.policy(),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
        }
    }

    pub(super) fn sync(&self) -> sync::Ports {
        sync::Ports {
            store: self.state.sync_store(),
            news: self.news(),
            sessions: self.sessions(),
            limits: self.limits(),
            policy: self.policy(),
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            enabled: self.settings.features.sync.is_some(),
        }
    }

    pub(super) fn stream(&self) -> stream::Ports {
        let settings = &self.settings.stream;
        stream::Ports {
            watch: Arc::new(stream::Watch::new(
                self.state.sync_heads(),
                self.news(),
                settings.poll,
            )),
            timing: stream::Timing {
                heartbeat: settings.heartbeat,
                lifetime: settings.lifetime,
            },
            sessions: self.sessions(),
            limits: self.limits(),
            policy: self.policy(),
            enabled: self.settings.features.sync.is_some(),
        }
    }

    pub(super) fn gc(&self) -> gc::Ports {
        gc::Ports {
            history: self.state.sync_history(),
            collection: self.collection(),
            blob_gc: self.blob_gc(),
            audit: self.state.audit_log(),
            sessions: self.sessions(),
            admins: self.admins(),
            limits: self.limits(),
            policy: self.policy(),
            clock: Arc::clone(&self.clock),
            enabled: self.settings.features.auth.is_some(),
            sync_enabled: self.settings.features.sync.is_some(),
            storage_enabled: self.settings.features.storage.is_some(),
        }
    }

    pub(super) fn blob_gc(&self) -> gc::BlobGc {
        let settings = &self.settings.gc;
        gc::BlobGc {
            blobs: Arc::clone(&self.shelf.blobs),
            claims: self.state.blob_claims(),
            files: self.state.file_index(),
            ids: Arc::clone(&self.ids),
            retention: settings.blob_retention,
            cooldown: settings.blob_cooldown,
            enabled: settings.blobs_enabled,
        }
    }

    pub(super) fn presign(&self) -> presign::Ports {
        let storage = &self.settings.storage;
        presign::Ports {
            enabled: self.settings.features.storage.is_some(),
            sessions: self.sessions(),
            limits: self.limits(),
            http: self.policy(),
            policy: wire::upload_policy(storage),
            files: self.state.file_index(),
            blobs: Arc::clone(&self.shelf.blobs),
            signer: Arc::clone(&self.shelf.signer),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn blobs(&self) -> blobs::Ports {
        blobs::Ports {
            enabled: self.settings.features.storage == Some(StorageProvider::Fs),
            sessions: self.sessions(),
            tokens: wire::url_tokens(&self.settings.storage),
            blobs: Arc::clone(&self.shelf.served),
            files: self.state.file_index(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn uploads(&self) -> uploads::Ports {
        let storage = &self.settings.storage;
        uploads::Ports {
            enabled: self.settings.features.storage == Some(StorageProvider::Fs),
            sessions: self.sessions(),
            limits: self.limits(),
            http: self.policy(),
            policy: wire::upload_policy(storage),
            files: self.state.file_index(),
            blobs: Arc::clone(&self.shelf.served),
            partials: Arc::clone(&self.shelf.partials),
            tokens: wire::url_tokens(storage),
            lifetime: storage.fs_upload_ttl,
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
        }
    }

    pub(super) fn health(&self) -> health::Ports {
        let part = |kind, provider, probes: Vec<Arc<dyn Probe>>| Part {
            kind,
            provider,
            probes,
        };
        let features = &self.settings.features;
        let damage = Arc::new(DamageProbe::new(self.state.file_index()));
        let limits = self.limits_probe.iter().cloned();
        let mut parts = vec![
            part(
                "sync",
                features.sync.map(SyncProvider::id),
                vec![self.state.probe()],
            ),
            part(
                "storage",
                features.storage.map(StorageProvider::id),
                vec![Arc::clone(&self.shelf.probe), damage],
            ),
            part(
                "auth",
                features.auth.map(AuthProvider::id),
                vec![self.state.probe()],
            ),
        ];
        parts.extend(limits.map(|probe| Part::of_limits(DynamoDb::ID, probe)));
        health::Ports {
            parts,
            clock: Arc::clone(&self.clock),
            started: self.started,
        }
    }
}
