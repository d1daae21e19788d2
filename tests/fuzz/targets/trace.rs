//! What others say of the trace that a request is part of (`traceparent`, `X-Amzn-Trace-Id`):
//! whatever it is, there is a trace, its names are the ones that were given or new ones and never
//! zeros, and what is told on is read as the same trace.
//!
//! A line feed divides the input into the two headers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use or3_domain::ids::SystemIds;
use or3_domain::trace::Trace;

fuzz_target!(|input: &[u8]| {
    let text = String::from_utf8_lossy(input);
    let (w3c, xray) = text.split_once('\n').unwrap_or((&text, ""));
    judge(w3c, xray);
    judge("", &text);
});

fn judge(w3c: &str, xray: &str) {
    let trace = Trace::of(Some(w3c), Some(xray), &SystemIds);
    let id = trace.trace_id.to_string();
    assert!(id.len() == 32 && id != "0".repeat(32), "{id}");
    if let Some(parent) = trace.parent {
        let parent = parent.to_string();
        assert!(w3c.contains(&parent) || xray.contains(&parent), "{parent}");
        assert!(
            w3c.contains(&id) || xray.contains(&format!("1-{}-{}", &id[..8], &id[8..])),
            "{id}"
        );
    }
    let told = trace.traceparent();
    let read = Trace::of(Some(&told), None, &SystemIds);
    assert_eq!(read.trace_id, trace.trace_id, "{told}");
    assert_eq!(read.parent, Some(trace.span_id), "{told}");
    assert_ne!(read.span_id, trace.span_id, "{told}");
    assert_eq!(read.sampled, Some(trace.sampled == Some(true)), "{told}");
}
