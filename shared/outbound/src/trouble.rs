//! Why a call has no answer.

use std::time::Duration;

use or3_domain::store::StoreError;

/// Why a call has no answer. What an answer says is its reader's affair, whatever its status.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// It cannot be sent at all: the address is none, or TLS is required.
    #[error("{0}")]
    Unusable(String),
    /// Nothing of it has left this process.
    #[error("{name} was not reached: {cause}")]
    NotSent {
        /// The destination.
        name: &'static str,
        /// What happened.
        cause: String,
    },
    /// It was sent, or may have been, and no whole answer came back: what was asked for may have
    /// been done.
    #[error("{name} broke off: {cause}")]
    Unknown {
        /// The destination.
        name: &'static str,
        /// What happened.
        cause: String,
    },
    /// The same, by silence.
    #[error("{name} did not answer in {after:?}")]
    Late {
        /// The destination.
        name: &'static str,
        /// How long it was waited for.
        after: Duration,
    },
    /// The answer is longer than the limit.
    #[error("{name} answers with more than the limit of {largest} bytes")]
    TooLong {
        /// The destination.
        name: &'static str,
        /// The limit.
        largest: usize,
    },
    /// The request's own body broke off.
    #[error("the body that was to be sent broke off")]
    BrokenOff,
}

impl From<Trouble> for StoreError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unusable(_) => Self::Fault(trouble.to_string()),
            _ => Self::Unavailable(trouble.to_string()),
        }
    }
}

/// An error with its causes; the outermost alone says only "client error".
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Whether `T` is among the causes of an error.
pub(crate) fn is_caused_by<T: std::error::Error + 'static>(
    error: &(dyn std::error::Error + 'static),
) -> bool {
    let mut causes = std::iter::successors(Some(error), |cause| cause.source());
    causes.any(<dyn std::error::Error>::is::<T>)
}
