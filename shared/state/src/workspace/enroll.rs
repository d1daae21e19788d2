//! Adding a member who is named by address or identity: who that is, is found inside the batch.

use or3_domain::access::Role;
use or3_domain::audit::{Action, NewEntry};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::workspace::{Authority, Person};

use super::members::KEEP_PRIMARY;
use super::owned;
use crate::audit;
use crate::statement::Statement;

/// Reads how things stand and then adds the member, or changes their role. The first answer is
/// the one that [`MemberStore`](or3_domain::workspace::MemberStore) decides by.
pub(super) fn batch(
    workspace: &WorkspaceId,
    authority: &Authority,
    person: &Person,
    role: Role,
    now: Timestamp,
) -> Vec<Statement> {
    let (email, id, provider) = match person {
        Person::Email(email) => (Some(email.as_str()), None, None),
        Person::Identity { provider, id } => (None, Some(id.as_str()), provider.as_deref()),
    };
    let about = |sql| {
        Statement::new(sql)
            .bind(workspace.as_str())
            .bind(authority.owner().map(UserId::as_str))
            .bind(email)
            .bind(id)
            .bind(provider)
    };
    vec![
        about(STANDING),
        about(GROW).bind(role.as_str()),
        about(ADD).bind(role.as_str()).bind(now.millis()),
        audit::entry(&told(workspace, authority, person, role, now), audit::DONE),
        Statement::new(KEEP_PRIMARY).bind(workspace.as_str()),
    ]
}

/// Names whom the caller named: who that is, is known in the batch only.
fn told(
    workspace: &WorkspaceId,
    authority: &Authority,
    person: &Person,
    role: Role,
    now: Timestamp,
) -> NewEntry {
    let named = match person {
        Person::Email(email) => email,
        Person::Identity { id, .. } => id,
    };
    NewEntry::new(now, Action::MemberAdd, authority.name())
        .on(named)
        .within(workspace)
        .saying(role.as_str())
}

/// Who is meant by the address `?3`, or else the identity or internal id `?4` at provider `?5`.
///
/// Identities of the provider `oidc` are kept as `<issuer>#<subject>`, and their sessions show the
/// subject. No issuer has a `#`. A subject of two issuers is two people: it names neither.
macro_rules! person {
    () => {
        "(SELECT coalesce(
            (SELECT id FROM users WHERE email = ?3 ORDER BY created_at, id LIMIT 1),
            (SELECT user_id FROM auth_accounts
                WHERE provider_user_id = ?4 AND provider = coalesce(?5, provider)
                ORDER BY created_at LIMIT 1),
            (SELECT CASE count(*) WHEN 1 THEN max(user_id) END FROM auth_accounts
                WHERE provider = 'oidc' AND coalesce(?5, 'oidc') = 'oidc'
                AND substr(provider_user_id, instr(provider_user_id, '#') + 1) = ?4
                AND instr(provider_user_id, '#') > 0),
            (SELECT id FROM users WHERE id = ?4)))"
    };
}

/// Somebody else owns the workspace too.
macro_rules! other_owner {
    () => {
        concat!(
            "EXISTS (SELECT 1 FROM workspace_members x WHERE x.workspace_id = ?1
            AND x.role = 'owner' AND x.user_id <> ",
            person!(),
            ")"
        )
    };
}

/// Whether the acting user may, the role that the person has, whether they are the last owner,
/// and whether they are known here.
const STANDING: &str = concat!(
    "SELECT ",
    owned!(),
    ", (SELECT role FROM workspace_members WHERE workspace_id = ?1 AND user_id = ",
    person!(),
    "), EXISTS (SELECT 1 FROM workspace_members
        WHERE workspace_id = ?1 AND role = 'owner' AND user_id = ",
    person!(),
    ") AND NOT ",
    other_owner!(),
    ", ",
    person!(),
    " IS NOT NULL"
);

const GROW: &str = concat!(
    "UPDATE users SET authorization_revision = authorization_revision + 1 WHERE id = ",
    person!(),
    " AND NOT EXISTS (SELECT 1 FROM workspace_members
        WHERE workspace_id = ?1 AND user_id = users.id AND (role = ?6 OR (role = 'owner' AND NOT ",
    other_owner!(),
    "))) AND ",
    owned!()
);

const ADD: &str = concat!(
    "INSERT INTO workspace_members (workspace_id, user_id, role, created_at)
    SELECT ?1, id, ?6, ?7 FROM users WHERE id = ",
    person!(),
    " AND ",
    owned!(),
    " ON CONFLICT (workspace_id, user_id) DO UPDATE SET role = excluded.role
    WHERE workspace_members.role <> 'owner' OR excluded.role = 'owner' OR ",
    other_owner!()
);
