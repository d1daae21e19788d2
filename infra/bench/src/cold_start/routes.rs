//! What running functions are asked.

use or3_testkit::GatewayRequest;
use serde_json::{Value, json};

use super::world::World;
use crate::account::{EMAIL, PASSWORD};

/// Budgets are counted as for everybody, and never used up.
pub(super) const UNLIMITED: &str = r#"{
"auth:session":{"maxRequests":1000000},"basic-auth:sign-in":{"maxRequests":1000000},
"sync:push":{"maxRequests":1000000},"sync:pull":{"maxRequests":1000000},
"sync:snapshot":{"maxRequests":1000000},"sync:cursor":{"maxRequests":1000000},
"storage:upload":{"maxRequests":1000000},"storage:download":{"maxRequests":1000000}}"#;

/// What is asked of which function, which has so much memory in template.yaml.
pub(super) struct Route {
    pub(super) name: &'static str,
    pub(super) function: &'static str,
    pub(super) memory: f64,
    pub(super) event: fn(&World, usize) -> Value,
}

pub(super) const ROUTES: [Route; 11] = [
    route("GET /api/auth/session", "auth", 1024.0, session),
    route("POST /api/basic-auth/sign-in", "auth", 1024.0, sign_in),
    route("GET /api/workspaces", "workspaces", 256.0, workspaces),
    route("POST /api/sync/push, 1 op", "sync", 512.0, push_one),
    route("POST /api/sync/push, 100 ops", "sync", 512.0, push_hundred),
    route(
        "POST /api/sync/pull, 100 rows",
        "sync",
        512.0,
        |world, _| world.pull(100),
    ),
    route(
        "POST /api/sync/pull, 1000 rows",
        "sync",
        512.0,
        |world, _| world.pull(1000),
    ),
    route("POST /api/sync/snapshot, 500 rows", "sync", 512.0, snapshot),
    route("POST /api/sync/update-cursor", "sync", 512.0, cursor),
    route(
        "POST /api/storage/presign-upload",
        "presign",
        256.0,
        presign,
    ),
    route("GET /api/health", "health", 256.0, |world, _| {
        world.send(&GatewayRequest::get("/api/health"))
    }),
];

const fn route(
    name: &'static str,
    function: &'static str,
    memory: f64,
    event: fn(&World, usize) -> Value,
) -> Route {
    Route {
        name,
        function,
        memory,
        event,
    }
}

fn session(world: &World, _run: usize) -> Value {
    world.send(&GatewayRequest::get("/api/auth/session"))
}

fn sign_in(world: &World, _run: usize) -> Value {
    let credentials = json!({ "email": EMAIL, "password": PASSWORD });
    let path = "/api/basic-auth/sign-in";
    world.send(&GatewayRequest::post(path, &credentials))
}

fn workspaces(world: &World, _run: usize) -> Value {
    world.send(&GatewayRequest::get("/api/workspaces"))
}

fn push_one(world: &World, run: usize) -> Value {
    world.push(run..run + 1)
}

fn push_hundred(world: &World, run: usize) -> Value {
    let first = 1000 + run * 100;
    world.push(first..first + 100)
}

fn snapshot(world: &World, _run: usize) -> Value {
    world.sync("snapshot", json!({ "pageSize": 500 }))
}

fn cursor(world: &World, _run: usize) -> Value {
    let seen = json!({ "deviceId": "bench", "version": 1 });
    world.sync("update-cursor", seen)
}

fn presign(world: &World, run: usize) -> Value {
    let file = json!({
        "workspace_id": world.workspace(), "hash": format!("sha256:{run:064x}"),
        "mime_type": "image/png", "size_bytes": 1000,
    });
    let path = "/api/storage/presign-upload";
    world.send(&GatewayRequest::post(path, &file))
}
