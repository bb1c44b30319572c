use alloc::{
    format,
    string::{String, ToString as _},
    vec::Vec,
};

use mailwire_imap::{Decoder, Octets, Response, SeqNum, response::Data, search_result::Thread};

use super::*;

mod model;

/// Messages from the first one of the mailbox on: subject, identifier, references, second of sending.
fn mailbox(messages: &[(&str, &str, &str, i64)]) -> Vec<Message<SeqNum>> {
    let message = |(index, (subject, id, references, sent)): (usize, &(&str, &str, &str, i64))| {
        let envelope = Envelope {
            subject: Some(Octets::from(*subject)),
            message_id: Some(Octets::from(*id)).filter(|id| !id.is_empty()),
            ..Envelope::default()
        };
        let number = SeqNum::new(index as u32 + 1).unwrap();
        Message { sent: *sent, ..Message::new(number, &envelope, references.as_bytes(), None) }
    };
    messages.iter().enumerate().map(message).collect()
}

#[test]
fn threads_by_references() {
    for (what, messages, threads) in [
        ("nothing", &[][..], ""),
        ("one", &[("a", "<1>", "", 1)], "(1)"),
        (
            "an answer to an answer",
            &[("a", "<1>", "", 1), ("b", "<2>", "<1>", 2), ("c", "<3>", "<1> <2>", 3)],
            "(1 2 3)",
        ),
        (
            "answers before what they answer",
            &[("c", "<3>", "<1> <2>", 3), ("b", "<2>", "<1>", 2), ("a", "<1>", "", 1)],
            "(3 2 1)",
        ),
        (
            "two answers, by date",
            &[("a", "<1>", "", 1), ("b", "<2>", "<1>", 9), ("c", "<3>", "<1>", 3)],
            "(1 (3)(2))",
        ),
        (
            "the same date, by place",
            &[("a", "<1>", "", 1), ("b", "<2>", "<1>", 3), ("c", "<3>", "<1>", 3)],
            "(1 (2)(3))",
        ),
        ("threads by date", &[("a", "<1>", "", 5), ("b", "<2>", "", 4), ("c", "<3>", "<1>", 1)], "(2)(1 3)"),
        // Messages that are not there.
        ("one answer to what is not there", &[("a", "<1>", "<0>", 1)], "(1)"),
        ("two answers to what is not there", &[("a", "<1>", "<0>", 1), ("b", "<2>", "<0>", 2)], "((1)(2))"),
        (
            "what is missing in the middle",
            &[("a", "<1>", "", 1), ("c", "<3>", "<1> <2>", 3), ("d", "<4>", "<1> <2>", 4)],
            "(1 (2)(3))",
        ),
        (
            "two that are missing, one below the other",
            &[("a", "<3>", "<1> <2>", 3), ("b", "<4>", "<1> <2>", 4)],
            "((1)(2))",
        ),
        (
            "a thread of two starts, by its first child",
            &[("a", "<1>", "<0>", 9), ("b", "<2>", "<0>", 1), ("c", "<3>", "", 5)],
            "((2)(1))(3)",
        ),
        // Identifiers.
        ("no identifier", &[("a", "", "", 1), ("b", "", "", 2), ("c", "<3>", "<2>", 3)], "(1)(2)(3)"),
        (
            "the same identifier",
            &[("a", "<1>", "", 1), ("b", "<1>", "", 2), ("c", "<3>", "<1>", 3)],
            "(1 3)(2)",
        ),
        (
            "the same message twice",
            &[("a", "<1>", "<0>", 1), ("a", "<1>", "<0>", 2), ("c", "<3>", "<0> <1>", 3)],
            "((1 3)(2))",
        ),
        ("an identifier in two forms", &[("a", "<\"1\"@x>", "", 1), ("b", "<2>", "<1@x>", 2)], "(1 2)"),
        ("case counts in identifiers", &[("a", "<A@x>", "", 1), ("b", "<2>", "<a@x>", 2)], "(1)(2)"),
        (
            "an identifier and nothing else",
            &[("a", "no identifier", "", 1), ("b", "<2>", "no identifier", 2)],
            "(1)(2)",
        ),
        // References that contradict each other.
        ("oneself", &[("a", "<1>", "<1>", 1)], "(1)"),
        ("each other", &[("a", "<1>", "<2>", 1), ("b", "<2>", "<1>", 2)], "(2 1)"),
        ("a ring", &[("a", "<1>", "<3>", 1), ("b", "<2>", "<1>", 2), ("c", "<3>", "<2>", 3)], "(3 1 2)"),
        ("the same twice", &[("a", "<1>", "", 1), ("b", "<2>", "<1> <1> <1>", 2)], "(1 2)"),
        ("there and back", &[("a", "<1>", "", 1), ("b", "<2>", "<1> <2> <1>", 2)], "(1 2)"),
        (
            "what a message says of itself counts more",
            &[("c", "<3>", "<1> <2>", 3), ("a", "<1>", "", 1), ("b", "<2>", "", 2)],
            "(2)(3 1)",
        ),
        (
            "but the first to say it of others",
            &[("a", "<1>", "<x> <y>", 1), ("b", "<2>", "<z> <y>", 2), ("c", "<3>", "<x>", 3)],
            "((1)(2)(3))",
        ),
        // Subjects.
        ("an answer by its subject", &[("a", "<1>", "", 1), ("Re: A", "<2>", "", 2)], "(1 2)"),
        ("an answer that was sent before", &[("a", "<1>", "", 3), ("Re: a", "<2>", "", 2)], "(1 2)"),
        ("the same subject", &[("a", "<1>", "", 1), ("a", "<2>", "", 2)], "((1)(2))"),
        ("two answers by their subject", &[("Re: a", "<1>", "", 1), ("Fwd: a", "<2>", "", 2)], "((1)(2))"),
        ("no subject", &[("", "<1>", "", 1), ("Re:", "<2>", "", 2), ("[x]", "<3>", "", 3)], "(1)(2)(3)"),
        (
            "two of the same subject and their answers",
            &[("a", "<1>", "", 1), ("Re: a", "<2>", "", 2), ("a", "<3>", "", 3), ("Re: a", "<4>", "", 4)],
            "((1 2)(3)(4))",
        ),
        (
            "a subject with answers by references",
            &[("a", "<1>", "", 1), ("b", "<2>", "<1>", 2), ("Re: a", "<3>", "", 3)],
            "(1 (2)(3))",
        ),
        (
            "below what is not there",
            &[("a", "<1>", "<0>", 1), ("b", "<2>", "<0>", 2), ("a", "<3>", "", 0)],
            "((3)(1)(2))",
        ),
        (
            "two threads whose starts are not there",
            &[
                ("a", "<1>", "<0>", 1),
                ("b", "<2>", "<0>", 2),
                ("Re: a", "<3>", "<9>", 3),
                ("c", "<4>", "<9>", 4),
            ],
            "((1)(2)(3)(4))",
        ),
        (
            "the subject of an answer is none of the thread",
            &[("a", "<1>", "", 1), ("b", "<2>", "<1>", 2), ("b", "<3>", "", 3)],
            "(1 2)(3)",
        ),
    ] {
        assert_eq!(by_references(&mailbox(messages)).to_string(), threads, "{what}");
    }
}

