//! The function through its router.

mod create;
mod end;
mod lambda;
mod parts;
mod pier;
mod protocol;
mod room;
