use alloc::{format, vec};

use super::*;
use crate::{
    Mailbox, Tag,
    command::{
        Body, Command,
        tests::{encoded, strict},
    },
    encoder::Abilities,
    section::Section,
};

fn check(wire: &str, body: Body) {
    let command = Command { tag: Tag::new("a").unwrap(), body };
    let wire = format!("a {wire}");
    assert_eq!(strict().command(wire.as_bytes()).as_ref(), Ok(&command), "{wire}");
    assert_eq!(encoded(&command, Abilities { utf8: false, ..Abilities::all() }), format!("{wire}\r\n"));
}

#[test]
fn return_options() {
    let fields = Attribute::Body { section: Section::fields(["TO"]), partial: None, peek: false };
    for (wire, returns) in [
        ("", None),
        ("RETURN () ", Some(vec![])),
        ("RETURN (MIN) ", Some(vec![Return::Min])),
        ("RETURN (MAX COUNT ALL SAVE) ", Some(vec![Return::Max, Return::Count, Return::All, Return::Save])),
        ("RETURN (UPDATE CONTEXT) ", Some(vec![Return::Update(vec![]), Return::Context])),
        (
            "RETURN (UPDATE (UID BODY[HEADER.FIELDS (TO)]) RELEVANCY) ",
            Some(vec![Return::Update(vec![Attribute::Uid, fields]), Return::Relevancy]),
        ),
        (
            "RETURN (PARTIAL 500:400) ",
            Some(vec![Return::Partial(PartialRange::from_start(500, 400).unwrap())]),
        ),
        ("RETURN (PARTIAL -1:-9) ", Some(vec![Return::Partial(PartialRange::from_end(1, 9).unwrap())])),
    ] {
        let search = SearchCommand { is_uid: false, returns, charset: None, search: Search::All };
        check(&format!("SEARCH {wire}ALL"), Body::Search(search.clone()));
        let search = SearchCommand { is_uid: true, ..search };
        check(&format!("UID SEARCH {wire}ALL"), Body::Search(search.clone()));
        let search = SearchCommand { charset: Some("UTF-8".into()), ..search };
        let key = SortKey::Date;
        let sort = Sort { search: search.clone(), criteria: vec![Criterion { reverse: true, key }] };
        check(&format!("UID SORT {wire}(REVERSE DATE) UTF-8 ALL"), Body::Sort(sort));
        let thread = Thread { search, algorithm: ThreadAlgorithm::Refs };
        check(&format!("UID THREAD {wire}REFS UTF-8 ALL"), Body::Thread(thread));
    }
    // The grammar has no space before this list, all examples do.
    assert_eq!(
        strict().command(&b"a SEARCH RETURN (UPDATE(UID)) ALL"[..]),
        strict().command(&b"a SEARCH RETURN (UPDATE (UID)) ALL"[..])
    );
}

#[test]
fn sort_keys() {
    for (wire, key) in [
        ("ARRIVAL", SortKey::Arrival),
        ("CC", SortKey::Cc),
        ("DATE", SortKey::Date),
        ("DISPLAYFROM", SortKey::DisplayFrom),
        ("DISPLAYTO", SortKey::DisplayTo),
        ("FROM", SortKey::From),
        ("RELEVANCY", SortKey::Relevancy),
        ("SIZE", SortKey::Size),
        ("SUBJECT", SortKey::Subject),
        ("TO", SortKey::To),
    ] {
        let search = SearchCommand {
            is_uid: false,
            returns: None,
            charset: Some("UTF-8".into()),
            search: Search::All,
        };
        let criteria = vec![Criterion { reverse: false, key: key.clone() }, Criterion { reverse: true, key }];
        check(&format!("SORT ({wire} REVERSE {wire}) UTF-8 ALL"), Body::Sort(Sort { search, criteria }));
    }
}

