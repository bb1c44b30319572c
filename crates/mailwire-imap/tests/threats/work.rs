//! Memory and work are by what was sent, not by what it names.

use allocation_counter::measure;
use bytes::BytesMut;
use mailwire_imap::{
    Decoder, Limits, Response, Uid,
    command::{Body, Messages},
    fetch::Item,
    frame::Event,
    list::Pattern,
    response::Data,
    response_code::Code,
};

use super::{client, command, framed, server};

fn response(wire: impl AsRef<[u8]>) -> Response {
    Decoder::default().response(wire.as_ref())
}

#[test]
fn an_announced_size_asks_for_no_memory() {
    for size in ["{4294967295", "{4294967296", "{9223372036854775807", "{67108864"] {
        let line = format!("a APPEND x {size}+}}\r\n");
        let info = measure(|| {
            framed(&mut server(Limits::server()), line.as_bytes(), usize::MAX, |_| false);
        });
        assert!(info.bytes_max < 4096, "{size}: {info:?}");
        let line = format!("* 1 FETCH (BODY[] {size}}}\r\n");
        let info = measure(|| {
            framed(&mut client(), line.as_bytes(), usize::MAX, |_| false);
        });
        assert!(info.bytes_max < 4096, "{size}: {info:?}");
        // A frame in which the octets are not.
        let wire = format!("* LIST () NIL {size}}}\r\nabc");
        let info = measure(|| assert!(matches!(response(&wire), Response::Unknown(_))));
        assert!(info.bytes_max < 4096, "{size}: {info:?}");
    }
}

#[test]
fn ranges_are_never_expanded() {
    for wire in [
        "* VANISHED (EARLIER) 1:4294967295",
        "* OK [COPYUID 1 1:4294967295 1:4294967295] x",
        "* OK [APPENDUID 1 1:4294967295] x",
        "* OK [MODIFIED 1:4294967295] x",
        "* ESEARCH UID ALL 1:4294967295",
    ] {
        let info = measure(|| {
            let read = response(wire);
            assert!(!matches!(read, Response::Unknown(_)), "{read:?}");
            if let Response::Data(Data::Status(status)) = &read {
                assert!(!matches!(status.code, Some(Code::Other { .. })), "{status:?}");
            }
        });
        assert!(info.bytes_max < 8192 && info.count_total < 100, "{wire}: {info:?}");
    }
    let info = measure(|| {
        let Body::Fetch(fetch) = command("a UID FETCH 1:4294967295 UID").unwrap().body else { panic!() };
        let Messages::Uid(uids) = fetch.messages else { panic!() };
        assert_eq!((uids.len(), uids.numbers().next()), (Some(4_294_967_295), Uid::new(1)));
        // Work is by the mailbox.
        let mailbox: mailwire_imap::UidSet = "5:7,100".parse().unwrap();
        assert_eq!(uids.intersection(&mailbox), mailbox);
    });
    assert!(info.bytes_max < 4096, "{info:?}");
    // Eight thousand times everything is everything.
    let wire = format!("a UID FETCH {} UID", vec!["1:*"; 8000].join(","));
    let Body::Fetch(fetch) = command(wire).unwrap().body else { panic!() };
    assert!(matches!(fetch.messages, Messages::Uid(uids) if uids.to_string() == "1:*"));
    let falling: Vec<String> = (1..8000).rev().map(|n| (2 * n).to_string()).collect();
    let wire = format!("a FETCH {} UID", falling.join(","));
    let info = measure(|| assert!(command(&wire).is_ok()));
    assert!(info.bytes_total < 16 * wire.len() as u64, "{info:?}");
}

/// Allocations for `n` and for ten times as much: they grow no faster than what is sent.
fn linear(make: impl Fn(usize) -> Vec<u8>, read: impl Fn(&[u8])) {
    let cost = |n: usize| {
        let wire = make(n);
        let info = measure(|| read(&wire));
        (wire.len() as u64, info.count_total, info.bytes_max)
    };
    let ((octets, count, bytes), (more_octets, more_count, more_bytes)) = (cost(1000), cost(10_000));
    let times = more_octets / octets + 1;
    assert!(
        more_count <= (count + 20) * times && more_bytes <= (bytes + 4096) * times * 2,
        "{more_count} {more_bytes}"
    );
    // And no octet asks for much: a word of three octets and a space becomes a value of some ninety.
    assert!(more_bytes < more_octets * 100, "{more_bytes} for {more_octets}");
}

