//! Tampering, and trimming, on a real file.

use std::time::Duration;

use or3_domain::audit::{Action, Broken, NewEntry, verify};
use or3_domain::clock::Timestamp;
use or3_domain::gc::{Collector, Piece};
use or3_domain::store::StoreError;
use or3_settings::Database;
use tempfile::TempDir;

use super::AuditCollector;
use crate::open::State;
use crate::statement::Statement;

const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);
const DAY: Duration = Duration::from_hours(24);

struct Trail {
    state: State,
    _folder: TempDir,
}

impl Trail {
    /// Entries at the beginning of ten days, all sealed.
    async fn of_ten_days() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let settings = Database::file(folder.path().join("or3.db"), 1);
        let migrated = State::migrate(&settings, NOW).await;
        migrated.expect("a new database");
        let trail = Self {
            state: State::open(&settings).expect("a migrated database"),
            _folder: folder,
        };
        for day in 0..10 {
            trail.write(NOW.plus(DAY * day)).await;
        }
        trail.state.audit_log().seal(100).await.expect("sealed");
        trail
    }

    async fn write(&self, at: Timestamp) {
        let entry = NewEntry::new(at, Action::Grant, "root").on("ada");
        let written = self.state.audit_log().append(&entry).await;
        written.expect("written down");
    }

    /// Somebody with the database at work.
    async fn tamper(&self, sql: &'static str) -> Result<(), StoreError> {
        let done = self.state.main().execute(Statement::new(sql)).await;
        done.map(drop)
    }

    async fn unguarded(&self, sql: &'static str) {
        for guard in ["audit_log_is_kept", "audit_log_stays"] {
            let drop = format!("DROP TRIGGER IF EXISTS {guard}");
            let dropped = self.state.main().execute(Statement::new(drop)).await;
            dropped.expect("dropped");
        }
        self.tamper(sql).await.expect(sql);
    }

    async fn look(&self) -> (u64, Option<Broken>) {
        let log = self.state.audit_log();
        let found = verify(&*log, None, || true).await.expect("looked at");
        (found.entries, found.broken)
    }

    async fn trim(&self, at_most: u32, now: Timestamp) -> (u64, bool) {
        let collector = AuditCollector {
            database: self.state.main(),
            kept: DAY * 5,
        };
        let piece = Piece {
            position: None,
            now,
            at_most,
        };
        let done = collector.collect(&piece).await.expect("collected");
        (done.tally.removed, done.next.is_some())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn entries_cannot_be_changed_or_removed_by_mistake() {
    let trail = Trail::of_ten_days().await;
    for sql in [
        "UPDATE audit_log SET actor = 'nobody' WHERE seq = 3",
        "UPDATE audit_log SET link = zeroblob(32) WHERE seq = 3",
        "UPDATE audit_log SET link = NULL",
        "DELETE FROM audit_log WHERE seq = 3",
        "DELETE FROM audit_log",
    ] {
        assert!(trail.tamper(sql).await.is_err(), "{sql}");
    }
    trail.write(NOW).await;
    for sql in [
        "UPDATE audit_log SET actor = 'nobody' WHERE seq = 11",
        "UPDATE audit_log SET target = NULL WHERE seq = 11",
        "UPDATE audit_log SET target = NULL, link = zeroblob(32) WHERE seq = 11",
        "DELETE FROM audit_log WHERE seq = 11",
    ] {
        assert!(trail.tamper(sql).await.is_err(), "{sql}");
    }
    assert_eq!(trail.look().await, (10, None));
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_shows_where_it_begins() {
    for (sql, broken) in [
        (
            "UPDATE audit_log SET actor = 'nobody' WHERE seq IN (4, 7)",
            Broken::Changed(4),
        ),
        (
            "UPDATE audit_log SET link = zeroblob(32) WHERE seq = 4",
            Broken::Changed(4),
        ),
        (
            "UPDATE audit_log SET link = zeroblob(3) WHERE seq = 4",
            Broken::Changed(4),
        ),
        ("DELETE FROM audit_log WHERE seq = 4", Broken::Missing(4)),
        ("DELETE FROM audit_log WHERE seq = 10", Broken::Missing(10)),
        ("DELETE FROM audit_log", Broken::Missing(1)),
        (
            "UPDATE audit_chain SET head_link = zeroblob(32)",
            Broken::End(10),
        ),
        (
            "UPDATE audit_chain SET base_link = randomblob(32)",
            Broken::Changed(1),
        ),
    ] {
        let trail = Trail::of_ten_days().await;
        trail.unguarded(sql).await;
        let (_, found) = trail.look().await;
        assert_eq!(found, Some(broken), "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_goes_from_the_front_and_the_rest_still_holds() {
    let trail = Trail::of_ten_days().await;
    let now = NOW.plus(DAY * 9);
    assert_eq!(trail.trim(3, now).await, (3, true));
    assert_eq!(trail.look().await, (7, None));
    assert_eq!(trail.trim(3, now).await, (2, false));
    assert_eq!(trail.look().await, (5, None));
    assert_eq!(trail.trim(3, now).await, (0, false));
    trail.write(now).await;
    assert_eq!(trail.trim(9, now.plus(DAY * 99)).await, (6, false));
    assert_eq!(
        trail.look().await,
        (0, None),
        "nothing is left, and it holds"
    );
    trail.write(now).await;
    assert_eq!(trail.trim(9, now).await, (0, false), "sealed on the way");
    assert_eq!(trail.look().await, (1, None));
    let head = trail.state.audit_log().head().await.expect("answered");
    assert_eq!((head.base_seq, head.head_seq), (11, 12));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_part_of_what_it_tells() {
    let trail = Trail::of_ten_days().await;
    trail
        .unguarded(
            "CREATE TRIGGER full BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'full'); END",
        )
        .await;
    let directory = trail.state.directory();
    let owner = or3_domain::ids::UserId::new("nobody");
    let deed = or3_domain::admin::Deed {
        by: "root".to_owned(),
        from: None,
        at: NOW,
    };
    let refused = directory.revoke(&owner, &deed).await;
    assert!(refused.is_ok(), "nothing was changed, nothing is told");
    trail
        .tamper("INSERT INTO users (id, created_at) VALUES ('ada', 0)")
        .await
        .expect("a user");
    let ada = or3_domain::ids::UserId::new("ada");
    assert!(directory.grant(&ada, &deed).await.is_err());
    let admins = directory.administrators().await.expect("listed");
    assert_eq!(admins, [], "no grant without its entry");
}
