//! Whatever a test is answered stands in the document of the API: its status, and its media type where
//! the document names one.

use std::sync::LazyLock;

use http::Method;
use http::header::CONTENT_TYPE;
use or3_testkit::Answer;
use serde_json::Value;

/// What `health` serves.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../functions/health/openapi.json");
    serde_json::from_str(text).unwrap_or_default()
});

/// Asserts that the document has `answer` for `method` and `path`. Paths and methods that nobody
/// serves are not in it, nor is what a gateway answers by itself, which carries no id of a request,
/// nor that plain HTTP is sent elsewhere.
///
/// # Panics
///
/// When it has not.
pub(crate) fn assert_documented(method: &Method, path: &str, answer: &Answer) {
    let ours = answer.headers.contains_key("x-request-id");
    let Some(operation) = operation(method, path).filter(|_| ours) else {
        return;
    };
    let status = answer.status.as_u16();
    let documented = &operation["responses"][status.to_string()];
    assert!(
        status == 301 || documented.is_object(),
        "{method} {path} answers {status} ({}), which is not in the document of the API: say so in the \
         function's src/openapi.rs",
        answer.message()
    );
    let types = documented["content"].as_object();
    if let Some(types) = types.filter(|_| !answer.body.is_empty()) {
        let said = answer.header(CONTENT_TYPE.as_str());
        let fits = |media: &String| media == "*/*" || said.starts_with(media.as_str());
        assert!(
            types.keys().any(fits),
            "{method} {path} answers {status} as {said}"
        );
    }
}

/// The operation of a request; `None` where there is none.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let asked = path.split('?').next()?;
    let bare = asked.strip_prefix("/api/v1/");
    let asked = bare.map_or_else(|| asked.to_owned(), |rest| format!("/api/{rest}"));
    let paths = DOCUMENT["paths"].as_object()?;
    let item = paths.get(&asked).or_else(|| {
        let mut items = paths.iter();
        items
            .find(|(path, _)| fits(path, &asked))
            .map(|(_, item)| item)
    });
    item?.get(method.as_str().to_ascii_lowercase())
}

fn fits(path: &str, asked: &str) -> bool {
    let (mut segments, mut asked) = (path.split('/'), asked.split('/'));
    loop {
        match (segments.next(), asked.next()) {
            (None, None) => return true,
            (Some(segment), Some(given)) if segment == given || segment.starts_with('{') => {}
            _ => return false,
        }
    }
}
