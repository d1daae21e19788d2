//! `GET /api/admin/search-users`, the contract's (3.6), and `GET /api/admin/users`, which has pages
//! and says more of each.

use std::collections::HashMap;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use or3_domain::admin::{Page, UserSearch};
use or3_http::{ApiError, SuperOnly};

use crate::Ports;
use crate::question::Question;
use crate::views::{Hit, Listed, User};

type Asked = Result<Query<HashMap<String, String>>, QueryRejection>;

pub(crate) async fn search(
    State(ports): State<Ports>,
    _super: SuperOnly,
    query: Asked,
) -> Result<Json<Vec<Hit>>, ApiError> {
    let question = Question::of(query);
    let Some(text) = question.text("q") else {
        return Ok(Json(Vec::new()));
    };
    let search = UserSearch {
        text: Some(text),
        page: Page {
            number: 1,
            size: question.number("limit", 50, 20),
        },
    };
    let found = ports.directory.users(&search).await?;
    Ok(Json(found.items.into_iter().map(Hit::from).collect()))
}

pub(crate) async fn list(
    State(ports): State<Ports>,
    _super: SuperOnly,
    query: Asked,
) -> Result<Json<Listed<User>>, ApiError> {
    let question = Question::of(query);
    let search = UserSearch {
        text: question.text("search"),
        page: question.page(),
    };
    let found = ports.directory.users(&search).await?;
    Ok(Json(Listed {
        items: found.items.into_iter().map(User::from).collect(),
        total: found.total,
    }))
}
