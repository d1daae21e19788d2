//! Ports of a process that dies: every call of the store of blobs may be its last one, before it
//! does anything or after it has done all and before anybody hears of it. Where it dies in a
//! database is decided there. Pages are small, so that whatever takes pages takes several.

use std::sync::Arc;

use async_trait::async_trait;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{
    BlobClaims, BlobStore, ClaimRule, Condemnation, ContentHash, References,
};
use or3_domain::store::StoreError;
use or3_state::faults::Lifespan;
use or3_testkit::WatchedBlobs;

/// How much a page holds.
const PAGE: u32 = 2;

/// Claims whose pages are small.
pub(crate) struct SmallPages(pub(crate) Arc<dyn BlobClaims>);

#[async_trait]
impl BlobClaims for SmallPages {
    async fn next_workspace(
        &self,
        after: Option<&WorkspaceId>,
    ) -> Result<Option<WorkspaceId>, StoreError> {
        self.0.next_workspace(after).await
    }

    async fn unprotected(
        &self,
        rule: ClaimRule<'_>,
        hashes: &[ContentHash],
    ) -> Result<Vec<ContentHash>, StoreError> {
        self.0.unprotected(rule, hashes).await
    }

    async fn claim(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<u32, StoreError> {
        self.0.claim(rule, hashes).await
    }

    async fn seal(
        &self,
        rule: ClaimRule<'_>,
        sealed: &str,
        _at_most: u32,
    ) -> Result<u32, StoreError> {
        self.0.seal(rule, sealed, PAGE).await
    }

    async fn references(
        &self,
        workspace: &WorkspaceId,
        after: Option<&str>,
        _at_most: u32,
    ) -> Result<References, StoreError> {
        self.0.references(workspace, after, PAGE).await
    }

    async fn release(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError> {
        self.0.release(rule, hashes).await
    }

    async fn condemn(
        &self,
        rule: ClaimRule<'_>,
        _at_most: u32,
    ) -> Result<Condemnation, StoreError> {
        self.0.condemn(rule, PAGE).await
    }

    async fn forget(&self, rule: ClaimRule<'_>, hashes: &[ContentHash]) -> Result<(), StoreError> {
        self.0.forget(rule, hashes).await
    }

    async fn take_over(
        &self,
        rule: ClaimRule<'_>,
        at_most: u32,
    ) -> Result<Vec<ContentHash>, StoreError> {
        self.0.take_over(rule, at_most).await
    }

    async fn committed(
        &self,
        workspace: &WorkspaceId,
        after: Option<ContentHash>,
        at_most: u32,
    ) -> Result<Vec<(ContentHash, u64)>, StoreError> {
        self.0.committed(workspace, after, at_most).await
    }
}

/// A store of blobs that dies with its process.
pub(crate) fn mortal(store: Arc<dyn BlobStore>, life: &Lifespan) -> WatchedBlobs {
    let (before, after) = (life.clone(), life.clone());
    WatchedBlobs {
        store,
        before: Box::new(move |_| before.step()),
        after: Box::new(move |_| after.step()),
        page: PAGE,
    }
}
