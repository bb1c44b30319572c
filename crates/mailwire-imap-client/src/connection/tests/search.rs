//! Searches in a session: whose answer is whose, what goes on after the end, in pieces of any size.

use mailwire_imap::{ModSeq, Search as Key, command::SortKey, command::ThreadAlgorithm};

use super::*;
use crate::command::{CancelUpdate, FoundBy, Live, MultiSearch, Search, Sort, Thread};

impl Peer {
    /// What the server says, in which `%1` is the tag of the first command of which it has not spoken, and so on; in
    /// pieces of `size` octets. Then none of them is spoken of any more.
    fn says_to(&mut self, text: &str, size: usize) -> Vec<Event> {
        let mut text = text.to_string();
        for (index, tag) in self.tags.drain(..).enumerate() {
            text = text.replace(&format!("%{}", index + 1), &tag);
        }
        let mut events = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            self.input.extend_from_slice(piece);
            self.connection.handle_input(self.now, &mut self.input).unwrap();
            events.extend(core::iter::from_fn(|| self.connection.poll_event()));
        }
        events
    }

    fn answer<C: Command>(&mut self, ticket: &Ticket<C>) -> C::Output {
        self.connection.take(ticket).unwrap().unwrap()
    }
}

#[test]
fn answers_are_told_apart_by_tag() {
    for size in 1..60 {
        let mut peer = Peer::selected("ESEARCH ESORT SORT");
        let first = peer.send(Search::uid(Key::unseen()).count());
        let second = peer.send(Search::uid(Key::flagged()).all());
        let sorted = peer.send(Sort::uid([SortKey::Date.into()], Key::all()).count());
        peer.hears(&[
            "UID SEARCH RETURN (COUNT) UNSEEN",
            "UID SEARCH RETURN (ALL) FLAGGED",
            "UID SORT RETURN (COUNT) (DATE) US-ASCII ALL",
        ]);
        let events = peer.says_to(
            "* ESEARCH (TAG \"%3\") UID COUNT 7\r\n* ESEARCH (TAG \"%2\") UID ALL 5,7\r\n\
             * ESEARCH (TAG \"nobody\") UID ALL 9\r\n* ESEARCH (TAG \"%1\") UID COUNT 3\r\n\
             %2 OK done\r\n%1 OK done\r\n%3 OK done\r\n",
            size,
        );
        assert_eq!(events.len(), 4, "{events:?}");
        assert!(matches!(&events[0], Event::Data { data: Data::ESearch(_) }));
        assert_eq!(peer.answer(&first).count, Some(3));
        assert_eq!(peer.answer(&second).all.to_string(), "5,7");
        assert_eq!(peer.answer(&sorted).count, Some(7));
    }
}

#[test]
fn a_plain_answer_is_of_the_oldest_and_alone() {
    let mut peer = Peer::selected("");
    let (first, second) = (peer.send(Search::uid(Key::unseen())), peer.send(Search::uid(Key::flagged())));
    let thread = peer.send(Thread::uid(ThreadAlgorithm::References, Key::all()));
    peer.hears(&["UID SEARCH UNSEEN"]);
    peer.says_to("* SEARCH 3 4\r\n* 4 EXISTS\r\n%1 OK done\r\n", 5);
    peer.hears(&["UID SEARCH FLAGGED"]);
    assert!(matches!(peer.connection.take(&thread), Some(Err(CommandError::Unsupported(_)))));
    peer.says_to("* SEARCH\r\n%1 OK done\r\n", 5);
    let (first, second) = (peer.answer(&first), peer.answer(&second));
    assert_eq!((first.all.to_string().as_str(), first.by), ("3:4", FoundBy::Search));
    assert_eq!((second.count, second.by), (Some(0), FoundBy::Search));
}

#[test]
fn a_plain_answer_to_esearch_is_read() {
    let mut peer = Peer::selected("ESEARCH");
    let search = peer.send(Search::uid(Key::unseen()).min().count());
    peer.hears(&["UID SEARCH RETURN (MIN COUNT) UNSEEN"]);
    peer.says_to("* SEARCH 9 3 4 \r\n%1 OK done\r\n", 7);
    let found = peer.answer(&search);
    assert_eq!((found.count, found.min, found.by), (Some(3), Uid::new(3), FoundBy::Search));
}

