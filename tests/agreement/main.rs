//! What is written down more than once says the same everywhere: the folders of `functions/`, the
//! routes in code, `template.yaml`, the paths of `cargo lambda watch`, the tables of the README,
//! who may import whom, and the pages that name tests.

mod events;
mod functions;
mod imports;
mod named_tests;
mod permissions;
mod readme;
mod repository;
mod template;
mod watch;
