//! `/api/auth/*`.

mod session;
