//! Registering and first sessions by invite (auth contract, 7.6 and 7.7; 15: 3 to 8, 54).

use std::time::Duration;

use http::Method;
use or3_domain::access::Role;
use or3_domain::auth::{AuthConfig, Email, Registration, digest};
use or3_domain::clock::Clock;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::invite::{InviteClaims, InviteKey, InviteStatus, NewInvite};
use or3_testkit::Answer;
use serde_json::json;

use crate::deployment::{Browser, Deployment, INVITE_SECRET, standard};

const PASSWORD: &str = "hunter2hunter2";
const REQUIRED: &str = "A valid invite is required to register.";

/// A deployment that takes invites, and the owner of a workspace there.
struct Club {
    deployment: Deployment,
    owner: UserId,
    workspace: WorkspaceId,
}

fn invite_only() -> AuthConfig {
    AuthConfig {
        registration: Registration::InviteOnly,
        bootstrap_email: Some(Email::normalized("root@example.test")),
        ..standard()
    }
}

impl Club {
    async fn new() -> Self {
        let deployment = Deployment::with(invite_only()).await;
        let made = deployment.bootstrap("root@example.test", PASSWORD).await;
        assert!(made);
        let root = deployment.browser();
        root.sign_in("root@example.test", PASSWORD).await;
        let session = root.session().await.json();
        let id = |of: &str| {
            session["session"][of]["id"]
                .as_str()
                .expect("an id")
                .to_owned()
        };
        Self {
            owner: UserId::new(id("user")),
            workspace: WorkspaceId::new(id("workspace")),
            deployment,
        }
    }

    fn token(&self, email: &str, lifetime: Duration) -> String {
        let ends = self.deployment.clock.now().plus(lifetime);
        InviteKey::new(INVITE_SECRET).sign(&InviteClaims {
            workspace_id: self.workspace.clone(),
            email: email.to_owned(),
            exp: ends.seconds(),
        })
    }

    /// An invite of an hour as an editor.
    async fn invite(&self, email: &str) -> String {
        let hour = Duration::from_hours(1);
        let token = self.token(email, hour);
        let now = self.deployment.clock.now();
        let invite = NewInvite {
            id: format!("invite of {email}"),
            workspace: self.workspace.clone(),
            email: Email::normalized(email),
            role: Role::Editor,
            invited_by: self.owner.clone().into(),
            token_hash: digest(&token),
            created_at: now,
            expires_at: now.plus(hour),
        };
        let created = self.deployment.state.invites().create(&invite).await;
        created.expect("created");
        token
    }

    async fn status(&self) -> InviteStatus {
        let invites = self.deployment.state.invites();
        let now = self.deployment.clock.now();
        let listed = invites
            .list(&self.workspace, &self.owner.clone().into(), None, 10, now)
            .await;
        listed.expect("listed").remove(0).status
    }
}

async fn register(browser: &Browser, email: &str, token: &str) -> Answer {
    let body = json!({
        "email": email, "password": PASSWORD, "confirmPassword": PASSWORD, "inviteToken": token,
    });
    browser.post("/api/basic-auth/register", &body).await
}

