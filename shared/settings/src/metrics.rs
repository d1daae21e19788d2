//! Where numbers go.

use std::net::SocketAddr;

use crate::environment::Section;
use crate::reader::Reader;
use crate::variable::Variable;

/// Metrics.
#[derive(Clone, Debug)]
pub struct Metrics {
    /// Where the local stack shows them; `None` nowhere.
    pub listen: Option<SocketAddr>,
    /// Which lines a function writes for CloudWatch.
    pub emf: Emf,
    /// The namespace of those.
    pub namespace: String,
}

/// What lines for CloudWatch tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emf {
    /// No lines.
    Off,
    /// Services: every number once a deployment.
    Service,
    /// Routes too, for requests and how long they take.
    Route,
}

const LISTEN: &str = "OR3_METRICS_LISTEN";
const EMF: &str = "OR3_METRICS_EMF";
const NAMESPACE: &str = "OR3_METRICS_NAMESPACE";

impl Section for Metrics {
    const VARIABLES: &'static [Variable] = &[
        Variable::new(
            LISTEN,
            "none",
            "address at which the local stack answers `GET /metrics` in Prometheus' form, to whoever \
             reaches it; port 0 picks a free one, and the log names it",
        ),
        Variable::new(
            EMF,
            "`service` on Lambda, else `off`",
            "what metrics of a function in CloudWatch tell apart: `off` (none), `service`, `route`",
        ),
        Variable::new(NAMESPACE, "or3-edge", "namespace of those metrics"),
    ];

    fn read(reader: &mut Reader<'_>) -> Self {
        let words = [
            ("off", Emf::Off),
            ("service", Emf::Service),
            ("route", Emf::Route),
        ];
        let usual = match reader.text("AWS_LAMBDA_FUNCTION_NAME") {
            Some(_) => Emf::Service,
            None => Emf::Off,
        };
        Self {
            listen: listen(reader),
            emf: reader.choice(EMF, reader.text(EMF), &words, usual),
            namespace: namespace(reader),
        }
    }
}

fn listen(reader: &mut Reader<'_>) -> Option<SocketAddr> {
    let text = reader.text(LISTEN)?;
    let address = text.trim().parse().ok();
    if address.is_none() {
        let cure = "it must be an address and a port, for instance 127.0.0.1:9464";
        reader.problem(LISTEN, format!("is `{text}`: {cure}"));
    }
    address
}

/// A name as CloudWatch takes it; `AWS/` is not for us.
fn namespace(reader: &mut Reader<'_>) -> String {
    let text = reader.text(NAMESPACE).unwrap_or("or3-edge").trim();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte);
    if text.len() > 255 || !text.bytes().all(plain) || text.starts_with("AWS/") {
        let cure = "it must be letters, digits and .-_/#, and not begin with AWS/";
        reader.problem(NAMESPACE, format!("is `{text}`: {cure}"));
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Environment;

    fn read(pairs: &[(&str, &str)]) -> Option<Metrics> {
        Environment::of(pairs.iter().copied()).load().ok()
    }

    #[test]
    fn a_function_writes_lines_for_cloudwatch_unless_told_otherwise() {
        let lambda = ("AWS_LAMBDA_FUNCTION_NAME", "sync");
        for (pairs, emf) in [
            (&[][..], Emf::Off),
            (&[lambda][..], Emf::Service),
            (&[lambda, (EMF, "off")][..], Emf::Off),
            (&[lambda, (EMF, "route")][..], Emf::Route),
        ] {
            assert_eq!(read(pairs).expect("settings").emf, emf, "{pairs:?}");
        }
        assert!(read(&[(EMF, "yes")]).is_none());
    }

    #[test]
    fn addresses_and_namespaces_are_looked_at() {
        let listen = read(&[(LISTEN, "127.0.0.1:9464")]).and_then(|read| read.listen);
        assert_eq!(listen, Some(SocketAddr::from(([127, 0, 0, 1], 9464))));
        for wrong in [
            (LISTEN, "9464"),
            (NAMESPACE, "AWS/Lambda"),
            (NAMESPACE, "a b"),
        ] {
            assert!(read(&[wrong]).is_none(), "{wrong:?}");
        }
    }
}
