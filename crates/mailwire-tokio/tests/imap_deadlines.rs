//! Deadlines, with a clock that stands still until nothing else can happen.

mod imap_support;

use std::time::Duration;

use imap_support::{Peer, selected};
use mailwire_tokio::imap::{
    Error,
    codec::{Uid, UidSet, section::Section},
    command::{Append, Noop, fetch::Flags},
};
use tokio::time::{Instant, sleep};

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

/// Reads on and says nothing.
async fn silent(mut peer: Peer) {
    peer.rest().await;
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_noticed() {
    for said in ["", "* 1 FETCH (UID 4 FLA", "* 1 FETCH (UID 4 BODY[] {10}\r\nabc"] {
        let (mut client, mut peer) = selected("").await;
        let start = Instant::now();
        let script = async {
            peer.says(said).await;
            silent(peer).await;
        };
        let session = async {
            let error = client.run(Noop).await.unwrap_err();
            assert!(error.is_fatal() && error.is_temporary(), "{error}");
            assert!(error.to_string().contains("no answer in time"), "{error}");
            drop(client);
        };
        tokio::join!(session, script);
        assert_eq!(start.elapsed(), minutes(5));
    }
}

#[tokio::test(start_paused = true)]
async fn an_end_of_idle_that_is_never_answered_is_noticed() {
    let (mut client, mut peer) = selected("IDLE").await;
    let script = async {
        peer.expects("IDLE", "+ idling\r\n").await;
        silent(peer).await;
    };
    let session = async {
        let mut idle = client.idle().unwrap();
        let start = Instant::now();
        let error = idle.next().await.unwrap_err();
        assert!(error.to_string().contains("the end of IDLE"), "{error}");
        assert_eq!(start.elapsed(), minutes(29));
        drop(idle);
        drop(client);
    };
    tokio::join!(session, script);
}

#[tokio::test(start_paused = true)]
async fn the_server_is_not_blamed_for_what_this_side_takes_long_for() {
    let (mut client, mut peer) = selected("").await;
    let script = async {
        peer.expects("NOOP", "").await;
        assert_eq!(peer.hears().await.unwrap(), "UID FETCH 1:* (UID FLAGS)");
        for uid in 1..=8 {
            peer.says(&format!("* {uid} FETCH (UID {uid} FLAGS ())\r\n")).await;
            sleep(minutes(4)).await;
        }
        peer.says("% OK done\r\n").await;
    };
    let session = async {
        let ticket = client.send(Noop).unwrap();
        // The command has not even left.
        sleep(minutes(10)).await;
        client.wait(ticket).await.unwrap();
        let mut rows = client.fetch(UidSet::all(), Flags).await.unwrap();
        let mut count = 0;
        while rows.try_next().await.unwrap().is_some() {
            count += 1;
            sleep(minutes(10)).await;
        }
        assert_eq!(count, 8);
    };
    tokio::join!(session, script);
}

#[tokio::test(start_paused = true)]
async fn a_slow_source_and_a_long_answer_are_no_silence() {
    /// One octet in four minutes.
    async fn trickle(mut writer: tokio::io::DuplexStream) {
        for _ in 0..10 {
            sleep(minutes(4)).await;
            tokio::io::AsyncWriteExt::write_all(&mut writer, b"x").await.unwrap();
        }
    }
    let (mut client, mut peer) = selected("LITERAL+").await;
    let (reader, writer) = tokio::io::duplex(1);
    let script = async {
        peer.hears().await.unwrap();
        assert_eq!(peer.literal(10).await.0, b"xxxxxxxxxx");
        peer.says("% OK done\r\n").await;
        assert_eq!(peer.hears().await.unwrap(), "UID FETCH 5 (UID BODY.PEEK[])");
        peer.says("* 1 FETCH (UID 5 BODY[] {100000}\r\n").await;
        for _ in 0..10 {
            sleep(minutes(4)).await;
            peer.sends(&[b'x'; 10_000]).await;
        }
        peer.says(")\r\n% OK done\r\n").await;
    };
    let session = async {
        client.append_from(Append::streamed("Sent", 10), reader).await.unwrap();
        let body = client.fetch_body(Uid::new(5).unwrap(), Section::whole()).await.unwrap();
        assert_eq!(body.read_to_end(100_000).await.unwrap().len(), 100_000);
    };
    tokio::join!(session, script, trickle(writer));
}

#[tokio::test(start_paused = true)]
async fn a_source_that_says_nothing_any_more_waits_as_long_as_its_owner_does() {
    let (mut client, mut peer) = selected("LITERAL+").await;
    let (reader, writer) = tokio::io::duplex(1);
    let session = async {
        let append = client.append_from(Append::streamed("Sent", 10), reader);
        assert!(tokio::time::timeout(minutes(600), append).await.is_err());
        // The end of the source is the end of the session, then.
        drop(writer);
        let error = client.run(Noop).await.unwrap_err();
        assert!(matches!(error, Error::SourceTooShort { missing: 10 }), "{error}");
        drop(client);
    };
    tokio::join!(session, async { drop(peer.rest().await) });
}