fn refused(answer: &Answer) {
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (403, REQUIRED)
    );
    let lines = answer.set_cookies();
    assert!(
        lines.iter().all(|line| line.contains("=; Max-Age=0;")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn an_invited_person_registers_and_is_in_the_workspace() {
    let club = Club::new().await;
    let token = club.invite(" Eve@Example.test ").await;
    let browser = club.deployment.browser();
    let answer = register(&browser, "EVE@example.test", &token).await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    assert_eq!(browser.cookie("or3_invite_token"), token);
    let line = *answer.set_cookies().last().expect("a cookie");
    assert!(
        line.ends_with("; Max-Age=600; Path=/; HttpOnly; SameSite=Lax"),
        "{line}"
    );
    let session = browser.session().await.json();
    assert_eq!(
        session["session"]["workspace"]["id"],
        club.workspace.as_str()
    );
    assert_eq!(session["session"]["role"], "editor");
    assert_eq!(
        browser.cookie("or3_invite_token"),
        "",
        "the invite was used"
    );
    assert_eq!(club.status().await, InviteStatus::Accepted);
    assert!(browser.is_signed_in().await);
}

#[tokio::test]
async fn tokens_that_do_not_fit_register_nobody() {
    let club = Club::new().await;
    let browser = club.deployment.browser();
    let good = club.invite("eve@example.test").await;
    let never_stored = club.token("eve@example.test", Duration::from_mins(7));
    let over = club.token("eve@example.test", Duration::ZERO);
    let forged = good.replace('.', ".A");
    refused(&browser.register("eve@example.test").await);
    for token in ["garbage", &never_stored, &over, &forged] {
        refused(&register(&browser, "eve@example.test", token).await);
    }
    refused(&register(&browser, "max@example.test", &good).await);
    for email in ["eve@example.test", "max@example.test"] {
        assert_eq!(
            browser.sign_in(email, PASSWORD).await.status,
            401,
            "no account was made"
        );
    }
    assert_eq!(club.status().await, InviteStatus::Pending);
}

#[tokio::test]
async fn used_revoked_and_overdue_invites_register_nobody() {
    let club = Club::new().await;
    let invites = club.deployment.state.invites();
    let used = club.invite("eve@example.test").await;
    let eve = club.deployment.browser();
    register(&eve, "eve@example.test", &used).await;
    assert!(eve.is_signed_in().await);
    refused(&register(&club.deployment.browser(), "eve@example.test", &used).await);
    let revoked = club.invite("max@example.test").await;
    let (now, id) = (club.deployment.clock.now(), "invite of max@example.test");
    let owner = club.owner.clone().into();
    let done = invites.revoke(&club.workspace, &owner, id, now).await;
    done.expect("revoked");
    refused(&register(&club.deployment.browser(), "max@example.test", &revoked).await);
    let overdue = club.invite("zoe@example.test").await;
    club.deployment.clock.advance(Duration::from_hours(1));
    refused(&register(&club.deployment.browser(), "zoe@example.test", &overdue).await);
}

#[tokio::test]
async fn an_account_without_a_user_needs_an_invite_at_its_first_session() {
    let club = Club::new().await;
    let made = club
        .deployment
        .bootstrap("eve@example.test", PASSWORD)
        .await;
    assert!(made);
    let token = club.invite("eve@example.test").await;
    let browser = club.deployment.browser();
    browser.sign_in("eve@example.test", PASSWORD).await;
    let answer = browser.session().await;
    assert_eq!(
        (answer.status.as_u16(), answer.message().as_str()),
        (403, REQUIRED)
    );
    let wrong = browser
        .with_header("x-or3-invite-token", "garbage")
        .session()
        .await;
    assert_eq!(wrong.status, 403);
    assert_eq!(wrong.message(), "Invite token is invalid or expired.");
    let right = browser
        .with_header("x-or3-invite-token", &token)
        .session()
        .await;
    assert_eq!(right.json()["session"]["role"], "editor");
    assert_eq!(club.status().await, InviteStatus::Accepted);
}

/// A blank is no invite, so that the next place counts (auth contract, 7.6).
#[tokio::test]
async fn a_blank_where_an_invite_could_be_hides_no_other() {
    let club = Club::new().await;
    let places = [
        ("x-or3-invite-token", "", "/api/auth/session", true),
        ("x-or3-invite-token", "  ", "/api/auth/session", true),
        ("x-other", "", "/api/auth/session?invite=", false),
        ("x-other", "", "/api/auth/session?invite=%20&a=b", false),
    ];
    for (number, (header, value, path, in_cookie)) in places.into_iter().enumerate() {
        let email = format!("eve{number}@example.test");
        assert!(club.deployment.bootstrap(&email, PASSWORD).await);
        let token = club.invite(&email).await;
        let browser = club.deployment.browser().with_header(header, value);
        let browser = if in_cookie {
            browser.with_cookie("or3_invite_token", &token)
        } else {
            browser.with_header("referer", &format!("http://or3.test/?invite={token}"))
        };
        browser.sign_in(&email, PASSWORD).await;
        let answer = browser.send(Method::GET, path, String::new()).await;
        assert_eq!(answer.json()["session"]["role"], "editor", "{path}");
    }
}

#[tokio::test]
async fn without_a_secret_nobody_can_be_invited() {
    let config = AuthConfig {
        invites: None,
        ..invite_only()
    };
    let answer = Deployment::with(config)
        .await
        .browser()
        .register("eve@example.test")
        .await;
    assert_eq!(answer.status, 503);
    assert_eq!(
        answer.message(),
        "Invite-only registration is temporarily unavailable."
    );
}
