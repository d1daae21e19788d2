//! The member who calls, and whether a page of ours sent them (auth contract, 3.3 and 12.5).

use axum::extract::FromRequestParts;
use http::Method;
use http::request::Parts;
use or3_domain::access::Permission;
use or3_domain::ids::UserId;
use or3_http::{ApiError, Caller, Context, require_own_origin};

use crate::Ports;

/// Somebody who may read their active workspace.
pub(crate) struct Member {
    pub(crate) user: UserId,
}

impl FromRequestParts<Ports> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &Ports) -> Result<Self, ApiError> {
        if parts.method != Method::GET && parts.method != Method::HEAD {
            let context = Context::from_request_parts(parts, state).await?;
            require_own_origin(&parts.headers, &context, &state.policy)?;
        }
        let caller = Caller::from_request_parts(parts, state).await?;
        let session = caller.authorize(Permission::WorkspaceRead, None).await?;
        Ok(Self {
            user: session.user.id.clone(),
        })
    }
}
