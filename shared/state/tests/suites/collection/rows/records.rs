//! Room held for uploads, and records of collections.

use or3_domain::gc::{Kind, Run, Source};
use or3_domain::ids::WorkspaceId;
use or3_domain::storage::{ContentHash, Reservation};
use or3_testkit::seed_workspace;

use super::{HOUR, KEPT, NOW, everywhere, goes_at};

#[tokio::test(flavor = "multi_thread")]
async fn reservations_go_an_hour_after_their_url() {
    everywhere(async |state| {
        seed_workspace(&*state.sessions(), "ws").await;
        for number in 0..3 {
            let reservation = Reservation {
                hash: ContentHash::Md5([number; 16]),
                size_bytes: 1,
                expires_at: NOW.plus(HOUR),
            };
            let ws = WorkspaceId::new("ws");
            let files = state.file_index();
            let held = files.reserve(&ws, &reservation, 100, NOW).await;
            held.expect("reserved");
        }
        let end = NOW.plus(HOUR * 2);
        let names = goes_at(state, Kind::UploadIntents, end, 3).await;
        assert_eq!(names[0], format!("ws/{}", "00".repeat(16)));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_collections_go_in_their_time() {
    everywhere(async |state| {
        let ledger = state.gc_ledger();
        for id in ["a", "b", "c"] {
            let run = Run::new(id.to_owned(), Source::Schedule, false, NOW);
            ledger.begin(&run, &[], NOW, NOW).await.expect("begun");
        }
        let names = goes_at(state, Kind::Runs, NOW.plus(KEPT.runs), 3).await;
        assert_eq!(names, ["a", "b", "c"]);
    })
    .await;
}
