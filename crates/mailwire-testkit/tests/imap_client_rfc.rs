//! The examples of the RFCs, played by the IMAP client's machine: in pieces of every size, and cut at every octet.
//!
//! A paragraph with a command that has a method of its own (LOGIN, IDLE, ..) is not played; `imap_client_recordings` plays whole
//! sessions.

use std::{fs, path::Path};

use mailwire_testkit::{
    chunks,
    dialogue::imap_client::{Paragraph, paragraphs, play},
};

fn dialogues() -> Vec<(String, Vec<Paragraph>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../mailwire-imap/tests/dialogues");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, paragraphs(&fs::read_to_string(path).unwrap()))
        })
        .collect()
}

#[test]
fn every_command_is_sent_and_answered() {
    let (mut commands, mut answered, mut failures) = (0, 0, Vec::new());
    for (name, paragraphs) in dialogues() {
        for paragraph in paragraphs {
            let whole = play(&paragraph, usize::MAX, usize::MAX);
            commands += whole.sent;
            if let Some(error) = &whole.error {
                failures.push(format!("{name} {}: {error}", paragraph.line));
            }
            if whole.answered < whole.completed {
                failures
                    .push(format!("{name} {}: {} of {}", paragraph.line, whole.answered, whole.completed));
            }
            answered += whole.answered;
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(commands > 380 && answered * 10 > commands * 9, "{answered} of {commands}");
}

#[test]
fn pieces_of_any_size_say_the_same() {
    for (name, paragraphs) in dialogues() {
        for paragraph in paragraphs {
            let whole = play(&paragraph, usize::MAX, usize::MAX);
            for size in chunks::every_size() {
                let pieces = play(&paragraph, size, usize::MAX);
                assert_eq!(pieces.happened, whole.happened, "{name} {}, {size}", paragraph.line);
            }
        }
    }
}

#[test]
fn a_stream_that_ends_early_is_an_error_and_nothing_is_made_up() {
    for (name, paragraphs) in dialogues() {
        for paragraph in paragraphs {
            let whole = play(&paragraph, usize::MAX, usize::MAX);
            for cut in 0..whole.octets {
                let torn = play(&paragraph, usize::MAX, cut);
                let place = format!("{name} {}, cut at {cut}", paragraph.line);
                assert!(whole.happened.starts_with(&torn.happened), "{place}: {:#?}", torn.happened);
                assert!(torn.error.is_some(), "{place}");
            }
        }
    }
}
