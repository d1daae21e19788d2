//! Rate limits: a budget of requests per subject in a sliding window, kept in a store so that it
//! holds across processes and restarts.

mod policy;
mod store;

pub use policy::{Policies, Policy};
pub use store::{Admission, RateLimiter};