#[test]
fn responses_cost_what_they_are_long() {
    let list = |item: &'static str| {
        move |n: usize| format!("* 1 FETCH (X-A ({}))", vec![item; n].join(" ")).into_bytes()
    };
    let read = |wire: &[u8]| assert!(!matches!(response(wire), Response::Unknown(_)));
    linear(list("{1}\r\nx"), read);
    linear(list("NIL"), read);
    linear(list("()"), read);
    linear(|n| format!("* SEARCH {}", vec!["7"; n].join(" ")).into_bytes(), read);
    linear(
        |n| {
            format!("* FLAGS ({})", (0..n).rev().map(|i| format!("k{i}")).collect::<Vec<_>>().join(" "))
                .into()
        },
        read,
    );
    linear(|n| format!("* CAPABILITY {}", vec!["X"; n].join(" ")).into(), read);
    linear(|n| format!("* LIST ({}) NIL x", vec!["\\X"; n].join(" ")).into(), read);
    linear(
        |n| {
            format!(
                "* 1 FETCH (ENVELOPE (NIL NIL ({}) NIL NIL NIL NIL NIL NIL NIL))",
                "(NIL NIL \"m\" \"h\")".repeat(n)
            )
            .into()
        },
        read,
    );
    // Damaged ones too.
    linear(
        |n| format!("* 1 FETCH (ENVELOPE (NIL NIL ({}) NIL))", "(NIL NIL \"m\" \"h\")".repeat(n)).into(),
        read,
    );
    linear(
        |n| format!("* 1 FETCH (BODYSTRUCTURE ({} NIL))", "(\"A\" NIL NIL NIL \"7BIT\" 1)".repeat(n)).into(),
        read,
    );
    linear(|n| format!("* 1 FETCH (UID 5 ENVELOPE {})", "\"a\"b\" ".repeat(n)).into(), read);
    linear(|n| format!("* 1 FETCH (UID 5 X-A \"{}\")", "a\"b".repeat(n)).into(), read);
    linear(|n| format!("* THREAD {}", "(1 2)".repeat(n)).into(), read);
    linear(|n| format!("* OK [PERMANENTFLAGS ({})] x", vec!["a"; n].join(" ")).into(), read);
    linear(|n| format!("* NO {}", "[".repeat(n)).into(), read);
}

#[test]
fn commands_cost_what_they_are_long() {
    let read = |wire: &[u8]| {
        let _ = command(wire);
    };
    linear(|n| format!("a SEARCH {}", vec!["ALL"; n].join(" ")).into(), read);
    linear(|n| format!("a SEARCH {}", "TEXT {1}\r\nx ".repeat(n)).into(), read);
    linear(
        |n| {
            format!(
                "a STORE 1 FLAGS ({})",
                (0..n).rev().map(|i| format!("k{i}")).collect::<Vec<_>>().join(" ")
            )
            .into()
        },
        read,
    );
    linear(|n| format!("a FETCH 1 ({})", vec!["BODY[1.2.3]"; n].join(" ")).into(), read);
    linear(|n| format!("a LIST \"\" ({})", vec!["%"; n].join(" ")).into(), read);
    linear(|n| format!("a ID ({})", vec!["\"a\" NIL"; n].join(" ")).into(), read);
    linear(|n| format!("a NOTIFY SET (MAILBOXES ({}) (MessageNew))", vec!["x"; n].join(" ")).into(), read);
    linear(|n| format!("a {}", "(".repeat(n)).into(), read);
    linear(|n| format!("a SEARCH {}", "NOT ".repeat(n)).into(), read);
    linear(|n| format!("a SEARCH {}", "OR ".repeat(n)).into(), read);
    linear(|n| format!("a SELECT \"{}\"", "\\\"".repeat(n)).into(), read);
}

