//! Whether the parts that this deployment stands on do their work.

use std::collections::BTreeMap;

use async_trait::async_trait;

/// What a part says of itself. Texts are shown to anybody: no paths, no hosts, no causes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// Worth a look; the part still works.
    pub warnings: Vec<String>,
    /// The part does not work.
    pub errors: Vec<String>,
    /// What the part found around it, by name. Shown to anybody as well.
    pub details: BTreeMap<&'static str, String>,
}

/// A part that can be asked.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Looks, with at most one round trip. Trouble is a finding, not an error.
    async fn probe(&self) -> Findings;
}
