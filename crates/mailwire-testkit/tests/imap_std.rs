//! The example `imap_std` runs anywhere, against the server within it.

use std::process::{Command, Output};

use mailwire_testkit::programs::example;

fn run(arguments: &[&str]) -> Output {
    Command::new(example("imap_std")).args(arguments).env_remove("MAILWIRE_PASSWORD").output().unwrap()
}

#[test]
fn the_newest_subjects_are_listed() {
    let output = run(&["--demo"]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told} {}", String::from_utf8_lossy(&output.stderr));
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[..2], ["logged in by Sasl(Plain)", "INBOX has 25 messages"]);
    // A date takes 26 columns.
    let subjects: Vec<&str> = lines[2..].iter().map(|line| line.get(27..).unwrap()).collect();
    assert_eq!(
        subjects[..5],
        ["Grüße from afar", "message 24", "message 23", "\"quoted\" 22", "(no subject)"]
    );
    assert_eq!(subjects.len(), 20);
    assert!(lines[2].starts_with("26-Feb-2026 10:00:00 +0000 "));
    for (count, rows) in [("0", 0), ("1", 1), ("25", 25), ("4294967295", 25)] {
        let output = run(&["--demo", "--count", count]);
        assert!(output.status.success());
        assert_eq!(String::from_utf8(output.stdout).unwrap().lines().count(), 2 + rows, "{count}");
    }
}

#[test]
fn what_it_needs_is_said() {
    let output = run(&["--help"]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("--demo"));
    for arguments in [&[][..], &["--host", "localhost", "--user", "ann"], &["--demo", "--host", "localhost"]]
    {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
    // Nobody listens there.
    let output = run(&["--host", "127.0.0.1", "--port", "1", "--user", "ann", "--password", "secret"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("imap_std: "));
}
