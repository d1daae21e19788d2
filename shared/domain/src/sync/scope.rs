//! The workspace that a request names.

use super::json::Fields;
use super::trimmed_text;

/// The workspace in the member `scope`, trimmed (sync contract, 4). A project may be named and
/// plays no part. `None` for a malformed scope.
pub fn scope(body: &Fields<'_>) -> Option<String> {
    let scope = Fields::of(body.get("scope")?)?;
    if let Some(project) = scope.get("projectId") {
        trimmed_text(Some(project), 256)?;
    }
    trimmed_text(scope.get("workspaceId"), 256)
}

#[cfg(test)]
mod tests {
    use super::super::json::Json;
    use super::*;

    fn scoped(text: &str) -> Option<String> {
        scope(&Fields::of(Json::trusted(text)).expect("an object"))
    }

    #[test]
    fn the_workspace_is_trimmed_and_the_project_only_looked_at() {
        let named = r#"{"scope":{"workspaceId":" ws ","projectId":"p"}}"#;
        assert_eq!(scoped(named).as_deref(), Some("ws"));
        for malformed in [
            "{}",
            r#"{"scope":[]}"#,
            r#"{"scope":{"workspaceId":" "}}"#,
            r#"{"scope":{"workspaceId":7}}"#,
            r#"{"scope":{"workspaceId":"ws","projectId":""}}"#,
        ] {
            assert_eq!(scoped(malformed), None, "{malformed}");
        }
    }
}
