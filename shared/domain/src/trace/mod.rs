//! Where a piece of work stands in the story that several services tell of one request (W3C Trace
//! Context, level 1).

use std::fmt::{self, Display};

use crate::hex::{self, Hex};
use crate::ids::Ids;

/// One step of a trace: what this process does for one request or event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The trace, the same for all who take part.
    pub trace_id: TraceId,
    /// This step.
    pub span_id: SpanId,
    /// The step of whoever asked; `None` where the trace begins here.
    pub parent: Option<SpanId>,
    /// Whether whoever asked wants steps to be recorded; `None` where nobody said.
    pub sampled: Option<bool>,
}

/// The name of a trace: 16 bytes, not all zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TraceId([u8; 16]);

/// The name of a step: 8 bytes, not all zero.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SpanId([u8; 8]);

impl Trace {
    /// The step that answers a request with this `traceparent`. Where it is missing or malformed,
    /// the trace is the one that X-Ray has begun (the `Root` of `xray`), or else a new one.
    pub fn of(traceparent: Option<&str>, xray: Option<&str>, ids: &dyn Ids) -> Self {
        let named = traceparent.and_then(parent).or_else(|| of_xray(xray?));
        let new = || (TraceId::new(ids), None, None);
        let (trace_id, parent, sampled) = named.unwrap_or_else(new);
        Self {
            trace_id,
            span_id: SpanId::new(ids),
            parent,
            sampled,
        }
    }

    /// A step within this one.
    #[must_use]
    pub fn child(&self, ids: &dyn Ids) -> Self {
        Self {
            span_id: SpanId::new(ids),
            parent: Some(self.span_id),
            ..*self
        }
    }

    /// Whether this step is to be recorded where a `share` of all (0 to 1) is: as whoever asked
    /// says, else by the trace's name, so that all who take part decide alike.
    pub fn is_recorded(&self, share: f64) -> bool {
        self.sampled.unwrap_or_else(|| {
            let [.., a, b, c, d] = self.trace_id.0;
            f64::from(u32::from_be_bytes([a, b, c, d])) < share * (f64::from(u32::MAX) + 1.0)
        })
    }

    /// The header for whoever is asked within this step.
    pub fn traceparent(&self) -> String {
        let flags = u8::from(self.sampled == Some(true));
        format!("00-{}-{}-{flags:02x}", self.trace_id, self.span_id)
    }
}

impl TraceId {
    fn new(ids: &dyn Ids) -> Self {
        let mut random = [0; 16];
        ids.fill(&mut random);
        Self(never_zero(random))
    }
}

impl SpanId {
    fn new(ids: &dyn Ids) -> Self {
        let mut random = [0; 8];
        ids.fill(&mut random);
        Self(never_zero(random))
    }
}

/// A name of zeros is none, and chance finds it once in 2^64.
fn never_zero<const N: usize>(mut bytes: [u8; N]) -> [u8; N] {
    if bytes.iter().all(|byte| *byte == 0) {
        bytes[N - 1] = 1;
    }
    bytes
}

/// What a trace and a step are called, and whether they are recorded.
type Named = (TraceId, Option<SpanId>, Option<bool>);

/// Reads `00-<32 digits>-<16 digits>-<flags>`; later versions may say more behind it.
fn parent(header: &str) -> Option<Named> {
    let bytes = header.as_bytes();
    let version: [u8; 1] = hex::parse(bytes.get(..2)?)?;
    let longer = version != [0] && bytes.get(55) == Some(&b'-');
    let dashes = [2, 35, 52].iter().all(|at| bytes.get(*at) == Some(&b'-'));
    if version == [0xff] || !dashes || !(bytes.len() == 55 || longer) {
        return None;
    }
    let trace: [u8; 16] = hex::parse(bytes.get(3..35)?)?;
    let span: [u8; 8] = hex::parse(bytes.get(36..52)?)?;
    let [flags] = hex::parse(bytes.get(53..55)?)?;
    let none = trace == [0; 16] || span == [0; 8];
    (!none).then_some((TraceId(trace), Some(SpanId(span)), Some(flags & 1 == 1)))
}

/// Reads `Root=1-<8 digits>-<24 digits>;Parent=<16 digits>;Sampled=<0 or 1>`, as Lambda gives it.
fn of_xray(header: &str) -> Option<Named> {
    let member = |name: &str| {
        let mut members = header
            .split(';')
            .filter_map(|member| member.split_once('='));
        members
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim())
    };
    let (time, rest) = member("Root")?.strip_prefix("1-")?.split_once('-')?;
    let (time, rest) = (hex::parse(time.as_bytes())?, hex::parse(rest.as_bytes())?);
    let trace = joined(time, rest);
    let span = member("Parent").and_then(|parent| hex::parse(parent.as_bytes()));
    let sampled = match member("Sampled") {
        Some("1") => Some(true),
        Some("0") => Some(false),
        _ => None,
    };
    (trace != [0; 16]).then_some((TraceId(trace), span.map(SpanId), sampled))
}

fn joined(time: [u8; 4], rest: [u8; 12]) -> [u8; 16] {
    let mut whole = [0; 16];
    whole[..4].copy_from_slice(&time);
    whole[4..].copy_from_slice(&rest);
    whole
}

impl Display for TraceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(out)
    }
}

impl fmt::Debug for TraceId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(out)
    }
}

impl Display for SpanId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(out)
    }
}

impl fmt::Debug for SpanId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(out)
    }
}

#[cfg(test)]
mod tests;
