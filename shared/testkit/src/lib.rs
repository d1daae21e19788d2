//! What tests share: a clock that only moves when told, ids in sequence, fakes of ports, a client
//! for a router in memory, and one contract suite per port that runs on the fake and on every
//! real provider, so that the fakes are known to tell the truth.

pub mod account_store_suite;
pub mod admin_credentials_suite;
mod admins;
pub mod audit_log_suite;
pub mod blob_store_suite;
mod client;
mod clock;
mod collector;
pub mod directory_suite;
mod dynamodb_server;
mod events;
pub mod file_index_suite;
mod files;
mod folder;
pub mod gateway_suite;
pub mod gc_ledger_suite;
mod identity_provider;
mod ids;
pub mod invite_store_suite;
mod lambda;
pub mod partial_uploads_suite;
mod passes;
mod people;
pub mod rate_limiter_suite;
mod s3_server;
mod seed;
pub mod session_store_suite;
mod sessions;
mod sqld;
pub mod sync_suite;
mod watched_blobs;
pub mod workspace_store_suite;

pub use admins::{admins, no_admins};
pub use client::{Answer, Client, says, told};
pub use clock::FixedClock;
pub use collector::Collector;
pub use dynamodb_server::DynamoDbServer;
pub use events::EventReader;
pub use files::MemoryFiles;
pub use folder::names_in;
pub use identity_provider::IdentityProvider;
pub use ids::SequentialIds;
pub use lambda::{Gateway, GatewayRequest, Lambda};
pub use or3_relay::{Fate, Relay};
pub use passes::{collect_pass, survey_pass};
pub use s3_server::{S3Answer, S3Server};
pub use seed::seed_workspace;
pub use sessions::{FakeSessions, session};
pub use sqld::Sqld;
pub use watched_blobs::{BlobCall, BlobGate, WatchedBlobs};
