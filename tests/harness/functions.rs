//! The functions of this build, as the code has them.

/// A folder of `functions/` and the routes that its library serves.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    /// The name of folder, package, binary and Lambda.
    pub name: &'static str,
    /// Method and path, with `{parameter}` for a variable segment; empty when it is invoked by
    /// events only.
    pub routes: &'static [(&'static str, &'static str)],
}

const fn function(name: &'static str, routes: &'static [(&'static str, &'static str)]) -> Function {
    Function { name, routes }
}

/// Every function, in the order of the README.
pub const FUNCTIONS: &[Function] = &[
    function("auth", auth::ROUTES),
    function("admin", admin::ROUTES),
    function("workspaces", workspaces::ROUTES),
    function("sync", sync::ROUTES),
    function("stream", stream::ROUTES),
    function("presign", presign::ROUTES),
    function("blobs", blobs::ROUTES),
    function("uploads", uploads::ROUTES),
    function("gc", gc::ROUTES),
    function("health", health::ROUTES),
    function("pages", pages::ROUTES),
    function("migrate", migrate::ROUTES),
];
