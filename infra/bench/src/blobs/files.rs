//! Files that differ only in their last bytes, so that many large ones fit into memory and their
//! hashes cost nothing.

use bytes::Bytes;
use or3_domain::hex::Hex;
use sha2::{Digest, Sha256};

use crate::account::{Session, post};
use crate::command::Outcome;
use crate::load::Client;
use crate::wire::Request;

const TYPE: &str = "image/png";

/// A maker of files of one size.
pub(super) struct Files {
    shared: Bytes,
    hashed: Sha256,
    made: u64,
}

/// One file.
#[derive(Clone, Debug)]
pub(super) struct File {
    shared: Bytes,
    end: Bytes,
    hash: String,
}

impl Files {
    /// Files of `size` bytes; files of different sizes differ too.
    pub(super) fn of(size: usize) -> Self {
        let length = size.saturating_sub(size_of::<u64>());
        let mut shared = Vec::with_capacity(length);
        let mut number = size as u64;
        while shared.len() < length {
            // Bytes that no file system compresses away.
            number = number.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            shared.extend_from_slice(&number.rotate_left(29).to_le_bytes());
        }
        shared.truncate(length);
        let hashed = Sha256::new_with_prefix(&shared);
        Self {
            shared: shared.into(),
            hashed,
            made: 0,
        }
    }

    /// The next file.
    pub(super) fn next(&mut self) -> File {
        self.made += 1;
        let end = self.made.to_le_bytes();
        let digest = self.hashed.clone().chain_update(end).finalize();
        File {
            shared: self.shared.clone(),
            end: Bytes::copy_from_slice(&end),
            hash: format!("sha256:{}", Hex(&digest)),
        }
    }
}

impl File {
    /// All bytes, in two parts.
    pub(super) fn parts(&self) -> [&Bytes; 2] {
        [&self.shared, &self.end]
    }

    /// How many bytes it has.
    pub(super) fn size(&self) -> usize {
        self.shared.len() + self.end.len()
    }

    /// A presigned upload as a request.
    pub(super) fn upload(&self, client: &mut Client, session: &Session) -> Outcome<Request> {
        let url = url(client, &self.presign_upload(session))?;
        let headers = [("cookie", session.cookies.as_str()), ("content-type", TYPE)];
        let (shared, end) = (self.shared.clone(), self.end.clone());
        Ok(Request::large(&format!("PUT {url}"), &headers, shared, end))
    }

    /// A presigned download as a request.
    pub(super) fn download(&self, client: &mut Client, session: &Session) -> Outcome<Request> {
        let url = url(client, &self.presign_download(session))?;
        let headers = [("cookie", session.cookies.as_str())];
        Ok(Request::new(&format!("GET {url}"), &headers, ""))
    }

    /// The same file of a server that knows it by its name on the volume.
    pub(super) fn download_plainly(&self) -> Request {
        let name = self.hash.replace(':', "_");
        Request::new(&format!("GET /{name}"), &[], "")
    }

    /// Asks for a URL to upload to.
    pub(super) fn presign_upload(&self, session: &Session) -> Request {
        let body = format!(
            r#"{{"workspace_id":"{}","hash":"{}","mime_type":"{TYPE}","size_bytes":{}}}"#,
            session.workspace,
            self.hash,
            self.size()
        );
        post("/api/storage/presign-upload", &session.cookies, &body)
    }

    /// Asks for a URL to download from.
    pub(super) fn presign_download(&self, session: &Session) -> Request {
        let body = format!(
            r#"{{"workspace_id":"{}","hash":"{}"}}"#,
            session.workspace, self.hash
        );
        post("/api/storage/presign-download", &session.cookies, &body)
    }

    /// Says that the upload is complete.
    pub(super) fn commit(&self, client: &mut Client, session: &Session) -> Outcome {
        let (workspace, hash) = (&session.workspace, &self.hash);
        let body = format!(
            r#"{{"workspace_id":"{workspace}","hash":"{hash}","storage_id":"{workspace}:{hash}","storage_provider_id":"fs","mime_type":"{TYPE}","name":"bench.png","kind":"image","size_bytes":{}}}"#,
            self.size()
        );
        client
            .send(&post("/api/storage/commit", &session.cookies, &body))?
            .expect(200)
    }

    /// The file's line in the workspace, as an op of a push.
    pub(super) fn metadata(&self, op_id: &str) -> String {
        let hash = &self.hash;
        format!(
            r#"{{"id":"{op_id}","tableName":"file_meta","operation":"put","pk":"{hash}","payload":{{"hash":"{hash}","name":"bench.png","mime_type":"{TYPE}","kind":"image","size_bytes":{},"deleted":false,"created_at":1795195843,"updated_at":1795195843,"clock":1}},"stamp":{{"deviceId":"device-files","opId":"{op_id}","hlc":"{op_id}","clock":1}},"createdAt":1795195843000,"attempts":0,"status":"pending"}}"#,
            self.size()
        )
    }
}

fn url(client: &mut Client, presign: &Request) -> Outcome<String> {
    let answer = client.send(presign)?;
    answer.expect(200)?;
    let url = answer.json()?["url"].as_str().map(str::to_owned);
    Ok(url.ok_or("a presign without a URL")?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_have_the_size_and_the_hash_that_they_say() {
        let mut files = Files::of(1001);
        let (one, two) = (files.next(), files.next());
        assert_eq!(one.size(), 1001);
        assert_ne!(one.hash, two.hash);
        let whole = one.parts().map(|part| part.to_vec()).concat();
        assert_eq!(one.hash, format!("sha256:{}", Hex(&Sha256::digest(&whole))));
    }
}
