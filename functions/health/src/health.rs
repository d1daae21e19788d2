//! The answer.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{RawQuery, State};
use or3_domain::health::{Findings, Probe};
use serde::Serialize;

use crate::{Part, Ports};

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub(crate) struct Health {
    status: &'static str,
    timestamp: String,
    uptime: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    providers: Option<BTreeMap<&'static str, Kind>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ProviderHealth))]
struct Kind {
    available: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<Checks>,
    #[serde(skip_serializing_if = "Option::is_none")]
    details: Option<BTreeMap<&'static str, String>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = ProviderChecks))]
struct Checks {
    warnings: Vec<String>,
    errors: Vec<String>,
}

pub(crate) async fn handle(State(ports): State<Ports>, RawQuery(query): RawQuery) -> Json<Health> {
    let now = ports.clock.now();
    // A probe must not fail over the rest of its address.
    let mut pairs = query.as_deref().unwrap_or_default().split('&');
    let providers = if pairs.any(|pair| pair == "deep=true") {
        Some(ask(&ports.parts).await)
    } else {
        None
    };
    let degraded = providers
        .iter()
        .flat_map(BTreeMap::values)
        .any(|part| !part.available);
    // A clock that was put back leaves nothing.
    let millis = now.millis().saturating_sub(ports.started.millis());
    let uptime = Duration::from_millis(u64::try_from(millis).unwrap_or_default());
    Json(Health {
        status: if degraded { "degraded" } else { "ok" },
        timestamp: now.to_iso(),
        uptime: uptime.as_secs_f64(),
        providers,
    })
}

async fn ask(parts: &[Part]) -> BTreeMap<&'static str, Kind> {
    let mut providers = BTreeMap::new();
    for part in parts {
        let provider = match part.provider {
            Some(id) => enabled(id, findings(&part.probes).await),
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

async fn findings(probes: &[Arc<dyn Probe>]) -> Findings {
    let mut all = Findings::default();
    for probe in probes {
        let findings = probe.probe().await;
        all.warnings.extend(findings.warnings);
        all.errors.extend(findings.errors);
        all.details.extend(findings.details);
    }
    all
}

fn enabled(id: &'static str, findings: Findings) -> Kind {
    Kind {
        available: findings.errors.is_empty(),
        provider: Some(id),
        checks: Some(Checks {
            warnings: findings.warnings,
            errors: findings.errors,
        }),
        details: Some(findings.details),
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use or3_domain::clock::{Clock, Timestamp};
    use or3_testkit::{Client, FixedClock};
    use serde_json::{Value, json};

    use super::*;

    struct Finds(Findings);

    #[async_trait]
    impl Probe for Finds {
        async fn probe(&self) -> Findings {
            self.0.clone()
        }
    }

    fn finds(found: Findings) -> Arc<dyn Probe> {
        Arc::new(Finds(found))
    }

    fn error(text: &str) -> Findings {
        Findings {
            errors: vec![text.to_owned()],
            ..Findings::default()
        }
    }

    fn warning(text: &str) -> Findings {
        Findings {
            warnings: vec![text.to_owned()],
            ..Findings::default()
        }
    }

    /// What a deep look says when the probes of storage find this.
    async fn deep(found: Vec<Findings>) -> Value {
        let part = |kind, provider, found: Vec<Findings>| Part {
            kind,
            provider,
            probes: found.into_iter().map(finds).collect(),
        };
        let clock = Arc::new(FixedClock::default());
        let ports = Ports {
            parts: vec![
                part("sync", Some("sqlite"), vec![Findings::default()]),
                part("storage", Some("fs"), found),
                part("auth", None, Vec::new()),
            ],
            started: clock.now(),
            clock,
        };
        let client = Client::new(crate::router(ports));
        client.get("/api/health?deep=true").await.json()
    }

    async fn uptime(started: i64, now: i64) -> Value {
        let ports = Ports {
            parts: Vec::new(),
            started: Timestamp::from_seconds(started),
            clock: Arc::new(FixedClock::at(Timestamp::from_millis(now))),
        };
        let client = Client::new(crate::router(ports));
        client.get("/api/health").await.json()["uptime"].clone()
    }

    #[tokio::test]
    async fn uptime_counts_for_as_long_as_a_process_may_live() {
        assert_eq!(uptime(1_000, 1_001_500).await, 1.5);
        assert_eq!(uptime(0, 2_592_000_000).await, 2_592_000.0, "30 days");
        assert_eq!(uptime(0, 315_360_000_250).await, 315_360_000.25, "years");
    }

    /// A machine that starts with a wrong time puts its clock back.
    #[tokio::test]
    async fn uptime_is_never_less_than_nothing() {
        assert_eq!(uptime(1_000, 999_000).await, 0.0);
    }

    #[tokio::test]
    async fn an_error_of_a_part_degrades_and_a_warning_does_not() {
        let broken = deep(vec![error("the volume is away")]).await;
        assert_eq!(broken["status"], "degraded");
        let storage = &broken["providers"]["storage"];
        assert_eq!(storage["available"], false);
        assert_eq!(storage["checks"]["errors"], json!(["the volume is away"]));
        assert_eq!(storage["details"], json!({}), "paths are nobody's business");
        let worn = deep(vec![warning("little room is left")]).await;
        assert_eq!(worn["status"], "ok");
        let storage = &worn["providers"]["storage"];
        assert_eq!(storage["available"], true);
        assert_eq!(
            storage["checks"]["warnings"],
            json!(["little room is left"])
        );
        assert_eq!(worn["providers"]["auth"], json!({"available": true}));
    }

    #[tokio::test]
    async fn what_the_probes_of_a_part_find_adds_up() {
        let found = [error("away"), warning("worn"), warning("torn")];
        let both = deep(found.to_vec()).await;
        let checks = json!({ "errors": ["away"], "warnings": ["worn", "torn"] });
        assert_eq!(both["providers"]["storage"]["checks"], checks);
    }
}
