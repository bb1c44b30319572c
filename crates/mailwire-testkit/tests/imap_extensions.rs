//! What the IMAP client's README says of extensions, against the codec's table and the tests of the modules that it names.

use std::{fs, path::PathBuf};

fn crates(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// The rows of the table of extensions in a README, cell by cell.
fn rows(readme: &str) -> Vec<Vec<String>> {
    let text = fs::read_to_string(crates(readme)).unwrap();
    let lines = text.lines().skip_while(|line| !line.starts_with("| extension |")).skip(2);
    lines
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.split('|').skip(1).map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The text of a module and of the tests beside it.
fn module(name: &str) -> String {
    let source = crates("mailwire-imap-client/src").join(name);
    let mut files = vec![source.with_extension("rs")];
    let mut folders = vec![source];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    assert!(files[0].exists(), "{name}");
    files.iter().map(|file| fs::read_to_string(file).unwrap()).collect()
}

#[test]
fn each_extension_of_the_codec_has_a_row() {
    let first = |rows: Vec<Vec<String>>| rows.into_iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!(first(rows("mailwire-imap-client/README.md")), first(rows("mailwire-imap/README.md")));
}

#[test]
fn each_yes_has_its_tests() {
    let mut failures = Vec::new();
    for row in rows("mailwire-imap-client/README.md") {
        let [name, driven, places, ..] = &row[..] else { panic!("{row:?}") };
        match driven.as_str() {
            "yes" => {
                let text: String = places.split(", ").map(module).collect();
                assert!(text.contains("#[test]"), "{name}: {places} has no test");
                // What it is called by, in the code or in what the tests say and hear.
                let words =
                    name.split('`').skip(1).step_by(2).map(|word| word.trim_end_matches('=').to_owned());
                let unknown = words.filter(|word| !UNNAMED.contains(&word.as_str()) && !text.contains(word));
                failures.extend(unknown.map(|word| format!("{name}: {places} does not know {word}")));
            }
            "told" => assert_eq!(places, "", "{name}"),
            other => panic!("{name}: {other}"),
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// What is driven without its name: a protocol, a family of names, what the grammar alone has.
const UNNAMED: &[&str] = &[
    "IMAP4rev1",
    "RFC822",
    "APPENDLIMIT",
    "AUTH",
    "RIGHTS",
    "I18NLEVEL=1",
    "QUOTA=RES-",
    "SAVELIMIT",
    "WITHIN",
    "FILTERS",
    "$Forwarded",
    "$Junk",
];
