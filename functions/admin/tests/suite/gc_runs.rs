//! Who sees what was collected, and in which order.

use std::time::Duration;

use http::Method;
use or3_domain::clock::Clock;
use or3_domain::gc::{Kind, Part, Run, Source, Tally};
use or3_domain::ids::{UserId, WorkspaceId};
use or3_testkit::Answer;
use serde_json::json;

use crate::office::{HOME, Office};

const PATH: &str = "/api/admin/gc/runs";

async fn list(office: &Office, name: &str, query: &str) -> Answer {
    let path = format!("{PATH}{query}");
    let page = office.page(name);
    page.send(Method::GET, &path, String::new()).await
}

/// Writes down a run that removed `removed` sessions.
async fn write_down(office: &Office, id: &str, source: Source, removed: u64) {
    let ledger = office.state.gc_ledger();
    let now = office.clock.now();
    let mut run = Run::new(id.to_owned(), source, false, now);
    let begun = ledger.begin(&run, &[], now, now).await;
    begun.expect("written down");
    run.parts = vec![Part {
        tally: Tally { removed, bytes: 7 },
        ..Part::new(Kind::Sessions)
    }];
    run.finish(now.plus(Duration::from_millis(5)));
    let finished = ledger.finish(&run, &[]).await;
    finished.expect("written down");
    office.clock.advance(Duration::from_secs(1));
}

#[tokio::test]
async fn only_administrators_of_the_deployment_see_runs() {
    let office = Office::new().await;
    let stranger = office.stranger();
    let answer = stranger.send(Method::GET, PATH, String::new()).await;
    assert_eq!(answer.status, 401);
    for name in ["ada", "eve", "vic"] {
        assert_eq!(list(&office, name, "").await.status, 403, "{name}");
    }
    office.grant("vic");
    let answer = list(&office, "vic", "").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json(), json!({ "runs": [], "nextCursor": null }));
}

#[tokio::test]
async fn runs_say_what_how_many_how_long_and_who() {
    let office = Office::new().await;
    office.grant("vic");
    let source = Source::Request {
        user: UserId::new("ada"),
        workspace: Some(WorkspaceId::new(HOME)),
    };
    let started = office.clock.now().millis();
    write_down(&office, "r1", source, 3).await;
    let answer = list(&office, "vic", "").await.json();
    assert_eq!(
        answer["runs"],
        json!([{
            "id": "r1", "source": "request", "userId": "ada", "workspaceId": HOME,
            "dryRun": false, "startedAt": started, "finishedAt": started + 5, "durationMs": 5,
            "outcome": "completed", "removed": 3, "bytes": 7,
            "parts": [{ "kind": "sessions", "outcome": "running", "removed": 3, "bytes": 7 }],
        }])
    );
}

#[tokio::test]
async fn pages_go_back_in_time_and_end() {
    let office = Office::new().await;
    office.grant("vic");
    for id in ["r1", "r2", "r3"] {
        write_down(&office, id, Source::Schedule, 1).await;
    }
    let mut seen = Vec::new();
    let mut query = "?limit=2".to_owned();
    loop {
        let answer = list(&office, "vic", &query).await.json();
        for run in answer["runs"].as_array().expect("runs") {
            seen.push(run["id"].as_str().expect("an id").to_owned());
        }
        let Some(cursor) = answer["nextCursor"].as_str() else {
            break;
        };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ["r3", "r2", "r1"]);
}

#[tokio::test]
async fn odd_questions_are_400() {
    let office = Office::new().await;
    office.grant("vic");
    for query in ["?limit=0", "?limit=501", "?limit=x", "?cursor=x"] {
        assert_eq!(list(&office, "vic", query).await.status, 400, "{query}");
    }
}
