//! The function through its router.

mod create;
mod end;
mod parts;
mod pier;
mod protocol;
