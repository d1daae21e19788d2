//! The part of Hrana 3 (JSON) that one pipeline request with one batch needs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use or3_domain::store::StoreError;
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

use super::failure;
use crate::statement::{Answer, Row, Statement, Value};

/// The body of `POST /v3/pipeline`: a stream that runs one batch and closes.
#[derive(Serialize)]
pub(super) struct Pipeline<'a> {
    requests: [Request<'a>; 2],
}

impl<'a> Pipeline<'a> {
    pub(super) fn of(steps: Vec<Step<'a>>) -> Self {
        let batch = Batch { steps };
        Self {
            requests: [Request::Batch { batch }, Request::Close],
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Request<'a> {
    Batch { batch: Batch<'a> },
    Close,
}

#[derive(Serialize)]
struct Batch<'a> {
    steps: Vec<Step<'a>>,
}

/// A statement that runs if its condition holds.
#[derive(Serialize)]
pub(super) struct Step<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) condition: Option<Condition>,
    pub(super) stmt: Stmt<'a>,
}

/// What must have become of earlier steps.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Condition {
    /// The step ran and succeeded.
    Ok { step: usize },
    /// The opposite.
    Not { cond: Box<Condition> },
    /// All of them.
    And { conds: Vec<Condition> },
}

/// SQL text with its arguments by position.
#[derive(Serialize)]
pub(super) struct Stmt<'a> {
    sql: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    args: Vec<Outgoing<'a>>,
    want_rows: bool,
}

impl<'a> Stmt<'a> {
    /// A statement without arguments whose rows nobody reads.
    pub(super) fn bare(sql: &'a str) -> Self {
        Self {
            sql,
            args: Vec::new(),
            want_rows: false,
        }
    }

    pub(super) fn of(statement: &'a Statement) -> Self {
        Self {
            sql: &statement.sql,
            args: statement.args.iter().map(Outgoing).collect(),
            want_rows: true,
        }
    }
}

/// A value on its way to the server; integers travel as text, because JSON readers round them.
struct Outgoing<'a>(&'a Value);

impl Serialize for Outgoing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut wire = serializer.serialize_struct("Value", 2)?;
        match self.0 {
            Value::Null => wire.serialize_field("type", "null")?,
            Value::Integer(number) => {
                wire.serialize_field("type", "integer")?;
                wire.serialize_field("value", &number.to_string())?;
            }
            Value::Text(text) => {
                wire.serialize_field("type", "text")?;
                wire.serialize_field("value", text)?;
            }
            Value::Blob(bytes) => {
                wire.serialize_field("type", "blob")?;
                wire.serialize_field("base64", &STANDARD_NO_PAD.encode(bytes))?;
            }
        }
        wire.end()
    }
}

/// The server's answer to a pipeline: one result a request.
#[derive(Deserialize)]
struct PipelineAnswer {
    results: Vec<StreamResult>,
}

/// The batch's result, or why there is none. (Structs with optional members instead of tagged
/// enums: those would be read into memory twice.)
#[derive(Deserialize)]
struct StreamResult {
    response: Option<Response>,
    error: Option<WireError>,
}

#[derive(Deserialize)]
struct Response {
    result: Option<BatchResult>,
}

/// A result or an error for every step that ran, nothing for the others.
#[derive(Deserialize)]
pub(super) struct BatchResult {
    pub(super) step_results: Vec<Option<StmtResult>>,
    pub(super) step_errors: Vec<Option<WireError>>,
}

#[derive(Deserialize)]
pub(super) struct StmtResult {
    rows: Vec<Vec<Incoming>>,
    affected_row_count: u64,
}

/// The server's words, and a code for programs.
#[derive(Debug, Deserialize)]
pub(super) struct WireError {
    pub(super) message: String,
    #[serde(default)]
    pub(super) code: Option<String>,
}

/// A value on its way from the server. A floating-point number does not fit, on purpose.
#[derive(Deserialize)]
struct Incoming {
    #[serde(rename = "type")]
    kind: Kind,
    value: Option<String>,
    base64: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Null,
    Integer,
    Text,
    Blob,
}

/// Servers write base64 with or without padding.
const EITHER_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

impl BatchResult {
    /// The result of the batch, which is the first request of its pipeline.
    pub(super) fn of_reply(reply: &[u8]) -> Result<Self, StoreError> {
        let reply: PipelineAnswer =
            serde_json::from_slice(reply).map_err(|error| unreadable(&error))?;
        let first = reply.results.into_iter().next();
        let first = first.ok_or_else(|| StoreError::Fault("an empty answer".to_owned()))?;
        if let Some(error) = first.error {
            return Err(failure::of_server(&error));
        }
        let result = first.response.and_then(|response| response.result);
        result.ok_or_else(|| StoreError::Fault("an answer without a result".to_owned()))
    }
}

/// A message that is not of the protocol.
pub(super) fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Fault(format!("Hrana message: {error}"))
}

impl StmtResult {
    pub(super) fn into_answer(self) -> Result<Answer, StoreError> {
        let row = |values: Vec<Incoming>| {
            let values = values.into_iter().map(Incoming::into_value);
            values.collect::<Option<_>>().map(Row)
        };
        let rows = self.rows.into_iter().map(row).collect::<Option<_>>();
        Ok(Answer {
            rows: rows.ok_or_else(|| StoreError::Fault("a value of no known form".to_owned()))?,
            changed: self.affected_row_count,
        })
    }
}

impl Incoming {
    fn into_value(self) -> Option<Value> {
        match self.kind {
            Kind::Null => Some(Value::Null),
            Kind::Integer => self.value?.parse().ok().map(Value::Integer),
            Kind::Text => self.value.map(Value::Text),
            Kind::Blob => EITHER_PADDING.decode(self.base64?).ok().map(Value::Blob),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(value: &Value) -> Option<Value> {
        let text = serde_json::to_string(&Outgoing(value)).expect("serializes");
        serde_json::from_str::<Incoming>(&text)
            .expect("deserializes")
            .into_value()
    }

    #[test]
    fn every_value_survives_the_way_there_and_back() {
        let values = [
            Value::Null,
            Value::Integer(i64::MIN),
            Value::Integer(9_007_199_254_740_993),
            Value::Text("\u{0} \\ \" \u{10FFFF} \\ud800".to_owned()),
            Value::Blob(vec![0, 1, 2, 255]),
            Value::Blob(Vec::new()),
        ];
        for value in values {
            assert_eq!(there_and_back(&value).as_ref(), Some(&value));
        }
    }

    #[test]
    fn blobs_are_read_with_and_without_padding() {
        for text in ["AAEC/w", "AAEC/w=="] {
            let wire = serde_json::json!({ "type": "blob", "base64": text });
            let value: Incoming = serde_json::from_value(wire).expect("a value");
            assert_eq!(value.into_value(), Some(Value::Blob(vec![0, 1, 2, 255])));
        }
    }

    #[test]
    fn a_floating_point_number_is_refused_as_in_a_local_file() {
        let wire = serde_json::json!({ "type": "float", "value": 1.5 });
        assert!(serde_json::from_value::<Incoming>(wire).is_err());
    }
}
