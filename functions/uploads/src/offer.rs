//! `OPTIONS`: what this server can do (tus 1.0, core).

use axum::extract::State;
use http::StatusCode;
use http::header::{HeaderName, HeaderValue};
use or3_domain::storage::CHECKSUM_ALGORITHMS;

use crate::Ports;
use crate::protocol::{SPOKEN, VERSION};

const EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const ALGORITHMS: HeaderName = HeaderName::from_static("tus-checksum-algorithm");

const EXTENSIONS: HeaderValue =
    HeaderValue::from_static("creation,creation-with-upload,checksum,expiration,termination");

type Offer = (StatusCode, [(HeaderName, HeaderValue); 4]);

pub(crate) async fn handle(State(ports): State<Ports>) -> Offer {
    let algorithms = HeaderValue::try_from(CHECKSUM_ALGORITHMS.join(","));
    let headers = [
        (VERSION, SPOKEN),
        (EXTENSION, EXTENSIONS),
        (MAX_SIZE, HeaderValue::from(ports.policy.max_file_bytes)),
        (
            ALGORITHMS,
            algorithms.unwrap_or(HeaderValue::from_static("sha1")),
        ),
    ];
    (StatusCode::NO_CONTENT, headers)
}
