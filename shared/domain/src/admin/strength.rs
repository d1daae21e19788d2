//! What the super admin's password must be (auth contract, 3.5).

/// The shortest, in UTF-16 units as JavaScript counts them.
const SHORTEST: usize = 12;

/// What `password` lacks, in the contract's words and order; nothing when it is strong enough.
/// Classes are those of ASCII.
pub(super) fn lacking(password: &str) -> Vec<&'static str> {
    let has = |class: fn(&char) -> bool| password.chars().any(|c| class(&c));
    [
        (
            password.encode_utf16().count() >= SHORTEST,
            "Password must be at least 12 characters long",
        ),
        (
            has(char::is_ascii_uppercase),
            "Password must contain at least one uppercase letter",
        ),
        (
            has(char::is_ascii_lowercase),
            "Password must contain at least one lowercase letter",
        ),
        (
            has(char::is_ascii_digit),
            "Password must contain at least one number",
        ),
    ]
    .into_iter()
    .filter_map(|(met, text)| (!met).then_some(text))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_password_of_an_administrator_hears_everything_that_it_lacks() {
        assert_eq!(lacking("Correct Horse 1"), Vec::<&str>::new());
        assert_eq!(lacking("").len(), 4);
        assert_eq!(
            lacking("short1"),
            [
                "Password must be at least 12 characters long",
                "Password must contain at least one uppercase letter",
            ]
        );
        assert_eq!(
            lacking("CORRECT HORSE"),
            [
                "Password must contain at least one lowercase letter",
                "Password must contain at least one number",
            ]
        );
        let other_letters = lacking(
            "\u{c4}\u{e4}\u{663}\u{663}\u{663}\u{663}\u{663}\u{663}\u{663}\u{663}\u{663}\u{663}",
        );
        assert_eq!(other_letters.len(), 3);
    }
}
