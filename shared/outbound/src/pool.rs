//! Connections: made when first needed, kept while they can be trusted.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use or3_domain::clock::Timestamp;

use crate::body::Body;
use crate::trouble::{Trouble, chain};

pub(crate) type Http = HyperClient<Connector, Body>;
type Connector = HttpsConnector<HttpConnector>;

/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(3);
/// How long an unused connection is kept. Short, because what lies between a frozen function and
/// its neighbours forgets connections without saying so.
pub(crate) const IDLE: Duration = Duration::from_secs(15);
/// How many unused connections to one host are kept.
const IDLE_AT_MOST: usize = 32;

/// The connections to one destination.
#[derive(Default)]
pub(crate) struct Pool {
    connector: OnceLock<Result<Connector, String>>,
    warm: Mutex<Option<Warm>>,
}

struct Warm {
    http: Http,
    used_at: Timestamp,
}

impl Pool {
    /// The connections that may be used at `now`. The pool's own timer stands still while a
    /// function is frozen and the wall clock does not: after a longer silence all are given up,
    /// and so they are when the clock was set back.
    pub(crate) fn at(&self, now: Timestamp) -> Result<Http, Trouble> {
        let connector = self.connector.get_or_init(connector).as_ref();
        let connector = connector.map_err(|error| Trouble::Unusable(error.clone()))?;
        let mut warm = self.warm.lock().unwrap_or_else(PoisonError::into_inner);
        let trusted = |warm: &&mut Warm| {
            let used_at = warm.used_at;
            used_at <= now && now < used_at.plus(IDLE)
        };
        if let Some(warm) = warm.as_mut().filter(trusted) {
            warm.used_at = now;
            return Ok(warm.http.clone());
        }
        let http = connections(connector.clone());
        let used_at = now;
        *warm = Some(Warm {
            http: http.clone(),
            used_at,
        });
        Ok(http)
    }

    /// Says that a connection ended under a request: what was made before it is not trusted any more.
    pub(crate) fn forget(&self) {
        *self.warm.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Says that a connection was in use until `now`.
    pub(crate) fn used(&self, now: Timestamp) {
        let mut warm = self.warm.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(warm) = warm.as_mut() {
            warm.used_at = warm.used_at.max(now);
        }
    }
}

/// The crypto provider is named here, so that another one in the same binary changes nothing.
fn connector() -> Result<Connector, String> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(CONNECT));
    Ok(HttpsConnectorBuilder::new()
        .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
        .map_err(|error| chain(&error))?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp))
}

fn connections(connector: Connector) -> Http {
    HyperClient::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(IDLE_AT_MOST)
        .build(connector)
}
