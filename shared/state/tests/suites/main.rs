//! The contract suites of the ports, on every database that there is.

mod accounts;
mod admin_credentials;
mod administration;
mod audit_log;
mod collection;
mod damage;
mod file_index;
mod invites;
mod place;
mod rate_limiter;
mod sessions;
mod sync;
mod workspaces;
