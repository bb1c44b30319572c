//! SEARCH, SORT and THREAD against Dovecot and Cyrus: what the server finds is what is there, and what we do in its place is
//! what it does.
#![cfg(feature = "peers")]

mod imap_blocking;
mod imap_mail;
mod imap_peers;

use std::{collections::BTreeSet, time::Duration};

use imap_blocking::{Session, call};
use imap_mail::Mail;
use imap_peers::Peer;
use mailwire::imap::{
    Flag, ModSeq, Search, Uid, UidSet,
    client::{
        CommandError, Session as _, Unsupported, command,
        command::{Append, FoundBy, Sort, SortedBy, fetch::Flags},
        thread::{Forest, Node},
    },
    command::{Criterion, Messages, SortKey, ThreadAlgorithm},
    date::Date,
};

/// A session with the mailbox open, and what is in it.
fn open(peer: &Peer) -> (Session, Vec<Mail>) {
    let (mut ann, mails) = (peer.connect("ann"), imap_mail::mailbox());
    call!(ann.create("Mail")).unwrap();
    call!(ann.append(Append::of("Mail", mails.iter().map(Mail::message)))).unwrap();
    let opened = call!(ann.select("Mail")).unwrap();
    assert_eq!(opened.exists as usize, mails.len());
    (ann, mails)
}

