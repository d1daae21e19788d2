//! From an event to the request that it stands for.

use std::net::IpAddr;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{COOKIE, HOST, HeaderName};
use axum::http::uri::{Authority, PathAndQuery, Scheme};
use axum::http::{HeaderMap, HeaderValue, Method, Uri, uri};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lambda_runtime::Context;
use or3_http::Peer;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

use super::NotARequest;
use super::event::{Event, all};

/// In which form an answer is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Payload format 2.0: HTTP APIs and function URLs.
    Version2,
    /// Payload format 1.0: REST APIs, and HTTP APIs that are set to it.
    Version1,
    /// A load balancer whose target group has `lambda.multi_value_headers.enabled`.
    Balancer,
    /// A load balancer that reads one value a name.
    PlainBalancer,
}

/// What may not stand in a path as it is; `%` may, since paths come encoded.
const PATH: &AsciiSet = &QUERY.add(b'?').add(b'^').add(b'`').add(b'{').add(b'}');
/// The same for a query that comes encoded.
const QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
/// What stands for itself in a name or value of a query that comes decoded (RFC 3986, 2.3).
const DECODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const TRACE: HeaderName = HeaderName::from_static("x-amzn-trace-id");
const FORWARDED_PROTO: &str = "x-forwarded-proto";
const FORWARDED_FOR: &str = "x-forwarded-for";

impl Event {
    /// The request, and the form of its answer. `context` goes with the request.
    pub(super) fn into_request(mut self, context: Context) -> Result<(Form, Request), NotARequest> {
        let form = self.form()?;
        let method = self.method()?;
        let path = self.path(form)?;
        let query = self.query(form);
        let mut headers = self.headers()?;
        let uri = self.uri(&headers, &path, &query)?;
        let peer = self.peer(&headers);
        if let Some(trace) = &context.xray_trace_id
            && let Ok(trace) = HeaderValue::from_str(trace)
        {
            headers.insert(TRACE, trace);
        }
        let mut request = Request::new(self.into_body()?);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        *request.headers_mut() = headers;
        request.extensions_mut().insert(context);
        if let Some(peer) = peer {
            request.extensions_mut().insert(Peer(peer));
        }
        Ok((form, request))
    }

    fn form(&self) -> Result<Form, NotARequest> {
        let context = &self.request_context;
        if context.http.is_some() {
            Ok(Form::Version2)
        } else if context.elb.is_some() && self.multi_value_headers.is_some() {
            Ok(Form::Balancer)
        } else if context.elb.is_some() {
            Ok(Form::PlainBalancer)
        } else if context.identity.is_some() {
            Ok(Form::Version1)
        } else {
            Err(NotARequest::Part("no gateway that is known sent it"))
        }
    }

    fn method(&self) -> Result<Method, NotARequest> {
        let http = self.request_context.http.as_ref();
        let method = http.map(|http| &http.method).or(self.http_method.as_ref());
        let method = method.ok_or(NotARequest::Part("it has no method"))?;
        Method::from_bytes(method.as_bytes()).map_err(|_| NotARequest::Part("its method is none"))
    }

    /// The path as the routes have it, without the name of the stage.
    ///
    /// Format 2.0 always has a stage that has a name in the path. Format 1.0 has it there for an HTTP API only, which then
    /// says the same path in the context; a REST API says it with the stage in the context alone.
    fn path(&self, form: Form) -> Result<String, NotARequest> {
        let path = match form {
            Form::Version2 => &self.raw_path,
            _ => &self.path,
        };
        let path = path.as_deref().filter(|path| path.starts_with('/'));
        let path = path.ok_or(NotARequest::Part("it has no path"))?;
        let context = &self.request_context;
        let staged = match form {
            Form::Version2 => true,
            Form::Version1 => context.path.as_deref() == Some(path),
            Form::Balancer | Form::PlainBalancer => false,
        };
        let stage = context.stage.as_deref().filter(|_| staged);
        let path = stage.map_or(path, |stage| without_stage(path, stage));
        Ok(utf8_percent_encode(path, PATH).to_string())
    }

