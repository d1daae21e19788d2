//! A workspace with a long history and many files.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use or3_domain::auth::{FreshIds, Identity};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::storage::ContentHash;
use or3_domain::sync::{Fingerprint, Op, Operation, Revision, Table};
use or3_state::State;

use crate::command::Outcome;

pub(super) const WORKSPACE: &str = "large";

/// How many changes each row has.
const REVISIONS: u64 = 10;

/// How many changes a push has.
const BATCH: u64 = 100;

/// How old everything is.
const AGE: Duration = Duration::from_hours(24 * 400);

/// Makes a workspace.
pub(super) async fn workspace(state: &State, id: &str) -> Outcome {
    let identity = Identity {
        provider: "bench",
        provider_user_id: id.to_owned(),
        email: None,
        display_name: None,
    };
    let fresh = FreshIds {
        user: UserId::new(id),
        workspace: WorkspaceId::new(id),
    };
    let made = state.sessions();
    made.provision(&identity, &fresh, Timestamp::from_millis(0))
        .await?;
    Ok(())
}

/// One change of a message; the same number makes the same change.
pub(super) fn change(workspace: &str, number: u64, rows: u64) -> Op {
    let pk = format!("{workspace}-{:08}", number % rows.max(1));
    let filler = "word ".repeat(80);
    Op {
        table: Table::Messages,
        operation: Operation::Put,
        payload: Some(format!(
            r#"{{"id":"{pk}","data":"{filler}","file_hashes":"[]"}}"#
        )),
        pk,
        revision: Revision {
            clock: i64::try_from(number).unwrap_or(i64::MAX),
            hlc: "000000000:000:bench".to_owned(),
            op_id: format!("{:08x}-0000-4000-8000-{number:012}", workspace.len()),
        },
        device_id: "bench".to_owned(),
        fingerprint: Fingerprint([0; 16]),
    }
}

/// Pushes `count` changes that were made long ago.
pub(super) async fn changes(state: &State, count: u64, now: Timestamp) -> Outcome {
    let (store, then) = (state.sync_store(), now.minus(AGE));
    let (workspace, user) = (WorkspaceId::new(WORKSPACE), UserId::new(WORKSPACE));
    let rows = count / REVISIONS;
    let mut made = 0;
    while made < count {
        let end = count.min(made + BATCH);
        let ops: Vec<_> = (made..end)
            .map(|number| change(WORKSPACE, number, rows))
            .collect();
        store.push(&workspace, &user, &ops, then).await?;
        made = end;
    }
    Ok(())
}

/// Makes `count` sparse files that look like blobs of long ago.
pub(super) fn blobs(root: &Path, count: u64) -> Outcome {
    let folder = root.join("workspaces").join(WORKSPACE);
    std::fs::create_dir_all(&folder)?;
    let then = File::open(&folder)?.metadata()?.modified()?;
    let then: SystemTime = then - AGE;
    for number in 0..count {
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&number.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes());
        let file = File::create_new(folder.join(ContentHash::Sha256(digest).file_name()))?;
        file.set_len(1 << 20)?;
        file.set_modified(then)?;
    }
    Ok(())
}
