//! The function as a process of Lambda, with everything logged that a filter can ask for.

use std::time::Duration;

use auth::ROUTES;
use or3_testkit::{GatewayRequest, Lambda};
use serde_json::{Value, json};

const SETTINGS: [(&str, &str); 6] = [
    (
        "OR3_BASIC_AUTH_JWT_SECRET",
        "hush-jwt-secret-0123456789abcdef0123456789",
    ),
    (
        "OR3_BASIC_AUTH_REFRESH_SECRET",
        "hush-refresh-secret-0123456789abcdef01234",
    ),
    (
        "OR3_AUTH_INVITE_TOKEN_SECRET",
        "hush-invite-secret-0123456789abcdef01234",
    ),
    ("OR3_BASIC_AUTH_ARGON2_MEMORY_KIB", "64"),
    ("OR3_BASIC_AUTH_ARGON2_PASSES", "1"),
    ("OR3_LOG", "trace,lambda_runtime=trace"),
];

/// The database is there and was never migrated, so that requests also fail with causes.
#[tokio::test]
async fn no_secret_is_logged_on_lambda_and_every_line_names_its_invocation() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_string_lossy();
    let settings: Vec<_> = SETTINGS
        .into_iter()
        .chain([("OR3_DATA_DIR", &*data)])
        .collect();
    let function = Lambda::start(env!("CARGO_BIN_EXE_auth"), &settings).await;
    let body = json!({
        "email": "hush@or3.test", "password": "hush-password-1", "token": "hush-token",
        "confirmPassword": "hush-password-1", "currentPassword": "hush-password-0",
        "newPassword": "hush-password-2", "confirmNewPassword": "hush-password-2",
        "displayName": "hush\n{\"level\":\"ERROR\",\"message\":\"forged\"}\n",
    });
    for (method, path) in ROUTES {
        let request = match *method {
            "POST" => GatewayRequest::post(path, &body),
            method => GatewayRequest::new(method, path),
        };
        let request = request
            .with_cookie("or3_access", "hush-access")
            .with_cookie("or3_refresh", "hush-refresh")
            .with_cookie("or3_invite", "hush.invite");
        function.ask(&request, Duration::from_mins(5)).await;
    }
    let log = function.log();
    let shown = log.lines().find(|line| line.contains("hush"));
    assert_eq!(shown, None);
    let requests = function.logged("request");
    assert_eq!(requests.len(), ROUTES.len());
    assert!(
        requests.iter().any(|line| line["level"] == "ERROR"),
        "something failed"
    );
    for (line, (_, path)) in requests.iter().zip(ROUTES) {
        assert_eq!(line["route"], *path);
        assert_eq!(line["function_name"], "test");
        assert_eq!(line["function_memory_size"], 128);
        for key in [
            "function_request_id",
            "correlation_id",
            "service",
            "trace_id",
        ] {
            assert!(line[key].is_string(), "{key} of {line}");
        }
        assert!(line["xray_trace_id"].is_string(), "{line}");
    }
    assert_eq!(function.logged("forged"), Vec::<Value>::new());
    says_what_it_counted(&function.metrics());
}

/// Of all invocations but the last, whose line may still be on its way.
fn says_what_it_counted(lines: &[Value]) {
    assert!(lines.len() >= ROUTES.len() - 1, "{lines:?}");
    for (line, (method, path)) in lines.iter().zip(ROUTES) {
        assert_eq!(line["route"], format!("{method} {path}"));
        assert_eq!(
            (&line["Requests"], &line["service"]),
            (&json!(1), &json!("or3-edge"))
        );
        assert!(
            line["Latency"].is_f64() && !line.to_string().contains("hush"),
            "{line}"
        );
    }
    assert_eq!(
        (&lines[0]["ColdStarts"], &lines[1]["ColdStarts"]),
        (&json!(1), &Value::Null)
    );
}