    /// REST APIs decode names and values; everybody else passes on what came.
    fn query(&mut self, form: Form) -> String {
        if form == Form::Version2 {
            let query = self.raw_query_string.as_deref().unwrap_or_default();
            return utf8_percent_encode(query, QUERY).to_string();
        }
        let encoded = if form == Form::Version1 {
            DECODED
        } else {
            QUERY
        };
        let pairs = all(
            self.multi_value_query_string_parameters.take(),
            self.query_string_parameters.take(),
        );
        let pairs = pairs.map(|(name, value)| {
            let name = utf8_percent_encode(&name, encoded);
            let value = utf8_percent_encode(&value, encoded);
            format!("{name}={value}")
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    fn headers(&mut self) -> Result<HeaderMap, NotARequest> {
        let multiple = self.multi_value_headers.take();
        let mut headers = HeaderMap::new();
        for (name, value) in all(multiple, self.headers.take()) {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| NotARequest::Part("the name of a header is none"))?;
            headers.append(name, header(&value)?);
        }
        if let Some(cookies) = self.cookies.take().filter(|cookies| !cookies.is_empty()) {
            headers.insert(COOKIE, header(&cookies.join("; "))?);
        }
        Ok(headers)
    }

    /// Absolute, where the host is known: whether the client came by HTTPS shows in it.
    fn uri(&self, headers: &HeaderMap, path: &str, query: &str) -> Result<Uri, NotARequest> {
        let target = match query {
            "" => path.to_owned(),
            query => format!("{path}?{query}"),
        };
        let mut parts = uri::Parts::default();
        parts.path_and_query = PathAndQuery::try_from(target).ok();
        if parts.path_and_query.is_none() {
            return Err(NotARequest::Part("its path is none"));
        }
        parts.authority = self.authority(headers);
        if parts.authority.is_some() {
            let plain = text(headers, FORWARDED_PROTO) == Some("http");
            parts.scheme = Some(if plain { Scheme::HTTP } else { Scheme::HTTPS });
        }
        Uri::from_parts(parts).map_err(|_| NotARequest::Part("its address is none"))
    }

    /// Several hosts are none.
    fn authority(&self, headers: &HeaderMap) -> Option<Authority> {
        let mut named = headers.get_all(HOST).iter();
        let host = match (named.next(), named.next()) {
            (Some(host), None) => host.to_str().ok(),
            (None, _) => self.request_context.domain_name.as_deref(),
            (Some(_), Some(_)) => None,
        };
        host.and_then(|host| host.parse().ok())
    }

    /// Who sent the request to the gateway. A load balancer says so at the end of a header only.
    fn peer(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let context = &self.request_context;
        let address = match (&context.http, &context.identity) {
            (Some(http), _) => http.source_ip.as_deref(),
            (None, Some(identity)) => identity.source_ip.as_deref(),
            (None, None) => {
                let hops = headers.get_all(FORWARDED_FOR).iter().next_back();
                let hops = hops.and_then(|hops| hops.to_str().ok());
                hops.and_then(|hops| hops.rsplit(',').next())
            }
        };
        address.and_then(|address| address.trim().parse().ok())
    }

    fn into_body(self) -> Result<Body, NotARequest> {
        let body = self.body.unwrap_or_default();
        if self.is_base64_encoded != Some(true) {
            return Ok(Body::from(body));
        }
        let bytes = STANDARD.decode(body);
        let bytes = bytes.map_err(|_| NotARequest::Part("its body is not in base64"))?;
        Ok(Body::from(bytes))
    }
}

fn without_stage<'a>(path: &'a str, stage: &str) -> &'a str {
    let rest = path
        .strip_prefix('/')
        .and_then(|path| path.strip_prefix(stage));
    match rest {
        Some("") => "/",
        Some(rest) if rest.starts_with('/') => rest,
        _ => path,
    }
}

/// Bytes beyond ASCII pass, as they do on a socket.
fn header(value: &str) -> Result<HeaderValue, NotARequest> {
    let value = HeaderValue::from_bytes(value.as_bytes());
    value.map_err(|_| NotARequest::Part("the value of a header is none"))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}
