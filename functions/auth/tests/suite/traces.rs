//! The function as a process of Lambda, with a collector of traces.

use std::time::Duration;

use or3_testkit::{Collector, GatewayRequest, Lambda};

/// A function is frozen between invocations: what it has to send is sent before it asks for the
/// next one.
#[tokio::test]
async fn steps_are_with_the_collector_before_the_next_invocation_is_taken() {
    let collector = Collector::start();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_string_lossy();
    let own = [
        ("OR3_DATA_DIR", &*data),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url()),
    ];
    let settings: Vec<_> = Lambda::SETTINGS.into_iter().chain(own).collect();
    let mut function = Lambda::start(env!("CARGO_BIN_EXE_auth"), &settings).await;
    let time = Duration::from_mins(5);
    for _ in 0..3 {
        function
            .ask(&GatewayRequest::get("/api/auth/nothing"), time)
            .await;
    }
    let (_, spans) = collector.spans(|_| true);
    assert!(spans.len() >= 2, "all but the last are there: {spans:?}");
    function.terminate();
    assert_eq!(function.ended().await.code(), Some(0));
    let (_, last) = collector.spans(|_| true);
    let spans = [spans, last].concat();
    assert_eq!(spans.len(), 3, "{spans:?}");
    for span in spans {
        assert_eq!(
            span["traceId"], "5759e988bd862e3fe1be46a994272793",
            "X-Ray's"
        );
        assert_eq!(span["name"], "GET unknown");
    }
}
