//! What clients write about files: ranges, entity tags, hashes, ids, names, announcements. Whatever
//! comes in, a range lies within the file, a tag is only found where it stands, and nothing becomes
//! part of a path but plain characters.
//!
//! The first eight bytes of the input are the size of a file, the rest is every text in turn.

#![no_main]

use http::header::{HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, IF_RANGE, RANGE};
use libfuzzer_sys::fuzz_target;
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::filename::sanitized;
use or3_domain::storage::{Announcement, BlobKey, Checksum, ContentHash, PartialId};
use or3_http::conditions;
use or3_http::range::{Part, part};

#[allow(dead_code)]
#[path = "../../../functions/uploads/src/protocol.rs"]
mod protocol;

const HASH: ContentHash = ContentHash::Md5([0x5a; 16]);

fuzz_target!(|input: &[u8]| {
    let (size, text) = input.split_at(input.len().min(8));
    let size = size
        .iter()
        .fold(0, |size, byte| size << 8 | u64::from(*byte));
    let text = String::from_utf8_lossy(text);
    range(&text, size);
    range(&format!("bytes={text}"), size);
    tags(&text);
    hash(&text);
    workspace(&text);
    upload(&text);
    name(&text);
    number(&text);
    // Nothing to compare with: they must only end.
    let _checksum = text.parse::<Checksum>();
    let _announcement = text.parse::<Announcement>();
});

fn range(text: &str, size: u64) {
    if let Part::Bytes(range) = part(text, size) {
        assert!(range.start < range.end && range.end <= size, "{text}");
    }
}

fn tags(text: &str) {
    let tag = conditions::entity_tag(&HASH);
    let Ok(value) = HeaderValue::from_str(text) else {
        return;
    };
    let held = |name: HeaderName| HeaderMap::from_iter([(name, value.clone())]);
    if conditions::has_it(&held(IF_NONE_MATCH), &tag) {
        assert!(text.contains(&tag) || text.contains('*'), "{text}");
    }
    let mut headers = held(IF_RANGE);
    headers.insert(RANGE, HeaderValue::from_static("bytes=0-0"));
    let asked = conditions::range(&headers, &tag);
    assert_eq!(asked.is_some(), text == tag, "{text}");
}

/// Sizes and offsets of uploads are digits and nothing else.
fn number(text: &str) {
    let Ok(value) = HeaderValue::from_str(text) else {
        return;
    };
    let headers = HeaderMap::from_iter([(protocol::OFFSET, value)]);
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = protocol::bytes(&headers, &protocol::OFFSET);
    assert_eq!(number, text.parse().ok().filter(|_| digits), "{text}");
}

fn hash(text: &str) {
    let Ok(hash) = text.parse::<ContentHash>() else {
        return;
    };
    assert_eq!(hash.to_string().parse(), Ok(hash));
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    assert!(hash.file_name().bytes().all(plain), "{text}");
}

fn workspace(text: &str) {
    if BlobKey::new(&WorkspaceId::new(text), HASH).is_ok() {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        assert!((1..=128).contains(&text.len()) && text.chars().all(plain));
    }
}

fn upload(text: &str) {
    if let Ok(id) = text.parse::<PartialId>() {
        assert_eq!(id.to_string(), text);
        let plain = |byte: u8| byte.is_ascii_hexdigit() || byte == b'-';
        assert!(text.bytes().all(plain), "{text}");
    }
}

fn name(text: &str) {
    let name = sanitized(text);
    let odd = |c: char| c.is_ascii_control() || c == '/' || c == '\\';
    assert!(!name.is_empty() && !name.contains(odd), "{name:?}");
    assert!(name.chars().count() <= 180 && name != "." && name != "..");
}
