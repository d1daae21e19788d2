//! Passwords made of words from around a person: their address and name, the deployment's own words,
//! this product's. Whoever guesses knows them (OWASP ASVS 5.0, 6.1.2 and 6.2.11).

use std::cmp::Reverse;

/// This product's own words.
const OURS: [&str; 2] = ["or3", "chat"];

/// Shorter ones are no words.
const SHORTEST_WORD: usize = 3;

/// How many characters there must be besides the words: more than a year.
const BESIDES: usize = 5;

/// Whether hardly anything is left of `password` without the words of `texts`, whatever the case:
/// `Lovelace2!` of Ada Lovelace. Texts are cut into words at everything that is no letter or digit.
pub(super) fn is_made_of<'a>(password: &str, texts: impl Iterator<Item = &'a str>) -> bool {
    let words = texts.chain(OURS).flat_map(words);
    let mut words: Vec<String> = words.map(str::to_lowercase).collect();
    words.sort_by_key(|word| Reverse(word.len()));
    let whole = password.to_lowercase();
    let rest = words
        .iter()
        .fold(whole.clone(), |rest, word| rest.replace(word.as_str(), ""));
    rest != whole && rest.chars().count() < BESIDES
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= SHORTEST_WORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    const AROUND: [&str; 4] = [
        "ada.lovelace@engine.example",
        "Ada Lovelace",
        "Acme",
        "B\u{fc}ro",
    ];

    fn made_of(password: &str) -> bool {
        is_made_of(password, AROUND.into_iter())
    }

    #[test]
    fn a_word_with_a_few_characters_around_it_is_made_of_it() {
        for password in [
            "Lovelace2!",
            "adalovelace1",
            "ada.lovelace",
            "2acmeACME026",
            "AcmeEngine",
            "b\u{dc}ROb\u{fc}ro1",
            "or3chat!",
        ] {
            assert!(made_of(password), "{password}");
        }
    }

    #[test]
    fn a_password_that_only_holds_a_word_is_not() {
        for password in [
            "acme has 4 letters",
            "canada maple",
            "lovelace-9f2k",
            "hunter2hunter2",
            "\u{1f600}\u{1f600}\u{1f600}\u{1f600}",
        ] {
            assert!(!made_of(password), "{password}");
        }
    }
}
