//! Content hashes: the name of a file's bytes (storage contract, 4).

use std::fmt;
use std::str::FromStr;

use md5::Md5;
use sha2::{Digest, Sha256};

use crate::hex::{self, Hex};

/// The hash of a file's bytes, parsed: what file names and keys are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContentHash {
    /// What every current client sends.
    Sha256([u8; 32]),
    /// What old files carry.
    Md5([u8; 16]),
}

/// The text is none of the accepted forms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a content hash")]
pub struct InvalidHash;

impl ContentHash {
    /// The algorithm's name on the wire and in file names.
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Sha256(_) => "sha256",
            Self::Md5(_) => "md5",
        }
    }

    /// The digest alone: 32 bytes for SHA-256, 16 for MD5, so that the length tells them apart.
    pub const fn digest(&self) -> &[u8] {
        match self {
            Self::Sha256(digest) => digest,
            Self::Md5(digest) => digest,
        }
    }

    /// The hash whose [`digest`](Self::digest) this is.
    pub fn of_digest(digest: &[u8]) -> Option<Self> {
        let sha256 = digest.try_into().map(Self::Sha256);
        sha256.or_else(|_| digest.try_into().map(Self::Md5)).ok()
    }

    /// The digest in lower-case hexadecimal.
    pub fn hex(&self) -> String {
        Hex(self.digest()).to_string()
    }

    /// The name of the blob's file, for instance `sha256_<64 hex>` (storage contract, 6.3).
    pub fn file_name(&self) -> String {
        format!("{}_{}", self.algorithm(), self.hex())
    }

    /// The hash whose [`file_name`](Self::file_name) this is, to the letter.
    pub fn of_file_name(name: &str) -> Option<Self> {
        let hash: Self = name.replacen('_', ":", 1).parse().ok()?;
        (hash.file_name() == name).then_some(hash)
    }

    /// Adds every hash that `text` may mention to `found`: whatever has the length of a digest in
    /// hexadecimal, in any spelling of what is around it. Rather one too many than one too few.
    pub fn mentioned_in(text: &str, found: &mut Vec<Self>) {
        let runs = text.split(|letter: char| !letter.is_ascii_hexdigit());
        for run in runs {
            for length in [64, 32] {
                if let (Some(head), Some(tail)) = (
                    run.get(..length),
                    run.get(run.len().saturating_sub(length)..),
                ) {
                    found.extend(head.parse::<Self>());
                    if run.len() > length {
                        found.extend(tail.parse::<Self>());
                    }
                    break;
                }
            }
        }
    }

    /// A digester of this hash's algorithm.
    pub fn digester(&self) -> Digester {
        match self {
            Self::Sha256(_) => Digester::Sha256(Sha256::new()),
            Self::Md5(_) => Digester::Md5(Md5::new()),
        }
    }
}

/// The canonical form: `algorithm:hex`.
impl fmt::Display for ContentHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.algorithm(), Hex(self.digest()))
    }
}

/// Reads `sha256:<64 hex>`, `md5:<32 hex>` and both without prefix, trimmed, in any case.
impl FromStr for ContentHash {
    type Err = InvalidHash;

    fn from_str(text: &str) -> Result<Self, InvalidHash> {
        let text = text.trim().to_ascii_lowercase();
        let (algorithm, digits) = match text.split_once(':') {
            Some((algorithm, digits)) => (Some(algorithm), digits),
            None => (None, text.as_str()),
        };
        let hash = match (algorithm, digits.len()) {
            (None | Some("sha256"), 64) => hex::parse(digits.as_bytes()).map(Self::Sha256),
            (None | Some("md5"), 32) => hex::parse(digits.as_bytes()).map(Self::Md5),
            _ => None,
        };
        hash.ok_or(InvalidHash)
    }
}

/// Computes a hash from bytes as they come.
#[derive(Clone, Debug)]
pub enum Digester {
    /// SHA-256.
    Sha256(Sha256),
    /// MD5.
    Md5(Md5),
}

impl Digester {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha256(state) => state.update(bytes),
            Self::Md5(state) => state.update(bytes),
        }
    }

    /// The hash of all bytes.
    pub fn finish(self) -> ContentHash {
        match self {
            Self::Sha256(state) => ContentHash::Sha256(state.finalize().into()),
            Self::Md5(state) => ContentHash::Md5(state.finalize().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const EMPTY_MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";

    fn parse(text: &str) -> Result<ContentHash, InvalidHash> {
        text.parse()
    }

    #[test]
    fn mentions_are_found_in_every_spelling() {
        let sha = ContentHash::Sha256([0xAB; 32]);
        let md5 = ContentHash::Md5([0xCD; 16]);
        let texts = [
            format!(r#"["{sha}", "{md5}"]"#),
            format!("{} {}", sha.hex().to_uppercase(), md5.hex()),
            format!(r#"[" sha256:{} ",{{"x":"{md5}"}}]"#, sha.hex()),
            format!(r#"["\f{}"] {}"#, sha.hex(), md5.hex()),
        ];
        for text in texts {
            let mut found = Vec::new();
            ContentHash::mentioned_in(&text, &mut found);
            assert!(
                found.contains(&sha) && found.contains(&md5),
                "{text}: {found:?}"
            );
        }
        let mut found = Vec::new();
        ContentHash::mentioned_in("[] \u{e9} deadbeef", &mut found);
        assert_eq!(found, []);
    }

    #[test]
    fn the_four_forms_are_read_in_any_case() {
        let sha256 = parse(EMPTY).expect("bare");
        assert_eq!(
            parse(&format!(" SHA256:{} ", EMPTY.to_uppercase())),
            Ok(sha256)
        );
        assert_eq!(sha256.to_string(), format!("sha256:{EMPTY}"));
        assert_eq!(sha256.file_name(), format!("sha256_{EMPTY}"));
        let md5 = parse(EMPTY_MD5).expect("bare");
        assert_eq!(parse(&format!("md5:{EMPTY_MD5}")), Ok(md5));
        assert_eq!(md5.file_name(), format!("md5_{EMPTY_MD5}"));
    }

    #[test]
    fn anything_else_is_no_hash() {
        let swapped = format!("md5:{EMPTY}");
        let short = &EMPTY[1..];
        let wide = format!("{}é", &EMPTY[..62]);
        let path = format!("../{}", &EMPTY[3..]);
        let odd = format!("sha256:{}/", &EMPTY[1..]);
        let unknown = format!("sha1:{EMPTY}");
        for text in [
            "", "zzz", ":", "sha256:", &swapped, short, &wide, &path, &odd, &unknown,
        ] {
            assert_eq!(parse(text), Err(InvalidHash), "{text}");
        }
    }

    #[test]
    fn digesters_give_the_hash_of_their_algorithm() {
        for text in [EMPTY, EMPTY_MD5] {
            let hash = parse(text).expect("a hash");
            assert_eq!(hash.digester().finish(), hash);
            let mut other = hash.digester();
            other.update(b"x");
            assert_ne!(other.finish(), hash);
        }
    }

    #[test]
    fn a_digest_tells_its_algorithm_by_its_length() {
        let hash = parse(EMPTY_MD5).expect("a hash");
        assert_eq!(ContentHash::of_digest(hash.digest()), Some(hash));
        assert_eq!(ContentHash::of_digest(&[0; 20]), None);
    }
}
