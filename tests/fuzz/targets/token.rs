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
use or3_domain::ids::{AccountId, SessionId, UserId, WorkspaceId};
use or3_domain::invite::{InviteClaims, InviteKey};
use or3_domain::storage::{BlobKey, ContentHash, Grant, UploadGrant, UrlTokens};

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

static TOKENS: LazyLock<Tokens> = LazyLock::new(|| {
    let minute = Duration::from_secs(60);
    Tokens::new(("access secret", minute), ("refresh secret", minute))
});

static URLS: LazyLock<UrlTokens> =
    LazyLock::new(|| UrlTokens::new("url secret", Duration::from_secs(60)));

static INVITES: LazyLock<InviteKey> = LazyLock::new(|| InviteKey::new("invite secret"));

/// An access token, a refresh token, the token of a URL, and an invite, all of them ours.
static OURS: LazyLock<[String; 4]> = LazyLock::new(|| {
    let account = Account {
        id: AccountId::new("account"),
        email: "a@example.com".to_owned(),
        display_name: None,
        token_version: 0,
    };
    let session = SessionId::new("session");
    let refresh = (&account.id, 0);
    let (url, _) = URLS.issue(&Grant::Upload(upload()), NOW).expect("a token");
    [
        TOKENS.mint_access(&account, &session, NOW, NOW),
        TOKENS.mint_refresh(refresh, &session, "jti".to_owned(), NOW, NOW),
        url,
        INVITES.sign(&InviteClaims {
            workspace_id: WorkspaceId::new("workspace"),
            email: account.email,
            exp: NOW.seconds() + 60,
        }),
    ]
});

fn upload() -> UploadGrant {
    let hash = ContentHash::Sha256([0x5a; 32]);
    UploadGrant {
        user: UserId::new("user"),
        key: BlobKey::new(&WorkspaceId::new("workspace"), hash).expect("a plain id"),
        hash_as_sent: hash.to_string(),
        size_bytes: 1,
        mime_type: "image/png".to_owned(),
    }
}

fuzz_target!(|input: &[u8]| {
    judge(&String::from_utf8_lossy(input));
    if let [which, overlay @ ..] = input {
        let mut token = OURS[usize::from(which & 3)].clone().into_bytes();
        let start = usize::from(*which >> 2) % token.len();
        for (byte, other) in token[start..].iter_mut().zip(overlay) {
            *byte ^= other;
        }
        judge(&String::from_utf8_lossy(&token));
    }
});

fn judge(token: &str) {
    let believed = [
        TOKENS.read_access(token, NOW).is_some(),
        TOKENS.read_refresh(token, NOW).is_some(),
        URLS.read(token, NOW).is_some(),
        INVITES.read(token, NOW).is_some(),
    ];
    for (ours, believed) in OURS.iter().zip(believed) {
        assert_eq!(believed, token == ours, "{token}");
    }
}
