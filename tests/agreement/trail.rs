//! The actions of the audit trail, where people read of them and choose them.

use or3_domain::audit::Action;

use crate::repository;

#[test]
fn every_action_is_explained_and_can_be_chosen() {
    let page = repository::text("docs/operations/audit.md");
    let choice = repository::text("functions/pages/ui/admin-audit.js");
    for name in Action::ALL.map(Action::as_str) {
        assert!(page.contains(&format!("`{name}`")), "audit.md: {name}");
        assert!(choice.contains(&format!("'{name}'")), "the page: {name}");
    }
}
