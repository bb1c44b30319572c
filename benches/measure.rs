//! What several benches share: how they were called, rounds that take turns, goals that can be checked.
#![allow(dead_code, reason = "each bench has this module and uses a part of it")]

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

/// Keeps a value until it is whole, and drops it: what it costs to drop belongs to what it costs to make.
pub(crate) fn consume<T>(value: T) {
    std::hint::black_box(&value);
    drop(value);
}

/// The middle one.
pub(crate) fn median<T: Copy + PartialOrd>(mut values: Vec<T>) -> T {
    values.sort_by(|a, b| a.partial_cmp(b).expect("they can be compared"));
    values[values.len() / 2]
}

/// Nanoseconds that each of `works` takes with `octets`: the least of many short rounds in which they take turns, because what
/// else the machine does can only add.
pub(crate) fn turns<const N: usize>(octets: usize, mut works: [&mut dyn FnMut(); N]) -> [f64; N] {
    let (rounds, times) = match octets {
        _ if is_test() => (1, 1),
        _ => ((200_000_000 / octets.max(1)).clamp(15, 200), (100_000 / octets.max(1)).clamp(1, 1000)),
    };
    let mut least = [f64::MAX; N];
    for _ in 0..rounds {
        for (least, work) in least.iter_mut().zip(&mut works) {
            let elapsed = time(|| (), |()| (0..times).for_each(|_| work()));
            *least = least.min(elapsed.as_secs_f64() * 1e9 / times as f64);
        }
    }
    least
}

/// What is to be reached; with `--check` the bench fails if it is not.
#[derive(Default)]
pub(crate) struct Goals {
    missed: Vec<String>,
}

impl Goals {
    pub(crate) fn at_least(&mut self, what: &str, ratio: f64, goal: f64) {
        if ratio < goal {
            self.missed.push(format!("{what}: {ratio:.2} of {goal}"));
        }
    }

    /// Tells what was missed.
    pub(crate) fn end(self) {
        if is_test() || self.missed.is_empty() {
            return;
        }
        println!("\nbelow the goal: {}", self.missed.join("; "));
        if std::env::args().any(|argument| argument == "--check") {
            std::process::exit(1);
        }
    }
}