#[test]
fn sources() {
    let mailboxes = |names: &[&str]| names.iter().copied().map(Mailbox::new).collect();
    for (wire, filters) in [
        ("(selected)", vec![MailboxFilter::Selected]),
        (
            "(inboxes personal subscribed)",
            vec![MailboxFilter::Inboxes, MailboxFilter::Personal, MailboxFilter::Subscribed],
        ),
        ("(subtree INBOX)", vec![MailboxFilter::Subtree(mailboxes(&["INBOX"]))]),
        ("(subtree-one (a \"b c\"))", vec![MailboxFilter::SubtreeOne(mailboxes(&["a", "b c"]))]),
        (
            "(mailboxes folder1 subtree folder2)",
            vec![
                MailboxFilter::Mailboxes(mailboxes(&["folder1"])),
                MailboxFilter::Subtree(mailboxes(&["folder2"])),
            ],
        ),
    ] {
        check(&format!("ESEARCH IN {wire} ALL"), Body::ESearch(ESearch::new(filters, Search::All)));
    }
    let source = Source {
        mailboxes: vec![MailboxFilter::Personal],
        scope: vec![Value::Atom("X-DEPTH".into()), Value::Atom("3".into())],
    };
    let search = ESearch {
        source: Some(source),
        returns: Some(vec![Return::Count]),
        charset: Some("UTF-8".into()),
        search: Search::Unseen,
    };
    let wire = "ESEARCH IN (personal (X-DEPTH 3)) RETURN (COUNT) CHARSET UTF-8 UNSEEN";
    check(wire, Body::ESearch(search.clone()));
    let search = ESearch { source: None, returns: None, charset: None, ..search };
    check("ESEARCH UNSEEN", Body::ESearch(search));
}

#[test]
fn updates_are_cancelled_by_tag() {
    check(
        "CANCELUPDATE \"B01\" \"]2\"",
        Body::CancelUpdate(vec![Tag::new("B01").unwrap(), Tag::new("]2").unwrap()]),
    );
}

#[test]
fn algorithms() {
    for (wire, algorithm) in [
        ("ORDEREDSUBJECT", ThreadAlgorithm::OrderedSubject),
        ("REFERENCES", ThreadAlgorithm::References),
        ("REFS", ThreadAlgorithm::Refs),
        ("X-SIZE", ThreadAlgorithm::Other(Atom::new("X-SIZE").unwrap())),
    ] {
        let mut thread = Thread::uid(algorithm, Search::unseen());
        thread.search.charset = Some("US-ASCII".into());
        check(&format!("UID THREAD {wire} US-ASCII UNSEEN"), Body::Thread(thread));
    }
    let read = |wire: &[u8]| strict().command(wire).map(|command| command.body);
    assert_eq!(read(b"a uid thread refs utf-8 all"), read(b"a UID THREAD REFS utf-8 ALL"));
}

#[test]
fn commands_as_sentences() {
    for (body, wire) in [
        (Body::Search(SearchCommand::uid(Search::unseen())), "UID SEARCH UNSEEN"),
        (Body::Search(SearchCommand::sequence(Search::all()).returning([])), "SEARCH RETURN () ALL"),
        (Body::Search(SearchCommand::uid(Search::from("é"))), "UID SEARCH CHARSET UTF-8 FROM {2+}\r\né"),
        (
            Body::ESearch(ESearch::new([MailboxFilter::Personal], Search::seen()).returning([Return::Min])),
            "ESEARCH IN (personal) RETURN (MIN) SEEN",
        ),
        (
            Body::Sort(Sort::uid([SortKey::Date.reversed(), SortKey::To.into()], Search::all())),
            "UID SORT (REVERSE DATE TO) UTF-8 ALL",
        ),
        (
            Body::Thread(Thread::uid(ThreadAlgorithm::References, Search::all())),
            "UID THREAD REFERENCES UTF-8 ALL",
        ),
    ] {
        let command = Command { tag: Tag::new("a").unwrap(), body };
        let written = encoded(&command, Abilities { utf8: false, ..Abilities::all() });
        assert_eq!(written, format!("a {wire}\r\n"));
    }
    for body in [
        Body::Sort(Sort::uid([], Search::all())),
        Body::ESearch(ESearch::new([], Search::all())),
        Body::CancelUpdate(vec![]),
    ] {
        let mut out = Encoder::client(Abilities::default());
        Command { tag: Tag::new("a").unwrap(), body }.encode(&mut out);
        assert_eq!(out.finish(), Err(EncodeError::EmptyList));
    }
    let search = ESearch::new([MailboxFilter::SelectedDelayed], Search::all());
    let mut out = Encoder::client(Abilities::default());
    Command { tag: Tag::new("a").unwrap(), body: Body::ESearch(search) }.encode(&mut out);
    assert_eq!(out.finish(), Err(EncodeError::Conflict));
    let key = SortKey::Annotation(Entry::new("/shared/comment").unwrap(), annotation::Attribute::Value);
    let mut out = Encoder::client(Abilities::default());
    let body = Body::Sort(Sort::uid([key.into()], Search::all()));
    Command { tag: Tag::new("a").unwrap(), body }.encode(&mut out);
    assert_eq!(out.finish(), Err(EncodeError::Conflict));
}
