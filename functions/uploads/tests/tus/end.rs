//! How uploads end: whole, given up, in time or not.

use or3_testkit::{says, told};
use std::time::Duration;

use crate::pier::{Calls, DAY, Pier};

const CONTENT: &[u8] = b"content";

#[tokio::test]
async fn who_lost_the_last_answer_hears_that_all_is_there() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    assert_eq!(pier.ann.patch(&url, 0, CONTENT).await.status, 204);
    let progress = pier.ann.ask(&url).await;
    assert_eq!(
        (progress.status.as_u16(), progress.header("upload-offset")),
        (200, "7")
    );
    assert_eq!(pier.ann.patch(&url, 0, CONTENT).await.status, 409);
    assert_eq!(pier.ann.patch(&url, 7, "").await.status, 409);
    pier.assert_stored(CONTENT);
}

#[tokio::test]
async fn what_a_dead_process_left_undone_is_done_for_who_asks() {
    let pier = Pier::open().await;
    for (content, status) in [(CONTENT, 200), (b"contenT", 400)] {
        let url = pier.begin(CONTENT).await;
        // All bytes are there, and nobody has looked at them.
        let name = pier.names("uploads").remove(0);
        std::fs::write(pier.root.path().join("uploads").join(name), content).expect("written");
        assert_eq!(pier.ann.ask(&url).await.status, status);
        pier.assert_stored(CONTENT);
    }
}

#[tokio::test]
async fn an_upload_that_was_given_up_is_404() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    assert_eq!(pier.ann.patch(&url, 0, "con").await.status, 204);
    let answer = pier.ann.give_up(&url).await;
    assert_eq!((answer.status.as_u16(), answer.body.len()), (204, 0));
    assert_eq!(pier.names("uploads"), [""; 0]);
    assert_eq!(pier.ann.ask(&url).await.status, 404);
    let answer = pier.ann.patch(&url, 3, "tent").await;
    assert_eq!(told(&answer), says(404, "Upload not found"));
    assert_eq!(pier.ann.give_up(&url).await.status, 404);
}

#[tokio::test]
async fn a_finished_upload_cannot_be_taken_back() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    assert_eq!(pier.ann.patch(&url, 0, CONTENT).await.status, 204);
    assert_eq!(pier.ann.give_up(&url).await.status, 404);
    pier.assert_stored(CONTENT);
}

#[tokio::test]
async fn an_upload_ends_to_the_second_with_410_and_is_forgotten_in_a_week() {
    let pier = Pier::open().await;
    let url = pier.begin(CONTENT).await;
    pier.clock
        .advance(DAY.saturating_sub(Duration::from_secs(1)));
    assert_eq!(pier.ann.patch(&url, 0, "con").await.status, 204);
    pier.clock.advance(Duration::from_secs(1));
    let answer = pier.ann.patch(&url, 3, "tent").await;
    assert_eq!(told(&answer), says(410, "Upload expired"));
    assert_eq!(pier.ann.ask(&url).await.status, 410);
    assert_eq!(pier.ann.give_up(&url).await.status, 410);
    pier.clock.advance(7 * DAY);
    assert_eq!(pier.ann.ask(&url).await.status, 404);
}

#[tokio::test]
async fn two_uploads_of_one_file_do_not_disturb_each_other() {
    let pier = Pier::open().await;
    let (one, two) = (pier.begin(CONTENT).await, pier.begin(CONTENT).await);
    assert_eq!(pier.ann.patch(&one, 0, "con").await.status, 204);
    assert_eq!(pier.ann.patch(&two, 0, CONTENT).await.status, 204);
    assert_eq!(
        pier.ann.ask(&one).await.header("upload-offset"),
        "3",
        "its own bytes, not the file's"
    );
    assert_eq!(pier.ann.patch(&one, 3, "tent").await.status, 204);
    pier.assert_stored(CONTENT);
}
