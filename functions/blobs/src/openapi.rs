//! What the routes take and answer, for the document of the API (ADR 0012).

use or3_domain::access::Permission;
use or3_domain::storage::{Interruption, StorageError, UploadError};
use or3_http::ApiError;
use or3_http::openapi::{Answer, Route, text};

use crate::download::unsatisfiable;
use crate::ticket::{INVALID, MISSING, OTHER_OPERATION, OTHER_PERSON};
use crate::upload::{Uploaded, other_type, too_slow};

const DOWNLOAD: &str = "/api/storage/fs/download";

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    vec![upload(), download(), head()]
}

fn upload() -> Route {
    let route = ("PUT", "/api/storage/fs/upload");
    signed(
        route,
        "Send the bytes of a file",
        Permission::WorkspaceWrite,
    )
    .about("`Content-Type` and size are those that were announced.")
    .bytes("*/*")
    .answers(Answer::json::<Uploaded>(
        200,
        "They are there, and their hash is right.",
    ))
    .refuses([other_type(), too_slow()])
    .refuses([
        UploadError::Missing,
        UploadError::TooLong,
        UploadError::HashMismatch,
        UploadError::UnsafePath,
        UploadError::Interrupted(Interruption::Broken),
    ])
    .refuses([ApiError::from(UploadError::Store(fault()))])
}

fn download() -> Route {
    let bytes = |status, meaning| described(Answer::media(status, meaning, "*/*"));
    let part = bytes(206, "The part that was asked for.");
    fetching("GET")
        .header("Range", false, text(0..=usize::MAX))
        .header("If-Range", false, text(0..=usize::MAX))
        .answers(bytes(200, "The file."))
        .answers(part.header("Content-Range", "Which part that is."))
        .refuses([unsatisfiable(0)])
}

/// A range is a matter of `GET`.
fn head() -> Route {
    fetching("HEAD").answers(described(Answer::empty(200, "The file.")))
}

fn fetching(method: &'static str) -> Route {
    let unchanged = Answer::empty(304, "The client has it already.");
    signed(
        (method, DOWNLOAD),
        "Fetch the bytes of a file",
        Permission::WorkspaceRead,
    )
    .header("If-None-Match", false, text(0..=usize::MAX))
    .answers(unchanged.header("ETag", "The hash of the file."))
    .refuses([StorageError::NotFound])
}

fn described(answer: Answer) -> Answer {
    answer
        .header("ETag", "The hash of the file.")
        .header(
            "Content-Disposition",
            "Whether to show it, and what it is called.",
        )
        .header("Accept-Ranges", "`bytes`")
}

/// A route by an address that presigning gave out.
fn signed(
    route: (&'static str, &'static str),
    summary: &'static str,
    permission: Permission,
) -> Route {
    Route::new(route, summary)
        .about("The address comes from presigning, and works for the person that it was made for.")
        .switchable()
        .may(permission)
        .query("token", true, text(1..=usize::MAX))
        .refuses([ApiError::bad_request(MISSING)])
        .refuses(
            [INVALID, OTHER_OPERATION, OTHER_PERSON]
                .map(|text| ApiError::forbidden().with_message(text)),
        )
}

fn fault() -> or3_domain::store::StoreError {
    or3_domain::store::StoreError::Fault(String::new())
}
