//! The suites of sync, on every database that there is.

mod cursor;
mod heads;
mod history;
mod notification;
mod parallel;
mod processes;
mod pull;
mod push;
mod snapshot;
mod stock;

use or3_state::State;
use or3_testkit::sync_suite::SyncPorts;

fn ports(state: &State) -> SyncPorts {
    SyncPorts {
        store: state.sync_store(),
        heads: state.sync_heads(),
        history: state.sync_history(),
        contexts: state.sessions(),
    }
}
