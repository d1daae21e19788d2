//! `/api/sync/*` (sync contract).

mod gc;
mod isolation;
mod pull;
mod push;
mod snapshot;
mod stream;
mod update_cursor;
