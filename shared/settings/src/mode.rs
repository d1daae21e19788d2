//! Development or production.

use crate::environment::Section;
use crate::reader::Reader;
use crate::variable::Variable;

/// How strict this process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mode {
    /// Cookies are `Secure`, HTTPS is forced by default, errors hide their causes, nothing is
    /// generated.
    pub production: bool,
    /// Unsafe values stop the start (always so in production).
    pub strict: bool,
}

impl Section for Mode {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_ENV",
            "development",
            "`production` turns strict mode on: nothing is generated, every secret must be given, \
             cookies are `Secure`",
        )
        .or(&["NODE_ENV"]),
        Variable::new(
            "OR3_STRICT_CONFIG",
            "false",
            "`true` refuses unsafe values outside production too",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let words = [
            ("development", false),
            ("test", false),
            ("production", true),
        ];
        let named = reader.choice("OR3_ENV", reader.text("OR3_ENV"), &words, false);
        let production = named || reader.text("NODE_ENV") == Some("production");
        Self {
            production,
            strict: production || reader.is_true("OR3_STRICT_CONFIG"),
        }
    }
}
