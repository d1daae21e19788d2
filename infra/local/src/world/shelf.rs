//! Where bytes live: the provider that the settings chose.

use std::sync::Arc;

use or3_blobs::{FsBlobs, FsPartials, FsProbe, FsUrlSigner};
use or3_domain::clock::Clock;
use or3_domain::health::Probe;
use or3_domain::ids::Ids;
use or3_domain::storage::{BlobStore, PartialUploads, UrlSigner};
use or3_runtime::{StartError, wire};
use or3_s3::{S3Blobs, S3Probe, S3UrlSigner};
use or3_settings::{S3, Storage};

use crate::faults::{Disk, OnDisk};

/// One provider, behind every port that it has.
pub(crate) struct Shelf {
    pub(crate) blobs: Arc<dyn BlobStore>,
    pub(crate) signer: Arc<dyn UrlSigner>,
    pub(crate) probe: Arc<dyn Probe>,
    /// The volume of the fs provider.
    pub(crate) volume: FsBlobs,
    /// What stands behind our own byte URLs, where files go through us.
    pub(crate) served: Arc<dyn BlobStore>,
    /// Uploads in parts, where files go through us.
    pub(crate) partials: Arc<dyn PartialUploads>,
}

impl Shelf {
    pub(crate) fn of(
        settings: &Storage,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn Ids>,
        disk: Option<Arc<Disk>>,
    ) -> Result<Self, StartError> {
        let volume = FsBlobs::new(&settings.fs_root, Arc::clone(clock), Arc::clone(ids));
        let volume = volume.verifying(settings.fs_verified_percent);
        let shelf = match &settings.s3 {
            Some(bucket) => Self::in_a_bucket(bucket, volume, Arc::clone(clock))?,
            None => Self::on_a_volume(settings, volume),
        };
        Ok(match disk {
            Some(disk) => shelf.on_a_small(&disk),
            None => shelf,
        })
    }

    /// The same with as much room for files as `disk` has.
    fn on_a_small(self, disk: &Arc<Disk>) -> Self {
        Self {
            served: Arc::new(OnDisk::new(Arc::clone(disk), self.served)),
            partials: Arc::new(OnDisk::new(Arc::clone(disk), self.partials)),
            ..self
        }
    }

    fn on_a_volume(settings: &Storage, volume: FsBlobs) -> Self {
        let tokens = wire::url_tokens(settings);
        Self {
            blobs: Arc::new(volume.clone()),
            signer: Arc::new(FsUrlSigner::new(tokens, settings.fs_max_byte_url_bytes)),
            probe: Arc::new(FsProbe::new(&volume)),
            served: Arc::new(volume.clone()),
            partials: Arc::new(FsPartials::new(&volume)),
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
            served: Arc::new(volume.clone()),
            partials: Arc::new(FsPartials::new(&volume)),
            volume,
        })
    }
}
