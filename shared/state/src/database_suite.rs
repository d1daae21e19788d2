//! What every database does with a batch, one function a fact, on a local file and on a server.

use or3_domain::clock::Timestamp;
use or3_domain::meter;
use or3_domain::store::StoreError;
use or3_settings::DatabaseUrl;
use or3_testkit::Sqld;

use crate::State;
use crate::database::{Database, answers};
use crate::statement::{Statement, Value};

const CREATE: &str = "CREATE TABLE scratch (id INTEGER PRIMARY KEY, value, \
    parent INTEGER REFERENCES scratch (id))";

async fn scratch(database: &Database) {
    let created = database.execute(Statement::new(CREATE)).await;
    created.expect("a scratch table");
}

fn insert(id: i64, value: impl Into<Value>) -> Statement {
    let insert = Statement::new("INSERT INTO scratch (id, value) VALUES (?1, ?2)");
    insert.bind(id).bind(value)
}

async fn count(database: &Database) -> i64 {
    let counted = database
        .query(Statement::new("SELECT count(*) FROM scratch"))
        .await;
    let row = counted.expect("counted").into_first().expect("a row");
    row.int(0).expect("a number")
}

async fn answers_come_in_the_order_of_the_statements(database: Database) {
    scratch(&database).await;
    let batch = vec![
        insert(1, "one"),
        Statement::new("SELECT value FROM scratch WHERE id = 2"),
        insert(2, "two"),
        Statement::new("SELECT value FROM scratch ORDER BY id DESC"),
        Statement::new("UPDATE scratch SET value = 'same'"),
    ];
    let given = database.write(batch).await.expect("written");
    let [first, none, _, both, updated] = answers(given).expect("five answers");
    assert_eq!(first.changed, 1);
    assert!(none.rows.is_empty());
    let texts: Vec<_> = both
        .rows
        .iter()
        .map(|row| row.text(0).expect("text"))
        .collect();
    assert_eq!(texts, ["two", "one"]);
    assert_eq!(updated.changed, 2);
}

async fn a_failing_statement_undoes_the_whole_batch(database: Database) {
    scratch(&database).await;
    let batch = vec![insert(1, "one"), insert(2, "two"), insert(1, "again")];
    let refused = database.write(batch).await;
    assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
    assert_eq!(count(&database).await, 0);
    database
        .execute(insert(1, "one"))
        .await
        .expect("free again");
}

async fn a_batch_is_one_round_trip_however_long(database: Database) {
    scratch(&database).await;
    let batch = (0..50).map(|id| insert(id, "row")).collect();
    let (written, trips) = meter::measured(database.write(batch)).await;
    written.expect("written");
    assert_eq!(trips, 1);
}

async fn every_kind_of_value_comes_back(database: Database) {
    scratch(&database).await;
    let values = [
        Value::Null,
        Value::Integer(i64::MIN),
        Value::Integer(9_007_199_254_740_993),
        Value::Text("\u{10FFFF} \" \\ud800 '".to_owned()),
        Value::Text(String::new()),
        Value::Blob((0..=255).collect()),
        Value::Blob(Vec::new()),
    ];
    let batch = (0..)
        .zip(values.clone())
        .map(|(id, value)| insert(id, value));
    database.write(batch.collect()).await.expect("written");
    let read = Statement::new("SELECT value FROM scratch ORDER BY id");
    let read = database.query(read).await.expect("read").rows;
    let read: Vec<_> = read.into_iter().flat_map(|row| row.0).collect();
    assert_eq!(read, values);
}

async fn foreign_keys_are_enforced(database: Database) {
    scratch(&database).await;
    let orphan = Statement::new("INSERT INTO scratch (id, parent) VALUES (1, 99)");
    let refused = database.execute(orphan).await;
    assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
}

async fn a_statement_that_is_no_sql_is_a_fault(database: Database) {
    let refused = database.query(Statement::new("SELEC 1")).await;
    assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
}

async fn writers_at_once_wait_for_each_other(database: Database) {
    scratch(&database).await;
    database.execute(insert(1, 0_i64)).await.expect("a counter");
    let add = || database.execute(Statement::new("UPDATE scratch SET value = value + 1"));
    let added = futures_util::future::join_all((0..20).map(|_| add())).await;
    assert!(added.iter().all(Result::is_ok), "{added:?}");
    let read = database
        .query(Statement::new("SELECT value FROM scratch"))
        .await;
    let row = read.expect("read").into_first().expect("a row");
    assert_eq!(row.int(0).expect("a number"), 20);
}

/// A place for a database that nobody has migrated yet.
struct Place {
    settings: or3_settings::Database,
    _folder: tempfile::TempDir,
    _server: Option<Sqld>,
}

impl Place {
    #[expect(
        clippy::unnecessary_wraps,
        reason = "a server may be absent, a file cannot"
    )]
    fn file() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::File(folder.path().join("or3.db"));
        Some(Self::of(url, folder, None))
    }

    fn server() -> Option<Self> {
        let server = Sqld::start()?;
        let url = DatabaseUrl::Server {
            url: server.url(),
            token: None,
        };
        let folder = tempfile::tempdir().expect("a folder");
        Some(Self::of(url, folder, Some(server)))
    }

    fn of(url: DatabaseUrl, folder: tempfile::TempDir, server: Option<Sqld>) -> Self {
        Self {
            settings: or3_settings::Database::at(url, 2),
            _folder: folder,
            _server: server,
        }
    }

    fn open(&self) -> State {
        State::open(&self.settings).expect("opening touches nothing")
    }

    async fn migrate(&self) -> usize {
        let migrated = State::migrate(&self.settings, Timestamp::from_millis(1)).await;
        migrated.expect("migrated")
    }
}

async fn another_schema_answers_unavailable_until_it_is_migrated(place: Place) {
    let (state, ask) = (place.open(), || Statement::new("SELECT 1"));
    for _ in 0..2 {
        let refused = state.main().query(ask()).await;
        assert!(
            matches!(refused, Err(StoreError::Unavailable(_))),
            "{refused:?}"
        );
    }
    assert!(place.migrate().await > 0);
    state
        .main()
        .query(ask())
        .await
        .expect("the same process goes on");
}

async fn migrating_twice_and_at_once_changes_nothing_more(place: Place) {
    let (first, second) = tokio::join!(place.migrate(), place.migrate());
    assert!(first + second > 0);
    assert_eq!(place.migrate().await, 0);
}

macro_rules! on_every_database {
    (migrated: $($fact:ident),*; empty: $($empty:ident),* $(,)?) => {
        on_every_database!(@place file: $($fact),*; $($empty),*);
        on_every_database!(@place server: $($fact),*; $($empty),*);
    };
    (@place $place:ident: $($fact:ident),*; $($empty:ident),*) => {
        mod $place {
            use super::Place;
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $fact() {
                let Some(place) = Place::$place() else { return };
                place.migrate().await;
                super::$fact(place.open().main()).await;
            })*
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $empty() {
                let Some(place) = Place::$place() else { return };
                super::$empty(place).await;
            })*
        }
    };
}

on_every_database! {
    migrated:
    answers_come_in_the_order_of_the_statements,
    a_failing_statement_undoes_the_whole_batch,
    a_batch_is_one_round_trip_however_long,
    every_kind_of_value_comes_back,
    foreign_keys_are_enforced,
    a_statement_that_is_no_sql_is_a_fault,
    writers_at_once_wait_for_each_other;
    empty:
    another_schema_answers_unavailable_until_it_is_migrated,
    migrating_twice_and_at_once_changes_nothing_more,
}
