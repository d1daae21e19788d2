//! A digest that is equal for equal JSON values: member order, repeated names and the spelling of
//! numbers play no part (sync contract, 7.2).

use std::borrow::Cow;
use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::scan::length_of_string;

/// The digest of a valid value in compact form. Depth costs memory, never stack.
pub fn digest(text: &str) -> [u8; 32] {
    let mut enclosing = Vec::new();
    let mut current = Container::Array(Vec::new());
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        let length = match byte {
            b'{' => {
                enclosing.push(std::mem::replace(&mut current, Container::object()));
                1
            }
            b'[' => {
                enclosing.push(std::mem::replace(
                    &mut current,
                    Container::Array(Vec::new()),
                ));
                1
            }
            b'}' | b']' => {
                // Valid text closes only what it opened.
                let outer = enclosing.pop().unwrap_or(Container::Array(Vec::new()));
                let inner = std::mem::replace(&mut current, outer);
                current.add(Cow::Owned(inner.close()));
                1
            }
            b',' | b':' => 1,
            b'"' => {
                let length = length_of_string(&text.as_bytes()[at..]);
                current.add(Cow::Borrowed(&text.as_bytes()[at..at + length]));
                length
            }
            _ => {
                let rest = &text[at..];
                let length = rest.find([',', '}', ']']).unwrap_or(rest.len());
                current.add(scalar(&rest[..length]));
                length
            }
        };
        at += length;
    }
    Sha256::digest(current.close()).into()
}

/// A container that is being read; what is complete is already in canonical form.
enum Container<'a> {
    Array(Vec<u8>),
    Object {
        members: BTreeMap<Cow<'a, [u8]>, Cow<'a, [u8]>>,
        name: Option<Cow<'a, [u8]>>,
    },
}

/// Above this, a container counts by its digest: the work for a value stays linear in its size
/// however deep it is nested.
const INLINE: usize = 256;

impl<'a> Container<'a> {
    fn object() -> Self {
        Self::Object {
            members: BTreeMap::new(),
            name: None,
        }
    }

    /// Takes the next element, name, or value.
    fn add(&mut self, part: Cow<'a, [u8]>) {
        match self {
            Self::Array(elements) => {
                elements.extend_from_slice(&part);
                elements.push(b',');
            }
            Self::Object { members, name } => match name.take() {
                Some(name) => drop(members.insert(name, part)),
                None => *name = Some(part),
            },
        }
    }

    fn close(self) -> Vec<u8> {
        let whole = match self {
            Self::Array(elements) => [b"[", elements.as_slice(), b"]"].concat(),
            Self::Object { members, .. } => {
                let mut whole = vec![b'{'];
                for (name, value) in members {
                    whole.extend_from_slice(&name);
                    whole.push(b':');
                    whole.extend_from_slice(&value);
                    whole.push(b',');
                }
                whole.push(b'}');
                whole
            }
        };
        if whole.len() <= INLINE {
            return whole;
        }
        [b"#", Sha256::digest(&whole).as_slice()].concat()
    }
}

/// A number as the double that it is; `true`, `false` and `null` as they are.
fn scalar(text: &str) -> Cow<'_, [u8]> {
    let plain = text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<f64>() {
        // Adding zero takes the sign off a negative zero.
        Ok(number) if !plain => Cow::Owned(format!("{}", number + 0.0).into_bytes()),
        _ => Cow::Borrowed(text.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Json, compact};
    use super::*;

    fn of(text: &str) -> [u8; 32] {
        digest(&compact(Json::parse(text.as_bytes()).expect("valid JSON")).text)
    }

    #[test]
    fn member_order_white_space_and_spelling_play_no_part() {
        assert_eq!(
            of(r#"{"a":1,"b":[{"x":1e2,"y":"A"}]}"#),
            of(r#"{ "b":[{"y":"\u0041","x":100.0}], "a":1.0 }"#)
        );
        assert_eq!(of("-0"), of("0"));
        assert_eq!(of(r#"{"a":1,"a":2}"#), of(r#"{"a":2}"#));
    }

    #[test]
    fn different_values_differ() {
        let values = [
            "null",
            "1",
            "\"1\"",
            "[]",
            "{}",
            "[1]",
            "[[1]]",
            "[1,1]",
            "[\"1\"]",
            "{\"a\":1}",
            "{\"a\":\"1\"}",
            "[{\"a\":1}]",
            "true",
            "1.5",
            "\"\\ud83d\"",
            "\"\\ud83e\"",
        ];
        for (at, left) in values.iter().enumerate() {
            for right in &values[at + 1..] {
                assert_ne!(of(left), of(right), "{left} {right}");
            }
        }
    }

    #[test]
    fn depth_and_many_members_cost_linear_time() {
        let deep = format!(
            "{}1{}",
            "{\"b\":1,\"a\":".repeat(20_000),
            "}".repeat(20_000)
        );
        assert_eq!(of(&deep), of(&deep));
        let wide: Vec<_> = (0..20_000)
            .map(|number| format!("\"k{number}\":1"))
            .collect();
        let reversed: Vec<_> = wide.iter().rev().cloned().collect();
        assert_eq!(
            of(&format!("{{{}}}", wide.join(","))),
            of(&format!("{{{}}}", reversed.join(",")))
        );
    }
}
