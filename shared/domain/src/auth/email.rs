//! Addresses: which are accepted, and their one spelling (auth contract, 3.2).

use std::fmt;

/// The longest address, in UTF-16 units (all accepted characters are ASCII).
const MAX_UNITS: usize = 320;

/// A valid address in its normal form: lower case.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Email(String);

impl Email {
    /// Reads an address as a client sends it; surrounding blanks make it invalid.
    pub fn parse(text: &str) -> Option<Self> {
        is_valid(text).then(|| Self(text.to_ascii_lowercase()))
    }

    /// The normal form of an address that is compared but was never checked: an environment
    /// variable, a row of an older database, an invite.
    pub fn normalized(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    /// The address in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Logs must not show addresses.
impl fmt::Debug for Email {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Email(******)")
    }
}

fn is_valid(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    text.len() <= MAX_UNITS && is_local_part(local) && is_domain(domain)
}

fn is_local_part(local: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || "_+-".contains(c);
    !local.starts_with('.')
        && !local.contains("..")
        && local.chars().all(|c| word(c) || c == '\'' || c == '.')
        && local.ends_with(word)
}

/// At least two labels; the last one of two or more letters.
fn is_domain(domain: &str) -> bool {
    let Some((labels, last)) = domain.rsplit_once('.') else {
        return false;
    };
    let label = |label: &str| {
        label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    labels.split('.').all(label) && last.len() >= 2 && last.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_addresses_are_accepted_in_lower_case() {
        for text in [
            "a@b.co",
            "O'Neil+tag_1-x@sub-1.Example.TEST",
            "a.b.c-@x1.y2.zz",
        ] {
            let email = Email::parse(text).expect(text);
            assert_eq!(email.as_str(), text.to_ascii_lowercase());
        }
    }

    #[test]
    fn everything_else_is_refused() {
        let long = format!("{}@example.com", "a".repeat(309));
        for text in [
            "",
            "a",
            "@b.co",
            "a@",
            "a@b",
            "a@b.c",
            ".a@b.co",
            "a.@b.co",
            "a..b@c.de",
            "a'@b.co",
            " a@b.co",
            "a@b.co ",
            "a@b..co",
            "a@-b.co",
            "a@b.c0",
            "a@b.co.",
            "a@@b.co",
            "\"a\"@b.co",
            "a@[127.0.0.1]",
            "ä@b.co",
            "a@bü.de",
            "a b@c.de",
            long.as_str(),
        ] {
            assert!(Email::parse(text).is_none(), "{text}");
        }
        assert!(Email::parse(&long[1..]).is_some());
    }
}
