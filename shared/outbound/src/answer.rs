//! What comes back: as a whole, or in pieces.

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;

use crate::destination::Destination;
use crate::trouble::{Trouble, chain, is_caused_by};

/// The body of an answer, as it comes.
#[derive(Debug)]
pub struct Pieces {
    body: Incoming,
    from: Destination,
}

impl Pieces {
    /// The next piece; `None` at the end. An answer that breaks off is an error, never an end.
    ///
    /// # Errors
    ///
    /// When it does not come within the destination's patience.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Trouble> {
        while let Some(frame) = in_time(&self.from, self.body.frame()).await? {
            let frame = frame.map_err(|error| cut_off(&self.from, &error))?;
            if let Ok(piece) = frame.into_data() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    /// Everything, where it is short.
    ///
    /// # Errors
    ///
    /// When it does not come within the destination's patience, or is too long.
    pub async fn whole(self) -> Result<Bytes, Trouble> {
        let Self { body, from } = self;
        let body = in_time(&from, Limited::new(body, from.largest).collect()).await?;
        match body {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if is_caused_by::<LengthLimitError>(error.as_ref()) => {
                Err(Trouble::TooLong {
                    name: from.name,
                    largest: from.largest,
                })
            }
            Err(error) => Err(cut_off(&from, error.as_ref())),
        }
    }
}

/// An answer as far as one attempt reads it.
pub(crate) trait Answer: Sized {
    async fn of(answer: Response<Pieces>) -> Result<Self, Trouble>;
    fn status(&self) -> StatusCode;
    fn headers(&self) -> &HeaderMap;
    fn seen(&self) -> &[u8];
}

impl Answer for Response<Pieces> {
    async fn of(answer: Self) -> Result<Self, Trouble> {
        Ok(answer)
    }

    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn seen(&self) -> &[u8] {
        &[]
    }
}

impl Answer for Response<Bytes> {
    async fn of(answer: Response<Pieces>) -> Result<Self, Trouble> {
        let (head, pieces) = answer.into_parts();
        Ok(Self::from_parts(head, pieces.whole().await?))
    }

    fn status(&self) -> StatusCode {
        self.status()
    }

    fn headers(&self) -> &HeaderMap {
        self.headers()
    }

    fn seen(&self) -> &[u8] {
        self.body()
    }
}

pub(crate) fn pieces(answer: Response<Incoming>, from: &Destination) -> Response<Pieces> {
    let from = *from;
    answer.map(|body| Pieces { body, from })
}

/// The outcome of `work`, unless the destination is silent for too long.
pub(crate) async fn in_time<T>(
    from: &Destination,
    work: impl Future<Output = T>,
) -> Result<T, Trouble> {
    let late = |_| Trouble::Late {
        name: from.name,
        after: from.patience,
    };
    tokio::time::timeout(from.patience, work)
        .await
        .map_err(late)
}

fn cut_off(from: &Destination, error: &(dyn std::error::Error + 'static)) -> Trouble {
    Trouble::Unknown {
        name: from.name,
        cause: chain(error),
    }
}
