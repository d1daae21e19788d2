//! `GET /api/admin/system/status`: what is switched on, who stands behind it, and how it is (auth
//! contract, 10.8).

use axum::Json;
use axum::extract::State;
use futures_util::future::join_all;
use or3_domain::access::Role;
use or3_domain::admin::Provider;
use or3_http::{ApiError, SuperOnly};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::Ports;

#[derive(Clone, Serialize)]
struct Warning {
    level: &'static str,
    message: String,
}

pub(crate) async fn handle(
    State(ports): State<Ports>,
    SuperOnly(caller): SuperOnly,
) -> Result<Json<Value>, ApiError> {
    let looks = join_all(ports.providers.iter().map(look)).await;
    let mut status = Map::new();
    let mut warnings = Vec::new();
    for (kind, said, found) in looks {
        status.insert(kind.to_owned(), said);
        warnings.extend(found);
    }
    // Neither is a part of this build; clients expect both.
    let nothing = json!({ "enabled": false, "storageProvider": "none" });
    status.insert("backgroundStreaming".to_owned(), nothing);
    let fixed = json!({ "allowRestart": false, "allowRebuild": false });
    status.insert("admin".to_owned(), fixed);
    let session = caller.session().await?;
    let session = match session {
        Some(session) => json!({ "workspaceId": session.workspace.id, "role": session.role }),
        None => json!({ "role": Role::Owner }),
    };
    Ok(Json(json!({
        "status": status, "warnings": warnings, "session": session,
    })))
}

async fn look(provider: &Provider) -> (&'static str, Value, Vec<Warning>) {
    let found = join_all(provider.probes.iter().map(|probe| probe.probe())).await;
    let mut details = Map::new();
    for (name, value) in &provider.details {
        details.insert((*name).to_owned(), value.clone());
    }
    let mut warnings = Vec::new();
    for findings in found {
        let told = findings.details.into_iter();
        details.extend(told.map(|(name, text)| (name.to_owned(), json!(text))));
        let warned = findings.warnings.into_iter().map(|text| ("warning", text));
        let failed = findings.errors.into_iter().map(|text| ("error", text));
        let all = warned.chain(failed);
        warnings.extend(all.map(|(level, message)| Warning { level, message }));
    }
    let said = json!({
        "enabled": provider.id.is_some(),
        "provider": provider.id,
        "details": details,
        "warnings": warnings,
        "actions": [],
    });
    (provider.kind, said, warnings)
}
