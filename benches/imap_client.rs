//! The client on tokio beside `async-imap` and Python's imaplib: what each takes of the processor for the same answers of a
//! server, as a process of its own.

use crate::{
    clients::{Account, Entrant, Failure, Task, contest, imaplib, is_child, own, sums},
    measure::{Goals, is_test},
};

mod clients;
mod mail;
mod measure;
mod recorded;

fn main() -> Result<(), Failure> {
    if is_child() {
        return Ok(());
    }
    let count = if is_test() { 10 } else { 10_000 };
    let account = Account { port: recorded::serve(count, MESSAGE)?, user: "ann" };
    let mut goals = Goals::default();
    for (task, what) in [(Task::Bodies, "FLAGS BODY[]"), (Task::Structures, "ENVELOPE FLAGS BODYSTRUCTURE")] {
        let sums = sums(task, account)?;
        assert_eq!(sums.messages, count as u64);
        let mut clients = vec![
            Entrant::new("mailwire-tokio", own("mailwire", task, account)).finds(sums),
            Entrant::new("async-imap", own("async-imap", task, account)).finds(sums),
        ];
        match imaplib(task, account) {
            Ok(imaplib) => clients.push(Entrant::new("imaplib", imaplib).finds(sums)),
            Err(error) => println!("imaplib is left out: {error}"),
        }
        contest(&format!("{what} of {count} messages"), clients, ROUNDS, &mut goals)?;
    }
    goals.end();
    Ok(())
}

const MESSAGE: usize = 2048;
const ROUNDS: usize = 15;
