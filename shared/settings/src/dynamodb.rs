//! A table that counts requests and keeps leases: `OR3_LIMITS_PROVIDER=dynamodb`.

use crate::aws::{self, AwsCredentials, AwsEndpoint};
use crate::environment::Section;
use crate::reader::Reader;
use crate::variable::Variable;

/// Which table.
#[derive(Clone, Debug)]
pub struct DynamoDb {
    /// The table's name.
    pub table: String,
    /// Its region; servers other than AWS take what they were told to be.
    pub region: String,
    /// Where the server is; `None` is AWS.
    pub endpoint: Option<AwsEndpoint>,
    /// With what requests are signed.
    pub credentials: AwsCredentials,
}

/// The key that is given for the table alone.
const OWN_KEY: [&str; 3] = [
    "OR3_LIMITS_DYNAMODB_ACCESS_KEY_ID",
    "OR3_LIMITS_DYNAMODB_SECRET_ACCESS_KEY",
    "OR3_LIMITS_DYNAMODB_SESSION_TOKEN",
];

impl DynamoDb {
    /// The provider's id in variables and answers.
    pub const ID: &str = "dynamodb";
}

impl Section for DynamoDb {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            "OR3_LIMITS_DYNAMODB_TABLE",
            "required with `dynamodb`",
            "name of the table",
        ),
        Variable::new(
            "OR3_LIMITS_DYNAMODB_REGION",
            "required with `dynamodb`; on Lambda, its own",
            "region of the table; else `AWS_REGION`, `AWS_DEFAULT_REGION`",
        ),
        Variable::new(
            "OR3_LIMITS_DYNAMODB_ENDPOINT",
            "AWS in that region",
            "address of another server that speaks DynamoDB, `https://…`",
        ),
        Variable::new(
            "OR3_LIMITS_DYNAMODB_ALLOW_INSECURE_HTTP",
            "false",
            "`true` permits an endpoint with `http://`",
        ),
        Variable::secret(
            OWN_KEY[0],
            "access key of the table; without it, key, secret and token of the `AWS_` variables",
        ),
        Variable::secret(OWN_KEY[1], "secret of that key"),
        Variable::secret(OWN_KEY[2], "token of that key, when it is a temporary one"),
    ];

    /// Asks for what is required; whoever reads this section has chosen the provider.
    fn read(reader: &mut Reader<'_>) -> Self {
        let insecure = "OR3_LIMITS_DYNAMODB_ALLOW_INSECURE_HTTP";
        Self {
            table: table(reader),
            region: aws::region(reader, "OR3_LIMITS_DYNAMODB_REGION", "table"),
            endpoint: aws::endpoint(reader, "OR3_LIMITS_DYNAMODB_ENDPOINT", insecure),
            credentials: aws::credentials(reader, OWN_KEY, "the table"),
        }
    }
}

fn table(reader: &mut Reader<'_>) -> String {
    const NAME: &str = "OR3_LIMITS_DYNAMODB_TABLE";
    let table = reader.text(NAME).unwrap_or_default().trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if table.is_empty() {
        reader.problem(NAME, "is not set: give it the name of the table");
    } else if !(3..=255).contains(&table.len()) || !table.bytes().all(plain) {
        let cure = "a table's name is 3 to 255 letters, digits, dots, dashes and underscores";
        reader.problem(NAME, format!("is `{table}`: {cure}"));
    }
    table.to_owned()
}

#[cfg(test)]
mod tests {
    use crate::environment::Environment;
    use crate::limits::Limits;

    const CHOICE: (&str, &str) = ("OR3_LIMITS_PROVIDER", "dynamodb");
    const ENOUGH: [(&str, &str); 4] = [
        ("OR3_LIMITS_DYNAMODB_TABLE", "or3-limits"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "key"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
    ];

    /// The variables that are wrong.
    fn wrong(pairs: &[(&str, &str)]) -> Vec<&'static str> {
        let read = Environment::of(pairs.iter().copied()).load::<Limits>();
        let problems = read.err().map_or_else(Vec::new, |problems| problems.0);
        problems.iter().map(|problem| problem.variable).collect()
    }

    #[test]
    fn the_table_asks_for_its_own_variables_only_when_it_is_chosen() {
        assert!(wrong(&[]).is_empty());
        assert_eq!(
            wrong(&[CHOICE]),
            [
                "OR3_LIMITS_DYNAMODB_TABLE",
                "OR3_LIMITS_DYNAMODB_REGION",
                "OR3_LIMITS_DYNAMODB_ACCESS_KEY_ID",
                "OR3_LIMITS_DYNAMODB_SECRET_ACCESS_KEY",
            ]
        );
        assert!(wrong(&[&[CHOICE], &ENOUGH[..]].concat()).is_empty());
        assert_eq!(
            wrong(&[("OR3_LIMITS_PROVIDER", "redis")]),
            ["OR3_LIMITS_PROVIDER"]
        );
    }

    #[test]
    fn names_that_cannot_be_are_refused_by_name() {
        for (name, value) in [
            ("OR3_LIMITS_DYNAMODB_TABLE", "no"),
            ("OR3_LIMITS_DYNAMODB_TABLE", "a table"),
            ("OR3_LIMITS_DYNAMODB_REGION", "eu central"),
            ("OR3_LIMITS_DYNAMODB_ENDPOINT", "http://127.0.0.1:8000"),
        ] {
            let pairs = [&ENOUGH[1..], &[CHOICE, ENOUGH[0], (name, value)]].concat();
            assert_eq!(wrong(&pairs), [name], "{value}");
        }
    }
}
