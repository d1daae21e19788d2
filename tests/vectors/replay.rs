//! One vector, step by step.

use std::collections::BTreeSet;
use std::time::Duration;

use http::Method;
use or3_domain::access::Role;
use or3_domain::clock::Timestamp;
use or3_testkit::{Answer, session};
use serde_json::{Value, json};

use crate::compare::Comparison;
use crate::expand::{Bound, expand};
use crate::server::Server;

/// Replays `vector` on a server of its own and returns the first difference.
///
/// The member `hooks` of a step, the system events that the original gives its plugin host (sync
/// contract, 16), is passed over: such a host is not part of this product, and no events are made.
pub(crate) async fn replay(vector: &Value) -> Result<(), String> {
    let steps = vector["steps"].as_array().expect("steps");
    let workspaces: BTreeSet<_> = steps
        .iter()
        .filter_map(|step| step["workspace"].as_str())
        .collect();
    let start = Timestamp::from_seconds(vector["clock_start"].as_i64().expect("a time"));
    let server = Server::start(start, workspaces).await;
    let mut bound = Bound::new();
    for (at, step) in steps.iter().enumerate() {
        if let Some(seconds) = step["advance_seconds"].as_u64() {
            server.clock.advance(Duration::from_secs(seconds));
        } else if reaches_http(step) {
            let answer = send(&server, step, &bound).await;
            let compared = compare(vector, step, &answer, &mut bound);
            compared.map_err(|difference| format!("step {at}: {difference}"))?;
        }
    }
    Ok(())
}

/// Below HTTP a push may come without a user; nothing here can send one.
fn reaches_http(step: &Value) -> bool {
    step["via"].is_null() || !step["as_user"].is_null()
}

async fn send(server: &Server, step: &Value, bound: &Bound) -> Answer {
    let path = match step["step"].as_str().expect("a kind of step") {
        "push" => "push",
        "pull" => "pull",
        "snapshot" => "snapshot",
        "updateCursor" => "update-cursor",
        "gcTombstones" => "gc-tombstones",
        "gcChangeLog" => "gc-change-log",
        other => panic!("unknown step {other}"),
    };
    let body = match step["raw_request"].as_str() {
        Some(raw) => raw.to_owned(),
        None => request(step, bound).to_string(),
    };
    let client = match (step["as_user"].as_str(), step["workspace"].as_str()) {
        (Some(user), Some(workspace)) => {
            let role: Role = step["role"]
                .as_str()
                .expect("a role")
                .parse()
                .expect("a role");
            server
                .sessions
                .sign_in("token", session(user, workspace, role));
            server.client.signed_in("token")
        }
        _ => server.client.clone(),
    };
    let client = client.with_header("content-type", "application/json");
    client
        .send(Method::POST, &format!("/api/sync/{path}"), body)
        .await
}

/// The request of a step. What enters below HTTP has its notification owner filled in there.
fn request(step: &Value, bound: &Bound) -> Value {
    let mut request = expand(&step["request"], bound);
    let ops = request.get_mut("ops").filter(|_| step["via"] == "adapter");
    let ops = ops.and_then(Value::as_array_mut);
    for op in ops.into_iter().flatten() {
        let put = op["tableName"] == "notifications" && op["operation"] == "put";
        if put && op["payload"]["user_id"].is_null() {
            op["payload"]["user_id"] = step["as_user"].clone();
        }
    }
    request
}

fn compare(vector: &Value, step: &Value, answer: &Answer, bound: &mut Bound) -> Result<(), String> {
    let body = json_of(answer);
    if Some(u64::from(answer.status.as_u16())) != step["status"].as_u64() {
        return Err(format!(
            "wanted {}, given {}: {body}",
            step["status"], answer.status
        ));
    }
    headers(step, answer)?;
    let extra = vector["allow_extra_keys"].as_array().into_iter().flatten();
    let extra = extra.filter_map(Value::as_str).collect();
    let given = if answer.status.is_success() {
        body
    } else {
        json!({ "statusCode": body["statusCode"], "message": body["message"] })
    };
    let wanted = expand_lists(&step["response"]);
    Comparison { bound, extra }.check("$", &wanted, &given)
}

fn headers(step: &Value, answer: &Answer) -> Result<(), String> {
    for (name, wanted) in step["response_headers"].as_object().into_iter().flatten() {
        let given = answer
            .headers
            .get(name)
            .map(|value| value.to_str().expect("text"));
        if given != wanted.as_str() {
            return Err(format!("header {name}: wanted {wanted}, given {given:?}"));
        }
    }
    Ok(())
}

/// `$each` and `$repeat` of a response, its matchers left as they are.
fn expand_lists(template: &Value) -> Value {
    match template {
        Value::Object(members)
            if members.contains_key("$each") || members.contains_key("$repeat") =>
        {
            expand(template, &Bound::new())
        }
        Value::Object(members) if members.contains_key("$ref") => template.clone(),
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.clone(), expand_lists(value)))
            .collect(),
        Value::Array(items) => items.iter().map(expand_lists).collect(),
        plain => plain.clone(),
    }
}

/// The body as JSON. Half surrogate pairs, which this parser refuses, become U+FFFD.
fn json_of(answer: &Answer) -> Value {
    let text = String::from_utf8(answer.body.to_vec()).expect("UTF-8");
    if text.is_empty() {
        return Value::Null;
    }
    let mut whole = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find("\\ud") {
        let (before, escape) = rest.split_at(at);
        whole.push_str(before);
        whole.push_str("\\ufffd");
        rest = &escape[6..];
    }
    whole.push_str(rest);
    serde_json::from_str(&whole).expect("a JSON answer")
}
