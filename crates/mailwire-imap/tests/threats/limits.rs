//! Each limit holds at n and not at n + 1.

use mailwire_imap::{Decoder, Limits, Quirks, Response, frame::FramingError};

use super::{command, framed, server};

#[test]
fn the_limits_of_the_best_servers() {
    let (before, after, client) = (Limits::before_login(), Limits::server(), Limits::client());
    assert_eq!((before.line, after.line, client.line), (8 * 1024, 64 * 1024, 1024 * 1024));
    assert_eq!((before.inline_literals, after.inline_literals), (8 * 1024, 128 * 1024));
    assert_eq!((before.nesting, after.nesting, client.nesting), (1, 100, 100));
    assert_eq!(Limits::default(), client);
    assert!(after.inline_literal <= after.inline_literals && after.streamed_literals >= 1);
}

#[test]
fn lines() {
    for limits in [Limits::before_login(), Limits::server(), Limits::client()] {
        let limit = limits.line;
        for piece in [1000, usize::MAX] {
            let line =
                |length: usize| [b"a ".repeat(length.div_ceil(2)).split_at(length).0, b"\r\n"].concat();
            let found = framed(&mut server(limits.clone()), &line(limit), piece, |_| false);
            assert_eq!((found.frames.len(), found.error), (1, None));
            let found = framed(&mut server(limits.clone()), &line(limit + 1), piece, |_| false);
            assert_eq!((found.frames.len(), found.error), (0, Some(FramingError::LineTooLong { limit })));
            // Nobody waits for the end of a line that is too long already.
            let endless = vec![b'('; limit + 1];
            let found = framed(&mut server(limits.clone()), &endless, piece, |_| false);
            assert_eq!(found.error, Some(FramingError::LineTooLong { limit }));
        }
    }
}

#[test]
fn literals_that_are_collected_are_few_in_sum() {
    // `a SEARCH` and then literals again and again: those over the sum are announced as streamed, and refused.
    for limits in [Limits::before_login(), Limits::server()] {
        let each = 4096;
        let count = usize::try_from(limits.inline_literals / each).unwrap();
        let wire = |count: usize| {
            let literal = [b" TEXT {4096+}\r\n", &vec![b'x'; 4096][..]].concat();
            [b"a SEARCH", &literal.repeat(count)[..], b"\r\nb NOOP\r\n"].concat()
        };
        let found = framed(&mut server(limits.clone()), &wire(count), 5000, |_| true);
        assert_eq!((found.frames.len(), found.literals.len()), (2, 0));
        let found = framed(&mut server(limits.clone()), &wire(count + 1), 5000, |_| true);
        assert_eq!(found.literals, [each]);
        assert_eq!((found.frames, found.streamed, found.error), (vec![b"b NOOP".to_vec()], 0, None));
        // A client that asks first is refused before it has sent an octet.
        let wire = b"a SEARCH TEXT {100000}\r\nb NOOP\r\n";
        let found = framed(&mut server(limits.clone()), wire, 1, |_| true);
        assert_eq!((found.literals, found.frames), (vec![100_000], vec![b"b NOOP".to_vec()]));
    }
}

#[test]
fn literals_that_are_streamed_are_counted() {
    let mut limits = Limits::server();
    (limits.inline_literal, limits.streamed_literals) = (10, 3);
    let wire = |count: usize| [b"a APPEND x", &b" {11+}\r\n01234567890".repeat(count)[..], b"\r\n"].concat();
    let found = framed(&mut server(limits.clone()), &wire(3), 7, |_| false);
    assert_eq!((found.frames.len(), found.streamed, found.error), (1, 33, None));
    let found = framed(&mut server(limits), &wire(4), 7, |_| false);
    assert_eq!(found.error, Some(FramingError::TooManyLiterals { limit: 3 }));
    // Before login the first can be refused, and a second one ends the connection.
    let long = |count: usize| {
        [b"a LOGIN", &[b" {9000+}\r\n", &vec![b'x'; 9000][..]].concat().repeat(count)[..]].concat()
    };
    let found = framed(&mut server(Limits::before_login()), &long(2), 999, |_| false);
    assert_eq!(found.error, Some(FramingError::TooManyLiterals { limit: 1 }));
    let found = framed(&mut server(Limits::before_login()), &long(1), 999, |_| true);
    assert_eq!(found.error, Some(FramingError::TooMuchToDiscard { limit: 8192 }));
}

