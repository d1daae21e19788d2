//! Entry point of the `pages` function.

use std::process::ExitCode;

use or3_runtime::{serve, start, wire};
use or3_settings::{AuthProvider, Features, Http, Registration};
use pages::{Access, Place, Ports, router};

fn main() -> ExitCode {
    start(async |environment| {
        let (features, registration, http) =
            environment.load::<(Features, Registration, Http)>()?;
        let ports = Ports {
            access: Access {
                auth_provider: features.auth.map(AuthProvider::id),
                registration_mode: registration.mode.id(),
            },
            // Where a Lambda has its data is its deployer's business.
            place: Place::default(),
        };
        serve(&environment, router(&ports), wire::http_policy(&http)).await
    })
}
