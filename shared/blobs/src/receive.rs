//! Taking an upload that comes in one piece.

use std::sync::Arc;

use or3_domain::storage::{BlobKey, ByteStream, Digester, Interruption, UploadError};

use crate::failure::blocking;
use crate::folder::Root;
use crate::pour::{End, Poured, Sink, Target, pour};
use crate::staged::Staged;

/// An upload as far as it is written.
struct Writing {
    file: Staged,
    digester: Digester,
}

impl Sink for Writing {
    type Error = UploadError;

    fn take(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        self.digester.update(bytes);
        Ok(self.file.append(bytes)?)
    }
}

/// Takes `body` into the file `temporary` and makes it the blob of `key`. When it returns an
/// error, the temporary file is gone.
pub(crate) async fn receive(
    root: Arc<Root>,
    key: BlobKey,
    temporary: String,
    size_bytes: u64,
    body: ByteStream<Interruption>,
) -> Result<(), UploadError> {
    let (workspace, digester) = (key.workspace().clone(), key.hash().digester());
    let open = move || {
        let file = Staged::create(root.make(&workspace)?, temporary)?;
        Ok(Writing { file, digester })
    };
    let Poured { target, rest, end } = pour(Target::Closed(open), body, size_bytes).await?;
    match end {
        End::Whole { missing: 0 } => {}
        End::Whole { missing } if missing == size_bytes => return Err(UploadError::Missing),
        End::Whole { .. } => return Err(UploadError::HashMismatch),
        End::TooLong => return Err(UploadError::TooLong),
        End::Interrupted(reason) => return Err(reason.into()),
    }
    blocking(move || {
        let mut writing = target.open()?;
        writing.take(&rest)?;
        if writing.digester.finish() != *key.hash() {
            return Err(UploadError::HashMismatch);
        }
        Ok(writing.file.publish(&key.hash().file_name())?)
    })
    .await
}
