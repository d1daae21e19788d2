//! The members that a put payload needs (sync contract, 5.2).

use std::fmt;

use crate::sync::Table;
use crate::sync::json::{Fields, Json, Kind};

/// What kind of value a member must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wanted {
    Text,
    Number,
    Flag,
    List,
    Anything,
}

/// One row of the contract's table.
#[derive(Clone, Copy, Debug)]
struct Member {
    name: &'static str,
    wanted: Wanted,
    optional: bool,
    nullable: bool,
}

const fn needs(name: &'static str, wanted: Wanted) -> Member {
    Member {
        name,
        wanted,
        optional: false,
        nullable: false,
    }
}

const fn may(name: &'static str, wanted: Wanted) -> Member {
    Member {
        name,
        wanted,
        optional: true,
        nullable: false,
    }
}

const fn may_or_null(name: &'static str, wanted: Wanted) -> Member {
    Member {
        name,
        wanted,
        optional: true,
        nullable: true,
    }
}

use Wanted::{Anything, Flag, List, Number, Text};

const CREATED: Member = needs("created_at", Number);
const UPDATED: Member = needs("updated_at", Number);
const CLOCK: Member = needs("clock", Number);
const DELETED: Member = needs("deleted", Flag);
const ID: Member = needs("id", Text);

const THREADS: &[Member] = &[
    ID,
    may_or_null("title", Text),
    needs("status", Text),
    DELETED,
    needs("pinned", Flag),
    CREATED,
    UPDATED,
    CLOCK,
];

const MESSAGES: &[Member] = &[
    ID,
    needs("thread_id", Text),
    needs("role", Text),
    needs("index", Number),
    needs("order_key", Text),
    DELETED,
    CREATED,
    UPDATED,
    CLOCK,
    may("hlc", Text),
];

const PROJECTS: &[Member] = &[ID, needs("name", Text), DELETED, CREATED, UPDATED, CLOCK];

const POSTS: &[Member] = &[
    ID,
    needs("title", Text),
    needs("content", Text),
    needs("post_type", Text),
    DELETED,
    CREATED,
    UPDATED,
    CLOCK,
];

const KV: &[Member] = &[
    ID,
    needs("name", Text),
    may_or_null("value", Anything),
    CREATED,
    UPDATED,
    CLOCK,
];

const FILE_META: &[Member] = &[
    needs("hash", Text),
    may("kind", Text),
    may("mime_type", Text),
    may("size_bytes", Number),
    DELETED,
    CREATED,
    UPDATED,
    CLOCK,
];

const NOTIFICATIONS: &[Member] = &[
    ID,
    needs("user_id", Text),
    may("thread_id", Text),
    may("document_id", Text),
    needs("type", Text),
    needs("title", Text),
    may("body", Text),
    may("actions", List),
    may("read_at", Number),
    DELETED,
    may("deleted_at", Number),
    CREATED,
    UPDATED,
    CLOCK,
];

const fn members(table: Table) -> &'static [Member] {
    match table {
        Table::Threads => THREADS,
        Table::Messages => MESSAGES,
        Table::Projects => PROJECTS,
        Table::Posts => POSTS,
        Table::Kv => KV,
        Table::FileMeta => FILE_META,
        Table::Notifications => NOTIFICATIONS,
    }
}

/// Why a payload does not fit its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sync) enum Misfit {
    /// It is not an object.
    NotAnObject,
    /// A member is missing.
    Missing(&'static str),
    /// A member has a value of the wrong type.
    Mistyped(&'static str),
}

impl fmt::Display for Misfit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => out.write_str("payload must be an object"),
            Self::Missing(name) => write!(out, "'{name}' is required"),
            Self::Mistyped(name) => write!(out, "'{name}' has the wrong type"),
        }
    }
}

/// Checks a folded put payload against its table. Members that the table does not know are free.
///
/// # Errors
///
/// The first member that does not fit.
pub(in crate::sync) fn check(table: Table, payload: Json<'_>) -> Result<(), Misfit> {
    let fields = Fields::of(payload).ok_or(Misfit::NotAnObject)?;
    for member in members(table) {
        match fields.get(member.name) {
            None if member.optional => {}
            None => return Err(Misfit::Missing(member.name)),
            Some(value) if fits(member, value) => {}
            Some(_) => return Err(Misfit::Mistyped(member.name)),
        }
    }
    Ok(())
}

fn fits(member: &Member, value: Json<'_>) -> bool {
    match (member.wanted, value.kind()) {
        (_, Kind::Null) => member.nullable,
        (Anything, _) | (Text, Kind::String) | (Flag, Kind::Bool) | (List, Kind::Array) => true,
        (Number, Kind::Number) => value.as_number().is_some_and(f64::is_finite),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kv(members: &str) -> Result<(), Misfit> {
        let text = format!(r#"{{"id":"kv:a","created_at":1,"updated_at":1.5,"clock":0{members}}}"#);
        check(Table::Kv, Json::parse(text.as_bytes()).expect("valid JSON"))
    }

    #[test]
    fn members_must_be_there_and_have_their_type() {
        assert_eq!(kv(r#","name":"""#), Ok(()));
        assert_eq!(kv(""), Err(Misfit::Missing("name")));
        assert_eq!(kv(r#","name":7"#), Err(Misfit::Mistyped("name")));
        assert_eq!(
            kv(r#","name":"a","clock":1e999"#),
            Err(Misfit::Mistyped("clock"))
        );
    }

    #[test]
    fn null_passes_only_where_the_table_says_so() {
        assert_eq!(kv(r#","name":"a","value":null"#), Ok(()));
        assert_eq!(kv(r#","name":null"#), Err(Misfit::Mistyped("name")));
    }

    #[test]
    fn unknown_members_are_free_and_other_values_are_no_payload() {
        assert_eq!(kv(r#","name":"a","more":[{}]"#), Ok(()));
        assert_eq!(
            check(Table::Kv, Json::trusted("[]")),
            Err(Misfit::NotAnObject)
        );
    }

    #[test]
    fn every_table_needs_its_key_member() {
        for table in Table::ALL {
            assert_eq!(
                check(table, Json::trusted("{}")),
                Err(Misfit::Missing(table.key_member()))
            );
        }
    }

    #[test]
    fn a_whole_payload_of_every_table_passes_and_lacks_nothing() {
        let value = |wanted| match wanted {
            Text => "\"t\"",
            Number => "1.5",
            Flag => "false",
            List => "[]",
            Anything => "{}",
        };
        for table in Table::ALL {
            let whole: Vec<_> = members(table)
                .iter()
                .map(|member| format!("\"{}\":{}", member.name, value(member.wanted)))
                .collect();
            let of = |members: &[String]| {
                let text = format!("{{{}}}", members.join(","));
                check(table, Json::trusted(&text))
            };
            assert_eq!(of(&whole), Ok(()), "{table:?}");
            for (place, member) in members(table).iter().enumerate() {
                let mut lacking = whole.clone();
                lacking.remove(place);
                let lacks = Err(Misfit::Missing(member.name));
                let wanted = if member.optional { Ok(()) } else { lacks };
                assert_eq!(of(&lacking), wanted, "{table:?} without {}", member.name);
                let mut mistyped = whole.clone();
                mistyped[place] = format!("\"{}\":null", member.name);
                let wrong = Err(Misfit::Mistyped(member.name));
                let wanted = if member.nullable { Ok(()) } else { wrong };
                assert_eq!(of(&mistyped), wanted, "{table:?} {} null", member.name);
            }
        }
    }
}
