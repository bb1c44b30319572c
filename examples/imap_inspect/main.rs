//! Shows what recorded octets of IMAP say: each response of a server or command of a client, one a line.
//!
//!     cargo run --example imap_inspect -- responses server.log
//!     openssl s_client -quiet -connect imap.example.org:993 < commands.txt | cargo run --example imap_inspect -- responses
//!     tcpflow -r traffic.pcap && cargo run --example imap_inspect -- commands *.00143
//!
//! What cannot be parsed is shown with the place in the input and the reason. The last line counts; the exit code is 1 if
//! anything could not be parsed, and 2 if a file could not be read, whatever is in the others.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, ValueEnum};

use crate::{recording::Recording, report::Report};

mod recording;
mod report;

#[derive(Parser)]
#[command(about = "Shows what recorded octets of IMAP say, one response or command a line")]
#[command(
    after_help = "The last line is `N parsed, M unparsed`. The exit code is 1 if M is not 0, and 2 if a file cannot be read.
Passwords and responses of SASL are not shown."
)]
struct Arguments {
    /// Who sent the octets.
    #[arg(value_enum)]
    what: What,
    /// The recordings, each of one connection; `-` or nothing for the standard input.
    files: Vec<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    /// Reads without any tolerance for what servers and clients get wrong.
    #[arg(long)]
    strict: bool,
    /// Both sides have enabled UTF-8 before the recording begins. What is enabled within it is seen.
    #[arg(long)]
    utf8: bool,
}

/// Which side of a connection was recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum What {
    /// What a client sent.
    Commands,
    /// What a server sent.
    Responses,
}

fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    if arguments.files.is_empty() {
        arguments.files.push("-".into());
    }
    match run(&arguments) {
        Ok(code) => code,
        // Who reads the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("imap_inspect: {error}");
            ExitCode::from(2)
        }
    }
}

/// A file that cannot be read does no harm to the others.
fn run(arguments: &Arguments) -> io::Result<ExitCode> {
    let (mut report, mut is_unread) = (Report::new(io::stdout().lock(), arguments.json), false);
    for file in &arguments.files {
        if arguments.files.len() > 1 {
            report.file(file)?;
        }
        if let Err(error) = inspect(file, arguments, &mut report)? {
            eprintln!("imap_inspect: {}: {error}", file.display());
            is_unread = true;
        }
    }
    let unparsed = report.finish()?;
    Ok(if is_unread { 2.into() } else { u8::from(unparsed > 0).into() })
}

/// Reports all that a file says; the inner error is that of the file, the outer one that of the output.
fn inspect(
    file: &Path,
    arguments: &Arguments,
    report: &mut Report<impl Write>,
) -> io::Result<io::Result<()>> {
    let mut input = match open(file) {
        Ok(input) => input,
        Err(error) => return Ok(Err(error)),
    };
    let mut recording = Recording::new(arguments.what, arguments.strict, arguments.utf8);
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = match input.read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Ok(Err(error)),
            Ok(length) => length,
        };
        recording.add(&buffer[..length]);
        if length == 0 {
            recording.end();
        }
        while let Some(entry) = recording.next_entry() {
            report.entry(&entry)?;
        }
        // The connection may be going on.
        report.flush()?;
        if length == 0 || recording.is_over() {
            return Ok(Ok(()));
        }
    }
}

fn open(file: &Path) -> io::Result<Box<dyn Read>> {
    Ok(if file == Path::new("-") { Box::new(io::stdin().lock()) } else { Box::new(File::open(file)?) })
}
