//! Values as the engine has them.

use crate::statement::Value;

pub(super) fn to_libsql(value: &Value) -> libsql::Value {
    match value {
        Value::Null => libsql::Value::Null,
        Value::Integer(number) => libsql::Value::Integer(*number),
        Value::Text(text) => libsql::Value::Text(text.clone()),
        Value::Blob(bytes) => libsql::Value::Blob(bytes.clone()),
    }
}

pub(super) fn from_libsql(value: libsql::Value) -> libsql::Result<Value> {
    Ok(match value {
        libsql::Value::Null => Value::Null,
        libsql::Value::Integer(number) => Value::Integer(number),
        libsql::Value::Text(text) => Value::Text(text),
        libsql::Value::Blob(bytes) => Value::Blob(bytes),
        libsql::Value::Real(_) => return Err(libsql::Error::InvalidColumnType),
    })
}
