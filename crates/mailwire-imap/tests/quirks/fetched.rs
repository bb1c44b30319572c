//! FETCH responses.

use mailwire_imap::{
    BodyStructure, Decoder, Flag, Response, Uid,
    body_structure::Kind,
    fetch::{Fetch, Item},
    response::Data,
};

use super::{frame, read_as, reading, refused, tolerated};

fn fetch(wire: &str) -> Fetch {
    match Decoder::default().response(frame(wire)) {
        Response::Data(Data::Fetch(fetch)) => fetch,
        other => panic!("{other:?}"),
    }
}

#[test]
fn more_parentheses_and_dates_that_are_none() {
    tolerated(
        |quirks| quirks.loose_fetch = true,
        &[
            ("* 1 FETCH ((UID 7 FLAGS ()))", "* 1 FETCH (UID 7 FLAGS ())"),
            ("* 1 FETCH ((BODY[] {2}\r\nab UID 7))", "* 1 FETCH (BODY[] {2}\r\nab UID 7)"),
            ("* 1 FETCH ()", "a list is empty"),
            (
                "* 1 FETCH (INTERNALDATE \"00-Jan-0000 00:00:00 +0000\" UID 3)",
                "* 1 FETCH (INTERNALDATE NIL UID 3)",
            ),
            (
                "* 1 FETCH (INTERNALDATE \"7-Feb-1994 22:43:04 +0000\")",
                "* 1 FETCH (INTERNALDATE \" 7-Feb-1994 22:43:04 +0000\")",
            ),
            (
                "* 1 FETCH (INTERNALDATE \"17-Feb-1994 22:43:04\")",
                "* 1 FETCH (INTERNALDATE \"17-Feb-1994 22:43:04 +0000\")",
            ),
            (
                "* 1 FETCH (INTERNALDATE \"17-Feb-1994 2:43:04 +0000\")",
                "* 1 FETCH (INTERNALDATE \"17-Feb-1994 02:43:04 +0000\")",
            ),
            ("* 1 FETCH (INTERNALDATE \"\" UID 3)", "* 1 FETCH (INTERNALDATE NIL UID 3)"),
            ("* 1 FETCH (INTERNALDATE \"17-Feb-1994 22:43:04 GMT\")", "* 1 FETCH (INTERNALDATE NIL)"),
            ("* URLFETCH u (BINARY ~{1}\r\n\0 BODY NIL)", "* URLFETCH \"u\" (BINARY ~{1}\r\n\0) (BODY NIL)"),
        ],
    );
    // NIL is no panic, and no harm.
    assert_eq!(fetch("* 1 FETCH (INTERNALDATE NIL UID 3)").uid().map(Uid::get), Some(3));
}

#[test]
fn quotes_inside_of_a_boundary_or_a_subject() {
    let body = |boundary: &str| {
        format!(
            "* 1 FETCH (UID 5 BODY (\"APPLICATION\" \"x\" (\"B\" \"{boundary}\") NIL NIL \"7BIT\" 1) FLAGS ())"
        )
    };
    let subject = |subject: &str| {
        format!("* 1 FETCH (ENVELOPE (NIL \"{subject}\" NIL NIL NIL NIL NIL NIL NIL NIL) UID 5)")
    };
    for (wire, normal) in [
        (body("MOUNDARY=\"_006_..._\""), body("MOUNDARY=\\\"_006_..._\\\"")),
        (body("\"\""), body("\\\"\\\"")),
        (body("\"a\"b\"c"), body("\\\"a\\\"b\\\"c")),
        (body("a\\b"), body("a\\\\b")),
        (subject("\"\""), subject("\\\"\\\"")),
        (subject("a\"b"), subject("a\\\"b")),
        (subject("a \"b\"c"), subject("a \\\"b\\\"c")),
    ] {
        tolerated(|quirks| quirks.unescaped_quotes = true, &[(&wire, &normal)]);
    }
}

const WHOLE: &str = "(\"n\" NIL \"m\" \"h\")";

