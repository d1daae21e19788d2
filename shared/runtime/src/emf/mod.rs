//! Numbers for CloudWatch, as lines in its embedded metric format: CloudWatch reads them from the
//! log, so that no request waits for them and nothing is lost when a function is frozen.

mod counted;

use std::fmt::Write;
use std::sync::{Mutex, PoisonError};

use or3_domain::clock::Timestamp;
use or3_domain::metrics::Metrics;
use or3_outbound::Counts;
use or3_settings::{Emf as Detail, Log, Metrics as Settings};
use serde_json::{Value, json};

use counted::{Calls, Metric, process, requests};

/// Writes what was counted since the last time.
pub(crate) struct Emf {
    detail: Detail,
    namespace: String,
    service: String,
    function_name: String,
    /// What calls to others came to at the last time.
    outbound: Mutex<Calls>,
}

impl Emf {
    /// `None` where nobody wants lines.
    pub(crate) fn of(settings: &Settings, log: &Log) -> Option<Self> {
        (settings.emf != Detail::Off).then(|| Self {
            detail: settings.emf,
            namespace: settings.namespace.clone(),
            service: log.service.clone(),
            function_name: log.function_name.clone(),
            outbound: Mutex::default(),
        })
    }

    /// The lines of what `metrics` and `outbound` have counted since the last time, at `now`: one a
    /// route that was asked, which on Lambda is one. The first carries the numbers of the process.
    pub(crate) fn lines(&self, metrics: &Metrics, outbound: &[Counts], now: Timestamp) -> String {
        let calls = Calls::to(outbound);
        let mut last = self.outbound.lock().unwrap_or_else(PoisonError::into_inner);
        let before = std::mem::replace(&mut *last, calls);
        drop(last);
        let mut of_process = process(metrics);
        of_process.extend(calls.since(before));
        let mut lines = String::new();
        for (method, path, route) in metrics.routes.each() {
            let name = format!("{} {path}", method.as_str());
            let of_route = requests(path, route);
            let of_process = std::mem::take(&mut of_process);
            self.line(&mut lines, now, Some((&name, of_route)), of_process);
        }
        if !of_process.is_empty() {
            self.line(&mut lines, now, None, of_process);
        }
        lines
    }

    fn line(
        &self,
        out: &mut String,
        now: Timestamp,
        of_route: Option<(&str, Vec<Metric>)>,
        of_process: Vec<Metric>,
    ) {
        let (route, of_route) = of_route.unzip();
        let of_route = of_route.unwrap_or_default();
        let by_route: &[&[&str]] = match self.detail {
            Detail::Route => &[&["service"], &["service", "route"]],
            Detail::Off | Detail::Service => &[&["service"]],
        };
        let directives = [(by_route, &of_route), (&[&["service"]], &of_process)];
        let directives = directives
            .into_iter()
            .filter(|(_, metrics)| !metrics.is_empty());
        let directives: Vec<_> = directives
            .map(|(dimensions, metrics)| self.directive(dimensions, metrics))
            .collect();
        let mut line = json!({
            "_aws": { "Timestamp": now.millis(), "CloudWatchMetrics": directives },
            "service": self.service,
            "function_name": self.function_name,
        });
        if let Some(route) = route {
            line["route"] = route.into();
        }
        for (name, _, value) in of_route.into_iter().chain(of_process) {
            line[name] = value;
        }
        let _strings_take_all = writeln!(out, "{line}");
    }

    fn directive(&self, dimensions: &[&[&str]], metrics: &[Metric]) -> Value {
        let definitions = metrics.iter();
        let definitions: Vec<_> = definitions
            .map(|(name, unit, _)| json!({ "Name": name, "Unit": unit }))
            .collect();
        json!({ "Namespace": self.namespace, "Dimensions": dimensions, "Metrics": definitions })
    }
}

#[cfg(test)]
mod tests;
