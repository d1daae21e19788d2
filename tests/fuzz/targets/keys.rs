//! What an identity provider publishes: whatever its document says, it is keys that verify something
//! or no keys, and a document that is not one is refused.

#![no_main]

use libfuzzer_sys::fuzz_target;
use or3_domain::auth::oidc::KeySet;

fuzz_target!(|input: &[u8]| {
    let Ok(keys) = KeySet::parse(input) else {
        return;
    };
    let text = String::from_utf8_lossy(input);
    assert!(text.contains("keys"), "{text}");
    for kid in ["", "1", "a key"] {
        if keys.find(kid).is_some() {
            assert!(text.contains("kid"), "{text}");
        }
    }
});
