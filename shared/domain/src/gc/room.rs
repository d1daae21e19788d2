//! Collecting where there is no room to write down who does.

use super::turn::{Sharing, Turn};
use super::{Collection, Order, Part, Run};
use crate::clock::Timestamp;
use crate::store::StoreError;

impl Collection {
    /// Gives `run` its leases. On a full volume, where not even they can be written, it first
    /// removes files: what needs no row may go without a lease, since every piece counts each
    /// thing once whoever else is at it. So a full volume heals, as far as its files can.
    pub(super) async fn begin_or_make_room(
        &self,
        run: &mut Run,
        order: &Order,
        now: Timestamp,
    ) -> Result<Vec<Turn>, StoreError> {
        let full = match self.begin(run, order, now).await {
            Err(StoreError::Full(found)) => found,
            begun => return begun,
        };
        tracing::warn!(%full, "no room for a collection: it begins with files");
        let made = self.make_room(order).await;
        let removed: u64 = made.iter().map(|part| part.tally.removed).sum();
        if removed == 0 {
            return Err(StoreError::Full(full));
        }
        let begun = self.begin(run, order, self.clock.now()).await;
        if let Err(error) = &begun {
            tracing::error!(%error, removed, "what was removed to make room is not written down");
        }
        for part in &mut run.parts {
            let same = made.iter().filter(|made| made.kind == part.kind);
            same.for_each(|made| part.tally.add(made.tally));
        }
        begun
    }

    /// One pass of each kind that needs no row, while the order's time lasts.
    async fn make_room(&self, order: &Order) -> Vec<Part> {
        let mut made = Vec::new();
        let mut sharing = Sharing::new(&*self.ledger);
        let of_files = self.of(&order.kinds).into_iter();
        for collector in of_files.filter(|collector| collector.kind().is_of_files()) {
            let mut part = Part::new(collector.kind());
            let mut turn = Turn::new(collector, None, 0);
            while !order.is_over(self.clock.now()) {
                match turn
                    .collect(&mut part, &mut sharing, self.clock.now())
                    .await
                {
                    Ok(Some(())) => {}
                    Ok(None) => break,
                    Err(error) => {
                        tracing::error!(kind = %part.kind, %error, "a collection failed");
                        break;
                    }
                }
            }
            made.push(part);
        }
        made
    }
}
