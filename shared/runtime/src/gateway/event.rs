//! As much of the events of gateways as requests are made of. Members that a form has not, and
//! those that a sender leaves out or sets to null, are empty here; other members are not looked at.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// An event of any form.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    pub(super) request_context: RequestContext,
    pub(super) raw_path: Option<String>,
    pub(super) raw_query_string: Option<String>,
    pub(super) cookies: Option<Vec<String>>,
    pub(super) http_method: Option<String>,
    pub(super) path: Option<String>,
    pub(super) query_string_parameters: Single,
    pub(super) multi_value_query_string_parameters: Multiple,
    pub(super) headers: Single,
    pub(super) multi_value_headers: Multiple,
    pub(super) body: Option<String>,
    pub(super) is_base64_encoded: Option<bool>,
}

pub(super) type Single = Option<BTreeMap<String, String>>;
pub(super) type Multiple = Option<BTreeMap<String, Vec<String>>>;

/// Where a request came in. `http` is there in format 2.0, `elb` behind a load balancer,
/// `identity` in format 1.0.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestContext {
    pub(super) http: Option<Http>,
    pub(super) elb: Option<IgnoredAny>,
    pub(super) identity: Option<Identity>,
    pub(super) stage: Option<String>,
    pub(super) path: Option<String>,
    pub(super) domain_name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Http {
    pub(super) method: String,
    pub(super) source_ip: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity {
    pub(super) source_ip: Option<String>,
}

/// Every value of each name: those of the form with many values, and of the other one what is only
/// there.
pub(super) fn all(
    multiple: Multiple,
    single: Single,
) -> impl Iterator<Item = (String, String)> + use<> {
    let mut all = multiple.unwrap_or_default();
    for (name, value) in single.unwrap_or_default() {
        all.entry(name).or_insert_with(|| vec![value]);
    }
    all.into_iter()
        .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
}
