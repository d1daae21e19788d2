//! Passwords that everybody tries first: lists of leaked ones start with them, whatever else they
//! hold. They are refused for new passwords; whoever has one keeps it until they change it.

/// One password a line, sorted, in lower case, none shorter than a new password may be.
const LIST: &str = include_str!("common_passwords.txt");

/// Whether `password` is among the first that anybody would try: on the list in any case, or one
/// character, or one step up or down the code points, over and over.
pub(super) fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    is_run(&lower) || LIST.lines().any(|common| common == lower)
}

fn is_run(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let mut steps = codes.windows(2).map(|pair| pair[1] - pair[0]);
    let first = steps.next().unwrap_or_default();
    first.abs() <= 1 && steps.all(|step| step == first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::password::MIN_NEW_UNITS;

    #[test]
    fn the_list_is_sorted_without_repetition_and_can_match() {
        let lines: Vec<_> = LIST.lines().collect();
        assert!(lines.is_sorted_by(|a, b| a < b));
        for line in lines {
            assert!(line.encode_utf16().count() >= MIN_NEW_UNITS, "{line}");
            assert_eq!(line, line.to_lowercase());
        }
    }

    #[test]
    fn what_everybody_tries_is_common_in_any_case() {
        for password in [
            "password",
            "PassWord1",
            "qwertyuiop",
            "12345678",
            "zzzzzzzz",
            "87654321",
        ] {
            assert!(is_common(password), "{password}");
        }
        for password in [
            "hunter2hunter2",
            "correct horse battery",
            "newpassword1",
            "12345679",
        ] {
            assert!(!is_common(password), "{password}");
        }
    }
}
