//! One spelling of members: `snake_case` (sync contract, 5.4).

use std::borrow::Cow;
use std::collections::HashMap;

use crate::sync::json::Json;

/// A compact payload as it is, repeated top-level names aside: what deletes carry.
pub(in crate::sync) fn keep(payload: String) -> String {
    rebuild(payload, |_| None)
}

/// A compact payload with its top-level names folded to `snake_case`: `postType` becomes `post_type`.
/// A member that is already there in `snake_case` wins over one that folds to its name. Nested
/// objects are left alone.
pub(in crate::sync) fn fold(payload: String) -> String {
    rebuild(payload, folded)
}

/// The folded form of a quoted name with capital letters. Escapes of the compact form have none.
fn folded(name: &str) -> Option<String> {
    if !name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut snake = String::with_capacity(name.len() + 2);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(c.to_ascii_lowercase());
    }
    Some(snake)
}

/// One member under its final name, which stays quoted: in the compact form a name has one
/// spelling, and half a surrogate pair in it could not be decoded and written again.
struct Member<'a> {
    name: Cow<'a, str>,
    value: &'a str,
    folded: bool,
}

fn rebuild(payload: String, fold: impl Fn(&str) -> Option<String>) -> String {
    let value = Json::trusted(&payload);
    let mut members: Vec<Member<'_>> = Vec::new();
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut changed = false;
    for (name, value) in value.members() {
        let snake = fold(name.text());
        let folded = snake.is_some();
        let name = snake.map_or(Cow::Borrowed(name.text()), Cow::Owned);
        let place = places.get(&name).copied();
        changed |= folded || place.is_some();
        let member = Member {
            name: name.clone(),
            value: value.text(),
            folded,
        };
        match place {
            // A name in snake_case beats a folded one; of the same kind the last one counts.
            Some(place) if members[place].folded || !folded => members[place] = member,
            Some(_) => {}
            None => {
                places.insert(name, members.len());
                members.push(member);
            }
        }
    }
    let text = changed.then(|| written(&members));
    drop(members);
    drop(places);
    text.unwrap_or(payload)
}

fn written(members: &[Member<'_>]) -> String {
    let mut text = String::from("{");
    for member in members {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&member.name);
        text.push(':');
        text.push_str(member.value);
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use super::super::super::json::compact;
    use super::*;

    fn folded(text: &str) -> String {
        fold(compact(Json::parse(text.as_bytes()).expect("valid JSON")).text)
    }

    #[test]
    fn every_capital_letter_becomes_an_underscore_and_its_small_form() {
        assert_eq!(
            folded(r#"{"postType":1,"threadID":2,"Id":3,"Äb":4}"#),
            r#"{"post_type":1,"thread_i_d":2,"_id":3,"Äb":4}"#
        );
    }

    #[test]
    fn snake_case_wins_whichever_comes_first() {
        assert_eq!(
            folded(r#"{"postType":1,"post_type":2}"#),
            r#"{"post_type":2}"#
        );
        assert_eq!(
            folded(r#"{"post_type":2,"postType":1}"#),
            r#"{"post_type":2}"#
        );
    }

    #[test]
    fn nested_names_and_values_are_left_alone() {
        let text = r#"{"meta":{"postType":1},"content":"{\"postType\":1}"}"#;
        assert_eq!(folded(text), text);
    }

    #[test]
    fn of_repeated_names_the_last_one_is_left() {
        assert_eq!(folded(r#"{"a":1,"b":2,"\u0061":3}"#), r#"{"a":3,"b":2}"#);
        let kept = keep(r#"{"postType":1,"a":1,"a":2}"#.to_owned());
        assert_eq!(kept, r#"{"postType":1,"a":2}"#);
    }

    #[test]
    fn names_that_are_half_a_surrogate_pair_stay_what_they_are() {
        let text = r#"{"\ud83d":1,"\ud83e":2,"aB":3,"x\ud83dY":4}"#;
        assert_eq!(
            folded(text),
            r#"{"\ud83d":1,"\ud83e":2,"a_b":3,"x\ud83d_y":4}"#
        );
        assert_eq!(keep(text.to_owned()), text);
    }
}
