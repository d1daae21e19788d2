//! Whether the bucket can be used.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::health::{Findings, Probe};

use crate::bucket::Bucket;
use crate::store::{S3Blobs, exists};

/// Looks whether the bucket is there and answers to these credentials.
pub struct S3Probe {
    bucket: Arc<Bucket>,
}

impl S3Probe {
    /// A probe of the bucket of `blobs`.
    pub fn new(blobs: &S3Blobs) -> Self {
        Self {
            bucket: blobs.bucket(),
        }
    }
}

#[async_trait]
impl Probe for S3Probe {
    async fn probe(&self) -> Findings {
        match exists(&self.bucket).await {
            Ok(()) => Findings::default(),
            Err(error) => {
                tracing::error!(%error, "the bucket of files cannot be used");
                Findings {
                    errors: vec!["The storage bucket cannot be used.".to_owned()],
                    ..Findings::default()
                }
            }
        }
    }
}
