//! What every answer carries, success or error (auth contract, 1.2 and 12.3).

/// What browsers must not do with an answer.
pub const PROTECTION: [(&str, &str); 4] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    (
        "content-security-policy",
        "script-src 'none'; frame-ancestors 'none';",
    ),
];
