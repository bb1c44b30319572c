//! Scripts: one step a string.
//!
//! | step | does |
//! | --- | --- |
//! | `# title` | opens a connection in place of the last one; the first sends literals that wait, the others do not wait |
//! | `a1 NOOP` | sends a command, which has to be answered with OK, or not where the tag starts with `no` |
//! | `= YQ==` | what the command before it sends after a `+` |
//! | `> a1 NOOP` | sends a command on a second connection, which is not recorded |
//! | `< Exists` | reads up to such a response |
//! | `DONE` | ends an IDLE |
//!
//! In a command `%VALIDITY%` is the UIDVALIDITY and `%URL%` the URL that the server told last.

use std::collections::VecDeque;

use mailwire_imap::encoder::Literals;

pub(super) enum Step<'a> {
    Await(&'a str),
    Done,
    Open { title: &'a str, literals: Literals },
    Other(&'a str),
    Run { wire: &'a str, replies: VecDeque<&'a str> },
}

pub(super) fn steps<'a>(lines: &[&'a str]) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    let mut literals = Literals::Synchronising;
    for line in lines {
        let step = match line.split_at_checked(2) {
            Some(("# ", title)) => {
                Step::Open { title, literals: std::mem::replace(&mut literals, Literals::Plus) }
            }
            Some(("> ", wire)) => Step::Other(wire),
            Some(("< ", word)) => Step::Await(word),
            Some(("= ", reply)) => {
                let Some(Step::Run { replies, .. }) = steps.last_mut() else { panic!("{line}: no command") };
                replies.push_back(reply);
                continue;
            }
            _ if *line == "DONE" => Step::Done,
            _ => Step::Run { wire: line, replies: VecDeque::new() },
        };
        steps.push(step);
    }
    steps
}
