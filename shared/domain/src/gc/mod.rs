//! Collection: rows and bytes that nobody needs any more go away, in small pieces.
//!
//! Each [`Kind`] has a [`Collector`], which removes one piece at a time: one short transaction, so
//! that nobody who writes waits for it. [`Collection`] drives them: it takes a lease a kind, so
//! that two collections never do the same work, keeps where each has come, so that the next one
//! goes on where a dead one stopped, and writes one [`Run`] down, whatever becomes of it.

mod blobs;
mod check;
mod collection;
mod collector;
mod cursor;
mod history;
mod kept;
mod kind;
mod ledger;
mod leftovers;
mod look;
mod order;
mod pace;
mod partials;
mod pass;
mod room;
mod run;
mod turn;
mod view;

pub use blobs::BlobCollector;
pub use check::BlobCheck;
pub use collection::{Collection, LEASE};
pub use collector::{Collector, Done, Found, Piece, Survey, Tally};
pub use cursor::{Cursor, InvalidCursor};
pub use history::{HistoryCollector, HistoryKept, history_collectors};
pub use kept::{kept_parts, parts_of};
pub use kind::{Kind, UnknownKind};
pub use ledger::{Begun, GcLedger};
pub use leftovers::LeftoverCollector;
pub use look::{Look, Page};
pub use order::Order;
pub use partials::PartialCollector;
pub use run::{Ended, Part, Run, Source};
