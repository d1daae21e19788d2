//! What administrators see of the configuration.

/// One setting as it is in force. What is secret was masked before it came here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigEntry {
    /// The variable's name.
    pub key: &'static str,
    /// Its value, or `None` when nothing was given and the default counts.
    pub value: Option<String>,
    /// Whether something of the value is hidden.
    pub masked: bool,
    /// Where the value comes from, in a word.
    pub source: &'static str,
    /// The name that the value was given under, when it is another than `key`.
    pub given_as: Option<&'static str>,
    /// The default, as a value or in words; empty when there is none.
    pub default: &'static str,
    /// What it changes, with its unit.
    pub description: &'static str,
    /// The section that it belongs to.
    pub group: &'static str,
    /// Its place in the section, from 1 on.
    pub order: usize,
}

impl ConfigEntry {
    /// `boolean`, `number` or `string`, as the default tells.
    pub fn value_type(&self) -> &'static str {
        match self.default {
            "true" | "false" => "boolean",
            number if number.parse::<f64>().is_ok() => "number",
            _ => "string",
        }
    }
}
