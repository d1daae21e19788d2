//! Who calls: the session of a request, resolved when a handler asks for it and only once.

use std::sync::{Arc, OnceLock};

use axum::extract::{FromRef, FromRequestParts};
use futures_util::future::join;
use http::HeaderMap;
use http::Uri;
use http::header::REFERER;
use http::request::Parts;
use or3_domain::access::{Permission, can};
use or3_domain::auth::{
    Credentials, RenewedTokens, Resolution, Session, SessionError, SessionResolver,
};
use or3_domain::limits::Policy;
use percent_encoding::percent_decode_str;
use tokio::sync::OnceCell;

use crate::access_token::AccessToken;
use crate::context::{Context, text};
use crate::cookies::{AuthCookies, cookie};
use crate::error::ApiError;
use crate::limits::{Counted, RateLimits, Remaining};

/// What resolving sessions takes: the resolver, and how renewed tokens become cookies.
#[derive(Clone)]
pub struct Sessions {
    /// Turns credentials into a session.
    pub resolver: Arc<dyn SessionResolver>,
    /// How a renewed token pair is handed to the browser.
    pub cookies: AuthCookies,
    /// Where a request carries its access token.
    pub access: AccessToken,
}

/// The caller of this request. Extracting it costs nothing; the first [`session`](Self::session)
/// asks the store.
pub struct Caller {
    context: Context,
    credentials: Credentials,
    sessions: Sessions,
    resolved: OnceCell<Option<Session>>,
    /// The access token that the answer carries, if a new one was made.
    renewed: OnceLock<String>,
}

impl Caller {
    /// The session, or `None` when nobody is signed in. A refresh token that was used on the way
    /// puts the new cookies on the answer, errors included.
    ///
    /// # Errors
    ///
    /// Trouble is an error, never `None` (auth contract, 3.1).
    pub async fn session(&self) -> Result<Option<&Session>, ApiError> {
        self.resolved
            .get_or_try_init(|| self.resolve())
            .await
            .map(Option::as_ref)
    }

    /// The session of a caller who may do `permission`, on `workspace` when one is named.
    ///
    /// # Errors
    ///
    /// 401 without a session, 403 without the permission or for another workspace than the
    /// active one.
    pub async fn authorize(
        &self,
        permission: Permission,
        workspace: Option<&str>,
    ) -> Result<&Session, ApiError> {
        let session = self.session().await?;
        can(
            session.map(Session::subject).as_ref(),
            permission,
            workspace,
        )?;
        session.ok_or_else(ApiError::unauthorized)
    }

    /// [`authorize`](Self::authorize), and room in the caller's budget `budget`: both are asked at
    /// the same time where the access token says who calls, so that they take one round trip. A
    /// request that is not authorized is not counted, and its answer says nothing of the budget.
    ///
    /// # Errors
    ///
    /// Those of `authorize`, then those of [`RateLimits::admit`].
    pub async fn authorize_within(
        &self,
        limits: &RateLimits,
        (budget, tell): (Policy, Remaining),
        permission: Permission,
        workspace: Option<&str>,
    ) -> Result<&Session, ApiError> {
        let Some(subject) = self.sessions.resolver.claimed(&self.credentials) else {
            let session = self.authorize(permission, workspace).await?;
            let subject = &session.provider_user_id;
            limits.admit(&self.context, subject, budget, tell).await?;
            return Ok(session);
        };
        let authorized = self.authorize(permission, workspace);
        let (authorized, counted) = join(authorized, limits.count(&subject, budget)).await;
        match authorized {
            Ok(session) => {
                counted?.told(&self.context, tell)?;
                Ok(session)
            }
            Err(error) => {
                let ticket = counted.ok().and_then(Counted::ticket);
                // What was decided first is the answer, whatever becomes of the place.
                if let Err(lost) = limits.refund(&subject, ticket).await {
                    tracing::warn!(error = lost.chain(), "a place was not handed back");
                }
                Err(error)
            }
        }
    }

