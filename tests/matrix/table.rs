//! What each route answers whom, and a request to it that only the caller can make wrong: it names
//! the home of Ada and everything there as it is.

use http::Method;
use serde_json::{Value, json};

use or3_domain::admin::Guard;

use crate::caller::Caller;
use crate::world::{PASSWORD, ROOTS_PASSWORD, World};

/// A route's row.
pub(crate) struct Entry {
    /// The status for whoever has no session, for the owner of another workspace, for viewers, editors
    /// and owners of this one, and for both kinds of administrators.
    statuses: Statuses,
    /// The request.
    pub(crate) ask: Ask,
}

/// A request of whoever it is.
#[derive(Default)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) media_type: &'static str,
    /// What else the route takes from headers.
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
}

impl Entry {
    /// What `caller` is answered.
    pub(crate) fn status(&self, caller: Caller) -> u16 {
        let [nobody, other, viewer, editor, owner, granted, root] = self.statuses;
        match caller {
            Caller::OtherTenant => other,
            Caller::Viewer => viewer,
            Caller::Editor => editor,
            Caller::Owner => owner,
            Caller::Administrator => granted,
            Caller::SuperAdmin => root,
            _ => nobody,
        }
    }
}

/// Uploads in parts, and one of them.
pub(crate) const UPLOADS: &str = "/api/storage/tus";
const UPLOAD: &str = "/api/storage/tus/{id}";

type Route = (&'static str, &'static str);

/// Nobody, the owner of another workspace, a viewer, an editor, an owner, a viewer with a grant of
/// administration, the super admin.
type Statuses = [u16; 7];

const EVERYBODY: Statuses = [200; 7];
const EVERYBODY_WITHOUT_A_BODY: Statuses = [204; 7];
/// What comes in the body decides, not who calls.
const NOBODY: Statuses = [401; 7];
/// A secret of tests decides, not who calls.
const NOBODY_WITHOUT_THE_SECRET: Statuses = [403; 7];
const WHO_IS_SIGNED_IN: Statuses = [401, 200, 200, 200, 200, 200, 401];
/// Whose session it is that ends.
const ITS_OWNER: Statuses = [401, 404, 404, 404, 200, 404, 401];
/// The last owner stays.
const WHO_MAY_LEAVE: Statuses = [401, 403, 200, 200, 409, 200, 401];
const MEMBERS: Statuses = [401, 403, 200, 200, 200, 200, 401];
const WRITERS: Statuses = [401, 403, 403, 200, 200, 403, 401];
const WRITERS_WHO_CREATE: Statuses = [401, 403, 403, 201, 201, 403, 401];
const OWNERS: Statuses = [401, 403, 403, 403, 200, 403, 401];
/// An owner is no administrator of the deployment, and the super admin is in no workspace.
const ADMINISTRATORS: Statuses = [401, 403, 403, 403, 403, 200, 401];
const OWNERS_WITHOUT_A_BODY: Statuses = [401, 403, 403, 403, 204, 403, 401];

