//! What is said of each route: what it does, who gets through, and what else it asks for (auth
//! contract, 10.9). `docs/security/admin-endpoints.md` is printed from here.

use or3_domain::admin::Class::{Mutation, Read, Sensitive};
use or3_domain::admin::Guard::{
    Administrator, AnyAdmin, Anybody, Credential, Owner, OwnerOrAdmin, SuperAdmin,
};
use or3_domain::admin::{Class, Classified, Guard};

const fn route(
    (method, path): (&'static str, &'static str),
    class: Class,
    guard: Guard,
    also: &'static str,
) -> Classified {
    Classified {
        method,
        path,
        class,
        guard,
        also,
    }
}

const NOTHING: &str = "";
const PAGE: &str = "own page";
const INTENT: &str = "intent and own page";
const SHARED: &str = "20 a minute with the others of this budget";
const PAGE_SHARED: &str = "own page; 20 a minute with the others of this budget";

/// Every route of this function.
pub const CLASSIFIED: &[Classified] = &[
    route(
        ("POST", "/api/admin/auth/login"),
        Sensitive,
        Credential,
        "own page; 20 a minute from an address, 5 failures in 15 minutes for an address and name",
    ),
    route(("POST", "/api/admin/auth/logout"), Sensitive, Anybody, PAGE),
    route(("GET", "/api/admin/auth/session"), Read, AnyAdmin, NOTHING),
    route(
        ("POST", "/api/admin/auth/change-password"),
        Sensitive,
        SuperAdmin,
        "own page; 10 a minute",
    ),
    route(("GET", "/api/admin/overview"), Read, SuperAdmin, NOTHING),
    route(
        ("GET", "/api/admin/metrics/history"),
        Read,
        SuperAdmin,
        NOTHING,
    ),
    route(("GET", "/api/admin/workspaces"), Read, SuperAdmin, NOTHING),
    route(
        ("POST", "/api/admin/workspaces"),
        Sensitive,
        SuperAdmin,
        PAGE_SHARED,
    ),
    route(
        ("GET", "/api/admin/workspaces/{id}"),
        Read,
        SuperAdmin,
        SHARED,
    ),
    route(
        ("POST", "/api/admin/workspaces/{id}/soft-delete"),
        Sensitive,
        SuperAdmin,
        PAGE_SHARED,
    ),
    route(
        ("POST", "/api/admin/workspaces/{id}/restore"),
        Sensitive,
        SuperAdmin,
        PAGE_SHARED,
    ),
    route(("GET", "/api/admin/users"), Read, SuperAdmin, NOTHING),
    route(
        ("GET", "/api/admin/search-users"),
        Read,
        SuperAdmin,
        NOTHING,
    ),
    route(("GET", "/api/admin/admin-users"), Read, SuperAdmin, NOTHING),
    route(
        ("POST", "/api/admin/admin-users/grant"),
        Sensitive,
        SuperAdmin,
        PAGE_SHARED,
    ),
    route(
        ("POST", "/api/admin/admin-users/revoke"),
        Sensitive,
        SuperAdmin,
        PAGE_SHARED,
    ),
    route(("GET", "/api/admin/workspace"), Read, OwnerOrAdmin, NOTHING),
    route(
        ("POST", "/api/admin/workspace/members/upsert"),
        Mutation,
        Owner,
        INTENT,
    ),
    route(
        ("POST", "/api/admin/workspace/members/set-role"),
        Mutation,
        Owner,
        INTENT,
    ),
    route(
        ("POST", "/api/admin/workspace/members/remove"),
        Mutation,
        Owner,
        INTENT,
    ),
    route(
        ("POST", "/api/admin/workspace/guest-access/set"),
        Mutation,
        Owner,
        INTENT,
    ),
    route(
        ("POST", "/api/admin/workspace/invites/create"),
        Mutation,
        Owner,
        PAGE,
    ),
    route(
        ("GET", "/api/admin/workspace/invites/list"),
        Read,
        Owner,
        NOTHING,
    ),
    route(
        ("POST", "/api/admin/workspace/invites/revoke"),
        Mutation,
        Owner,
        PAGE,
    ),
    route(("GET", "/api/admin/gc/runs"), Read, Administrator, NOTHING),
    route(("GET", "/api/admin/audit"), Read, SuperAdmin, NOTHING),
    route(("GET", "/api/admin/audit/verify"), Read, SuperAdmin, SHARED),
    route(
        ("GET", "/api/admin/system/status"),
        Read,
        SuperAdmin,
        NOTHING,
    ),
    route(
        ("GET", "/api/admin/system/config"),
        Sensitive,
        SuperAdmin,
        NOTHING,
    ),
    route(
        ("GET", "/api/admin/system/config/enriched"),
        Sensitive,
        SuperAdmin,
        NOTHING,
    ),
];
