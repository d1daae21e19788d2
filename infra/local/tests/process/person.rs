//! Somebody with an account, as the cookies that they have.

use serde_json::{Value, json};

use crate::running::{Running, answer};

/// The cookies of one device.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) cookies: String,
}

/// Status, cookies and JSON of an answer.
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) cookies: String,
    pub(crate) body: Value,
}

impl Person {
    /// Registers Ada.
    pub(crate) fn register(server: &Running) -> Self {
        let told = Self::try_to_register(server);
        assert_eq!(told.status, 200, "{}", told.body);
        Self {
            cookies: told.cookies,
        }
    }

    /// What registering Ada answers.
    pub(crate) fn try_to_register(server: &Running) -> Told {
        let account = json!({
            "email": "ada@example.com", "password": "hunter2hunter2", "displayName": "Ada",
            "confirmPassword": "hunter2hunter2",
        });
        let nobody = Self {
            cookies: String::new(),
        };
        let body = account.to_string();
        nobody.ask(server, "POST /api/basic-auth/register", &body)
    }

    /// Sends a request and reads the whole answer.
    pub(crate) fn ask(&self, server: &Running, line: &str, body: &str) -> Told {
        let (status, text) = answer(&mut server.send(&self.request(line, body)));
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_default();
        let lines = head
            .lines()
            .filter_map(|line| line.strip_prefix("set-cookie: "));
        let pairs = lines.filter_map(|line| line.split(';').next());
        let pairs = pairs.filter(|pair| !pair.ends_with('='));
        Told {
            status,
            cookies: pairs.collect::<Vec<_>>().join("; "),
            body: serde_json::from_str(body).unwrap_or_default(),
        }
    }

    /// A request with these cookies, after which the connection ends.
    pub(crate) fn request(&self, line: &str, body: &str) -> String {
        let (cookies, length) = (&self.cookies, body.len());
        format!(
            "{line} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\ncookie: {cookies}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
    }

    /// `session` of the session endpoint.
    pub(crate) fn session(&self, server: &Running) -> Value {
        let told = self.ask(server, "GET /api/auth/session", "");
        assert_eq!(told.status, 200, "{}", told.body);
        told.body["session"].clone()
    }
}
