//! What the routes take and answer, for the document of the API (ADR 0012).

use or3_domain::auth::AuthError;
use or3_domain::auth::password::{MAX_UNITS, MIN_NEW_UNITS};
use or3_domain::invite::MAX_INVITE_UNITS;
use or3_http::openapi::{
    Answer, Members, ObjectBuilder, Route, done, email, flag, natural, object, password, text,
    words,
};
use or3_http::{ApiError, Remaining};

use crate::change_password::ChangePassword;
use crate::door::{Operation, TOO_MANY, no_passwords};
use crate::form::{CEILING, bad_email, bad_password, guessable, invalid, mismatch, unreadable};
use crate::refresh::Refresh;
use crate::register::{MAX_NAME, Register};
use crate::session::BUDGET;
use crate::sessions::{End, List, Sessions};
use crate::sign_in::SignIn;
use crate::sign_out::SignOut;
use crate::test_sign_in::{SECRET, TestSignIn};

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    vec![
        session(),
        test_sign_in(),
        sign_in(),
        register(),
        refresh(),
        sign_out(),
        change_password(),
        list_sessions(),
        end_session(),
        end_other_sessions(),
    ]
}

fn session() -> Route {
    let route = ("GET", "/api/auth/session");
    let answer = "Who is signed in; `null` when nobody is.";
    Route::new(route, "Who is signed in")
        .perhaps_signed_in()
        .header("X-Or3-Invite-Token", false, text(1..=MAX_INVITE_UNITS))
        .query("invite", false, text(1..=MAX_INVITE_UNITS))
        .budget(BUDGET, Remaining::After)
        .answers(Answer::json::<crate::session::Answer>(200, answer).cookies())
}

fn test_sign_in() -> Route {
    let person = object()
        .with("email", email())
        .maybe("displayName", text(1..=MAX_NAME));
    door::<TestSignIn>(
        "/api/auth/test-sign-in",
        "Sign a test in without a password",
    )
    .about("Only in test mode, which none in production can be in; else there is no such route.")
    .header(SECRET, false, text(0..=usize::MAX))
    .shaped(CEILING, person)
    .answers(signed_in())
    .refuses([ApiError::not_found(), ApiError::forbidden()])
    .refuses([unreadable(), invalid(), bad_email()])
}

fn sign_in() -> Route {
    let credentials = object()
        .with("email", email())
        .with("password", password(1..=MAX_UNITS));
    door::<SignIn>("/api/basic-auth/sign-in", "Sign in with a password")
        .shaped(CEILING, credentials)
        .answers(signed_in())
        .refuses([unreadable(), invalid(), bad_email(), bad_password()])
        .refuses([AuthError::InvalidCredentials])
}

fn register() -> Route {
    let account = object()
        .with("email", email())
        .with("password", new_password())
        .with("confirmPassword", new_password())
        .maybe("displayName", text(1..=MAX_NAME))
        .maybe("inviteToken", text(1..=MAX_INVITE_UNITS));
    door::<Register>("/api/basic-auth/register", "Make an account and sign in")
        .about("Every error clears the cookies: nobody is signed in afterwards.")
        .shaped(CEILING, account)
        .answers(signed_in())
        .refuses([unreadable(), invalid(), bad_email(), bad_password()])
        .refuses([mismatch(), guessable()])
        .refuses([
            AuthError::InvalidCredentials,
            AuthError::RegistrationDisabled,
            AuthError::InviteRequired,
            AuthError::InvitesUnavailable,
        ])
}

fn refresh() -> Route {
    let silent = words(["1", "true"]);
    let answer =
        "The session is renewed; `ok` is `false` when there is none and `silent` was asked.";
    door::<Refresh>(
        "/api/basic-auth/refresh",
        "Renew a session by its refresh cookie",
    )
    .query("silent", false, silent)
    .answers(Answer::shaped(200, answer, done()).cookies())
    .refuses([AuthError::SessionExpired])
}

fn sign_out() -> Route {
    let answer = "The session is over, whether there was one or not.";
    door::<SignOut>("/api/basic-auth/sign-out", "End the session")
        .answers(Answer::shaped(200, answer, done()).cookies())
}

fn change_password() -> Route {
    let passwords = object()
        .with("currentPassword", password(1..=MAX_UNITS))
        .with("newPassword", new_password())
        .with("confirmNewPassword", new_password());
    let answer = "The password is another one, and every session of the account is over.";
    door::<ChangePassword>("/api/basic-auth/change-password", "Change the password")
        .signed_in()
        .shaped(CEILING, passwords)
        .answers(Answer::shaped(200, answer, done()).cookies())
        .refuses([unreadable(), invalid(), mismatch(), guessable()])
        .refuses([AuthError::InvalidCredentials, AuthError::SessionExpired])
}

const SESSIONS: &str = "/api/basic-auth/sessions";

fn list_sessions() -> Route {
    let answer = "Those that live, the one that was renewed last first.";
    behind_door::<List>(("GET", SESSIONS), "One's own sessions")
        .signed_in()
        .answers(Answer::json::<Sessions>(200, answer).cookies())
        .refuses([AuthError::SessionExpired])
}

fn end_session() -> Route {
    let path = "/api/basic-auth/sessions/{id}";
    behind_door::<End>(("DELETE", path), "End one of one's sessions")
        .about("Ending the one that asks is signing out.")
        .signed_in()
        .switchable()
        .answers(Answer::shaped(200, "It is over.", done()).cookies())
        .refuses([AuthError::SessionExpired])
}

fn end_other_sessions() -> Route {
    let answer = object().with("ok", flag()).with("ended", natural());
    behind_door::<End>(
        ("DELETE", SESSIONS),
        "End all of one's sessions but this one",
    )
    .signed_in()
    .answers(Answer::shaped(200, "They are over, so many.", answer).cookies())
    .refuses([AuthError::SessionExpired])
}

/// What every password endpoint checks first.
fn door<O: Operation>(path: &'static str, summary: &'static str) -> Route {
    behind_door::<O>(("POST", path), summary)
}

fn behind_door<O: Operation>(route: (&'static str, &'static str), summary: &'static str) -> Route {
    Route::new(route, summary)
        .about("The budget is that of a client's address.")
        .from_own_page()
        .budget_saying(O::BUDGET, Remaining::After, TOO_MANY)
        .refuses([no_passwords()])
        .writes()
}

fn signed_in() -> Answer {
    Answer::shaped(200, "Signed in; the cookies are set.", done()).cookies()
}

/// A new password.
fn new_password() -> ObjectBuilder {
    password(MIN_NEW_UNITS..=MAX_UNITS)
}
