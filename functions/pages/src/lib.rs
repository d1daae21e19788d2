//! The pages `/`, `/account` and `/admin`, and the scripts and styles under `/_or3/ui/` that they and
//! pages of other products use. Nothing is read but what was built in: what a page shows of somebody
//! comes from the API, by the scripts.
//!
//! Every file has two addresses: `/_or3/ui/{file}`, which is asked for again each time, and
//! `/_or3/ui/{shelf}/{file}`, where the shelf is a hash of all files, so that it may be kept for ever.

mod asset;
mod config;
#[cfg(feature = "openapi")]
pub mod openapi;
mod page;
mod shelf;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use http::HeaderMap;

pub use config::Access;
pub use page::{POLICY, Place};
pub use shelf::address;

use page::Page;

/// The routes of this function, as template and README name them.
pub const ROUTES: &[(&str, &str)] = &[
    ("GET", "/"),
    ("GET", "/account"),
    ("GET", "/admin"),
    ("GET", "/_or3/config.json"),
    ("GET", "/_or3/ui/{file}"),
    ("GET", "/_or3/ui/{shelf}/{file}"),
];

/// What this function needs.
#[derive(Clone, Debug)]
pub struct Ports {
    /// Who may sign in, and how.
    pub access: Access,
    /// What runs, and where the data are: for people on their own machine, else nothing.
    pub place: Place,
}

/// The routes over `ports`.
pub fn router(ports: &Ports) -> Router {
    let page = |entry: &'static str, styles: &[&str], frame: &str| {
        let page = Arc::new(Page::of(entry, styles, frame, ports));
        get(async move |headers: HeaderMap| page::serve(&page, &headers))
    };
    let home = page("home.js", &["page.css"], include_str!("../ui/home.html"));
    let account = include_str!("../ui/account.html");
    let account = page("account.js", &["page.css"], account);
    let admin = include_str!("../ui/admin.html");
    let admin = page("admin.js", &["page.css", "admin.css"], admin);
    let config = Arc::new(ports.access.document());
    let config = get(async move |headers: HeaderMap| config::serve(&config, &headers));
    Router::new()
        .route("/", home)
        .route("/account", account)
        .route("/admin", admin)
        .route("/_or3/config.json", config)
        .route("/_or3/ui/{file}", get(asset::newest))
        .route("/_or3/ui/{shelf}/{file}", get(asset::kept))
}
