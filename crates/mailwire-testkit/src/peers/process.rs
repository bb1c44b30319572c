use std::fs;
use std::io;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::Error;

/// The user that peers run as.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) gid: u32,
    pub(crate) group: String,
    pub(crate) uid: u32,
    pub(crate) user: String,
    /// Whether the tests run as root, and so have to give that up for their peers.
    drop_root: bool,
}

impl Identity {
    /// The current user, or Debian's `mail` where that is root.
    pub(crate) fn current() -> Result<Self, Error> {
        let drop_root = id(&["-u"])? == "0";
        let name: &[&str] = if drop_root { &["mail"] } else { &[] };
        let ask = |option: &'static str| id(&[&[option], name].concat());
        Ok(Self {
            gid: number(&ask("-g")?)?,
            group: ask("-gn")?,
            uid: number(&ask("-u")?)?,
            user: ask("-un")?,
            drop_root,
        })
    }
}

/// A temporary directory that belongs to a peer, and everything that runs in it.
#[derive(Debug)]
pub(crate) struct Place {
    directory: TempDir,
    identity: Identity,
}

impl Place {
    pub(crate) fn new() -> Result<Self, Error> {
        let directory = tempfile::Builder::new()
            .prefix("peer-")
            .tempdir()
            .map_err(Error::io("making a temporary directory"))?;
        let place = Self { directory, identity: Identity::current()? };
        place.own(place.path())?;
        Ok(place)
    }

    /// Makes a directory, its parents too.
    pub(crate) fn directory(&self, name: &str) -> Result<PathBuf, Error> {
        let mut path = self.path().to_owned();
        for part in Path::new(name) {
            path.push(part);
            if !path.exists() {
                fs::create_dir(&path).map_err(Error::io(format!("making {}", path.display())))?;
                self.own(&path)?;
            }
        }
        Ok(path)
    }

    /// Makes a Maildir.
    pub(crate) fn maildir(&self, name: &str) -> Result<PathBuf, Error> {
        for part in ["cur", "new", "tmp"] {
            self.directory(&format!("{name}/{part}"))?;
        }
        Ok(self.path().join(name))
    }

    /// Writes a file that its peer alone can read: several of them insist on that.
    pub(crate) fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> Result<PathBuf, Error> {
        use std::os::unix::fs::PermissionsExt;

        let path = self.path().join(name);
        let write = || {
            fs::write(&path, contents)?;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))
        };
        write().map_err(Error::io(format!("writing {}", path.display())))?;
        self.own(&path)?;
        Ok(path)
    }

    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// A command that runs here, without root's rights and without the caller's configuration.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path())
            .env("HOME", self.path())
            .env("LC_ALL", "C")
            .process_group(0)
            .stdin(Stdio::null());
        if self.identity.drop_root {
            command.uid(self.identity.uid).gid(self.identity.gid);
        }
        command
    }

    /// Starts `command` with its output in the files `stdout` and `stderr`.
    pub(crate) fn start(&self, command: &mut Command) -> Result<Child, Error> {
        let program = program(command);
        for (name, file) in [("stdout", self.path().join("stdout")), ("stderr", self.path().join("stderr"))] {
            let file = fs::File::create(&file).map_err(Error::io(format!("creating {name}")))?;
            if name == "stdout" {
                command.stdout(file)
            } else {
                command.stderr(file)
            };
        }
        command.spawn().map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Error::Missing { program },
            _ => Error::Io { action: format!("starting {program}"), source },
        })
    }

    /// Runs `command` to its end, and gives back what it wrote to standard output.
    pub(crate) fn run(&self, command: &mut Command, deadline: Duration) -> Result<Vec<u8>, Error> {
        let program = program(command);
        let mut child = self.start(command)?;
        let Some(status) = wait(&mut child, deadline)? else {
            kill_group(&mut child);
            return Err(Error::Deadline { deadline, output: self.output(), program });
        };
        if !status.success() {
            return Err(Error::Failed { output: self.output(), program, status });
        }
        read(&self.path().join("stdout"))
    }

    /// What was written so far to standard output and standard error, each cut to its last 16 KiB.
    pub(crate) fn output(&self) -> String {
        let tail = |name: &str| {
            let bytes = fs::read(self.path().join(name)).unwrap_or_default();
            String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(16 << 10)..]).into_owned()
        };
        format!("--- stdout\n{}\n--- stderr\n{}", tail("stdout"), tail("stderr"))
    }

    fn own(&self, path: &Path) -> Result<(), Error> {
        if !self.identity.drop_root {
            return Ok(());
        }
        chown(path, Some(self.identity.uid), Some(self.identity.gid))
            .map_err(Error::io(format!("giving away {}", path.display())))
    }
}

/// Waits until `child` ends, or `None` once `deadline` has passed.
pub(crate) fn wait(child: &mut Child, deadline: Duration) -> Result<Option<ExitStatus>, Error> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(Error::io("waiting for a child"))? {
            return Ok(Some(status));
        }
        if start.elapsed() >= deadline {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Asks `child`, which leads a process group, to end; kills what is left of the group after `deadline`.
pub(crate) fn stop_group(child: &mut Child, deadline: Duration) {
    signal("TERM", &child.id().to_string());
    let _ = wait(child, deadline);
    kill_group(child);
}

fn kill_group(child: &mut Child) {
    signal("KILL", &format!("-{}", child.id()));
    let _ = child.wait();
}

fn signal(signal: &str, target: &str) {
    // The shell's own `kill`: the program of that name is not installed everywhere.
    let _ = Command::new("sh")
        .args(["-c", "kill -s \"$0\" -- \"$1\"", signal, target])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(Error::io(format!("reading {}", path.display())))
}

/// The paths in a directory, sorted by name.
pub(crate) fn list(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let list = || fs::read_dir(directory)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
    let mut paths = list().map_err(Error::io(format!("listing {}", directory.display())))?;
    paths.sort();
    Ok(paths)
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn id(arguments: &[&str]) -> Result<String, Error> {
    let output = Command::new("id").args(arguments).output().map_err(Error::io("running id"))?;
    if !output.status.success() {
        let output_text = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Failed { output: output_text, program: "id".into(), status: output.status });
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn number(text: &str) -> Result<u32, Error> {
    text.parse().map_err(|_| {
        let source = io::Error::new(io::ErrorKind::InvalidData, text.to_owned());
        Error::Io { action: "reading the number that id printed".into(), source }
    })
}