#[test]
fn a_literal_that_was_not_asked_for() {
    // LITERAL-: 4096 octets come without asking, 4097 may not.
    let mut limits = Limits::server();
    limits.non_synchronising_literal = 4096;
    let wire = |length: usize| {
        format!("a SELECT {{{length}+}}\r\n{}\r\nb NOOP\r\n", "b LOGOUT\r\n".repeat(410).split_at(length).0)
    };
    let found = framed(&mut server(limits.clone()), wire(4096).as_bytes(), 100, |_| true);
    assert_eq!((found.literals.len(), found.frames.len()), (0, 2));
    let found = framed(&mut server(limits.clone()), wire(4097).as_bytes(), 100, |_| true);
    assert_eq!((found.literals, found.frames), (vec![4097], vec![b"b NOOP".to_vec()]), "refused and dropped");
    // The same length is asked for in the other form.
    let found = framed(&mut server(limits), b"a SELECT {4097}\r\n", 100, |_| false);
    assert_eq!(found.literals, [4097]);
}

#[test]
fn what_is_refused_is_dropped_within_a_bound_and_never_run() {
    let mut limits = Limits::server();
    limits.discard = 1000;
    let wire = |length: usize| {
        format!("a SELECT {{{length}+}}\r\n{}\r\nz NOOP\r\n", "b LOGOUT\r\n".repeat(120).split_at(length).0)
    };
    limits.inline_literal = 10;
    for piece in [1, 3, 10_000] {
        let found = framed(&mut server(limits.clone()), wire(1000).as_bytes(), piece, |_| true);
        assert_eq!((found.frames, found.error), (vec![b"z NOOP".to_vec()], None));
        let found = framed(&mut server(limits.clone()), wire(1001).as_bytes(), piece, |_| true);
        assert_eq!(
            (found.frames, found.error),
            (vec![], Some(FramingError::TooMuchToDiscard { limit: 1000 }))
        );
        let found =
            framed(&mut server(limits.clone()), b"a SELECT {999999999+}\r\nb LOGOUT\r\n", piece, |_| true);
        assert_eq!(
            (found.frames, found.error),
            (vec![], Some(FramingError::TooMuchToDiscard { limit: 1000 }))
        );
    }
}

#[test]
fn nesting() {
    let response = |wire: String, limit: usize| {
        let mut limits = Limits::client();
        limits.nesting = limit;
        Decoder::new(limits, Quirks::strict()).parse_response(&wire.as_bytes().into())
    };
    let in_parentheses =
        |before: &str, inner: &str, n: usize| format!("{before}{}{inner}{})", "(".repeat(n), ")".repeat(n));
    let text = "\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1";
    for limit in [1, 10, 100] {
        for (n, is_read) in [(limit, true), (limit + 1, false)] {
            let value = in_parentheses("* 1 FETCH (X-A ", "", n);
            assert_eq!(response(value, limit).is_ok(), is_read, "{n}");
            let thread = format!("* THREAD {}1{}", "(".repeat(n), ")".repeat(n));
            assert_eq!(response(thread, limit).is_ok(), is_read, "{n}");
            let mut body = format!("({text})");
            for _ in 1..n {
                body = format!("({body} \"MIXED\")");
            }
            let wire = format!("* 1 FETCH (BODYSTRUCTURE {body})");
            assert_eq!(response(wire, limit).is_ok(), is_read, "{n}");
            let list = in_parentheses("* LIST () NIL x (\"X\" ", "", n);
            assert_eq!(response(list, limit).is_ok(), is_read, "{n}");
        }
    }
    for (before, inner, after) in [("(", "ALL", ")"), ("NOT ", "ALL", ""), ("OR ALL ", "ALL", "")] {
        let search = |n: usize| command(format!("a SEARCH {}{inner}{}", before.repeat(n), after.repeat(n)));
        assert!(search(98).is_ok() && search(101).is_err(), "{before}");
        let most = (90..110).filter(|n| search(*n).is_ok()).max().unwrap();
        assert!((1..=most).all(|n| search(n).is_ok()) && (most + 1..300).all(|n| search(n).is_err()));
    }
}

#[test]
fn sets() {
    let mut limits = Limits::server();
    limits.set_ranges = 100;
    let decoder = Decoder::new(limits, Quirks::lenient());
    let fetch =
        |count: usize| decoder.command(format!("a FETCH {} UID", vec!["1:*"; count].join(",")).as_bytes());
    assert!(fetch(100).is_ok());
    assert_eq!(fetch(101).unwrap_err().error.rule(), "set of no more ranges than the limit");
    // What a login needs and an ID fit into what is granted before it.
    let before = Decoder::new(Limits::before_login(), Quirks::lenient());
    for wire in
        ["a LOGIN ann pw", "a ID (\"name\" \"x\" \"version\" NIL)", "a AUTHENTICATE PLAIN =", "a CAPABILITY"]
    {
        assert!(before.command(wire.as_bytes()).is_ok(), "{wire}");
    }
    assert!(before.command(&b"a SEARCH (OR ALL (NOT ALL))"[..]).is_err());
    assert!(matches!(before.response(&b"* 1 EXISTS"[..]), Response::Data(_)));
}
