//! Clients that take turns at the same task.

use std::{path::PathBuf, process::Command};

use super::{Failure, Sums, Usage, measure};
use crate::measure::{Goals, is_test};

/// A client at a task.
pub(crate) struct Entrant {
    name: String,
    command: Command,
    output: Option<PathBuf>,
    prepare: Step,
    check: Check,
}

type Step = Box<dyn Fn() -> Result<(), Failure>>;
type Check = Box<dyn Fn(&str) -> Result<(), Failure>>;

impl Entrant {
    /// What `command` prints is not looked at.
    pub(crate) fn new(name: &str, command: Command) -> Self {
        let (prepare, check): (Step, Check) = (Box::new(|| Ok(())), Box::new(|_| Ok(())));
        Self { name: name.to_owned(), command, output: None, prepare, check }
    }

    /// It has to find this.
    pub(crate) fn finds(self, sums: Sums) -> Self {
        self.check(move |printed| {
            let found = Sums::parse(printed)?;
            if found == sums { Ok(()) } else { Err(format!("found {found:?}, not {sums:?}").into()) }
        })
    }

    /// Looks at what was printed, or at what is there now.
    pub(crate) fn check(self, check: impl Fn(&str) -> Result<(), Failure> + 'static) -> Self {
        Self { check: Box::new(check), ..self }
    }

    /// Prints into a file.
    pub(crate) fn output(self, path: PathBuf) -> Self {
        Self { output: Some(path), ..self }
    }

    /// Does this before each round.
    pub(crate) fn prepare(self, prepare: impl Fn() -> Result<(), Failure> + 'static) -> Self {
        Self { prepare: Box::new(prepare), ..self }
    }

    fn round(&self) -> Result<Usage, Failure> {
        let wrong = |error| Failure::from(format!("{}: {error}", self.name));
        (self.prepare)()?;
        let (usage, printed) = measure(&self.command, self.output.as_deref()).map_err(wrong)?;
        (self.check)(&printed).map_err(wrong)?;
        Ok(usage)
    }
}

/// Prints a table with the least of each client's rounds: what else the machine does can only add. The first client is ours, and
/// the goal is that it takes less than each other. Who fails is told and left out.
pub(crate) fn contest(
    what: &str,
    clients: Vec<Entrant>,
    rounds: usize,
    goals: &mut Goals,
) -> Result<(), Failure> {
    let rounds = if is_test() { 1 } else { rounds };
    let mut entrants = Vec::new();
    for (at, client) in clients.into_iter().enumerate() {
        // What the server has to look up once is known after this.
        match client.round() {
            Ok(_) => entrants.push((client, Vec::new())),
            Err(error) if at == 0 => return Err(error),
            Err(error) => println!("\nLeft out of {what}: {error}"),
        }
    }
    for _ in 0..rounds {
        for (client, usages) in &mut entrants {
            usages.push(client.round()?);
        }
    }
    println!("\n| {what} | user + system, ms | times ours | peak memory, MiB |");
    println!("| --- | --- | --- | --- |");
    let least: Vec<_> = entrants.iter().map(|(client, usages)| (&client.name, least(usages))).collect();
    let ours = least.first().map_or(1.0, |(_, usage)| usage.cpu.as_secs_f64());
    for (at, (name, usage)) in least.iter().enumerate() {
        let ratio = usage.cpu.as_secs_f64() / ours;
        let cpu = usage.cpu.as_secs_f64() * 1e3;
        let memory = usage.memory as f64 / 1024.0;
        println!("| {name} | {cpu:.0} | {ratio:.2} | {memory:.1} |");
        if at > 0 {
            goals.at_least(&format!("{what}: {name}"), ratio, 1.0);
        }
    }
    Ok(())
}

/// The round with the least of the processor, with the most memory of any.
fn least(usages: &[Usage]) -> Usage {
    let least = usages.iter().min_by_key(|usage| usage.cpu).copied().expect("there are rounds");
    Usage { memory: usages.iter().map(|usage| usage.memory).max().unwrap_or_default(), ..least }
}
