//! Ids in sequence.

use std::sync::atomic::{AtomicU64, Ordering};

use or3_domain::ids::Ids;

/// Gives 1, 2, 3, … as bytes: `00000000-0000-4000-8000-000000000001` is the first UUID.
#[derive(Debug, Default)]
pub struct SequentialIds(AtomicU64);

impl Ids for SequentialIds {
    fn fill(&self, buffer: &mut [u8]) {
        let number = (self.0.fetch_add(1, Ordering::SeqCst) + 1).to_be_bytes();
        buffer.fill(0);
        for (to, from) in buffer.iter_mut().rev().zip(number.iter().rev()) {
            *to = *from;
        }
    }
}
