//! Naming people of an `OpenID` provider by what their session shows of them: the subject, without
//! the issuer that their identity is kept under.

use or3_domain::access::Role;
use or3_domain::auth::{Identity, oidc};
use or3_domain::workspace::{MemberError, Person};

use super::{Town, user};
use crate::people::{START, fresh, identity};

const ONE: &str = "https://id.example.com";
const OTHER: &str = "https://id.example.org";

impl Town {
    /// Brings `name` here, whom `issuer` calls `subject`.
    async fn comes_from(&self, issuer: &str, subject: &str, name: &str) {
        let identity = Identity {
            provider: oidc::PROVIDER,
            provider_user_id: format!("{issuer}#{subject}"),
            ..identity(name)
        };
        let home = self
            .sessions
            .provision(&identity, &fresh(name), START)
            .await;
        home.expect("provisioned");
    }

    async fn adds(&self, who: &str, provider: Option<&str>, role: Role) -> Result<(), MemberError> {
        let home = self.home("ada").await.workspace.id;
        let person = Person::parse(who, provider);
        let ada = user("ada").into();
        self.members.add(&home, &ada, &person, role, START).await
    }
}

/// By the subject, whatever it is made of, at this provider or at any; and by the whole identity.
pub async fn people_of_a_provider_are_added_by_their_subject(town: Town) {
    let home = town.home("ada").await.workspace.id;
    town.comes_from(ONE, "google|eve#1", "eve").await;
    let whole = format!("{ONE}#google|eve#1");
    for (who, provider, role) in [
        ("google|eve#1", Some(oidc::PROVIDER), Role::Viewer),
        ("google|eve#1", None, Role::Editor),
        (&whole, None, Role::Viewer),
        (&whole, Some(oidc::PROVIDER), Role::Editor),
    ] {
        let added = town.adds(who, provider, role).await;
        added.unwrap_or_else(|error| panic!("{who} at {provider:?}: {error}"));
        assert_eq!(town.role("eve", &home).await, Some(role), "{who}");
    }
    for (who, provider) in [
        ("google|eve#1", Some("basic-auth")),
        ("1", None),
        ("eve#1", None),
        ("", Some(oidc::PROVIDER)),
    ] {
        let added = town.adds(who, provider, Role::Owner).await;
        assert!(matches!(added, Err(MemberError::UnknownPerson)), "{who}");
    }
}

/// After a change of provider a subject may mean two people: then it takes the whole identity.
pub async fn a_subject_of_two_issuers_is_nobody(town: Town) {
    let home = town.home("ada").await.workspace.id;
    town.comes_from(ONE, "1", "eve").await;
    town.comes_from(OTHER, "1", "max").await;
    for provider in [None, Some(oidc::PROVIDER)] {
        let added = town.adds("1", provider, Role::Viewer).await;
        assert!(matches!(added, Err(MemberError::UnknownPerson)));
    }
    let whole = format!("{OTHER}#1");
    let added = town.adds(&whole, None, Role::Viewer).await;
    added.expect("one person");
    assert_eq!(town.role("max", &home).await, Some(Role::Viewer));
    assert_eq!(town.role("eve", &home).await, None);
}
