//! A session that is made anew when it is lost.

mod imap_support;

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use imap_support::{Peer, plaintext};
use mailwire_tokio::imap::{
    Backoff, Client, Connect, Error, Event, News, Reconnecting, Reopened, Session as _,
    codec::{UidSet, command::Messages},
    command::{Fetch, Noop, fetch::Flags},
};
use tokio::io::DuplexStream;

/// What comes of the next attempts to connect; after them nobody is there.
#[derive(Clone, Default)]
struct Network(Arc<Mutex<VecDeque<Result<DuplexStream, io::ErrorKind>>>>);

impl Network {
    /// The next one reaches this server.
    fn listen(&self) -> Peer {
        let (ours, peer) = Peer::pair();
        self.0.lock().unwrap().push_back(Ok(ours));
        peer
    }

    /// The next one fails.
    fn refuse(&self, error: io::ErrorKind) {
        self.0.lock().unwrap().push_back(Err(error));
    }

    fn session(&self) -> Reconnecting<impl Connect + use<>> {
        let network = self.clone();
        Reconnecting::new(move || {
            let next = network.0.lock().unwrap().pop_front().unwrap_or(Err(io::ErrorKind::ConnectionRefused));
            async move { Client::from_stream(next.map_err(io::Error::from)?, "localhost", plaintext()).await }
        })
    }
}

async fn greets(peer: &mut Peer) {
    peer.says("* PREAUTH [CAPABILITY IMAP4rev1 QRESYNC UNSELECT IDLE] ready\r\n").await;
}

/// Opens INBOX, of which there are three messages.
async fn opens(peer: &mut Peer) {
    greets(peer).await;
    let answer =
        "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\n* OK [HIGHESTMODSEQ 90] ok\r\n";
    peer.expects("SELECT INBOX", answer).await;
}

const RESYNC: &str = "SELECT INBOX (QRESYNC (7 90))";

async fn lost<C: Connect>(session: &mut Reconnecting<C>) -> (Error, Duration) {
    match session.next().await.unwrap() {
        News::Lost { error, pause } => (error, pause),
        other => panic!("{other:?}"),
    }
}

