//! What is written down more than once says the same everywhere: the folders of `functions/`, the
//! routes in code, `template.yaml`, the paths of `cargo lambda watch`, the tables of the README,
//! and who may import whom.

mod events;
mod functions;
mod imports;
mod permissions;
mod readme;
mod repository;
mod security;
mod template;
mod watch;
