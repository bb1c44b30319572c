use alloc::vec;

use super::*;
use crate::{
    codec::annotation::Attribute,
    command::{
        dialogue::{lacks, server, written},
        peer::answer,
    },
};

fn literal(octets: &str, form: Form) -> Part {
    Part::Text(Literal { content: Content::Octets(octets.into()), form })
}

#[test]
fn what_is_sent() {
    let date = "01-Feb-2003 04:05:06 +0100".parse().unwrap();
    let annotation =
        Annotation { entry: "/comment".parse().unwrap(), attributes: vec![(Attribute::ValueShared, None)] };
    for (append, words, line) in [
        (Append::new("a", "hello"), "", "APPEND a {5}\r\n~hello"),
        (Append::new("a", "hello"), "LITERAL+", "APPEND a {5+}\r\nhello"),
        (
            Append::new("a b", "hello").flags([Flag::Seen, Flag::Draft]).date(date),
            "LITERAL-",
            "APPEND \"a b\" (\\Draft \\Seen) \" 1-Feb-2003 04:05:06 +0100\" {5+}\r\nhello",
        ),
        (Append::streamed("a", 4097).flags([]), "LITERAL-", "APPEND a () {4097}\r\n~<4097>"),
        (Append::streamed("a", 4097), "LITERAL+", "APPEND a {4097+}\r\n<4097>"),
        (
            Append::new("a", "one").flags([Flag::Seen]).and("two"),
            "MULTIAPPEND LITERAL+",
            "APPEND a (\\Seen) {3+}\r\none {3+}\r\ntwo",
        ),
        (
            Append::new("a", "x").annotations([annotation.clone()]),
            "ANNOTATE-EXPERIMENT-1 LITERAL+",
            "APPEND a ANNOTATION (/comment (value.shared NIL)) {1+}\r\nx",
        ),
        (Append::new("a", "x").form(Form::Binary), "BINARY LITERAL+", "APPEND a ~{1+}\r\nx"),
        (Append::new("ä", "ü").form(Form::Utf8), "+UTF8=ACCEPT LITERAL+", "APPEND \"ä\" UTF8 (~{2+}\r\nü)"),
        (
            Append::catenate(
                "a",
                [
                    Part::Url("/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER".into()),
                    literal("\r\nx", Form::Plain),
                ],
            ),
            "CATENATE LITERAL+",
            "APPEND a CATENATE (URL \"/Drafts;UIDVALIDITY=385759045/;UID=20/;section=HEADER\" TEXT {3+}\r\n\r\nx)",
        ),
    ] {
        assert_eq!(written(&append, words).as_deref(), Ok(line));
    }
    for (append, word) in [
        (Append::new("a", "one").and("two"), "MULTIAPPEND"),
        (Append::new("a", "x").annotations([annotation]), "ANNOTATE-EXPERIMENT-1"),
        (Append::new("a", "x").form(Form::Binary), "BINARY"),
        (Append::new("a", "x").form(Form::Utf8), "UTF8=ACCEPT"),
        (Append::catenate("a", []), "CATENATE"),
    ] {
        assert_eq!(written(&append, "IMAP4rev2"), lacks(word));
    }
    assert_eq!(written(&Append::catenate("a", [literal("x", Form::Binary)]), "CATENATE"), lacks("BINARY"));
    assert!(written(&Append::of("a", []), "").is_err());
    assert!(written(&Append::catenate("a", []), "CATENATE").is_err());
}

#[test]
fn replacing() {
    let uid = Uid::new(2000).unwrap();
    let replace = Replace::new(uid, "Drafts", "x");
    assert_eq!(written(&replace, "REPLACE LITERAL+").as_deref(), Ok("UID REPLACE 2000 Drafts {1+}\r\nx"));
    assert_eq!(written(&replace, "LITERAL+"), lacks("REPLACE"));
    let number = Replace::new(codec::SeqNum::new(4).unwrap(), "Drafts", "x");
    assert_eq!(written(&number, "REPLACE LITERAL+").as_deref(), Ok("REPLACE 4 Drafts {1+}\r\nx"));
    let mut binary = replace.clone();
    binary.message.data = Source::Whole(Literal { content: Content::Nil, form: Form::Binary });
    assert_eq!(written(&binary, "REPLACE"), lacks("BINARY"));
    let lines = ["* OK [APPENDUID 1 2001] replacement ready", "* 5 EXISTS", "* 4 EXPUNGE", "a OK done"];
    let (appended, back) = answer(&replace, &lines);
    assert_eq!((appended.uid_validity, appended.uid()), (UidValidity::new(1), Uid::new(2001)));
    assert_eq!(back, lines[1..3]);
    assert_eq!(
        replace.check_limit(&server("APPENDLIMIT=0")),
        Err(CommandError::TooLarge { octets: 1, limit: 0 })
    );
}

#[test]
fn what_became_of_it() {
    let append = Append::new("a", "x");
    let (appended, back) = answer(&append, &["* 4 EXISTS", "* OK hello", "a OK [APPENDUID 38505 3955] done"]);
    assert_eq!(
        (appended.uid_validity, appended.uid(), back.len()),
        (UidValidity::new(38505), Uid::new(3955), 2)
    );
    let (appended, _) = answer(&append, &["a OK [APPENDUID 38505 3955:3957] done"]);
    assert_eq!(appended.uids.unwrap().len(), 3);
    for line in ["a OK done", "a OK [APPENDUID 0 7] done", "a OK [APPENDUID 1] done"] {
        assert_eq!(answer(&append, &[line]).0, Appended::default());
    }
}

#[test]
fn limits() {
    let two = Append::new("a", "1").and("123");
    for (words, limit) in
        [("APPENDLIMIT=2", Some(2)), ("APPENDLIMIT=3", None), ("APPENDLIMIT", None), ("", None)]
    {
        let expected = limit.map_or(Ok(()), |limit| Err(CommandError::TooLarge { octets: 3, limit }));
        assert_eq!(two.check_limit(&server(words)), expected);
    }
    let streamed = Append::streamed("a", 300);
    let refused = Err(CommandError::TooLarge { octets: 300, limit: 299 });
    assert_eq!(streamed.check_limit(&server("APPENDLIMIT=299")), refused);
    let parts = Append::catenate(
        "a",
        [literal("12", Form::Plain), Part::Url("/x".into()), literal("3", Form::Plain)],
    );
    let refused = Err(CommandError::TooLarge { octets: 3, limit: 2 });
    assert_eq!(parts.check_limit(&server("APPENDLIMIT=2")), refused);
}

#[test]
fn what_is_brought_while_it_is_sent_is_counted() {
    let part = |content| Part::Text(Literal { content, form: Form::Plain });
    let parts = Append::catenate("a", [part(Content::Streamed(2)), part(Content::Octets("x".into()))]);
    for (append, octets) in [
        (Append::new("a", "hello"), 0),
        (Append::streamed("a", 300).and("two"), 300),
        (
            Append::of("a", [Message::new(Content::Streamed(1)), Message::new(Content::Streamed(u64::MAX))]),
            u64::MAX,
        ),
        (parts, 2),
    ] {
        assert_eq!(append.streamed_octets(), octets);
    }
}
