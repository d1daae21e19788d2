//! Every environment variable, one section a file: its name, default and unit, and what a wrong
//! value says. This crate is the only one that reads the process environment.
//!
//! A section is a struct with a table of [`Variable`]s and a way to read itself from a [`Reader`].
//! Problems are collected, so that a start that fails names everything that is wrong at once.
//! README and template are checked against [`variables`].

mod address;
mod admin;
mod auth;
mod aws;
mod database;
mod dynamodb;
mod effective;
mod environment;
mod example;
mod faults;
mod features;
mod gc;
mod http;
mod limits;
mod local;
mod log;
mod metrics;
mod mode;
mod oidc;
mod passwords;
mod problem;
mod reader;
mod registration;
mod s3;
mod secret;
mod storage;
mod stream;
mod test_mode;
mod traces;
mod variable;

pub use admin::{Admin, AdminGate, Known as AdminKnown};
pub use auth::{Auth, ProvisioningFailure};
pub use aws::{AwsCredentials, AwsEndpoint};
pub use database::{Database, DatabaseUrl, Place};
pub use dynamodb::DynamoDb;
pub use effective::{Effective, Source};
pub use environment::{Environment, Section};
pub use example::{Stage, settings_page};
pub use faults::Faults;
pub use features::{AuthProvider, Features, StorageProvider, SyncProvider};
pub use gc::Gc;
pub use http::{ForwardedFor, Http};
pub use limits::{LimitOverride, Limits};
pub use local::{Local, SECRETS};
pub use log::{Log, LogFormat};
pub use metrics::{Emf, Metrics};
pub use mode::Mode;
pub use oidc::Oidc;
pub use passwords::Passwords;
pub use problem::{Problem, Problems};
pub use reader::Reader;
pub use registration::{Registration, RegistrationMode};
pub use s3::S3;
pub use secret::Secret;
pub use storage::{FsRoot, Storage};
pub use stream::Stream;
pub use test_mode::TestMode;
pub use traces::Traces;
pub use variable::Variable;

/// Every variable that this build reads, section by section, in the order of the README's table.
pub fn variables() -> impl Iterator<Item = (&'static str, &'static Variable)> {
    [
        ("Local stack", Local::VARIABLES),
        ("Mode", Mode::VARIABLES),
        ("Features", Features::VARIABLES),
        ("Database", Database::VARIABLES),
        ("Auth", Auth::VARIABLES),
        ("Registration", Registration::VARIABLES),
        ("Passwords", Passwords::VARIABLES),
        ("OIDC", Oidc::VARIABLES),
        ("Administration", Admin::VARIABLES),
        ("Sync stream", Stream::VARIABLES),
        ("Storage", Storage::VARIABLES),
        ("S3", S3::VARIABLES),
        ("Collection", Gc::VARIABLES),
        ("HTTP", Http::VARIABLES),
        ("Rate limits", Limits::VARIABLES),
        ("DynamoDB", DynamoDb::VARIABLES),
        ("Logs", Log::VARIABLES),
        ("Metrics", Metrics::VARIABLES),
        ("Traces", Traces::VARIABLES),
        ("Faults", Faults::VARIABLES),
        ("Test mode", TestMode::VARIABLES),
    ]
    .into_iter()
    .flat_map(|(section, variables)| variables.iter().map(move |variable| (section, variable)))
}
