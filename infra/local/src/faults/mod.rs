//! The cloud's bad days in the local stack, for development: a gateway with limits, processes that
//! start cold and freeze, a network that delays and loses, a small disk, a clock that is wrong
//! (docs/operations/faults.md).
//!
//! Everything here stands before or behind the product: around its router, or in the place of a
//! port. The product itself does not know.

mod chance;
mod clock;
mod disk;
mod event;
mod gateway;
mod idle;
mod network;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use or3_domain::clock::{Clock, SystemClock};
use or3_runtime::StartError;
use or3_settings::{Environment, Faults};

use clock::SkewedClock;
pub(crate) use disk::{Disk, OnDisk};
use gateway::Gateway;
use network::Network;

/// The faults of one stack.
pub(crate) struct Cloud {
    faults: Faults,
    network: Option<Arc<Network>>,
    disk: Option<Arc<Disk>>,
}

impl Cloud {
    /// Prepares `faults`; a network that is among them stands between the stack and its database
    /// server from then on, by another address in `environment`, and is good until
    /// [`begin`](Self::begin).
    ///
    /// # Errors
    ///
    /// When there is no port for it.
    pub(crate) async fn over(
        environment: &mut Environment,
        faults: Faults,
    ) -> Result<Self, StartError> {
        let network = if faults.are_on_the_way() {
            let network = Network::before(environment, &faults).await;
            Some(Arc::new(network.map_err(StartError::surroundings)?))
        } else {
            None
        };
        if faults != Faults::default() {
            tracing::warn!(?faults, "this stack has faults on purpose");
        }
        Ok(Self {
            network,
            disk: faults.disk_bytes.map(|bytes| Arc::new(Disk::of(bytes))),
            faults,
        })
    }

    /// What time it is here.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        match self.faults.skew_millis {
            0 => Arc::new(SystemClock),
            ahead => Arc::new(SkewedClock::ahead_by(ahead)),
        }
    }

    /// The disk, where it is a small one.
    pub(crate) fn disk(&self) -> Option<Arc<Disk>> {
        self.disk.clone()
    }

    /// Puts the gateway before `router`, whose routes are those of all functions.
    pub(crate) fn before(&self, router: Router) -> Router {
        if self.faults == Faults::default() {
            return router;
        }
        let gateway = Gateway::of(&self.faults, self.network.clone());
        router.layer(from_fn_with_state(Arc::new(gateway), gateway::pass))
    }

    /// Lets the network be as bad as it is: a start that fails half-way would teach nobody anything.
    pub(crate) fn begin(&self) {
        if let Some(network) = &self.network {
            network.begin();
        }
    }
}
