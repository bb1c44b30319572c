use alloc::{format, vec};

use super::*;
use crate::table::{RESPONSE, Row};

fn any(input: Input<'_>) -> Parsed<'_, Value> {
    value(input, 0)
}

/// `tagged-ext-val = tagged-ext-simple / "(" [tagged-ext-comp] ")"`, `body-extension`
#[test]
fn values_both_ways() {
    const LENIENT: Row = RESPONSE.lenient();
    let (atom, string) = (|text: &str| Value::Atom(text.into()), |text: &str| Value::String(text.into()));
    for (wire, value) in [
        ("NIL", Value::Nil),
        ("a", atom("a")),
        ("18446744073709551616", atom("18446744073709551616")),
        ("1:5,7,9:*", atom("1:5,7,9:*")),
        ("\\Seen", atom("\\Seen")),
        ("a[1]<2>", atom("a[1]<2>")),
        ("\"\"", string("")),
        ("\"NIL\"", string("NIL")),
        ("\"a (b\"", string("a (b")),
        ("{2}\r\n\r\n", string("\r\n")),
        ("~{1}\r\n\0", string("\0")),
        ("()", Value::List(vec![])),
        ("(a \"b\" NIL)", Value::List(vec![atom("a"), string("b"), Value::Nil])),
        (
            "((a) (b (c)) ())",
            Value::List(vec![
                Value::List(vec![atom("a")]),
                Value::List(vec![atom("b"), Value::List(vec![atom("c")])]),
                Value::List(vec![]),
            ]),
        ),
    ] {
        for row in [RESPONSE, LENIENT] {
            assert_eq!(row.read(any, wire).as_ref(), Ok(&value), "{wire}");
        }
        assert_eq!(RESPONSE.written(|out| value.encode(out)), wire);
    }
    for wire in ["", " ", "(", ")", "(a", "a)", "(a))", "\"a", "{5}\r\na", "\"a\"b", "é"] {
        assert!(RESPONSE.read(any, wire).is_err() && LENIENT.read(any, wire).is_err(), "{wire}");
    }
}

/// What a caller makes is written as something that is read again, and ends nothing.
#[test]
fn no_atom_of_a_caller_breaks_out() {
    for text in ["", "a b", "a)", "(", "a\r\nb", "\"", "é"] {
        let value = Value::List(vec![Value::Atom(text.into()), Value::Nil]);
        let wire = RESPONSE.written(|out| value.encode(out));
        let wanted = Value::List(vec![Value::String(text.into()), Value::Nil]);
        assert_eq!(RESPONSE.read(any, &wire), Ok(wanted), "{wire}");
    }
}

#[test]
fn depth_is_bounded() {
    for (depth, is_read) in [(100, true), (101, false), (50_000, false)] {
        let wire = format!("{}{}", "(".repeat(depth), ")".repeat(depth));
        assert_eq!(RESPONSE.read(any, &wire).is_ok(), is_read, "{depth}");
    }
}
