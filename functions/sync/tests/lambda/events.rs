//! Requests in the events of every gateway, with bodies in base64 and as they are.

use or3_testkit::gateway_suite::Suite;
use or3_testkit::{Gateway, GatewayRequest, Lambda};
use serde_json::json;

use crate::person::{Person, settings};
use crate::{BINARY, LONG};

/// The largest body of a push, in bytes.
const CEILING: usize = 5 * 1024 * 1024;

#[tokio::test]
async fn requests_come_through_every_gateway_and_nothing_else_is_one() {
    let suite = Suite {
        binary: BINARY,
        routes: sync::ROUTES,
        gateways: &Gateway::ALL,
        jobs: &[],
    };
    suite.run().await;
}

#[tokio::test]
async fn bodies_arrive_as_they_were_sent_whatever_the_gateway_makes_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}", folder.path().join("or3.db").display());
    let person = Person::register(&url).await;
    let function = Lambda::start(BINARY, &settings(&url)).await;
    for (number, gateway) in Gateway::ALL.into_iter().enumerate() {
        let ask = async |request: &GatewayRequest| {
            let answer = function.ask_through(gateway, request, LONG).await;
            (answer.status.as_u16(), answer.json())
        };
        let first = 2 * number;
        let (status, pushed) = ask(&person.push(first)).await;
        assert_eq!(status, 200, "{gateway:?}: {pushed}");
        let (status, pushed) = ask(&person.push(first + 1).in_base64()).await;
        assert_eq!(status, 200, "{gateway:?}: {pushed}");
        assert_eq!(pushed["results"][0]["serverVersion"], first + 2, "{pushed}");
        let (_, pulled) = ask(&person.pull().in_base64()).await;
        assert_eq!(pulled["nextCursor"], first + 2, "{gateway:?}: {pulled}");

        let odd = [0xff, 0xfe, b'{', b'}'];
        let (status, refused) = ask(&person.pull().with_body(odd.to_vec())).await;
        assert_eq!(status, 400, "{gateway:?}: {refused}");
        let large = vec![b' '; CEILING + 1];
        let (status, refused) = ask(&person.push(first).with_body(large)).await;
        assert_eq!(status, 413, "{gateway:?}: {refused}");
        let pull = json!({ "scope": { "workspaceId": "w" }, "cursor": 0, "limit": 100 });
        let nobody = GatewayRequest::post("/api/sync/pull", &pull);
        let (status, refused) = ask(&nobody).await;
        assert_eq!(status, 401, "{gateway:?}: {refused}");
    }
}
