//! How requests and responses look, for every function alike: extractors, the one table from
//! errors to statuses, cookies, headers, rate limits at the door, and the layers around a router.
//!
//! This crate decides nothing about the product; it turns HTTP into domain values and back.

mod access_token;
mod admin;
mod body;
mod caller;
mod cold_start;
pub mod conditions;
mod context;
mod cookies;
mod error;
mod incoming;
mod intent;
mod layers;
mod limits;
#[cfg(feature = "openapi")]
pub mod openapi;
mod origin;
mod policy;
pub mod range;
mod this_host;

pub use access_token::AccessToken;
pub use admin::{AdminCaller, AdminCookie, Admins, SuperChange, SuperOnly};
pub use body::{Limited, json_of};
pub use caller::{Caller, Sessions};
pub use cold_start::ColdStart;
pub use context::{Context, Peer};
pub use cookies::{AuthCookies, cookie};
pub use error::ApiError;
pub use incoming::Incoming;
pub use intent::{Intent, OwnPage};
pub use layers::{InviteLinks, full_is_passing, gate, no_cache, no_store, standard};
pub use limits::{RateLimits, Remaining, Ticket};
pub use origin::{OwnOrigin, require_own_origin};
pub use policy::{ForwardedFor, HttpPolicy};
pub use this_host::ThisHost;
