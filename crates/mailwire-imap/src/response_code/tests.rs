use alloc::{format, string::String, vec::Vec};

use super::*;
use crate::{
    Decoder, Flag, Limits, Quirks, Response, Status,
    encoder::{Abilities, Part},
    response::Data,
};

fn read(decoder: &Decoder, code: &str) -> Status {
    match decoder.response(format!("* OK [{code}] text").as_bytes()) {
        Response::Data(Data::Status(status)) => status,
        other => panic!("{code}: {other:?}"),
    }
}

fn written(code: &Code) -> String {
    let mut out = Encoder::server(Abilities::all());
    code.encode(&mut out);
    let parts = out.finish().unwrap();
    let octets = |part: &Part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() };
    String::from_utf8(parts.iter().flat_map(octets).collect()).unwrap()
}

fn list(ranges: &[(u32, u32)]) -> NumberList<Uid> {
    ranges.iter().flat_map(|(from, to)| *from..=*to).filter_map(Uid::new).collect()
}

fn flags(names: &[&str]) -> crate::Flags {
    names.iter().map(|name| Flag::keyword(name).unwrap()).collect()
}

/// `resp-text-code` of [RFC 9051 section 9] and [RFC 3501 section 9], each with its value.
#[test]
fn codes_and_their_values() {
    let one = Uid::new(1).unwrap();
    let validity = UidValidity::new(38_505).unwrap();
    for (wire, code) in [
        ("ALERT", Code::Alert),
        ("ALREADYEXISTS", Code::AlreadyExists),
        ("APPENDUID 38505 3955", Code::AppendUid { uid_validity: validity, uids: list(&[(3955, 3955)]) }),
        ("APPENDUID 38505 1:3,7", Code::AppendUid { uid_validity: validity, uids: list(&[(1, 3), (7, 7)]) }),
        ("AUTHENTICATIONFAILED", Code::AuthenticationFailed),
        ("AUTHORIZATIONFAILED", Code::AuthorizationFailed),
        ("BADCHARSET", Code::BadCharset(Vec::new())),
        ("BADCHARSET (UTF-8 \"a b\")", Code::BadCharset(["UTF-8".into(), "a b".into()].into())),
        ("CANNOT", Code::Cannot),
        (
            "CAPABILITY IMAP4rev2 AUTH=PLAIN",
            Code::Capability(Capabilities::new(["IMAP4rev2", "AUTH=PLAIN"]).unwrap()),
        ),
        ("CLIENTBUG", Code::ClientBug),
        ("CLOSED", Code::Closed),
        ("CONTACTADMIN", Code::ContactAdmin),
        (
            "COPYUID 38505 304,319:320 3956:3958",
            Code::CopyUid {
                uid_validity: validity,
                from: list(&[(304, 304), (319, 320)]),
                to: list(&[(3956, 3958)]),
            },
        ),
        ("CORRUPTION", Code::Corruption),
        ("EXPIRED", Code::Expired),
        ("EXPUNGEISSUED", Code::ExpungeIssued),
        ("HASCHILDREN", Code::HasChildren),
        ("INUSE", Code::InUse),
        ("LIMIT", Code::Limit),
        ("NONEXISTENT", Code::NonExistent),
        ("NOPERM", Code::NoPerm),
        ("NOTSAVED", Code::NotSaved),
        ("OVERQUOTA", Code::OverQuota),
        ("PARSE", Code::Parse),
        ("PERMANENTFLAGS ()", Code::PermanentFlags(PermanentFlags::default())),
        (
            "PERMANENTFLAGS (\\Deleted \\Seen $Junk \\*)",
            Code::PermanentFlags(PermanentFlags {
                flags: flags(&["\\Seen", "\\Deleted", "$Junk"]),
                may_create: true,
            }),
        ),
        ("PRIVACYREQUIRED", Code::PrivacyRequired),
        ("READ-ONLY", Code::ReadOnly),
        ("READ-WRITE", Code::ReadWrite),
        ("SERVERBUG", Code::ServerBug),
        ("TRYCREATE", Code::TryCreate),
        ("UIDNEXT 4294967295", Code::UidNext(Uid::new(u32::MAX).unwrap())),
        ("UIDNOTSTICKY", Code::UidNotSticky),
        ("UIDVALIDITY 38505", Code::UidValidity(validity)),
        ("UIDNEXT 1", Code::UidNext(one)),
        ("UNAVAILABLE", Code::Unavailable),
        ("UNKNOWN-CTE", Code::UnknownCte),
        ("UNSEEN 12", Code::Unseen(SeqNum::new(12).unwrap())),
        // `atom [SP 1*<any TEXT-CHAR except "]">]`
        ("X-NEW", Code::Other { name: "X-NEW".into(), arguments: None }),
        ("X-NEW (a \"b", Code::Other { name: "X-NEW".into(), arguments: Some("(a \"b".into()) }),
    ] {
        for decoder in [Decoder::default(), Decoder::new(Limits::client(), Quirks::strict())] {
            let status = read(&decoder, wire);
            assert_eq!((status.code.as_ref(), status.text.as_ref()), (Some(&code), &b"text"[..]), "{wire}");
            let lower = read(&decoder, &wire.to_ascii_lowercase());
            assert!(
                matches!(code, Code::Other { .. } | Code::BadCharset(_))
                    || lower.code.as_ref() == Some(&code)
            );
        }
        assert_eq!(written(&code), format!("[{wire}]"));
    }
}

#[test]
fn codes_in_other_forms() {
    for (wire, normal) in [
        ("BADCHARSET UTF-8 US-ASCII", "[BADCHARSET (UTF-8 US-ASCII)]"),
        ("BADEVENT MailboxMetadataChange X-Other", "[BADEVENT (MailboxMetadataChange X-Other)]"),
        ("BADCHARSET ()", "[BADCHARSET]"),
        ("READ-ONLY ", "[READ-ONLY]"),
        ("COPYUID 1 5:3 9:7", "[COPYUID 1 3:5 7:9]"),
    ] {
        assert_eq!(written(&read(&Decoder::default(), wire).code.unwrap()), normal, "{wire}");
    }
}

/// Brackets that are no code belong to the text.
#[test]
fn what_is_no_code() {
    for text in ["[", "[]", "[ALERT", "[ ALERT] x", "[\u{e9}] x"] {
        let Response::Data(Data::Status(status)) =
            Decoder::default().response(format!("* OK {text}").as_bytes())
        else {
            panic!("{text}")
        };
        assert_eq!((status.code, status.text.as_ref()), (None, text.as_bytes()));
    }
    let status = read(&Decoder::default(), "ALERT] [UIDNEXT 1");
    assert_eq!((status.code, status.text.as_ref()), (Some(Code::Alert), &b"[UIDNEXT 1] text"[..]));
}
