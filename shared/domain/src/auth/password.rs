//! Passwords: their limits, and what a stored hash says of one (auth contract, 6.1 and 6.2).

use super::{common, surroundings};
use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;

/// The longest password, in UTF-16 units as JavaScript counts them.
pub const MAX_UNITS: usize = 512;
/// The shortest new password, in UTF-16 units.
pub const MIN_NEW_UNITS: usize = 8;

/// Whether `text` can be a password that somebody already has; short ones from older systems can.
pub fn is_possible(text: &str) -> bool {
    (1..=MAX_UNITS).contains(&units(text))
}

/// Whether `text` is long enough and short enough for a new password. Nothing is trimmed,
/// normalized or required beyond that.
pub fn is_long_enough(text: &str) -> bool {
    (MIN_NEW_UNITS..=MAX_UNITS).contains(&units(text))
}

/// Whether `text` is among the first passwords that anybody would try for a person: one that
/// everybody tries, or hardly more than the words of `around`, which are texts that have to do with
/// the person and the place.
pub fn is_guessable<'a>(text: &str, around: impl Iterator<Item = &'a str>) -> bool {
    common::is_common(text) || surroundings::is_made_of(text, around)
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// How expensive an argon2id hash is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
}

/// What a hash says of a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another one, or the hash cannot be read.
    Wrong,
    /// It is this one.
    Right {
        /// The hash is of an older kind or cheaper than today's and should be renewed.
        outdated: bool,
    },
}

/// A password could not be hashed: memory was refused, or the cost is impossible.
#[derive(Debug, thiserror::Error)]
#[error("a password could not be hashed: {0}")]
pub struct HashError(pub(crate) String);

impl HashError {
    pub(crate) fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// The memory that hashes are made in. It is taken from the system once and grows to what the
/// dearest hash needs: fresh memory for every hash would cost a quarter of its time in page faults.
#[derive(Default)]
pub struct HashMemory {
    blocks: Vec<Block>,
}

impl HashMemory {
    fn for_cost(&mut self, params: &Params) -> Result<&mut [Block], HashError> {
        let missing = params.block_count().saturating_sub(self.blocks.len());
        self.blocks
            .try_reserve_exact(missing)
            .map_err(HashError::of)?;
        self.blocks
            .resize(self.blocks.len() + missing, Block::default());
        Ok(&mut self.blocks)
    }
}

impl HashCost {
    /// The argon2id hash of `password` as a PHC string.
    pub fn hash(
        self,
        password: &str,
        salt: &[u8; 16],
        memory: &mut HashMemory,
    ) -> Result<String, HashError> {
        let params = self.params().map_err(HashError::of)?;
        let mut out = [0; Params::DEFAULT_OUTPUT_LEN];
        let blocks = memory.for_cost(&params)?;
        let phc_params = (&params).try_into().map_err(HashError::of)?;
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into_with_memory(password.as_bytes(), salt, &mut out, blocks)
            .map_err(HashError::of)?;
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: phc_params,
            salt: Some(Salt::new(salt).map_err(HashError::of)?),
            hash: Some(Output::new(&out).map_err(HashError::of)?),
        };
        Ok(hash.to_string())
    }

    /// What `stored` says of `password`: an argon2 PHC string, or the bcrypt hash of an existing
    /// OR3 database, which looks at the first 72 bytes only.
    ///
    /// # Errors
    ///
    /// When memory is refused: then nothing is known of the password.
    pub fn verify(
        self,
        password: &str,
        stored: &str,
        memory: &mut HashMemory,
    ) -> Result<Verdict, HashError> {
        if stored.starts_with("$2") {
            return Ok(match bcrypt::verify(password, stored) {
                Ok(true) => Verdict::Right { outdated: true },
                Ok(false) | Err(_) => Verdict::Wrong,
            });
        }
        let Some(stored) = Stored::read(stored) else {
            return Ok(Verdict::Wrong);
        };
        let outdated = self.is_above(&stored);
        let verdict = if stored.fits(password, memory)? {
            Verdict::Right { outdated }
        } else {
            Verdict::Wrong
        };
        Ok(verdict)
    }

    /// A hash that costs as much as any to verify and that no password has: for addresses that
    /// nobody registered (auth contract, 6.2).
    pub fn decoy(self) -> String {
        let Self { memory_kib, passes } = self;
        format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p=1$\
             bm9ib2R5J3Mgc2FsdCEhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        )
    }

    fn is_above(self, stored: &Stored) -> bool {
        let enough =
            stored.params.m_cost() >= self.memory_kib && stored.params.t_cost() >= self.passes;
        !(stored.algorithm == Algorithm::Argon2id && enough)
    }

    fn params(self) -> Result<Params, argon2::Error> {
        Params::new(self.memory_kib, self.passes, 1, None)
    }
}

