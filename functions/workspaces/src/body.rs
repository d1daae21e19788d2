//! What a workspace is called, as clients send it (auth contract, 3.3).

use or3_domain::workspace::{Description, NameError, WorkspaceName};
use or3_http::{ApiError, json_of};
use serde::Deserialize;
use serde_json::Value;

/// Room for the longest name and description, with every character escaped.
pub(crate) const CEILING: usize = 64 * 1024;

pub(crate) const BLANK: &str = "Workspace name is required";
pub(crate) const LONG_NAME: &str = "Workspace name must be under 100 characters";
pub(crate) const LONG_DESCRIPTION: &str = "Description must be under 1000 characters";

#[derive(Deserialize)]
struct Titles {
    #[serde(default)]
    name: Value,
    #[serde(default)]
    description: Value,
}

/// A name and a description within their limits.
pub(crate) fn titles(body: &[u8]) -> Result<(WorkspaceName, Description), ApiError> {
    let titles: Titles = json_of(body, ApiError::bad_request(BLANK))?;
    let name = WorkspaceName::parse(titles.name.as_str().unwrap_or_default());
    let name = name.map_err(|error| {
        ApiError::bad_request(match error {
            NameError::Blank => BLANK,
            NameError::TooLong => LONG_NAME,
        })
    })?;
    let too_long = || ApiError::bad_request(LONG_DESCRIPTION);
    let description = match &titles.description {
        Value::Null => Description::default(),
        Value::String(text) => Description::parse(Some(text)).map_err(|_| too_long())?,
        _ => return Err(too_long()),
    };
    Ok((name, description))
}
