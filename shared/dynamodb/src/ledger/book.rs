//! Who collects what: the leases of all kinds and the runs that go on, as one item holds them.

use std::collections::BTreeMap;

use or3_domain::clock::Timestamp;
use or3_domain::gc::{Begun, Kind, Run};
use or3_domain::store::StoreError;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::place;

/// Kinds are kept by name: a build leaves those alone that only a newer one knows.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Book {
    leases: BTreeMap<String, Lease>,
    /// By id.
    running: BTreeMap<String, Running>,
    /// Where the records of dead runs stand that are still to be written down as dead, and which
    /// run does it: until that one has ended, another may have to do it again.
    dead: BTreeMap<String, String>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Lease {
    holder: Option<String>,
    until: i64,
    position: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Running {
    /// Where its record stands.
    place: String,
    /// When it was heard of last.
    touched: i64,
}

impl Book {
    pub(super) fn of_item(item: &Value) -> Result<Self, StoreError> {
        let Some(text) = item["book"]["S"].as_str() else {
            return Ok(Self::default());
        };
        serde_json::from_str(text).map_err(|error| unreadable(&error))
    }

    pub(super) fn to_text(&self) -> Result<String, StoreError> {
        serde_json::to_string(self).map_err(|error| unreadable(&error))
    }

    /// Takes out the runs that were not heard of since `died_before`, and lets `run` write down all
    /// that are dead: the places of their records.
    pub(super) fn bury(&mut self, run: &str, died_before: Timestamp) -> Vec<String> {
        let is_dead = |running: &Running| running.touched < died_before.millis();
        let dead = self.running.values().filter(|running| is_dead(running));
        let dead = dead.map(|running| running.place.clone());
        let all: Vec<_> = dead.chain(self.dead.keys().cloned()).collect();
        self.running.retain(|_, running| !is_dead(running));
        self.dead = all
            .iter()
            .map(|place| (place.clone(), run.to_owned()))
            .collect();
        all
    }

    /// Gives `run` what is free of `kinds`.
    pub(super) fn begin(&mut self, run: &Run, kinds: &[Kind], until: Timestamp) -> Vec<Begun> {
        for kind in kinds {
            let lease = self.leases.entry(kind.as_str().to_owned()).or_default();
            if lease.until <= run.started_at.millis() {
                lease.holder = Some(run.id.clone());
                lease.until = until.millis();
            }
        }
        let running = Running {
            place: place(run.started_at, &run.id),
            touched: run.started_at.millis(),
        };
        self.running.insert(run.id.clone(), running);
        let held = self.held(&run.id);
        let begun = held.map(|(kind, lease)| Begun {
            kind,
            position: lease.position.clone(),
        });
        begun.collect()
    }

    pub(super) fn touch(&mut self, run: &str, now: Timestamp) {
        if let Some(running) = self.running.get_mut(run) {
            running.touched = now.millis();
        }
    }

    /// Moves what `run` still holds, and says what that is.
    pub(super) fn keep(
        &mut self,
        run: &str,
        positions: &[(Kind, Option<String>)],
        until: Timestamp,
    ) -> Vec<Kind> {
        self.moved(run, positions, |lease| lease.until = until.millis());
        self.held(run).map(|(kind, _)| kind).collect()
    }

    /// Gives back what `run` still holds of `positions`.
    pub(super) fn finish(&mut self, run: &str, positions: &[(Kind, Option<String>)]) {
        self.moved(run, positions, |lease| {
            (lease.holder, lease.until) = (None, 0);
        });
        self.running.remove(run);
        self.dead.retain(|_, undertaker| undertaker != run);
    }

    fn moved(
        &mut self,
        run: &str,
        positions: &[(Kind, Option<String>)],
        change: impl Fn(&mut Lease),
    ) {
        for (kind, position) in positions {
            let lease = self.leases.get_mut(kind.as_str());
            if let Some(lease) = lease.filter(|lease| lease.holder.as_deref() == Some(run)) {
                lease.position.clone_from(position);
                change(lease);
            }
        }
    }

    /// In the order of names.
    fn held(&self, run: &str) -> impl Iterator<Item = (Kind, &Lease)> {
        let own = self.leases.iter();
        let own = own.filter(move |(_, lease)| lease.holder.as_deref() == Some(run));
        own.filter_map(|(kind, lease)| Some((kind.parse().ok()?, lease)))
    }
}

fn unreadable(error: &serde_json::Error) -> StoreError {
    StoreError::Fault(format!("the leases of collections: {error}"))
}
