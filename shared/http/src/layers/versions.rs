//! `/api/v1/…` is `/api/…`: the paths of the wire contract are version 1 of it, and stay
//! (docs/contract/versions.md). Rewritten before a route is looked for, so that a route that exists
//! has both addresses.

use axum::extract::Request;
use http::Uri;
use http::uri::PathAndQuery;

const BARE: &str = "/api";
const VERSIONED: &str = "/api/v1";

/// The address as the client wrote it.
#[derive(Clone)]
struct Asked(Uri);

/// The request under the path that routes know.
pub(super) fn unversioned(request: Request) -> Request {
    match bare(request.uri()) {
        Some(bare) => rewritten(request, bare),
        None => request,
    }
}

/// The request under another address; what the client wrote is kept for [`asked`].
pub(super) fn rewritten(mut request: Request, uri: Uri) -> Request {
    let written = std::mem::replace(request.uri_mut(), uri);
    let extensions = request.extensions_mut();
    if extensions.get::<Asked>().is_none() {
        extensions.insert(Asked(written));
    }
    request
}

/// The address that the client asked for, for texts that name it.
pub(super) fn asked(request: &Request) -> &Uri {
    let asked = request.extensions().get::<Asked>();
    asked.map_or(request.uri(), |Asked(asked)| asked)
}

fn bare(uri: &Uri) -> Option<Uri> {
    let whole = uri.path_and_query()?.as_str();
    let rest = whole.strip_prefix(VERSIONED)?;
    if !rest.starts_with('/') {
        return None;
    }
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(PathAndQuery::try_from(format!("{BARE}{rest}")).ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1_is_the_bare_path_and_nothing_else_is() {
        let bare = |asked: &str| bare(&asked.parse().expect("a path")).map(|uri| uri.to_string());
        assert_eq!(bare("/api/v1/a/b?c=/d").as_deref(), Some("/api/a/b?c=/d"));
        assert_eq!(
            bare("https://or3.test/api/v1/a").as_deref(),
            Some("https://or3.test/api/a")
        );
        assert_eq!(bare("/api/v1/v1/a").as_deref(), Some("/api/v1/a"));
        for other in [
            "/api/a",
            "/api/v1",
            "/api/v1?a",
            "/api/v11/a",
            "/api/v2/a",
            "/v1/a",
            "*",
        ] {
            assert_eq!(bare(other), None, "{other}");
        }
    }
}
