//! `GET /api/admin/system/config` and `/enriched`: the settings of the process that answers, as they
//! are in force. They cannot be changed here; what is secret is not shown (auth contract, 10.8).

use axum::Json;
use axum::extract::State;
use or3_domain::admin::ConfigEntry;
use or3_http::{ApiError, SuperOnly};
use serde::Serialize;

use crate::Ports;

#[derive(Serialize)]
pub(crate) struct Entries<T> {
    entries: Vec<T>,
}

#[derive(Serialize)]
pub(crate) struct Plain {
    key: &'static str,
    value: Option<String>,
    masked: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enriched {
    #[serde(flatten)]
    entry: Plain,
    label: &'static str,
    description: &'static str,
    group: &'static str,
    order: usize,
    value_type: &'static str,
    /// Where the value comes from.
    source: &'static str,
    /// The name that it was given under, when it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    given_as: Option<&'static str>,
    /// What counts without a value, as a value or in words.
    default: &'static str,
}

pub(crate) async fn plain(
    State(ports): State<Ports>,
    _super: SuperOnly,
) -> Result<Json<Entries<Plain>>, ApiError> {
    let entries = ports.config.iter().map(entry).collect();
    Ok(Json(Entries { entries }))
}

pub(crate) async fn enriched(
    State(ports): State<Ports>,
    _super: SuperOnly,
) -> Result<Json<Entries<Enriched>>, ApiError> {
    let view = |found: &ConfigEntry| Enriched {
        entry: entry(found),
        label: found.key,
        description: found.description,
        group: found.group,
        order: found.order,
        value_type: found.value_type(),
        source: found.source,
        given_as: found.given_as,
        default: found.default,
    };
    let entries = ports.config.iter().map(view).collect();
    Ok(Json(Entries { entries }))
}

fn entry(found: &ConfigEntry) -> Plain {
    Plain {
        key: found.key,
        value: found.value.clone(),
        masked: found.masked,
    }
}
