use alloc::format;

use super::*;
use crate::table::{COMMAND, RESPONSE};

/// `*(SP capability)`
#[test]
fn lists_both_ways() {
    for (wire, words) in [
        ("", &[][..]),
        (" IMAP4rev1", &["IMAP4rev1"]),
        (" IMAP4rev2 AUTH=PLAIN LITERAL+", &["IMAP4rev2", "AUTH=PLAIN", "LITERAL+"]),
    ] {
        let read = RESPONSE.read(capabilities, wire).unwrap();
        assert!(read.words().eq(words.iter().map(|word| word.as_bytes())), "{wire}");
        assert_eq!((read.len(), read.is_empty()), (words.len(), words.is_empty()));
        assert_eq!(read, Capabilities::new(words).unwrap());
        assert_eq!(RESPONSE.written(|out| read.encode(out)), wire);
        assert_eq!(COMMAND.read(capabilities, wire).as_ref(), Ok(&read));
    }
    for wire in ["IDLE", "  IDLE", " IDLE ", " A  B", " A(", " A\tB", " a\u{e9}"] {
        assert!(RESPONSE.read(capabilities, wire).is_err(), "{wire}");
    }
    for (wire, normal) in [("  IDLE  A ", " IDLE A"), (" IDLE ", " IDLE"), (" ", "")] {
        let read = RESPONSE.lenient().read(capabilities, wire).unwrap();
        assert!(read.words().eq(normal.split_ascii_whitespace().map(str::as_bytes)), "{wire}");
    }
}

#[test]
fn words_and_what_they_mean() {
    let octets = |text: &str| Octets::from(text);
    for (word, capability) in [
        ("IMAP4rev2", Capability::Imap4Rev2),
        ("imap4REV1", Capability::Imap4Rev1),
        ("IMAP4", Capability::Imap4),
        ("STARTTLS", Capability::StartTls),
        ("LOGINDISABLED", Capability::LoginDisabled),
        ("AUTH=PLAIN", Capability::Auth(octets("PLAIN"))),
        ("auth=SCRAM-SHA-256", Capability::Auth(octets("SCRAM-SHA-256"))),
        ("AUTH=", Capability::Other(octets("AUTH="))),
        ("APPENDLIMIT", Capability::AppendLimit(None)),
        ("APPENDLIMIT=257890", Capability::AppendLimit(Some(257_890))),
        ("APPENDLIMIT=x", Capability::Other(octets("APPENDLIMIT=x"))),
        ("COMPRESS=DEFLATE", Capability::Compress(octets("DEFLATE"))),
        ("I18NLEVEL=2", Capability::I18nLevel(2)),
        ("I18NLEVEL=256", Capability::Other(octets("I18NLEVEL=256"))),
        ("IMAPSIEVE=", Capability::ImapSieve(Octets::new())),
        ("IMAPSIEVE=sieve://example.com", Capability::ImapSieve(octets("sieve://example.com"))),
        ("LITERAL+", Capability::LiteralPlus),
        ("LITERAL-", Capability::LiteralMinus),
        ("MESSAGELIMIT=1000", Capability::MessageLimit(1000)),
        ("SAVELIMIT=1000", Capability::SaveLimit(1000)),
        ("THREAD=REFERENCES", Capability::Thread(ThreadAlgorithm::References)),
        ("UTF8=ACCEPT", Capability::Utf8Accept),
        ("UTF8=ALL", Capability::Utf8All),
        ("UTF8=ONLY", Capability::Utf8Only),
        ("XPIG-LATIN", Capability::Other(octets("XPIG-LATIN"))),
    ] {
        let read = RESPONSE.read(capabilities, format!(" {word}")).unwrap();
        assert_eq!(read.iter().collect::<Vec<_>>(), [capability], "{word}");
        assert!(read.has(&word.to_ascii_lowercase()) && !read.has(&word[1..]));
        assert!(read.without(word).is_empty());
    }
}

#[test]
fn no_word_ends_the_list() {
    for word in ["", "a b", "a\r\nb", "a]", "(", "\u{e9}", "a\0"] {
        assert!(Capabilities::new([word]).is_err(), "{word:?}");
    }
    assert_eq!(Capabilities::new(["a", "B"]).unwrap().without("b"), Capabilities::new(["A"]).unwrap());
}
