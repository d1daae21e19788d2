//! The people who build the world by the API.

use http::Method;
use or3_tests::{Answer, Browser, Server};
use serde_json::{Value, json};

use crate::file::File;
use crate::table::{Ask, UPLOADS};
use crate::tokens::Tokens;
use crate::world::{PASSWORD, ROOTS_PASSWORD, send};

/// The cookie of the super admin, who has granted administration to `user`.
pub(crate) async fn signed_in_root(server: &Server, user: &str) -> Tokens {
    let mut browser = server.browser();
    for (path, body) in [
        (
            "/api/admin/auth/login",
            json!({"username": "root", "password": ROOTS_PASSWORD}),
        ),
        ("/api/admin/admin-users/grant", json!({"userId": user})),
    ] {
        let ask = Ask {
            method: Method::POST,
            path: path.to_owned(),
            media_type: "application/json",
            body: body.to_string().into(),
            ..Ask::default()
        };
        let answer = send(&mut browser, &ask, &[]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.message());
    }
    Tokens {
        admin: browser.cookie("or3_admin").expect("a cookie").to_owned(),
        ..Tokens::default()
    }
}

/// Somebody who builds the world.
pub(crate) struct Person {
    browser: Browser,
    pub(crate) mark: &'static str,
    pub(crate) email: String,
    pub(crate) user: String,
    pub(crate) home: String,
}

impl Person {
    /// A newcomer whose home and name carry `mark`.
    pub(crate) async fn of(server: &Server, mark: &'static str) -> Self {
        let mut person = Self {
            browser: server.browser(),
            mark,
            email: format!("{mark}@example.test"),
            user: String::new(),
            home: String::new(),
        };
        let account = json!({
            "email": person.email, "password": PASSWORD, "confirmPassword": PASSWORD,
            "displayName": mark,
        });
        person.post("/api/basic-auth/register", &account).await;
        let session = person
            .send(Method::GET, "/api/auth/session", &Value::Null)
            .await;
        let session = session.json()["session"].clone();
        person.user = string(&session["user"]["id"]);
        person.home = string(&session["workspace"]["id"]);
        let name = json!({"name": format!("{mark} home"), "description": mark});
        let path = format!("/api/workspaces/{}", person.home);
        person.send(Method::PATCH, &path, &name).await;
        person
    }

    pub(crate) fn tokens(&self) -> Tokens {
        let cookie = |name| self.browser.cookie(name).expect("a cookie").to_owned();
        Tokens {
            access: cookie("or3_access"),
            refresh: cookie("or3_refresh"),
            admin: String::new(),
        }
    }

    /// The tokens of another device that has signed out.
    pub(crate) async fn signed_out(&self, server: &Server) -> Tokens {
        let mut device = Self {
            browser: server.browser(),
            email: self.email.clone(),
            user: String::new(),
            home: String::new(),
            mark: self.mark,
        };
        let credentials = json!({"email": self.email, "password": PASSWORD});
        device.post("/api/basic-auth/sign-in", &credentials).await;
        let tokens = device.tokens();
        device.post("/api/basic-auth/sign-out", &Value::Null).await;
        tokens
    }

    /// Makes `other` a member of this person's home, where they then are.
    pub(crate) async fn admit(&mut self, other: &mut Self, role: &str) {
        let member = json!({"emailOrProviderId": other.email, "role": role});
        self.post("/api/admin/workspace/members/upsert", &member)
            .await;
        let home = json!({"id": self.home});
        other.post("/api/workspaces/active", &home).await;
    }

    pub(crate) async fn invite(&mut self) -> String {
        let path = "/api/admin/workspace/invites/create";
        let email = format!("{}-guest@example.test", self.mark);
        let invite = self.post(path, &json!({"email": email})).await;
        string(&invite.json()["invite"]["id"])
    }

    /// Uploads and commits a file; says where it was uploaded to.
    pub(crate) async fn store(&mut self, file: &File) -> String {
        let presign = file.presign_upload(&self.home);
        let presigned = self.post("/api/storage/presign-upload", &presign).await;
        let upload = Ask {
            method: Method::PUT,
            path: local_part(&presigned.json()["url"]),
            media_type: "image/png",
            body: file.content.clone(),
            ..Ask::default()
        };
        let uploaded = send(&mut self.browser, &upload, &[]).await;
        assert_eq!(uploaded.status, 200, "{}", uploaded.message());
        self.post("/api/storage/commit", &file.commit(&self.home))
            .await;
        upload.path
    }

    /// Announces an upload in parts; its address.
    pub(crate) async fn announce(&mut self, file: &File) -> String {
        let announcement = Ask {
            method: Method::POST,
            path: UPLOADS.to_owned(),
            headers: file.announcement(&self.home),
            ..Ask::default()
        };
        let announced = send(&mut self.browser, &announcement, &[]).await;
        assert_eq!(announced.status, 201, "{}", announced.message());
        announced.header("location").to_owned()
    }

    pub(crate) async fn push(&mut self, ops: &[Value]) {
        let batch = json!({"scope": {"workspaceId": self.home}, "ops": ops});
        let answer = self.post("/api/sync/push", &batch).await.json();
        let results = answer["results"].as_array().expect("results");
        let all = results.iter().all(|result| result["success"] == true);
        assert!(all, "{answer}");
    }

    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    async fn send(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        let ask = Ask {
            method,
            path: path.to_owned(),
            media_type: "application/json",
            body: if body.is_null() {
                Vec::new()
            } else {
                body.to_string().into()
            },
            ..Ask::default()
        };
        let answer = send(&mut self.browser, &ask, &[]).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.message());
        answer
    }
}

fn string(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A URL that was given out, without the server that gave it.
pub(crate) fn local_part(url: &Value) -> String {
    let url = string(url);
    let path = url.find("/api/").expect("a path of the API");
    url[path..].to_owned()
}
