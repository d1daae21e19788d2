//! One public key of the provider, and the one algorithm that it checks.

use std::fmt;

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};

/// The shortest RSA modulus that is trusted, in bits (RFC 7518, 3.3).
const MIN_RSA_BITS: usize = 2048;
/// The longest one: checking a signature must stay cheap.
const MAX_RSA_BITS: usize = 8192;
/// A coordinate of P-256, in bytes.
const COORDINATE: usize = 32;

/// A public key that checks signatures of one algorithm. Which one follows from the kind of key
/// and never from a token, so that no token can choose how it is checked (RFC 8725, 3.1).
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey(Kind);

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Rsa { modulus: Vec<u8>, exponent: Vec<u8> },
    P256 { point: Vec<u8> },
}

impl VerifyingKey {
    /// An RSA key from its numbers, big-endian; `None` for a modulus under 2048 bits or over 8192,
    /// and for an exponent that no serious key has (even, 1, or longer than 4 bytes).
    pub fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let (modulus, exponent) = (without_zeros(modulus), without_zeros(exponent));
        let bits = bits(modulus);
        let fits = (MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits);
        let odd = exponent.last().is_some_and(|last| last % 2 == 1);
        let usual = odd && exponent != [1] && exponent.len() <= 4;
        (fits && usual).then(|| {
            Self(Kind::Rsa {
                modulus: modulus.to_vec(),
                exponent: exponent.to_vec(),
            })
        })
    }

    /// A P-256 key from its coordinates of 32 bytes each. Whether the point is on the curve shows
    /// when a signature is checked: none is valid otherwise.
    pub fn p256(x: &[u8], y: &[u8]) -> Option<Self> {
        if x.len() != COORDINATE || y.len() != COORDINATE {
            return None;
        }
        // SEC 1, 2.3.3: 4 says that both coordinates follow.
        let point = [&[4], x, y].concat();
        Some(Self(Kind::P256 { point }))
    }

    /// The `alg` that tokens of this key carry.
    pub const fn algorithm(&self) -> &'static str {
        match self.0 {
            Kind::Rsa { .. } => "RS256",
            Kind::P256 { .. } => "ES256",
        }
    }

    /// Whether `signature` is this key's signature of `message`.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.0 {
            Kind::Rsa { modulus, exponent } => RsaPublicKeyComponents {
                n: modulus,
                e: exponent,
            }
            .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature),
            Kind::P256 { point } => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
        }
        .is_ok()
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "VerifyingKey({})", self.algorithm())
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    &number[zeros..]
}

/// The length of a number without leading zeros.
fn bits(number: &[u8]) -> usize {
    let first = number.first().map_or(0, |first| first.leading_zeros());
    number.len() * 8 - first as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rsa_key_needs_2048_bits_that_count() {
        let modulus = |first: u8, len: usize| [vec![first], vec![0xff; len - 1]].concat();
        let exponent = [1, 0, 1];
        assert!(VerifyingKey::rsa(&modulus(0x80, 256), &exponent).is_some());
        assert!(VerifyingKey::rsa(&modulus(0x7f, 256), &exponent).is_none());
        assert!(VerifyingKey::rsa(&modulus(0xff, 128), &exponent).is_none());
        let padded = [vec![0; 128], modulus(0xff, 128)].concat();
        assert!(VerifyingKey::rsa(&padded, &exponent).is_none());
        assert!(VerifyingKey::rsa(&modulus(0xff, 1025), &exponent).is_none());
        assert!(VerifyingKey::rsa(&[], &exponent).is_none());
    }

    #[test]
    fn an_exponent_must_be_an_ordinary_one() {
        let modulus = [0xff; 256];
        for good in [&[3][..], &[1, 0, 1], &[0, 1, 0, 1]] {
            assert!(VerifyingKey::rsa(&modulus, good).is_some(), "{good:?}");
        }
        for bad in [&[][..], &[0], &[1], &[2], &[1, 0, 0, 0, 1]] {
            assert!(VerifyingKey::rsa(&modulus, bad).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_point_has_two_coordinates_of_32_bytes() {
        assert!(VerifyingKey::p256(&[1; 32], &[1; 32]).is_some());
        assert!(VerifyingKey::p256(&[1; 31], &[1; 33]).is_none());
        let off_the_curve = VerifyingKey::p256(&[1; 32], &[1; 32]).expect("32 bytes");
        assert!(!off_the_curve.verifies(b"message", &[1; 64]));
    }
}
