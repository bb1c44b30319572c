use alloc::format;

use super::*;

fn n(number: u32) -> MessageNumber {
    MessageNumber::new(number).unwrap()
}

fn mechanism(name: &str) -> MechanismName {
    MechanismName::new(name).unwrap()
}

fn encoded(command: &Command) -> BytesMut {
    let mut out = BytesMut::new();
    command.encode(&mut out);
    out
}

#[test]
fn commands_both_ways() {
    let apop = Command::Apop {
        name: Argument::new("mrose").unwrap(),
        digest: Digest::from_hex(b"c4c9334bac560ecc979e58001b3e22fb").unwrap(),
    };
    for (wire, command) in [
        (&b"USER mrose"[..], Command::User(Argument::new("mrose").unwrap())),
        (b"PASS secret", Command::Pass(Secret::new("secret").unwrap())),
        (b"PASS ", Command::Pass(Secret::new("").unwrap())),
        (b"PASS  two  words ", Command::Pass(Secret::new(" two  words ").unwrap())),
        (b"APOP mrose c4c9334bac560ecc979e58001b3e22fb", apop),
        (b"AUTH", Command::AuthList),
        (
            b"AUTH SCRAM-SHA-256",
            Command::Auth { mechanism: mechanism("SCRAM-SHA-256"), initial_response: None },
        ),
        (
            b"AUTH PLAIN dGVzdAB0ZXN0AHRlc3Q=",
            Command::Auth {
                mechanism: mechanism("PLAIN"),
                initial_response: Some(InitialResponse::new(*b"test\0test\0test")),
            },
        ),
        (
            b"AUTH EXTERNAL =",
            Command::Auth {
                mechanism: mechanism("EXTERNAL"),
                initial_response: Some(InitialResponse::new([])),
            },
        ),
        (b"STAT", Command::Stat),
        (b"LIST", Command::List(None)),
        (b"LIST 2", Command::List(Some(n(2)))),
        (b"RETR 1", Command::Retr(n(1))),
        (b"DELE 4294967295", Command::Dele(n(u32::MAX))),
        (b"NOOP", Command::Noop),
        (b"RSET", Command::Rset),
        (b"TOP 1 10", Command::Top { message: n(1), lines: 10 }),
        (b"TOP 1 0", Command::Top { message: n(1), lines: 0 }),
        (b"UIDL", Command::Uidl(None)),
        (b"UIDL 2", Command::Uidl(Some(n(2)))),
        (b"CAPA", Command::Capa),
        (b"STLS", Command::Stls),
        (b"UTF8", Command::Utf8),
        (b"LANG", Command::Lang(None)),
        (b"LANG *", Command::Lang(Some(LanguageRange::any()))),
        (b"LANG es-MX", Command::Lang(Some(LanguageRange::new("es-MX").unwrap()))),
        (b"QUIT", Command::Quit),
        (b"XTND XMIT", Command::Other(Other::new("XTND", Some("XMIT")).unwrap())),
        (b"XSENDER", Command::Other(Other::new("xsender", None).unwrap())),
    ] {
        assert_eq!(Command::parse(wire), Ok(command.clone()), "{}", wire.escape_ascii());
        assert_eq!(encoded(&command), [wire, b"\r\n"].concat());
    }
}

#[test]
fn what_clients_send_otherwise() {
    for (wire, command) in [
        (&b"stat"[..], Command::Stat),
        (b"Retr\t1", Command::Retr(n(1))),
        (b"NOOP ", Command::Noop),
        (b"LIST ", Command::List(None)),
        (b"LIST  2 ", Command::List(Some(n(2)))),
        (b"TOP  1  2 ", Command::Top { message: n(1), lines: 2 }),
        (b"auth plain", Command::Auth { mechanism: mechanism("PLAIN"), initial_response: None }),
        (b"AUTH PLAIN ", Command::Auth { mechanism: mechanism("PLAIN"), initial_response: None }),
        (b"USER two words ", Command::User(Argument::new("two words").unwrap())),
        (b"RETR1", Command::Other(Other::new("RETR1", None).unwrap())),
        (b"USER \xC3\xA9", Command::User(Argument::new("é").unwrap())),
    ] {
        assert_eq!(Command::parse(wire), Ok(command), "{}", wire.escape_ascii());
    }
}

#[test]
fn wrong_arguments_are_refused() {
    for (wire, rule, offset) in [
        (&b""[..], "keyword", 0),
        (b" STAT", "keyword", 0),
        (b"\0", "keyword", 0),
        (b"STAT 1", "end of line", 5),
        (b"RETR", "SP", 4),
        (b"RETR ", "1*DIGIT", 5),
        (b"RETR 0", "message number from 1 to 4294967295", 5),
        (b"RETR -1", "1*DIGIT", 5),
        (b"RETR +1", "1*DIGIT", 5),
        (b"RETR 4294967297", "message number from 1 to 4294967295", 5),
        (b"RETR 1 2", "end of line", 7),
        (b"TOP 1", "SP", 5),
        (b"TOP 1 -1", "1*DIGIT", 6),
        (b"TOP 1 4294967296", "number of lines of 32 bits", 6),
        (b"USER", "SP", 4),
        (b"USER  ", "name", 6),
        (b"PASS", "SP", 4),
        (b"LANG es_MX", "end of line", 7),
    ] {
        let error = Command::parse(wire).unwrap_err();
        assert_eq!((error.rule(), error.offset()), (rule, offset), "{}", wire.escape_ascii());
    }
    for wire in [
        "APOP mrose",
        "APOP mrose c4c9",
        "APOP  c4c9334bac560ecc979e58001b3e22fb",
        "APOP mrose c4c9334bac560ecc979e58001b3e22fg",
        "AUTH PLAIN A",
        "AUTH PLAIN = =",
        "AUTH ABCDEFGHIJKLMNOPQRSTU",
        "AUTH PL@IN",
        "USER a\0b",
        "PASS a\0b",
        "GET/",
    ] {
        assert!(Command::parse(wire.as_bytes()).is_err(), "{wire}");
    }
}

#[test]
fn no_secret_is_shown() {
    for wire in [
        "PASS tanstaaf",
        "PASStanstaaf",
        "PASS tan\0staaf",
        "AUTH PLAIN dGFuc3RhYWY=",
        "AUTH PLAIN dGFuc3RhYWY",
        "PAS tanstaaf",
        "XPASS tan\0staaf",
        "APOP mrose tanstaaf",
        "APOP tanstaaf",
        "pass\ttanstaaf",
    ] {
        let shown = match Command::parse(wire.as_bytes()) {
            Ok(command) => format!("{command} {command:?}"),
            Err(error) => format!("{error} {error:?} {}", error.escaped()),
        };
        assert!(!shown.contains("tan") && !shown.contains("dGFu"), "{shown}");
    }
    let shown = format!("{0} {0:?}", Command::Pass(Secret::new("tanstaaf").unwrap()));
    assert_eq!(shown, "PASS **** Pass(Secret(..))");
}

#[test]
fn a_line_end_cannot_enter_a_command() {
    assert!(Other::new("XTND\r\nDELE 1", None).is_err());
    assert!(Other::new("XTND", Some("X\r\nDELE 1")).is_err());
    assert!(Other::new("", None).is_err());
    assert!(MechanismName::new("PLAIN\r\n").is_err());
    assert!(LanguageRange::new("es\r\n").is_err());
}