#[test]
fn threads_by_references_alone() {
    for (messages, threads) in [
        (&[][..], ""),
        // Subjects do not count; the thread with the last message is the last one.
        (&[("a", "<1>", "", 1), ("Re: a", "<2>", "", 2), ("b", "<3>", "<1>", 3)], "(2)(1 3)"),
        (&[("a", "<1>", "", 1), ("a", "<2>", "", 3), ("b", "<3>", "<1>", 3)], "(1 3)(2)"),
        (&[("a", "<1>", "<0>", 9), ("b", "<2>", "<0>", 2), ("c", "<3>", "", 3)], "(3)((2)(1))"),
        (&[("a", "<1>", "<2>", 4), ("b", "<2>", "", 2), ("c", "<3>", "", 3)], "(3)(2 1)"),
    ] {
        assert_eq!(by_refs(&mailbox(messages)).to_string(), threads);
    }
}

#[test]
fn threads_by_subject() {
    for (messages, threads) in [
        (&[][..], ""),
        (&[("a", "", "", 1), ("b", "", "", 2), ("Re: a", "", "", 3), ("Fwd: A", "", "", 0)], "(4 (1)(3))(2)"),
        (&[("b", "", "", 5), ("a", "", "", 5), ("re: b", "", "", 5)], "(1 3)(2)"),
        (&[("", "", "", 1), ("Re:", "", "", 2), ("x", "", "", 0)], "(3)(1 2)"),
    ] {
        assert_eq!(by_ordered_subject(&mailbox(messages)).to_string(), threads);
    }
}

