//! Entries, before and after they are written down.

use super::action::Action;
use super::chain::Link;
use crate::clock::Timestamp;
use crate::errand::Errand;
use crate::ids::WorkspaceId;

/// The longest text of an entry, in characters: what strangers send must not fill the table.
const LONGEST: usize = 320;

/// An entry that is not written down yet.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub action: Action,
    /// Who: the id of a user or of a password account, the super admin's name, or empty for
    /// somebody who was not recognized.
    pub actor: String,
    /// To whom or what.
    pub target: Option<String>,
    /// In which workspace.
    pub workspace: Option<WorkspaceId>,
    /// The client's address, where it is known.
    pub ip_address: Option<String>,
    /// What more there is to say: a role, for instance.
    pub detail: Option<String>,
    /// The request that it was.
    pub request_id: Option<String>,
}

impl NewEntry {
    /// `actor` did `action`, within the request that is under way here.
    pub fn new(at: Timestamp, action: Action, actor: &str) -> Self {
        Self {
            at,
            action,
            actor: short(actor),
            target: None,
            workspace: None,
            ip_address: None,
            detail: None,
            request_id: Errand::current(|errand| short(&errand.correlation_id)),
        }
    }

    /// The same, to somebody or something.
    #[must_use]
    pub fn on(self, target: &str) -> Self {
        Self {
            target: Some(short(target)),
            ..self
        }
    }

    /// The same, in a workspace.
    #[must_use]
    pub fn within(self, workspace: &WorkspaceId) -> Self {
        let workspace = WorkspaceId::new(short(workspace.as_str()));
        Self {
            workspace: Some(workspace),
            ..self
        }
    }

    /// The same, from an address.
    #[must_use]
    pub fn from(self, ip_address: Option<&str>) -> Self {
        Self {
            ip_address: ip_address.map(short),
            ..self
        }
    }

    /// The same, with more to say.
    #[must_use]
    pub fn saying(self, detail: &str) -> Self {
        Self {
            detail: Some(short(detail)),
            ..self
        }
    }
}

fn short(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// An entry as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place: entries are numbered from 1 on, without a gap.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// What: the name of an [`Action`], perhaps of another build.
    pub action: String,
    /// Who.
    pub actor: String,
    /// To whom or what.
    pub target: Option<String>,
    /// In which workspace.
    pub workspace: Option<String>,
    /// From which address.
    pub ip_address: Option<String>,
    /// The request that it was.
    pub request_id: Option<String>,
    /// What more there is to say.
    pub detail: Option<String>,
    /// Its link, once it is sealed.
    pub link: Option<Link>,
}
