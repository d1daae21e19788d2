//! One document of all routes.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::PrettyFormatter;
use utoipa::PartialSchema;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{HttpMethod, PathItem, Paths, PathsBuilder};
use utoipa::openapi::schema::{Components, ComponentsBuilder};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::Server;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{InfoBuilder, License, OpenApi, OpenApiBuilder, RefOr};

use super::callers::{ADMIN, SESSIONS};
use super::refusals::{of_one_status, shared};
use super::route::Route;
use super::shapes::{Shape, natural, text};
use crate::admin::AdminCookie;
use crate::cookies::AuthCookies;
use crate::layers::ErrorBody;

/// What holds for every route.
const ABOUT: &str = "\
The backend of OR3 Cloud. Every path has a second address under `/api/v1/`, with the same answers; \
what may change within a version is in docs/versions.md.

**Who calls.** A session travels in cookies: `or3_access`, and `or3_refresh`, which is used when \
the first is over; then the answer sets both anew. With the provider `oidc` it is a token of the \
identity provider, in `Authorization: Bearer` or in a cookie of its own.

**Errors** are JSON of the form `Error`; each answer below lists the texts that it may carry. A path \
or a method that nobody serves is 404 or 405 in the same form. 502, 503 and 504 mean the same again \
later, after `Retry-After` where it is sent.

**Headers.** A request may carry `X-Request-Id` (8 to 128 letters, digits, `-_.:=`), which the \
answer repeats and the log names; without one the answer names a new one. Every answer carries \
`X-Content-Type-Options`, `X-Frame-Options`, `Referrer-Policy` and `Content-Security-Policy`; CORS \
headers follow the deployment's list of origins.

**Limits.** Addresses of at most 8 KiB, heads of at most 32 KiB and 100 lines. `x-limits` of an \
operation has the ceiling of its body in bytes and its budget of requests, which an operator may \
change.";

/// Two routes say different things under one name.
#[derive(Debug)]
pub struct Conflict(String);

impl fmt::Display for Conflict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name) = self;
        write!(
            out,
            "two schemas are called {name}: one needs another name (`schema(as = …)`)"
        )
    }
}

impl std::error::Error for Conflict {}

/// The document of these groups of routes (a name, what it is about, its routes), as JSON text that
/// ends with a line break.
///
/// # Errors
///
/// [`Conflict`].
///
/// # Panics
///
/// For a method that `OpenAPI` does not know.
#[expect(
    clippy::expect_used,
    reason = "made by a test, of parts that are text and numbers"
)]
pub fn document(
    groups: impl IntoIterator<Item = (String, String, Vec<Route>)>,
) -> Result<String, Conflict> {
    let (mut paths, mut schemas, mut tags) = (PathsBuilder::new(), BTreeMap::new(), Vec::new());
    for (name, about, routes) in groups {
        for route in routes {
            paths = operation(paths, &mut schemas, route, &name)?;
        }
        let tag = TagBuilder::new().name(name).description(Some(about));
        tags.push(tag.build());
    }
    let document = whole(paths.build(), components(schemas), tags);
    let mut text = Vec::new();
    let narrow = PrettyFormatter::with_indent(b" ");
    let mut out = Serializer::with_formatter(&mut text, narrow);
    document.serialize(&mut out).expect("text and numbers");
    Ok(String::from_utf8(text).expect("text") + "\n")
}

fn whole(paths: Paths, components: Components, tags: Vec<utoipa::openapi::Tag>) -> OpenApi {
    let license = License::new(env!("CARGO_PKG_LICENSE"));
    let info = InfoBuilder::new()
        .title("or3-edge")
        .version("1")
        .description(Some(ABOUT))
        .license(Some(license));
    OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([Server::new("/")]))
        .paths(paths)
        .components(Some(components))
        .tags(Some(tags))
        .build()
}

#[expect(
    clippy::expect_used,
    reason = "a route with another method is a mistake in a test"
)]
fn operation(
    paths: PathsBuilder,
    schemas: &mut BTreeMap<String, Shape>,
    mut route: Route,
    tag: &str,
) -> Result<PathsBuilder, Conflict> {
    for (name, schema) in route.take_schemas() {
        let known = schemas
            .entry(name.clone())
            .or_insert_with(|| schema.clone());
        if *known != schema {
            return Err(Conflict(name));
        }
    }
    let (method, path) = route.served();
    let method = method_named(method).expect("a method that OpenAPI knows");
    let item = PathItem::new(method, route.operation(tag));
    Ok(paths.path(path, item))
}

fn components(schemas: BTreeMap<String, Shape>) -> Components {
    let mut components = ComponentsBuilder::new()
        .schemas_from_iter(schemas)
        .schema("Error", ErrorBody::schema());
    for (name, errors) in shared() {
        components = components.response(name, of_one_status(&errors));
    }
    for (name, header) in headers() {
        components = components.header(name, RefOr::T(header));
    }
    for (name, scheme) in SESSIONS.into_iter().chain([ADMIN]).zip(schemes()) {
        components = components.security_scheme(name, scheme);
    }
    components.build()
}

fn headers() -> [(&'static str, Header); 4] {
    let header = |shape: Shape, meaning: &str| {
        let header = HeaderBuilder::new().schema(Some(shape));
        header.description(Some(meaning)).build()
    };
    let remaining = text(1..=20).pattern(Some("^([0-9]+|Infinity)$"));
    [
        (
            "X-Request-Id",
            header(text(8..=128).into(), "The id of the request."),
        ),
        (
            "Retry-After",
            header(
                natural().into(),
                "Seconds until the same request may succeed.",
            ),
        ),
        (
            "X-RateLimit-Limit",
            header(natural().into(), "How many requests a window admits."),
        ),
        (
            "X-RateLimit-Remaining",
            header(remaining.into(), "How many of them are left."),
        ),
    ]
}

fn schemes() -> [SecurityScheme; 4] {
    let cookie = |name, meaning| {
        let value = ApiKeyValue::with_description(name, meaning);
        SecurityScheme::ApiKey(ApiKey::Cookie(value))
    };
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "A token of the identity provider, with the provider `oidc`.",
        ))
        .build();
    [
        cookie(AuthCookies::ACCESS, "A session."),
        cookie(AuthCookies::REFRESH, "What a session is renewed with."),
        SecurityScheme::Http(bearer),
        cookie(
            AdminCookie::NAME,
            "The super admin, by a credential of their own.",
        ),
    ]
}

fn method_named(name: &str) -> Option<HttpMethod> {
    Some(match name {
        "GET" => HttpMethod::Get,
        "HEAD" => HttpMethod::Head,
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        "OPTIONS" => HttpMethod::Options,
        _ => return None,
    })
}