#[test]
fn what_a_message_refers_to() {
    let with = |in_reply_to: Option<&str>, references: &str| {
        let envelope = Envelope { in_reply_to: in_reply_to.map(Octets::from), ..Envelope::default() };
        let message = Message::new(SeqNum::MIN, &envelope, references.as_bytes(), None);
        message.references.iter().map(|id| format!("{id} ")).collect::<String>()
    };
    for (in_reply_to, references, all) in [
        (None, "", ""),
        (None, "References: <a@x>\r\n <b@x>\r\n\r\n", "a@x b@x "),
        (Some("<c@x>"), "<a@x>", "a@x "),
        (Some("Message of Ann <c@x> <d@x>"), "", "c@x "),
        (Some("<c@x>"), "References: none\r\n\r\n", "c@x "),
        (Some("a@x"), "", ""),
    ] {
        assert_eq!(with(in_reply_to, references), all);
    }
    let mut envelope = Envelope { date: Some("1 Jan 1970 00:00:07 +0000".into()), ..Envelope::default() };
    let arrival = "01-Jan-1970 00:00:09 +0000".parse().ok();
    assert_eq!(Message::new(SeqNum::MIN, &envelope, b"", arrival).sent, 7);
    envelope.date = None;
    assert_eq!(Message::new(SeqNum::MIN, &envelope, b"", arrival).sent, 9);
}

#[test]
fn any_messages_have_the_threads_of_the_model() {
    let mut random = 7_u64;
    let mut next = |below: usize| {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % below
    };
    let subjects = ["", "a", "b", "c", "d", "Re: a", "Re: b", "Fwd: c", "[list] Re: d", "A", "e"];
    for round in 0..3000 {
        let (count, ids) = (next(14), 1 + next(20));
        let mut texts = Vec::new();
        for _ in 0..count {
            let id = if next(8) == 0 { String::new() } else { format!("<{}@x>", next(ids)) };
            let references: String = (0..next(5)).map(|_| format!("<{}@x>", next(ids))).collect();
            texts.push((subjects[next(subjects.len())], id, references, next(6) as i64));
        }
        let borrowed: Vec<_> = texts
            .iter()
            .map(|(subject, id, references, sent)| (*subject, &**id, &**references, *sent))
            .collect();
        let messages = mailbox(&borrowed);
        let threads = by_references(&messages);
        assert_eq!(threads.to_string(), model::by_references(&messages), "round {round}: {texts:?}");
        let mut shown: Vec<SeqNum> = threads.messages().collect();
        shown.sort();
        assert!(shown.iter().copied().eq(messages.iter().map(|message| message.number)));
    }
}

/// Each would overflow a stack, or take hours, if depth cost more than its logarithm.
#[test]
fn threads_are_as_deep_as_they_like() {
    let count = 100_000_u32;
    let number = |index: u32| SeqNum::new(index + 1).unwrap();
    let id = |index: u32| MessageId::first(format!("<{index}@x>").as_bytes()).unwrap();
    let deep = |parent: &dyn Fn(u32) -> Option<u32>| {
        let message = |index: u32| Message {
            number: number(index),
            sent: i64::from(index % 7),
            subject: Key::default(),
            is_reply: false,
            id: Some(id(index)),
            references: parent(index).map(id).into_iter().collect(),
        };
        by_references(&(0..count).map(message).collect::<Vec<_>>())
    };
    let depth =
        |forest: &Forest<SeqNum>| forest.nodes().iter().map(|node| node.depth).max().unwrap() as u32 + 1;
    // The first is the start, the last is the start, and from the ends to the middle.
    let down = deep(&|index| index.checked_sub(1));
    assert_eq!((depth(&down), down.threads().count()), (count, 1));
    assert!(down.to_string().starts_with("(1 2 3 4 5 "));
    assert_eq!(depth(&deep(&|index| Some(index + 1).filter(|next| *next < count))), count);
    let mixed = |index: u32| match index {
        0 => None,
        even if even.is_multiple_of(2) => Some(even - 1),
        odd => Some((odd + 2) % count),
    };
    assert!(depth(&deep(&mixed)) > 2);
    // Each second one has a brother, so that each level has a list of its own.
    let branched = deep(&|index| index.checked_sub(2 - index % 2));
    assert_eq!(depth(&branched), count / 2 + 1);
    assert_eq!(branched.to_string().matches('(').count() as u32, count - 1);
    // Rings, and all below what is not there.
    assert_eq!(depth(&deep(&|index| Some((index + 1) % count))), count);
    let orphans = deep(&|_| Some(count));
    assert_eq!((orphans.nodes().len() as u32, depth(&orphans)), (count + 1, 2));
}

