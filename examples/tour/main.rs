//! A tour of Mailwire: clients and servers in one program, with the dialogues between them explained.
//!
//!     cargo run --example tour
//!
//! It needs nothing. The POP3 server listens on a free port of this machine, with a certificate made for this one run; the IMAP
//! server is a script at the other end of a pipe in memory.

mod imap;
mod pop3;

use std::{error::Error, fmt};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{Layer, layer::Context, prelude::*};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The wire log comes through `tracing`; here the clients' side of it is printed.
    tracing_subscriber::registry().with(Dialogue).init();
    println!("== IMAP");
    imap::tour().await?;
    println!("\n== POP3");
    pop3::tour().await?;
    println!("\nThat was all. The same in your program: see README.md.");
    Ok(())
}

fn explain(text: &str) {
    println!("\n{text}");
}

/// Prints the lines of the clients' wire logs.
struct Dialogue;

impl<S: Subscriber> Layer<S> for Dialogue {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if matches!(event.metadata().target(), "mailwire::imap::client" | "mailwire::pop3::client") {
            event.record(&mut Line);
        }
    }
}

struct Line;

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            println!("      {value:?}");
        }
    }
}
