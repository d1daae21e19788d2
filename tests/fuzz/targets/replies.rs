//! What neighbours answer: a libSQL server's results (Hrana), a bucket's lists (XML), a table's
//! items (DynamoDB). Whatever it is, it is read as it stands, or it is an error; a statement that was
//! asked for and not answered is never taken for one without rows.
//!
//! The first byte of the input is a status and the plan of a batch, the rest is a body.

#![no_main]

use std::time::Duration;

use answer::Outcome;
use book::Book;
use bytes::Bytes;
use database::Mode;
use hits::Hit;
use hrana::BatchResult;
use http::{Response, StatusCode};
use libfuzzer_sys::fuzz_target;
use or3_domain::clock::Timestamp;
use or3_domain::limits::Policy;
use plan::Plan;
use serde_json::json;
use statement::Statement;

// Parts of crates that show nothing but ports.
#[allow(dead_code)]
#[path = "../../../shared/dynamodb/src/answer.rs"]
mod answer;
#[allow(dead_code)]
#[path = "../../../shared/dynamodb/src/ledger/book.rs"]
mod book;
#[allow(dead_code)]
#[path = "../../../shared/state/src/database.rs"]
mod database;
#[path = "../../../shared/s3/src/entries.rs"]
mod entries;
#[allow(dead_code)]
#[path = "../../../shared/state/src/remote/failure.rs"]
mod failure;
#[allow(dead_code)]
#[path = "../../../shared/dynamodb/src/hits.rs"]
mod hits;
#[allow(dead_code)]
#[path = "../../../shared/state/src/remote/hrana.rs"]
mod hrana;
#[allow(dead_code)]
#[path = "../../../shared/dynamodb/src/key.rs"]
mod key;
#[allow(dead_code)]
#[path = "../../../shared/state/src/remote/plan.rs"]
mod plan;
#[allow(dead_code)]
#[path = "../../../shared/dynamodb/src/ledger/record.rs"]
mod record;
#[allow(dead_code)]
#[path = "../../../shared/state/src/statement.rs"]
mod statement;

/// The last year that can be written.
const FAR: Timestamp = Timestamp::from_seconds(253_402_300_799);
const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

fuzz_target!(|input: &[u8]| {
    let Some((choice, body)) = input.split_first() else {
        return;
    };
    of_database(*choice, body);
    of_bucket(body);
    of_table(*choice, body);
});

/// Bits of `choice`: statements of the batch, whether it writes, whether the schema is looked at.
fn of_database(choice: u8, body: &[u8]) {
    let batch = vec![Statement::new("SELECT 1"); usize::from(choice & 3)];
    let mode = if choice & 4 == 0 {
        Mode::Read
    } else {
        Mode::Write
    };
    let guard = (choice & 8 != 0).then(|| Statement::new("CHECK"));
    let (plan, _) = Plan::of(mode, guard.as_ref(), &batch);
    let Ok(result) = BatchResult::of_reply(body) else {
        return;
    };
    if let Ok(answers) = plan.read(result) {
        assert_eq!(answers.len(), batch.len());
    }
}

fn of_bucket(body: &[u8]) {
    let Some((entries, _)) = entries::parse(body) else {
        return;
    };
    let text = String::from_utf8_lossy(body);
    assert!(text.matches("Contents").count() >= entries.len(), "{text}");
    for entry in entries {
        if let Some(hash) = entries::hash_of(&entry.key) {
            assert_eq!(hash.to_string().replace(':', "/"), entry.key);
        }
        assert!(
            text.contains(&entry.size_bytes.to_string()) || text.contains('&'),
            "{text}"
        );
        let year = Duration::from_secs(366 * 24 * 3600);
        assert!(entry.modified_at <= FAR.plus(year), "{text}");
    }
}

fn of_table(choice: u8, body: &[u8]) {
    let statuses = [200, 400, 429, 500];
    let status = StatusCode::from_u16(statuses[usize::from(choice & 3)]).expect("a status");
    let mut reply = Response::new(Bytes::copy_from_slice(body));
    *reply.status_mut() = status;
    let _later = answer::says_later(status, body);
    let item = match answer::read(&reply) {
        Ok(Outcome::Done(mut answer)) => {
            assert_eq!(status, StatusCode::OK);
            answer["Item"].take()
        }
        Ok(Outcome::Unmet(item)) => {
            assert_ne!(status, StatusCode::OK);
            item
        }
        Err(_) => return,
    };
    counted(&hits::of_item(&item));
    if let Ok(book) = Book::of_item(&item) {
        let text = book.to_text().expect("a book is kept");
        let again = Book::of_item(&json!({ "book": { "S": text } })).expect("what we wrote");
        assert_eq!(again.to_text().expect("a book is kept"), text);
    }
    // Nothing to compare with: it must only end.
    let _run = record::read(&item);
}

fn counted(found: &[Hit]) {
    let policy = Policy::per_minute("a policy", 3);
    assert_eq!(hits::of_item(&json!({ "hits": hits::list(found) })), found);
    let young = hits::counting(found, &policy, NOW);
    let room = hits::room(&young, &policy);
    assert!(room as usize == 3_usize.saturating_sub(young.len()));
    if room == 0 {
        assert!(hits::wait(young, &policy, NOW) >= Duration::from_millis(1));
    }
}
