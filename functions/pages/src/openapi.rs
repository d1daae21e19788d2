//! What the routes answer, for the document of the API (ADR 0012).

use or3_http::ApiError;
use or3_http::openapi::{Answer, Members, Route, object, or_null, text};

/// The routes of this function.
pub fn routes() -> Vec<Route> {
    vec![
        page("/", "The start page"),
        page("/account", "The page of one's account"),
        page("/admin", "The page of administrators"),
        config(),
        file(
            "/_or3/ui/{file}",
            "A script or a style, of the build that answers",
        ),
        file(
            "/_or3/ui/{shelf}/{file}",
            "The same by a hash of all: it may be kept for ever",
        ),
    ]
}

fn page(path: &'static str, summary: &'static str) -> Route {
    let answer = Answer::media(200, "HTML.", "text/html");
    kept(Route::new(("GET", path), summary), answer)
}

fn config() -> Route {
    let answer = object()
        .with("authProvider", or_null(text(0..=usize::MAX)))
        .with("registrationMode", text(0..=usize::MAX))
        .with("scripts", object());
    let answer = Answer::shaped(200, "What a page must know at first.", answer);
    let route = ("GET", "/_or3/config.json");
    kept(
        Route::new(route, "Who may sign in, and the scripts"),
        answer,
    )
}

fn file(path: &'static str, summary: &'static str) -> Route {
    let route = Route::new(("GET", path), summary);
    kept(route, Answer::media(200, "It.", "*/*")).refuses([ApiError::not_found()])
}

/// Who has it already is told so.
fn kept(route: Route, answer: Answer) -> Route {
    route
        .header("If-None-Match", false, text(0..=usize::MAX))
        .answers(answer.header("ETag", "A hash of it."))
        .answers(Answer::empty(304, "The client has it already."))
}
