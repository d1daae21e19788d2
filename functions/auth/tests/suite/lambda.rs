//! The function as a process of Lambda.

use or3_domain::clock::{Clock, SystemClock};
use or3_http::AuthCookies;
use or3_settings::Database;
use or3_state::State;
use or3_testkit::gateway_suite::{Environment, Suite};
use or3_testkit::{Gateway, GatewayRequest};
use serde_json::json;

#[tokio::test]
async fn requests_come_through_every_gateway_and_nothing_else_is_one() {
    let suite = Suite {
        binary: env!("CARGO_BIN_EXE_auth"),
        routes: ::auth::ROUTES,
        gateways: &Gateway::ALL,
        jobs: &[],
    };
    suite.run().await;
}

/// A registration sets several cookies, and a session is known by two: whoever joins or drops lines
/// on the way loses one.
#[tokio::test]
async fn cookies_go_out_and_come_in_through_every_gateway() {
    let environment = Environment::of(env!("CARGO_BIN_EXE_auth")).await;
    let url = format!("file:{}", environment.folder().join("or3.db").display());
    let settings = or3_settings::Environment::of([("OR3_DATABASE_URL", &*url)]);
    let database = settings.load::<Database>().expect("a file");
    let migrated = State::migrate(&database, SystemClock.now()).await;
    migrated.expect("an empty database");
    for gateway in Gateway::ALL {
        let email = format!("{gateway:?}@example.test").to_ascii_lowercase();
        let password = "correct horse battery staple";
        let account = json!({
            "email": email, "password": password, "confirmPassword": password,
        });
        let request = GatewayRequest::post("/api/basic-auth/register", &account).in_base64();
        let answer = environment.ask(gateway, &request).await;
        assert_eq!(answer.status, 200, "{gateway:?}: {}", answer.message());
        let cookies = answer.set_cookies();
        let value = |name: &str| {
            let start = format!("{name}=");
            let values = cookies.iter().filter_map(|line| line.strip_prefix(&*start));
            let mut values = values.map(|rest| rest.split(';').next().unwrap_or_default());
            values.find(|value| !value.is_empty()).expect(name)
        };
        let request = GatewayRequest::get("/api/auth/session")
            .with_cookie(AuthCookies::REFRESH, value(AuthCookies::REFRESH))
            .with_cookie("other", "of=somebody else")
            .with_cookie(AuthCookies::ACCESS, value(AuthCookies::ACCESS));
        let session = environment.ask(gateway, &request).await;
        let who = &session.json()["session"]["user"]["email"];
        assert_eq!(*who, email, "{gateway:?}: {}", session.json());
    }
}
