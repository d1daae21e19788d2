//! The functions of this build, as the code has them.

use or3_http::openapi::Route;

/// A method and a path, with `{parameter}` for a variable segment.
type Routes = &'static [(&'static str, &'static str)];

/// A folder of `functions/` and the routes that its library serves.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name of folder, package, binary and Lambda.
    pub name: &'static str,
    /// Its routes; none when it is invoked by events only.
    pub routes: Routes,
    /// What they take and answer.
    pub describe: fn() -> Vec<Route>,
}

const fn function(name: &'static str, routes: Routes, describe: fn() -> Vec<Route>) -> Function {
    Function {
        name,
        routes,
        describe,
    }
}

/// Every function, in the order of the README.
pub const FUNCTIONS: &[Function] = &[
    function("auth", auth::ROUTES, auth::openapi::routes),
    function("admin", admin::ROUTES, admin::openapi::routes),
    function(
        "workspaces",
        workspaces::ROUTES,
        workspaces::openapi::routes,
    ),
    function("sync", sync::ROUTES, sync::openapi::routes),
    function("stream", stream::ROUTES, stream::openapi::routes),
    function("presign", presign::ROUTES, presign::openapi::routes),
    function("blobs", blobs::ROUTES, blobs::openapi::routes),
    function("uploads", uploads::ROUTES, uploads::openapi::routes),
    function("gc", gc::ROUTES, gc::openapi::routes),
    function("health", health::ROUTES, health::openapi::routes),
    function("pages", pages::ROUTES, pages::openapi::routes),
    function("migrate", migrate::ROUTES, Vec::new),
];
