//! Files: content hashes, media types, names, signed URLs, quotas, and the ports behind which
//! bytes, their index and their URLs live (storage contract).

mod blob;
mod damage;
mod error;
pub mod filename;
mod hash;
pub mod mime;
mod quota;
mod servable;
mod signing;
mod store;
mod token;

pub use blob::{BlobKey, BlobStat, BlobStore, ByteStream, Interruption, OpenBlob, Verdict};
pub use damage::report_damage;
pub use error::{StorageError, UploadError};
pub use hash::{ContentHash, Digester, InvalidHash};
pub use quota::{UploadPolicy, Usage};
pub use servable::{Servable, servable};
pub use signing::{DownloadGrant, SignedUrl, SigningError, UploadGrant, UrlSigner};
pub use store::{
    CommittedFile, DamagedBlob, FileFacts, FileIndex, FileMeta, Reservation, Reserved,
};
pub use token::{Grant, UrlTokens};
