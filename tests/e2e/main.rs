//! What a client sees, in raw JSON and by URL: one file an endpoint, in folders like the URLs.

mod health;
mod http_rules;
