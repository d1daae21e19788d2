//! Somebody who uploads files, and the files.

use or3_domain::ids::{Ids, SystemIds};
use or3_domain::storage::ContentHash;
use serde_json::Value;

use crate::running::{Running, answer};

/// Somebody with an account, signed in.
pub(crate) struct Owner {
    /// The header line that says so.
    pub(crate) cookie: String,
    pub(crate) workspace: String,
}

impl Owner {
    pub(crate) fn register(running: &Running) -> Self {
        let body = r#"{"email":"a@or3.test","password":"correct horse battery staple","confirmPassword":"correct horse battery staple"}"#;
        let (status, text) = running.post("/api/basic-auth/register", body);
        assert_eq!(status, 200, "{text}");
        let cookie = text.split("or3_access=").nth(1).expect("a cookie");
        let cookie = cookie.split(';').next().unwrap_or_default();
        let cookie = format!("cookie: or3_access={cookie}\r\n");
        let asked = format!(
            "GET /api/auth/session HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\n{cookie}\r\n"
        );
        let session = json_of(&answer(&mut running.send(&asked)).1);
        let workspace = session["session"]["workspace"]["id"].as_str();
        Self {
            workspace: workspace.expect("a workspace").to_owned(),
            cookie,
        }
    }
}

/// A file that nobody else has.
pub(crate) struct File {
    pub(crate) content: Vec<u8>,
    pub(crate) hash: ContentHash,
}

impl File {
    pub(crate) fn random(size: usize) -> Self {
        let mut content = vec![0; size];
        SystemIds.fill(&mut content);
        let hash = hash_of(&content);
        Self { content, hash }
    }
}

pub(crate) fn hash_of(content: &[u8]) -> ContentHash {
    let mut digester = ContentHash::Sha256([0; 32]).digester();
    digester.update(content);
    digester.finish()
}

/// The body of an answer.
pub(crate) fn json_of(answer: &str) -> Value {
    let body = answer.split_once("\r\n\r\n").expect("a body").1;
    serde_json::from_str(body).expect("JSON")
}
