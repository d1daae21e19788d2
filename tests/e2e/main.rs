//! What a client sees, in raw JSON and by URL: one file an endpoint, in folders like the URLs.

mod admin;
mod auth;
mod bad_input;
mod basic_auth;
mod faults;
mod health;
mod http_rules;
mod limits;
mod main_job;
mod oidc;
mod remote_database;
mod storage;
mod sync;
mod test_sign_in;
mod workspaces;
