//! What is printed.

use std::{
    io::{self, Write},
    path::Path,
};

use serde_json::{Map, Value, json};

use crate::recording::{Entry, Literal, Said};

pub(crate) struct Report<W: Write> {
    out: io::BufWriter<W>,
    is_json: bool,
    parsed: u64,
    unparsed: u64,
}

impl<W: Write> Report<W> {
    pub(crate) fn new(out: W, is_json: bool) -> Self {
        Self { out: io::BufWriter::new(out), is_json, parsed: 0, unparsed: 0 }
    }

    /// What follows is of this file.
    pub(crate) fn file(&mut self, file: &Path) -> io::Result<()> {
        let name = file.display().to_string();
        if self.is_json {
            writeln!(self.out, "{}", json!({ "file": name }))
        } else {
            writeln!(self.out, "# {name}")
        }
    }

    pub(crate) fn entry(&mut self, entry: &Entry) -> io::Result<()> {
        *(if matches!(entry.said, Said::Unparsed { .. }) { &mut self.unparsed } else { &mut self.parsed }) +=
            1;
        if self.is_json {
            return writeln!(self.out, "{}", json(entry)?);
        }
        match &entry.said {
            Said::Command(command) => write!(self.out, "{}: {command:?}", entry.offset)?,
            Said::Line(line) => write!(self.out, "{}: {line}", entry.offset)?,
            Said::Response(response) => write!(self.out, "{}: {response:?}", entry.offset)?,
            Said::Unparsed { reason, offset, octets } => {
                write!(self.out, "{}: UNPARSED at {offset}: {reason}", entry.offset)?;
                if !octets.is_empty() {
                    write!(self.out, ": {}", shortened(octets))?;
                }
            }
        }
        for Literal { length, start } in &entry.literals {
            write!(self.out, " | literal of {length} octets: \"{}\"..", start.escape_ascii())?;
        }
        writeln!(self.out)
    }

    /// Shows all so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// How much could not be parsed.
    pub(crate) fn finish(mut self) -> io::Result<u64> {
        writeln!(self.out, "{} parsed, {} unparsed", self.parsed, self.unparsed)?;
        self.out.flush()?;
        Ok(self.unparsed)
    }
}

fn json(entry: &Entry) -> io::Result<Value> {
    let mut object = Map::from_iter([("offset".to_owned(), entry.offset.into())]);
    match &entry.said {
        Said::Command(command) => object.insert("command".into(), serde_json::to_value(command)?),
        Said::Line(line) => object.insert("line".into(), (*line).into()),
        Said::Response(response) => object.insert("response".into(), serde_json::to_value(response)?),
        Said::Unparsed { reason, offset, octets } => {
            object.insert("unparsed".into(), json!({ "offset": offset, "reason": reason, "octets": octets }))
        }
    };
    if !entry.literals.is_empty() {
        let literal = |literal: &Literal| json!({ "length": literal.length, "start": literal.start.escape_ascii().to_string() });
        object.insert("literals".into(), entry.literals.iter().map(literal).collect());
    }
    Ok(object.into())
}

/// The octets in printable ASCII; of many, the first.
fn shortened(octets: &[u8]) -> String {
    match octets.split_at_checked(MAX_SHOWN) {
        Some((shown, rest)) if !rest.is_empty() => {
            format!("\"{}\" and {} octets more", shown.escape_ascii(), rest.len())
        }
        _ => format!("\"{}\"", octets.escape_ascii()),
    }
}

const MAX_SHOWN: usize = 400;
