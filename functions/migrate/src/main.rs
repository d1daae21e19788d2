//! Entry point of the `migrate` function.

use std::process::ExitCode;
use std::sync::Arc;

use migrate::{Ports, handle};
use or3_domain::clock::SystemClock;
use or3_runtime::{on_event, start};
use or3_settings::Database;
use or3_state::State;

fn main() -> ExitCode {
    start(async |environment| {
        let database = environment.load::<Database>()?;
        let ports = Ports {
            schema: State::schema(database, Arc::new(SystemClock)),
        };
        on_event(&environment, |_event| {
            let ports = ports.clone();
            async move {
                handle(&ports)
                    .await
                    .map(|migrated| serde_json::json!(migrated))
            }
        })
        .await
    })
}