/// An argon2 PHC string, taken apart.
struct Stored {
    algorithm: Algorithm,
    version: Version,
    params: Params,
    salt: Salt,
    output: Output,
}

impl Stored {
    fn read(text: &str) -> Option<Self> {
        let hash = PasswordHash::new(text).ok()?;
        Some(Self {
            algorithm: hash.algorithm.as_str().try_into().ok()?,
            version: hash
                .version
                .map_or(Ok(Version::default()), Version::try_from)
                .ok()?,
            params: Params::try_from(&hash).ok()?,
            salt: hash.salt?,
            output: hash.hash?,
        })
    }

    fn fits(self, password: &str, memory: &mut HashMemory) -> Result<bool, HashError> {
        let mut out = vec![0; self.output.len()];
        let blocks = memory.for_cost(&self.params)?;
        Argon2::new(self.algorithm, self.version, self.params)
            .hash_password_into_with_memory(password.as_bytes(), &self.salt, &mut out, blocks)
            .map_err(HashError::of)?;
        Ok(out.ct_eq(self.output.as_bytes()).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHEAP: HashCost = HashCost {
        memory_kib: 64,
        passes: 1,
    };

    fn hashed(cost: HashCost, password: &str) -> String {
        let hash = cost.hash(password, &[7; 16], &mut HashMemory::default());
        hash.expect("a hash")
    }

    fn verdict(cost: HashCost, password: &str, stored: &str) -> Verdict {
        let verdict = cost.verify(password, stored, &mut HashMemory::default());
        verdict.expect("memory")
    }

    #[test]
    fn limits_count_utf16_units() {
        assert!(!is_possible(""));
        assert!(is_possible("x"));
        assert!(!is_long_enough("sieben7"));
        assert!(is_long_enough("\u{1f511}\u{1f511}\u{1f511}\u{1f511}"));
        assert!(is_long_enough(&"x".repeat(512)));
        assert!(!is_long_enough(&"x".repeat(513)));
        assert!(!is_possible(&"\u{1f511}".repeat(257)));
    }

    #[test]
    fn only_the_password_that_was_hashed_verifies() {
        let hash = hashed(CHEAP, "correct horse");
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert_eq!(
            verdict(CHEAP, "correct horse", &hash),
            Verdict::Right { outdated: false }
        );
        assert_eq!(verdict(CHEAP, "correct hors", &hash), Verdict::Wrong);
        assert_eq!(verdict(CHEAP, "", &hash), Verdict::Wrong);
    }

    #[test]
    fn a_cheaper_hash_still_verifies_and_asks_to_be_renewed() {
        let hash = hashed(CHEAP, "correct horse");
        let dearer = HashCost {
            memory_kib: 128,
            passes: 1,
        };
        let outdated = Verdict::Right { outdated: true };
        assert_eq!(verdict(dearer, "correct horse", &hash), outdated);
        let more = HashCost { passes: 2, ..CHEAP };
        assert_eq!(verdict(more, "correct horse", &hash), outdated);
    }

    #[test]
    fn bcrypt_hashes_of_every_prefix_verify_and_ask_to_be_renewed() {
        let hash = bcrypt::hash_with_salt("pass\0word", 4, [3; 16]).expect("a hash");
        for version in [
            bcrypt::Version::TwoA,
            bcrypt::Version::TwoB,
            bcrypt::Version::TwoY,
        ] {
            let stored = hash.format_for_version(version);
            assert_eq!(
                verdict(CHEAP, "pass\0word", &stored),
                Verdict::Right { outdated: true }
            );
            assert_eq!(verdict(CHEAP, "pass", &stored), Verdict::Wrong);
        }
    }

    #[test]
    fn bcrypt_looks_at_72_bytes_only() {
        let hash = bcrypt::hash_with_salt("x".repeat(80), 4, [3; 16]).expect("a hash");
        let stored = hash.format_for_version(bcrypt::Version::TwoB);
        let right = Verdict::Right { outdated: true };
        assert_eq!(verdict(CHEAP, &"x".repeat(72), &stored), right);
        assert_eq!(verdict(CHEAP, &"x".repeat(71), &stored), Verdict::Wrong);
    }

    #[test]
    fn unreadable_hashes_and_the_decoy_fit_no_password() {
        for stored in ["", "$2b$", "$argon2id$", "plain", "$2b$12$short"] {
            assert_eq!(verdict(CHEAP, "x", stored), Verdict::Wrong, "{stored}");
        }
        let decoy = CHEAP.decoy();
        assert!(PasswordHash::new(&decoy).is_ok());
        assert_eq!(verdict(CHEAP, "", &decoy), Verdict::Wrong);
    }
}
