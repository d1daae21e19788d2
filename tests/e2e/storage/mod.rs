//! `/api/storage/*` (storage contract), and what sync says of files.

mod files;
mod quota;
mod shelf;
