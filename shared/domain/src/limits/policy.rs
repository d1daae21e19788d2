//! Which budgets there are, and how a deployment changes them.

use std::collections::BTreeMap;
use std::time::Duration;

/// One budget: at most `max_requests` requests younger than `window` per subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The name that overrides use, for instance `sync:push`.
    pub name: &'static str,
    /// How many requests fit into the window.
    pub max_requests: u32,
    /// How long a request counts.
    pub window: Duration,
}

const MINUTE: Duration = Duration::from_mins(1);

impl Policy {
    /// A budget of `max_requests` a minute.
    pub const fn per_minute(name: &'static str, max_requests: u32) -> Self {
        Self {
            name,
            max_requests,
            window: MINUTE,
        }
    }
}

/// The budgets in force: the contract's defaults under the deployment's overrides.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    overrides: BTreeMap<String, (Option<u32>, Option<Duration>)>,
    disabled: bool,
    strict: bool,
}

impl Policies {
    /// Budgets as the contract has them.
    pub fn standard() -> Self {
        Self::default()
    }

    /// No budgets at all (`DISABLE_RATE_LIMIT=1` outside production).
    pub fn disabled() -> Self {
        Self {
            disabled: true,
            ..Self::default()
        }
    }

    /// Changes one budget by name: `OR3_RATE_LIMIT_OVERRIDES_JSON` (sync contract, 3.6).
    /// `None` leaves that half at its default; names that nothing uses have no effect.
    #[must_use]
    pub fn with(mut self, name: &str, max_requests: Option<u32>, window: Option<Duration>) -> Self {
        self.overrides
            .insert(name.to_owned(), (max_requests, window));
        self
    }

    /// The same budgets, on whatever the deployment says: password endpoints are never without
    /// (auth contract, 6.6).
    #[must_use]
    pub fn always_on(&self) -> Self {
        Self {
            disabled: false,
            strict: true,
            ..self.clone()
        }
    }

    /// The same budgets, and where they are on, what cannot be counted is refused: for budgets that
    /// keep somebody from guessing.
    #[must_use]
    pub fn guarding(&self) -> Self {
        Self {
            strict: true,
            ..self.clone()
        }
    }

    /// Whether a request that cannot be counted, because there is no room to count it in, is
    /// refused. Who may only read or remove must not be kept from it by a full disk, but nobody
    /// gets to guess passwords there.
    pub fn refuses_uncounted(&self) -> bool {
        self.strict
    }

    /// The budget in force for `default`, or `None` when limits are switched off.
    pub fn effective(&self, default: Policy) -> Option<Policy> {
        if self.disabled {
            return None;
        }
        let (max_requests, window) = self
            .overrides
            .get(default.name)
            .copied()
            .unwrap_or_default();
        Some(Policy {
            name: default.name,
            max_requests: max_requests.unwrap_or(default.max_requests),
            window: window.unwrap_or(default.window),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PULL: Policy = Policy::per_minute("sync:pull", 120);

    #[test]
    fn an_override_changes_only_what_it_names() {
        let policies = Policies::standard().with("sync:pull", Some(600), None);
        assert_eq!(
            policies.effective(PULL),
            Some(Policy::per_minute("sync:pull", 600))
        );
        let push = Policy::per_minute("sync:push", 200);
        assert_eq!(policies.effective(push), Some(push));
    }

    #[test]
    fn switched_off_means_no_budget() {
        assert!(Policies::disabled().always_on().refuses_uncounted());
        assert!(!Policies::standard().refuses_uncounted());
        assert!(Policies::standard().guarding().refuses_uncounted());
        assert_eq!(Policies::disabled().guarding().effective(PULL), None);
        assert_eq!(Policies::disabled().effective(PULL), None);
        assert_eq!(Policies::disabled().always_on().effective(PULL), Some(PULL));
    }
}
