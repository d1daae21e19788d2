//! What stands between clients and functions: each kind of gateway, with the event that it sends
//! and the answer that it makes of what it gets back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::event::GatewayRequest;
use crate::Answer;

/// A kind of gateway. Their events lie in `tests/events/gateways`, as AWS describes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gateway {
    /// An HTTP API with the stage `$default`: the one that `template.yaml` makes.
    HttpApi,
    /// An HTTP API with a stage that has a name.
    HttpApiStage,
    /// A function URL.
    FunctionUrl,
    /// A REST API.
    RestApi,
    /// A load balancer with multi-value headers.
    Balancer,
    /// A load balancer without.
    PlainBalancer,
}

#[expect(clippy::expect_used, reason = "a test without its event must fail")]
impl Gateway {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::HttpApi,
        Self::HttpApiStage,
        Self::FunctionUrl,
        Self::RestApi,
        Self::Balancer,
        Self::PlainBalancer,
    ];

    /// The event that this gateway sends for `request`.
    ///
    /// # Panics
    ///
    /// When the recorded event is none.
    pub fn event(self, request: &GatewayRequest) -> Value {
        let mut event: Value = serde_json::from_str(self.recorded()).expect("JSON");
        let (path, method) = (request.path.as_str(), request.method.as_str());
        match self {
            Self::HttpApi | Self::HttpApiStage | Self::FunctionUrl => {
                let stage = event["rawPath"].as_str().expect("a path");
                let path = format!("{}{path}", stage.trim_end_matches('/'));
                event["requestContext"]["http"]["method"] = method.into();
                event["requestContext"]["http"]["path"] = path.clone().into();
                event["rawPath"] = path.into();
                event["rawQueryString"] = request.query.clone().into();
            }
            Self::RestApi => {
                event["path"] = path.into();
                event["httpMethod"] = method.into();
                event["requestContext"]["httpMethod"] = method.into();
                event["requestContext"]["path"] = format!("/prod{path}").into();
            }
            Self::Balancer | Self::PlainBalancer => {
                event["path"] = path.into();
                event["httpMethod"] = method.into();
            }
        }
        self.put_query(&mut event, &request.query);
        self.put_headers(&mut event, request);
        if !request.body.is_empty() {
            event["isBase64Encoded"] = request.base64.into();
            event["body"] = if request.base64 {
                STANDARD.encode(&request.body).into()
            } else {
                std::str::from_utf8(&request.body).expect("text").into()
            };
        }
        event
    }

    /// The answer that a client gets from this gateway.
    ///
    /// # Panics
    ///
    /// When the function returned no answer in this gateway's form.
    pub fn answer(self, returned: &Value) -> Answer {
        let status = returned["statusCode"].as_u64().expect("a status");
        let status = u16::try_from(status).expect("a status");
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers_of(returned) {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            headers.append(name, HeaderValue::from_str(&value).expect("a value"));
        }
        let body = returned["body"].as_str().unwrap_or_default();
        let body = if returned["isBase64Encoded"] == true {
            STANDARD.decode(body).expect("base64").into()
        } else {
            Bytes::from(body.to_owned())
        };
        Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            headers,
            body,
        }
    }

    /// What each kind reads, and nothing else: a cookie in a member that a gateway does not look
    /// at is lost.
    fn headers_of(self, returned: &Value) -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let single = returned["headers"].as_object().into_iter().flatten();
        let single = single.map(|(name, value)| (name.clone(), text(value)));
        let multiple = returned["multiValueHeaders"].as_object();
        let multiple = multiple.into_iter().flatten().flat_map(|(name, values)| {
            let values = values.as_array().expect("a list").iter();
            values.map(move |value| (name.clone(), text(value)))
        });
        match self {
            Self::HttpApi | Self::HttpApiStage | Self::FunctionUrl => {
                let cookies = returned["cookies"].as_array().into_iter().flatten();
                let cookies = cookies.map(|cookie| (SET_COOKIE.to_string(), text(cookie)));
                single.chain(cookies).collect()
            }
            Self::RestApi => single.chain(multiple).collect(),
            Self::Balancer => multiple.collect(),
            Self::PlainBalancer => single.collect(),
        }
    }

    fn recorded(self) -> &'static str {
        match self {
            Self::HttpApi => include_str!("../../../../tests/events/gateways/http-api.json"),
            Self::HttpApiStage => {
                include_str!("../../../../tests/events/gateways/http-api-stage.json")
            }
            Self::FunctionUrl => {
                include_str!("../../../../tests/events/gateways/function-url.json")
            }
            Self::RestApi => include_str!("../../../../tests/events/gateways/rest-api.json"),
            Self::Balancer => include_str!("../../../../tests/events/gateways/alb.json"),
            Self::PlainBalancer => {
                include_str!("../../../../tests/events/gateways/alb-single.json")
            }
        }
    }

    /// REST APIs decode, load balancers do not.
    fn put_query(self, event: &mut Value, query: &str) {
        let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let (mut single, mut multiple) = (Map::new(), Map::new());
        for (name, value) in pairs {
            let value = match self {
                Self::RestApi => percent_decode_str(value).decode_utf8_lossy().into_owned(),
                _ => value.to_owned(),
            };
            single.insert(name.to_owned(), json!(value));
            let values = multiple.entry(name).or_insert_with(|| json!([]));
            values.as_array_mut().expect("a list").push(json!(value));
        }
        if self.takes_single() && !single.is_empty() {
            event["queryStringParameters"] = single.into();
        }
        if self.takes_multiple() && !multiple.is_empty() {
            event["multiValueQueryStringParameters"] = multiple.into();
        }
    }

    fn put_headers(self, event: &mut Value, request: &GatewayRequest) {
        let mut headers = request.headers.clone();
        match self {
            Self::HttpApi | Self::HttpApiStage => event["cookies"] = json!(request.cookies),
            Self::FunctionUrl => {
                event["cookies"] = json!(request.cookies);
                headers.push(("cookie".to_owned(), request.cookies.join("; ")));
            }
            // One line a cookie, as clients of HTTP/2 send them.
            Self::RestApi | Self::Balancer => {
                let lines = request.cookies.iter();
                headers.extend(lines.map(|line| ("cookie".to_owned(), line.clone())));
            }
            Self::PlainBalancer => {
                headers.push(("cookie".to_owned(), request.cookies.join("; ")));
            }
        }
        for (name, value) in headers.iter().filter(|(_, value)| !value.is_empty()) {
            if self != Self::Balancer {
                event["headers"][name] = json!(value);
            }
            if self.takes_multiple() {
                let values = &mut event["multiValueHeaders"][name];
                match values.as_array_mut() {
                    Some(values) => values.push(json!(value)),
                    None => *values = json!([value]),
                }
            }
        }
    }

    fn takes_single(self) -> bool {
        matches!(self, Self::RestApi | Self::PlainBalancer)
    }

    fn takes_multiple(self) -> bool {
        matches!(self, Self::RestApi | Self::Balancer)
    }
}
