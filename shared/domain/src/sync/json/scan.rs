//! Walking through JSON text that is known to be valid.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::string;

/// One value inside valid JSON text, without white space around it.
#[derive(Clone, Copy, Debug)]
pub struct Json<'a>(&'a str);

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool,
    /// A number.
    Number,
    /// Text.
    String,
    /// A list.
    Array,
    /// Members by name.
    Object,
}

/// The largest integer that a JSON number carries exactly: 2^53-1.
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;

impl<'a> Json<'a> {
    /// Checks that `bytes` are one JSON value in UTF-8. Half surrogate pairs and any depth pass.
    pub fn parse(bytes: &'a [u8]) -> Option<Self> {
        let raw: &RawValue = serde_json::from_slice(bytes).ok()?;
        Some(Self(raw.get()))
    }

    /// A value that is known to be valid.
    pub(in crate::sync) const fn trusted(text: &'a str) -> Self {
        Self(text)
    }

    /// The text as it came.
    pub const fn text(self) -> &'a str {
        self.0
    }

    /// What it is.
    pub fn kind(self) -> Kind {
        match self.0.as_bytes().first() {
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            Some(b'"') => Kind::String,
            Some(b't' | b'f') => Kind::Bool,
            Some(b'n') => Kind::Null,
            _ => Kind::Number,
        }
    }

    /// The text of a string; half surrogate pairs become U+FFFD.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        (self.kind() == Kind::String).then(|| string::decode(self.0))
    }

    /// The value of a number: a double, as in JavaScript; infinite if it is too large for one.
    pub fn as_number(self) -> Option<f64> {
        (self.kind() == Kind::Number).then(|| self.0.parse().unwrap_or(f64::NAN))
    }

    /// The value of a number without fraction between -(2^53-1) and 2^53-1.
    pub fn as_integer(self) -> Option<i64> {
        const MAX_SAFE: f64 = 9_007_199_254_740_991.0;
        let number = self.as_number()?;
        #[expect(clippy::cast_possible_truncation, reason = "integral and below 2^53")]
        (number.fract() == 0.0 && number.abs() <= MAX_SAFE).then_some(number as i64)
    }

    /// An [integer](Self::as_integer) from `least` to `most`.
    pub fn as_integer_within(self, least: i64, most: i64) -> Option<i64> {
        self.as_integer()
            .filter(|number| (least..=most).contains(number))
    }

    /// The elements of an array; nothing for other values.
    pub fn elements(self) -> impl Iterator<Item = Self> {
        let mut rest = inside(self, Kind::Array);
        std::iter::from_fn(move || {
            let (value, after) = value_at(rest)?;
            rest = after_comma(after);
            Some(value)
        })
    }

    /// The members of an object in order, repeated names included; nothing for other values. The
    /// name comes as the JSON string that it is.
    pub fn members(self) -> impl Iterator<Item = (Self, Self)> {
        let mut rest = inside(self, Kind::Object);
        std::iter::from_fn(move || {
            let (name, after) = value_at(rest)?;
            let (value, after) = value_at(skip_white(after).get(1..)?)?;
            rest = after_comma(after);
            Some((name, value))
        })
    }
}

/// The members of an object by name; of repeated names the last one counts.
pub struct Fields<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Fields<'a> {
    /// The members of `value`, if it is an object.
    pub fn of(value: Json<'a>) -> Option<Self> {
        let named = |(name, value): (Json<'a>, Json<'a>)| (string::decode(name.0), value);
        (value.kind() == Kind::Object).then(|| Self(value.members().map(named).collect()))
    }

    /// The member `name`, if there is one.
    pub fn get(&self, name: &str) -> Option<Json<'a>> {
        let found = self.0.iter().rev().find(|(present, _)| present == name)?;
        Some(found.1)
    }
}

/// What stands between the brackets.
fn inside(value: Json<'_>, kind: Kind) -> &str {
    if value.kind() == kind {
        value.0.get(1..value.0.len() - 1).unwrap_or_default()
    } else {
        ""
    }
}

fn skip_white(text: &str) -> &str {
    text.trim_start_matches([' ', '\t', '\n', '\r'])
}

fn after_comma(text: &str) -> &str {
    skip_white(text).strip_prefix(',').unwrap_or_default()
}

/// The value at the beginning of `text`, and what comes after it.
fn value_at(text: &str) -> Option<(Json<'_>, &str)> {
    let text = skip_white(text);
    let length = length_of_value(text.as_bytes())?;
    let (value, rest) = text.split_at_checked(length)?;
    Some((Json(value), rest))
}

/// How long the value is that `text` begins with; `None` if there is none.
fn length_of_value(text: &[u8]) -> Option<usize> {
    match text.first()? {
        b'"' => Some(length_of_string(text)),
        b'{' | b'[' => Some(length_of_container(text)),
        _ => {
            let ends = |byte: &u8| b",]} \t\n\r:".contains(byte);
            Some(text.iter().position(ends).unwrap_or(text.len()))
        }
    }
}

fn length_of_container(text: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at += length_of_string(&text[at..]);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            break;
        }
    }
    at
}

/// How long the string is that `text` begins with, quotes included.
pub(super) fn length_of_string(text: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Json<'_> {
        Json::parse(text.as_bytes()).expect("valid JSON")
    }

    #[test]
    fn members_and_elements_come_in_order_whatever_the_white_space() {
        let object = json(" { \"a\" : [1 , {\"x\":\"]\"} ] ,\n\"b\":\"q\\\"}\" , \"c\":null} ");
        let members: Vec<_> = object
            .members()
            .map(|(k, v)| (k.text(), v.text()))
            .collect();
        assert_eq!(
            members,
            [
                ("\"a\"", "[1 , {\"x\":\"]\"} ]"),
                ("\"b\"", "\"q\\\"}\""),
                ("\"c\"", "null")
            ]
        );
        let elements: Vec<_> = json(members[0].1).elements().map(Json::text).collect();
        assert_eq!(elements, ["1", "{\"x\":\"]\"}"]);
        assert_eq!(
            json("{}").members().count() + json("[ ]").elements().count(),
            0
        );
    }

    #[test]
    fn of_repeated_names_the_last_one_counts_however_it_is_spelled() {
        let fields = Fields::of(json(r#"{"a":1,"\u0061":2}"#)).expect("an object");
        assert_eq!(fields.get("a").map(Json::text), Some("2"));
        assert!(Fields::of(json("[]")).is_none());
    }

    #[test]
    fn integers_are_those_of_javascript() {
        assert_eq!(json("1e2").as_integer(), Some(100));
        assert_eq!(json("-3.0").as_integer(), Some(-3));
        assert_eq!(
            json("9007199254740991").as_integer(),
            Some(9_007_199_254_740_991)
        );
        for refused in ["9007199254740992", "1.5", "1e400", "\"1\""] {
            assert_eq!(json(refused).as_integer(), None, "{refused}");
        }
    }

    #[test]
    fn depth_and_half_surrogates_are_no_reason_to_refuse() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(json(&deep).elements().count(), 1);
        assert!(Json::parse(br#""\ud83d""#).is_some());
        for broken in [&b"{"[..], b"", b"[1,]", b"\"\xff\"", b"1 2"] {
            assert!(Json::parse(broken).is_none());
        }
    }
}
