//! Runs the dialogues of `tests/dialogues`; `tests/README.md` tells their format.

mod dialogue;

use std::{collections::HashSet, fs, path::Path};

use dialogue::{check, mutation};

#[test]
fn all_dialogues() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(!paths.is_empty());
    let mut failures = Vec::new();
    for path in &paths {
        let name = path.file_name().unwrap().to_string_lossy();
        let text = fs::read_to_string(path).unwrap();
        let report = check(&text);
        failures.extend(report.failures.iter().map(|(line, failure)| format!("{name}:{line}: {failure}")));
        if report.checked == 0 {
            failures.push(format!("{name}: no line is checked"));
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}\n", failures.len(), failures.join("\n"));
}

/// Whatever one octet makes of a line: if it can be read, what we write of it is read as the same.
#[test]
fn what_is_nearly_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let mut failures = Vec::new();
    let mut seen = HashSet::new();
    let mut paths: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in &paths {
        let report = check(&fs::read_to_string(path).unwrap());
        // A recording says the same many times.
        for frame in report.frames.iter().take(150).filter(|frame| seen.insert(frame.octets.clone())) {
            failures.extend(mutation::failures(frame));
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}\n", failures.len(), failures.join("\n"));
}

/// The checks themselves: each of these has to fail, at this line and for this reason.
#[test]
fn what_has_to_fail() {
    for (text, line, reason) in [
        ("S: * XYZZY 1", 1, "cannot be read"),
        ("S: * OK [XYZZY] x", 1, "holds Other"),
        ("S: * CAPABILITY IMAP4rev1 XYZZY", 1, "holds Other"),
        ("S: * ENABLED XYZZY", 1, "holds Other"),
        ("S: * LIST (\\Xyzzy) NIL a", 1, "holds Other"),
        ("S: * STATUS a (XYZZY 1)", 1, "holds Other"),
        ("S: * ESEARCH XYZZY 1", 1, "holds Other"),
        ("S: * 1 FETCH (XYZZY 1)", 1, "holds Other"),
        ("S: * 1 FETCH (ENVELOPE 1)", 1, "holds Invalid"),
        ("C: a ENABLE XYZZY", 1, "holds Other"),
        ("C: a YZZY", 1, "cannot be read"),
        ("C: a YZZY(", 1, "cannot be read"),
        ("O: * 1 EXISTS", 1, "nothing in it is Other"),
        ("U: * 1 EXISTS", 1, "can be read"),
        ("E: a NOOP", 1, "can be read"),
        ("C: a noop", 1, "written otherwise"),
        ("C: a noop\n= a NOOP x", 1, "written otherwise"),
        ("C: a NOOP\n= a NOOP", 1, "no need to tell"),
        ("C: a LOGIN {3}\nC: b", 1, "is not complete"),
        ("C: a LOGIN {3}\n\nC: abc NOOP", 1, "is not complete"),
        ("C: a LOGIN {3}\nS: + go\nC: ann b\nS: a OK ", 3, "written otherwise"),
        ("\n= x", 2, "follows nothing"),
        ("X: x", 1, "no line of a dialogue"),
        ("S: \\{zz}", 1, "no hexadecimal octets"),
        ("C: a IDLE\nS: + go\nC: NOOP", 3, "DONE"),
        ("C: a AUTHENTICATE PLAIN\nS: + \nC: (", 3, "base64"),
        ("strict\nS: * SEARCH  1\n= * SEARCH 1", 2, "cannot be read strictly"),
        ("T: * SEARCH 1", 1, "strictly it is the same"),
        ("T: * XYZZY 1", 1, "cannot be read"),
        ("T: * SEARCH  1", 1, "written otherwise"),
    ] {
        let report = check(text);
        let [(at, failure)] = report.failures.as_slice() else { panic!("{text}: {:?}", report.failures) };
        assert!(*at == line && failure.contains(reason), "{text}: {at}: {failure}");
    }
}

#[test]
fn what_has_to_pass() {
    for (text, checked) in [
        ("# nothing\n\nutf8\n", 0),
        ("C: a LOGIN {3}\nS: + go\nC: ann {2}\nS: + go\nC: xy\n= a LOGIN ann xy", 3),
        ("C: a LOGIN {3}\nS: a NO long\nC: b NOOP", 2),
        ("C: a LOGIN {3}\nS: + go\nC: ann {2}\nS: a NO long\nC: b NOOP", 3),
        ("S: * 1 FETCH (BODY[] {4}\nS:\nS:\nS: )\nU: * 1 XYZZY\nE: a YZZY", 3),
        ("S: * LIST () NIL {2}\nS: \\{c3 a9}\nutf8\nS: * LIST () NIL \"é\"", 2),
        ("C: a IDLE\nS: + go\nS: * 1 EXISTS\nC: DONE\nS: a OK done", 5),
        ("C: a AUTHENTICATE X\nS: + \nC: YQ==\nS: + YQ==\nC:\nS: a OK done\nC: b NOOP", 7),
        ("O: * CAPABILITY IMAP4rev1 XYZZY\nS: * SEARCH  1\n= * SEARCH 1", 2),
        ("strict\nT: * SEARCH  1\n= * SEARCH 1", 1),
    ] {
        let report = check(text);
        assert!(
            report.failures.is_empty() && report.checked >= checked.min(1),
            "{text}: {:?}",
            report.failures
        );
        assert_eq!(report.checked, checked, "{text}");
    }
}
