//! Headers that are forged, repeated or no text, beside the cookies of somebody who might do
//! everything: no page of another site, and no host that is none, changes a row (auth contract, 6.4,
//! 6.5, 10.3 and 12.5).

use or3_tests::FUNCTIONS;

use crate::caller::Caller;
use crate::rows::kept;
use crate::table::entry;
use crate::world::{House, World};

type Headers = &'static [(&'static str, &'static str)];

/// What a browser sends from elsewhere, and what only a forger sends. The host is the one that a
/// trusted proxy names, the origin the own one, unless they are forged.
const FORGED: [Headers; 9] = [
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://or3.test.evil.example")],
    &[("origin", "http://or3.test:8080")],
    &[("origin", "http://evil.example@or3.test:1")],
    &[("origin", "not an origin")],
    &[("x-forwarded-host", "evil.example")],
    &[("x-forwarded-host", "a@b")],
    &[("x-or3-cloud-intent", "read")],
];

/// Routes that change something; for a reader the page does not matter.
fn changing() -> impl Iterator<Item = (&'static str, &'static str)> {
    let routes = FUNCTIONS.iter().flat_map(|function| function.routes);

    routes.copied().filter(|(method, path)| {
        // The URL of a file is a secret of its own; a page of another site does not have it.
        !["GET", "HEAD", "OPTIONS"].contains(method) && !path.starts_with("/api/storage/fs/")
    })
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn forged_origins_and_hosts_change_no_row() {
    let world = World::new().await;
    let house = House::of(&world).await;
    let before = kept(house.folder()).await;
    for route in changing() {
        let ask = entry(route, &world).ask;
        for headers in FORGED {
            let caller = Caller::who_might(route.1);
            let answer = house.ask_with(&world, caller, &ask, headers).await;
            assert_eq!(answer.status, 403, "{route:?} with {headers:?}");
            assert!(answer.message().starts_with("Forbidden"), "{route:?}");
        }
        assert_eq!(kept(house.folder()).await, before, "{route:?}");
    }
}

/// Of a header that comes twice neither value may open what the other would not.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn repeated_headers_open_nothing() {
    let world = World::new().await;
    let house = House::of(&world).await;
    let before = kept(house.folder()).await;
    for route in changing() {
        let ask = entry(route, &world).ask;
        let twice: Headers = &[
            ("origin", "http://or3.test"),
            ("origin", "https://evil.example"),
        ];
        let caller = Caller::who_might(route.1);
        let answer = house.ask_with(&world, caller, &ask, twice).await;
        assert_eq!(answer.status, 403, "{route:?}");
    }
    assert_eq!(kept(house.folder()).await, before);
}

/// Cookies in several headers are one jar; the first of a name counts, also when it is garbage.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn the_first_of_repeated_cookies_counts_in_whichever_header() {
    let world = World::new().await;
    let house = House::of(&world).await;
    let ask = entry(("GET", "/api/workspaces"), &world).ask;
    let access = format!("or3_access={}", world.tokens(Caller::Owner).access);
    let access = access.as_str();
    for (cookies, status) in [
        (&[("cookie", "theme=dark"), ("cookie", access)][..], 200),
        (
            &[("cookie", access), ("cookie", "or3_access=garbage")][..],
            200,
        ),
        (
            &[("cookie", "or3_access=garbage"), ("cookie", access)][..],
            401,
        ),
        (
            &[("cookie", "or3_access=\u{fc}"), ("cookie", access)][..],
            401,
        ),
        (
            &[("cookie", "theme=gr\u{fc}n"), ("cookie", access)][..],
            200,
        ),
        (&[("cookie", "or3_access"), ("cookie", "=;=;;")][..], 401),
    ] {
        let answer = house
            .ask_with(&world, Caller::Anonymous, &ask, cookies)
            .await;
        assert_eq!(answer.status, status, "{cookies:?}");
    }
}
