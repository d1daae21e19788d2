//! What a client says of a file that it is going to send in parts (tus 1.0, `Upload-Metadata`).

use std::collections::HashMap;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// How long the whole text may be: it travels in the upload's URL.
const LONGEST: usize = 2048;

/// The file by the names and limits of presign-upload (storage contract, 2.1), which a client puts
/// into `workspace_id`, `hash` and `mime_type`. What else it says is kept and given back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The workspace, trimmed, 1 to 256 characters.
    pub workspace: String,
    /// The hash as it was sent, trimmed, 1 to 256 characters.
    pub hash: String,
    /// The media type as it was sent, trimmed, 1 to 255 characters.
    pub mime_type: String,
    /// Everything, as it was sent.
    pub text: String,
}

/// The text is malformed, too long, or does not say what must be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an announcement of a file")]
pub struct InvalidAnnouncement;

impl FromStr for Announcement {
    type Err = InvalidAnnouncement;

    /// Pairs of a key and, after one space, its value in Base64, parted by commas.
    fn from_str(text: &str) -> Result<Self, InvalidAnnouncement> {
        if text.len() > LONGEST {
            return Err(InvalidAnnouncement);
        }
        let pairs = pairs(text)?;
        let said = |key: &str, longest: usize| {
            let value = STANDARD.decode(pairs.get(key)?).ok()?;
            let value = String::from_utf8(value).ok()?.trim().to_owned();
            Some(value).filter(|value| (1..=longest).contains(&value.chars().count()))
        };
        let announcement = || {
            Some(Self {
                workspace: said("workspace_id", 256)?,
                hash: said("hash", 256)?,
                mime_type: said("mime_type", 255)?,
                text: text.to_owned(),
            })
        };
        announcement().ok_or(InvalidAnnouncement)
    }
}

/// Every key once; a key alone has an empty value.
fn pairs(text: &str) -> Result<HashMap<&str, &str>, InvalidAnnouncement> {
    let mut pairs = HashMap::new();
    for pair in text.split(',') {
        let pair = pair.trim();
        let (key, value) = pair.split_once(' ').unwrap_or((pair, ""));
        let plain = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain || pairs.insert(key, value).is_some() {
            return Err(InvalidAnnouncement);
        }
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Announcement, InvalidAnnouncement> {
        text.parse()
    }

    fn text(pairs: &[(&str, &str)]) -> String {
        let pairs = pairs.iter();
        pairs
            .map(|(key, value)| format!("{key} {}", STANDARD.encode(value)))
            .collect::<Vec<_>>()
            .join(",")
    }

    const PLAIN: [(&str, &str); 3] = [
        ("workspace_id", " ws "),
        ("hash", "sha256:AA"),
        ("mime_type", "image/png"),
    ];

    #[test]
    fn the_three_values_are_read_and_the_rest_is_kept() {
        let sent = format!("name w7Y=, is_draft,{}", text(&PLAIN));
        let announcement = parse(&sent).expect("an announcement");
        assert_eq!(announcement.workspace, "ws");
        assert_eq!(announcement.hash, "sha256:AA");
        assert_eq!(announcement.mime_type, "image/png");
        assert_eq!(announcement.text, sent);
    }

    #[test]
    fn each_of_the_three_must_be_there_once_and_readable() {
        for missing in 0..3 {
            let mut pairs = PLAIN;
            pairs[missing].1 = " ";
            assert_eq!(parse(&text(&pairs)), Err(InvalidAnnouncement));
            let pairs: Vec<_> = (0..3).filter(|n| *n != missing).map(|n| PLAIN[n]).collect();
            assert_eq!(parse(&text(&pairs)), Err(InvalidAnnouncement));
        }
        let good = text(&PLAIN);
        for bad in [
            String::new(),
            format!("{good},hash Zg=="),
            format!("{good},"),
            format!("{good},é Zg=="),
            good.replace("hash ", "hash  "),
            good.replace("hash ", "hash %"),
            good.replace("hash ", "hash /w=="),
            format!("{good},name {}", "A".repeat(2048)),
        ] {
            assert_eq!(parse(&bad), Err(InvalidAnnouncement), "{bad}");
        }
        let long = "x".repeat(257);
        let pairs = [PLAIN[0], ("hash", &long), PLAIN[2]];
        assert_eq!(parse(&text(&pairs)), Err(InvalidAnnouncement));
    }
}
