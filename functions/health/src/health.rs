//! The answer.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Query, State};
use or3_domain::health::Findings;
use serde::{Deserialize, Serialize};

use crate::{Part, Ports};

#[derive(Deserialize)]
pub(crate) struct Question {
    deep: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct Health {
    status: &'static str,
    timestamp: String,
    uptime: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    providers: Option<BTreeMap<&'static str, Kind>>,
}

#[derive(Serialize)]
struct Kind {
    available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Checks>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<Details>,
}

#[derive(Serialize)]
struct Checks {
    warnings: Vec<String>,
    errors: Vec<String>,
}

/// Always empty: details name paths, and anybody may ask.
#[derive(Serialize)]
struct Details {}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    Query(question): Query<Question>,
) -> Json<Health> {
    let now = ports.clock.now();
    let providers = match question.deep.as_deref() {
        Some("true") => Some(ask(&ports.parts).await),
        _ => None,
    };
    let degraded = providers
        .iter()
        .flat_map(BTreeMap::values)
        .any(|part| !part.available);
    let millis = now.millis().saturating_sub(ports.started.millis());
    Json(Health {
        status: if degraded { "degraded" } else { "ok" },
        timestamp: now.to_iso(),
        uptime: i32::try_from(millis).map_or(f64::from(i32::MAX), f64::from) / 1000.0,
        providers,
    })
}

async fn ask(parts: &[Part]) -> BTreeMap<&'static str, Kind> {
    let mut providers = BTreeMap::new();
    for part in parts {
        let provider = match part.provider {
            Some(id) => enabled(id, part.probe.probe().await),
            None => Kind {
                available: true,
                provider: None,
                checks: None,
                details: None,
            },
        };
        providers.insert(part.kind, provider);
    }
    providers
}

fn enabled(id: &'static str, findings: Findings) -> Kind {
    Kind {
        available: findings.errors.is_empty(),
        provider: Some(id),
        checks: Some(Checks {
            warnings: findings.warnings,
            errors: findings.errors,
        }),
        details: Some(Details {}),
    }
}
