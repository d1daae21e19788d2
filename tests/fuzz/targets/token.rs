//! Tokens: nothing that this deployment did not sign is ever believed.
//!
//! The first byte of the input says which token of ours is taken, the rest is laid over it, so
//! that the fuzzer meets signatures, headers and claims that are almost right; and the input by
//! itself is read as a token too.

#![no_main]

use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use or3_domain::auth::{Account, Tokens};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{AccountId, SessionId};

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

static TOKENS: LazyLock<Tokens> = LazyLock::new(|| {
    let minute = Duration::from_secs(60);
    Tokens::new(("access secret", minute), ("refresh secret", minute))
});

/// An access token and a refresh token of ours.
static OURS: LazyLock<[String; 2]> = LazyLock::new(|| {
    let account = Account {
        id: AccountId::new("account"),
        email: "a@example.com".to_owned(),
        display_name: None,
        token_version: 0,
    };
    let session = SessionId::new("session");
    let refresh = (&account.id, 0);
    [
        TOKENS.mint_access(&account, &session, NOW, NOW),
        TOKENS.mint_refresh(refresh, &session, "jti".to_owned(), NOW, NOW),
    ]
});

fuzz_target!(|input: &[u8]| {
    judge(&String::from_utf8_lossy(input));
    if let [which, overlay @ ..] = input {
        let mut token = OURS[usize::from(which & 1)].clone().into_bytes();
        let start = usize::from(*which >> 1) % token.len();
        for (byte, other) in token[start..].iter_mut().zip(overlay) {
            *byte ^= other;
        }
        judge(&String::from_utf8_lossy(&token));
    }
});

fn judge(token: &str) {
    let [access, refresh] = &*OURS;
    if token != access {
        assert!(TOKENS.read_access(token, NOW).is_none(), "believed: {token}");
    }
    if token != refresh {
        assert!(TOKENS.read_refresh(token, NOW).is_none(), "believed: {token}");
    }
}
