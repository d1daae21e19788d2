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
