//! Somebody who has an account, and the requests that they send.

use std::sync::Arc;

use or3_domain::auth::{Accounts, Credentials, Email, Origin, Registrant};
use or3_domain::clock::{Clock, SystemClock};
use or3_domain::ids::SystemIds;
use or3_http::AuthCookies;
use or3_runtime::wire;
use or3_settings::{Auth, Database, Environment};
use or3_state::State;
use or3_testkit::{GatewayRequest, Lambda};
use serde_json::{Value, json};

/// The environment of a function whose database server is at `url`.
pub(crate) fn settings(url: &str) -> Vec<(&'static str, &str)> {
    let database = [("OR3_DATABASE_URL", url)];
    Lambda::SETTINGS.into_iter().chain(database).collect()
}

/// A person with a session and a workspace.
pub(crate) struct Person {
    access: String,
    workspace: String,
}

impl Person {
    /// Registers Ada on the empty server at `url`.
    pub(crate) async fn register(url: &str) -> Self {
        let environment = Environment::of(settings(url));
        let (auth, database) = environment.load::<(Auth, Database)>().expect("settings");
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let migrated = State::migrate(&database, clock.now()).await;
        migrated.expect("an empty database");
        let state = State::open(&database).expect("a migrated database");
        let (config, ids) = (wire::auth_config(&auth), Arc::new(SystemIds));
        let accounts = Accounts::new(
            Arc::new(config),
            state.accounts(),
            Arc::clone(&clock),
            ids.clone(),
        );
        let ada = Registrant {
            email: Email::normalized("ada@example.test"),
            password: "correct horse battery staple",
            display_name: None,
            invite: None,
        };
        let tokens = accounts.register(ada, &Origin::default()).await;
        let access = tokens.expect("an account").access;
        let sessions = wire::sessions(
            &auth,
            or3_oidc::key_source,
            state.accounts(),
            state.sessions(),
            clock,
            ids,
        );
        let credentials = Credentials {
            access: Some(access.clone()),
            ..Credentials::default()
        };
        let origin = Origin::default();
        let resolved = sessions.resolver.resolve(&credentials, &origin);
        let session = resolved.await.expect("resolved").session;
        let workspace = session.expect("a session").workspace.id.to_string();
        Self { access, workspace }
    }

    /// A pull of everything.
    pub(crate) fn pull(&self) -> GatewayRequest {
        self.ask("pull", &json!({ "cursor": 0, "limit": 100 }))
    }

    /// A push of one row; the same number is the same op.
    pub(crate) fn push(&self, number: usize) -> GatewayRequest {
        let row = json!({
            "id": "k", "name": "k", "value": number, "created_at": 1, "updated_at": 1, "clock": 1,
        });
        let op = json!({
            "id": "q", "tableName": "kv", "operation": "put", "pk": "k", "payload": row,
            "stamp": {
                "deviceId": "d", "opId": format!("00000000-0000-4000-8000-{number:012}"),
                "hlc": "0mjuohs00:000:d", "clock": 1,
            },
            "createdAt": 1, "attempts": 0, "status": "pending",
        });
        self.ask("push", &json!({ "ops": [op] }))
    }

    fn ask(&self, endpoint: &str, body: &Value) -> GatewayRequest {
        let mut body = body.clone();
        body["scope"] = json!({ "workspaceId": self.workspace });
        let request = GatewayRequest::post(&format!("/api/sync/{endpoint}"), &body);
        request.with_cookie(AuthCookies::ACCESS, &self.access)
    }
}
