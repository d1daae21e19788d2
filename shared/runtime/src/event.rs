//! A job for each event: schedules and deploy steps. One binary may do both: answer requests and
//! do a job.

use std::future::Future;
use std::time::{Duration, Instant};

use axum::Router;
use lambda_runtime::{Context, Error, LambdaEvent, Runtime, service_fn};
use or3_domain::clock::{Clock, SystemClock, Timestamp};
use or3_domain::errand::Errand;
use or3_domain::ids::SystemIds;
use or3_domain::meter::measured;
use or3_domain::metrics::metrics;
use or3_domain::steps::{self, Step};
use or3_domain::trace::Trace;
use or3_http::{ColdStart, HttpPolicy};
use or3_settings::Environment;
use serde_json::Value;

use crate::after::After;
use crate::deadline::{end_of, in_time};
use crate::gateway::{self, NotARequest};
use crate::lifetime::run;
use crate::serve::{ids_of, layered, require_runtime_api};
use crate::start::StartError;

/// What a job leaves of its invocation's time: for what is under way, and for the answer.
const MARGIN: Duration = Duration::from_secs(5);

/// An event that is no request, and when its job must be over.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The event as it came.
    pub event: Value,
    /// The end of the invocation's time, less a margin.
    pub until: Timestamp,
}

/// Runs `job` for each event and reports what it returns; an error fails the invocation, so that
/// whoever sent the event sees it. A job that would outlast its invocation is given up half a
/// second earlier, and fails; what it had not committed is rolled back.
pub async fn on_event<F, Fut, E>(environment: &Environment, job: F) -> Result<(), StartError>
where
    F: Fn(Value) -> Fut,
    Fut: Future<Output = Result<Value, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    require_runtime_api(environment)?;
    let after = After::of(environment)?;
    let (job, cold_start) = (&job, &ColdStart::default());
    let handler = service_fn(
        async |LambdaEvent { payload, context }: LambdaEvent<Value>| {
            done(cold_start.first(), &context, Box::pin(job(payload))).await
        },
    );
    run(Runtime::new(handler), after).await
}

/// Serves `router` as [`serve`](crate::serve) does, and runs `job` as [`on_event`] does for each
/// event that is no request: a schedule's, or an operator's. What an event is shows in its shape.
pub async fn serve_and_work<F, Fut, E>(
    environment: &Environment,
    router: Router,
    policy: HttpPolicy,
    job: F,
) -> Result<(), StartError>
where
    F: Fn(Invocation) -> Fut,
    Fut: Future<Output = Result<Value, E>>,
    E: std::error::Error + Send + Sync + 'static,
{
    require_runtime_api(environment)?;
    let after = After::of(environment)?;
    let cold_start = &ColdStart::default();
    let router = layered(router, policy, cold_start);
    let (router, job) = (&router, &job);
    let handler = service_fn(
        async |LambdaEvent { payload, context }: LambdaEvent<Value>| {
            if is_request(&payload) {
                let answer = answer(router.clone(), payload, context).await?;
                return Ok(serde_json::to_value(answer)?);
            }
            let invocation = Invocation {
                event: payload,
                until: end_of(&context).minus(MARGIN),
            };
            done(cold_start.first(), &context, Box::pin(job(invocation))).await
        },
    );
    run(Runtime::new(handler), after).await
}

/// What became of a job within its invocation's time, logged once.
async fn done<E: std::error::Error>(
    cold_start: bool,
    context: &Context,
    job: impl Future<Output = Result<Value, E>>,
) -> Result<Value, Error> {
    let ids = ids_of(context);
    if cold_start {
        metrics().cold_starts.one();
    }
    let errand = Errand {
        correlation_id: ids.request_id.clone(),
        cold_start,
        trace: steps::decided(Trace::of(None, ids.xray_trace_id.as_deref(), &SystemIds)),
        invocation: Some(ids),
    };
    let (trace, started) = (errand.trace, Instant::now());
    let outcome = errand.during(carried_out(context, job)).await;
    if let Some(recorder) = steps::recorder_of(&trace) {
        recorder.record(Step {
            trace,
            kind: steps::Kind::Consumer,
            name: "event".into(),
            ended_at: SystemClock.now(),
            duration: started.elapsed(),
            failed: outcome.is_err(),
            facts: vec![("faas.coldstart", cold_start.into())],
        });
    }
    outcome
}

async fn carried_out<E: std::error::Error>(
    context: &Context,
    job: impl Future<Output = Result<Value, E>>,
) -> Result<Value, Error> {
    let started = Instant::now();
    let (outcome, round_trips) = measured(in_time(context, job)).await;
    metrics().round_trips.add(round_trips.into());
    let outcome = match outcome {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(late) => Err(late.to_string()),
    };
    let duration_ms = started.elapsed().as_secs_f64() * 1000.0;
    match outcome {
        Ok(answer) => {
            tracing::info!(duration_ms, db.round_trips = round_trips, "event");
            Ok(answer)
        }
        Err(error) => {
            tracing::error!(duration_ms, db.round_trips = round_trips, error, "event");
            Err(error.into())
        }
    }
}

/// Requests of every kind of gateway say where they came in; events of schedules do not.
fn is_request(event: &Value) -> bool {
    event.get("requestContext").is_some_and(Value::is_object)
}

async fn answer(router: Router, event: Value, context: Context) -> Result<gateway::Answer, Error> {
    let event = serde_json::from_value(event).map_err(NotARequest::from)?;
    gateway::answer(router, event, context).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::post;
    use serde_json::json;

    #[test]
    fn what_a_gateway_sends_is_a_request_and_what_a_schedule_sends_is_not() {
        let gateway = include_str!("../../../tests/events/gc.json");
        let schedule = include_str!("../../../tests/events/gc-schedule.json");
        let parsed = |text| serde_json::from_str(text).expect("JSON");
        assert!(is_request(&parsed(gateway)));
        assert!(!is_request(&parsed(schedule)));
        for odd in [
            json!(null),
            json!({}),
            json!([]),
            json!({ "requestContext": 1 }),
        ] {
            assert!(!is_request(&odd), "{odd}");
        }
    }

    #[tokio::test]
    async fn a_request_is_answered_in_the_gateways_form() {
        let event = include_str!("../../../tests/events/gc.json");
        let event = serde_json::from_str(event).expect("JSON");
        let echo = post(async |body: String| body);
        let router = Router::new().route("/api/sync/gc-tombstones", echo);
        let mut context = Context::default();
        context.deadline = u64::MAX;
        let answer = answer(router, event, context).await;
        let answer = serde_json::json!(answer.expect("an answer"));
        assert_eq!(answer["statusCode"], 200);
        let body = answer["body"].as_str().expect("text");
        assert!(body.contains("retentionSeconds"), "{body}");
    }

    #[test]
    fn a_job_ends_before_its_invocation_does() {
        let mut context = Context::default();
        context.deadline = 1_767_225_600_000;
        assert_eq!(end_of(&context).minus(MARGIN).millis(), 1_767_225_595_000);
    }
}
