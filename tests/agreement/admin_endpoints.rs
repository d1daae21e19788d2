//! `docs/security/admin-endpoints.md` shows how the routes of administration are classified.

use std::collections::BTreeSet;
use std::fmt::Write;

use or3_domain::admin::Classified;
use or3_settings::Environment;
use or3_tests::FUNCTIONS;

use crate::repository;

const FILE: &str = "docs/security/admin-endpoints.md";

const HEAD: &str = "# Who administers what

Every route below `/api/admin`, what it does, who gets through, and what else it asks for. The table is
printed by a test from what the functions say of their routes; another test (`tests/matrix`) asks every route as
every kind of caller, so that it cannot differ from what the product does.

";

const TAIL: &str = "
- The **super admin** has a name, a password and a cookie (`or3_admin`) apart from all accounts. There is one where
  `OR3_ADMIN_USERNAME` and `OR3_ADMIN_PASSWORD` are set; without one, or on a host that `OR3_ADMIN_ALLOWED_HOSTS`
  does not name, every route that only they may use answers `404 \"Not Found\"`, and the cookie means nothing.
- A **user with a grant** (a row in `admin_users`) is signed in like everybody else. Where only the super admin may,
  they hear `403 \"Forbidden: Super admin access required\"`; everybody else hears `401 \"Unauthorized\"`.
- An **owner** acts on their active workspace, or on another that they name and own. The super admin names any
  (`workspaceId`), or has an ordinary session besides; with neither they hear `400 \"Workspace not resolved\"`.
- **Own page**: `Origin`, or else `Referer`, is this host with its port; an origin of `OR3_ALLOWED_ORIGINS` is not
  enough. The scheme counts where it is known: by API Gateway, and by the `X-Forwarded-Proto` of a trusted proxy. A
  request with neither header comes from no page and passes, because the cookie is `SameSite=Strict`. **Intent**:
  besides, one of both is there, and `X-Or3-Admin-Intent: admin`.
- Budgets are counted by the client's address and hold across processes. What cannot be counted is refused.
- Name and password of the super admin are compared whole, in the same time whichever is wrong, and the answers are the
  same to the letter. The first sign-in that anybody tries keeps the credential that the deployment names; from then on
  only the kept one counts. Whoever has forgotten the password removes the row of `admin_credentials`.
- A token lives for `OR3_ADMIN_JWT_EXPIRY`, whatever becomes of the password; a new `OR3_ADMIN_JWT_SECRET` ends all.
";

fn row(table: &mut String, row: &Classified) {
    let (class, guard) = (row.class.as_str(), row.guard.as_str());
    writeln!(
        table,
        "| `{} {}` | {class} | {guard} | {} |",
        row.method, row.path, row.also
    )
    .expect("text");
}

#[test]
fn the_table_of_admin_endpoints_is_that_of_the_functions() {
    let mut wanted = String::from(HEAD);
    wanted.push_str("| route | class | who gets through | what else |\n|---|---|---|---|\n");
    for classified in admin::CLASSIFIED.iter().chain(gc::CLASSIFIED) {
        row(&mut wanted, classified);
    }
    wanted.push_str(TAIL);
    if Environment::of_process().get("UPDATE_README") == Some("1") {
        std::fs::write(repository::path(FILE), &wanted).expect("the document is written");
    }
    assert_eq!(
        repository::text(FILE),
        wanted,
        "{FILE} is not what the functions say; UPDATE_README=1 writes it anew"
    );
}

#[test]
fn every_route_of_administration_is_classified() {
    let classified = admin::CLASSIFIED.iter().chain(gc::CLASSIFIED);
    let classified: BTreeSet<_> = classified.map(|row| (row.method, row.path)).collect();
    let routes = FUNCTIONS.iter().flat_map(|function| function.routes);
    let routes = routes.filter(|(_, path)| path.starts_with("/api/admin/"));
    assert_eq!(classified, routes.copied().collect());
}
