//! The recorded conversations of `tests/vectors/sync`, replayed over HTTP against the real routers
//! on a real database (see the README beside them).

mod compare;
mod expand;
mod replay;
mod server;
mod sync;
