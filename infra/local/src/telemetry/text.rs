//! Prometheus' text format, as far as the page needs it.

use std::fmt::{Display, Write};

/// What only grows.
pub(super) const COUNTER: &str = "counter";
/// What rises and falls.
pub(super) const GAUGE: &str = "gauge";

/// A page that is being written.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    /// Begins a family: its samples follow.
    pub(super) fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _strings_take_all = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    /// Writes a sample.
    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        let mut open = '{';
        for (label, value) in labels {
            self.0.push(open);
            self.0.push_str(label);
            self.0.push_str("=\"");
            escape(&mut self.0, value);
            self.0.push('"');
            open = ',';
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        let _strings_take_all = writeln!(self.0, " {value}");
    }

    /// A family of one sample without labels.
    pub(super) fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

fn escape(out: &mut String, value: &str) {
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
}

/// Microseconds as seconds, to the last digit.
pub(super) fn seconds(micros: u64) -> String {
    let (whole, rest) = (micros / 1_000_000, micros % 1_000_000);
    let text = format!("{whole}.{rest:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_escaped_and_seconds_are_exact() {
        let mut text = Text::default();
        text.family("a", "counter", "It counts.");
        text.sample("a", &[("b", "x\"\\\n"), ("c", "é")], 7);
        text.one("d", "gauge", "One.", seconds(2500));
        let wanted = "# HELP a It counts.\n# TYPE a counter\na{b=\"x\\\"\\\\\\n\",c=\"é\"} 7\n\
                      # HELP d One.\n# TYPE d gauge\nd 0.0025\n";
        assert_eq!(text.into_string(), wanted);
        assert_eq!(["0", "1", "10.5"], [0, 1_000_000, 10_500_000].map(seconds));
    }
}