async fn connected<C: Connect>(session: &mut Reconnecting<C>) -> Reopened {
    match session.next().await.unwrap() {
        News::Connected { mailbox } => mailbox,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_session_comes_back_with_its_mailbox_and_what_has_changed() {
    let network = Network::default();
    let mut session = network.session();
    let mut first = network.listen();
    let select = async { session.client().await.unwrap().select("INBOX").await.unwrap() };
    tokio::join!(select, opens(&mut first));
    // What was told before the end is not lost, and nobody is there at first.
    first.says("* 4 EXISTS\r\n* BYE restarting\r\n").await;
    drop(first);
    network.refuse(io::ErrorKind::ConnectionRefused);
    network.refuse(io::ErrorKind::ConnectionReset);
    let mut second = network.listen();
    let script = async {
        greets(&mut second).await;
        second.expects("ENABLE QRESYNC", "* ENABLED QRESYNC\r\n").await;
        let answer = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [HIGHESTMODSEQ 95] ok\r\n\
            * VANISHED (EARLIER) 2\r\n* 3 FETCH (UID 10 FLAGS (\\Seen) MODSEQ (95))\r\n";
        second.expects(RESYNC, answer).await;
        second.expects("NOOP", "").await;
    };
    let news = async {
        assert!(matches!(connected(&mut session).await, Reopened::Nothing));
        let News::Event(Event::Exists { count: 4, before: 3 }) = session.next().await.unwrap() else {
            panic!()
        };
        let News::Event(Event::Bye { .. }) = session.next().await.unwrap() else { panic!() };
        let mut pauses = Vec::new();
        for _ in 0..3 {
            let (error, pause) = lost(&mut session).await;
            assert!(error.is_temporary(), "{error}");
            pauses.push(pause.as_millis());
        }
        let is_in = |pause: u128, longest: u128| (longest * 3 / 4..=longest).contains(&pause);
        assert!(is_in(pauses[0], 1000) && is_in(pauses[1], 2000) && is_in(pauses[2], 4000), "{pauses:?}");
        let Reopened::Resynced(resynced) = connected(&mut session).await else { panic!() };
        assert_eq!(resynced.opened.vanished.to_string(), "2");
        assert_eq!(resynced.opened.changed[0].uid().unwrap().get(), 10);
        let client = session.client().await.unwrap();
        assert_eq!(client.selected().unwrap().exists, 3);
        client.run(Noop).await.unwrap();
        assert!(session.is_connected());
    };
    tokio::join!(script, news);
}

#[tokio::test(start_paused = true)]
async fn a_mailbox_that_is_another_one_is_left_closed() {
    for (select, is_replaced) in [
        ("* 9 EXISTS\r\n* OK [UIDVALIDITY 8] ok\r\n% OK done\r\n", true),
        ("* 9 EXISTS\r\n% OK a server that does not say which\r\n", true),
        ("% NO [NONEXISTENT] gone\r\n", false),
    ] {
        let network = Network::default();
        let mut session = network.session();
        let mut first = network.listen();
        let opened = async { session.client().await.unwrap().select("INBOX").await.unwrap() };
        tokio::join!(opened, opens(&mut first));
        drop(first);
        let mut second = network.listen();
        let script = async {
            greets(&mut second).await;
            second.expects("ENABLE QRESYNC", "* ENABLED QRESYNC\r\n").await;
            second.expects(RESYNC, select).await;
            if is_replaced {
                second.expects("UNSELECT", "").await;
            }
            second.expects("UID FETCH 1:* (UID FLAGS)", "% BAD nothing is selected\r\n").await;
        };
        let news = async {
            connected(&mut session).await;
            lost(&mut session).await;
            match connected(&mut session).await {
                Reopened::Replaced { mailbox } => assert!(is_replaced && mailbox == "INBOX"),
                Reopened::Refused { mailbox, error } => {
                    assert!(!is_replaced && mailbox == "INBOX" && error.to_string().contains("gone"));
                }
                other => panic!("{other:?}"),
            }
            // No UID of before hits a message of another mailbox.
            let client = session.client().await.unwrap();
            assert!(client.selected().is_none());
            let fetch = Fetch::new(Messages::Uid(UidSet::all()), Flags);
            assert!(matches!(client.run(fetch).await, Err(Error::Command(_))));
        };
        tokio::join!(script, news);
    }
}

/// It was opened, but what has changed cannot be found out.
#[tokio::test(start_paused = true)]
async fn a_mailbox_that_cannot_be_compared_is_left_closed() {
    let network = Network::default();
    let mut session = network.session();
    let mut first = network.listen();
    let opened = async { session.client().await.unwrap().select("INBOX").await.unwrap() };
    tokio::join!(opened, opens(&mut first));
    drop(first);
    let mut second = network.listen();
    let script = async {
        second.says("* PREAUTH [CAPABILITY IMAP4rev1 UNSELECT] ready\r\n").await;
        let answer = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 10] ok\r\n";
        second.expects("SELECT INBOX", answer).await;
        second.expects("UID SEARCH UID 1:9", "% NO no index\r\n").await;
        second.expects("UNSELECT", "").await;
    };
    let news = async {
        connected(&mut session).await;
        lost(&mut session).await;
        let Reopened::Refused { mailbox, error } = connected(&mut session).await else { panic!() };
        assert!(mailbox == "INBOX" && error.to_string().contains("no index"), "{error}");
        assert!(session.client().await.unwrap().selected().is_none());
    };
    tokio::join!(script, news);
}

/// A pause that was begun goes on, and what is known of the mailbox stays for the next attempt.
#[tokio::test(start_paused = true)]
async fn futures_may_be_dropped() {
    let network = Network::default();
    let mut session = network.session();
    let mut first = network.listen();
    let opened = async { session.client().await.unwrap().select("INBOX").await.unwrap() };
    tokio::join!(opened, opens(&mut first));
    drop(first);
    connected(&mut session).await;
    let (_, pause) = lost(&mut session).await;
    let (mut second, mut third) = (network.listen(), network.listen());
    for _ in 0..3 {
        assert!(tokio::time::timeout(pause * 2 / 5, session.next()).await.is_err());
    }
    // The third has connected, and was dropped before the greeting.
    assert_eq!(network.0.lock().unwrap().len(), 1);
    assert!(second.rest().await.is_empty());
    let script = async {
        greets(&mut third).await;
        third.expects("ENABLE QRESYNC", "* ENABLED QRESYNC\r\n").await;
        third.expects(RESYNC, "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n").await;
    };
    let news = async { assert!(matches!(connected(&mut session).await, Reopened::Resynced(_))) };
    tokio::join!(script, news);
}

#[tokio::test(start_paused = true)]
async fn what_does_not_pass_is_returned_and_so_is_the_last_of_some_failures() {
    let network = Network::default();
    let mut session = network.session();
    // No certificate becomes better by waiting.
    network.refuse(io::ErrorKind::InvalidData);
    assert!(matches!(session.next().await, Err(Error::Io(_))));
    let mut peer = network.listen();
    greets(&mut peer).await;
    assert!(session.client().await.is_ok(), "the next call tries again");
    // What was logged out stays so until it is wanted again.
    let ended = async {
        session.client().await.unwrap().run(mailwire_tokio::imap::command::Logout).await.unwrap();
    };
    tokio::join!(ended, peer.expects("LOGOUT", "* BYE bye\r\n"));
    assert!(!session.is_connected());
    assert!(matches!(session.client().await, Err(Error::Closed)));

    let mut backoff = Backoff::default();
    backoff.attempts = Some(3);
    let mut session = Network::default().session().with_backoff(backoff);
    assert!(session.client().await.unwrap_err().is_temporary());
    let pauses = [lost(&mut session).await.1, lost(&mut session).await.1];
    assert!(pauses[1] > pauses[0]);
}

#[tokio::test(start_paused = true)]
async fn pauses_have_a_longest_and_begin_anew_after_a_good_session() {
    let network = Network::default();
    let mut backoff = Backoff::default();
    (backoff.first, backoff.longest) = (Duration::from_secs(8), Duration::from_secs(16));
    let mut session = network.session().with_backoff(backoff);
    for least in [6, 12, 12, 12] {
        let (_, pause) = lost(&mut session).await;
        assert!(pause >= Duration::from_secs(least) && pause <= backoff.longest, "{pause:?}");
    }
    // One that ends at once is no good session; one that lasts is.
    for (lasts, most) in [(Duration::ZERO, backoff.longest), (backoff.stable, backoff.first)] {
        let mut peer = network.listen();
        greets(&mut peer).await;
        connected(&mut session).await;
        tokio::time::advance(lasts).await;
        drop(peer);
        let (_, pause) = lost(&mut session).await;
        assert!(pause <= most && pause >= most * 3 / 4, "{pause:?} after {lasts:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_is_done_again_when_the_line_breaks_and_not_when_it_is_refused() {
    let network = Network::default();
    let mut session = network.session();
    let (mut first, mut second) = (network.listen(), network.listen());
    let script = async {
        opens(&mut first).await;
        assert_eq!(first.hears().await.as_deref(), Some("UID FETCH 1:* (UID FLAGS)"));
        first.says("* 1 FETCH (UID 1 FLA").await;
        drop(first);
        greets(&mut second).await;
        second.expects("ENABLE QRESYNC", "* ENABLED QRESYNC\r\n").await;
        second.expects(RESYNC, "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n").await;
        second.expects("UID FETCH 1:* (UID FLAGS)", "* 1 FETCH (UID 9 FLAGS (\\Seen))\r\n").await;
        second.expects("NOOP", "% NO not now\r\n").await;
    };
    let mut times = 0;
    let job = async {
        session.client().await.unwrap().select("INBOX").await.unwrap();
        let fetched = session
            .repeat(async |client| {
                times += 1;
                client.run(Fetch::new(Messages::Uid(UidSet::all()), Flags)).await
            })
            .await
            .unwrap();
        assert_eq!((fetched.rows[0].uid.unwrap().get(), times), (9, 2));
        let refused = session.repeat(async |client| client.run(Noop).await).await;
        assert!(matches!(refused, Err(Error::Command(_))));
    };
    tokio::join!(script, job);
}

/// It runs in a task that may change its thread, and it can be watched from the start.
#[tokio::test(start_paused = true)]
async fn it_idles_in_each_session() {
    let network = Network::default();
    let (mut first, mut second) = (network.listen(), network.listen());
    let mut session = network.session();
    session.watch(true);
    let events = tokio::spawn(async move {
        let mut texts = Vec::new();
        session.repeat(async |client| client.run(Noop).await).await.unwrap();
        while texts.len() < 2 {
            if let News::Event(Event::Status { status }) = session.next().await.unwrap() {
                texts.push(status.to_string_lossy());
            }
        }
        session.logout().await.unwrap();
        texts
    });
    let script = async {
        greets(&mut first).await;
        first.expects("NOOP", "").await;
        first.expects("IDLE", "+ idling\r\n").await;
        first.says("* OK still here\r\n").await;
        drop(first);
        greets(&mut second).await;
        second.expects("IDLE", "+ idling\r\n").await;
        second.says("* OK here again\r\n").await;
        assert_eq!(second.line().await.as_deref(), Some("DONE"));
        second.says("% OK idled\r\n").await;
        second.expects("LOGOUT", "* BYE bye\r\n").await;
    };
    script.await;
    assert_eq!(events.await.unwrap(), ["still here", "here again"]);
}
