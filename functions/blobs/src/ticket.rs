//! What the URL permits and whether the caller may use it: the checks that both directions share,
//! in the contract's order (storage contract, 6.1, checks 1 to 6).

use http::{StatusCode, Uri};
use or3_domain::access::Permission;
use or3_domain::ids::UserId;
use or3_domain::storage::{BlobKey, DownloadGrant, Grant, UploadGrant};
use or3_http::{ApiError, Caller};
use percent_encoding::percent_decode_str;

use crate::Ports;

pub(crate) const MISSING: &str = "Missing token";
pub(crate) const INVALID: &str = "Invalid or expired token";
pub(crate) const OTHER_OPERATION: &str = "Invalid operation token";
pub(crate) const OTHER_PERSON: &str = "Invalid token subject";

/// The upload that `uri` permits to `caller`.
pub(crate) async fn upload(
    ports: &Ports,
    uri: &Uri,
    caller: &Caller,
) -> Result<UploadGrant, ApiError> {
    let Grant::Upload(grant) = grant(ports, uri)? else {
        return Err(forbidden(OTHER_OPERATION));
    };
    admit(caller, &grant.user, &grant.key, Permission::WorkspaceWrite).await?;
    Ok(grant)
}

/// The download that `uri` permits to whoever is [admitted](admit).
pub(crate) fn download(ports: &Ports, uri: &Uri) -> Result<DownloadGrant, ApiError> {
    match grant(ports, uri)? {
        Grant::Download(grant) => Ok(grant),
        _ => Err(forbidden(OTHER_OPERATION)),
    }
}

fn grant(ports: &Ports, uri: &Uri) -> Result<Grant, ApiError> {
    let token = token(uri).ok_or_else(|| ApiError::bad_request(MISSING))?;
    let grant = ports.tokens.read(&token, ports.clock.now());
    grant.ok_or_else(|| forbidden(INVALID))
}

fn token(uri: &Uri) -> Option<String> {
    let mut pairs = uri.query()?.split('&');
    let token = pairs.find_map(|pair| pair.strip_prefix("token="))?;
    let token = percent_decode_str(token).decode_utf8_lossy().into_owned();
    Some(token).filter(|token| !token.is_empty())
}

/// The URL alone is not enough: it is used by its own user, who may do this in this workspace now.
pub(crate) async fn admit(
    caller: &Caller,
    user: &UserId,
    key: &BlobKey,
    permission: Permission,
) -> Result<(), ApiError> {
    let session = caller.session().await?.ok_or_else(ApiError::unauthorized)?;
    if session.user.id != *user {
        return Err(forbidden(OTHER_PERSON));
    }
    let workspace = Some(key.workspace().as_str());
    caller.authorize(permission, workspace).await.map(drop)
}

fn forbidden(text: &'static str) -> ApiError {
    ApiError::new(StatusCode::FORBIDDEN, text)
}