/// Who may.
///
/// # Panics
///
/// For a route that has no row: say here who may.
fn statuses(route: Route) -> Statuses {
    let classified = admin::CLASSIFIED.iter().chain(gc::CLASSIFIED);
    let mut classified = classified.filter(|row| (row.method, row.path) == route);
    if let Some(row) = classified.next() {
        return guarded(row.guard);
    }
    match route {
        (
            "GET",
            "/api/health"
            | "/api/openapi.json"
            | "/api/auth/session"
            | "/"
            | "/account"
            | "/admin"
            | "/_or3/config.json"
            | "/_or3/ui/{file}"
            | "/_or3/ui/{shelf}/{file}",
        )
        | ("POST", "/api/basic-auth/sign-out") => EVERYBODY,
        ("POST", "/api/auth/test-sign-in") => NOBODY_WITHOUT_THE_SECRET,
        ("POST", "/api/basic-auth/sign-in" | "/api/basic-auth/register") => NOBODY,
        ("POST", "/api/basic-auth/refresh" | "/api/basic-auth/change-password")
        | ("GET" | "POST", "/api/workspaces")
        | ("GET" | "DELETE", "/api/basic-auth/sessions") => WHO_IS_SIGNED_IN,
        ("DELETE", "/api/basic-auth/sessions/{id}") => ITS_OWNER,
        ("POST", "/api/workspaces/{id}/leave") => WHO_MAY_LEAVE,
        (
            "POST",
            "/api/workspaces/active"
            | "/api/sync/pull"
            | "/api/sync/snapshot"
            | "/api/sync/update-cursor"
            | "/api/storage/presign-download",
        )
        | ("GET", "/api/sync/stream") => MEMBERS,
        ("PATCH", "/api/workspaces/{id}")
        | (
            "POST",
            "/api/sync/push" | "/api/storage/presign-upload" | "/api/storage/commit",
        ) => WRITERS,
        ("DELETE", "/api/workspaces/{id}")
        // A URL is for the person that it was made for, here the owner.
        | ("PUT", "/api/storage/fs/upload")
        | ("GET" | "HEAD", "/api/storage/fs/download")
        | ("HEAD", UPLOAD) => OWNERS,
        ("POST", "/api/sync/gc-tombstones" | "/api/sync/gc-change-log")
        | ("PATCH" | "DELETE" | "POST", UPLOAD) => OWNERS_WITHOUT_A_BODY,
        ("OPTIONS", UPLOADS | UPLOAD) => EVERYBODY_WITHOUT_A_BODY,
        ("POST", UPLOADS) => WRITERS_WHO_CREATE,
        ("POST", "/api/storage/gc/run") => ADMINISTRATORS,
        _ => panic!("{route:?} has no row: say in {} who may", file!()),
    }
}

/// Who may by the guard of a route of administration, which is printed into
/// `docs/security/admin-endpoints.md`.
fn guarded(guard: Guard) -> Statuses {
    match guard {
        Guard::Credential => NOBODY,
        Guard::Anybody => EVERYBODY,
        Guard::AnyAdmin => [401, 401, 401, 401, 401, 200, 200],
        Guard::SuperAdmin => [401, 401, 401, 401, 401, 403, 200],
        Guard::Administrator => [401, 403, 403, 403, 403, 200, 200],
        Guard::Owner => [401, 403, 403, 403, 200, 403, 200],
        Guard::OwnerOrAdmin => [401, 403, 403, 403, 200, 200, 200],
    }
}

/// The row of a route.
pub(crate) fn entry(route: Route, world: &World) -> Entry {
    let (method, path) = route;
    let (media_type, body) = match path {
        "/api/storage/fs/upload" => ("image/png", world.file.content.clone()),
        UPLOAD => (
            "application/offset+octet-stream",
            world.file.content.clone(),
        ),
        _ => ("application/json", text(&body(route, world))),
    };
    Entry {
        statuses: statuses(route),
        ask: Ask {
            method: method.parse().expect("a method"),
            path: address(path, world),
            media_type,
            headers: headers(route, world),
            body,
        },
    }
}

/// What the route takes from headers.
fn headers(route: Route, world: &World) -> Vec<(&'static str, String)> {
    match route {
        ("POST", UPLOADS) => world.file.announcement(&world.home),
        ("POST" | "PATCH", UPLOAD) => vec![
            ("tus-resumable", "1.0.0".to_owned()),
            ("upload-offset", "0".to_owned()),
            ("x-http-method-override", "PATCH".to_owned()),
        ],
        (_, UPLOAD) => vec![("tus-resumable", "1.0.0".to_owned())],
        _ => Vec::new(),
    }
}