#[test]
fn long_fields_are_linked_once() {
    let field: String = (0..100_000).map(|index| format!("<{index}@x>")).collect();
    let messages = mailbox(&[("a", "<a>", &field, 1), ("b", "<b>", &field, 2), ("c", "<50000@x>", "", 3)]);
    assert_eq!(by_references(&messages).to_string(), "(3 (1)(2))");
    let subject = mailbox(&alloc::vec![("a", "", "", 1); 100_000]);
    assert_eq!(by_references(&subject).nodes().len(), 100_001);
    assert_eq!(by_ordered_subject(&subject).nodes()[99_999].depth, 1);
}

#[test]
fn threads_as_a_server_tells_them() {
    for (wire, shown) in [
        ("* THREAD", ""),
        ("* THREAD (2)(3 6 (4 23)(44 7 96))", "(2)(3 6 (4 23)(44 7 96))"),
        ("* THREAD ((3)(5))", "((3)(5))"),
        ("* THREAD ((3)(5 (6)(7)))(1 ((8)(9))(2))", "((3)(5 (6)(7)))(1 ((8)(9))(2))"),
        // What is no list of the grammar has no dummies that are not needed.
        ("* THREAD ((3))", "(3)"),
        ("* THREAD (1 (2))", "(1 2)"),
    ] {
        let Response::Data(Data::Thread(threads)) = Decoder::default().response(wire.as_bytes()) else {
            panic!("{wire}");
        };
        let forest: Forest<SeqNum> = threads.iter().collect();
        assert_eq!(forest.to_string(), shown);
        assert_eq!(
            Forest::read(wire.trim_start_matches("* THREAD").as_bytes()),
            Some(forest.clone()),
            "{wire}"
        );
        for (place, node) in forest.nodes().iter().enumerate() {
            assert_eq!(node.depth, node.parent.map_or(0, |parent| forest.nodes()[parent].depth + 1));
            assert!(forest.children(place).all(|child| forest.nodes()[child].parent == Some(place)));
        }
        let children: usize = (0..forest.nodes().len()).map(|place| forest.children(place).count()).sum();
        assert_eq!(children + forest.threads().count(), forest.nodes().len());
    }
    // Deeper than any stack.
    let mut deep = Thread { members: alloc::vec![1], branches: Vec::new() };
    for _ in 0..50_000 {
        deep = Thread { members: Vec::new(), branches: alloc::vec![deep] };
    }
    assert_eq!(Forest::<SeqNum>::from_iter([&deep]).to_string(), "(1)");
    // To drop it level by level would overflow the stack.
    while let Some(inner) = deep.branches.pop() {
        deep = inner;
    }
}

#[test]
fn deep_threads_of_a_server_are_read() {
    // A message with two answers, of which the second one has two, and so on.
    let count = 100_000;
    let mut wire: String =
        (0..count).map(|index| format!("({} ({})", 2 * index + 1, 2 * index + 2)).collect();
    wire.push_str("(4000000000)");
    wire.push_str(&")".repeat(count));
    let forest: Forest<SeqNum> = Forest::read(wire.as_bytes()).unwrap();
    assert_eq!(forest.nodes().last().map(|node| node.depth), Some(count));
    assert_eq!(forest.to_string().len(), wire.len());
    for wrong in ["(", ")", "(1", "(1))", "1", "(0)", "(1 a)", "(4294967296)", "(1,2)", "(1 2)x"] {
        assert_eq!(Forest::<SeqNum>::read(wrong.as_bytes()), None, "{wrong}");
    }
    let mut both = forest_of("(1 (2)(3))");
    both.append(forest_of("((4)(5))(6)"));
    assert_eq!(both, forest_of("(1 (2)(3))((4)(5))(6)"));
}

fn forest_of(wire: &str) -> Forest<SeqNum> {
    Forest::read(wire.as_bytes()).unwrap()
}
