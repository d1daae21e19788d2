//! Somebody who has just registered.

use or3_domain::ids::{Ids, SystemIds};
use serde_json::json;

use crate::{Browser, Server};

/// A new account, signed in on one device.
pub struct Newcomer {
    /// The device.
    pub browser: Browser,
    /// The address that the account was made with.
    pub email: String,
    /// Its password.
    pub password: String,
    /// The workspace that the first session made.
    pub workspace: String,
}

impl Newcomer {
    /// Registers an account that nobody else has.
    ///
    /// # Panics
    ///
    /// When the server does not register it.
    pub async fn of(server: &Server) -> Self {
        let mut browser = server.browser();
        let email = format!("{}@example.com", SystemIds.uuid());
        let password = SystemIds.uuid();
        let account = json!({
            "email": email, "password": password, "confirmPassword": password,
            "displayName": "Ada",
        });
        let answer = browser
            .post_patiently("/api/basic-auth/register", &account)
            .await;
        if answer.status == 409 {
            // The answer to this very registration was lost, and the browser repeated it.
            browser = sign_in(server, &email, &password).await;
        } else {
            assert_eq!(answer.status, 200, "{}", answer.message());
        }
        let session = browser.get("/api/auth/session").await.json();
        let workspace = session["session"]["workspace"]["id"].as_str();
        Self {
            workspace: workspace.unwrap_or_default().to_owned(),
            browser,
            email,
            password,
        }
    }

    /// A second device of the same person, signed in with the password.
    ///
    /// # Panics
    ///
    /// When the server does not sign it in.
    pub async fn second_device(&self, server: &Server) -> Browser {
        sign_in(server, &self.email, &self.password).await
    }
}

async fn sign_in(server: &Server, email: &str, password: &str) -> Browser {
    let mut browser = server.browser();
    let credentials = json!({ "email": email, "password": password });
    let answer = browser
        .post_patiently("/api/basic-auth/sign-in", &credentials)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.message());
    browser
}
