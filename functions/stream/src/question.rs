//! What a client asks for: a workspace, and the version that it has.

use axum::extract::Query;
use http::{HeaderMap, Uri};
use or3_domain::sync::json::MAX_INTEGER;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    workspace_id: String,
    cursor: Option<i64>,
}

/// A question in order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) workspace: String,
    pub(crate) cursor: i64,
}

impl Question {
    /// Reads `?workspaceId=…&cursor=…`. A browser that opens a broken stream again repeats its
    /// first address and adds the last event's id, which is the newer cursor. `None` for a
    /// malformed question.
    pub(crate) fn of(uri: &Uri, headers: &HeaderMap) -> Option<Self> {
        let Query(asked) = Query::<Parameters>::try_from_uri(uri).ok()?;
        let workspace = asked.workspace_id.trim();
        let length = workspace.encode_utf16().count();
        let last = headers.get("last-event-id");
        let last = last.and_then(|id| id.to_str().ok()?.parse().ok());
        let in_range = |cursor: &i64| (0..=MAX_INTEGER).contains(cursor);
        let cursor = last.filter(in_range).or(asked.cursor.filter(in_range))?;
        (1..=256).contains(&length).then(|| Self {
            workspace: workspace.to_owned(),
            cursor,
        })
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn asked(query: &str, last: Option<&'static str>) -> Option<(String, i64)> {
        let uri = format!("/api/sync/stream?{query}").parse().expect("a URI");
        let last = last.map(|id| ("last-event-id", id));
        let headers = last.into_iter().map(|(name, id)| {
            let name = http::HeaderName::from_static(name);
            (name, HeaderValue::from_static(id))
        });
        let question = Question::of(&uri, &headers.collect())?;
        Some((question.workspace, question.cursor))
    }

    #[test]
    fn the_last_event_is_a_newer_cursor_than_the_address() {
        let own = Some(("ws".to_owned(), 7));
        assert_eq!(asked("workspaceId=%20ws&cursor=7", None), own);
        assert_eq!(asked("workspaceId=ws&cursor=3", Some("7")), own);
        assert_eq!(asked("workspaceId=ws", Some("7")), own);
        assert_eq!(asked("workspaceId=ws&cursor=7", Some("nonsense")), own);
    }

    #[test]
    fn a_question_without_workspace_or_cursor_is_malformed() {
        for query in [
            "",
            "workspaceId=ws",
            "cursor=1",
            "workspaceId=&cursor=1",
            "workspaceId=ws&cursor=-1",
            "workspaceId=ws&cursor=1.5",
            "workspaceId=ws&cursor=9007199254740992",
        ] {
            assert_eq!(asked(query, None), None, "{query}");
        }
        let long = format!("workspaceId={}&cursor=1", "w".repeat(257));
        assert_eq!(asked(&long, None), None);
    }
}
