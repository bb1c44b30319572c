//! The table of extensions in the crate's README, against the code and the dialogues that it names.

use std::{collections::BTreeSet, fs, path::Path};

use mailwire_imap::{
    Capabilities,
    capability::{Capability, Capability::Other},
};

const README: &str = include_str!("../README.md");

/// The cells of each row of the table of extensions.
fn rows() -> Vec<[&'static str; 5]> {
    let table = README.split_once("| --- | --- | --- | --- | --- |\n").unwrap().1;
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        <[&str; 5]>::try_from(cells).unwrap_or_else(|_| panic!("{row}"))
    })
    .collect()
}

/// The words in backquotes of the first cells.
fn words() -> Vec<&'static str> {
    rows().into_iter().flat_map(|[name, ..]| name.split('`').skip(1).step_by(2)).collect()
}

fn capability(word: &str) -> Capability {
    // What ends with `=` has a value.
    let word = if word.ends_with('=') || word == "QUOTA=RES-" { format!("{word}1") } else { word.to_owned() };
    Capabilities::new([word]).unwrap().iter().next().unwrap()
}

#[test]
fn each_yes_has_a_dialogue_with_both_sides_or_one() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    for [name, _, read, written, tests] in rows() {
        assert_eq!((read, written), ("yes", "yes"), "{name}");
        for test in tests.split(", ") {
            let file = folder.join(format!("{test}.txt"));
            let dialogue = fs::read_to_string(&file)
                .unwrap_or_else(|error| panic!("{name}: {}: {error}", file.display()));
            assert!(
                dialogue.lines().any(|line| line.starts_with("C: ") || line.starts_with("S: ")),
                "{name}"
            );
        }
    }
}

#[test]
fn each_dialogue_is_in_the_table_or_a_recording() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dialogues");
    let named: BTreeSet<&str> = rows().into_iter().flat_map(|[.., tests]| tests.split(", ")).collect();
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        let is_recording = name.starts_with("dovecot_") || name.starts_with("cyrus_");
        let is_about_the_protocol = ["extended_grammar", "implementation", "imap4rev2_text"].contains(&name);
        assert!(named.contains(name) || is_recording || is_about_the_protocol, "{name}");
    }
}

#[test]
fn each_capability_of_the_registry_is_in_the_table_and_known() {
    let words = words();
    for word in REGISTERED {
        assert!(words.contains(word), "{word} is not in the table");
    }
    for word in words.iter().filter(|word| !["RFC822", "$Forwarded", "$Junk"].contains(word)) {
        assert!(!matches!(capability(word), Other(_)), "{word} is not known");
    }
    assert!(matches!(capability("X-NOBODY"), Other(_)));
}

/// [The registry](https://www.iana.org/assignments/imap4-capabilities), and what is widely announced beside it.
const REGISTERED: &[&str] = &[
    "ACL",
    "ANNOTATE-EXPERIMENT-1",
    "APPENDLIMIT",
    "APPENDLIMIT=",
    "AUTH=",
    "BINARY",
    "CATENATE",
    "CHILDREN",
    "COMPRESS=DEFLATE",
    "CONDSTORE",
    "CONTEXT=SEARCH",
    "CONTEXT=SORT",
    "CONVERT",
    "CREATE-SPECIAL-USE",
    "ENABLE",
    "ESEARCH",
    "ESORT",
    "FILTERS",
    "I18NLEVEL=1",
    "I18NLEVEL=2",
    "ID",
    "IDLE",
    "IMAP4rev1",
    "IMAP4rev2",
    "IMAPSIEVE=",
    "INPROGRESS",
    "JMAPACCESS",
    "LANGUAGE",
    "LIST-EXTENDED",
    "LIST-METADATA",
    "LIST-MYRIGHTS",
    "LIST-STATUS",
    "LITERAL+",
    "LITERAL-",
    "LOGIN-REFERRALS",
    "LOGINDISABLED",
    "MAILBOX-REFERRALS",
    "MESSAGELIMIT=",
    "METADATA",
    "METADATA-SERVER",
    "MOVE",
    "MULTIAPPEND",
    "MULTISEARCH",
    "NAMESPACE",
    "NOTIFY",
    "OBJECTID",
    "PARTIAL",
    "PREVIEW",
    "QRESYNC",
    "QUOTA",
    "QUOTA=RES-",
    "QUOTASET",
    "REPLACE",
    "RIGHTS=",
    "SASL-IR",
    "SAVEDATE",
    "SAVELIMIT=",
    "SEARCH=FUZZY",
    "SEARCHRES",
    "SORT",
    "SORT=DISPLAY",
    "SPECIAL-USE",
    "STARTTLS",
    "STATUS=SIZE",
    "THREAD=ORDEREDSUBJECT",
    "THREAD=REFERENCES",
    "UIDBATCHES",
    "UIDONLY",
    "UIDPLUS",
    "UNAUTHENTICATE",
    "UNSELECT",
    "URL-PARTIAL",
    "URLAUTH",
    "URLAUTH=BINARY",
    "UTF8=ACCEPT",
    "UTF8=ONLY",
    "WITHIN",
    "X-GM-EXT-1",
    "XLIST",
];
