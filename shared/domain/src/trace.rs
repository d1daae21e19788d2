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
mod tests {
    use super::*;
    use crate::ids::SystemIds;

    const GIVEN: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    fn of(traceparent: &str) -> Trace {
        Trace::of(Some(traceparent), None, &SystemIds)
    }

    #[test]
    fn a_trace_goes_on_with_a_step_of_its_own() {
        let trace = of(GIVEN);
        let name = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(trace.trace_id.to_string(), name);
        let parent = trace.parent.map(|parent| parent.to_string());
        assert_eq!(parent.as_deref(), Some("00f067aa0ba902b7"));
        assert_eq!(trace.sampled, Some(true));
        let told = trace.traceparent();
        assert_eq!(told, format!("00-{name}-{}-01", trace.span_id));
        assert_eq!(
            Some(of(&told).trace_id),
            Some(trace.trace_id),
            "it is read again"
        );
        let child = trace.child(&SystemIds);
        assert_eq!(
            (child.trace_id, child.parent),
            (trace.trace_id, Some(trace.span_id))
        );
        assert_ne!(child.span_id, trace.span_id);
    }

    #[test]
    fn a_later_version_may_say_more() {
        let later = GIVEN.replacen("00-", "01-", 1);
        for text in [later.clone(), format!("{later}-more")] {
            assert!(of(&text).parent.is_some(), "{text}");
        }
        assert!(of(&format!("{later}more")).parent.is_none());
    }

    #[test]
    fn what_is_malformed_begins_a_new_trace() {
        let zero_trace = GIVEN.replace("4bf92f3577b34da6a3ce929d0e0e4736", &"0".repeat(32));
        let zero_span = GIVEN.replace("00f067aa0ba902b7", &"0".repeat(16));
        let (upper, long) = (GIVEN.to_uppercase(), format!("{GIVEN}-more"));
        let forbidden = GIVEN.replacen("00-", "ff-", 1);
        for odd in [
            "",
            "00",
            &GIVEN[..54],
            &zero_trace,
            &zero_span,
            &upper,
            &long,
            &forbidden,
            "00-4bf92f3577b34da6a3ce929d0e0e473é-00f067aa0ba902b7-01",
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        ] {
            let trace = of(odd);
            assert_eq!((trace.parent, trace.sampled), (None, None), "{odd}");
            assert_ne!(trace.trace_id, of(odd).trace_id, "{odd}");
        }
    }

    /// Whatever stands in whichever place, and however long it is: it is read or it is not, and what
    /// is read is said again as it was.
    #[test]
    fn no_header_is_too_odd_to_be_looked_at() {
        let xray = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        for at in 0..=GIVEN.len() {
            for odd in [
                "",
                "0",
                "g",
                "-",
                ";",
                "=",
                " ",
                "é",
                "\0",
                "00-",
                "\u{10ffff}",
            ] {
                let header = format!(
                    "{}{odd}{}",
                    &GIVEN[..at],
                    &GIVEN[(at + 1).min(GIVEN.len())..]
                );
                let trace = of(&header);
                if trace.parent.is_some() {
                    assert_eq!(header[3..35], trace.trace_id.to_string(), "{header}");
                }
                let header = format!("{}{odd}{}", &xray[..at], &xray[at + 1..]);
                let trace = Trace::of(None, Some(&header), &SystemIds);
                assert_eq!(trace.trace_id.to_string().len(), 32, "{header}");
            }
        }
    }

    #[test]
    fn x_rays_trace_goes_on_where_nobody_says_otherwise() {
        let xray = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1";
        let trace = Trace::of(None, Some(xray), &SystemIds);
        assert_eq!(
            trace.trace_id.to_string(),
            "5759e988bd862e3fe1be46a994272793"
        );
        assert_eq!(trace.sampled, Some(true));
        let named = Trace::of(Some(GIVEN), Some(xray), &SystemIds);
        assert_ne!(named.trace_id, trace.trace_id);
        for odd in [
            "",
            "Root=1-5759e988",
            "Root=1-a-b",
            "Parent=53995c3f42cd8ad8",
        ] {
            assert_eq!(
                Trace::of(None, Some(odd), &SystemIds).sampled,
                None,
                "{odd}"
            );
        }
    }

    #[test]
    fn a_share_of_traces_is_recorded_unless_whoever_asked_decides() {
        let own: Vec<_> = (0..1000).map(|_| of("")).collect();
        let recorded = |share| own.iter().filter(|trace| trace.is_recorded(share)).count();
        assert_eq!((recorded(0.0), recorded(1.0)), (0, 1000));
        assert!((300..700).contains(&recorded(0.5)));
        assert!(of(GIVEN).is_recorded(0.0));
        let unwanted = format!("{}00", &GIVEN[..53]);
        assert!(!of(&unwanted).is_recorded(1.0));
    }
}
