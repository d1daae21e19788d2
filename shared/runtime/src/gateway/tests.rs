use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::Request;
use axum::http::header::{CONTENT_TYPE, SET_COOKIE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::IntoResponse;
use or3_http::Peer;
use or3_testkit::{Answer as Told, Gateway, GatewayRequest};
use serde_json::{Value, json};

use super::*;

/// Answers with what it was asked.
fn echo() -> Router {
    Router::new().fallback(async |request: Request| {
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await;
        let text = |name: &str| -> Vec<String> {
            let values = head.headers.get_all(name).iter();
            values
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect()
        };
        axum::Json(json!({
            "method": head.method.as_str(),
            "scheme": head.uri.scheme_str(),
            "target": head.uri.path_and_query().map(ToString::to_string),
            "host": head.uri.host(),
            "peer": head.extensions.get::<Peer>().map(|peer| peer.0.to_string()),
            "deadline": head.extensions.get::<Context>().map(|context| context.deadline),
            "trace": text("x-amzn-trace-id"),
            "note": text("x-note"),
            "one": or3_http::cookie(&head.headers, "one"),
            "two": or3_http::cookie(&head.headers, "two"),
            "body": body.expect("a body").to_vec(),
        }))
    })
}

async fn returned(router: Router, event: Value) -> Value {
    let event = serde_json::from_value(event).expect("an event");
    let mut context = Context::default();
    context.deadline = 7;
    context.xray_trace_id = Some("Root=1".to_owned());
    json!(answer(router, event, context).await.expect("an answer"))
}

async fn asked(event: Value) -> Value {
    let returned = returned(echo(), event).await;
    serde_json::from_str(returned["body"].as_str().expect("text")).expect("JSON")
}

#[tokio::test]
async fn every_gateway_brings_the_request_that_the_client_sent() {
    let body = [b"\0\xff\xfe".as_slice(), "é".as_bytes()].concat();
    let request = GatewayRequest::new("PUT", "/a%20b/%FF/é?q=%26%3D+x&q=2&r=%C3%A9")
        .with_header("x-note", "Grüße")
        .with_cookie("one", "1=1")
        .with_cookie("two", "2")
        .with_body(body.clone());
    for gateway in Gateway::ALL {
        let mut said = asked(gateway.event(&request)).await;
        assert!(said["host"].take().is_string(), "{gateway:?}");
        let target = said["target"].take();
        let (path, query) = target
            .as_str()
            .and_then(|it| it.split_once('?'))
            .expect("both");
        assert_eq!(path, "/a%20b/%FF/%C3%A9", "{gateway:?}");
        // A REST API has decoded the query, and so has its `+`.
        let plus = if gateway == Gateway::RestApi {
            "%2B"
        } else {
            "+"
        };
        let wanted = format!("q=%26%3D{plus}x&q=2&r=%C3%A9");
        let last = "q=2&r=%C3%A9";
        let wanted = if gateway == Gateway::PlainBalancer {
            last
        } else {
            &wanted
        };
        assert_eq!(query, wanted, "{gateway:?}");
        assert_eq!(
            said,
            json!({
                "method": "PUT", "scheme": "https", "target": null, "host": null,
                "peer": "192.0.2.1", "deadline": 7, "trace": ["Root=1"], "note": ["Grüße"],
                "one": "1=1", "two": "2", "body": body,
            }),
            "{gateway:?}"
        );
    }
}

#[tokio::test]
async fn every_gateway_takes_the_answer_that_was_given() {
    let cookies: Vec<_> = (0..12)
        .map(|number| format!("c{number}=v; Path=/"))
        .collect();
    let given = cookies.clone();
    let router = |kind: &'static str, body: &'static [u8]| {
        let given = given.clone();
        Router::new().fallback(async move || {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            headers.append(VARY, HeaderValue::from_static("Origin"));
            headers.append(VARY, HeaderValue::from_static("Accept"));
            for cookie in &given {
                headers.append(SET_COOKIE, HeaderValue::from_str(cookie).expect("a cookie"));
            }
            (headers, Bytes::from_static(body)).into_response()
        })
    };
    let bodies: [(&str, &[u8], bool); 5] = [
        ("application/json", b"{\"a\": \"\xc3\xa9\"}", false),
        ("text/plain; charset=utf-8", b"text", false),
        ("text/plain", b"not \xff text", true),
        ("application/octet-stream", b"zeros", true),
        ("application/octet-stream", b"", false),
    ];
    for gateway in Gateway::ALL {
        for (kind, body, base64) in bodies {
            let event = gateway.event(&GatewayRequest::get("/"));
            let returned = returned(router(kind, body), event).await;
            assert_eq!(returned["isBase64Encoded"], base64, "{gateway:?} {kind}");
            let told: Told = gateway.answer(&returned);
            assert_eq!(told.body, body, "{gateway:?} {kind}");
            let vary = told.headers.get_all(VARY).iter();
            let vary: Vec<_> = vary.filter_map(|value| value.to_str().ok()).collect();
            assert_eq!(vary.join(", "), "Origin, Accept", "{gateway:?}");
            let mut found = told.set_cookies();
            let mut wanted: Vec<_> = cookies.iter().map(String::as_str).collect();
            found.sort_unstable();
            wanted.sort_unstable();
            assert_eq!(found, wanted, "{gateway:?}");
        }
    }
}

#[tokio::test]
async fn every_gateway_gets_the_members_of_its_form_and_no_others() {
    let common = [
        "body",
        "headers",
        "isBase64Encoded",
        "multiValueHeaders",
        "statusCode",
    ];
    for gateway in Gateway::ALL {
        let own = match gateway {
            Gateway::RestApi => None,
            Gateway::Balancer | Gateway::PlainBalancer => Some("statusDescription"),
            _ => Some("cookies"),
        };
        let event = gateway.event(&GatewayRequest::get("/"));
        let returned = returned(Router::new(), event).await;
        let members = returned.as_object().into_iter().flatten();
        let found: BTreeSet<_> = members.map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            found,
            common.into_iter().chain(own).collect(),
            "{gateway:?}"
        );
    }
}

