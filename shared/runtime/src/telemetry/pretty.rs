//! Lines for people.

use std::fmt::{Debug, Write};

use or3_domain::clock::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level};

use super::redact::redacted;
use super::text::{escaped, quoted};

/// `event` as moment, level, message and `name=value` pairs, and a line end.
pub(super) fn line(event: &Event<'_>, now: Timestamp, colours: bool) -> String {
    let level = *event.metadata().level();
    let (on, off) = match (colours, level) {
        (false, _) => ("", ""),
        (true, Level::ERROR) => ("\x1b[31m", "\x1b[0m"),
        (true, Level::WARN) => ("\x1b[33m", "\x1b[0m"),
        (true, Level::INFO) => ("\x1b[32m", "\x1b[0m"),
        (true, _) => ("\x1b[34m", "\x1b[0m"),
    };
    let mut out = format!("{} {on}{level:>5}{off}", now.to_iso());
    event.record(&mut Message(&mut out));
    event.record(&mut Pairs(&mut out));
    out.push('\n');
    out
}

struct Message<'a>(&'a mut String);

impl Visit for Message<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0.push(' ');
            escaped(self.0, &redacted(&format!("{value:?}")));
        }
    }
}

struct Pairs<'a>(&'a mut String);

impl Visit for Pairs<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() != "message" {
            let _strings_take_all = write!(self.0, " {}=", field.name());
            let value = redacted(value);
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/{}".contains(&byte);
            if !value.is_empty() && value.bytes().all(plain) {
                self.0.push_str(&value);
            } else {
                quoted(self.0, &value);
            }
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

#[cfg(test)]
mod tests {
    use crate::telemetry::form::Form;
    use crate::telemetry::lines::tests::logged;

    #[test]
    fn a_line_is_read_from_left_to_right() {
        let line = || {
            tracing::info!(
                method = "GET",
                route = "/api/{id}",
                status = 200,
                none = None::<u8>,
                why = "it is so",
                "request"
            );
        };
        let plain = logged("info", Form::Pretty { colours: false }, line);
        assert_eq!(
            plain,
            [
                "2026-01-01T00:00:00.007Z  INFO request method=GET route=/api/{id} status=200 why=\"it is so\"\n"
            ]
        );
        let coloured = logged("info", Form::Pretty { colours: true }, line);
        assert!(
            coloured[0].contains("\x1b[32m INFO\x1b[0m request"),
            "{coloured:?}"
        );
    }

    #[test]
    fn nobody_writes_lines_or_moves_the_cursor() {
        let evil = "a\n2026-01-01T00:00:00.000Z ERROR forged\r\x1b[2J token=abc";
        let lines = logged("info", Form::Pretty { colours: true }, || {
            tracing::info!(shown = %evil, text = evil, "{evil}");
        });
        let line = &lines[0];
        assert_eq!(line.matches('\n').count(), 1, "{line:?}");
        assert_eq!(line.matches('\x1b').count(), 2, "{line:?}");
        assert!(!line.contains('\r') && !line.contains("abc"), "{line:?}");
    }
}
