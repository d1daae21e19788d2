//! How a function says what its routes take and answer (feature `openapi`; ADR 0012).
//!
//! Each function has a file `openapi.rs` that describes its routes with the words of its own code:
//! the types of its answers, the ceilings of its bodies, its budgets, and the errors that its
//! handlers return, which the one error table turns into statuses here as it does there.
//! `tests/agreement` makes one document of all functions; nothing that is shipped links this.

mod answer;
mod callers;
mod document;
mod refusals;
mod route;
mod shapes;

pub use answer::Answer;
pub use document::{Conflict, document};
pub use route::Route;
pub use shapes::{
    Members, Shape, anything, collection_run, done, either, email, flag, integer, list, natural,
    number, object, or_null, password, role, text, uuid, word, words,
};
pub use utoipa::openapi::schema::{Object, ObjectBuilder};
