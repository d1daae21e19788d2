//! Where bytes live: the provider that the settings chose.

use std::sync::Arc;

use or3_blobs::{FsBlobs, FsProbe, FsUrlSigner};
use or3_domain::clock::Clock;
use or3_domain::health::Probe;
use or3_domain::ids::Ids;
use or3_domain::storage::{BlobStore, UrlSigner};
use or3_runtime::{StartError, wire};
use or3_s3::{S3Blobs, S3Probe, S3UrlSigner};
use or3_settings::{S3, Storage};

/// One provider, behind every port that it has.
pub(crate) struct Shelf {
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) signer: Arc<dyn UrlSigner>,
    pub(crate) probe: Arc<dyn Probe>,
    /// What stands behind our own byte URLs, where files go through us.
    pub(crate) volume: FsBlobs,
}

impl Shelf {
    pub(crate) fn of(
        settings: &Storage,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn Ids>,
    ) -> Result<Self, StartError> {
        let volume = FsBlobs::new(&settings.fs_root, Arc::clone(clock), Arc::clone(ids));
        let volume = volume.verifying(settings.fs_verified_percent);
        match &settings.s3 {
            Some(bucket) => Self::in_a_bucket(bucket, volume, Arc::clone(clock)),
            None => Ok(Self::on_a_volume(settings, volume)),
        }
    }

    fn on_a_volume(settings: &Storage, volume: FsBlobs) -> Self {
        let tokens = wire::url_tokens(settings);
        Self {
            blobs: Arc::new(volume.clone()),
            signer: Arc::new(FsUrlSigner::new(tokens, settings.fs_max_byte_url_bytes)),
            probe: Arc::new(FsProbe::new(&volume)),
            volume,
        }
    }

    fn in_a_bucket(
        settings: &S3,
        volume: FsBlobs,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let blobs = S3Blobs::new(settings, clock).map_err(StartError::surroundings)?;
        Ok(Self {
            signer: Arc::new(S3UrlSigner::new(&blobs, settings)),
            probe: Arc::new(S3Probe::new(&blobs)),
            blobs: Arc::new(blobs),
            volume,
        })
    }
}
