//! Somebody to be: the account that the server starts with, signed in.

use crate::command::Outcome;
use crate::load::Client;
use crate::wire::{Answer, Request};

/// The account's address.
pub const EMAIL: &str = "bench@example.test";

/// The account's password.
pub const PASSWORD: &str = "a long password of the bench";

/// What a server needs in its environment to know the account.
pub const ACCOUNT: [(&str, &str); 2] = [
    ("OR3_BASIC_AUTH_BOOTSTRAP_EMAIL", EMAIL),
    ("OR3_BASIC_AUTH_BOOTSTRAP_PASSWORD", PASSWORD),
];

/// A session of the account.
#[derive(Clone, Debug)]
pub struct Session {
    /// `or3_access=…; or3_refresh=…`, as a browser sends it.
    pub cookies: String,
    /// The id of the active workspace.
    pub workspace: String,
}

impl Session {
    /// Signs in anew.
    pub fn start(client: &mut Client) -> Outcome<Self> {
        let answer = client.send(&sign_in(EMAIL, PASSWORD))?;
        answer.expect(200)?;
        let cookies = cookies(&answer);
        let answer = client.send(&get("/api/auth/session", &cookies))?;
        answer.expect(200)?;
        let workspace = answer.json()?["session"]["workspace"]["id"]
            .as_str()
            .map(str::to_owned);
        Ok(Self {
            cookies,
            workspace: workspace.ok_or("the session has no workspace")?,
        })
    }
}

/// A sign-in with a password.
pub fn sign_in(email: &str, password: &str) -> Request {
    let body = format!(r#"{{"email":"{email}","password":"{password}"}}"#);
    let json = [("content-type", "application/json")];
    Request::new("POST /api/basic-auth/sign-in", &json, &body)
}

/// A `GET` with cookies.
pub fn get(path: &str, cookies: &str) -> Request {
    Request::new(&format!("GET {path}"), &[("cookie", cookies)], "")
}

/// A JSON `POST` with cookies.
pub fn post(path: &str, cookies: &str, body: &str) -> Request {
    let headers = [("cookie", cookies), ("content-type", "application/json")];
    Request::new(&format!("POST {path}"), &headers, body)
}

/// The cookies that an answer sets, as the next request sends them; those that it clears are left
/// out.
pub fn cookies(answer: &Answer) -> String {
    let lines = answer.headers("set-cookie");
    let pairs = lines.iter().filter_map(|line| line.split(';').next());
    let set: Vec<_> = pairs.filter(|pair| !pair.ends_with('=')).collect();
    set.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cleared_cookies_are_not_sent_back() {
        let answer = Answer {
            head: b"HTTP/1.1 200 OK\r\nset-cookie: a=1; Path=/\r\nset-cookie: b=; Max-Age=0\r\nset-cookie: b=2; HttpOnly\r\n\r\n".to_vec(),
            ..Answer::default()
        };
        assert_eq!(cookies(&answer), "a=1; b=2");
    }
}
