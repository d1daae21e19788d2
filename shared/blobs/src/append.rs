//! Appending one part to an upload.

use std::sync::Arc;

use or3_domain::storage::{
    ByteStream, Checksum, ChecksumCheck, Interruption, Part, PartialError, PartialId,
};

use crate::failure::blocking;
use crate::folder::Root;
use crate::held::Held;
use crate::pour::{End, Poured, Sink, Target, pour};

/// An upload while a part is written to it.
struct Appending {
    held: Held,
    /// How long it was before.
    start: u64,
    check: Option<ChecksumCheck>,
    /// Nothing of the part is to stay.
    undone: bool,
}

type Never = fn() -> Result<Appending, PartialError>;

/// Appends `body` to the upload and returns its new length.
pub(crate) async fn append(
    root: Arc<Root>,
    id: PartialId,
    part: Part,
    body: ByteStream<Interruption>,
) -> Result<u64, PartialError> {
    let limit = part.limit;
    // Who cannot write hears so before sending everything.
    let appending = blocking(move || Appending::begin(&root, &id, part)).await?;
    let target = Target::<_, Never>::Open(appending);
    let Poured { target, rest, end } = pour(target, body, limit).await?;
    blocking(move || {
        let mut appending = target.open()?;
        appending.take(&rest)?;
        match end {
            End::Whole { .. } => appending.finish(),
            End::TooLong => {
                appending.undone = true;
                Err(PartialError::TooLong)
            }
            End::Interrupted(reason) => Err(reason.into()),
        }
    })
    .await
}

impl Appending {
    fn begin(root: &Root, id: &PartialId, part: Part) -> Result<Self, PartialError> {
        let held = Held::take(root, id)?;
        let received = held.size()?;
        if received != part.offset {
            return Err(PartialError::WrongOffset { received });
        }
        let check = part.checksum.map(Checksum::check);
        Ok(Self {
            held,
            start: received,
            undone: check.is_some(),
            check,
        })
    }

    fn finish(mut self) -> Result<u64, PartialError> {
        if self.check.take().is_some_and(|check| !check.holds()) {
            return Err(PartialError::ChecksumMismatch);
        }
        self.undone = false;
        self.held.flush()?;
        Ok(self.held.size()?)
    }
}

impl Sink for Appending {
    type Error = PartialError;

    fn take(&mut self, bytes: &[u8]) -> Result<(), PartialError> {
        if let Some(check) = &mut self.check {
            check.update(bytes);
        }
        Ok(self.held.append(bytes)?)
    }
}

impl Drop for Appending {
    fn drop(&mut self) {
        if self.undone
            && let Err(error) = self.held.cut(self.start)
        {
            tracing::error!(%error, "bytes that nobody checked stay in an upload");
        }
    }
}
