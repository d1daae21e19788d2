//! `GET` and `HEAD /api/storage/fs/download` (storage contract, 6.2 and 12).

use std::ops::Range;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use futures_util::TryStreamExt;
use futures_util::future::join;
use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, HeaderName, HeaderValue, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, StatusCode};
use or3_domain::access::Permission;
use or3_domain::storage::filename::content_disposition;
use or3_domain::storage::mime::OPAQUE;
use or3_domain::storage::{
    BlobKey, ByteStream, DownloadGrant, OpenBlob, StorageError, report_damage,
};
use or3_domain::store::StoreError;
use or3_http::range::{Part, part};
use or3_http::{ApiError, Caller, conditions};

use crate::{Ports, ticket};

pub(crate) async fn handle(
    State(ports): State<Ports>,
    caller: Caller,
    request: Request,
) -> Result<Response, ApiError> {
    let grant = ticket::download(&ports, request.uri())?;
    // Whoever holds the token may have been sent away meanwhile: who they are and where the file
    // is are asked at the same time, and nothing is said of the file before they are admitted.
    let admitted = ticket::admit(&caller, &grant.user, &grant.key, Permission::WorkspaceRead);
    let (admitted, blob) = join(admitted, ports.blobs.open(&grant.key)).await;
    admitted?;
    // Clients drop a file for good on 404: it means that the bytes are gone, and nothing else.
    let blob = blob?.ok_or(StorageError::NotFound)?;
    if let Err(damage) = require_size(blob.size_bytes(), grant.size_bytes) {
        let now = ports.clock.now();
        report_damage(ports.files.as_ref(), &grant.key, &damage, now).await;
        return Err(damage.into());
    }
    answer(ports, grant, blob, request.method(), request.headers())
}

/// A blob of another size than its commit says is damaged and is not sent.
fn require_size(stored_bytes: u64, committed: Option<u64>) -> Result<(), StorageError> {
    match committed {
        Some(committed_bytes) if committed_bytes != stored_bytes => Err(StorageError::Damaged {
            stored_bytes,
            committed_bytes,
        }),
        _ => Ok(()),
    }
}

fn answer(
    ports: Ports,
    grant: DownloadGrant,
    blob: Box<dyn OpenBlob>,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let size = blob.size_bytes();
    let tag = conditions::entity_tag(grant.key.hash());
    if conditions::has_it(headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, surroundings(&tag)).into_response());
    }
    // A range is a matter of GET alone (RFC 9110, 14.2).
    let range = conditions::range(headers, &tag).filter(|_| method == Method::GET);
    let asked = range.map(|range| part(range, size));
    let (status, range) = match asked.unwrap_or(Part::Whole) {
        Part::Whole => (StatusCode::OK, 0..size),
        Part::Bytes(range) => (StatusCode::PARTIAL_CONTENT, range),
        Part::Unsatisfiable => return Err(unsatisfiable(size)),
    };
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response.headers_mut().extend(surroundings(&tag));
    response.headers_mut().extend(description(&grant, &range));
    if status == StatusCode::PARTIAL_CONTENT {
        let last = range.end.saturating_sub(1);
        let value = text(format!("bytes {}-{last}/{size}", range.start));
        response.headers_mut().insert(CONTENT_RANGE, value);
    }
    *response.body_mut() = Body::from_stream(watched(ports, grant.key, blob.read(range)));
    Ok(response)
}

/// The same bytes; damage that shows on the way is reported before they break off.
fn watched(ports: Ports, key: BlobKey, bytes: ByteStream<StoreError>) -> ByteStream<StoreError> {
    Box::pin(bytes.or_else(move |error| {
        let (ports, key) = (ports.clone(), key.clone());
        async move {
            if matches!(error, StoreError::Damaged(_)) {
                report_damage(ports.files.as_ref(), &key, &error, ports.clock.now()).await;
            }
            Err(error)
        }
    }))
}

/// What goes with every answer about this blob.
fn surroundings(tag: &str) -> [(HeaderName, HeaderValue); 4] {
    let fixed = HeaderValue::from_static;
    [
        (ETAG, text(tag.to_owned())),
        (CACHE_CONTROL, fixed("private, no-store")),
        (ACCEPT_RANGES, fixed("bytes")),
        (X_CONTENT_TYPE_OPTIONS, fixed("nosniff")),
    ]
}

/// What goes with its bytes.
fn description(grant: &DownloadGrant, range: &Range<u64>) -> [(HeaderName, HeaderValue); 3] {
    let mime_type = HeaderValue::try_from(&grant.mime_type);
    let mime_type = mime_type.unwrap_or(HeaderValue::from_static(OPAQUE));
    let named = content_disposition(grant.disposition, &grant.filename);
    [
        (CONTENT_TYPE, mime_type),
        (CONTENT_DISPOSITION, text(named)),
        (CONTENT_LENGTH, HeaderValue::from(range.end - range.start)),
    ]
}

pub(crate) fn unsatisfiable(size: u64) -> ApiError {
    let status = StatusCode::RANGE_NOT_SATISFIABLE;
    let whole = text(format!("bytes */{size}"));
    ApiError::new(status, "Range Not Satisfiable").with_header(CONTENT_RANGE, whole)
}

/// Tags, ranges and encoded names are plain ASCII.
fn text(value: String) -> HeaderValue {
    HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static(""))
}
