//! JSON answers, assembled as text.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue};
use or3_domain::sync::Revision;
use or3_domain::sync::json::write_string;

/// How many bytes of payload are read for a page at most; [`Room`] decides what goes onto it.
pub(crate) const PAGE_BYTES: u32 = 4 * 1024 * 1024;

/// What a Lambda may answer (6 MB), less some room for headers and what ends an answer.
const CARRIED: usize = 6_000_000;

/// How much room of an answer is taken. A Lambda hands its body over as a JSON string, in which
/// every quote and every backslash is escaped once more: an answer of half the size always fits,
/// and of a larger one they are counted.
#[derive(Clone, Copy, Default)]
pub(crate) struct Room {
    counted: usize,
    taken: usize,
}

impl Room {
    /// The room that is taken by `out`, which was only added to; `None` if it can no longer be
    /// carried.
    pub(crate) fn after(self, out: &str) -> Option<Self> {
        if out.len() <= CARRIED / 2 {
            return Some(self);
        }
        let added = &out.as_bytes()[self.counted..];
        let escaped = added.iter().filter(|byte| matches!(byte, b'"' | b'\\'));
        let taken = self.taken + added.len() + escaped.count();
        let counted = out.len();
        (taken <= CARRIED).then_some(Self { counted, taken })
    }
}

/// A JSON object that is being written. Text members are escaped, raw ones are JSON already.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    empty: bool,
}

impl<'a> Object<'a> {
    /// Opens an object at the end of `out`.
    pub(crate) fn open(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, empty: true }
    }

    /// Writes a member that is a string.
    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        write_string(value, self.name(name));
        self
    }

    /// Writes a member that is an integer.
    pub(crate) fn number(self, name: &str, value: i64) -> Self {
        self.raw(name, &value.to_string())
    }

    /// Writes a member that is a flag.
    pub(crate) fn flag(self, name: &str, value: bool) -> Self {
        self.raw(name, if value { "true" } else { "false" })
    }

    /// Writes a member whose value is JSON text.
    pub(crate) fn raw(mut self, name: &str, json: &str) -> Self {
        self.name(name).push_str(json);
        self
    }

    /// Writes a member through a function.
    pub(crate) fn nested(mut self, name: &str, write: impl FnOnce(&mut String)) -> Self {
        write(self.name(name));
        self
    }

    /// Writes a member that is a list.
    pub(crate) fn list<T>(
        self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        write: impl Fn(T, &mut String),
    ) -> Self {
        self.nested(name, |out| {
            out.push('[');
            for (place, item) in items.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        })
    }

    /// Writes a member that is a list with as many `items` as an answer can carry, one at least;
    /// and how many these are.
    pub(crate) fn page<T>(
        mut self,
        name: &str,
        items: &[T],
        write: impl Fn(&T, &mut String),
    ) -> (Self, usize) {
        let (mut room, mut written) = (Room::default(), 0);
        let out = self.name(name);
        out.push('[');
        for item in items {
            let before = out.len();
            if written > 0 {
                out.push(',');
            }
            write(item, out);
            match room.after(out) {
                None if written > 0 => {
                    out.truncate(before);
                    break;
                }
                taken => room = taken.unwrap_or(room),
            }
            written += 1;
        }
        out.push(']');
        (self, written)
    }

    /// Closes the object.
    pub(crate) fn close(self) {
        self.out.push('}');
    }

    fn name(&mut self, name: &str) -> &mut String {
        self.out.push_str(if self.empty { "\"" } else { ",\"" });
        self.empty = false;
        self.out.push_str(name);
        self.out.push_str("\":");
        self.out
    }
}

/// Writes a revision (sync contract, 4).
pub(crate) fn revision(revision: &Revision, out: &mut String) {
    Object::open(out)
        .number("clock", revision.clock)
        .text("hlc", &revision.hlc)
        .text("opId", &revision.op_id)
        .close();
}

/// 200 with a JSON body.
pub(crate) fn answer(json: String) -> Response {
    let kind = (CONTENT_TYPE, HeaderValue::from_static("application/json"));
    ([kind], json).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped_and_raw_members_pass_as_they_are() {
        let mut out = String::new();
        Object::open(&mut out)
            .text("a", "q\"")
            .raw("b", r#"{"x":"\ud83d"}"#)
            .list("c", [1, 2], |item, out| out.push_str(&item.to_string()))
            .flag("d", true)
            .close();
        assert_eq!(out, r#"{"a":"q\"","b":{"x":"\ud83d"},"c":[1,2],"d":true}"#);
    }
}
