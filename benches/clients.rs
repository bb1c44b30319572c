//! The clients that are compared, each as a process of its own: what they take of the processor, and what they found.
#![allow(dead_code, reason = "each bench has this module and uses a part of it")]

use std::{
    error::Error,
    fs::File,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use nix::sys::{
    resource::{UsageWho, getrusage},
    time::TimeValLike as _,
};

mod async_imap;
mod contest;
mod mailwire;

pub(crate) use self::contest::{Entrant, contest};

/// What a client is to fetch of INBOX.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Task {
    /// Flags and octets of all messages.
    Bodies,
    /// Envelope, flags and structure of all messages.
    Structures,
    /// One message that is too large for the memory.
    Large,
}

/// What a client found. It can be right only if all values were read.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Sums {
    pub(crate) messages: u64,
    pub(crate) flags: u64,
    /// Of bodies; or of subjects, and those that the structures tell of their parts.
    pub(crate) octets: u64,
}

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    /// For itself and in the system. How much of it was for which is a guess of Linux, the sum is not.
    pub(crate) cpu: Duration,
    /// The most memory, in KiB.
    pub(crate) memory: u64,
}

/// Where clients log in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Account {
    pub(crate) port: u16,
    pub(crate) user: &'static str,
}

/// Whatever ends a client.
pub(crate) type Failure = Box<dyn Error>;

pub(crate) const PASSWORD: &str = "secret";

/// Whether this process is a child of the bench; then its work is done.
pub(crate) fn is_child() -> bool {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match *arguments {
        ["client", client, task, user, port] => be_client(client, task, user, port),
        ["measure", output, program, ref arguments @ ..] => be_measure(output, program, arguments),
        _ => return false,
    }
    true
}

/// A client of this program.
pub(crate) fn own(client: &str, task: Task, account: Account) -> Command {
    let mut command = Command::new(this_program());
    command.args(["client", client, task.name(), account.user, &account.port.to_string()]);
    command
}

/// What ours finds, which all others have to find too.
pub(crate) fn sums(task: Task, account: Account) -> Result<Sums, Failure> {
    Sums::parse(&measure(&own("mailwire", task, account), None)?.1)
}

/// Python's imaplib, or why it cannot be had.
pub(crate) fn imaplib(task: Task, account: Account) -> Result<Command, Failure> {
    let mut command = Command::new(python()?);
    command.args(["-c", include_str!("clients/imaplib.py"), task.name(), account.user, PASSWORD]);
    command.arg(account.port.to_string());
    Ok(command)
}

/// Runs a command to its end, its output into `output` or to what is returned.
///
/// The process between us and it has no other children, and so knows what this one took.
pub(crate) fn measure(command: &Command, output: Option<&Path>) -> Result<(Usage, String), Failure> {
    let mut measure = Command::new(this_program());
    measure.arg("measure").arg(output.unwrap_or(Path::new("-")));
    measure.arg(command.get_program()).args(command.get_args());
    let finished = measure.stdin(Stdio::null()).stderr(Stdio::inherit()).output()?;
    if !finished.status.success() {
        return Err(finished.status.to_string().into());
    }
    let printed = String::from_utf8(finished.stdout)?;
    let (printed, usage) = printed.trim_end().rsplit_once('\n').ok_or("no usage was told")?;
    let [user, system, memory] = numbers(usage)?;
    Ok((Usage { cpu: Duration::from_micros(user + system), memory }, printed.to_owned()))
}

impl Task {
    fn name(self) -> &'static str {
        match self {
            Self::Bodies => "bodies",
            Self::Structures => "structures",
            Self::Large => "large",
        }
    }
}

impl Sums {
    /// The last line that a client printed.
    pub(crate) fn parse(printed: &str) -> Result<Self, Failure> {
        let [messages, flags, octets] = numbers(printed.lines().last().unwrap_or_default())?;
        Ok(Self { messages, flags, octets })
    }
}

fn be_client(client: &str, task: &str, user: &str, port: &str) {
    let task = [Task::Bodies, Task::Structures, Task::Large].into_iter().find(|known| known.name() == task);
    let (task, port) = (task.expect("a task"), port.parse().expect("a port"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let result = match client {
        "mailwire" => runtime.block_on(mailwire::run(task, user, port)),
        _ => runtime.block_on(async_imap::run(task, user, port)),
    };
    match result {
        Ok(Sums { messages, flags, octets }) => println!("{messages} {flags} {octets}"),
        Err(error) => {
            eprintln!("{client}: {error}");
            std::process::exit(1);
        }
    }
}

fn be_measure(output: &str, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    command.args(arguments);
    if output != "-" {
        command.stdout(File::create(output).expect("a file for the output"));
    }
    let status = command.status().expect("the program can be started");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the usage of a child that ended");
    let [user, system] = [usage.user_time(), usage.system_time()].map(|time| time.num_microseconds());
    println!("\n{user} {system} {}", usage.max_rss());
    std::process::exit(status.code().unwrap_or(1));
}

/// The interpreter itself: `python3` may be a script that looks for it.
fn python() -> Result<PathBuf, Failure> {
    let ask = ["-c", "import imaplib, sys; print(sys.executable)"];
    let answer = Command::new("python3").args(ask).stderr(Stdio::inherit()).output()?;
    let path = String::from_utf8(answer.stdout)?;
    if answer.status.success() { Ok(path.trim().into()) } else { Err("python3 has no imaplib".into()) }
}

fn this_program() -> PathBuf {
    std::env::current_exe().expect("the path of this program")
}

fn numbers(line: &str) -> Result<[u64; 3], Failure> {
    let numbers: Vec<u64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    numbers.try_into().map_err(|_| format!("not three numbers: {line}").into())
}
