//! The matrix.

use futures_util::StreamExt;
use futures_util::stream::iter;
use or3_tests::{Answer, FUNCTIONS, PROTECTION};

use crate::caller::Caller;
use crate::rows::kept;
use crate::table::{Entry, entry};
use crate::world::{ADAS, House, MAXS, World};

type Route = (&'static str, &'static str);

fn routes() -> impl Iterator<Item = Route> {
    FUNCTIONS
        .iter()
        .flat_map(|function| function.routes)
        .copied()
}

/// What nobody may see who is not a member, and no member either of the other workspace.
fn shows_nothing_of_others(caller: Caller, answer: &Answer, route: Route) {
    let body = String::from_utf8_lossy(&answer.body);
    let told = |word| body.contains(word);
    let root = caller == Caller::SuperAdmin;
    let member = matches!(
        caller,
        Caller::Viewer | Caller::Editor | Caller::Owner | Caller::Administrator
    );
    assert!(
        root || member || !told(ADAS),
        "{route:?} tells {caller:?}: {body}"
    );
    let max = root || caller == Caller::OtherTenant;
    assert!(max || !told(MAXS), "{route:?} tells {caller:?}: {body}");
}

/// What an answer says, without what changes from one to the next.
fn shown(answer: &Answer) -> serde_json::Value {
    let mut body = answer.json();
    if let Some(members) = body.as_object_mut() {
        members.retain(|name, _| !["timestamp", "uptime"].contains(&name.as_str()));
    }
    body
}

/// Whatever is answered, browsers are told what they must not do with it; and what is of somebody is
/// kept by no cache. What changes something is never kept (RFC 9111, 4).
fn is_protected(answer: &Answer, route: Route) {
    for (name, value) in PROTECTION {
        let found = answer.header(name);
        let own = name == "content-security-policy" && PAGES.contains(&route.1);
        let value = if own { pages::POLICY } else { value };
        assert_eq!(found, value, "{route:?}: {name}");
    }
    let reads = ["GET", "HEAD"].contains(&route.0) && answer.status.is_success();
    if reads && !PUBLIC.contains(&route.1) {
        let kept = answer.header("cache-control");
        assert!(kept.contains("no-store"), "{route:?}: {kept}");
    }
}

/// What is the same for everybody.
const PUBLIC: [&str; 8] = [
    "/api/health",
    "/api/openapi.json",
    "/",
    "/account",
    "/admin",
    "/_or3/config.json",
    "/_or3/ui/{file}",
    "/_or3/ui/{shelf}/{file}",
];

/// What runs scripts: its own ones.
const PAGES: [&str; 3] = ["/", "/account", "/admin"];

async fn cell(house: &House, world: &World, route: Route, caller: Caller) -> Answer {
    let Entry { ask, .. } = &entry(route, world);
    let expected = entry(route, world).status(caller);
    let answer = house.ask(world, caller, ask).await;
    assert_eq!(
        answer.status.as_u16(),
        expected,
        "{route:?} for {caller:?}: {}",
        answer.message()
    );
    shows_nothing_of_others(caller, &answer, route);
    is_protected(&answer, route);
    if expected >= 400 {
        let body = String::from_utf8_lossy(&answer.body);
        assert!(!body.contains(ADAS), "{route:?} refuses {caller:?}: {body}");
    }
    answer
}

/// One house for everybody who must not change anything; afterwards every row and every file is
/// what it was before, each time. Whatever is wrong with a token, the answer is the one that nobody
/// gets.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn every_route_refuses_who_may_not_and_changes_no_row() {
    let world = World::new().await;
    let house = House::of(&world).await;
    let before = kept(house.folder()).await;
    assert!(before.len() > 20, "there is something to change");
    for route in routes() {
        let stranger = cell(&house, &world, route, Caller::Anonymous).await;
        for caller in Caller::ALL {
            let refused = entry(route, &world).status(caller) >= 400;
            if refused || !caller.is_somebody() {
                let answer = cell(&house, &world, route, caller).await;
                let after = kept(house.folder()).await;
                assert_eq!(after, before, "{route:?} for {caller:?}");
                let told = caller.is_somebody() || shown(&answer) == shown(&stranger);
                assert!(told, "{route:?} tells {caller:?} from anybody");
            }
        }
    }
    let push = ("POST", "/api/sync/push");
    let _applied = cell(&house, &world, push, Caller::Owner).await;
    assert_ne!(kept(house.folder()).await, before, "a change is noticed");
}

/// A house of its own for everybody who may, since each does it.
#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(deployed, ignore = "has settings of its own")]
async fn every_route_admits_who_may() {
    let world = World::new().await;
    let admitted = routes().flat_map(|route| Caller::ALL.map(|caller| (route, caller)));
    let admitted = admitted.filter(|(route, caller)| {
        caller.is_somebody() && entry(*route, &world).status(*caller) < 400
    });
    let cells = admitted.map(async |(route, caller)| {
        let house = House::of(&world).await;
        let _looked_at = cell(&house, &world, route, caller).await;
        house.leave().await;
    });
    iter(cells)
        .buffer_unordered(8)
        .for_each(async |()| ())
        .await;
}
