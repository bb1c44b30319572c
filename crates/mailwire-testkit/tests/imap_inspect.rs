//! `imap_inspect` shows what recordings say, and what they do not.

use std::{
    io::{BufRead as _, Write as _},
    process::{Command, Stdio},
};

use mailwire_testkit::programs::example;

/// What the program prints for a recording on its standard input, line by line, and its exit code.
fn inspect(arguments: &[&str], recording: &[u8]) -> (Vec<String>, i32) {
    let mut command = Command::new(example("imap_inspect"));
    let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, recording) = (child.stdin.take().unwrap(), recording.to_vec());
    let writer = std::thread::spawn(move || input.write_all(&recording));
    let output = child.wait_with_output().unwrap();
    // A program that ended early has not read everything.
    let _ = writer.join().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap().lines().map(Into::into).collect();
    (lines, output.status.code().unwrap())
}

#[test]
fn responses_one_a_line_with_their_places() {
    let (lines, code) =
        inspect(&["responses"], b"* OK [CAPABILITY IMAP4rev1] hi\r\n* 2 EXISTS\r\na1 OK done\r\n");
    assert_eq!((lines.len(), code), (4, 0));
    assert!(lines[0].starts_with("0: ") && lines[0].contains("IMAP4rev1"));
    assert!(lines[1].starts_with("32: ") && lines[1].contains("Exists(2)"));
    assert!(lines[2].starts_with("44: ") && lines[2].contains("\"a1\""));
    assert_eq!(lines[3], "3 parsed, 0 unparsed");
}

#[test]
fn what_cannot_be_parsed_is_shown_with_place_and_reason() {
    let recording =
        b"* 2 EXISTS\r\n* 3 EXITS\r\n* 1 FETCH (UID 7 FLAGS 5 X-NEW (a \"b\"))\r\n* 4 EXISTS\r\n* LIST (";
    let (lines, code) = inspect(&["responses"], recording);
    assert_eq!((lines.len(), code), (6, 1));
    assert!(lines[1].starts_with("12: UNPARSED at 16: message-data expected"), "{}", lines[1]);
    assert!(lines[1].ends_with("\"* 3 EXITS\""));
    assert!(lines[2].starts_with("23: UNPARSED at 46: ") && lines[2].contains("Uid(7)"), "{}", lines[2]);
    assert!(lines[3].contains("Exists(4)"));
    assert!(lines[4].contains("ends in the middle"));
    assert_eq!(lines[5], "2 parsed, 3 unparsed");
}

#[test]
fn strict_says_what_is_tolerated_otherwise() {
    let recording = b"* CAPABILITY IMAP4rev1  IDLE \r\n* SEARCH 1 \r\na1 OK\r\n";
    let (lines, code) = inspect(&["responses"], recording);
    assert_eq!((lines.last().unwrap().as_str(), code), ("3 parsed, 0 unparsed", 0));
    let (lines, code) = inspect(&["--strict", "responses"], recording);
    assert_eq!((lines.last().unwrap().as_str(), code), ("0 parsed, 3 unparsed", 1));
    let (lines, code) = inspect(&["--strict", "commands"], b"a NOOP\r\nb NOOP\nc NOOP\r\n");
    assert!(lines[1].starts_with("8: UNPARSED") && lines[1].contains("LF alone"), "{}", lines[1]);
    assert_eq!((lines.last().unwrap().as_str(), code), ("1 parsed, 1 unparsed", 1));
}

#[test]
fn commands_with_their_exchanges_and_without_secrets() {
    let recording = b"a LOGIN ann correct-horse\r\nb AUTHENTICATE PLAIN\r\nAGFubgBzZWNyZXQ=\r\nc AUTHENTICATE SCRAM-SHA-256 biws\r\n\
          *\r\nd IDLE\r\nDONE\r\ne LOGIN {3+}\r\nann correct-horse extra\r\nf NOOP\n";
    for json in [false, true] {
        let (lines, code) = inspect(if json { &["--json", "commands"] } else { &["commands"] }, recording);
        assert_eq!((lines.last().unwrap().as_str(), code), ("8 parsed, 1 unparsed", 1), "{lines:?}");
        for secret in ["horse", "AGFubg", "biws"] {
            assert!(lines.iter().all(|line| !line.contains(secret)), "{lines:?}");
        }
    }
}