#[test]
fn depth_does_not_reach_the_stack() {
    for n in [430, 60_000] {
        for open in [
            "* 1 FETCH (BODYSTRUCTURE ",
            "* 1 FETCH (BODY ",
            "* 1 FETCH (ENVELOPE ",
            "* 1 FETCH (X-A ",
            "* 1 FETCH ",
            "* THREAD ",
            "* NAMESPACE ",
            "* METADATA x ",
            "* LIST () NIL x (X ",
            "* STATUS x (X ",
            "* ESEARCH X ",
            "* OK [BADCHARSET ",
            "* ID ",
            "* URLFETCH x ",
            "* FLAGS ",
        ] {
            for wire in [
                format!("{open}{}", "(".repeat(n)),
                format!("{open}{}{}", "(".repeat(n), ")".repeat(n)),
                format!("{open}{}", "(NIL ".repeat(n)),
                format!("{open}{}", "(\"\" ".repeat(n)),
            ] {
                let _ = response(wire);
            }
        }
        for open in [
            "SEARCH ",
            "NOOP ",
            "FETCH 1 ",
            "STORE 1 ",
            "LIST ",
            "ID ",
            "NOTIFY SET ",
            "SELECT x ",
            "ESEARCH IN ",
        ] {
            for nested in ["(", "NOT ", "OR ", "OR ALL ", "(OR ", "FUZZY "] {
                let _ = command(format!("a {open}{}", nested.repeat(n / nested.len())));
            }
        }
    }
}

#[test]
fn ten_mebibytes_octet_by_octet_are_copied_once() {
    let size = 10 * 1024 * 1024;
    let wire =
        [format!("* 1 FETCH (BODY[] {{{size}}}\r\n").as_bytes(), &vec![b'x'; size][..], b")\r\n"].concat();
    let (mut framer, mut input) = (client(), BytesMut::with_capacity(wire.len()));
    let mut found = None;
    let info = measure(|| {
        for octet in &wire {
            input.extend_from_slice(&[*octet]);
            if let Some(event) = framer.next_event(&mut input).unwrap() {
                assert!(found.replace(event).is_none());
            }
        }
    });
    assert!(info.bytes_total < 4096, "the octets stay where they came: {info:?}");
    let Some(Event::Frame(frame)) = found else { panic!() };
    let info = measure(|| {
        let Response::Data(Data::Fetch(fetch)) = Decoder::default().response(frame) else { panic!() };
        assert!(matches!(&fetch.items[0], Item::Body(body) if body.content.octets().unwrap().len() == size));
    });
    assert!(info.bytes_total < 4096, "and are not copied into the value: {info:?}");
}

#[test]
fn what_is_streamed_is_not_held() {
    let size = 100 * 1024 * 1024_u64;
    let (mut framer, mut streamed) = (server(Limits::server()), 0);
    let piece = vec![b'x'; 64 * 1024];
    let info = measure(|| {
        let mut input = BytesMut::from(format!("a APPEND x {{{size}+}}\r\n").as_bytes());
        while streamed < size {
            match framer.next_event(&mut input).unwrap() {
                Some(Event::Chunk(octets)) => streamed += octets.len() as u64,
                Some(_) => {}
                None => input.extend_from_slice(&piece),
            }
        }
    });
    assert!(info.bytes_max < 512 * 1024, "{info:?}");
}

#[test]
fn patterns_do_not_multiply() {
    let name = "a".repeat(10_000);
    let info = measure(|| {
        for pattern in
            ["%a".repeat(1000) + "b", "*a".repeat(1000) + "*b", "%".repeat(10_000), "*".repeat(60_000) + "b"]
        {
            let _ = Pattern::new(&pattern, Some(b'/')).matches(&mailwire_imap::Mailbox::new(&name));
        }
    });
    assert!(info.bytes_total < 1024 * 1024 && info.count_total < 100, "{info:?}");
    // Very many of them do not fit into a line.
    let wire = format!("a LIST \"\" ({})\r\n", vec!["%"; 100_000].join(" "));
    assert!(framed(&mut server(Limits::server()), wire.as_bytes(), 1000, |_| false).error.is_some());
    let wire = format!("a NOTIFY SET (MAILBOXES ({}) (MessageNew))\r\n", vec!["x"; 100_000].join(" "));
    assert!(framed(&mut server(Limits::server()), wire.as_bytes(), 1000, |_| false).error.is_some());
}

#[test]
fn keywords_are_sorted_and_not_hashed() {
    // No keyword can collide with another, however it is chosen: a set of a hundred thousand is one sort.
    let words: Vec<String> = (0..100_000).rev().map(|n| format!("k{n}")).collect();
    let wire = format!("* FLAGS ({})", words.join(" "));
    let info = measure(|| {
        let Response::Data(Data::Flags(flags)) = response(&wire) else { panic!() };
        assert_eq!(flags.len(), 100_000);
    });
    assert!(info.bytes_max < 100 * wire.len() as u64, "{info:?}");
}
