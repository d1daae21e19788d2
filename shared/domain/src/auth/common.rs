//! Passwords that everybody tries first: lists of leaked ones start with them, whatever else they
//! hold. They are refused for new passwords; whoever has one keeps it until they change it.
//!
//! The list joins, of those with eight characters or more, the first 3000 of the list that Django
//! ships (`contrib/auth/common-passwords.txt.gz` of 5.2, in order of frequency; compiled by Royce
//! Williams; BSD-3-Clause), the first 1000 of `@zxcvbn-ts/language-common` 4.1 (MIT, copyright
//! Dan Wheeler and Dropbox, and zxcvbn-ts), and some that are newer than both. OWASP ASVS 5.0, 6.2.4
//! asks for 3000.

use std::cmp::Ordering;

/// One password a line, sorted by bytes, in lower case, none shorter than a new password may be.
const LIST: &str = include_str!("common_passwords.txt");

/// Whether `password` is among the first that anybody would try: on the list in any case, or one
/// character, or one step up or down the code points, over and over.
pub(super) fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    is_run(&lower) || has_line(LIST.as_bytes(), lower.as_bytes())
}

/// Whether `line` is a line of `list`, which is sorted: halves the list where it lies, so that
/// nothing is built from it at a start.
fn has_line(list: &[u8], line: &[u8]) -> bool {
    let (mut low, mut high) = (0, list.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let before = list[low..middle].iter().rposition(|byte| *byte == b'\n');
        let start = before.map_or(low, |newline| low + newline + 1);
        let length = list[start..high].iter().position(|byte| *byte == b'\n');
        let end = length.map_or(high, |length| start + length);
        match list[start..end].cmp(line) {
            Ordering::Equal => return true,
            Ordering::Less => low = end + 1,
            Ordering::Greater => high = start,
        }
    }
    false
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
    fn the_list_holds_3000_that_can_match_sorted_without_repetition() {
        let lines: Vec<_> = LIST.lines().collect();
        assert!(lines.len() >= 3000, "{}", lines.len());
        assert!(lines.is_sorted_by(|a, b| a < b));
        for line in lines {
            assert!(line.encode_utf16().count() >= MIN_NEW_UNITS, "{line}");
            assert_eq!(line, line.to_lowercase());
        }
    }

    #[test]
    fn every_line_is_found_and_nothing_between_the_lines() {
        for line in LIST.lines() {
            assert!(has_line(LIST.as_bytes(), line.as_bytes()), "{line}");
            let (shorter, longer) = (&line.as_bytes()[1..], format!("{line}\n"));
            let listed = LIST.lines().any(|other| other.as_bytes() == shorter);
            assert_eq!(has_line(LIST.as_bytes(), shorter), listed, "{line}");
            assert!(!has_line(LIST.as_bytes(), longer.as_bytes()), "{line}");
        }
        for odd in ["", "\n", "\u{10ffff}"] {
            assert!(!has_line(LIST.as_bytes(), odd.as_bytes()));
            assert!(!has_line(b"", odd.as_bytes()));
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
            "92746105",
        ] {
            assert!(!is_common(password), "{password}");
        }
    }
}
