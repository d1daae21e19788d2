//! The environment as a value.

use std::collections::{BTreeMap, BTreeSet};

use crate::problem::Problems;
use crate::reader::Reader;
use crate::variable::Variable;

/// Names and values, taken once at start. Blank values count as not set.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    values: BTreeMap<String, String>,
    /// The names whose values were not given from outside.
    supplied: BTreeSet<String>,
}

/// A group of settings that is read together.
pub trait Section: Sized {
    /// Its variables, in the README's order.
    const VARIABLES: &'static [Variable];

    /// Reads itself. What is wrong goes into the reader, and a default stands in for it.
    fn read(reader: &mut Reader<'_>) -> Self;
}

impl Environment {
    /// The environment of this process. Values that are not UTF-8 are passed over.
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    pub fn of_process() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            values: std::env::vars_os().filter_map(text).collect(),
            supplied: BTreeSet::new(),
        }
    }

    /// An environment made of `pairs`, for tests.
    pub fn of<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let values = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self {
            values,
            supplied: BTreeSet::new(),
        }
    }

    /// Sets `name` unless it has a value: how the local stack supplies generated secrets.
    pub fn set_default(&mut self, name: &str, value: String) {
        if self.get(name).is_none() {
            self.set(name, value);
        }
    }

    /// Sets `name` in the place of whatever it was.
    pub fn set(&mut self, name: &str, value: String) {
        self.values.insert(name.to_owned(), value);
        self.supplied.insert(name.to_owned());
    }

    /// Whether the value of `name` was made up by this process instead of given to it.
    pub fn is_supplied(&self, name: &str) -> bool {
        self.supplied.contains(name)
    }

    /// The value of `name`; blank is not set.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.trim().is_empty())
    }

    /// Reads one section, or a tuple of sections.
    ///
    /// # Errors
    ///
    /// Every problem of every section that was read.
    pub fn load<S: Section>(&self) -> Result<S, Problems> {
        let mut reader = Reader::new(self);
        let section = S::read(&mut reader);
        reader.finish(section)
    }
}

macro_rules! sections {
    ($($name:ident),*) => {
        impl<$($name: Section),*> Section for ($($name,)*) {
            const VARIABLES: &'static [Variable] = &[];

            fn read(reader: &mut Reader<'_>) -> Self {
                ($($name::read(reader),)*)
            }
        }
    };
}

sections!(A, B);
sections!(A, B, C);
sections!(A, B, C, D);
sections!(A, B, C, D, E);
sections!(A, B, C, D, E, F);
sections!(A, B, C, D, E, F, G);
