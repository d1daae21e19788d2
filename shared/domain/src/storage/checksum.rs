//! Checksums of parts of uploads (tus 1.0, checksum extension).

use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512};

/// The algorithms that a part can be checked with, as the protocol names them. SHA-1 is the one
/// that every server must know; here it finds accidents, not attacks: the blob's own hash does
/// that.
pub const CHECKSUM_ALGORITHMS: [&str; 3] = ["sha1", "sha256", "sha512"];

/// What the bytes of a part must give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checksum {
    algorithm: Algorithm,
    wanted: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Algorithm {
    Sha1,
    Sha256,
    Sha512,
}

impl Algorithm {
    fn engine(self) -> &'static ring::digest::Algorithm {
        match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
            Self::Sha512 => &SHA512,
        }
    }
}

/// The text is no checksum of an algorithm that is known here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a checksum that can be checked")]
pub struct InvalidChecksum;

impl FromStr for Checksum {
    type Err = InvalidChecksum;

    /// The algorithm's name, one space, and the digest in Base64.
    fn from_str(text: &str) -> Result<Self, InvalidChecksum> {
        let (name, digest) = text.trim().split_once(' ').ok_or(InvalidChecksum)?;
        let algorithm = match name.to_ascii_lowercase().as_str() {
            "sha1" => Algorithm::Sha1,
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            _ => return Err(InvalidChecksum),
        };
        let wanted = STANDARD.decode(digest).map_err(|_| InvalidChecksum)?;
        if wanted.len() != algorithm.engine().output_len() {
            return Err(InvalidChecksum);
        }
        Ok(Self { algorithm, wanted })
    }
}

impl Checksum {
    /// Starts checking.
    pub fn check(self) -> ChecksumCheck {
        ChecksumCheck {
            context: Context::new(self.algorithm.engine()),
            wanted: self.wanted,
        }
    }
}

/// Checks bytes as they come.
#[derive(Clone)]
pub struct ChecksumCheck {
    context: Context,
    wanted: Vec<u8>,
}

impl ChecksumCheck {
    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// Whether all bytes together give what was wanted.
    pub fn holds(self) -> bool {
        self.context.finish().as_ref() == self.wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The checksum that the protocol's own text uses.
    const HELLO: &str = "sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=";

    fn holds(text: &str, bytes: &[u8]) -> bool {
        let checksum: Checksum = text.parse().expect("a checksum");
        let mut check = checksum.check();
        for piece in bytes.chunks(3) {
            check.update(piece);
        }
        check.holds()
    }

    #[test]
    fn every_algorithm_finds_a_changed_byte() {
        let sha256 = "SHA256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=";
        let sha512 = "sha512 MJ7MSJwS1utMxA9QyQLytNDtd+5RGnx6m808qG1M2G+YndNbxf9JlnDaNCVbRbDP2DDoH2Bdz33FVC6TrpzXbw==";
        for checksum in [HELLO, sha256, sha512] {
            assert!(holds(checksum, b"hello world"), "{checksum}");
            assert!(!holds(checksum, b"hello worlD"), "{checksum}");
        }
    }

    #[test]
    fn what_cannot_be_checked_is_refused() {
        for text in [
            "",
            "sha1",
            "sha1 ",
            "sha1 Kq5sNclPz7QV2",
            "sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
            "crc32 AAAAAA==",
            "sha1  Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
        ] {
            assert_eq!(text.parse::<Checksum>(), Err(InvalidChecksum), "{text:?}");
        }
    }
}