/// What the route takes as JSON.
fn body((method, path): Route, world: &World) -> Value {
    let home = &world.home;
    match path {
        "/api/basic-auth/sign-in" | "/api/auth/test-sign-in" => sign_in(world),
        "/api/basic-auth/register" => register(world),
        "/api/basic-auth/change-password" => change_password(),
        "/api/workspaces" if method == "POST" => json!({"name": "New"}),
        "/api/workspaces/{id}" if method == "PATCH" => json!({"name": "Renamed"}),
        "/api/workspaces/active" => json!({"id": home}),
        "/api/admin/auth/login" => json!({"username": "root", "password": "wrong"}),
        "/api/admin/auth/change-password" => {
            json!({"currentPassword": ROOTS_PASSWORD, "newPassword": "Another Horse 2"})
        }
        "/api/admin/workspaces" if method == "POST" => {
            json!({"name": "New", "ownerUserId": world.vic_user})
        }
        "/api/admin/admin-users/grant" | "/api/admin/admin-users/revoke" => {
            json!({"userId": world.vic_user})
        }
        "/api/admin/workspace/guest-access/set" => {
            json!({"workspaceId": home, "enabled": true})
        }
        "/api/admin/workspace/members/upsert" => upsert(world),
        "/api/admin/workspace/members/set-role" | "/api/admin/workspace/members/remove" => {
            member(world)
        }
        "/api/admin/workspace/invites/create" => invite(world),
        "/api/admin/workspace/invites/revoke" => revoke(world),
        "/api/sync/push" => world.push(&[world.new_thread()]),
        "/api/sync/pull" => world.pull(),
        "/api/sync/snapshot" => world.snapshot(),
        "/api/sync/update-cursor" => cursor(world),
        "/api/sync/gc-tombstones" | "/api/sync/gc-change-log" => forget(world),
        "/api/storage/gc/run" => json!({"workspace_id": home}),
        "/api/admin/gc/run" => json!({"dryRun": true}),
        "/api/storage/presign-upload" => world.file.presign_upload(home),
        "/api/storage/presign-download" => world.file.presign_download(home),
        "/api/storage/commit" => world.file.commit(home),
        _ => Value::Null,
    }
}

fn text(body: &Value) -> Vec<u8> {
    match body {
        Value::Null => Vec::new(),
        body => body.to_string().into_bytes(),
    }
}

/// The path with everything that the route takes from it.
fn address(path: &str, world: &World) -> String {
    let home = &world.home;
    match path {
        "/api/workspaces/{id}" => format!("/api/workspaces/{home}"),
        "/api/workspaces/{id}/leave" => format!("/api/workspaces/{home}/leave"),
        "/api/basic-auth/sessions/{id}" => {
            let session = world.tokens(Caller::Owner).session();
            format!("/api/basic-auth/sessions/{session}")
        }
        "/_or3/ui/{file}" => "/_or3/ui/or3-auth.js".to_owned(),
        "/_or3/ui/{shelf}/{file}" => pages::address("or3-auth.js"),
        "/api/sync/stream" => format!("{path}?workspaceId={home}&cursor=0"),
        "/api/admin/workspace/invites/list" | "/api/admin/workspace" => {
            format!("{path}?workspaceId={home}")
        }
        "/api/storage/fs/upload" => world.upload_url.clone(),
        "/api/storage/fs/download" => world.download_url.clone(),
        UPLOAD => world.partial_url.clone(),
        _ => path.replace("{id}", home),
    }
}

/// The right address with a wrong password: who calls plays no part.
fn sign_in(world: &World) -> Value {
    json!({"email": world.ada_email, "password": "wrong"})
}

/// An address that is taken.
fn register(world: &World) -> Value {
    json!({"email": world.ada_email, "password": PASSWORD, "confirmPassword": PASSWORD})
}

fn change_password() -> Value {
    let new = "correct horse battery";
    json!({"currentPassword": PASSWORD, "newPassword": new, "confirmNewPassword": new})
}

fn upsert(world: &World) -> Value {
    json!({"workspaceId": world.home, "emailOrProviderId": world.max_email, "role": "owner"})
}

fn member(world: &World) -> Value {
    json!({"workspaceId": world.home, "userId": world.vic_user, "role": "editor"})
}

fn invite(world: &World) -> Value {
    json!({"workspaceId": world.home, "email": "new@example.test", "role": "owner"})
}

fn revoke(world: &World) -> Value {
    json!({"workspaceId": world.home, "inviteId": world.invite})
}

fn cursor(world: &World) -> Value {
    json!({"scope": {"workspaceId": world.home}, "deviceId": "a device", "version": 1})
}

fn forget(world: &World) -> Value {
    json!({"scope": {"workspaceId": world.home}, "retentionSeconds": 3600})
}
