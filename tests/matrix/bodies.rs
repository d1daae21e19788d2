//! Bodies that no route can use, from somebody who might do everything: the contract's status, no
//! word of what read them, no row changed (auth contract, 1.3).

use or3_tests::{Answer, FUNCTIONS};

use crate::caller::Caller;
use crate::rows::kept;
use crate::table::{Ask, entry};
use crate::world::{House, World};

/// Ten megabytes, more than any route takes.
const HUGE: usize = 10_000_000;

/// What no JSON is, and what each route says of it.
fn spoiled() -> Vec<(&'static str, Vec<u8>, u16)> {
    let mut huge = b"{\"name\":\"".to_vec();
    huge.resize(HUGE, b'x');
    vec![
        ("no UTF-8", b"\xff\xfe\xfd".to_vec(), 400),
        (
            "no UTF-8 in a text",
            b"{\"name\":\"\xc3\x28\"}".to_vec(),
            400,
        ),
        ("cut", b"{\"name\":".to_vec(), 400),
        ("two values", b"{} {}".to_vec(), 400),
        ("of another shape", b"[[]]".to_vec(), 400),
        ("huge", huge, 413),
    ]
}

/// Other routes look at no body, or take bytes of files, which have tests of their own, or are for
/// administrators of the workspace, which owners are told first.
fn takes_json(route: (&'static str, &'static str), world: &World) -> bool {
    let entry = entry(route, world);
    let json = entry.ask.media_type == "application/json" && !entry.ask.body.is_empty();
    json && entry.status(Caller::who_might(route.1)) != 403
}

fn tells_nothing(answer: &Answer, what: &str) {
    let message = answer.message().to_lowercase();
    assert!(!message.is_empty(), "{what}");
    for word in [
        "serde", " line ", "column", "utf", "sql", "/src/", "expected",
    ] {
        assert!(!message.contains(word), "{what}: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn bodies_that_no_route_can_use_change_no_row() {
    let world = World::new().await;
    let house = House::of(&world).await;
    let before = kept(house.folder()).await;
    let routes = FUNCTIONS.iter().flat_map(|function| function.routes);
    for route in routes.filter(|route| takes_json(**route, &world)) {
        for (name, body, status) in spoiled() {
            let ask = entry(*route, &world).ask;
            let caller = Caller::who_might(route.1);
            let answer = house.ask(&world, caller, &Ask { body, ..ask }).await;
            let what = format!("{route:?} with a body that is {name}");
            assert_eq!(answer.status.as_u16(), status, "{what}");
            tells_nothing(&answer, &what);
        }
        assert_eq!(kept(house.folder()).await, before, "{route:?}");
    }
}
