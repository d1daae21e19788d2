//! Media types: comparison, the allow-list, and which types a browser may show (storage contract,
//! 2.1 and 6.2).

use serde::{Deserialize, Serialize};

/// What a type is called when a browser must not interpret it.
pub const OPAQUE: &str = "application/octet-stream";

const SAFE_INLINE: [&str; 5] = [
    "image/png",
    "image/jpeg",
    "image/webp",
    "image/gif",
    "application/pdf",
];

/// The part of a media type that is compared: before the first `;`, trimmed, in lower case.
pub fn essence(mime: &str) -> String {
    let essence = mime.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// What kind of file a row or a commit says it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FileKind {
    /// A picture; old clients also say it of texts.
    Image,
    /// A PDF document.
    Pdf,
    /// Anything.
    File,
}

impl FileKind {
    /// The word on the wire and in rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Pdf => "pdf",
            Self::File => "file",
        }
    }

    /// The kind with this name.
    pub fn named(word: &str) -> Option<Self> {
        [Self::Image, Self::Pdf, Self::File]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// How a browser is to treat a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Disposition {
    /// Show it.
    Inline,
    /// Save it.
    Attachment,
}

impl Disposition {
    /// The word on the wire and in headers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inline => "inline",
            Self::Attachment => "attachment",
        }
    }
}

/// The type and disposition that a download is served with.
///
/// Only types that cannot run scripts are named; everything else (HTML and SVG above all) is
/// opaque and saved. A known kind must agree with the type, or the type is not believed.
pub fn served_as(
    mime: &str,
    kind: Option<FileKind>,
    asked: Option<Disposition>,
) -> (&'static str, Disposition) {
    let mime = essence(mime);
    let Some(safe) = SAFE_INLINE.into_iter().find(|safe| *safe == mime) else {
        return (OPAQUE, Disposition::Attachment);
    };
    let its_kind = if safe == "application/pdf" {
        FileKind::Pdf
    } else {
        FileKind::Image
    };
    if kind.is_some_and(|kind| kind != its_kind) {
        return (OPAQUE, Disposition::Attachment);
    }
    (safe, asked.unwrap_or(Disposition::Inline))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_and_case_do_not_matter() {
        assert_eq!(essence(" IMAGE/PNG ; q=1"), "image/png");
    }

    #[test]
    fn pictures_and_pdf_are_shown_unless_saving_was_asked_for() {
        use Disposition::{Attachment, Inline};
        assert_eq!(served_as("image/png", None, None), ("image/png", Inline));
        let pdf = served_as("application/pdf", Some(FileKind::Pdf), Some(Attachment));
        assert_eq!(pdf, ("application/pdf", Attachment));
    }

    #[test]
    fn active_and_unknown_types_are_opaque_and_saved_whatever_was_asked() {
        for mime in ["text/html", "image/svg+xml", "text/plain", "image/pngx", ""] {
            let served = served_as(mime, Some(FileKind::Image), Some(Disposition::Inline));
            assert_eq!(served, (OPAQUE, Disposition::Attachment), "{mime}");
        }
    }

    #[test]
    fn a_kind_that_contradicts_the_type_makes_it_opaque() {
        let served = served_as("image/png", Some(FileKind::Pdf), None);
        assert_eq!(served, (OPAQUE, Disposition::Attachment));
    }
}
