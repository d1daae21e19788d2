//! Collection: on schedule for everything ([`handle`]), and by `POST
//! /api/sync/{gc-tombstones,gc-change-log}` for one workspace, where owners forget history that
//! every device has (sync contract, 15), and by `POST /api/storage/gc/run`, where administrators
//! remove blobs that nothing refers to (storage contract, 2.4). By `POST /api/admin/gc/run`
//! administrators collect, or look at, the whole deployment. What may be removed is decided
//! behind the ports.

mod administer;
mod carry_out;
mod event;
mod history;
#[cfg(feature = "openapi")]
pub mod openapi;
mod storage;
mod wish;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::routing::post;
use or3_domain::admin::{Class, Classified, Guard};
use or3_domain::audit::AuditLog;
use or3_domain::clock::Clock;
use or3_domain::gc::Collection;
use or3_domain::ids::Ids;
use or3_domain::storage::{BlobClaims, BlobStore, FileIndex};
use or3_domain::sync::SyncHistory;
use or3_http::{Admins, HttpPolicy, RateLimits, Sessions, gate, no_store};

pub use carry_out::Report;
pub use event::{EventError, handle};
pub use wish::WishError;

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("POST", "/api/sync/gc-tombstones"),
    ("POST", "/api/sync/gc-change-log"),
    ("POST", "/api/storage/gc/run"),
    ("POST", "/api/admin/gc/run"),
];

/// What is said of the route of administrators.
pub const CLASSIFIED: &[Classified] = &[Classified {
    method: "POST",
    path: "/api/admin/gc/run",
    class: Class::Sensitive,
    guard: Guard::Administrator,
    also: "intent and own page; 30 a minute",
}];

/// What removing blobs takes.
#[derive(Clone)]
pub struct BlobGc {
    /// Where the bytes live.
    pub blobs: Arc<dyn BlobStore>,
    /// Through which they are given up.
    pub claims: Arc<dyn BlobClaims>,
    /// Where damage is noted.
    pub files: Arc<dyn FileIndex>,
    /// Names of collections.
    pub ids: Arc<dyn Ids>,
    /// How long a blob is kept that nothing refers to, unless a request says otherwise.
    pub retention: Duration,
    /// How long a workspace waits for its next run by request.
    pub cooldown: Duration,
    /// Blobs may be removed at all.
    pub enabled: bool,
}

/// What this function needs.
#[derive(Clone, FromRef)]
pub struct Ports {
    /// The logs and rows.
    pub history: Arc<dyn SyncHistory>,
    /// What collects, and writes it down.
    pub collection: Collection,
    /// What removing blobs takes.
    pub blob_gc: BlobGc,
    /// Where the wish of an administrator is written down.
    pub audit: Arc<dyn AuditLog>,
    /// Who calls.
    pub sessions: Sessions,
    /// How the super admin is known.
    pub admins: Admins,
    /// How often they may.
    pub limits: RateLimits,
    /// Which origins may send requests.
    pub policy: Arc<HttpPolicy>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Whether auth is on; otherwise the route of administrators answers 404.
    #[from_ref(skip)]
    pub enabled: bool,
    /// Whether auth and sync are on; otherwise the routes of sync answer 404.
    #[from_ref(skip)]
    pub sync_enabled: bool,
    /// Whether auth and storage are on; otherwise the route of storage answers 404.
    #[from_ref(skip)]
    pub storage_enabled: bool,
}

/// The routes over `ports`.
pub fn router(ports: Ports) -> Router {
    let (sync, storage) = (ports.sync_enabled, ports.storage_enabled);
    let history = Router::new()
        .route("/api/sync/gc-tombstones", post(history::tombstones))
        .route("/api/sync/gc-change-log", post(history::change_log));
    let blobs = Router::new().route("/api/storage/gc/run", post(storage::run));
    let everything = Router::new().route("/api/admin/gc/run", post(administer::handle));
    gate(history, sync)
        .merge(gate(blobs, storage))
        .merge(no_store(gate(everything, ports.enabled)))
        .with_state(ports)
}
