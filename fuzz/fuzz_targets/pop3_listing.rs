//! Rows of the answers to STAT, LIST, UIDL and LANG, and what stands in them.
#![no_main]

use std::fmt::Debug;

use bytes::BytesMut;
use libfuzzer_sys::fuzz_target;
use mailwire_pop3::{
    MessageNumber, ParseError, UniqueId,
    language::{LanguageListing, LanguageRange, LanguageTag},
    listing::{DropListing, ScanListing, UniqueIdListing},
};

fuzz_target!(|line: &[u8]| {
    round_trip(line, DropListing::parse, DropListing::encode);
    round_trip(line, ScanListing::parse, ScanListing::encode);
    round_trip(line, UniqueIdListing::parse, UniqueIdListing::encode);
    language(line);
    if let Ok(number) = MessageNumber::parse(line) {
        assert_eq!(MessageNumber::parse(number.to_string().as_bytes()), Ok(number));
        assert_eq!(MessageNumber::from_index(number.index()), Some(number));
    }
    if let Ok(id) = UniqueId::new(line) {
        let row = [b"1 ", id.as_bytes()].concat();
        assert_eq!(UniqueIdListing::parse(&row).map(|row| row.unique_id), Ok(id));
    }
});

fn round_trip<T: Debug + PartialEq>(
    line: &[u8],
    parse: impl Fn(&[u8]) -> Result<T, ParseError>,
    encode: impl Fn(&T, &mut BytesMut),
) {
    let Ok(row) = parse(line) else { return };
    let mut out = BytesMut::new();
    encode(&row, &mut out);
    assert!(!out.contains(&b'\r') && !out.contains(&b'\n'), "{}", out.escape_ascii());
    assert_eq!(parse(&out), Ok(row));
}

fn language(line: &[u8]) {
    if let Ok(mut row) = LanguageListing::parse(line) {
        // The encoder turns what may not stand in a line into spaces.
        row.description = row.description.replace(|character: char| character.is_ascii_control(), " ");
        row.description = row.description.trim_matches(' ').into();
        let canonical = |out: &mut BytesMut| row.encode(out);
        let mut out = BytesMut::new();
        canonical(&mut out);
        round_trip(&out, LanguageListing::parse, LanguageListing::encode);
        assert_eq!(LanguageListing::parse(&out), Ok(row));
    }
    let Ok(text) = std::str::from_utf8(line) else { return };
    if let (Ok(range), Ok(tag)) = (LanguageRange::new(text), LanguageTag::new(text)) {
        assert_eq!((range.as_str(), tag.as_str()), (text, text));
        assert!(range.matches(&tag) && LanguageRange::any().matches(&tag));
    }
}
