//! The contract suites of the ports, on every database that there is.

mod place;
mod rate_limiter;
