//! `/api/sync/*` (sync contract).

mod gc;
mod pull;
mod push;
mod snapshot;
mod stream;
mod update_cursor;
