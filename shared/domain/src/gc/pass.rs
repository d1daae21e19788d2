//! One collector alone, for a request.

use std::sync::Arc;

use super::turn::{Sharing, Turn};
use super::{Collection, Collector, Ended, LEASE, Part, Run, Source};
use crate::clock::Timestamp;
use crate::store::StoreError;

impl Collection {
    /// One pass of `collector` alone, for a request: without a lease, since every piece counts
    /// each thing once whoever else is at it. What is left at `until` is the next one's.
    ///
    /// # Errors
    ///
    /// The first failure of the collector, or of the ledger; the run is written down either way.
    pub async fn pass(
        &self,
        collector: Arc<dyn Collector>,
        source: Source,
        until: Timestamp,
    ) -> Result<Run, StoreError> {
        let now = self.clock.now();
        let mut run = Run::new(self.ids.uuid(), source, false, now);
        let mut part = Part::new(collector.kind());
        self.ledger.begin(&run, &[], now, now.minus(LEASE)).await?;
        let mut turn = Turn::new(collector, None, 0);
        let mut sharing = Sharing::new(&*self.ledger);
        let outcome = loop {
            let now = self.clock.now();
            match turn.collect(&mut part, &mut sharing, now).await {
                Ok(Some(())) if self.clock.now() < until => {}
                other => break other,
            }
        };
        if let Ok(Some(())) = outcome {
            part.ended = Ended::OutOfTime;
        }
        run.parts.push(part);
        self.end(&mut run, &[]).await?;
        outcome.map(|_| run)
    }
}
