use alloc::string::String;

use super::*;
use crate::table::{COMMAND, RESPONSE, Row};

fn text(row: Row, rule: fn(Input<'_>) -> Parsed<'_, Octets>, wire: &str) -> Option<String> {
    row.read(rule, wire).ok().map(|octets| String::from_utf8_lossy(&octets).into_owned())
}

fn length_of_atom(input: Input<'_>) -> Parsed<'_, usize> {
    atom(input).map(|(rest, octets)| (rest, octets.len()))
}

fn list_of_numbers(input: Input<'_>) -> Parsed<'_, Vec<u32>> {
    list(input, number)
}

/// `atom = 1*ATOM-CHAR`: every octet by itself.
#[test]
fn atoms() {
    let specials = b"(){ %*\"\\]\x7F";
    for octet in 0..=255_u8 {
        let is_atom = octet > b' ' && octet < 0x7F && !specials.contains(&octet);
        assert_eq!(RESPONSE.read(length_of_atom, [octet]).is_ok(), is_atom, "{octet:#x}");
        let is_astring = is_atom || octet == b']';
        assert_eq!(COMMAND.read(astring, [octet]).is_ok(), is_astring, "{octet:#x}");
    }
    assert!(RESPONSE.read(length_of_atom, "").is_err());
}

/// `astring = 1*ASTRING-CHAR / string`
#[test]
fn astrings() {
    for (wire, value) in [
        ("a", Some("a")),
        ("NIL", Some("NIL")),
        ("a]b[c", Some("a]b[c")),
        ("~a", Some("~a")),
        ("&AOk-", Some("&AOk-")),
        ("\"\"", Some("")),
        ("\"a b\"", Some("a b")),
        ("{3}\r\na\r\n", Some("a\r\n")),
        ("{3+}\r\na b", Some("a b")),
        ("", None),
        (" ", None),
        ("a b", None),
        ("(a)", None),
        ("a\"", None),
        ("é", None),
    ] {
        assert_eq!(text(COMMAND, astring, wire).as_deref(), value, "{wire}");
        assert_eq!(text(RESPONSE, astring, wire).as_deref(), value, "{wire}");
    }
    assert_eq!(text(RESPONSE.lenient(), astring, "é").as_deref(), Some("é"));
    // A literal8 is no string; a server may send one all the same.
    for wire in ["~{3}\r\na\0b", "~{1}\r\na", "~{0+}\r\n"] {
        assert_eq!(text(COMMAND.lenient(), astring, wire), None, "{wire}");
        assert_eq!(text(COMMAND.lenient(), string, wire), None, "{wire}");
        assert!(text(RESPONSE, astring, wire).is_some(), "{wire}");
    }
}

/// `quoted = DQUOTE *QUOTED-CHAR DQUOTE`
#[test]
fn quoted_strings() {
    for (wire, strict, utf8) in [
        ("\"\"", Some(""), Some("")),
        ("\"a b(){%*]\"", Some("a b(){%*]"), Some("a b(){%*]")),
        ("\"\\\"\\\\\"", Some("\"\\"), Some("\"\\")),
        ("\"a\tb\x7F\"", Some("a\tb\x7F"), Some("a\tb\x7F")),
        ("\"é€😀\"", None, Some("é€😀")),
        ("\"\\é\"", None, None),
        ("\"a\rb\"", None, None),
        ("\"a\nb\"", None, None),
        ("\"a\0b\"", None, None),
        ("\"a\\b\"", None, None),
        ("\"", None, None),
        ("\"\\\"", None, None),
        ("a\"", None, None),
        ("\"a\"b", None, None),
    ] {
        for row in [COMMAND, RESPONSE] {
            assert_eq!(text(row, quoted, wire).as_deref(), strict, "{wire}");
            assert_eq!(text(row.utf8(), quoted, wire).as_deref(), utf8, "{wire}");
            let tolerated = text(row.lenient(), quoted, wire);
            assert!(utf8.is_none() || tolerated.as_deref() == utf8, "{wire}");
        }
    }
    for wire in [&b"\"\xC3\""[..], b"\"\xFF\"", b"\"\xED\xA0\x80\""] {
        assert!(COMMAND.utf8().read(quoted, wire).is_err(), "{}", wire.escape_ascii());
        assert!(COMMAND.utf8().lenient().read(quoted, wire).is_err(), "{}", wire.escape_ascii());
    }
}

/// `literal = "{" number64 ["+"] "}" CRLF *CHAR8`, `literal8 = "~{" number64 "}" CRLF *OCTET`
#[test]
fn literals() {
    for (wire, value) in [
        ("{0}\r\n", Some("")),
        ("{5}\r\na\"\\\r\n", Some("a\"\\\r\n")),
        ("{2+}\r\né", Some("é")),
        ("{007}\r\n1234567", Some("1234567")),
        ("~{1}\r\n\0", Some("\0")),
        ("~{1+}\r\n\0", Some("\0")),
        ("{1}\r\n\0", None),
        ("{2}\r\na", None),
        ("{1}\r\nab", None),
        ("{1}a", None),
        ("{}\r\n", None),
        ("{+}\r\n", None),
        ("{-1}\r\n", None),
        ("{1++}\r\na", None),
        ("{ 1}\r\na", None),
        ("{18446744073709551616}\r\n", None),
        ("{18446744073709551615}\r\n", None),
        ("~a", None),
        ("", None),
    ] {
        assert_eq!(text(COMMAND, literal, wire).as_deref(), value, "{wire}");
    }
}

/// `nstring = string / nil`
#[test]
fn nstrings() {
    for (wire, value) in [
        ("NIL", Some(None)),
        ("nil", Some(None)),
        ("\"NIL\"", Some(Some("NIL"))),
        ("\"\"", Some(Some(""))),
        ("{1}\r\na", Some(Some("a"))),
        ("~{1}\r\n\0", Some(Some("\0"))),
        ("NILL", None),
        ("NI", None),
        ("a", None),
        ("", None),
    ] {
        let read = RESPONSE.read(nstring, wire).ok();
        let read =
            read.as_ref().map(|octets| octets.as_deref().map(|octets| core::str::from_utf8(octets).unwrap()));
        assert_eq!(read, value, "{wire}");
    }
}

/// `number`, `number64`, `nz-number`
#[test]
fn numbers() {
    for (wire, number32, number64_, nz) in [
        ("0", Some(0), Some(0), None),
        ("1", Some(1), Some(1), Some(1)),
        ("007", Some(7), Some(7), Some(7)),
        ("4294967295", Some(u32::MAX), Some(4_294_967_295), Some(u32::MAX)),
        ("4294967296", None, Some(4_294_967_296), None),
        ("9223372036854775807", None, Some(i64::MAX as u64), None),
        ("18446744073709551615", None, Some(u64::MAX), None),
        ("18446744073709551616", None, None, None),
        ("", None, None, None),
        ("-1", None, None, None),
        ("+1", None, None, None),
        ("1.5", None, None, None),
        ("1e3", None, None, None),
        (" 1", None, None, None),
        ("a", None, None, None),
    ] {
        assert_eq!(RESPONSE.read(number, wire).ok(), number32, "{wire}");
        assert_eq!(RESPONSE.read(number64, wire).ok(), number64_, "{wire}");
        assert_eq!(RESPONSE.read(nz_number, wire).ok().map(NonZeroU32::get), nz, "{wire}");
    }
    for (wire, value) in
        [("-1", 0), ("9.3736e+06", 9_373_600), ("1.5", 1), ("1e99", u32::MAX), ("4294967296", u32::MAX)]
    {
        assert_eq!(RESPONSE.lenient().read(number, wire), Ok(value), "{wire}");
    }
    for wire in ["1e", "nan", "inf", "e", ".", "-", "1e999"] {
        assert!(RESPONSE.lenient().read(number64, wire).is_err(), "{wire}");
    }
}

/// `"(" [item *(SP item)] ")"`
#[test]
fn lists() {
    for (wire, strict, lenient) in [
        ("()", Some(&[][..]), Some(&[][..])),
        ("(1)", Some(&[1]), Some(&[1])),
        ("(1 2 3)", Some(&[1, 2, 3]), Some(&[1, 2, 3])),
        ("( 1  2 )", None, Some(&[1, 2])),
        ("(1,2)", None, None),
        ("(1 2", None, None),
        ("1 2)", None, None),
        ("(1))", None, None),
        ("((1))", None, None),
    ] {
        assert_eq!(RESPONSE.read(list_of_numbers, wire).ok().as_deref(), strict, "{wire}");
        assert_eq!(RESPONSE.lenient().read(list_of_numbers, wire).ok().as_deref(), lenient, "{wire}");
    }
}
