//! What is written down more than once says the same everywhere: the folders of `functions/`, the
//! routes in code, `template.yaml` with its policies and stages, the paths of `cargo lambda watch`,
//! the tables of the README, the document of the API, who may import whom, and the pages that name tests.

mod admin_endpoints;
mod deploy;
mod events;
mod functions;
mod imports;
mod named_tests;
mod openapi;
mod permissions;
mod policies;
mod readme;
mod repository;
mod runbooks;
mod settings_files;
mod stages;
mod template;
mod trail;
mod variables;
mod version1;
mod watch;
