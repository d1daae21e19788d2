//! What every function that answers requests makes of the events of gateways, and of events that
//! are no requests: run on its own binary, as Lambda runs it.

use std::path::Path;
use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::Answer;
use crate::lambda::{Gateway, GatewayRequest, Lambda};

const TIME: Duration = Duration::from_mins(1);

/// A function as a process of Lambda, with an empty volume of its own.
pub struct Environment {
    /// The process.
    pub function: Lambda,
    folder: TempDir,
}

#[expect(clippy::expect_used, reason = "a test without its function must fail")]
impl Environment {
    /// Starts `binary` (`env!("CARGO_BIN_EXE_…")`).
    ///
    /// # Panics
    ///
    /// When it cannot be started.
    pub async fn of(binary: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(folder.path().join("blobs")).expect("a volume");
        Self {
            function: Self::start(binary, &folder).await,
            folder,
        }
    }

    /// Its volume, which holds the database too.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Sends it a request.
    pub async fn ask(&self, gateway: Gateway, request: &GatewayRequest) -> Answer {
        self.function.ask_through(gateway, request, TIME).await
    }

    async fn start(binary: &str, folder: &TempDir) -> Lambda {
        let data = folder.path().to_string_lossy();
        let settings = Lambda::SETTINGS
            .into_iter()
            .chain([("OR3_DATA_DIR", &*data)]);
        Lambda::start(binary, &settings.collect::<Vec<_>>()).await
    }
}

/// A function and what it is known to take.
pub struct Suite<'a> {
    /// `env!("CARGO_BIN_EXE_…")`.
    pub binary: &'a str,
    /// Its routes.
    pub routes: &'a [(&'a str, &'a str)],
    /// Through which gateways it is reached.
    pub gateways: &'a [Gateway],
    /// What is no request, but a job that it does.
    pub jobs: &'a [&'a str],
}

impl Suite<'_> {
    /// Every gateway's requests reach the routes; everything else fails its invocation with words,
    /// after which the same process goes on.
    ///
    /// # Panics
    ///
    /// When that is not so.
    pub async fn run(&self) {
        let mut environment = Environment::of(self.binary).await;
        let function = &mut environment.function;
        for gateway in self.gateways {
            self.reach_every_route(function, *gateway).await;
            self.keeps_the_path(function, *gateway).await;
        }
        for (what, event) in no_requests() {
            if self.jobs.contains(&what) {
                continue;
            }
            let refused = function.invoke_with(event, TIME).await;
            let Err(error) = refused else {
                panic!("{what} was taken: {refused:?}");
            };
            let error: Value = serde_json::from_str(&error).unwrap_or_default();
            let said = error["errorMessage"].as_str().unwrap_or_default();
            assert!(
                !said.is_empty() && !said.contains("panicked"),
                "{what}: {said}"
            );
            assert!(function.is_running(), "{what}: {said}");
        }
        self.keeps_the_path(function, self.gateways[0]).await;
    }

    async fn reach_every_route(&self, function: &Lambda, gateway: Gateway) {
        for (method, path) in self.routes {
            let request = GatewayRequest::new(method, &path.replace("{id}", "caf%C3%A9%20x"));
            let answer = function.ask_through(gateway, &request, TIME).await;
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            assert!(
                !said.contains("Page not found") && answer.status != StatusCode::METHOD_NOT_ALLOWED,
                "{gateway:?} {method} {path}: {said}"
            );
        }
    }

    /// An unknown path is answered with its own name, encoded as it came and without a stage.
    async fn keeps_the_path(&self, function: &Lambda, gateway: Gateway) {
        let unknown = [
            "/api/nowhere",
            "/prodigy",
            "/a%20b/caf%C3%A9/%FF/%2e%2E/100%25",
            "/",
            "//two",
        ];
        let served = |path: &str| self.routes.iter().any(|(_, route)| *route == path);
        for path in unknown.into_iter().filter(|path| !served(path)) {
            let request = GatewayRequest::get(&format!("{path}?a=%26&a=2"));
            let answer = function.ask_through(gateway, &request, TIME).await;
            assert_eq!(answer.status, 404, "{gateway:?} {path}");
            let told = &answer.json()["data"]["path"];
            assert_eq!(*told, path, "{gateway:?}: {}", answer.message());
        }
    }
}

/// What may come, and is no request, under the name that [`Suite::jobs`] knows it by.
fn no_requests() -> Vec<(&'static str, Vec<u8>)> {
    let recorded = [
        ("SQS", include_str!("../../../tests/events/others/sqs.json")),
        (
            "EventBridge",
            include_str!("../../../tests/events/others/eventbridge.json"),
        ),
        (
            "WebSocket",
            include_str!("../../../tests/events/others/websocket.json"),
        ),
        (
            "schedule",
            include_str!("../../../tests/events/gc-schedule.json"),
        ),
        ("{}", "{}"),
        ("null", "null"),
        ("a list", "[]"),
        ("text", "\"GET /api/health\""),
        ("a number", "7"),
        ("half an event", "{\"requestContext\": {\"http\": "),
        ("nothing", ""),
        (
            "another context",
            r#"{"requestContext": {"source": "ours"}}"#,
        ),
        (
            "no context",
            r#"{"rawPath": "/api/health", "httpMethod": "GET"}"#,
        ),
    ];
    let recorded = recorded.map(|(what, event)| (what, event.as_bytes().to_vec()));
    let not_utf8 = ("not UTF-8", b"{\"requestContext\": \"\xff\xfe\"}".to_vec());
    let spoilt = spoilt().map(|(what, event)| (what, event.to_string().into_bytes()));
    recorded
        .into_iter()
        .chain([not_utf8])
        .chain(spoilt)
        .collect()
}

/// A good request with one thing wrong, of each kind of gateway's events.
fn spoilt() -> [(&'static str, Value); 8] {
    let spoil = |gateway: Gateway, member: &str, value: Value| {
        let mut event = gateway.event(&GatewayRequest::get("/api/health"));
        event[member] = value;
        event
    };
    let http = Gateway::HttpApi;
    let mut coded = spoil(http, "isBase64Encoded", json!(true));
    coded["body"] = json!("no*base64");
    [
        ("a body that is not in base64", coded),
        (
            "headers of numbers",
            spoil(http, "headers", json!({ "a": 1 })),
        ),
        (
            "a header of two lines",
            spoil(http, "headers", json!({ "a": "b\r\nc: d" })),
        ),
        (
            "a header without a name",
            spoil(http, "headers", json!({ "": "b" })),
        ),
        ("no path", spoil(http, "rawPath", json!(null))),
        ("half a path", spoil(Gateway::RestApi, "path", json!("api"))),
        (
            "no method",
            spoil(Gateway::RestApi, "httpMethod", json!(null)),
        ),
        (
            "a method of two",
            spoil(Gateway::Balancer, "httpMethod", json!("GET /")),
        ),
    ]
}
