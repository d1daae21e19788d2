//! Whether the volume can be used.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::health::{Findings, Probe};
use or3_domain::store::StoreError;
use rustix::fs::{Access, AtFlags, accessat};

use crate::failure::{self, blocking};
use crate::folder::Root;
use crate::store::FsBlobs;

/// Looks whether the workspaces' folder is there and may be written.
pub struct FsProbe {
    root: Arc<Root>,
}

impl FsProbe {
    /// A probe of what `blobs` stands on.
    pub fn new(blobs: &FsBlobs) -> Self {
        Self { root: blobs.root() }
    }
}

#[async_trait]
impl Probe for FsProbe {
    async fn probe(&self) -> Findings {
        let root = Arc::clone(&self.root);
        match blocking(move || usable(&root)).await {
            Ok(()) => Findings::default(),
            Err(error) => {
                tracing::error!(%error, "the blobs' volume cannot be used");
                Findings {
                    errors: vec!["The storage volume cannot be used.".to_owned()],
                    ..Findings::default()
                }
            }
        }
    }
}

fn usable(root: &Root) -> Result<(), StoreError> {
    let wanted = Access::READ_OK | Access::WRITE_OK | Access::EXEC_OK;
    accessat(root.workspaces()?, ".", wanted, AtFlags::empty())
        .map_err(|error| failure::of(error, "use the workspaces' folder"))
}
