//! Files: content hashes, media types, names, signed URLs, quotas, and the ports behind which
//! bytes, their index and their URLs live (storage contract).

mod announcement;
mod blob;
mod checksum;
mod claims;
mod damage;
mod error;
pub mod filename;
mod hash;
pub mod mime;
mod partial;
mod quota;
mod servable;
mod signing;
mod store;
mod token;

pub use announcement::{Announcement, InvalidAnnouncement};
pub use blob::{
    BlobKey, BlobRoot, BlobStat, BlobStore, ByteStream, Interruption, Listing, Object, OpenBlob,
    Proof, Stored, Verdict,
};
pub use checksum::{CHECKSUM_ALGORITHMS, Checksum, ChecksumCheck, InvalidChecksum};
pub use claims::{BlobClaims, ClaimRule, Condemnation, Condemned, References};
pub use damage::{DamageProbe, report_damage};
pub use error::{StorageError, TransferError, UploadError};
pub use hash::{ContentHash, Digester, InvalidHash};
pub use partial::{EndedUpload, InvalidPartialId, Part, PartialError, PartialId, PartialUploads};
pub use quota::{UPLOAD_RATE, UploadPolicy, Usage, record, reserve};
pub use servable::{Servable, servable};
pub use signing::{DownloadGrant, ResumableGrant, SignedUrl, UploadGrant, UrlSigner};
pub use store::{
    CommittedFile, Damage, DamagedBlob, FileFacts, FileIndex, FileMeta, Recorded, Reservation,
    Reserved,
};
pub use token::{Grant, UrlTokens};
