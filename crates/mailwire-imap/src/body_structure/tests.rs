use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

use proptest::prelude::*;

use super::*;
use crate::{section::Part, table::RESPONSE};

fn read(wire: &str) -> BodyStructure {
    RESPONSE.read(body_structure, wire).unwrap()
}

/// A part of this type, with its name and disposition.
fn leaf(kind: &str, disposition: &str, name: &str) -> String {
    let (media_type, subtype) = kind.split_once('/').unwrap();
    let lines = if media_type == "text" { " 3" } else { "" };
    let name = if name.is_empty() { "NIL".into() } else { format!(r#"("filename" "{name}")"#) };
    let disposition =
        if disposition.is_empty() { "NIL".into() } else { format!(r#"("{disposition}" {name})"#) };
    format!(
        r#"("{media_type}" "{subtype}" NIL "<{subtype}@x>" NIL "BASE64" 156{lines} NIL {disposition} NIL NIL)"#
    )
}

fn multipart(subtype: &str, parts: &[String]) -> String {
    format!(r#"({} "{subtype}" ("boundary" "b") NIL NIL NIL)"#, parts.concat())
}

fn message(body: &str) -> String {
    format!(
        r#"("message" "rfc822" NIL NIL NIL "7BIT" 900 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) {body} 20 NIL NIL NIL NIL)"#
    )
}

fn number(found: Option<(Part, &Single)>) -> Option<String> {
    found.map(|(number, _)| number.to_string())
}

fn plain() -> String {
    leaf("text/plain", "", "")
}

fn html() -> String {
    leaf("text/html", "", "")
}

/// What is shown as text, as HTML, and attached: number, name, and `inline`.
#[test]
fn what_a_mail_reader_makes_of_it() {
    let alternative = multipart("alternative", &[plain(), html()]);
    let png = leaf("image/png", "inline", "logo.png");
    let pdf = leaf("application/pdf", "attachment", "a.pdf");
    for (what, wire, text, shown_html, attached) in [
        ("text", plain(), Some("1"), None, &[][..]),
        ("HTML", html(), None, Some("1"), &[]),
        ("named text alone", leaf("text/plain", "inline", "a.txt"), Some("1"), None, &[]),
        ("a file alone", leaf("application/pdf", "attachment", "a.pdf"), None, None, &["1 a.pdf"]),
        ("text as a file alone", leaf("text/plain", "attachment", "a.txt"), None, None, &["1 a.txt"]),
        ("Gmail", alternative.clone(), Some("1"), Some("2"), &[]),
        (
            "Gmail with a file",
            multipart("mixed", &[alternative.clone(), pdf.clone()]),
            Some("1.1"),
            Some("1.2"),
            &["2 a.pdf"],
        ),
        (
            "Gmail with an image in the text, and a file",
            multipart(
                "mixed",
                &[
                    multipart("related", &[alternative.clone(), leaf("image/png", "attachment", "i.png")]),
                    pdf.clone(),
                ],
            ),
            Some("1.1.1"),
            Some("1.1.2"),
            &["1.2 i.png inline", "2 a.pdf"],
        ),
        (
            "Gmail's invitation",
            multipart(
                "mixed",
                &[
                    multipart("alternative", &[plain(), html(), leaf("text/calendar", "", "")]),
                    leaf("application/ics", "attachment", "invite.ics"),
                ],
            ),
            Some("1.1"),
            Some("1.2"),
            &["1.3 -", "2 invite.ics"],
        ),
        (
            "Outlook",
            multipart("related", &[alternative.clone(), leaf("image/png", "", "")]),
            Some("1.1"),
            Some("1.2"),
            &["2 - inline"],
        ),
        (
            "Apple Mail with an image in the text",
            multipart("alternative", &[plain(), multipart("related", &[html(), png.clone()])]),
            Some("1"),
            Some("2.1"),
            &["2.2 logo.png inline"],
        ),
        (
            "Apple Mail with a file in the middle",
            multipart(
                "alternative",
                &[plain(), multipart("mixed", &[html(), leaf("application/pdf", "inline", "a.pdf"), html()])],
            ),
            Some("1"),
            Some("2.1"),
            &["2.2 a.pdf inline"],
        ),
        (
            "Apple's file in two forks",
            multipart(
                "mixed",
                &[
                    plain(),
                    multipart(
                        "appledouble",
                        &[leaf("application/applefile", "attachment", "a"), png.clone()],
                    ),
                ],
            ),
            Some("1"),
            None,
            &["2.2 logo.png inline"],
        ),
        (
            "a list's footer",
            multipart("mixed", &[alternative.clone(), plain()]),
            Some("1.1"),
            Some("1.2"),
            &[],
        ),
        (
            "files of text",
            multipart(
                "mixed",
                &[
                    plain(),
                    leaf("text/plain", "inline", "a.patch"),
                    leaf("text/html", "attachment", ""),
                    leaf("text/csv", "", ""),
                ],
            ),
            Some("1"),
            None,
            &["2 a.patch inline", "3 -", "4 -"],
        ),
        ("a file first", multipart("mixed", &[pdf.clone(), plain()]), Some("2"), None, &["1 a.pdf"]),
        (
            "forms of the same text with names",
            multipart(
                "alternative",
                &[
                    leaf("text/plain", "inline", "a.txt"),
                    leaf("text/x-amp-html", "", ""),
                    leaf("text/html", "inline", "a.html"),
                ],
            ),
            Some("1"),
            Some("3"),
            &[],
        ),
        (
            "signed",
            multipart(
                "signed",
                &[alternative.clone(), leaf("application/pgp-signature", "attachment", "s.asc")],
            ),
            Some("1.1"),
            Some("1.2"),
            &[],
        ),
        (
            "forwarded",
            multipart("mixed", &[plain(), message(&multipart("mixed", &[html(), pdf.clone()]))]),
            Some("1"),
            None,
            &["2 -"],
        ),
        (
            "a report",
            multipart(
                "report",
                &[plain(), leaf("message/delivery-status", "", ""), leaf("text/rfc822-headers", "", "")],
            ),
            Some("1"),
            None,
            &["2 -", "3 -"],
        ),
        (
            "a disposition that nobody knows",
            multipart("mixed", &[leaf("text/plain", "x", "")]),
            None,
            None,
            &["1 -"],
        ),
        ("a message alone", message(&plain()), None, None, &["1 -"]),
    ] {
        let structure = read(&wire);
        assert_eq!(number(structure.text()).as_deref(), text, "{what}");
        assert_eq!(number(structure.html()).as_deref(), shown_html, "{what}");
        let attachments = structure.attachments();
        let shown: Vec<String> = attachments
            .iter()
            .map(|file| {
                let name = file.name.as_ref().map_or("-".into(), ToString::to_string);
                format!("{} {name}{}", file.part, if file.is_inline { " inline" } else { "" })
            })
            .collect();
        assert_eq!(shown, attached, "{what}");
        for file in &attachments {
            let Some(BodyStructure::Single(part)) = structure.part(&file.part) else { panic!("{what}") };
            assert_eq!((&part.media_type, &part.id), (&file.media_type, &file.id), "{what}");
        }
    }
}

/// The tree that RFC 9051 shows in section 6.4.5.1, and the numbers that it gives to the parts.
#[test]
fn numbers_of_parts() {
    let wire = multipart(
        "mixed",
        &[
            plain(),
            leaf("application/octet-stream", "", ""),
            message(&multipart("mixed", &[plain(), leaf("application/octet-stream", "", "")])),
            multipart(
                "mixed",
                &[
                    leaf("image/gif", "", ""),
                    message(&multipart(
                        "mixed",
                        &[plain(), multipart("alternative", &[plain(), leaf("text/richtext", "", "")])],
                    )),
                ],
            ),
            message(&plain()),
            message(&message(&html())),
        ],
    );
    let structure = read(&wire);
    let parts: Vec<String> =
        structure.parts().map(|(number, part)| format!("{number} {}", part.subtype)).collect();
    assert_eq!(
        parts,
        [
            "1 plain",
            "2 octet-stream",
            "3 rfc822",
            "3.1 plain",
            "3.2 octet-stream",
            "4.1 gif",
            "4.2 rfc822",
            "4.2.1 plain",
            "4.2.2.1 plain",
            "4.2.2.2 richtext",
            "5 rfc822",
            "5.1 plain",
            "6 rfc822",
            "6.1 rfc822",
            "6.1.1 html",
        ]
    );
    for (number, part) in structure.parts() {
        let Some(BodyStructure::Single(found)) = structure.part(&number) else { panic!("{number}") };
        assert!(core::ptr::eq(&**found, part), "{number}");
    }
    for (number, is_multipart) in [("", true), ("4", true), ("4.2.2", true), ("3", false)] {
        let found = structure.part(&number.parse().unwrap()).unwrap();
        assert_eq!(matches!(found, BodyStructure::Multipart(_)), is_multipart, "{number}");
    }
    for number in ["7", "1.1", "5.2", "5.1.1", "4.2.2.3", "6.2", "6.1.2", "6.1.1.1", "4294967295"] {
        assert_eq!(structure.part(&number.parse().unwrap()), None, "{number}");
    }
    let attached: Part = "4.2".parse().unwrap();
    let Some(BodyStructure::Single(found)) = structure.part(&attached) else { panic!() };
    let Kind::Message { body, .. } = &found.kind else { panic!() };
    assert_eq!(attached.join(&body.text().unwrap().0).to_string(), "4.2.1");
}

#[test]
fn the_root_of_related_parts() {
    for (start, text) in [("<plain@x>", "2"), ("plain@x", "2"), ("<other@x>", "2"), ("<html@x>", "2")] {
        let wire = multipart("related", &[html(), plain()])
            .replace(r#"("boundary" "b")"#, &format!(r#"("start" "{start}")"#));
        let structure = read(&wire);
        assert_eq!(number(structure.text()).as_deref(), Some(text), "{start}");
    }
    let named = multipart("related", &[leaf("text/html", "inline", "a.html"), plain()]);
    let with_start = named.replace(r#"("boundary" "b")"#, r#"("start" "<plain@x>")"#);
    assert_eq!(number(read(&named).html()).as_deref(), Some("1"));
    let structure = read(&with_start);
    assert_eq!((number(structure.html()), structure.attachments().len()), (None, 1), "its root is the text");
}

#[test]
fn sizes_of_contents() {
    for (encoding, octets, content) in [
        ("BASE64", 0, 0),
        ("base64", 4, 3),
        ("BASE64", 76, 57),
        ("BASE64", 78, 57),
        ("BASE64", 156, 114),
        ("BASE64", u64::MAX, u64::MAX / 78 * 57 + u64::MAX % 78 * 3 / 4),
        ("7BIT", 5, 5),
        ("QUOTED-PRINTABLE", 5, 5),
    ] {
        let single = Single { encoding: encoding.into(), octets, ..Single::default() };
        assert_eq!(single.content_octets(), content, "{encoding} {octets}");
    }
}

#[test]
fn names_for_a_file_system() {
    for (name, safe) in [
        ("a.txt", Some("a.txt")),
        ("café €.txt", Some("café €.txt")),
        ("../../etc/passwd", Some("passwd")),
        ("C:\\Windows\\win.ini", Some("win.ini")),
        ("a/", None),
        ("..", None),
        (" . ", None),
        ("", None),
        (".profile", Some("profile")),
        ("a.txt. .", Some("a.txt")),
        ("a\0b\r\nc", Some("a_b__c")),
        ("a.txt:stream", Some("a.txt_stream")),
        ("gpj\u{202E}exe.jpg", Some("gpj_exe.jpg")),
    ] {
        let attachment = Attachment { name: Some(name.into()), ..Attachment::default() };
        assert_eq!(attachment.safe_name().as_deref(), safe, "{name:?}");
    }
    let long = Attachment { name: Some("é".repeat(500).into()), ..Attachment::default() };
    assert_eq!(long.safe_name().map(|name| name.len()), Some(200));
    assert_eq!(Attachment::default().safe_name(), None);
}

fn structures() -> impl Strategy<Value = String> {
    let kinds = prop_oneof![Just("text/plain"), Just("text/html"), Just("image/png")];
    let dispositions = prop_oneof![Just(""), Just("inline"), Just("attachment")];
    let leaves = (kinds, dispositions).prop_map(|(kind, disposition)| leaf(kind, disposition, ""));
    leaves.prop_recursive(5, 30, 4, |inner| {
        let subtypes = prop_oneof![Just("mixed"), Just("alternative"), Just("related")];
        let parts = proptest::collection::vec(inner.clone(), 1..4);
        prop_oneof![
            (subtypes, parts).prop_map(|(subtype, parts)| multipart(subtype, &parts)),
            inner.prop_map(|body| message(&body)),
        ]
    })
}

proptest! {
    /// Each part has one number, finds itself by it, and is shown or attached, not both.
    #[test]
    fn any_structure_is_walked(wire in structures()) {
        let structure = read(&wire);
        let numbers: Vec<Part> = structure.parts().map(|(number, _)| number).collect();
        prop_assert!(numbers.is_sorted_by(|one, next| one < next), "{:?}", numbers);
        for (number, part) in structure.parts() {
            prop_assert_eq!(structure.part(&number), Some(&BodyStructure::Single(part.clone().into())));
        }
        let attached: Vec<Part> = structure.attachments().into_iter().map(|file| file.part).collect();
        prop_assert!(attached.is_sorted_by(|one, next| one < next));
        for (number, _) in structure.text().into_iter().chain(structure.html()) {
            prop_assert!(numbers.contains(&number) && !attached.contains(&number));
        }
    }
}
