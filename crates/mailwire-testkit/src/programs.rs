//! The example programs as processes.

use std::{
    path::PathBuf,
    process::{self, ChildStdout, Command, Stdio},
    sync::OnceLock,
};

/// The program of an example, built now unless it is up to date.
///
/// # Panics
///
/// If it cannot be built.
pub fn example(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "--quiet",
            "--package",
            "mailwire-examples",
            "--examples",
            "--message-format=json",
        ]);
        let output = build.current_dir(env!("CARGO_MANIFEST_DIR")).stderr(Stdio::inherit()).output().unwrap();
        assert!(output.status.success());
        let messages = String::from_utf8(output.stdout).unwrap();
        let (_, after) = messages.rsplit_once("\"executable\":\"").unwrap();
        let path = PathBuf::from(after.split('"').next().unwrap());
        path.parent().unwrap().to_owned()
    });
    folder.join(name)
}

/// A process that is ended with the test.
#[derive(Debug)]
pub struct Child(process::Child);

impl Child {
    /// Starts it.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn spawn(command: &mut Command) -> Self {
        Self(command.spawn().unwrap())
    }

    /// What it prints.
    ///
    /// # Panics
    ///
    /// If that is not a pipe, or taken already.
    pub fn stdout(&mut self) -> ChildStdout {
        self.0.stdout.take().unwrap()
    }

    /// Whether it has not ended.
    ///
    /// # Panics
    ///
    /// If the system cannot say.
    pub fn is_running(&mut self) -> bool {
        self.0.try_wait().unwrap().is_none()
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Asks it to end, and returns its exit code.
    ///
    /// # Panics
    ///
    /// If it cannot be asked.
    pub fn terminate(&mut self) -> Option<i32> {
        // The shell's own `kill`: the program of that name is not installed everywhere.
        let kill = Command::new("sh").args(["-c", "kill \"$0\"", &self.0.id().to_string()]).status().unwrap();
        assert!(kill.success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.kill();
    }
}
