//! A filter by tables.

use or3_domain::sync::json::{Json, Kind};
use or3_domain::sync::{Table, TableSet, trimmed_text};

/// A filter by table names: at most 50, each of 1 to 128 UTF-16 units, trimmed (12.1).
pub(crate) struct Tables(Vec<String>);

impl Tables {
    /// The filter in `value`; `None` for a malformed one.
    pub(crate) fn of(value: Json<'_>) -> Option<Self> {
        if value.kind() != Kind::Array {
            return None;
        }
        let names: Vec<_> = value
            .elements()
            .take(51)
            .map(|name| trimmed_text(Some(name), 128))
            .collect::<Option<_>>()?;
        (names.len() <= 50).then_some(Self(names))
    }

    /// The tables that are named; no name at all means all of them.
    pub(crate) fn set(&self) -> TableSet {
        if self.0.is_empty() {
            return TableSet::ALL;
        }
        let known = self.0.iter().filter_map(|name| Table::named(name));
        known.fold(TableSet::NONE, TableSet::with)
    }

    /// The first name that no table has.
    pub(crate) fn unknown(&self) -> Option<&str> {
        let unknown = self.0.iter().find(|name| Table::named(name).is_none());
        unknown.map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> Option<TableSet> {
        Tables::of(Json::parse(text.as_bytes()).expect("valid JSON")).map(|tables| tables.set())
    }

    #[test]
    fn an_empty_filter_is_none_and_unknown_names_match_nothing() {
        assert_eq!(set("[]"), Some(TableSet::ALL));
        assert_eq!(set(r#"["nope"]"#), Some(TableSet::NONE));
        assert_eq!(
            set(r#"[" kv ","nope"]"#),
            Some(TableSet::NONE.with(Table::Kv))
        );
    }

    #[test]
    fn malformed_filters_are_refused() {
        let many = format!("[{}]", vec!["\"kv\""; 51].join(","));
        for text in [&*many, "null", "\"kv\"", "[1]", "[\" \"]"] {
            assert_eq!(set(text), None, "{text}");
        }
    }
}
