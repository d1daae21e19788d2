//! What is logged, and in which form.

use crate::environment::Section;
use crate::reader::Reader;
use crate::variable::Variable;

/// Logging.
#[derive(Clone, Debug)]
pub struct Log {
    /// Levels, in the form `info` or `or3_state=debug,info`.
    pub filter: String,
    /// The form of a line; `None` decides by whether output is a terminal.
    pub format: Option<LogFormat>,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line.
    Json,
}

impl Section for Log {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_LOG",
            "info",
            "levels: `error`, `warn`, `info`, `debug`, `trace`, or by module",
        ),
        Variable::new(
            "OR3_LOG_FORMAT",
            "`pretty` on a terminal, else `json`",
            "form of a log line",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let value = reader.text("OR3_LOG_FORMAT");
        let known = [
            ("pretty", Some(LogFormat::Pretty)),
            ("json", Some(LogFormat::Json)),
        ];
        Self {
            filter: reader.text("OR3_LOG").unwrap_or("info").to_owned(),
            format: reader.choice("OR3_LOG_FORMAT", value, &known, None),
        }
    }
}
