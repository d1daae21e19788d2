//! A page: a frame of HTML, filled once at start. It names its scripts by addresses and hashes, and
//! its policy lets it run nothing else.

use std::fmt::Write;

use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG};
use http::{HeaderMap, StatusCode};
use or3_http::conditions;

use crate::Ports;
use crate::config::Document;
use crate::shelf::{SHELF, address};

/// What a page may load and run: files of its own host. No inline script, no text that becomes markup
/// or code (Trusted Types without a policy), no frame around it.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// What runs, and where the data are: label and value, in order.
#[derive(Clone, Debug, Default)]
pub struct Place(pub Vec<(&'static str, String)>);

/// A page as it is served.
pub(crate) struct Page(Document);

impl Page {
    /// Fills `frame`, whose script is `entry`, and which looks as `styles` say.
    pub(crate) fn of(entry: &'static str, styles: &[&str], frame: &str, ports: &Ports) -> Self {
        let access = serde_json::to_string(&ports.access).unwrap_or_default();
        let filled = frame
            .replace("<!--or3:head-->", &head(entry, styles, &access))
            .replace("<!--or3:place-->", &ports.place.rows());
        Self(Document::new(filled))
    }
}

/// The lines of `<head>` that depend on the build. A module that is preloaded with its hash is not
/// run when it is another one.
fn head(entry: &'static str, styles: &[&str], access: &str) -> String {
    let integrity = |name: &str| {
        let file = SHELF.file(name);
        file.map_or("", |file| file.integrity.as_str())
    };
    let mut head = format!(
        "<meta name=\"or3-config\" content=\"{}\">\n\
         <link rel=\"icon\" href=\"{}\" type=\"image/svg+xml\">\n",
        escaped(access),
        address("icon.svg"),
    );
    let mut link = |kind: &str, name: &str| {
        let (href, hash) = (address(name), integrity(name));
        // Writing to a text cannot fail.
        let _written = writeln!(
            head,
            "<link rel=\"{kind}\" href=\"{href}\" integrity=\"{hash}\">"
        );
    };
    for style in styles {
        link("stylesheet", style);
    }
    for module in SHELF.modules(entry).into_iter().skip(1) {
        link("modulepreload", module);
    }
    let (src, hash) = (address(entry), integrity(entry));
    let _written = write!(
        head,
        "<script type=\"module\" src=\"{src}\" integrity=\"{hash}\"></script>"
    );
    head
}

impl Place {
    fn rows(&self) -> String {
        let rows = self.0.iter().map(|(label, value)| {
            let (label, value) = (escaped(label), escaped(value));
            format!("<div><dt>{label}</dt><dd>{value}</dd></div>")
        });
        rows.collect()
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

pub(crate) fn serve(page: &Page, headers: &HeaderMap) -> Response {
    let Document { text, tag } = &page.0;
    let held = [
        (CACHE_CONTROL, "no-cache"),
        (ETAG, tag.as_str()),
        (CONTENT_SECURITY_POLICY, POLICY),
        (CONTENT_TYPE, "text/html; charset=utf-8"),
    ];
    if conditions::has_it(headers, tag) {
        return (StatusCode::NOT_MODIFIED, held).into_response();
    }
    (held, text.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        let place = Place(vec![("Files", "/tmp/<b>\"'&".to_owned())]);
        let row = "<div><dt>Files</dt><dd>/tmp/&lt;b&gt;&quot;&#39;&amp;</dd></div>";
        assert_eq!(place.rows(), row);
    }
}
