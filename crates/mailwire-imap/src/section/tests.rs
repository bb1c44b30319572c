use alloc::{format, string::ToString as _};

use super::*;
use crate::table::{COMMAND, RESPONSE};

fn part(numbers: &[u32]) -> Part {
    Part(numbers.iter().filter_map(|number| NonZeroU32::new(*number)).collect())
}

/// `section = "[" [section-spec] "]"`
#[test]
fn sections_both_ways() {
    let names = |names: &[&str]| names.iter().map(|name| Octets::from(*name)).collect::<Vec<_>>();
    for (wire, numbers, text) in [
        ("[]", &[][..], Text::All),
        ("[HEADER]", &[], Text::Header),
        ("[TEXT]", &[], Text::Text),
        ("[HEADER.FIELDS (DATE FROM)]", &[], Text::HeaderFields(names(&["DATE", "FROM"]))),
        ("[HEADER.FIELDS.NOT (\"a b\" x])]", &[], Text::HeaderFieldsNot(names(&["a b", "x]"]))),
        ("[1]", &[1], Text::All),
        ("[4.2.2.1]", &[4, 2, 2, 1], Text::All),
        ("[4294967295.1]", &[u32::MAX, 1], Text::All),
        ("[1.MIME]", &[1], Text::Mime),
        ("[4.1.MIME]", &[4, 1], Text::Mime),
        ("[3.HEADER]", &[3], Text::Header),
        ("[3.TEXT]", &[3], Text::Text),
        ("[4.2.HEADER.FIELDS (Subject)]", &[4, 2], Text::HeaderFields(names(&["Subject"]))),
    ] {
        let wanted = Section { part: part(numbers), text };
        for row in [COMMAND, RESPONSE, RESPONSE.lenient()] {
            assert_eq!(row.read(section, wire).as_ref(), Ok(&wanted), "{wire}");
            assert_eq!(row.written(|out| wanted.encode(out)), wire);
        }
        assert_eq!(COMMAND.read(section, wire.to_lowercase()).map(|section| section.part), Ok(part(numbers)));
    }
    let long = "[HEADER.FIELDS ({3+}\r\na\r\n)]";
    let wanted = Section::fields(["a\r\n"]);
    assert_eq!(COMMAND.read(section, long).as_ref(), Ok(&wanted));
    assert_eq!(COMMAND.written(|out| wanted.encode(out)), long);
}

#[test]
fn what_is_no_section() {
    for wire in [
        "",
        "[",
        "]",
        "[MIME]",
        "[0]",
        "[1.0]",
        "[1.]",
        "[.1]",
        "[1..2]",
        "[1 ]",
        "[ 1]",
        "[-1]",
        "[4294967296]",
        "[1HEADER]",
        "[1.2TEXT]",
        "[HEADER.]",
        "[HEADER.1]",
        "[BODY]",
        "[HEADER.FIELDS]",
        "[HEADER.FIELDS ()]",
        "[1.HEADER.FIELDS.NOT ()]",
        "[HEADER.FIELDS(a)]",
        "[HEADER.FIELDS (a]",
        "[HEADER.FIELD (a)]",
    ] {
        assert!(COMMAND.read(section, wire).is_err(), "{wire}");
        assert!(RESPONSE.read(section, wire).is_err(), "{wire}");
    }
    for (count, is_read) in [(100, true), (101, false)] {
        let wire = format!("[{}]", alloc::vec!["1"; count].join("."));
        assert_eq!(COMMAND.read(section, wire).is_ok(), is_read, "{count}");
    }
}

/// `section-binary = "[" [section-part] "]"`
#[test]
fn binary_sections_both_ways() {
    for (wire, numbers) in [("[]", Some(&[][..])), ("[1]", Some(&[1])), ("[1.20.3]", Some(&[1, 20, 3]))] {
        let read = COMMAND.read(section_binary, wire).ok();
        assert_eq!(read, numbers.map(part), "{wire}");
        let read = read.unwrap();
        assert_eq!(COMMAND.written(|out| read.encode(out)), wire);
        assert_eq!(format!("[{read}]"), wire);
    }
    for wire in ["[TEXT]", "[1.MIME]", "[1.]", "[0]", "[1", "1]", ""] {
        assert!(COMMAND.read(section_binary, wire).is_err(), "{wire}");
    }
    assert_eq!(Part::default().to_string(), "");
}

#[test]
fn part_numbers_as_text() {
    for (text, numbers) in [("", &[][..]), ("1", &[1]), ("1.20.3", &[1, 20, 3]), ("4294967295", &[u32::MAX])]
    {
        assert_eq!(text.parse(), Ok(part(numbers)), "{text}");
        assert_eq!(part(numbers).to_string(), text);
    }
    for text in
        [".", "1.", ".1", "1..2", "0", "1.0", "-1", "+1", " 1", "1 ", "1.MIME", "1]", "4294967296", "a"]
    {
        assert!(text.parse::<Part>().is_err(), "{text}");
    }
}
