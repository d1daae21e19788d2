//! The port behind which one kind of thing is collected.

use async_trait::async_trait;

use super::Kind;
use crate::clock::Timestamp;
use crate::store::StoreError;

/// One piece of work.
#[derive(Clone, Copy, Debug)]
pub struct Piece<'a> {
    /// Where the piece before ended; `None` begins a pass.
    pub position: Option<&'a str>,
    /// How many things it may take: bounds how long writers wait for it.
    pub at_most: u32,
    /// The moment at which things are judged.
    pub now: Timestamp,
}

/// How much was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many things.
    pub removed: u64,
    /// How many bytes they held, where that is known: payloads and files, not rows around them.
    pub bytes: u64,
}

impl Tally {
    /// Adds another tally to this one.
    pub fn add(&mut self, other: Self) {
        self.removed += other.removed;
        self.bytes += other.bytes;
    }
}

/// What became of one piece.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// What this piece removed.
    pub tally: Tally,
    /// Where the next piece begins; `None` when the pass is over.
    pub next: Option<String>,
}

/// Something that a collection would remove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is called: an id, a version, a hash; never a secret or an address.
    pub name: String,
    /// How many bytes it holds, where that is known.
    pub bytes: u64,
}

/// What one piece would remove.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// The things, in the order of removal.
    pub found: Vec<Found>,
    /// Where the next piece begins; `None` when the pass is over.
    pub next: Option<String>,
}

/// Collects one kind of thing. Positions are its own; they outlive processes.
#[async_trait]
pub trait Collector: Send + Sync {
    /// What it collects.
    fn kind(&self) -> Kind;

    /// Removes the next piece, durably. What it removes is judged inside the transaction that
    /// removes it. Repeating a piece, and two collectors at the same piece, remove and count each
    /// thing once.
    async fn collect(&self, piece: &Piece<'_>) -> Result<Done, StoreError>;

    /// What [`collect`](Self::collect) would remove, without removing it. Over a whole pass it
    /// names exactly what a pass of `collect` at the same moment removes.
    async fn survey(&self, piece: &Piece<'_>) -> Result<Survey, StoreError>;
}