#[test]
fn damaged_envelopes_are_mended() {
    for (wire, normal) in [
        // Fields are missing at the end, or there are too many.
        ("(\"d\" \"s\" NIL NIL NIL NIL NIL NIL NIL)", "(\"d\" \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)"),
        ("(\"d\" \"s\" NIL NIL NIL NIL NIL NIL)", "(\"d\" \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)"),
        ("(\"d\")", "(\"d\" NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
        ("()", "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
        ("NIL", "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
        (
            "(\"d\" NIL NIL NIL NIL NIL NIL NIL NIL \"i\" NIL (\"x\" 5))",
            "(\"d\" NIL NIL NIL NIL NIL NIL NIL NIL \"i\")",
        ),
        // Strings without quotes, and empty ones in place of NIL.
        (
            "(\"d\" s NIL NIL NIL NIL NIL NIL NIL <i@h>)",
            "(\"d\" \"s\" NIL NIL NIL NIL NIL NIL NIL \"<i@h>\")",
        ),
        (
            "(\"d\" \"\" \"\" \"\" \"\" \"\" \"\" \"\" \"\" \"\")",
            "(\"d\" \"\" NIL NIL NIL NIL NIL NIL \"\" \"\")",
        ),
        ("(\"d\" NIL () () () () () () NIL NIL)", "(\"d\" NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
    ] {
        let row = |envelope: &str| format!("* 1 FETCH (UID 5 ENVELOPE {envelope} FLAGS ())");
        tolerated(|quirks| quirks.loose_envelope = true, &[(&row(wire), &row(normal))]);
    }
}

#[test]
fn damaged_addresses_are_mended() {
    for (wire, normal) in [
        (format!("(NIL {WHOLE})"), format!("({WHOLE})")),
        (format!("({WHOLE} NIL)"), format!("({WHOLE})")),
        (format!("({WHOLE} {WHOLE})"), format!("({WHOLE}{WHOLE})")),
        (format!("({WHOLE}NIL{WHOLE})"), format!("({WHOLE}{WHOLE})")),
        (WHOLE.into(), format!("({WHOLE})")),
        ("((\"n\" NIL \"m\" \"h\" \"x\"))".into(), format!("({WHOLE})")),
        ("((\"n\" \"m\" \"h\"))".into(), format!("({WHOLE})")),
        ("((\"n\" NIL (\"m\") \"h\"))".into(), format!("({WHOLE})")),
        ("(())".into(), "NIL".into()),
        ("(NIL)".into(), "NIL".into()),
        ("\"\"".into(), "NIL".into()),
        ("\"m@h\"".into(), "((NIL NIL \"m@h\" NIL))".into()),
    ] {
        let row =
            |from: &str| format!("* 1 FETCH (UID 5 ENVELOPE (NIL NIL {from} NIL NIL NIL NIL NIL NIL \"i\"))");
        tolerated(|quirks| quirks.loose_envelope = true, &[(&row(&wire), &row(&normal))]);
    }
    // The name stands where the mailbox should: by its form alone this is an address.
    let row = |from: &str| format!("* 1 FETCH (ENVELOPE (NIL NIL ({from}) NIL NIL NIL NIL NIL NIL NIL))");
    read_as(
        |quirks| quirks.loose_envelope = true,
        &row("(\"m\" NIL NIL \"h\")"),
        &row("(NIL NIL \"m\" \"h\")"),
    );
    // The start and the end of a group are none.
    let group = row("(NIL NIL \"g\" NIL)(\"n\" NIL \"m\" \"h\")(NIL NIL NIL NIL)");
    read_as(|quirks| quirks.loose_envelope = true, &group, &group);
}

fn structure(wire: &str) -> String {
    format!("* 1 FETCH (UID 5 BODYSTRUCTURE {wire} FLAGS (\\Seen))")
}

/// What can be read of them and not be written has the reason in place of the structure.
fn mended(rows: &[(&str, &str)]) {
    for (wire, normal) in rows {
        let normal = if normal.starts_with('(') { structure(normal) } else { String::from(*normal) };
        tolerated(|quirks| quirks.loose_structure = true, &[(&structure(wire), &normal)]);
    }
}

#[test]
fn fields_of_a_part_that_are_missing() {
    mended(&[
        // The subtype.
        (
            r#"("TEXT" ("CHARSET" "utf-8") NIL NIL "7BIT" 1 1)"#,
            r#"("TEXT" "plain" ("CHARSET" "utf-8") NIL NIL "7BIT" 1 1)"#,
        ),
        (
            r#"("APPLICATION" ("NAME" "x.pdf") NIL NIL "BASE64" 10 NIL NIL NIL NIL)"#,
            r#"("APPLICATION" "octet-stream" ("NAME" "x.pdf") NIL NIL "BASE64" 10 NIL NIL NIL NIL)"#,
        ),
        (r#"("TEXT" NIL NIL NIL NIL "7BIT" 1 1)"#, r#"("TEXT" "plain" NIL NIL NIL "7BIT" 1 1)"#),
        (r#"("TEXT" NIL NIL NIL "7BIT" 1 1)"#, r#"("TEXT" "plain" NIL NIL NIL "7BIT" 1 1)"#),
        // The media type.
        (r#"(NIL "PDF" NIL NIL NIL "BASE64" 1)"#, r#"("application" "PDF" NIL NIL NIL "BASE64" 1)"#),
        (r#"(NIL NIL NIL NIL NIL "BASE64" 1)"#, r#"("application" "octet-stream" NIL NIL NIL "BASE64" 1)"#),
        (
            r#"(NIL NIL ("NAME" "x") NIL NIL NIL NIL NIL NIL NIL NIL)"#,
            r#"("application" "octet-stream" ("NAME" "x") NIL NIL "7BIT" 0 NIL NIL NIL NIL)"#,
        ),
        // The id or the description.
        (r#"("TEXT" "PLAIN" NIL NIL "7BIT" 1 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#),
        (r#"("TEXT" "PLAIN" NIL "7BIT" 1 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#),
        // The encoding, the size, the lines.
        (r#"("TEXT" "PLAIN" NIL NIL NIL NIL 1 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#),
        (r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" NIL NIL)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)"#),
        (r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 0)"#),
        (
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 NIL NIL NIL NIL)"#,
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 0 NIL NIL NIL)"#,
        ),
        (
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 NIL ("attachment" NIL) NIL NIL)"#,
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 0 NIL ("attachment" NIL) NIL NIL)"#,
        ),
        (r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" -1 -1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)"#),
        (r#"("TEXT" "PLAIN")"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 0 0)"#),
    ]);
}

#[test]
fn fields_of_a_part_that_are_too_many_or_of_another_form() {
    mended(&[
        (
            r#"("APPLICATION" "PDF" NIL NIL NIL "BASE64" 1 5 NIL NIL NIL NIL)"#,
            r#"("APPLICATION" "PDF" NIL NIL NIL "BASE64" 1 NIL NIL NIL NIL)"#,
        ),
        (
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 2 NIL NIL NIL)"#,
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL NIL NIL)"#,
        ),
        (r#"("TEXT" "PLAIN" NIL NIL NIL 7BIT 1 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#),
        (r#"(TEXT PLAIN NIL NIL NIL 7BIT 1 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#),
        (r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" "1" "2")"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 2)"#),
        // () for NIL.
        (r#"("TEXT" "PLAIN" () NIL NIL "7BIT" 1 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#),
        (r#"("TEXT" "PLAIN" NIL () () "7BIT" 1 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#),
        (
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 () () () ())"#,
            r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL NIL NIL NIL)"#,
        ),
        // Parameters.
        (r#"("TEXT" "PLAIN" "" NIL NIL "7BIT" 1 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#),
        (
            r#"("TEXT" "PLAIN" ("CHARSET" NIL) NIL NIL "7BIT" 1 1)"#,
            r#"("TEXT" "PLAIN" ("CHARSET" "") NIL NIL "7BIT" 1 1)"#,
        ),
        (r#"("TEXT" "PLAIN" (NIL NIL) NIL NIL "7BIT" 1 1)"#, r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#),
        (
            r#"("TEXT" "PLAIN" ("CHARSET" UTF-8) NIL NIL "7BIT" 1 1)"#,
            r#"("TEXT" "PLAIN" ("CHARSET" "UTF-8") NIL NIL "7BIT" 1 1)"#,
        ),
        (
            r#"("TEXT" "PLAIN" ("CHARSET" "x" "NAME") NIL NIL "7BIT" 1 1)"#,
            r#"("TEXT" "PLAIN" ("CHARSET" "x" "NAME" "") NIL NIL "7BIT" 1 1)"#,
        ),
        (
            r#"("TEXT" "PLAIN" (("CHARSET" "x")("NAME" "y")) NIL NIL "7BIT" 1 1)"#,
            r#"("TEXT" "PLAIN" ("CHARSET" "x" "NAME" "y") NIL NIL "7BIT" 1 1)"#,
        ),
    ]);
    // One more element than there are names for is an extension to come, and no departure.
    let wire = structure(r#"("APPLICATION" "PDF" NIL NIL NIL "BASE64" 1 NIL NIL NIL NIL NIL)"#);
    assert_eq!(reading(&[]).response(frame(&wire)), Decoder::default().response(frame(&wire)));
}

#[test]
fn dispositions_and_languages_of_another_form() {
    for (wire, normal) in [
        (r#""inline" NIL NIL"#, r#"("inline" NIL) NIL NIL"#),
        (r#"("inline") NIL NIL"#, r#"("inline" NIL) NIL NIL"#),
        (r#"(NIL NIL) NIL NIL"#, "NIL NIL NIL"),
        (r#"() NIL NIL"#, "NIL NIL NIL"),
        (r#""" NIL NIL"#, "NIL NIL NIL"),
        (r#"(NIL ("FILENAME" "x")) NIL NIL"#, r#"("attachment" ("FILENAME" "x")) NIL NIL"#),
        (r#"("attachment" "filename" "x") NIL NIL"#, r#"("attachment" ("filename" "x")) NIL NIL"#),
        (r#"("attachment" ("filename" NIL)) NIL NIL"#, r#"("attachment" ("filename" "")) NIL NIL"#),
        (r#"("attachment" ("filename")) NIL NIL"#, r#"("attachment" ("filename" "")) NIL NIL"#),
        // NIL among languages.
        ("NIL (NIL) NIL", "NIL NIL NIL"),
        (r#"NIL ("en" NIL) NIL"#, r#"NIL "en" NIL"#),
        ("NIL () NIL", "NIL NIL NIL"),
        // The two have changed places.
        (r#"NIL ("attachment" ("FILENAME" "x")) NIL"#, r#"("attachment" ("FILENAME" "x")) NIL NIL"#),
        (r#"NIL ("inline" NIL) NIL"#, r#"("inline" NIL) NIL NIL"#),
        (r#"("en") ("inline" NIL) NIL"#, r#"("inline" NIL) "en" NIL"#),
        (r#""en" ("inline" NIL) NIL"#, r#"("inline" NIL) "en" NIL"#),
    ] {
        let part = |fields: &str| format!(r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1 NIL {fields})"#);
        mended(&[(&part(wire), &part(normal))]);
        let several = |fields: &str| {
            format!(r#"(("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1) "MIXED" ("BOUNDARY" "x") {fields})"#)
        };
        mended(&[(&several(wire), &several(normal))]);
    }
}

#[test]
fn multiparts_without_parts_or_names() {
    let one = r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#;
    for (wire, normal) in [
        (format!(r#"(NIL{one} "MIXED")"#), format!(r#"({one} "MIXED")"#)),
        (format!(r#"({one}NIL "MIXED")"#), format!(r#"({one} "MIXED")"#)),
        (format!(r#"({one} NIL {one} "MIXED")"#), format!(r#"({one}{one} "MIXED")"#)),
        (format!(r#"({one}() "MIXED")"#), format!(r#"({one} "MIXED")"#)),
        (format!("({one})"), format!(r#"({one} "mixed")"#)),
        (format!("({one} NIL)"), format!(r#"({one} "mixed")"#)),
        (format!(r#"({one}"MIXED")"#), format!(r#"({one} "MIXED")"#)),
        (
            format!(r#"({one} ("BOUNDARY" "x") NIL NIL)"#),
            format!(r#"({one} "mixed" ("BOUNDARY" "x") NIL NIL)"#),
        ),
        (format!(r#"(("ALTERNATIVE" ("BOUNDARY" "x") NIL NIL){one} "MIXED")"#), "a list is empty".into()),
        (format!(r#"(("ALTERNATIVE"){one} "MIXED")"#), "a list is empty".into()),
        (r#"(() "MIXED")"#.into(), "a list is empty".into()),
    ] {
        mended(&[(&wire, &normal)]);
    }
    for empty in
        [r#"("ALTERNATIVE")"#, r#"("ALTERNATIVE" ("BOUNDARY" "x") NIL NIL)"#, r#"("MIXED" () NIL NIL NIL)"#]
    {
        mended(&[(empty, "a list is empty")]);
        let fetch = fetch(&structure(empty));
        let Item::BodyStructure(BodyStructure::Multipart(multipart)) = &fetch.items[1] else {
            panic!("{empty}")
        };
        assert!(multipart.parts.is_empty() && multipart.subtype.len() > 4);
    }
}

#[test]
fn messages_given_as_something_else() {
    let part = |fields: &str| format!(r#"("MESSAGE" "RFC822" NIL NIL NIL "7BIT" 200{fields})"#);
    let one = r#"("TEXT" "PLAIN" NIL NIL NIL "7BIT" 1 1)"#;
    let nothing = "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)";
    for (wire, normal) in [
        (String::new(), String::new()),
        (r#" NIL ("inline" NIL) NIL NIL"#.into(), r#" NIL ("inline" NIL) NIL NIL"#.into()),
        (" 5".into(), String::new()),
        (
            format!(r#" {nothing} {one} 5 NIL "inline" NIL NIL"#),
            format!(r#" {nothing} {one} 5 NIL ("inline" NIL) NIL NIL"#),
        ),
        (
            format!(r#" {nothing} ("TEXT" NIL NIL NIL "7BIT" 1 1) 5"#),
            format!(r#" {nothing} ("TEXT" "plain" NIL NIL NIL "7BIT" 1 1) 5"#),
        ),
    ] {
        mended(&[(&part(&wire), &part(&normal))]);
    }
    // There is a message, of which nothing is told.
    for wire in [" NIL NIL 5", " () () 5", &format!(" {nothing} NIL 5")] {
        mended(&[(&part(wire), "a value is no body")]);
        let fetch = fetch(&structure(&part(wire)));
        let Item::BodyStructure(BodyStructure::Single(single)) = &fetch.items[1] else { panic!("{wire}") };
        assert!(matches!(&single.kind, Kind::Message { lines: 5, .. }), "{single:?}");
    }
    mended(&[(
        r#"("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 200 5)"#,
        r#"("MESSAGE" "DELIVERY-STATUS" NIL NIL NIL "7BIT" 200)"#,
    )]);
}

#[test]
fn structures_of_which_nothing_can_be_made() {
    for wire in ["NIL", "()", "(NIL)", "(1 2)", "\"x\"", "5", "((1))", "(((())))"] {
        refused(&structure(wire));
        let fetch = fetch(&structure(wire));
        assert_eq!((fetch.uid().map(Uid::get), fetch.items.len()), (Some(5), 3));
        assert!(fetch.flags().is_some_and(|flags| flags.contains(&Flag::Seen)));
        match &fetch.items[1] {
            Item::BodyStructure(BodyStructure::Invalid(octets)) => assert_eq!(octets, wire),
            // An empty list of parts.
            Item::BodyStructure(BodyStructure::Multipart(multipart)) => assert!(multipart.parts.is_empty()),
            other => panic!("{wire}: {other:?}"),
        }
    }
}

#[test]
fn a_bad_item_does_no_harm_to_those_around_it() {
    for bad in [
        r#"ENVELOPE "a) FLAGS (\\Seen) UID 9""#,
        "ENVELOPE 5",
        "FLAGS \\Seen",
        "FLAGS (\"x\")",
        "INTERNALDATE 5",
        "INTERNALDATE ()",
        "MODSEQ 5",
        "MODSEQ (x)",
        "RFC822.SIZE NIL",
        "RFC822.SIZE (5)",
        "UID x",
        "EMAILID NIL",
        "THREADID 5",
        "BODY[TEXT] (x)",
        "BODY[TEXT]<0> 5",
        "BINARY.SIZE[1] x",
        "PREVIEW (x)",
        "PREVIEW ({3}\r\n) ()",
    ] {
        let wire = format!("* 1 FETCH (UID 5 {bad} FLAGS (\\Seen) X-B (a \")\"))");
        refused(&wire);
        let fetch = fetch(&wire);
        assert_eq!((fetch.uid().map(Uid::get), fetch.items.len()), (Some(5), 4), "{bad}");
        assert!(fetch.flags().is_some_and(|flags| flags.contains(&Flag::Seen)), "{bad}");
        match &fetch.items[1] {
            Item::Invalid { octets, error } => {
                assert_eq!(octets, bad);
                assert!(
                    (17..17 + bad.len()).contains(&error.offset()) && !error.rule().is_empty(),
                    "{error}"
                );
            }
            other => panic!("{bad}: {other:?}"),
        }
    }
}

#[test]
fn items_before_one_without_an_end_are_kept() {
    for bad in ["ENVELOPE (\"a \"b\" c\" NIL)", "X-A (((", "BODY[TEXT \"x\"", "X-A \"x", "\"x\")"] {
        let wire = format!("* 1 FETCH (UID 5 FLAGS (\\Seen) {bad}");
        refused(&wire);
        let fetch = fetch(&wire);
        assert_eq!(fetch.items.len(), 3, "{bad}");
        assert!(
            matches!(&fetch.items[2], Item::Invalid { octets, .. } if octets == bad),
            "{:?}",
            fetch.items
        );
        // With nothing before it there is nothing to keep.
        let alone = format!("* 1 FETCH ({bad}");
        if bad.starts_with("X-A") {
            let Response::Unknown(unknown) = Decoder::default().response(frame(&alone)) else {
                panic!("{alone}")
            };
            assert!(unknown.error.rule() != "SP" && unknown.error.rule() != "msg-att", "{}", unknown.error);
        }
    }
}

#[test]
fn unknown_items_are_passed_over_by_their_form() {
    let values = [
        "NIL",
        "5",
        "atom",
        "\\*",
        "\") FLAGS (\\\\Deleted) UID 9\"",
        "{22}\r\n) FLAGS (\\Deleted) UID",
        "~{3}\r\n)\0(",
        "(a (b \"(\") NIL {1}\r\n))",
        "()",
    ];
    for value in values {
        let wire = format!("* 1 FETCH (X-A {value} UID 5 FLAGS (\\Seen))");
        for decoder in [Decoder::default(), reading(&[])] {
            let Response::Data(Data::Fetch(fetch)) = decoder.response(frame(&wire)) else { panic!("{wire}") };
            assert_eq!((fetch.uid().map(Uid::get), fetch.items.len()), (Some(5), 3), "{wire}");
            assert!(!fetch.flags().is_some_and(|flags| flags.contains(&Flag::Deleted)), "{wire}");
        }
    }
}
