//! Who may call a route, and from where.

use or3_domain::access::Permission;
use or3_domain::admin::Guard;
use utoipa::openapi::security::SecurityRequirement;

use super::refusals;
use super::route::Route;
use super::shapes::word;
use crate::admin::NOT_SUPER;
use crate::error::ApiError;
use crate::intent::MISSING_INTENT;
use crate::origin::OTHER_INTENT;
use crate::this_host::{NO_HOST, NO_ORIGIN, OTHER_ORIGIN};

/// Where a session comes from, by the names of the document's security schemes: any of them will
/// do.
pub(super) const SESSIONS: [&str; 3] = ["session", "refresh", "bearer"];

/// The super admin's own.
pub(super) const ADMIN: &str = "admin";

impl Route {
    /// Somebody must be signed in.
    #[must_use]
    pub fn signed_in(mut self) -> Self {
        self.securities = securities();
        self.refuses([ApiError::unauthorized()])
            .refuses(refusals::of_sessions())
            .writes()
    }

    /// Somebody may be signed in; that they are not is no error.
    #[must_use]
    pub fn perhaps_signed_in(mut self) -> Self {
        self.securities = securities();
        self.securities.push(SecurityRequirement::default());
        self.refuses(refusals::of_sessions()).writes()
    }

    /// Somebody must be signed in who may do this.
    #[must_use]
    pub fn may(self, permission: Permission) -> Self {
        let name = permission.as_str();
        self.about(format!("Needs the permission `{name}`."))
            .signed_in()
            .refuses([ApiError::forbidden()])
    }

    /// Pages of other origins are refused (auth contract, 12.5).
    #[must_use]
    pub fn from_own_page(self) -> Self {
        self.header("X-Or3-Cloud-Intent", false, word("mutation"))
            .refuses(refusals::of_other_origins())
    }

    /// As [`ThisHost`](crate::ThisHost) and [`OwnPage`](crate::OwnPage) have it: from a page of this
    /// host, or from no page.
    #[must_use]
    pub fn from_this_host(self) -> Self {
        let texts = [NO_ORIGIN, NO_HOST, OTHER_ORIGIN, OTHER_INTENT];
        self.about("A page that sends it must be of this host: listed origins are not enough.")
            .refuses(texts.map(|text| ApiError::forbidden().with_message(text)))
    }

    /// As [`Intent`](crate::Intent) has it: from a page of this host, which says so on purpose.
    #[must_use]
    pub fn on_purpose(self) -> Self {
        self.about("`Origin` or `Referer` must be there.")
            .header("X-Or3-Admin-Intent", true, word("admin"))
            .refuses([ApiError::forbidden().with_message(MISSING_INTENT)])
            .from_this_host()
    }

    /// Who gets through to a route of administration (auth contract, 10.9).
    #[must_use]
    pub fn guarded(self, guard: Guard) -> Self {
        let admin = SecurityRequirement::new(ADMIN, std::iter::empty::<String>());
        let mut guarded = match guard {
            Guard::Credential | Guard::Anybody => return self.refuses([ApiError::not_found()]),
            Guard::SuperAdmin => {
                let mut guarded = self.signed_in().refuses([ApiError::not_found()]);
                guarded.securities.clear();
                guarded.refuses([ApiError::forbidden().with_message(NOT_SUPER)])
            }
            Guard::AnyAdmin => self.signed_in().refuses([ApiError::not_found()]),
            Guard::Administrator | Guard::Owner | Guard::OwnerOrAdmin => {
                let guarded = self.signed_in().refuses([ApiError::forbidden()]);
                guarded.refuses([ApiError::bad_request("Workspace not resolved")])
            }
        };
        guarded.securities.push(admin);
        guarded.about(format!("For: {}.", guard.as_str()))
    }
}

fn securities() -> Vec<SecurityRequirement> {
    let nothing = || std::iter::empty::<String>();
    SESSIONS
        .map(|name| SecurityRequirement::new(name, nothing()))
        .to_vec()
}
