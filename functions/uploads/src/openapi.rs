//! What the routes take and answer, for the document of the API (ADR 0012): the headers are those of
//! tus 1.0.

use or3_domain::access::Permission;
use or3_domain::storage::{Interruption, PartialError, StorageError, UPLOAD_RATE};
use or3_http::openapi::{Answer, Route, natural, text, word, words};
use or3_http::{ApiError, Remaining};

use crate::create::{INVALID_LENGTH, INVALID_METADATA};
use crate::grant::{expired, other_person};
use crate::part::{INVALID_CHECKSUM, in_own_status};
use crate::protocol::other_version;
use crate::receive::{INVALID_OFFSET, no_part, other_method};

const ALL: &str = "/api/storage/tus";
const ONE: &str = "/api/storage/tus/{id}";
const PART: &str = "application/offset+octet-stream";

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    vec![
        offer(ALL),
        create(),
        offer(ONE),
        progress(),
        receive(),
        terminate(),
        overridden(),
    ]
}

fn offer(path: &'static str) -> Route {
    let answer = Answer::empty(204, "What uploads there may be.")
        .header("Tus-Version", "`1.0.0`")
        .header("Tus-Extension", "What it can do besides the core.")
        .header("Tus-Max-Size", "The largest file, in bytes.")
        .header("Tus-Checksum-Algorithm", "By which parts are checked.");
    Route::new(("OPTIONS", path), "What uploads in parts there may be")
        .switchable()
        .answers(answer)
}

fn create() -> Route {
    let answer = Answer::empty(201, "It is announced, and room is held for it.")
        .header("Location", "Its address, for the person that announced it.")
        .header("Upload-Expires", "Until when it can go on.")
        .header(
            "Upload-Offset",
            "How much has come, when a part came along.",
        );
    let route = Route::new(("POST", ALL), "Announce an upload in parts")
        .about("`Upload-Metadata` says `workspace_id`, `hash` and `mime_type`, each in Base64.")
        .header("Upload-Length", true, natural())
        .header("Upload-Metadata", true, text(1..=2048))
        .budget(UPLOAD_RATE, Remaining::Untold)
        .refuses([INVALID_LENGTH, INVALID_METADATA].map(ApiError::bad_request))
        .refuses([
            StorageError::InvalidHash,
            StorageError::InvalidPath,
            StorageError::FileTooLarge { max_bytes: 0 },
            StorageError::TypeNotAllowed {
                mime_type: "<type>".to_owned(),
            },
            StorageError::QuotaExceeded {
                projected_bytes: 0,
                quota_bytes: 0,
            },
        ])
        .answers(answer);
    takes_part(change(route))
}

fn progress() -> Route {
    let answer = Answer::empty(200, "How much of it is there.")
        .header("Upload-Offset", "How many bytes have come.")
        .header("Upload-Length", "How many there will be.")
        .header("Upload-Metadata", "As it was announced.")
        .header("Upload-Expires", "Until when it can go on.");
    let route = Route::new(("HEAD", ONE), "How much of an upload is there");
    speaking(of_an_upload(route)).answers(answer)
}

fn receive() -> Route {
    let route = Route::new(("PATCH", ONE), "Send the next part");
    of_an_upload(change(takes_next_part(route)))
}

fn terminate() -> Route {
    let route = Route::new(("DELETE", ONE), "Give an upload up");
    of_an_upload(change(route)).answers(Answer::empty(204, "It is gone."))
}

fn overridden() -> Route {
    let route = Route::new(
        ("POST", ONE),
        "`PATCH` or `DELETE`, for clients that cannot send them",
    )
    .header("X-HTTP-Method-Override", true, words(["PATCH", "DELETE"]))
    .refuses([other_method()]);
    of_an_upload(change(takes_next_part(route)))
}

/// The version is named by every request but `OPTIONS`.
fn speaking(route: Route) -> Route {
    route
        .switchable()
        .header("Tus-Resumable", true, word("1.0.0"))
        .refuses([other_version()])
        .may(Permission::WorkspaceWrite)
}

fn change(route: Route) -> Route {
    speaking(route).from_own_page()
}

fn of_an_upload(route: Route) -> Route {
    let errors = [
        PartialError::Unknown,
        PartialError::HashMismatch,
        PartialError::UnsafePath,
    ];
    route.refuses([other_person(), expired()]).refuses(errors)
}

fn takes_next_part(route: Route) -> Route {
    let answer = Answer::empty(204, "It is kept.")
        .header("Upload-Offset", "How many bytes have come.")
        .header("Upload-Expires", "Until when it can go on.");
    takes_part(route)
        .header("Upload-Offset", true, natural())
        .refuses([ApiError::bad_request(INVALID_OFFSET), no_part()])
        .answers(answer)
}

fn takes_part(route: Route) -> Route {
    let errors = [
        PartialError::Busy,
        PartialError::WrongOffset { received: 0 },
        PartialError::TooLong,
        PartialError::ChecksumMismatch,
        PartialError::HashMismatch,
        PartialError::UnsafePath,
        PartialError::Interrupted(Interruption::Broken),
        PartialError::Interrupted(Interruption::Stalled),
    ];
    route
        .bytes(PART)
        .header("Upload-Checksum", false, text(1..=usize::MAX))
        .refuses([ApiError::bad_request(INVALID_CHECKSUM)])
        .refuses(errors.map(in_own_status))
}
