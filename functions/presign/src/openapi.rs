//! What the routes take and answer, for the document of the API (ADR 0012).

use or3_domain::access::Permission;
use or3_domain::storage::mime::{Disposition, FileKind};
use or3_domain::storage::{StorageError, UPLOAD_RATE, UploadError};
use or3_http::openapi::{
    Answer, Members, Object, ObjectBuilder, Route, done, integer, natural, number, object, or_null,
    text, word, words,
};
use or3_http::{ApiError, Remaining};

use crate::control::{CEILING, INVALID, UNREADABLE, other_type};
use crate::presigned::Presigned;
use crate::{commit, download};

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    vec![presign_upload(), presign_download(), commit()]
}

fn presign_upload() -> Route {
    let body = file()
        .with("mime_type", text(1..=255))
        .with("size_bytes", natural())
        .maybe("disposition", disposition())
        .maybe("expires_in_ms", lifetime());
    let path = "/api/storage/presign-upload";
    control(
        path,
        "An address to send a file to",
        Permission::WorkspaceWrite,
    )
    .shaped(CEILING, body)
    .budget(UPLOAD_RATE, Remaining::Untold)
    .answers(Answer::json::<Presigned>(
        200,
        "The address, and how to use it.",
    ))
    .refuses(too_much())
}

fn presign_download() -> Route {
    let body = file()
        .maybe("storage_id", or_null(text(0..=usize::MAX)))
        .maybe("disposition", disposition())
        .maybe("expires_in_ms", lifetime());
    let path = "/api/storage/presign-download";
    control(
        path,
        "An address to fetch a file from",
        Permission::WorkspaceRead,
    )
    .shaped(CEILING, body)
    .budget(download::LIMIT, Remaining::Untold)
    .answers(Answer::json::<Presigned>(
        200,
        "The address, and how to use it.",
    ))
    .refuses([StorageError::NotFound])
}

fn commit() -> Route {
    let kinds = [FileKind::Image, FileKind::Pdf, FileKind::File];
    let body = file()
        .with("mime_type", text(1..=255))
        .with("name", text(0..=usize::MAX))
        .with("kind", words(kinds.map(FileKind::as_str)))
        .with("size_bytes", natural())
        .with("storage_id", text(0..=usize::MAX))
        .with("storage_provider_id", text(0..=usize::MAX))
        .maybe("width", or_null(number()))
        .maybe("height", or_null(number()))
        .maybe("page_count", or_null(number()))
        .maybe("intent_id", or_null(text(0..=usize::MAX)));
    let path = "/api/storage/commit";
    control(path, "A file was sent", Permission::WorkspaceWrite)
        .shaped(CEILING, body)
        .budget(commit::LIMIT, Remaining::Untold)
        .answers(Answer::shaped(
            200,
            "Its bytes are what was announced; it can be fetched.",
            done(),
        ))
        .refuses([
            StorageError::InvalidPath,
            StorageError::NotUploaded,
            StorageError::SizeMismatch { stored_bytes: 0 },
            StorageError::QuotaExceeded {
                projected_bytes: 0,
                quota_bytes: 0,
            },
        ])
        .refuses([UploadError::HashMismatch])
}

fn control(path: &'static str, summary: &'static str, permission: Permission) -> Route {
    Route::new(("POST", path), summary)
        .switchable()
        .from_own_page()
        .may(permission)
        .refuses([UNREADABLE, INVALID].map(ApiError::bad_request))
        .refuses([other_type()])
        .refuses([StorageError::InvalidHash, StorageError::InvalidPath])
}

/// What may be wrong with a file that is announced; the numbers are the deployment's.
fn too_much() -> [StorageError; 4] {
    let most = 0;
    [
        StorageError::FileTooLarge { max_bytes: most },
        StorageError::ByteUrlTooSmall { max_bytes: most },
        StorageError::TypeNotAllowed {
            mime_type: "<type>".to_owned(),
        },
        StorageError::QuotaExceeded {
            projected_bytes: most,
            quota_bytes: most,
        },
    ]
}

fn file() -> ObjectBuilder {
    object()
        .with("workspace_id", text(1..=256))
        .with("hash", text(1..=256).pattern(Some(HASH)))
        .maybe("file_kind_capability", word("v1"))
}

/// `sha256:` or `md5:` and so many hexadecimal digits, or these of MD5 alone.
const HASH: &str = "^\\s*(sha256:[0-9a-fA-F]{64}|(md5:)?[0-9a-fA-F]{32})\\s*$";

/// How long the address should live, in milliseconds.
fn lifetime() -> ObjectBuilder {
    integer(1..=86_400_000)
}

/// Whether a browser is to show a file or to save it.
pub(crate) fn disposition() -> Object {
    let words_of = [Disposition::Inline, Disposition::Attachment];
    words(words_of.map(Disposition::as_str)).build()
}
