//! A product of somebody else, on an origin of its own: one page that embeds the button of the server
//! that its address names.

use std::collections::HashMap;

use axum::Router;
use axum::extract::Query;
use axum::response::Html;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// It ends with this.
pub(crate) struct Host {
    origin: String,
    server: JoinHandle<()>,
}

impl Host {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let router = Router::new().route("/", get(page));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        });
        Self {
            origin: format!("http://{address}"),
            server,
        }
    }

    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn page(Query(members): Query<HashMap<String, String>>) -> Html<String> {
    let server = &members["server"];
    Html(format!(
        r#"<!doctype html><html lang="en"><meta charset="utf-8"><title>A host</title>
<link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<script type="module" src="{server}/_or3/ui/or3-elements.js"></script>
<main><h1>A host</h1><or3-auth-button></or3-auth-button></main></html>"#
    ))
}
