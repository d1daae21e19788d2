//! What a function finds that starts cold: a migrated database, an account with a session, and the
//! settings by which both are reached.

use std::ops::Range;
use std::time::Duration;

use or3_testkit::{Fate, Gateway, GatewayRequest, Relay, Sqld};
use serde_json::{Value, json};

use crate::account::{ACCOUNT, Session};
use crate::command::Outcome;
use crate::load::Client;
use crate::process::Server;

const SECRETS: [(&str, &str); 4] = [
    (
        "OR3_BASIC_AUTH_JWT_SECRET",
        "a secret of the bench, one of four",
    ),
    (
        "OR3_BASIC_AUTH_REFRESH_SECRET",
        "a secret of the bench, two of four",
    ),
    (
        "OR3_STORAGE_FS_TOKEN_SECRET",
        "a secret of the bench, three of four",
    ),
    (
        "OR3_AUTH_INVITE_TOKEN_SECRET",
        "a secret of the bench, four of four",
    ),
];

/// A deployment that nobody serves at the moment.
pub(super) struct World {
    /// Holds the data; it has stopped.
    server: Server,
    database: String,
    session: Session,
    sqld: Option<Sqld>,
}

impl World {
    /// With a database file.
    pub(super) fn local() -> Outcome<Self> {
        Self::of(None)
    }

    /// With a database server; `None` where none is installed.
    pub(super) fn remote() -> Outcome<Option<Self>> {
        let Some(sqld) = Sqld::start() else {
            return Ok(None);
        };
        Self::of(Some(sqld)).map(Some)
    }

    fn of(sqld: Option<Sqld>) -> Outcome<Self> {
        let url = sqld.as_ref().map(Sqld::url);
        let named = url.iter().map(|url| ("OR3_DATABASE_URL", &**url));
        let settings = ACCOUNT.into_iter().chain(SECRETS).chain(named);
        let mut server = Server::start(&settings.collect::<Vec<_>>())?;
        let session = Session::start(&mut Client::of(&server)?)?;
        server.stop()?;
        let file = server.data().join("or3.db");
        let database = url.unwrap_or_else(|| format!("file:{}", file.display()));
        Ok(Self {
            server,
            database,
            session,
            sqld,
        })
    }

    /// A way to the database server on which every request takes `delay` longer; the file needs
    /// none.
    pub(super) async fn way(&self, delay: Duration) -> Outcome<Option<Relay>> {
        let Some(sqld) = &self.sqld else {
            return Ok(None);
        };
        let weather = Box::new(move || (delay, Fate::Pass));
        Ok(Some(Relay::in_weather(&sqld.url(), weather).await?))
    }

    /// The environment of a function, over `way` if there is one.
    pub(super) fn settings(&self, way: Option<&Relay>) -> Vec<(&'static str, String)> {
        let secrets = SECRETS.map(|(name, value)| (name, value.to_owned()));
        let database = way.map_or_else(|| self.database.clone(), Relay::url);
        let data = self.server.data().to_string_lossy().into_owned();
        let places = [("OR3_DATABASE_URL", database), ("OR3_DATA_DIR", data)];
        secrets.into_iter().chain(places).collect()
    }

    /// The id of the account's workspace.
    pub(super) fn workspace(&self) -> &str {
        &self.session.workspace
    }

    /// `event` of an HTTP API, sent by the account.
    pub(super) fn signed_in(&self, mut event: Value) -> Value {
        let cookies: Vec<_> = self.session.cookies.split("; ").collect();
        event["cookies"] = json!(cookies);
        event
    }

    /// `request` through an HTTP API, sent by the account.
    pub(super) fn send(&self, request: &GatewayRequest) -> Value {
        self.signed_in(Gateway::HttpApi.event(request))
    }

    /// A push of new rows of about 500 bytes.
    pub(super) fn push(&self, numbers: Range<usize>) -> Value {
        let ops: Vec<_> = numbers.map(op).collect();
        self.sync("push", json!({ "ops": ops }))
    }

    /// A pull of as many changes as there are, up to `limit`.
    pub(super) fn pull(&self, limit: usize) -> Value {
        self.sync("pull", json!({ "cursor": 0, "limit": limit }))
    }

    /// `body` to an endpoint of sync, for the account's workspace.
    pub(super) fn sync(&self, endpoint: &str, mut body: Value) -> Value {
        body["scope"] = json!({ "workspaceId": self.workspace() });
        self.send(&GatewayRequest::post(
            &format!("/api/sync/{endpoint}"),
            &body,
        ))
    }
}

fn op(number: usize) -> Value {
    let id = format!("00000000-0000-4000-8000-{number:012}");
    let row = json!({
        "id": id, "name": id, "value": "x".repeat(400), "created_at": 1, "updated_at": 1, "clock": 1,
    });
    json!({
        "id": id, "tableName": "kv", "operation": "put", "pk": id, "payload": row,
        "stamp": { "deviceId": "bench", "opId": id, "hlc": "0mjuohs00:000:bench", "clock": 1 },
        "createdAt": 1, "attempts": 0, "status": "pending",
    })
}
