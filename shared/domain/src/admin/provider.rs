//! What administrators see of a part of the product.

use std::sync::Arc;

use serde_json::Value;

use crate::health::Probe;

/// A part, and who stands behind it.
#[derive(Clone)]
pub struct Provider {
    /// The part: `auth`, `sync` or `storage`.
    pub kind: &'static str,
    /// The provider's id; `None` where the part is switched off.
    pub id: Option<&'static str>,
    /// What is set, by name: nothing secret.
    pub details: Vec<(&'static str, Value)>,
    /// Who can be asked how it is.
    pub probes: Vec<Arc<dyn Probe>>,
}
