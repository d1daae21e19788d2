//! What every domain error says of itself; only `or3-http` turns it into a status.

use std::borrow::Cow;
use std::time::Duration;

/// What kind of trouble an error is: the fact that a caller treats differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request itself is wrong and will stay wrong.
    Invalid,
    /// Nobody is signed in.
    Unauthenticated,
    /// Somebody is signed in and may not do this.
    Forbidden,
    /// What was named does not exist.
    NotFound,
    /// The request contradicts what is stored.
    Conflict,
    /// What was named is in use by another request; it will be free again.
    Locked,
    /// What was named existed and is over.
    Gone,
    /// A size is over its limit.
    TooLarge,
    /// A media type is not accepted here.
    UnsupportedMedia,
    /// A budget is used up; it opens again after this time.
    RateLimited {
        /// How long until a request can be admitted again.
        retry_after: Duration,
    },
    /// This deployment does not do that.
    Unsupported,
    /// Passing trouble outside this process; the same request may succeed later.
    Unavailable,
    /// No room is left on the volume.
    OutOfSpace,
    /// A fault of ours.
    Internal,
}

/// An error that a request can end in.
///
/// `Display` (from `thiserror`) is for logs and may name causes; [`message`](Self::message) is
/// what a client may read.
pub trait DomainError: std::error::Error + Send + Sync + 'static {
    /// The kind, by exhaustive match.
    fn kind(&self) -> ErrorKind;

    /// The text for the client: the contract's words where it fixes them, and never the words
    /// of a driver.
    fn message(&self) -> Cow<'static, str>;
}
