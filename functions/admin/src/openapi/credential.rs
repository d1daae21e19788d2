//! The super admin's credential.

use or3_domain::admin::{AdminError, Guard};
use or3_http::Remaining;
use or3_http::openapi::{Answer, Members, Route, flag, object, password, words};

use super::{any_text, bad_requests, success};
use crate::add_member::CEILING;
use crate::{change_password, sign_in};

pub(super) fn routes() -> Vec<Route> {
    vec![sign_in(), sign_out(), who(), change_password()]
}

fn sign_in() -> Route {
    let credential = object()
        .with("username", any_text())
        .with("password", password(1..=usize::MAX));
    let answer = object()
        .with("success", flag())
        .with("username", any_text());
    let told = Answer::shaped(200, "Signed in.", answer);
    Route::new(
        ("POST", "/api/admin/auth/login"),
        "Sign in as the super admin",
    )
    .guarded(Guard::Credential)
    .from_this_host()
    .shaped(CEILING, credential)
    .budget_saying(sign_in::ATTEMPTS, Remaining::Untold, sign_in::TOO_MANY)
    .answers(told.header("Set-Cookie", "`or3_admin`."))
    .refuses(bad_requests([
        "Bad Request",
        "Username and password are required",
    ]))
    .refuses([
        AdminError::InvalidCredentials,
        AdminError::CredentialMissing,
    ])
    .writes()
}

fn sign_out() -> Route {
    let told = Answer::shaped(200, "The cookie is gone.", success());
    Route::new(
        ("POST", "/api/admin/auth/logout"),
        "Sign the super admin out",
    )
    .guarded(Guard::Anybody)
    .from_this_host()
    .answers(told.header("Set-Cookie", "`or3_admin`, cleared."))
}

fn who() -> Route {
    let kinds = words(["super_admin", "workspace_admin"]);
    let answer = object().with("authenticated", flag()).with("kind", kinds);
    Route::new(
        ("GET", "/api/admin/auth/session"),
        "Which administrator calls",
    )
    .guarded(Guard::AnyAdmin)
    .answers(Answer::shaped(200, "One does.", answer))
}

fn change_password() -> Route {
    let passwords = object()
        .with("currentPassword", password(1..=usize::MAX))
        .with("newPassword", password(1..=usize::MAX));
    let path = "/api/admin/auth/change-password";
    Route::new(("POST", path), "Change the super admin's password")
        .guarded(Guard::SuperAdmin)
        .from_this_host()
        .shaped(CEILING, passwords)
        .budget_saying(
            change_password::BUDGET,
            Remaining::Untold,
            "Too many requests",
        )
        .answers(Answer::shaped(200, "It is another one.", success()))
        .refuses(bad_requests([
            "Bad Request",
            "Current password and new password are required",
        ]))
        .refuses([
            AdminError::WrongPassword,
            AdminError::CredentialMissing,
            AdminError::Weak(Vec::new()),
        ])
}
