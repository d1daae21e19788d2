//! The first work of a process, which pays for its start.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::Extensions;

/// Knows whether anything was asked of this process yet; clones share what they know.
#[derive(Clone, Debug, Default)]
pub struct ColdStart {
    over: Arc<AtomicBool>,
}

/// On the request that was the first.
#[derive(Clone, Copy)]
struct First;

impl ColdStart {
    /// `true` for the first who asks, then `false`.
    pub fn first(&self) -> bool {
        !self.over.swap(true, Ordering::Relaxed)
    }

    /// Puts into the extensions of a process's first request that it is that, for its log line.
    pub fn note(&self, request: &mut Extensions) {
        if self.first() {
            request.insert(First);
        }
    }
}

/// Whether these are the extensions of a process's first request.
pub(crate) fn is_first(request: &Extensions) -> bool {
    request.get::<First>().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_of_a_process_is_the_first() {
        let cold_start = ColdStart::default();
        let noted = [(); 3].map(|()| {
            let mut request = Extensions::new();
            cold_start.clone().note(&mut request);
            is_first(&request)
        });
        assert_eq!(noted, [true, false, false]);
    }
}
