//! What the process says of itself besides its log: numbers at `GET /metrics` on a port of its own,
//! a sample of them a minute for pictures, and steps of traces to a collector.

mod neighbours;
mod page;
mod text;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::header::{CONTENT_TYPE, HeaderName};
use or3_domain::clock::Clock;
use or3_domain::metrics::metrics;
use or3_runtime::{Exporter, StartError};
use or3_settings::{Environment, Metrics};
use tokio::net::TcpSocket;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

use crate::listen::{Bounds, serve};
use crate::stack::{bind, taken};

/// How often a sample is taken.
const MINUTE: Duration = Duration::from_mins(1);

/// Who looks at metrics is a scraper or two; they ask at once or not at all.
const BOUNDS: Bounds = Bounds {
    connections: 8,
    header_timeout: Duration::from_secs(5),
};

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 8;

const LISTEN: &str = "OR3_METRICS_LISTEN";

/// The form of the page (Prometheus' text format 0.0.4).
const FORM: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Where things are to be said, before anything is.
pub(crate) struct Outlets {
    port: Option<TcpSocket>,
    exporter: Option<Exporter>,
}

/// What says them, until it is stopped.
pub(crate) struct Telemetry {
    sampler: JoinHandle<()>,
    /// The page and the export, and what ends each.
    tasks: Vec<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl Outlets {
    /// Takes the port of the page and prepares the export, where the settings want them.
    pub(crate) fn of(environment: &Environment) -> Result<Self, StartError> {
        let listen = environment.load::<Metrics>()?.listen;
        let take = |address: SocketAddr| bind(LISTEN, address);
        Ok(Self {
            port: listen.map(take).transpose()?,
            exporter: Exporter::of(environment)?,
        })
    }

    /// Shows the page, and begins to sample and to export.
    pub(crate) fn open(self, clock: Arc<dyn Clock>) -> Result<Telemetry, StartError> {
        let mut tasks = Vec::new();
        if let Some(port) = self.port {
            let listener = port.listen(BACKLOG).map_err(|error| taken(LISTEN, error))?;
            let address = listener.local_addr().map_err(StartError::surroundings)?;
            tracing::info!(%address, "metrics are at /metrics");
            let router = Router::new().route("/metrics", get(answer));
            let (stop, stopped) = oneshot::channel();
            tasks.push((stop, tokio::spawn(serve(listener, router, BOUNDS, stopped))));
        }
        if let Some(exporter) = self.exporter {
            let (stop, stopped) = oneshot::channel();
            tasks.push((stop, tokio::spawn(exporter.keep_sending(stopped))));
        }
        Ok(Telemetry {
            sampler: tokio::spawn(sample(clock)),
            tasks,
        })
    }
}

impl Telemetry {
    /// Ends everything: whoever reads the page has it whole, and what is left of traces is sent.
    pub(crate) async fn stop(self) {
        self.sampler.abort();
        for (stop, ended) in self.tasks {
            let _already_ended = stop.send(());
            if ended.await.is_err() {
                tracing::error!("the page of metrics or the export of traces had panicked");
            }
        }
    }
}

async fn answer() -> ([(HeaderName, &'static str); 1], String) {
    let page = page::page(metrics(), &or3_outbound::counts());
    ([(CONTENT_TYPE, FORM)], page)
}

async fn sample(clock: Arc<dyn Clock>) {
    let mut minutes = tokio::time::interval(MINUTE);
    // What a process that stood still has missed is no minute of its own.
    minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
    minutes.tick().await;
    loop {
        minutes.tick().await;
        metrics().history.sample(metrics(), clock.now());
    }
}
