//! Somebody who uploads files, and the files.

use std::io::{Read, Write};
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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

    /// Status and text of the answer to a request of this person.
    pub(crate) fn ask(&self, running: &Running, line: &str, body: &[u8]) -> (u16, String) {
        self.say(running, line, "content-type: application/json\r\n", body)
    }

    /// The same with other headers.
    pub(crate) fn say(
        &self,
        running: &Running,
        line: &str,
        headers: &str,
        body: &[u8],
    ) -> (u16, String) {
        answer(&mut self.send(running, line, headers, body))
    }

    fn send(&self, running: &Running, line: &str, headers: &str, body: &[u8]) -> TcpStream {
        let length = body.len();
        let head = format!(
            "{line} HTTP/1.1\r\nhost: or3.test\r\nconnection: close\r\ncontent-length: {length}\r\n\
             {headers}{}\r\n",
            self.cookie
        );
        let mut connection = running.send(&head);
        // An answer may come before all is sent.
        let _refused_early = connection.write_all(body);
        connection
    }

    /// The URL that takes `file`.
    pub(crate) fn presign(&self, running: &Running, file: &File) -> String {
        let line = "POST /api/storage/presign-upload";
        let (status, text) = self.ask(running, line, file.json(&self.workspace).as_bytes());
        assert_eq!(status, 200, "{text}");
        json_of(&text)["url"].as_str().expect("a url").to_owned()
    }

    /// Sends `file` to `url`; status and text.
    pub(crate) fn put(&self, running: &Running, file: &File, url: &str) -> (u16, String) {
        let typed = "content-type: image/png\r\n";
        self.say(running, &format!("PUT {url}"), typed, &file.content)
    }

    /// Uploads and commits `file`.
    pub(crate) fn store(&self, running: &Running, file: &File) {
        let url = self.presign(running, file);
        let (status, text) = self.put(running, file, &url);
        assert_eq!(status, 200, "{text}");
        let line = "POST /api/storage/commit";
        let (status, text) = self.ask(running, line, file.json(&self.workspace).as_bytes());
        assert_eq!(status, 200, "{text}");
    }

    /// The address of a new upload of `file` in parts.
    pub(crate) fn announce(&self, running: &Running, file: &File) -> String {
        let said = format!(
            "tus-resumable: 1.0.0\r\nupload-length: {}\r\nupload-metadata: {}\r\n",
            file.content.len(),
            file.metadata(&self.workspace)
        );
        let (status, text) = self.say(running, "POST /api/storage/tus", &said, b"");
        assert_eq!(status, 201, "{text}");
        header(&text, "location").expect("an address").to_owned()
    }

    /// Sends a part; status and text.
    pub(crate) fn append(
        &self,
        running: &Running,
        upload: &str,
        offset: usize,
        part: &[u8],
    ) -> (u16, String) {
        let said = part_at(offset);
        self.say(running, &format!("PATCH {upload}"), &said, part)
    }

    /// Gives an upload in parts up; status and text.
    pub(crate) fn give_up(&self, running: &Running, upload: &str) -> (u16, String) {
        let said = "tus-resumable: 1.0.0\r\n";
        self.say(running, &format!("DELETE {upload}"), said, b"")
    }

    /// Asks for the URL that gives `file`; status and text.
    pub(crate) fn presign_download(&self, running: &Running, file: &File) -> (u16, String) {
        let line = "POST /api/storage/presign-download";
        self.ask(running, line, file.json(&self.workspace).as_bytes())
    }

    /// The bytes of `file` as they come down.
    pub(crate) fn fetch(&self, running: &Running, file: &File) -> Vec<u8> {
        let (status, text) = self.presign_download(running, file);
        assert_eq!(status, 200, "{text}");
        let url = json_of(&text)["url"].as_str().expect("a url").to_owned();
        let mut bytes = Vec::new();
        let mut connection = self.send(running, &format!("GET {url}"), "", b"");
        connection.read_to_end(&mut bytes).expect("an answer");
        assert!(bytes.starts_with(b"HTTP/1.1 200 "));
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        bytes.split_off(end.expect("a head") + 4)
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

    /// The same as the metadata of an upload in parts.
    fn metadata(&self, workspace: &str) -> String {
        let hash = self.hash.to_string();
        let pairs = [
            ("workspace_id", workspace),
            ("hash", &hash),
            ("mime_type", "image/png"),
        ];
        let pairs = pairs.map(|(key, value)| format!("{key} {}", STANDARD.encode(value)));
        pairs.join(",")
    }

    /// What every control request takes of a file.
    fn json(&self, workspace: &str) -> String {
        let (hash, size) = (&self.hash, self.content.len());
        format!(
            r#"{{"workspace_id":"{workspace}","hash":"{hash}","storage_id":"{workspace}:{hash}",
            "storage_provider_id":"fs","mime_type":"image/png","size_bytes":{size},
            "name":"a.png","kind":"image"}}"#
        )
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

/// The headers of a part at `offset`.
pub(crate) fn part_at(offset: usize) -> String {
    format!(
        "tus-resumable: 1.0.0\r\nupload-offset: {offset}\r\n\
         content-type: application/offset+octet-stream\r\n"
    )
}

/// A header of an answer.
pub(crate) fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = answer
        .split("\r\n")
        .filter_map(|line| line.split_once(": "));
    lines
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}
