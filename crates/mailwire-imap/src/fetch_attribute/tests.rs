use alloc::format;
use core::num::NonZeroU32;

use super::*;
use crate::{
    section::Text,
    table::{COMMAND, Row},
};

fn part(number: u32) -> Part {
    Part(NonZeroU32::new(number).into_iter().collect())
}

/// `fetch-att`
#[test]
fn attributes_both_ways() {
    let header = Section { part: Part::default(), text: Text::Header };
    for (wire, attribute_) in [
        ("BINARY[1]", Attribute::Binary { part: part(1), partial: None, peek: false }),
        (
            "BINARY.PEEK[]<0.10>",
            Attribute::Binary { part: Part::default(), partial: Some((0, 10)), peek: true },
        ),
        ("BINARY.SIZE[2]", Attribute::BinarySize(part(2))),
        ("BODY", Attribute::BodyShort),
        ("BODY[]", Attribute::Body { section: Section::whole(), partial: None, peek: false }),
        (
            "BODY[1]<20001.20000>",
            Attribute::Body { section: Section::part(part(1)), partial: Some((20_001, 20_000)), peek: false },
        ),
        ("BODY.PEEK[HEADER]", Attribute::peek(header)),
        (
            "BODY.PEEK[]<9223372036854775807.9223372036854775807>",
            Attribute::Body {
                section: Section::whole(),
                partial: Some((i64::MAX as u64, i64::MAX as u64)),
                peek: true,
            },
        ),
        ("BODYSTRUCTURE", Attribute::BodyStructure),
        ("ENVELOPE", Attribute::Envelope),
        ("FLAGS", Attribute::Flags),
        ("INTERNALDATE", Attribute::InternalDate),
        ("RFC822", Attribute::Rfc822),
        ("RFC822.HEADER", Attribute::Rfc822Header),
        ("RFC822.SIZE", Attribute::Rfc822Size),
        ("RFC822.TEXT", Attribute::Rfc822Text),
        ("UID", Attribute::Uid),
    ] {
        assert_eq!(COMMAND.read(attribute, wire).as_ref(), Ok(&attribute_), "{wire}");
        assert_eq!(COMMAND.read(attribute, wire.to_lowercase()).as_ref(), Ok(&attribute_), "{wire}");
        assert_eq!(COMMAND.written(|out| attribute_.encode(out)), wire);
        // One by itself needs no list, and may be in one.
        assert_eq!(COMMAND.read(attributes, wire), Ok([attribute_.clone()].into()), "{wire}");
        assert_eq!(
            COMMAND.read(attributes, format!("({wire} UID)")),
            Ok([attribute_, Attribute::Uid].into())
        );
    }
}

/// `"ALL" / "FULL" / "FAST"`, never in a list
#[test]
fn macros_stand_for_lists() {
    for (wire, list) in [
        ("ALL", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE)"),
        ("fast", "(FLAGS INTERNALDATE RFC822.SIZE)"),
        ("Full", "(FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY)"),
    ] {
        assert_eq!(COMMAND.read(attributes, wire), COMMAND.read(attributes, list));
        assert!(COMMAND.read(attributes, format!("({wire})")).is_err());
        assert!(COMMAND.read(attributes, format!("({wire} UID)")).is_err());
    }
}

#[test]
fn what_is_no_attribute() {
    const LENIENT: Row = COMMAND.lenient();
    for wire in [
        "",
        "()",
        "BODY.PEEK",
        "BODY[",
        "BODY]",
        "BODY[]<0>",
        "BODY[]<0.0>",
        "BODY[]<.1>",
        "BODY[]<1.>",
        "BODY[]<-1.1>",
        "BODY[]<0.1",
        "BODY <0.1>",
        "BODY []",
        "BINARY",
        "BINARY.PEEK",
        "BINARY[HEADER]",
        "BINARY.SIZE",
        "BINARY.SIZE[1]<0.1>",
        "FLAGS[]",
        "ENVELOPE<0.1>",
        "RFC822.PEEK",
        "RFC822.HEADER.LINES",
        "YZZY",
        "(UID)(FLAGS)",
        "UID FLAGS",
    ] {
        for row in [COMMAND, LENIENT] {
            assert!(row.read(attributes, wire).is_err(), "{wire}");
        }
    }
}

#[test]
fn no_octets_cannot_be_asked_for() {
    let attribute = Attribute::Body { section: Section::whole(), partial: Some((5, 0)), peek: true };
    let mut out = Encoder::client(crate::encoder::Abilities::all());
    attribute.encode(&mut out);
    assert_eq!(out.finish(), Err(EncodeError::Zero));
}
