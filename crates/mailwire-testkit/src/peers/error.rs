use std::fmt;
use std::io;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a peer did not do what the test wanted of it, with everything that it said.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The certificate could not be made.
    Certificate(String),
    /// The program did not end in time, and was killed.
    Deadline {
        /// Time that it had.
        deadline: Duration,
        /// What it wrote up to then.
        output: String,
        /// Its name.
        program: String,
    },
    /// The program ended with a failure.
    Failed {
        /// What it wrote.
        output: String,
        /// Its name.
        program: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// The operating system refused something.
    Io {
        /// What was tried.
        action: String,
        /// The refusal.
        source: io::Error,
    },
    /// The program is not installed.
    Missing {
        /// Its name.
        program: String,
    },
    /// The server was started and does not answer.
    NotReady {
        /// What it logged.
        log: String,
        /// Its name.
        program: String,
    },
    /// The peer has no such ability; the test has to ask for something else.
    Unsupported {
        /// The peer.
        peer: &'static str,
        /// The ability.
        what: String,
    },
}

impl Error {
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(why) => write!(f, "no certificate: {why}"),
            Self::Deadline { deadline, output, program } => {
                write!(f, "{program} did not end within {deadline:?}; it wrote:\n{output}")
            }
            Self::Failed { output, program, status } => {
                write!(f, "{program} ended with {status}; it wrote:\n{output}")
            }
            Self::Io { action, source } => write!(f, "{action}: {source}"),
            Self::Missing { program } => write!(f, "{program} is not installed"),
            Self::NotReady { log, program } => write!(f, "{program} does not answer; it logged:\n{log}"),
            Self::Unsupported { peer, what } => write!(f, "{peer} does not support {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