    /// Whether the caller may do `permission` on `workspace` now: for answers that last longer than
    /// the moment of [`authorize`](Self::authorize). Asks the store again, with the access token
    /// only: the cookies of a refreshed one could not be put on an answer that is already on its
    /// way. So it is also no when that token has ended.
    ///
    /// # Errors
    ///
    /// Those of the store.
    pub async fn may_still(
        &self,
        permission: Permission,
        workspace: &str,
    ) -> Result<bool, ApiError> {
        let credentials = Credentials {
            access: self.access_token().map(str::to_owned),
            ..Credentials::default()
        };
        let resolver = &self.sessions.resolver;
        let now = resolver
            .resolve(&credentials, &self.context.origin())
            .await?;
        let subject = now.session.as_ref().map(Session::subject);
        Ok(can(subject.as_ref(), permission, Some(workspace)).is_ok())
    }

    /// The access token that stands after [`session`](Self::session): the one that the answer
    /// carries, if a new one was made, else the one that came.
    pub fn access_token(&self) -> Option<&str> {
        let renewed = self.renewed.get();
        renewed
            .or(self.credentials.access.as_ref())
            .map(String::as_str)
    }

    /// The credentials as they came.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    async fn resolve(&self) -> Result<Option<Session>, ApiError> {
        if self.credentials.is_empty() {
            return Ok(None);
        }
        let resolver = &self.sessions.resolver;
        let resolution = resolver
            .resolve(&self.credentials, &self.context.origin())
            .await;
        if let Err(SessionError::Renewed { tokens, .. }) = &resolution {
            self.carry(tokens);
        }
        Ok(self.adopt(resolution?))
    }

    fn adopt(&self, resolution: Resolution) -> Option<Session> {
        let Resolution {
            session,
            renewed,
            invite_accepted,
        } = resolution;
        if let Some(tokens) = &renewed {
            self.carry(tokens);
        }
        if invite_accepted {
            self.sessions.cookies.clear_invite(&self.context);
        }
        if let Some(session) = &session {
            self.context.note_session(session);
        }
        session
    }

    /// Puts a new pair on the answer, whatever that becomes.
    fn carry(&self, tokens: &RenewedTokens) {
        self.sessions.cookies.set(&self.context, tokens);
        let _only_once = self.renewed.set(tokens.access.clone());
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Sessions: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let context = Context::from_request_parts(parts, state).await?;
        let sessions = Sessions::from_ref(state);
        let headers = &parts.headers;
        let credentials = Credentials {
            access: sessions.access.of(headers).map(str::to_owned),
            refresh: cookie(headers, AuthCookies::REFRESH).map(str::to_owned),
            invite: invite(headers, &parts.uri),
        };
        Ok(Self {
            context,
            credentials,
            sessions,
            resolved: OnceCell::new(),
            renewed: OnceLock::new(),
        })
    }
}

/// An invite token: header, cookie, query, `Referer`; the first hit wins, and a blank is none (auth
/// contract, 7.6).
fn invite(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let given = |token: &String| !token.trim().is_empty();
    let header = text(headers, "x-or3-invite-token").map(str::to_owned);
    let kept = || cookie(headers, AuthCookies::INVITE).map(str::to_owned);
    let referer = || text(headers, REFERER.as_str())?.parse().ok();
    header
        .filter(given)
        .or_else(|| kept().filter(given))
        .or_else(|| query_parameter(uri, "invite").filter(given))
        .or_else(|| query_parameter(&referer()?, "invite").filter(given))
}

pub(crate) fn query_parameter(uri: &Uri, name: &str) -> Option<String> {
    let pairs = uri
        .query()?
        .split('&')
        .filter_map(|pair| pair.split_once('='));
    let value = pairs.into_iter().find(|(found, _)| *found == name)?.1;
    Some(percent_decode_str(value).decode_utf8().ok()?.into_owned())
}
