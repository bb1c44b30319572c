//! What several benches share: how they were called, and medians of rounds that take turns.

use std::time::{Duration, Instant};

/// Whether everything is to run once only, to see that it runs: `cargo bench -- --test`.
pub(crate) fn is_test() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

/// How long `work` takes with what `prepare` made, which is not counted; nor is it what the result costs to drop.
pub(crate) fn time<I, O>(prepare: impl FnOnce() -> I, work: impl FnOnce(I) -> O) -> Duration {
    let input = prepare();
    let start = Instant::now();
    let output = std::hint::black_box(work(std::hint::black_box(input)));
    let elapsed = start.elapsed();
    drop(output);
    elapsed
}

/// The middle one.
pub(crate) fn median<T: Copy + PartialOrd>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).expect("they can be compared"));
    values[values.len() / 2]
}
