//! What there is to know about one variable.

/// One environment variable, as the README's table shows it.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// The name, in the contract's style.
    pub name: &'static str,
    /// Other names of it.
    pub aliases: &'static [&'static str],
    /// Whether they win over the first name where both are set.
    pub aliases_win: bool,
    /// The default in words or as a value; empty when there is none.
    pub default: &'static str,
    /// What it changes, with its unit.
    pub meaning: &'static str,
    /// Whether the value must never be shown.
    pub secret: bool,
}

impl Variable {
    /// A variable with a default that may be shown.
    pub const fn new(name: &'static str, default: &'static str, meaning: &'static str) -> Self {
        Self {
            name,
            aliases: &[],
            aliases_win: false,
            default,
            meaning,
            secret: false,
        }
    }

    /// A variable whose value is a secret and has no default.
    pub const fn secret(name: &'static str, meaning: &'static str) -> Self {
        Self {
            name,
            aliases: &[],
            aliases_win: false,
            default: "",
            meaning,
            secret: true,
        }
    }

    /// The same variable, read from `aliases` where its first name is not set.
    #[must_use]
    pub const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    /// The same variable, read from `aliases` where they are set.
    #[must_use]
    pub const fn unless(self, aliases: &'static [&'static str]) -> Self {
        Self {
            aliases,
            aliases_win: true,
            ..self
        }
    }

    /// All names, in the order in which they are read.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let first = std::iter::once(self.name);
        let (before, after) = if self.aliases_win {
            (self.aliases, &[][..])
        } else {
            (&[][..], self.aliases)
        };
        let others = |names: &'static [&'static str]| names.iter().copied();
        others(before).chain(first).chain(others(after))
    }
}