/// What a key finds, said twice: to the server, and of each message.
type Row = (Search, fn(&Mail) -> bool);

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Whether a text is in another one, in any case.
fn has(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn subject(mail: &Mail, part: &str) -> bool {
    mail.subject.as_ref().is_some_and(|subject| has(subject, part))
}

fn keys() -> Vec<Row> {
    let keyword = |name: &str| Flag::keyword(name).unwrap();
    let hour = Duration::from_secs(3600);
    vec![
        (Search::all(), |_| true),
        (Search::answered(), |mail| mail.has_flag("\\Answered")),
        (Search::unanswered(), |mail| !mail.has_flag("\\Answered")),
        (Search::deleted(), |mail| mail.has_flag("\\Deleted")),
        (Search::undeleted(), |mail| !mail.has_flag("\\Deleted")),
        (Search::draft(), |mail| mail.has_flag("\\Draft")),
        (Search::undraft(), |mail| !mail.has_flag("\\Draft")),
        (Search::flagged(), |mail| mail.has_flag("\\Flagged")),
        (Search::unflagged(), |mail| !mail.has_flag("\\Flagged")),
        (Search::seen(), |mail| mail.has_flag("\\Seen")),
        (Search::unseen(), |mail| !mail.has_flag("\\Seen")),
        (Search::keyword(keyword("work")), |mail| mail.has_flag("work")),
        (Search::keyword(keyword("$Forwarded")), |mail| mail.has_flag("$Forwarded")),
        (Search::keyword(keyword("never-used")), |_| false),
        (Search::unkeyword(keyword("work")), |mail| !mail.has_flag("work")),
        (Search::from("ann@example.org"), |mail| has(&mail.from, "ann@example.org")),
        (Search::from("CAROL"), |mail| has(&mail.from, "carol")),
        (Search::from("Jürgen"), |mail| has(&mail.from, "Jürgen")),
        (Search::from("山田"), |mail| has(&mail.from, "山田")),
        (Search::to("bob@"), |mail| has(&mail.to, "bob@")),
        (Search::cc("carol"), |mail| has(&mail.cc, "carol")),
        (Search::bcc("secret"), |mail| has(&mail.bcc, "secret")),
        (Search::subject("lunch"), |mail| subject(mail, "lunch")),
        (Search::subject("re: "), |mail| subject(mail, "re: ")),
        (Search::subject("grüße"), |mail| subject(mail, "grüße")),
        (Search::subject("会議"), |mail| subject(mail, "会議")),
        (Search::body("lunch"), |mail| has(&mail.body, "lunch")),
        (Search::body("schöne"), |mail| has(&mail.body, "schöne")),
        (Search::body("明日"), |mail| has(&mail.body, "明日")),
        (Search::body("\"nothing\" of \\ the kind"), |_| false),
        (Search::text("garden"), |mail| has(&mail.body, "garden")),
        (Search::text("dave@"), |mail| {
            [&mail.from, &mail.to, &mail.cc].into_iter().any(|text| has(text, "dave@"))
        }),
        (Search::header("Message-ID", "lunch-"), |mail| has(&mail.id, "lunch-")),
        (Search::header("Subject", ""), |mail| mail.subject.is_some()),
        (Search::header("X-Priority", ""), |mail| subject(mail, "Long")),
        (Search::header("X-Nothing", ""), |_| false),
        (Search::Larger(5000), |mail| mail.octets().len() > 5000),
        (Search::Smaller(200), |mail| mail.octets().len() < 200),
        (Search::Before(day("1-Jan-2020")), |mail| {
            mail.arrival().is_some_and(|date| date < day("1-Jan-2020"))
        }),
        (Search::On(day("2-Mar-2020")), |mail| mail.arrival() == Some(day("2-Mar-2020"))),
        (Search::Since(day("6-May-2021")), |mail| {
            mail.arrival().is_none_or(|date| date >= day("6-May-2021"))
        }),
        (Search::SentBefore(day("1-Jan-2000")), |mail| {
            mail.sent.is_some_and(|date| date < day("1-Jan-2000"))
        }),
        (Search::SentOn(day("31-Dec-2019")), |mail| mail.sent == Some(day("31-Dec-2019"))),
        (Search::SentOn(day("1-Jan-2020")), |mail| mail.sent == Some(day("1-Jan-2020"))),
        (Search::SentSince(day("10-Jan-2023")), |mail| mail.sent >= Some(day("10-Jan-2023"))),
        (Search::in_last(hour), |mail| mail.arrived.is_none()),
        (Search::before_last(hour), |mail| mail.arrived.is_some()),
        (Search::SavedSince(day("1-Jan-2020")), |_| true),
        (Search::SavedBefore(day("1-Jan-2020")), |_| false),
        (Search::SavedOn(day("1-Jan-2020")), |_| false),
        (Search::recent(), |_| true),
        (Search::old(), |_| false),
        (Search::New, |mail| !mail.has_flag("\\Seen")),
        (Search::mod_seq(ModSeq::new(1).unwrap()), |_| true),
        (Search::from("ann").and(Search::seen()), |mail| has(&mail.from, "ann") && mail.has_flag("\\Seen")),
        (Search::from("ann").or(Search::from("bob")), |mail| {
            has(&mail.from, "ann") || has(&mail.from, "bob")
        }),
        (Search::any(["ann", "carol", "erin"].map(Search::from)), |mail| {
            ["ann", "carol", "erin"].iter().any(|name| has(&mail.from, name))
        }),
        (!Search::subject("topic"), |mail| !subject(mail, "topic")),
        (!(Search::seen() | Search::flagged()) & Search::from("example.org"), |mail| {
            !(mail.has_flag("\\Seen") || mail.has_flag("\\Flagged")) && has(&mail.from, "example.org")
        }),
    ]
}

#[test]
fn search() {
    Peer::each(|peer| {
        let (mut ann, mails) = open(peer);
        let dated: UidSet = uids_of(&mails, |mail| mail.sent.is_some());
        for by in [FoundBy::ESearch, FoundBy::Search] {
            if by == FoundBy::Search {
                ann.connection.server_mut().switch_off("ESEARCH");
                ann.connection.server_mut().switch_off("CONTEXT=SEARCH");
            }
            for (key, is_found) in keys() {
                let found = call!(ann.search_with(command::Search::uid(key.clone()).all().count())).unwrap();
                assert_eq!((found.by, found.count.map(u64::from)), (by, found.all.len()), "{key}");
                let mut all = found.all;
                if !peer.is_cyrus() && matches!(key, Search::SentBefore(_)) {
                    // To Dovecot, what bears no date was sent before everything.
                    assert!(all.contains(Uid::new(13).unwrap()));
                    all = all.intersection(&dated);
                }
                assert_eq!(all, uids_of(&mails, is_found), "{key}");
                assert_eq!(call!(ann.search(key)).map(|found| found.len()), Ok(found.count.map(u64::from)));
            }
        }
        // What was first seen by another session is new to none.
        let mut again = peer.connect("ann");
        call!(again.select("Mail")).unwrap();
        assert_eq!(call!(again.search(Search::recent())), Ok(UidSet::new()));
        assert_eq!(call!(again.search(Search::old())).unwrap().len(), Some(mails.len() as u64));
    });
}

fn uids_of(mails: &[Mail], is_it: impl Fn(&Mail) -> bool) -> UidSet {
    let numbers = mails.iter().zip(1..).filter(|(mail, _)| is_it(mail)).map(|(_, number)| number);
    numbers.filter_map(Uid::new).collect()
}

/// What is wanted of a result is told by the server, or taken from all of it.
#[test]
fn parts_of_results() {
    Peer::each(|peer| {
        let (mut ann, mails) = open(peer);
        let expected = uids_of(&mails, |mail| mail.has_flag("\\Seen"));
        let numbers: Vec<Uid> = expected.numbers().collect();
        let (first, last) = (numbers.first().copied(), numbers.last().copied());
        for off in ["", "CONTEXT=SEARCH", "ESEARCH"] {
            ann.connection.server_mut().switch_off(off);
            let search = command::Search::uid(Search::seen()).min().max().count();
            let found = call!(ann.search_with(search)).unwrap();
            assert_eq!(
                (found.min, found.max, found.count),
                (first, last, Some(numbers.len() as u32)),
                "{off}"
            );
            for (range, part) in [("2:4", &numbers[1..4]), ("5000:6000", &[])] {
                let search = command::Search::uid(Search::seen()).partial(range.parse().unwrap());
                let found = call!(ann.search_with(search)).unwrap();
                assert_eq!(found.partial, Some(part.iter().copied().collect()), "{off} {range}");
            }
        }
        ann.connection.server_mut().switch_on("ESEARCH");
        ann.connection.server_mut().switch_on("CONTEXT=SEARCH");

        // Kept by the server, where it can.
        let saved = call!(ann.search_with(command::Search::uid(Search::seen()).save().all()));
        if peer.is_cyrus() {
            assert_eq!(saved.unwrap_err(), Unsupported { capability: "SEARCHRES" }.into());
        } else {
            let saved = saved.unwrap();
            assert!(saved.saved && saved.all == expected);
            let fetched = call!(ann.fetch(Messages::Saved { is_uid: true }, Flags)).unwrap();
            assert_eq!(fetched.rows.iter().filter_map(|row| row.uid).collect::<UidSet>(), expected);
            let narrower = call!(ann.search(Search::saved().and(Search::flagged()))).unwrap();
            let is_both = |mail: &Mail| mail.has_flag("\\Seen") && mail.has_flag("\\Flagged");
            assert_eq!(narrower, uids_of(&mails, is_both));
        }
        let unsupported = |key, capability| (key, CommandError::from(Unsupported { capability }));
        for (key, error) in [
            unsupported(Search::email_id("M1"), "OBJECTID"),
            unsupported(Search::subject("lunhc").fuzzy(), "SEARCH=FUZZY"),
        ] {
            let found = call!(ann.search(key));
            assert_eq!(found.err(), peer.pick(Some(error), None));
        }
    });
}

#[test]
fn sort() {
    use SortKey::{Arrival, Cc, Date, DisplayFrom, DisplayTo, From, Size, Subject, To};

    Peer::each(|peer| {
        let (mut ann, mails) = open(peer);
        let mut criteria: Vec<Vec<Criterion>> = Vec::new();
        for key in [Arrival, Cc, Date, DisplayFrom, DisplayTo, From, Size, Subject, To] {
            criteria.extend([vec![key.clone().into()], vec![key.reversed()]]);
        }
        criteria.push(vec![Subject.into(), Date.reversed()]);
        criteria.push(vec![From.into(), Size.reversed(), Arrival.into()]);
        for criteria in criteria {
            let [by_server, by_us] = both(&mut ann, &["SORT", "ESORT"], |ann| {
                let sorted = call!(ann.sort(criteria.clone(), Search::undeleted())).unwrap();
                (sorted.order.numbers().collect::<Vec<Uid>>(), sorted.by)
            });
            assert_eq!(by_server.len(), mails.len() - 1);
            let is_by_subject = criteria.iter().any(|criterion| criterion.key == Subject);
            let compared = |order: &[Uid]| {
                // In subjects, Cyrus does not take accents off letters, so that Ä comes after Z.
                let is_odd = |uid: &Uid| {
                    let subject = mails[uid.get() as usize - 1].subject.as_deref();
                    is_by_subject && peer.is_cyrus() && subject == Some("Äpfel")
                };
                order.iter().filter(|uid| !is_odd(uid)).copied().collect::<Vec<_>>()
            };
            assert_eq!(compared(&by_server), compared(&by_us), "{criteria:?}");
            assert_eq!(by_server != by_us, compared(&by_us) != by_us, "{criteria:?}");
        }

        let mut sizes: Vec<(usize, u32)> = mails.iter().map(|mail| mail.octets().len()).zip(1..).collect();
        sizes.sort_unstable();
        let expected: Vec<Uid> = sizes.into_iter().filter_map(|(_, number)| Uid::new(number)).collect();
        for off in ["", "ESORT", "SORT"] {
            ann.connection.server_mut().switch_off(off);
            let sort = || Sort::uid([Size.into()], Search::all());
            let sorted = call!(ann.sort_with(sort().min().max().count())).unwrap();
            // Cyrus tells the lowest and the highest UID, where RFC 5267 section 3 has the first and the last of the order.
            let is_told_wrong = peer.is_cyrus() && off.is_empty();
            let ends = (expected.first().copied(), expected.last().copied());
            let told = if is_told_wrong { (Uid::new(1), Uid::new(71)) } else { ends };
            assert_eq!((sorted.min, sorted.max), told, "{off}");
            assert_eq!(sorted.count, Some(mails.len() as u32), "{off}");
            let sorted = call!(ann.sort_with(sort().partial("3:5".parse().unwrap()))).unwrap();
            assert_eq!(sorted.partial.unwrap().numbers().collect::<Vec<_>>(), expected[2..5], "{off}");
        }
    });
}

/// What a server makes, and what we make where it cannot.
fn both<T>(
    session: &mut Session,
    words: &[&str],
    mut make: impl FnMut(&mut Session) -> (T, SortedBy),
) -> [T; 2] {
    let (by_server, by) = make(session);
    assert_eq!(by, SortedBy::Server);
    words.iter().for_each(|word| session.connection.server_mut().switch_off(word));
    let (by_us, by) = make(session);
    assert_eq!(by, SortedBy::Client);
    words.iter().for_each(|word| session.connection.server_mut().switch_on(word));
    [by_server, by_us]
}

#[test]
fn thread() {
    Peer::each(|peer| {
        let (mut ann, mails) = open(peer);
        for (algorithm, expected) in [
            (ThreadAlgorithm::References, ["(1 2 4 3)", "((5)(6)(7))", "(10 11)", "(32 44 56 68)"]),
            (
                ThreadAlgorithm::OrderedSubject,
                ["(1 (2)(4)(3))", "(5 (6)(7))", "(26 (27)(28)(29))", "(30 (13)(14)(17))"],
            ),
            (ThreadAlgorithm::Refs, ["(1 2 4 3)", "((5)(6))", "(7)", "(10 11)"]),
        ] {
            let word = format!("THREAD={}", algorithm.as_str());
            let [by_server, by_us] = both(&mut ann, &[&word], |ann| {
                let threads = call!(ann.thread(algorithm.clone(), Search::all())).unwrap();
                (threads.forest, threads.by)
            });
            assert_eq!(by_us.messages().count(), mails.len());
            for thread in expected {
                assert!(by_us.to_string().contains(thread), "{thread}: {by_us}");
            }
            if peer.is_cyrus() && algorithm == ThreadAlgorithm::Refs {
                // Threads with the newest message last: to Cyrus it is the newest by when it was sent, to others by when it
                // arrived, as the draft of REFS has it.
                assert_ne!(by_server, by_us);
                let sorted = |forest: &Forest<Uid>| {
                    let shape = |thread: &[Node<Uid>]| {
                        thread.iter().map(|node| (node.message, node.depth)).collect::<Vec<_>>()
                    };
                    forest.threads().map(shape).collect::<BTreeSet<_>>()
                };
                assert_eq!(sorted(&by_server), sorted(&by_us));
            } else {
                assert_eq!(by_server, by_us, "{algorithm:?}");
            }
            // A part of the mailbox.
            let part = || Search::from("example.org");
            let [by_server, by_us] = both(&mut ann, &[&word], |ann| {
                let threads = call!(ann.thread(algorithm.clone(), part())).unwrap();
                (threads.forest.to_string(), threads.by)
            });
            if !(peer.is_cyrus() && algorithm == ThreadAlgorithm::Refs) {
                assert_eq!(by_server, by_us, "{algorithm:?}");
            }
        }
    });
}
