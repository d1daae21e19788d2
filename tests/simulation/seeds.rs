//! Which seeds are run, and how a failing one is told.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use or3_settings::Environment;

/// Runs `work` for every seed, on all processors, each on a thread of its own runtime. The first
/// failure ends the test with the command that repeats it.
///
/// `count` is the variable that says how many there are, and how many without it.
pub(crate) fn run_all<F: Future<Output = ()>>(
    (variable, count): (&str, u64),
    work: impl Fn(u64) -> F + Sync,
) {
    let environment = Environment::of_process();
    let number = |name, default| {
        let text = environment.get(name);
        text.map_or(default, |text| text.parse().expect(name))
    };
    let (count, from) = (number(variable, count), number("OR3_SIM_FROM", 0));
    let next = AtomicU64::new(from);
    let failed = AtomicU64::new(u64::MAX);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while failed.load(Ordering::SeqCst) == u64::MAX {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= from + count {
                        return;
                    }
                    if catch_unwind(AssertUnwindSafe(|| block_on(work(seed)))).is_err() {
                        failed.fetch_min(seed, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let seed = failed.into_inner();
    assert!(
        seed == u64::MAX,
        "seed {seed} failed, as told above. To repeat it:\n\n    \
         OR3_SIM_FROM={seed} {variable}=1 cargo test -p or3-tests --test simulation\n"
    );
}

fn block_on(work: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(work);
}
