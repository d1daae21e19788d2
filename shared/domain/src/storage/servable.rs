//! Whether a file may be downloaded, and as what.

use super::blob::{BlobStat, Proof};
use super::error::StorageError;
use super::mime::FileKind;
use super::store::FileFacts;

/// A file that may be served, as the deployment knows it; what a client says of it while asking
/// plays no part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Servable {
    /// The size that it must have, where a commit says so.
    pub size_bytes: Option<u64>,
    /// Its media type.
    pub mime_type: String,
    /// Its kind, where one is known.
    pub kind: Option<FileKind>,
    /// Its name, not sanitized.
    pub name: String,
}

/// Decides what a download may give (storage contract, 2.2 and 12).
///
/// The blob must be there, committed by our record or by the store's own mark (a root that the
/// original wrote), and not removed or in the trash. The workspace's own row describes it, or
/// else the commit.
///
/// # Errors
///
/// [`StorageError::NotFound`] whichever of these is missing; [`StorageError::Damaged`] when the
/// blob has not the size that was committed; [`StorageError::OtherHash`] when the store says so.
pub fn servable(facts: FileFacts, stat: Option<BlobStat>) -> Result<Servable, StorageError> {
    let stat = stat.ok_or(StorageError::NotFound)?;
    let in_trash = facts.meta.as_ref().is_some_and(|meta| meta.deleted);
    let committed = facts.committed.is_some() || stat.committed;
    if facts.removed || in_trash || !committed {
        return Err(StorageError::NotFound);
    }
    let size_bytes = facts.committed.as_ref().map(|file| file.size_bytes);
    if let Some(committed_bytes) = size_bytes.filter(|bytes| *bytes != stat.size_bytes) {
        return Err(StorageError::Damaged {
            stored_bytes: stat.size_bytes,
            committed_bytes,
        });
    }
    if stat.proof == Proof::Contrary {
        return Err(StorageError::OtherHash);
    }
    let described = facts
        .meta
        .map(|meta| (meta.mime_type, meta.kind, meta.name));
    let recorded = facts
        .committed
        .map(|file| (file.mime_type, file.kind, file.name));
    let (mime_type, kind, name) = described.or(recorded).unwrap_or_default();
    Ok(Servable {
        size_bytes,
        mime_type,
        kind,
        name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::{CommittedFile, ContentHash, FileMeta};

    const STORED: BlobStat = BlobStat {
        size_bytes: 7,
        committed: false,
        proof: Proof::Given,
    };

    fn recorded() -> FileFacts {
        FileFacts {
            committed: Some(CommittedFile {
                hash: ContentHash::Md5([0; 16]),
                size_bytes: 7,
                mime_type: "image/png".to_owned(),
                name: "commit.png".to_owned(),
                kind: None,
            }),
            ..FileFacts::default()
        }
    }

    fn described(deleted: bool) -> FileFacts {
        FileFacts {
            meta: Some(FileMeta {
                mime_type: "image/gif".to_owned(),
                name: "row.gif".to_owned(),
                kind: Some(FileKind::Image),
                deleted,
            }),
            ..recorded()
        }
    }

    #[test]
    fn the_row_describes_the_file_before_the_commit_does() {
        let name = |facts| servable(facts, Some(STORED)).map(|file| file.name);
        assert_eq!(name(described(false)).as_deref(), Ok("row.gif"));
        assert_eq!(name(recorded()).as_deref(), Ok("commit.png"));
    }

    #[test]
    fn a_blob_with_the_mark_of_the_original_needs_no_record() {
        let marked = BlobStat {
            committed: true,
            ..STORED
        };
        let file = servable(FileFacts::default(), Some(marked)).expect("servable");
        assert_eq!((file.size_bytes, file.mime_type.as_str()), (None, ""));
    }

    #[test]
    fn missing_uncommitted_removed_and_trashed_files_look_the_same() {
        let removed = FileFacts {
            removed: true,
            ..recorded()
        };
        for (facts, stat) in [
            (recorded(), None),
            (FileFacts::default(), Some(STORED)),
            (removed, Some(STORED)),
            (described(true), Some(STORED)),
        ] {
            assert_eq!(servable(facts, stat), Err(StorageError::NotFound));
        }
    }

    #[test]
    fn a_blob_of_another_size_is_damaged() {
        let short = BlobStat {
            size_bytes: 6,
            ..STORED
        };
        let damaged = servable(recorded(), Some(short));
        assert!(matches!(damaged, Err(StorageError::Damaged { .. })));
    }

    #[test]
    fn a_blob_that_contradicts_its_hash_is_damaged_and_one_without_proof_is_not() {
        let with = |proof| servable(recorded(), Some(BlobStat { proof, ..STORED }));
        assert_eq!(with(Proof::Contrary), Err(StorageError::OtherHash));
        assert!(with(Proof::Missing).is_ok());
    }
}
