//! A batch as data: SQL with its arguments on the way in, rows on the way out. The same values
//! go to a local file and to a libSQL server.

use std::borrow::Cow;

use or3_domain::store::StoreError;

/// One SQL value. The product stores no floating-point numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    /// SQL `NULL`.
    Null,
    /// A 64-bit integer.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes.
    Blob(Vec<u8>),
}

macro_rules! value_from {
    ($($from:ty => |$name:ident| $value:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($name: $from) -> Self {
                $value
            }
        })*
    };
}

value_from! {
    i64 => |number| Self::Integer(number);
    u32 => |number| Self::Integer(i64::from(number));
    bool => |flag| Self::Integer(i64::from(flag));
    &str => |text| Self::Text(text.to_owned());
    String => |text| Self::Text(text);
    Vec<u8> => |bytes| Self::Blob(bytes);
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One statement of a batch: text, arguments by position (`?1` is the first).
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) args: Vec<Value>,
}

impl Statement {
    /// SQL text; fixed text is prepared once a connection and kept.
    pub(crate) fn new(sql: impl Into<Cow<'static, str>>) -> Self {
        Self {
            sql: sql.into(),
            args: Vec::new(),
        }
    }

    /// Adds the next argument.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.args.push(value.into());
        self
    }
}

/// What one statement gave.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// The rows, in order.
    pub(crate) rows: Vec<Row>,
    /// How many rows an `INSERT`, `UPDATE` or `DELETE` changed; not meaningful for a `SELECT`.
    pub(crate) changed: u64,
}

impl Answer {
    /// The only row of an answer that has at most one.
    pub(crate) fn into_first(self) -> Option<Row> {
        self.rows.into_iter().next()
    }
}

/// One row; columns are read by position, and a column of the wrong type is a fault of ours.
#[derive(Clone, Debug)]
pub(crate) struct Row(pub(crate) Vec<Value>);

impl Row {
    pub(crate) fn int(&self, column: usize) -> Result<i64, StoreError> {
        match self.0.get(column) {
            Some(Value::Integer(number)) => Ok(*number),
            other => Err(mismatch(column, "an integer", other)),
        }
    }

    pub(crate) fn flag(&self, column: usize) -> Result<bool, StoreError> {
        self.int(column).map(|number| number != 0)
    }

    pub(crate) fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    pub(crate) fn text(&self, column: usize) -> Result<&str, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text),
            other => Err(mismatch(column, "text", other)),
        }
    }

    pub(crate) fn string(&self, column: usize) -> Result<String, StoreError> {
        self.text(column).map(str::to_owned)
    }

    pub(crate) fn opt_string(&self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.string(column).map(Some),
        }
    }

    /// Like [`string`](Self::string), without a copy: the column is empty afterwards.
    pub(crate) fn take_string(&mut self, column: usize) -> Result<String, StoreError> {
        match self.0.get_mut(column) {
            Some(Value::Text(text)) => Ok(std::mem::take(text)),
            other => Err(mismatch(column, "text", other.as_deref())),
        }
    }

    pub(crate) fn take_opt_string(&mut self, column: usize) -> Result<Option<String>, StoreError> {
        match self.0.get(column) {
            Some(Value::Null) => Ok(None),
            _ => self.take_string(column).map(Some),
        }
    }

    pub(crate) fn blob(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.0.get(column) {
            Some(Value::Blob(bytes)) => Ok(bytes),
            other => Err(mismatch(column, "bytes", other)),
        }
    }
}

fn mismatch(column: usize, wanted: &str, found: Option<&Value>) -> StoreError {
    let found = match found {
        None => "no such column",
        Some(Value::Null) => "null",
        Some(Value::Integer(_)) => "an integer",
        Some(Value::Text(_)) => "text",
        Some(Value::Blob(_)) => "bytes",
    };
    StoreError::Fault(format!("column {column}: wanted {wanted}, found {found}"))
}
