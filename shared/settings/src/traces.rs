//! Where steps of traces go, under the names that OpenTelemetry gives its variables.

use crate::environment::Section;
use crate::reader::Reader;
use crate::secret::Secret;
use crate::variable::Variable;

/// The export of traces.
#[derive(Clone, Debug, Default)]
pub struct Traces {
    /// Where to; `None` exports nothing.
    pub endpoint: Option<String>,
    /// Headers of each request, by name.
    pub headers: Vec<(String, Secret)>,
    /// How many of the traces that begin here are recorded, 0 to 1.
    pub share: f64,
}

const ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
const HEADERS: &str = "OTEL_EXPORTER_OTLP_HEADERS";
const SHARE: &str = "OTEL_TRACES_SAMPLER_ARG";

impl Section for Traces {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            ENDPOINT,
            "none",
            "address of an OpenTelemetry collector that takes OTLP over HTTP as JSON, for instance \
             http://127.0.0.1:4318: steps of traces are sent to its `/v1/traces`",
        ),
        Variable::secret(
            HEADERS,
            "comma list of `name=value`: headers that the collector wants; by `https://` or to this \
             machine only",
        ),
        Variable::new(
            SHARE,
            "1",
            "how many of the traces that begin here are recorded, 0 to 1; others are as whoever \
             asked says",
        ),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let endpoint = endpoint(reader);
        let headers = headers(reader);
        let own = |url: &String| url.starts_with("https://") || is_this_machine(url);
        if !headers.is_empty() && !endpoint.as_ref().is_none_or(own) {
            let cure = "must be https:// where OTEL_EXPORTER_OTLP_HEADERS is given";
            reader.problem(ENDPOINT, cure);
        }
        Self {
            endpoint,
            headers,
            share: share(reader),
        }
    }
}

fn endpoint(reader: &mut Reader<'_>) -> Option<String> {
    let text = reader.text(ENDPOINT)?.trim().trim_end_matches('/');
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]/".contains(&byte);
    if !rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(plain)) {
        // What it holds may be a password.
        let cure = "must be like http://127.0.0.1:4318 or https://collector.example";
        reader.problem(ENDPOINT, cure);
        return None;
    }
    Some(text.to_owned())
}

fn is_this_machine(url: &str) -> bool {
    let own = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    own.iter().any(|own| {
        let rest = url.strip_prefix(own);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    })
}

fn headers(reader: &mut Reader<'_>) -> Vec<(String, Secret)> {
    let list = reader.list(HEADERS);
    let pairs = list.iter().map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let token = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        let name = name.trim().to_ascii_lowercase();
        let value = value.trim();
        let shown = value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        let good = !name.is_empty() && name.bytes().all(token) && shown;
        good.then(|| (name, Secret::new(value)))
    });
    let pairs: Option<Vec<_>> = pairs.collect();
    pairs.unwrap_or_else(|| {
        reader.problem(HEADERS, "must be a comma list of name=value");
        Vec::new()
    })
}

fn share(reader: &mut Reader<'_>) -> f64 {
    let Some(text) = reader.text(SHARE) else {
        return 1.0;
    };
    let share = text
        .trim()
        .parse()
        .ok()
        .filter(|share| (0.0..=1.0).contains(share));
    share.unwrap_or_else(|| {
        reader.problem(
            SHARE,
            format!("is `{text}`: it must be a number from 0 to 1"),
        );
        1.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn read(pairs: &[(&str, &str)]) -> Option<Traces> {
        Environment::of(pairs.iter().copied()).load().ok()
    }

    #[test]
    fn nothing_is_exported_unless_somebody_says_where_to() {
        let nothing = read(&[]).expect("settings");
        assert_eq!(
            (nothing.endpoint, nothing.share.to_string()),
            (None, "1".to_owned())
        );
        for (url, taken) in [
            ("http://127.0.0.1:4318/", Some("http://127.0.0.1:4318")),
            (
                "https://otel.example/collect",
                Some("https://otel.example/collect"),
            ),
            ("otel.example", None),
            ("https://", None),
            ("https://user:password@otel.example", None),
            ("https://otel.example?x", None),
        ] {
            let endpoint = read(&[(ENDPOINT, url)]).and_then(|read| read.endpoint);
            assert_eq!(endpoint.as_deref(), taken, "{url}");
        }
    }

    #[test]
    fn headers_are_pairs_and_leave_this_machine_by_tls_only() {
        let with = |url, headers| read(&[(ENDPOINT, url), (HEADERS, headers)]);
        let read = with("https://otel.example", "X-Key=a=b, other=c").expect("settings");
        let pairs = [("x-key", "a=b"), ("other", "c")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), Secret::new(value)));
        assert_eq!(read.headers, pairs);
        assert!(with("http://localhost:4318", "a=b").is_some());
        for (url, headers) in [
            ("http://otel.example", "a=b"),
            ("http://localhost.example", "a=b"),
            ("https://otel.example", "a"),
            ("https://otel.example", "a b=c"),
            ("https://otel.example", "a=b\nc"),
        ] {
            assert!(with(url, headers).is_none(), "{url} {headers}");
        }
    }

    #[test]
    fn a_share_is_a_number_from_0_to_1() {
        let share = |text| read(&[(SHARE, text)]).map(|read| read.share.to_string());
        assert_eq!(share("0.25").as_deref(), Some("0.25"));
        for wrong in ["-1", "1.5", "NaN", "all"] {
            assert_eq!(share(wrong), None, "{wrong}");
        }
    }
}
