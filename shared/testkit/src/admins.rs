//! The super admin of tests.

use std::sync::Arc;
use std::time::Duration;

use or3_domain::admin::AdminTokens;
use or3_domain::clock::Clock;
use or3_http::{AdminCookie, Admins};

use crate::client::Client;

const SECRET: &str = "the super admin's secret";
const HOUR: Duration = Duration::from_hours(1);

fn tokens() -> AdminTokens {
    AdminTokens::new(SECRET, HOUR)
}

/// A deployment with a super admin, on every host.
pub fn admins(clock: Arc<dyn Clock>) -> Admins {
    Admins {
        tokens: Some(tokens()),
        allowed_hosts: Arc::default(),
        clock,
    }
}

/// A deployment without one.
pub fn no_admins(clock: Arc<dyn Clock>) -> Admins {
    Admins {
        tokens: None,
        ..admins(clock)
    }
}

impl Client {
    /// The same router for the super admin `username` of [`admins`], whose token begins now.
    ///
    /// # Panics
    ///
    /// Never: a name is always JSON.
    #[must_use]
    #[expect(clippy::expect_used, reason = "a name is always JSON")]
    pub fn as_super_admin(&self, username: &str, clock: &dyn Clock) -> Self {
        let token = tokens().mint(username, clock.now());
        self.with_cookie(AdminCookie::NAME, &token.expect("a token"))
    }
}
