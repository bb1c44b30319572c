use alloc::{format, vec, vec::Vec};

use super::*;
use crate::{
    Decoder, SequenceSet, UidSet,
    command::{
        Body, Command,
        tests::{encoded, strict},
    },
    encoder::{Abilities, EncodeError, Encoder},
    response::{Data, Response, tests as responses},
    response_code::Code,
    status::{Kind, Status},
};

fn part(numbers: &[u32]) -> Part {
    Part(numbers.iter().map(|number| NonZeroU32::new(*number).unwrap()).collect())
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(Octets, Octets)> {
    pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
}

#[test]
fn commands_both_ways() {
    let message = Messages::Sequence("2".parse::<SequenceSet>().unwrap());
    let convert = |messages, target: Option<&str>, parameters: &[(&str, &str)], attributes| Convert {
        messages,
        target: target.map(Octets::from),
        parameters: pairs(parameters),
        attributes,
    };
    let binary = |partial| Attribute::Binary { part: part(&[3]), partial };
    for (wire, body) in [
        (
            "CONVERT 2 (\"APPLICATION/PDF\") BINARY[3]",
            Body::Convert(convert(message.clone(), Some("APPLICATION/PDF"), &[], vec![binary(None)])),
        ),
        (
            "CONVERT 2 (\"text/plain\" (charset us-ascii x \"?*\")) BINARY[3]<2001.1000>",
            Body::Convert(convert(
                message.clone(),
                Some("text/plain"),
                &[("charset", "us-ascii"), ("x", "?*")],
                vec![binary(Some((2001, 1000)))],
            )),
        ),
        (
            "UID CONVERT 100:* (NIL (PIX-X 128)) (UID BINARY.SIZE[] BODYPARTSTRUCTURE[2.1] AVAILABLECONVERSIONS[2] \
             BODY[HEADER] BODY[1.HEADER] BODY[1.2.MIME])",
            Body::Convert(convert(
                Messages::Uid("100:*".parse::<UidSet>().unwrap()),
                None,
                &[("PIX-X", "128")],
                vec![
                    Attribute::Uid,
                    Attribute::BinarySize(part(&[])),
                    Attribute::BodyPartStructure(part(&[2, 1])),
                    Attribute::AvailableConversions(part(&[2])),
                    Attribute::Header(part(&[])),
                    Attribute::Header(part(&[1])),
                    Attribute::Mime(part(&[1, 2])),
                ],
            )),
        ),
        ("CONVERSIONS image/gif \"*\"", Body::Conversions("image/gif".into(), "*".into())),
        ("CONVERSIONS \"image/*\" \"text/*\"", Body::Conversions("image/*".into(), "text/*".into())),
    ] {
        let command = Command { tag: Tag::new("a").unwrap(), body };
        let wire = format!("a {wire}");
        assert_eq!(strict().command(wire.as_bytes()).as_ref(), Ok(&command), "{wire}");
        assert_eq!(encoded(&command, Abilities::default()), format!("{wire}\r\n"));
    }
    for wire in [
        "CONVERT 2 () BINARY[3]",
        "CONVERT 2 (text/plain) BINARY[3]",
        "CONVERT 2 (NIL ()) BINARY[3]",
        "CONVERT 2 (NIL (charset)) BINARY[3]",
        "CONVERT 2 (NIL) ()",
        "CONVERT 2 (NIL) BINARY",
        "CONVERT 2 (NIL) BODY[]",
        "CONVERT 2 (NIL) BODY[MIME]",
        "CONVERT 2 (NIL) BODY[TEXT]",
        "CONVERT 2 (NIL) BINARY.PEEK[3]",
        "CONVERT 2 (NIL) FLAGS",
        "CONVERT 2 BINARY[3]",
        "CONVERSIONS a",
    ] {
        assert!(strict().command(format!("a {wire}").as_bytes()).is_err(), "{wire}");
    }
    for (attributes, error) in
        [(vec![], EncodeError::EmptyList), (vec![Attribute::Mime(part(&[]))], EncodeError::Conflict)]
    {
        let mut out = Encoder::client(Abilities::default());
        let body = Body::Convert(convert(message.clone(), None, &[], attributes));
        Command { tag: Tag::new("a").unwrap(), body }.encode(&mut out);
        assert_eq!(out.finish(), Err(error));
    }
}

fn converted(items: Vec<Item>) -> Response {
    let number = NonZeroU32::new(2).unwrap();
    Response::Data(Data::Converted(Converted { number, tag: Tag::new("b001").unwrap(), items }))
}

#[test]
fn answers_both_ways() {
    let failure = |reason| Failure { text: "no".into(), reason };
    let content = |octets: &str| Ok(Content::Octets(octets.into()));
    let binary = |origin, content| Item::Binary { part: part(&[3]), origin, content };
    let bad = |source: Option<&str>, parameters: &[(&str, &str)]| BadParameters {
        source: source.map(Octets::from),
        target: "text/plain".into(),
        parameters: pairs(parameters),
    };
    let missing = |names: &[&str]| MissingParameters {
        source: "text/html".into(),
        target: "text/plain".into(),
        names: names.iter().map(|name| Octets::from(*name)).collect(),
    };
    for (wire, items) in [
        ("(BINARY[3] {3}\r\npdf)", vec![binary(None, content("pdf"))]),
        (
            "(UID 100 BINARY[3]<2001> {2}\r\n)()",
            vec![Item::Uid(Uid::new(100).unwrap()), binary(Some(2001), content(")("))],
        ),
        ("(BINARY[3] NIL)", vec![binary(None, Ok(Content::Nil))]),
        ("(BINARY[3] (ERROR \"no\" TEMPFAIL))", vec![binary(None, Err(failure(Reason::TempFail(None))))]),
        (
            "(BINARY[3] (ERROR \"no\" TEMPFAIL 5))",
            vec![binary(None, Err(failure(Reason::TempFail(NonZeroU32::new(5)))))],
        ),
        (
            "(BINARY.SIZE[4] 3135 BINARY.SIZE[] (ERROR \"no\" BADPARAMETERS \"text/html\" \"text/plain\" (charset us-ascii) \
             NIL \"text/plain\"))",
            vec![
                Item::BinarySize(part(&[4]), Ok(3135)),
                Item::BinarySize(
                    part(&[]),
                    Err(failure(Reason::BadParameters(vec![
                        bad(Some("text/html"), &[("charset", "us-ascii")]),
                        bad(None, &[]),
                    ]))),
                ),
            ],
        ),
        (
            "(AVAILABLECONVERSIONS[2] ((\"image/png\" \"image/jpeg\")) AVAILABLECONVERSIONS[3] (()) \
             AVAILABLECONVERSIONS[4] (ERROR \"no\" MISSINGPARAMETERS \"text/html\" \"text/plain\" (charset x)))",
            vec![
                Item::AvailableConversions(part(&[2]), Ok(vec!["image/png".into(), "image/jpeg".into()])),
                Item::AvailableConversions(part(&[3]), Ok(vec![])),
                Item::AvailableConversions(
                    part(&[4]),
                    Err(failure(Reason::MissingParameters(vec![missing(&["charset", "x"])]))),
                ),
            ],
        ),
        (
            "(BODY[HEADER] {1}\r\nh BODY[1.2.MIME] {1}\r\nm BODYPARTSTRUCTURE[3] (ERROR \"no\" TEMPFAIL))",
            vec![
                Item::Header(part(&[]), content("h")),
                Item::Mime(part(&[1, 2]), content("m")),
                Item::BodyPartStructure(part(&[3]), Err(failure(Reason::TempFail(None)))),
            ],
        ),
        (
            "(X-NEW[1] (a b))",
            vec![Item::Other {
                name: Atom::new("X-NEW").unwrap(),
                part: Some(part(&[1])),
                value: Value::List(vec![Value::Atom("a".into()), Value::Atom("b".into())]),
            }],
        ),
    ] {
        let response = converted(items);
        let wire = format!("* 2 CONVERTED (TAG \"b001\") {wire}");
        assert_eq!(strict().response(wire.as_bytes()), response, "{wire}");
        assert_eq!(responses::encoded(&response), format!("{wire}\r\n").as_bytes());
    }
    for wire in [
        "* 0 CONVERTED (TAG \"a\") (UID 1)",
        "* 2 CONVERTED (UID 1)",
        "* 2 CONVERTED (MAILBOX \"a\") (UID 1)",
        "* 2 CONVERTED (TAG \"a\") ()",
        "* 2 CONVERTED (TAG \"a\") (UID 0)",
        "* 2 CONVERTED (TAG \"a\") (BINARY[3])",
        "* 2 CONVERTED (TAG \"a\") (BINARY[3] (ERROR \"no\"))",
        "* 2 CONVERTED (TAG \"a\") (BINARY[3] (ERROR \"no\" COLD))",
        "* 2 CONVERTED (TAG \"a\") (BINARY[3] (ERROR \"no\" BADPARAMETERS))",
        "* 2 CONVERTED (TAG \"a\") (BINARY[3] (ERROR \"no\" MISSINGPARAMETERS \"a/b\" \"c/d\" ()))",
        "* 2 CONVERTED (TAG \"a\") (AVAILABLECONVERSIONS[2] (\"image/png\"))",
        "* CONVERSION \"image/gif\"",
    ] {
        assert!(matches!(Decoder::default().response(wire.as_bytes()), Response::Unknown(_)), "{wire}");
    }
}

#[test]
fn a_converted_part_is_streamed() {
    use bytes::BytesMut;

    use crate::{
        Limits, Quirks,
        frame::{Event, Framer},
    };

    let mut limits = Limits::client();
    limits.inline_literal = 3;
    let mut framer = Framer::responses(limits, Quirks::lenient());
    let mut input = BytesMut::from("* 2 CONVERTED (TAG \"b001\") (UID 9 BINARY[3] ~{5}\r\nhello)\r\n");
    let Some(Event::Literal(literal)) = framer.next_event(&mut input).unwrap() else { panic!() };
    let items = vec![
        Item::Uid(Uid::new(9).unwrap()),
        Item::Binary { part: part(&[3]), origin: None, content: Ok(Content::Streamed(5)) },
    ];
    assert_eq!(Decoder::default().response(literal.head().clone()), converted(items.clone()));
    assert_eq!(framer.next_event(&mut input), Ok(Some(Event::Chunk("hello".into()))));
    let Some(Event::Frame(frame)) = framer.next_event(&mut input).unwrap() else { panic!() };
    assert_eq!(Decoder::default().response(frame), converted(items));
}

#[test]
fn conversions_and_codes_both_ways() {
    let conversion = |parameters: &[&str]| {
        Response::Data(Data::Conversion(Conversion {
            source: "image/gif".into(),
            target: "image/jpeg".into(),
            parameters: parameters.iter().map(|name| Octets::from(*name)).collect(),
        }))
    };
    let status = |code| Response::Data(Data::Status(Status::new(Kind::No, "x").with_code(code)));
    let number = |number| NonZeroU32::new(number).unwrap();
    for (wire, response) in [
        ("* CONVERSION \"image/gif\" \"image/jpeg\"", conversion(&[])),
        ("* CONVERSION \"image/gif\" \"image/jpeg\" (pix-y pix-x)", conversion(&["pix-y", "pix-x"])),
        ("* NO [TEMPFAIL] x", status(Code::TempFail)),
        ("* NO [MAXCONVERTMESSAGES 1] x", status(Code::MaxConvertMessages(number(1)))),
        ("* NO [MAXCONVERTPARTS 2] x", status(Code::MaxConvertParts(number(2)))),
    ] {
        assert_eq!(strict().response(wire.as_bytes()), response, "{wire}");
        assert_eq!(responses::encoded(&response), format!("{wire}\r\n").as_bytes());
    }
}
