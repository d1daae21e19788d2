//! This machine's limit for sign-ins: argon2id and nothing else.

use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};

use crate::account::PASSWORD;
use crate::command::Outcome;
use crate::figure::float;

/// The product's defaults: OWASP's 19 MiB and 2 passes, one lane.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// How many hashes `threads` threads make in about `time`, and how many that is a second.
pub(super) fn rate(threads: usize, time: Duration) -> Outcome<(usize, f64)> {
    let started = Instant::now();
    let counted = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| scope.spawn(|| count_until(started + time)))
            .collect();
        let counts = workers.into_iter().map(ScopedJoinHandle::join);
        counts
            .map(|count| count.unwrap_or_else(|_| Err("a hashing thread panicked".into())))
            .sum::<Outcome<usize>>()
    })?;
    let rate = float(counted as u64) / started.elapsed().as_secs_f64();
    Ok((counted, rate))
}

/// Hashes into memory that stays: the price of fresh memory is the server's, not the machine's.
fn count_until(deadline: Instant) -> Outcome<usize> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, Some(32)).map_err(|error| error.to_string())?;
    let mut memory = vec![Block::default(); params.block_count()];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hash = [0; 32];
    let mut count = 0;
    while Instant::now() < deadline {
        argon2
            .hash_password_into_with_memory(
                PASSWORD.as_bytes(),
                b"sixteen bytes ok",
                &mut hash,
                &mut memory,
            )
            .map_err(|error| error.to_string())?;
        count += 1;
    }
    Ok(count)
}
