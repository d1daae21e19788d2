//! Server-sent events as a client reads them.

use std::fmt::Debug;

use bytes::Bytes;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

/// The body of an event stream, read block by block.
pub struct EventReader {
    body: UnsyncBoxBody<Bytes, String>,
    read: String,
}

impl EventReader {
    /// Reads from `body`.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Debug,
    {
        let body = body.map_err(|error| format!("{error:?}")).boxed_unsync();
        Self {
            body,
            read: String::new(),
        }
    }

    /// The next block (an event or a comment) without the empty line behind it; `None` at the end.
    ///
    /// # Panics
    ///
    /// When the body breaks off or is not text.
    #[expect(clippy::expect_used, reason = "a test whose stream breaks must fail")]
    pub async fn next(&mut self) -> Option<String> {
        loop {
            if let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                return Some(block);
            }
            let frame = self.body.frame().await?.expect("a whole stream");
            let bytes = frame.into_data().expect("data");
            self.read
                .push_str(std::str::from_utf8(&bytes).expect("text"));
        }
    }

    /// The version of the next event, passing over comments; `None` at the end.
    ///
    /// # Panics
    ///
    /// When an event is something else.
    #[expect(clippy::expect_used, reason = "a test whose stream breaks must fail")]
    pub async fn version(&mut self) -> Option<i64> {
        loop {
            let block = self.next().await?;
            if block.starts_with(':') || block.starts_with("retry:") {
                continue;
            }
            let rest = block
                .strip_prefix("event: version\nid: ")
                .expect("a version");
            let (id, data) = rest.split_once('\n').expect("an id and data");
            assert_eq!(data, format!(r#"data: {{"serverVersion":{id}}}"#));
            return Some(id.parse().expect("a number"));
        }
    }
}