#[tokio::test]
async fn a_load_balancer_reads_the_reason_beside_the_status() {
    for (gateway, wanted) in [
        (Gateway::Balancer, json!("404 Not Found")),
        (Gateway::PlainBalancer, json!("404 Not Found")),
        (Gateway::HttpApi, Value::Null),
    ] {
        let event = gateway.event(&GatewayRequest::get("/"));
        let returned = returned(Router::new(), event).await;
        assert_eq!(returned["statusDescription"], wanted, "{gateway:?}");
    }
}

/// Format 1.0 has the stage in its path where the context says the same path.
#[tokio::test]
async fn only_the_name_of_the_stage_is_taken_from_the_path_and_only_once() {
    let http = |stage: &str, path: &str| {
        let mut event = Gateway::HttpApi.event(&GatewayRequest::get(path));
        event["requestContext"]["stage"] = json!(stage);
        event
    };
    let rest = |path: &str, context: &str| {
        let mut event = Gateway::RestApi.event(&GatewayRequest::get(path));
        event["requestContext"]["path"] = json!(context);
        event
    };
    for (event, wanted) in [
        (http("$default", "/api/health"), "/api/health"),
        (http("prod", "/prod/api/health"), "/api/health"),
        (http("prod", "/prod"), "/"),
        (http("prod", "/prod/"), "/"),
        (http("prod", "/prod/prod/x"), "/prod/x"),
        (http("prod", "/product"), "/product"),
        (http("api", "/api/api/health"), "/api/health"),
        (rest("/api/health", "/prod/api/health"), "/api/health"),
        (rest("/prod/x", "/prod/prod/x"), "/prod/x"),
        (rest("/prod/x", "/prod/x"), "/x"),
        (rest("/api/health", "/api/health"), "/api/health"),
    ] {
        assert_eq!(asked(event.clone()).await["target"], wanted, "{event}");
    }
}

#[tokio::test]
async fn members_that_are_left_out_are_empty() {
    for event in [
        json!({ "rawPath": "/x", "requestContext": { "http": { "method": "GET" } } }),
        json!({
            "rawPath": "/x", "rawQueryString": null, "headers": null, "cookies": null, "body": null,
            "isBase64Encoded": null,
            "requestContext": { "stage": null, "http": { "method": "GET", "sourceIp": null } },
        }),
        json!({ "path": "/x", "httpMethod": "GET", "requestContext": { "identity": {} } }),
        json!({ "path": "/x", "httpMethod": "GET", "requestContext": { "elb": {} } }),
    ] {
        let said = asked(event.clone()).await;
        assert_eq!(said["target"], "/x", "{event}");
        assert_eq!(said["scheme"], Value::Null, "no host");
        assert_eq!(said["peer"], Value::Null, "{event}");
        assert_eq!(said["body"], json!([]), "{event}");
    }
}

#[tokio::test]
async fn a_host_that_is_none_or_comes_twice_is_not_believed() {
    for host in ["a b", "a/b", "", "[::1"] {
        let mut event = Gateway::HttpApi.event(&GatewayRequest::get("/"));
        event["headers"]["host"] = json!(host);
        assert_eq!(asked(event).await["host"], Value::Null, "{host}");
    }
    let mut event = Gateway::Balancer.event(&GatewayRequest::get("/"));
    event["multiValueHeaders"]["host"] = json!(["a", "b"]);
    assert_eq!(asked(event).await["host"], Value::Null);
}

/// The load balancer writes the address that it saw behind those that the client wrote.
#[tokio::test]
async fn a_client_behind_a_load_balancer_cannot_choose_its_address() {
    for gateway in [Gateway::Balancer, Gateway::PlainBalancer] {
        let mut event = gateway.event(&GatewayRequest::get("/"));
        let hops = json!("203.0.113.9, not an address, 192.0.2.1");
        match gateway {
            Gateway::Balancer => event["multiValueHeaders"]["x-forwarded-for"] = json!([hops]),
            _ => event["headers"]["x-forwarded-for"] = hops,
        }
        assert_eq!(asked(event).await["peer"], "192.0.2.1", "{gateway:?}");
    }
}

#[tokio::test]
async fn a_request_by_plain_http_is_known_as_one() {
    let request = GatewayRequest::get("/").with_header("x-forwarded-proto", "http");
    let mut event = Gateway::PlainBalancer.event(&request);
    assert_eq!(asked(event.clone()).await["scheme"], "http");
    event["headers"]["x-forwarded-proto"] = json!("gopher");
    assert_eq!(asked(event).await["scheme"], "https");
}
