//! What there is to know about one variable.

/// One environment variable, as the README's table shows it.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// The name, in the contract's style.
    pub name: &'static str,
    /// Other names that are read when the first is not set.
    pub aliases: &'static [&'static str],
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
            default: "",
            meaning,
            secret: true,
        }
    }

    /// The same variable, also known by `aliases`.
    #[must_use]
    pub const fn or(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }
}
