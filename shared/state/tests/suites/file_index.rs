use std::time::Duration;

use or3_domain::auth::{FreshIds, Identity};
use or3_domain::clock::Timestamp;
use or3_domain::ids::{UserId, WorkspaceId};
use or3_domain::storage::{ContentHash, Reservation, Reserved};
use or3_state::State;

/// Makes the workspace `id`, which holds nothing.
async fn workspace(state: &State, id: &str) -> WorkspaceId {
    let identity = Identity {
        provider: "basic-auth",
        provider_user_id: format!("account-{id}"),
        email: None,
        display_name: None,
    };
    let fresh = FreshIds {
        user: UserId::new(format!("user-{id}")),
        workspace: WorkspaceId::new(id),
    };
    let now = Timestamp::from_seconds(1_767_225_600);
    let home = state.sessions().provision(&identity, &fresh, now).await;
    home.expect("a new user has a workspace");
    fresh.workspace
}

macro_rules! facts {
    ($place:ident: $($fact:ident),* $(,)?) => {
        mod $place {
            use or3_testkit::file_index_suite as suite;

            $(#[tokio::test(flavor = "multi_thread")]
            async fn $fact() {
                let Some(place) = crate::place::Place::$place().await else { return };
                let workspace = super::workspace(&place.state, "ws").await;
                suite::$fact(place.state.file_index().as_ref(), &workspace).await;
            })*

            #[tokio::test(flavor = "multi_thread")]
            async fn workspaces_do_not_share_their_room() {
                let Some(place) = crate::place::Place::$place().await else { return };
                let one = super::workspace(&place.state, "one").await;
                let two = super::workspace(&place.state, "two").await;
                let index = place.state.file_index();
                suite::workspaces_do_not_share_their_room(index.as_ref(), &one, &two).await;
            }
        }
    };
}

macro_rules! everywhere {
    ($($fact:ident),* $(,)?) => {
        facts! { file: $($fact),* }
        facts! { server: $($fact),* }
    };
}

everywhere! {
    an_unknown_file_has_no_facts,
    a_commit_is_found_and_counted,
    a_repeated_commit_counts_once,
    the_quota_counts_stored_and_reserved_bytes,
    a_file_that_is_stored_or_reserved_costs_nothing_more,
    asking_for_more_of_a_reserved_file_costs_the_difference,
    a_reservation_ends_with_its_url,
    a_commit_ends_its_reservation,
    a_commit_without_room_must_fit,
    a_commit_within_its_reservation_is_never_refused,
    the_last_room_is_committed_once,
    room_that_is_given_back_is_free,
    room_that_is_shared_is_not_given_back,
    room_is_ones_own_after_others_have_ended,
    damage_is_counted_until_the_file_is_committed_again,
    damage_is_summed_up_until_the_blob_is_sound_again,
    the_last_room_is_given_once,
}

/// Ten processes, each with the database opened for itself, and one that starts later.
#[tokio::test(flavor = "multi_thread")]
async fn ten_processes_lose_no_finding_of_damage() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = crate::place::in_folder(folder.path());
    let now = Timestamp::from_seconds(1_767_225_600);
    State::migrate(&settings, now).await.expect("migrated");
    let open = || State::open(&settings).expect("a migrated database");
    let ws = workspace(&open(), "ws").await;
    let processes: Vec<_> = (0..10).map(|_| open().file_index()).collect();
    let hash = ContentHash::Md5([7; 16]);
    let findings = processes.iter().map(|files| async {
        for _ in 0..5 {
            files.note_damage(&ws, &hash, now).await.expect("noted");
        }
    });
    futures_util::future::join_all(findings).await;
    let later = open().file_index();
    let damage = later.damage().await.expect("counted");
    assert_eq!((damage.blobs, damage.last_seen_at), (1, Some(now)));
    assert_eq!(later.damaged(9).await.expect("listed")[0].times, 50);
}

/// Ten processes that announce one file and give it up by turns: while one half gives up, the other
/// announces anew, and its room is there whoever of them came last.
#[tokio::test(flavor = "multi_thread")]
async fn of_ten_processes_none_gives_back_the_room_of_another() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = crate::place::in_folder(folder.path());
    let now = Timestamp::from_seconds(1_767_225_600);
    State::migrate(&settings, now).await.expect("migrated");
    let open = || State::open(&settings).expect("a migrated database");
    let ws = workspace(&open(), "ws").await;
    let processes: Vec<_> = (0..10).map(|_| open().file_index()).collect();
    for turn in 0..6 {
        let steps = (0..).zip(&processes).map(|(number, files)| {
            let reservation = Reservation {
                hash: ContentHash::Md5([7; 16]),
                size_bytes: 600,
                // Some end at the same moment.
                expires_at: now.plus(Duration::from_mins(1 + number % 3)),
            };
            let ws = &ws;
            async move {
                if number % 2 == turn % 2 {
                    let held = files.reserve(ws, &reservation, 1000, now).await;
                    assert!(matches!(held, Ok(Reserved::Held)), "{held:?}");
                } else {
                    files.release(ws, &reservation).await.expect("released");
                }
            }
        });
        futures_util::future::join_all(steps).await;
        let usage = open().file_index().usage(&ws, now).await.expect("usage");
        assert_eq!(usage.reserved_bytes, 600, "turn {turn}");
    }
}

#[tokio::test]
async fn every_question_and_every_change_is_one_round_trip() {
    use or3_domain::meter::measured;
    use or3_domain::storage::CommittedFile;

    let Some(place) = crate::place::Place::file().await else {
        return;
    };
    let ws = workspace(&place.state, "ws").await;
    let index = place.state.file_index();
    let (hash, now) = (
        ContentHash::Md5([7; 16]),
        Timestamp::from_seconds(1_767_225_600),
    );
    let reservation = Reservation {
        hash,
        size_bytes: 1,
        expires_at: now,
    };
    let file = CommittedFile {
        hash,
        size_bytes: 1,
        mime_type: String::new(),
        name: String::new(),
        kind: None,
    };
    let trips = [
        measured(async { index.reserve(&ws, &reservation, 9, now).await.is_ok() }).await,
        measured(async { index.commit(&ws, &file, 9, now).await.is_ok() }).await,
        measured(async { index.find(&ws, &hash).await.is_ok() }).await,
        measured(async { index.usage(&ws, now).await.is_ok() }).await,
        measured(async { index.release(&ws, &reservation).await.is_ok() }).await,
        measured(async { index.note_damage(&ws, &hash, now).await.is_ok() }).await,
        measured(async { index.note_sound(&ws, &[hash], now).await.is_ok() }).await,
        measured(async { index.damaged(9).await.is_ok() }).await,
        measured(async { index.damage().await.is_ok() }).await,
    ];
    assert_eq!(trips, [(true, 1); 9]);
}
