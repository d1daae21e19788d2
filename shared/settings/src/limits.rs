//! Rate limits: switched off, or changed by name.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::dynamodb::DynamoDb;
use crate::environment::Section;
use crate::mode::Mode;
use crate::reader::Reader;
use crate::variable::Variable;

/// Changes to the contract's rate limits.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    /// No limits at all; never in production.
    pub disabled: bool,
    /// Changes by the limit's name, for instance `sync:pull`.
    pub overrides: BTreeMap<String, LimitOverride>,
    /// The table that counts requests and keeps leases, when it is chosen instead of the database.
    pub dynamodb: Option<DynamoDb>,
}

/// A change to one limit; what is `None` keeps its default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitOverride {
    /// How many requests fit into the window.
    pub max_requests: Option<u32>,
    /// How long a request counts.
    pub window: Option<Duration>,
}

const PROVIDER: &str = "OR3_LIMITS_PROVIDER";

impl Section for Limits {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_RATE_LIMIT_OVERRIDES_JSON",
            "none",
            "changes limits by name: `{\"sync:pull\":{\"windowMs\":60000,\"maxRequests\":600}}`; \
             what is malformed is ignored",
        ),
        Variable::new(
            "DISABLE_RATE_LIMIT",
            "unset",
            "`1` switches limits off, never in production",
        ),
        Variable::new(
            PROVIDER,
            "sqlite",
            "where requests are counted and leases kept; this build: `sqlite` (the database), \
             `dynamodb`",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let production = Mode::read(reader).production;
        Self {
            disabled: !production && reader.text("DISABLE_RATE_LIMIT") == Some("1"),
            overrides: overrides(reader.text("OR3_RATE_LIMIT_OVERRIDES_JSON").unwrap_or("{}")),
            dynamodb: in_a_table(reader).then(|| DynamoDb::read(reader)),
        }
    }
}

fn in_a_table(reader: &mut Reader<'_>) -> bool {
    let id = reader.text(PROVIDER);
    reader.choice(
        PROVIDER,
        id,
        &[("sqlite", false), (DynamoDb::ID, true)],
        false,
    )
}

/// Reads what is well-formed and ignores the rest (sync contract, 3.6).
fn overrides(json: &str) -> BTreeMap<String, LimitOverride> {
    let Ok(serde_json::Value::Object(entries)) = serde_json::from_str(json) else {
        return BTreeMap::new();
    };
    let change = |value: &serde_json::Value| LimitOverride {
        max_requests: positive(value.get("maxRequests"))
            .map(|number| u32::try_from(number).unwrap_or(u32::MAX)),
        window: positive(value.get("windowMs")).map(Duration::from_millis),
    };
    entries
        .iter()
        .map(|(name, value)| (name.clone(), change(value)))
        .collect()
}

/// A finite number above zero, rounded down.
fn positive(value: Option<&serde_json::Value>) -> Option<u64> {
    let number = value?
        .as_f64()
        .filter(|number| number.is_finite() && *number >= 1.0)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked above"
    )]
    Some(number.floor() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_overrides_leave_the_defaults() {
        assert!(overrides("{not json").is_empty());
        let read = overrides(r#"{"a":{"maxRequests":2.9,"windowMs":-1},"b":7}"#);
        let a = LimitOverride {
            max_requests: Some(2),
            window: None,
        };
        assert_eq!(read["a"], a);
        assert_eq!(read["b"], LimitOverride::default());
    }

    #[test]
    fn limits_are_never_off_in_production() {
        use crate::environment::Environment;
        let switch = ("DISABLE_RATE_LIMIT", "1");
        for (pairs, off) in [
            (&[switch][..], true),
            (&[("DISABLE_RATE_LIMIT", "true")][..], false),
            (&[switch, ("NODE_ENV", "production")][..], false),
            (&[switch, ("OR3_ENV", "production")][..], false),
        ] {
            let read = Environment::of(pairs.iter().copied()).load::<Limits>();
            assert_eq!(read.expect("nothing is wrong").disabled, off, "{pairs:?}");
        }
    }
}
