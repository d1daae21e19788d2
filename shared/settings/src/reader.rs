//! Reading values into types, and collecting what is wrong with them.

use std::time::Duration;

use crate::environment::Environment;
use crate::problem::{Problem, Problems};
use crate::secret::Secret;

/// Reads variables and remembers the problems.
#[derive(Debug)]
pub struct Reader<'a> {
    environment: &'a Environment,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(environment: &'a Environment) -> Self {
        Self {
            environment,
            problems: Vec::new(),
        }
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T, Problems> {
        if self.problems.is_empty() {
            Ok(value)
        } else {
            Err(Problems(self.problems))
        }
    }

    /// Adds a problem: `text` goes on after the variable's name. The same problem of the same
    /// variable is kept once, since sections may share variables.
    pub fn problem(&mut self, variable: &'static str, text: impl Into<String>) {
        let problem = Problem {
            variable,
            text: text.into(),
        };
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// The value as given.
    pub fn text(&self, name: &str) -> Option<&'a str> {
        self.environment.get(name)
    }

    /// The value of the first name that has one.
    pub fn first(&self, names: &[&str]) -> Option<&'a str> {
        names.iter().find_map(|name| self.text(name))
    }

    /// Whether the value is exactly `true`.
    pub fn is_true(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// `false` only for exactly `false`.
    pub fn unless_false(&self, names: &[&str]) -> bool {
        self.first(names) != Some("false")
    }

    /// A secret.
    pub fn secret(&self, name: &str) -> Option<Secret> {
        self.text(name).map(Secret::new)
    }

    /// A secret without which the start fails.
    pub fn required_secret(&mut self, name: &'static str) -> Secret {
        self.secret(name).unwrap_or_else(|| {
            self.problem(
                name,
                "is not set: give it a random text of at least 32 characters",
            );
            Secret::default()
        })
    }

    /// A whole number in `range`, else the default and a problem.
    pub fn whole(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<u64>,
        default: u64,
    ) -> u64 {
        let Some(text) = self.text(name) else {
            return default;
        };
        match text.trim().parse::<u64>() {
            Ok(number) if range.contains(&number) => number,
            _ => {
                let (low, high) = range.into_inner();
                self.problem(
                    name,
                    format!("is `{text}`: it must be an integer between {low} and {high}"),
                );
                default
            }
        }
    }

    /// A positive number, rounded down; anything else silently gives the default, as the contract
    /// has it for lifetimes (auth contract, 11.3).
    pub fn lenient(&self, name: &str, default: u64) -> u64 {
        let number = self
            .text(name)
            .and_then(|text| text.trim().parse::<f64>().ok());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "positive and within range by the filter"
        )]
        number
            .filter(|number| *number >= 1.0 && *number <= 9e15)
            .map_or(default, |number| number.floor() as u64)
    }

    /// [`whole`](Self::whole) in milliseconds.
    pub fn millis(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<u64>,
        default: u64,
    ) -> Duration {
        Duration::from_millis(self.whole(name, range, default))
    }

    /// [`whole`](Self::whole) in seconds.
    pub fn seconds(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<u64>,
        default: u64,
    ) -> Duration {
        Duration::from_secs(self.whole(name, range, default))
    }

    /// One of a list of words, else the default and a problem that lists them.
    pub fn choice<T: Copy>(
        &mut self,
        name: &'static str,
        value: Option<&str>,
        choices: &[(&str, T)],
        default: T,
    ) -> T {
        let Some(value) = value.map(str::trim) else {
            return default;
        };
        if let Some((_, choice)) = choices.iter().find(|(word, _)| *word == value) {
            return *choice;
        }
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        self.problem(
            name,
            format!("is `{value}`: this build knows {}", words.join(", ")),
        );
        default
    }

    /// A comma list: trimmed, blanks dropped.
    pub fn list(&self, name: &str) -> Vec<String> {
        let parts = self
            .text(name)
            .unwrap_or_default()
            .split(',')
            .map(str::trim);
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }
}
