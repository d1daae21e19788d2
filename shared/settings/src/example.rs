//! `.env` files to begin with, one a stage, and the page of all settings. Both are written from the
//! tables of the sections, and a test holds that they are.

use std::fmt::Write;

use crate::variable::Variable;
use crate::{SECRETS, variables};

/// What a deployment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Work on it, on one's own machine.
    Development,
    /// Like production in everything that can go wrong.
    Staging,
    /// People.
    Production,
}

/// What a stage beyond development sets, besides its secrets.
const STRICT: [(&str, &str); 2] = [
    ("OR3_ENV", "production"),
    ("OR3_AUTH_REGISTRATION_MODE", "invite_only"),
];

/// Sections that are for development alone.
const DEVELOPMENT_ONLY: [&str; 2] = ["Faults", "Test mode"];

impl Stage {
    /// Every stage, with the name of its file.
    pub const ALL: [(Self, &'static str); 3] = [
        (Self::Development, "dev.env.example"),
        (Self::Staging, "staging.env.example"),
        (Self::Production, "prod.env.example"),
    ];

    /// A `.env` file for this stage: every variable with what it means. What must be given is there
    /// to be filled in; everything else is a comment with its default.
    pub fn example(self) -> String {
        let mut text = self.head().to_owned();
        let mut current = "";
        for (section, variable) in variables() {
            if self != Self::Development && DEVELOPMENT_ONLY.contains(&section) {
                continue;
            }
            if section != current {
                current = section;
                push(&mut text, format_args!("\n# ---- {section} ----\n"));
            }
            push(
                &mut text,
                format_args!("\n# {}\n", one_line(variable.meaning)),
            );
            self.assignment(&mut text, variable);
        }
        text
    }

    const fn head(self) -> &'static str {
        match self {
            Self::Development => {
                "# Settings of or3-local for development. Nothing here needs to be set: or3-local makes its own\n\
                 # secrets. Written from the code; see docs/operations/configuration.md.\n"
            }
            Self::Staging => {
                "# Settings of or3-local for a stage before production: the same, with secrets of its own.\n\
                 # Written from the code; see docs/operations/configuration.md. Fill in what is empty\n\
                 # (openssl rand -hex 32), each with a value of its own, and keep the file from others (chmod 600).\n"
            }
            Self::Production => {
                "# Settings of or3-local in production. Written from the code; see\n\
                 # docs/operations/configuration.md. Fill in what is empty (openssl rand -hex 32), each with a\n\
                 # value of its own, and keep the file from others (chmod 600).\n"
            }
        }
    }

    fn assignment(self, text: &mut String, variable: &Variable) {
        let name = variable.name;
        let strict = STRICT.iter().find(|(set, _)| *set == name);
        if self != Self::Development
            && let Some((_, value)) = strict
        {
            return push(text, format_args!("{name}={value}\n"));
        }
        // The super admin's secret is asked for only with their name.
        let required = SECRETS.contains(&name) && name != "OR3_ADMIN_JWT_SECRET";
        if self != Self::Development && required {
            return push(text, format_args!("{name}=\n"));
        }
        push(text, format_args!("# {name}={}\n", plain(variable.default)));
    }
}

/// The page of all settings, as a table a section.
pub fn settings_page() -> String {
    let mut text = String::new();
    let mut current = "";
    for (section, variable) in variables() {
        if section != current {
            current = section;
            push(
                &mut text,
                format_args!(
                    "\n### {section}\n\n| variable | default | secret | meaning |\n|---|---|---|---|\n"
                ),
            );
        }
        let names: Vec<_> = variable.names().map(|name| format!("`{name}`")).collect();
        let default = match variable.default {
            "" if SECRETS.contains(&variable.name) => "made once in development",
            "" => "none",
            default => default,
        };
        let secret = if variable.secret { "yes" } else { "" };
        let (names, meaning) = (names.join(", "), one_line(variable.meaning));
        push(
            &mut text,
            format_args!("| {names} | {default} | {secret} | {meaning} |\n"),
        );
    }
    text
}

/// A default that is a value; one in words is none.
fn plain(default: &str) -> &str {
    let is_words = default.contains([' ', '`']) || ["none", "empty", "unknown"].contains(&default);
    if is_words { "" } else { default }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Writing to a text does not fail.
fn push(text: &mut String, more: std::fmt::Arguments<'_>) {
    let _always = text.write_fmt(more);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;
    use crate::{Auth, Database, Features, Gc, Http, Limits, Local, Mode, Storage};

    /// What the file sets, with a secret of its own in every gap.
    fn filled(stage: Stage) -> Environment {
        let text = stage.example();
        let lines = text
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        let pairs = lines.enumerate().map(|(number, line)| {
            let (name, value) = line.split_once('=').expect("an assignment");
            let value = match value {
                "" => format!("{number:032}"),
                value => value.to_owned(),
            };
            (name.to_owned(), value)
        });
        Environment::of(pairs)
    }

    #[test]
    fn an_example_names_every_variable_of_its_stage_once() {
        for (stage, _) in Stage::ALL {
            let text = stage.example();
            for (section, variable) in variables() {
                let assignment = format!("{}=", variable.name);
                let lines = text.lines().map(|line| line.trim_start_matches("# "));
                let found = lines.filter(|line| line.starts_with(&assignment)).count();
                let wanted = stage == Stage::Development || !DEVELOPMENT_ONLY.contains(&section);
                assert_eq!(found, usize::from(wanted), "{stage:?} {}", variable.name);
            }
        }
    }

    #[test]
    fn an_example_whose_gaps_are_filled_starts_in_its_mode() {
        for (stage, production) in [
            (Stage::Development, false),
            (Stage::Staging, true),
            (Stage::Production, true),
        ] {
            let mut environment = filled(stage);
            if !production {
                for (number, name) in SECRETS.iter().enumerate() {
                    environment.set_default(name, format!("{number:032}"));
                }
            }
            let read = environment.load::<(
                (Mode, Features, Database),
                (Auth, Http, Limits),
                (Storage, Gc, Local),
            )>();
            let ((mode, _, _), _, _) =
                read.unwrap_or_else(|problems| panic!("{stage:?}: {problems}"));
            assert_eq!(mode.production, production);
        }
    }

    #[test]
    fn words_are_no_values() {
        assert_eq!(plain("900"), "900");
        assert_eq!(plain("x-forwarded-for"), "x-forwarded-for");
        for words in [
            "none",
            "empty",
            "`true` in production",
            "required with `oidc`",
            "",
        ] {
            assert_eq!(plain(words), "", "{words}");
        }
    }
}