#[test]
fn a_result_goes_on_until_it_is_cancelled() {
    let mut peer = Peer::selected("CONTEXT=SEARCH IDLE");
    let search = || Search::sequence(Key::flagged()).update();
    let (refused, live) = (peer.send(search()), peer.send(search()));
    peer.hears(&["SEARCH RETURN (UPDATE COUNT ALL) FLAGGED"; 2]);
    let tag = peer.tags[1].clone();
    let events = peer.says_to(
        "* NO [NOUPDATE \"%1\"] one is enough\r\n* ESEARCH (TAG \"%2\") COUNT 2 ALL 1,3\r\n\
         * ESEARCH (TAG \"%1\") COUNT 2 ALL 1,3\r\n%1 OK done\r\n%2 OK done\r\n",
        11,
    );
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(!peer.answer(&refused).is_live);
    let mut live: Live<_> = peer.answer(&live).live().unwrap();
    // News come whenever they like.
    let news = format!(
        "* ESEARCH (TAG \"{tag}\") REMOVEFROM (0 1)\r\n* 1 EXPUNGE\r\n* 3 EXISTS\r\n\
         * ESEARCH (TAG \"{tag}\") ADDTO (0 3)\r\n"
    );
    for event in peer.says_to(&news, 13) {
        live.handle(&event);
    }
    assert_eq!(live.set().unwrap().to_string(), "2:3");
    let cancel: CancelUpdate = live.cancel();
    peer.send(cancel);
    peer.hears(&[&format!("CANCELUPDATE \"{tag}\"")]);
}

#[test]
fn many_mailboxes_at_once() {
    let mut peer = Peer::authenticated("MULTISEARCH");
    let everywhere = || MultiSearch::new([mailwire_imap::MailboxFilter::Personal], Key::unseen()).count();
    let (first, second) = (peer.send(everywhere()), peer.send(everywhere()));
    peer.hears(&["ESEARCH IN (personal) RETURN (COUNT) UNSEEN"; 2]);
    peer.says_to(
        "* ESEARCH (TAG \"%1\" MAILBOX a UIDVALIDITY 1) UID COUNT 2\r\n\
         * ESEARCH (TAG \"%2\" MAILBOX a UIDVALIDITY 1) UID COUNT 3\r\n\
         * ESEARCH (TAG \"%1\" MAILBOX b UIDVALIDITY 1) UID COUNT 4\r\n%1 OK done\r\n%2 OK done\r\n",
        17,
    );
    let counts = |found: crate::command::FoundEverywhere| {
        found.mailboxes.iter().map(|one| one.found.count.unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((counts(peer.answer(&first)), counts(peer.answer(&second))), (vec![2, 4], vec![3]));
}

#[test]
fn modification_sequences_are_enabled_by_looking_for_them() {
    let mut peer = Peer::selected("CONDSTORE");
    let search = peer.send(Search::uid(Key::unseen().and(Key::mod_seq(ModSeq::new(7).unwrap()).not())));
    peer.hears(&["UID SEARCH UNSEEN NOT MODSEQ 7"]);
    assert!(!peer.connection.server().enabled().condstore);
    peer.says_to("* SEARCH 3 (MODSEQ 9)\r\n%1 OK done\r\n", 9);
    assert!(peer.connection.server().enabled().condstore);
    assert_eq!(peer.answer(&search).mod_seq, ModSeq::new(9));
}

#[test]
fn numbers_are_not_searched_where_there_are_none() {
    let mut peer = Peer::selected("ENABLE UIDONLY");
    peer.send(Body::Enable(mailwire_imap::Capabilities::new(["UIDONLY"]).unwrap()));
    peer.sent();
    peer.says_to("* ENABLED UIDONLY\r\n%1 OK done\r\n", 100);
    let search = peer.send(Search::sequence(Key::unseen()));
    assert_eq!(peer.connection.take(&search), Some(Err(CommandError::NoSequenceNumbers)));
    let search = peer.send(Search::uid(Key::sequence("1:3".parse::<mailwire_imap::SequenceSet>().unwrap())));
    assert_eq!(peer.connection.take(&search), Some(Err(CommandError::NoSequenceNumbers)));
    peer.send(Search::uid(Key::unseen()));
    peer.hears(&["UID SEARCH UNSEEN"]);
}

#[test]
fn a_search_among_many_uids_is_sent_in_pieces() {
    let mut peer = Peer::new(Config { line: 100, ..Config::default() });
    peer.says("* PREAUTH [CAPABILITY IMAP4rev2] hi\r\n").unwrap();
    let uids: UidSet = (1..100).step_by(2).filter_map(Uid::new).collect();
    let search = peer.send(Search::uid(Key::unseen().and(Key::uids(uids))).all().min());
    let mut pieces = 0;
    while let [line] = &peer.sent()[..] {
        let asked = line.strip_prefix("UID SEARCH RETURN (MIN ALL) UNSEEN UID ").unwrap();
        assert!(line.len() + 11 <= 100, "{line}");
        // All but the last one of each.
        let (found, _) = asked.rsplit_once(',').unwrap_or_default();
        let min = asked.split(',').next().unwrap();
        let line = format!("* ESEARCH (TAG \"%1\") UID MIN {min} ALL {found}\r\n%1 OK done\r\n");
        peer.says_to(&line, 1000);
        pieces += 1;
    }
    let found = peer.answer(&search);
    assert!(pieces > 2);
    assert_eq!((found.count, found.all.len()), (Some(50 - pieces), Some(u64::from(50 - pieces))));
    assert_eq!((found.min, found.max.is_some()), (Uid::new(1), true));
}
