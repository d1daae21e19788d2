//! What a request for a list asks for. What cannot be read counts as not asked (auth contract, 17,
//! line 11), and what is out of bounds as the bound.

use std::collections::HashMap;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use or3_domain::admin::Page;

/// The members of a query.
pub(crate) struct Question(HashMap<String, String>);

impl Question {
    pub(crate) fn of(query: Result<Query<HashMap<String, String>>, QueryRejection>) -> Self {
        Self(query.map(|Query(members)| members).unwrap_or_default())
    }

    /// A text that is not blank, trimmed.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = self.0.get(name)?.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| value == "true")
    }

    /// A whole number from 1 to `most`.
    pub(crate) fn number(&self, name: &str, most: u32, default: u32) -> u32 {
        let given = self
            .0
            .get(name)
            .and_then(|text| text.trim().parse::<i64>().ok());
        let given = given.map(|number| number.clamp(1, i64::from(most)));
        given
            .and_then(|number| u32::try_from(number).ok())
            .unwrap_or(default)
    }

    /// `page` and `perPage` (auth contract, 3.6).
    pub(crate) fn page(&self) -> Page {
        Page {
            number: self.number("page", u32::MAX, 1),
            size: self.number("perPage", 100, 20),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Question {
        let members = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Question(members.collect())
    }

    #[test]
    fn pages_that_are_none_are_the_first_and_bounds_hold() {
        for (page, size, expected) in [
            ("2", "50", (2, 50)),
            ("0", "0", (1, 1)),
            ("-1", "-1", (1, 1)),
            ("x", "x", (1, 20)),
            ("", "", (1, 20)),
            ("1.5", "1e2", (1, 20)),
            ("3", "1000", (3, 100)),
            ("99999999999", "20", (u32::MAX, 20)),
        ] {
            let found = asked(&[("page", page), ("perPage", size)]).page();
            assert_eq!((found.number, found.size), expected, "{page} {size}");
        }
    }

    #[test]
    fn blank_texts_are_none() {
        let question = asked(&[("q", "  "), ("search", " a b "), ("includeDeleted", "TRUE")]);
        assert_eq!(question.text("q"), None);
        assert_eq!(question.text("search").as_deref(), Some("a b"));
        assert!(!question.is_true("includeDeleted"));
    }
}