#[test]
fn long_literals_are_counted_and_not_held() {
    let mut recording = b"* 1 FETCH (UID 1 BODY[] {3000000}\r\n".to_vec();
    recording.extend(b"Subject: hello\r\n\r\n".iter().chain(std::iter::repeat(&b'x')).take(3_000_000));
    recording.extend(b" FLAGS 5)\r\n* 2 EXISTS\r\n");
    let (lines, code) = inspect(&["responses"], &recording);
    assert!(lines[0].contains("literal of 3000000 octets: \"Subject: hello\\r\\n\\r\\nxxx"), "{}", lines[0]);
    // The place of what is wrong, behind the literal.
    assert!(lines[0].contains("UNPARSED at 3000042"), "{}", lines[0]);
    assert!(lines.iter().all(|line| line.len() < 1000));
    assert_eq!((lines.last().unwrap().as_str(), code), ("1 parsed, 1 unparsed", 1));
    // A password is not shown, however long it is.
    let password = "horse".repeat(20_000);
    let recording = format!(
        "a LOGIN ann {{{}+}}\r\n{password}\r\nb APPEND x {{{}+}}\r\n{password}\r\n",
        password.len(),
        password.len()
    );
    let (lines, _) = inspect(&["commands"], recording.as_bytes());
    assert!(!lines[0].contains("horse") && lines[1].contains("\"horsehorse"), "{lines:?}");
}

#[test]
fn json_is_an_object_a_line() {
    let recording = b"* 3 EXISTS\r\n* 1 FETCH (UID 7 FLAGS (\\Seen work) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\")\r\n* 1 EXITS\r\n";
    let (lines, _) = inspect(&["--json", "responses"], recording);
    assert_eq!(lines[0], r#"{"offset":0,"response":{"Data":{"Exists":3}}}"#);
    assert!(lines[1].contains(r#"{"Flags":["\\Seen","work"]}"#), "{}", lines[1]);
    assert!(lines[1].contains(r#"{"InternalDate":"17-Jul-1996 02:44:25 -0700"}"#), "{}", lines[1]);
    assert!(lines[2].contains(r#""unparsed":{"#), "{}", lines[2]);
    assert_eq!(lines[3], "2 parsed, 1 unparsed");
}

#[test]
fn what_is_enabled_is_seen() {
    let recording =
        "* LIST () \"/\" \"Entw&APw-rfe\"\r\n* ENABLED UTF8=ACCEPT\r\n* LIST () \"/\" \"Entwürfe\"\r\n";
    let (lines, code) = inspect(&["--strict", "responses"], recording.as_bytes());
    assert_eq!(code, 0, "{lines:?}");
    assert!(lines[0].contains("Entwürfe") && lines[2].contains("Entwürfe"), "{lines:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_told() {
    let output =
        Command::new(example("imap_inspect")).args(["responses", "/nowhere/at all"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("/nowhere/at all"));
    // The others are shown.
    let (lines, code) = inspect(&["responses", "/nowhere/at all", "-"], b"* 1 EXISTS\r\n* 2 EXITS\r\n");
    assert_eq!((lines.last().unwrap().as_str(), code), ("1 parsed, 1 unparsed", 2));
    assert_eq!((lines[0].as_str(), lines[1].as_str(), lines.len()), ("# /nowhere/at all", "# -", 5));
}

#[test]
fn a_connection_is_seen_while_it_goes_on() {
    let mut command = Command::new(example("imap_inspect"));
    let mut child = command.arg("responses").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, mut lines) =
        (child.stdin.take().unwrap(), std::io::BufReader::new(child.stdout.take().unwrap()).lines());
    for number in 1..4 {
        write!(input, "* {number} EXISTS\r\n").unwrap();
        assert!(lines.next().unwrap().unwrap().ends_with(&format!("Data(Exists({number}))")));
    }
    drop(input);
    assert_eq!(lines.next().unwrap().unwrap(), "3 parsed, 0 unparsed");
    assert!(child.wait().unwrap().success());
}
