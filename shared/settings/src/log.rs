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
    /// The name of the deployment in log lines, metrics and traces.
    pub service: String,
    /// The name of this function; on Lambda its own.
    pub function_name: String,
    /// How much memory it has, in MB; known on Lambda.
    pub function_memory_mb: Option<u32>,
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
            "levels: `off`, `error`, `warn`, `info`, `debug`, `trace`, or by module: \
             `or3_state=debug,info`",
        ),
        Variable::new(
            "OR3_LOG_FORMAT",
            "`pretty` on a terminal, else `json`",
            "form of a log line: `pretty` or `json`",
        ),
        Variable::new(
            "OR3_SERVICE_NAME",
            "or3-edge",
            "name of this deployment in log lines, metrics and traces",
        )
        .or(&["OTEL_SERVICE_NAME", "POWERTOOLS_SERVICE_NAME"]),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let value = reader.text("OR3_LOG_FORMAT");
        let known = [
            ("pretty", Some(LogFormat::Pretty)),
            ("json", Some(LogFormat::Json)),
        ];
        Self {
            filter: filter(reader),
            format: reader.choice("OR3_LOG_FORMAT", value, &known, None),
            service: reader.first(&SERVICE).unwrap_or("or3-edge").to_owned(),
            function_name: reader
                .text("AWS_LAMBDA_FUNCTION_NAME")
                .unwrap_or("or3-local")
                .to_owned(),
            function_memory_mb: reader
                .text("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
                .and_then(|memory| memory.parse().ok()),
        }
    }
}

const SERVICE: [&str; 3] = [
    "OR3_SERVICE_NAME",
    "OTEL_SERVICE_NAME",
    "POWERTOOLS_SERVICE_NAME",
];

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

fn filter(reader: &mut Reader<'_>) -> String {
    let text = reader.text("OR3_LOG").unwrap_or("info");
    let known = |part: &str| {
        let level = part.rsplit_once('=').map_or(part, |(_, level)| level);
        LEVELS.contains(&level.trim())
    };
    if !text.split(',').all(known) {
        let cure = "it must be a level, or a comma list of levels by module";
        reader.problem("OR3_LOG", format!("is `{text}`: {cure}"));
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    #[test]
    fn a_filter_is_a_level_or_levels_by_module() {
        let load = |text| Environment::of([("OR3_LOG", text)]).load::<Log>();
        for text in ["off", "debug", "or3_state=trace,info"] {
            assert_eq!(load(text).expect(text).filter, text);
        }
        for text in ["loud", "or3_state", "info,"] {
            assert!(load(text).is_err(), "{text}");
        }
    }
}
