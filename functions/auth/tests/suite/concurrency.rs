//! The same things at once, over two processes on one database file (issue 3; auth contract, 17:
//! 12, 17, 20; 15: 44).

use std::collections::BTreeSet;

use futures_util::future::join_all;
use or3_domain::limits::Policies;

use crate::deployment::{Browser, Deployment};

/// A deployment under limits that do not matter here, and a second process of it.
async fn two_processes() -> [Deployment; 2] {
    let mut limits = Policies::standard();
    for name in ["auth:session", "basic-auth:register", "basic-auth:refresh"] {
        limits = limits.with(name, Some(1000), None);
    }
    let one = Deployment::new().await.limited(limits);
    let other = one.process();
    [one, other]
}

/// Browsers with the cookies of `of`, one at each process in turn.
fn copies(of: &Browser, processes: &[Deployment; 2], count: usize) -> Vec<Browser> {
    let cookies = ["or3_access", "or3_refresh"];
    (0..count)
        .map(|number| {
            let blank = processes[number % 2].browser();
            let with = |browser: Browser, name: &&str| browser.with_cookie(name, &of.cookie(name));
            cookies.iter().fold(blank, with)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_first_sessions_make_one_user_and_one_workspace() {
    let processes = two_processes().await;
    let ada = processes[0].registered("ada@example.test").await;
    let browsers = copies(&ada, &processes, 50);
    let answers = join_all(browsers.iter().map(Browser::session)).await;
    let homes: BTreeSet<_> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, 200, "{}", answer.message());
            let session = &answer.json()["session"];
            (
                session["user"]["id"].to_string(),
                session["workspace"]["id"].to_string(),
            )
        })
        .collect();
    assert_eq!(homes.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_parallel_refreshes_have_one_successor_and_sign_nobody_out() {
    let processes = two_processes().await;
    let ada = processes[0].registered("ada@example.test").await;
    let browsers = copies(&ada, &processes, 20);
    let answers = join_all(browsers.iter().map(Browser::refresh)).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let tokens: BTreeSet<_> = browsers.iter().map(|b| b.cookie("or3_refresh")).collect();
    assert_eq!(tokens.len(), 1);
    for browser in &browsers {
        assert!(browser.is_signed_in().await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn registrations_of_one_address_at_once_are_one_success_and_no_fault() {
    let processes = two_processes().await;
    let browsers: Vec<_> = (0..10)
        .map(|number| processes[number % 2].browser())
        .collect();
    let registrations = browsers
        .iter()
        .map(|browser| browser.register("ada@example.test"));
    let mut statuses: Vec<_> = join_all(registrations)
        .await
        .iter()
        .map(|answer| answer.status.as_u16())
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses[0], 200);
    assert!(
        statuses[1..].iter().all(|status| *status == 401),
        "{statuses:?}"
    );
}
