//! The port behind which uploads grow that come in several parts.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;

use super::blob::{BlobKey, ByteStream, Interruption};
use super::checksum::Checksum;
use crate::clock::Timestamp;
use crate::error::{DomainError, ErrorKind};
use crate::ids::Ids;
use crate::store::StoreError;

/// Names one upload that is under way. It says itself when the upload ends, so that whoever
/// removes abandoned ones needs to know nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialId {
    ends_seconds: i64,
    random: u64,
}

/// The text names no upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of an upload")]
pub struct InvalidPartialId;

impl PartialId {
    /// A new name for an upload that ends at `ends_at`, in whole seconds.
    pub fn new(ends_at: Timestamp, ids: &dyn Ids) -> Self {
        let mut random = [0; 8];
        ids.fill(&mut random);
        Self {
            ends_seconds: ends_at.seconds().max(0),
            random: u64::from_be_bytes(random),
        }
    }

    /// When the upload ends, finished or not.
    pub const fn ends_at(&self) -> Timestamp {
        Timestamp::from_seconds(self.ends_seconds)
    }
}

/// Digits, a dash and 16 hexadecimal digits: nothing that a path could stumble over.
impl fmt::Display for PartialId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}-{:016x}", self.ends_seconds, self.random)
    }
}

impl FromStr for PartialId {
    type Err = InvalidPartialId;

    /// Only what [`Display`](fmt::Display) writes.
    fn from_str(text: &str) -> Result<Self, InvalidPartialId> {
        let (ends, random) = text.split_once('-').ok_or(InvalidPartialId)?;
        let id = Self {
            ends_seconds: ends.parse().map_err(|_| InvalidPartialId)?,
            random: u64::from_str_radix(random, 16).map_err(|_| InvalidPartialId)?,
        };
        Some(id)
            .filter(|id| id.to_string() == text)
            .ok_or(InvalidPartialId)
    }
}

/// One part of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Where it begins: how much the client believes to have arrived.
    pub offset: u64,
    /// How many bytes it may have at most.
    pub limit: u64,
    /// What its bytes must give, if the client said so.
    pub checksum: Option<Checksum>,
}

/// An upload whose time is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndedUpload {
    /// Its name.
    pub id: PartialId,
    /// How many bytes have arrived of it.
    pub size_bytes: u64,
}

/// Why an upload in parts did not go on.
#[derive(Debug, thiserror::Error)]
pub enum PartialError {
    /// There is no such upload: it was finished, given up or removed.
    #[error("no such upload")]
    Unknown,
    /// Somebody else is writing to it, in this process or another.
    #[error("the upload is being written to")]
    Busy,
    /// The part begins elsewhere than where the upload ends.
    #[error("the upload has {received} bytes")]
    WrongOffset {
        /// How much has arrived.
        received: u64,
    },
    /// The part is longer than what is missing.
    #[error("part longer than the rest of the upload")]
    TooLong,
    /// The part's bytes have another checksum.
    #[error("part with another checksum")]
    ChecksumMismatch,
    /// All bytes are there, and they are others than were announced; the upload is gone.
    #[error("upload with another hash")]
    HashMismatch,
    /// The place for the blob is not one of ours: a link stands where a folder should.
    #[error("the workspace's folder is not a folder")]
    UnsafePath,
    /// The part stopped coming.
    #[error(transparent)]
    Interrupted(#[from] Interruption),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for PartialError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Unknown => ErrorKind::NotFound,
            Self::Busy => ErrorKind::Locked,
            Self::WrongOffset { .. } => ErrorKind::Conflict,
            Self::TooLong => ErrorKind::TooLarge,
            Self::ChecksumMismatch
            | Self::HashMismatch
            | Self::UnsafePath
            | Self::Interrupted(_) => ErrorKind::Invalid,
            Self::Store(error) => error.kind(),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Unknown => "Upload not found".into(),
            Self::Busy => "Upload is being written to".into(),
            Self::WrongOffset { received } => {
                format!("Upload offset mismatch ({received} bytes received)").into()
            }
            Self::TooLong => "Payload too large".into(),
            Self::ChecksumMismatch => "Checksum mismatch".into(),
            Self::HashMismatch => "Hash mismatch".into(),
            Self::UnsafePath => "Invalid path parameters".into(),
            Self::Interrupted(_) => "Upload interrupted".into(),
            Self::Store(error) => error.message(),
        }
    }
}

/// Keeps uploads that come in several parts until they are whole. Everything that holds between
/// two requests is in the store: any process can go on where another one died.
#[async_trait]
pub trait PartialUploads: Send + Sync {
    /// Makes room for a new upload without bytes, durably.
    async fn begin(&self, id: &PartialId) -> Result<(), StoreError>;

    /// How many bytes of the upload have arrived, those of a part under way included; `None` if
    /// there is no such upload.
    async fn received(&self, id: &PartialId) -> Result<Option<u64>, StoreError>;

    /// Appends a part and returns how many bytes the upload has then, all of them durable.
    ///
    /// Only one part is written at a time, whichever processes ask; a process that dies lets go.
    /// Of a part that breaks off, what came stays (it is a part too), unless it has a checksum:
    /// then, and when it is too long or its checksum is wrong, nothing of it stays. A process
    /// that is killed in the middle of a part with a checksum leaves bytes that nobody has
    /// checked: [`finish`](Self::finish) finds out.
    ///
    /// # Errors
    ///
    /// [`PartialError`].
    async fn append(
        &self,
        id: &PartialId,
        part: Part,
        body: ByteStream<Interruption>,
    ) -> Result<u64, PartialError>;

    /// Makes an upload of `size_bytes` bytes the blob of `key` if it has its hash, as
    /// [`BlobStore::put`](super::BlobStore::put) would: durably, at once and whole. The upload is
    /// gone then, and also when its bytes are others.
    ///
    /// # Errors
    ///
    /// [`PartialError`]; `WrongOffset` while bytes are missing.
    async fn finish(
        &self,
        id: &PartialId,
        key: &BlobKey,
        size_bytes: u64,
    ) -> Result<(), PartialError>;

    /// Gives the upload up, durably.
    ///
    /// # Errors
    ///
    /// [`PartialError`]; `Unknown` when there is nothing to give up.
    async fn discard(&self, id: &PartialId) -> Result<(), PartialError>;

    /// At most `limit` uploads whose time is over at `now`, by name, those behind `after` only:
    /// for whoever [discards](Self::discard) what was abandoned.
    async fn ended(
        &self,
        now: Timestamp,
        after: Option<PartialId>,
        limit: u32,
    ) -> Result<Vec<EndedUpload>, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Ids for Sevens {
        fn fill(&self, buffer: &mut [u8]) {
            buffer.fill(7);
        }
    }

    #[test]
    fn a_name_is_read_back_and_says_when_the_upload_ends() {
        let id = PartialId::new(Timestamp::from_millis(1_767_225_600_999), &Sevens);
        assert_eq!(id.to_string(), "1767225600-0707070707070707");
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.ends_at(), Timestamp::from_seconds(1_767_225_600));
    }

    #[test]
    fn nothing_else_is_a_name() {
        for text in [
            "",
            "-",
            "1767225600",
            "1767225600-",
            "1767225600-07070707070707",
            "1767225600-0707070707070707.tmp",
            "01767225600-0707070707070707",
            "+1767225600-0707070707070707",
            "-1-0707070707070707",
            "1767225600-070707070707070G",
            "1767225600-0707070707070A07",
            "../1767225600-0707070707070707",
        ] {
            assert_eq!(text.parse::<PartialId>(), Err(InvalidPartialId), "{text}");
        }
    }
}
