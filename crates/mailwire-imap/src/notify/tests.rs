use alloc::{format, vec};

use super::*;
use crate::{
    Mailbox, Tag,
    command::{
        Body, Command,
        tests::{encoded, strict},
    },
    encoder::Abilities,
    response::{Response, tests as responses},
    response_code::Code,
    status::{Kind, Status},
};

fn command(notify: Notify) -> Command {
    Command { tag: Tag::new("a").unwrap(), body: Body::Notify(notify) }
}

fn messages() -> Vec<Event> {
    vec![Event::message_new([]), EventName::MessageExpunge.into()]
}

#[test]
fn commands_both_ways() {
    let group = |mailboxes, events: Vec<Event>| EventGroup { mailboxes, events };
    let set = |status, groups| Notify::Set { status, groups };
    let named = |names: &[&str]| names.iter().copied().map(Mailbox::new).collect::<Vec<_>>();
    for (wire, notify) in [
        ("NONE", Notify::None),
        ("SET (selected NONE)", set(false, vec![group(MailboxFilter::Selected, vec![])])),
        (
            "SET STATUS (selected-delayed (MessageNew (UID FLAGS) MessageExpunge FlagChange AnnotationChange))",
            set(
                true,
                vec![group(
                    MailboxFilter::SelectedDelayed,
                    vec![
                        Event::message_new([Attribute::Uid, Attribute::Flags]),
                        EventName::MessageExpunge.into(),
                        EventName::FlagChange.into(),
                        EventName::AnnotationChange.into(),
                    ],
                )],
            ),
        ),
        (
            "SET (inboxes (MessageNew MessageExpunge)) (personal (MailboxName SubscriptionChange)) \
             (subscribed (MailboxMetadataChange ServerMetadataChange)) (subtree-one a NONE)",
            set(
                false,
                vec![
                    group(MailboxFilter::Inboxes, messages()),
                    group(
                        MailboxFilter::Personal,
                        vec![EventName::MailboxName.into(), EventName::SubscriptionChange.into()],
                    ),
                    group(
                        MailboxFilter::Subscribed,
                        vec![EventName::MailboxMetadataChange.into(), EventName::ServerMetadataChange.into()],
                    ),
                    group(MailboxFilter::SubtreeOne(named(&["a"])), vec![]),
                ],
            ),
        ),
        (
            "SET (subtree (Lists \"a b\") (MessageNew MessageExpunge)) (mailboxes INBOX (X-Weather))",
            set(
                false,
                vec![
                    group(MailboxFilter::Subtree(named(&["Lists", "a b"])), messages()),
                    group(
                        MailboxFilter::Mailboxes(named(&["INBOX"])),
                        vec![EventName::Other(Atom::new("X-Weather").unwrap()).into()],
                    ),
                ],
            ),
        ),
    ] {
        let command = command(notify);
        let wire = format!("a NOTIFY {wire}");
        assert_eq!(strict().command(wire.as_bytes()).as_ref(), Ok(&command), "{wire}");
        assert_eq!(encoded(&command, Abilities::default()), format!("{wire}\r\n"));
    }
}

#[test]
fn other_forms_of_the_same() {
    for (wire, normal) in [
        ("notify none", "NOTIFY NONE"),
        ("notify set status (SELECTED none)", "NOTIFY SET STATUS (selected NONE)"),
        (
            "NOTIFY SET (mailboxes inbox (messagenew MESSAGEEXPUNGE))",
            "NOTIFY SET (mailboxes INBOX (MessageNew MessageExpunge))",
        ),
        (
            "NOTIFY SET (subtree Lists MessageNew MessageExpunge)",
            "NOTIFY SET (subtree Lists (MessageNew MessageExpunge))",
        ),
        (
            "NOTIFY SET (selected MessageNew (uid) MessageExpunge)",
            "NOTIFY SET (selected (MessageNew (UID) MessageExpunge))",
        ),
    ] {
        let command = strict().command(format!("a {wire}").as_bytes()).unwrap();
        assert_eq!(encoded(&command, Abilities::default()), format!("a {normal}\r\n"));
    }
}

#[test]
fn what_is_no_notify() {
    for wire in [
        "NOTIFY",
        "NOTIFY ALL",
        "NOTIFY NONE x",
        "NOTIFY SET",
        "NOTIFY SET STATUS",
        "NOTIFY SET STATUS x",
        "NOTIFY SET ()",
        "NOTIFY SET (selected)",
        "NOTIFY SET (selected ())",
        "NOTIFY SET (selected (MessageNew ()))",
        "NOTIFY SET (selected (MessageNew",
        "NOTIFY SET (subtree () NONE)",
        "NOTIFY SET (selected NONE)(personal NONE)",
    ] {
        assert!(strict().command(format!("a {wire}").as_bytes()).is_err(), "{wire}");
        let _ = crate::Decoder::default().command(format!("a {wire}").as_bytes());
    }
    let mut out = Encoder::client(Abilities::default());
    command(Notify::Set { status: true, groups: vec![] }).encode(&mut out);
    assert_eq!(out.finish(), Err(EncodeError::EmptyList));
}

#[test]
fn groups_that_a_server_refuses() {
    let (new, expunge) = (Event::message_new([]), Event::from(EventName::MessageExpunge));
    let flags = Event::from(EventName::FlagChange);
    let name = Event::from(EventName::MailboxName);
    let told = Event::message_new([Attribute::Flags]);
    for (mailboxes, events, is_coherent) in [
        (MailboxFilter::Selected, vec![], true),
        (MailboxFilter::Selected, vec![new.clone(), expunge.clone()], true),
        (MailboxFilter::Selected, vec![told.clone(), expunge.clone(), flags.clone()], true),
        (MailboxFilter::Personal, vec![name.clone()], true),
        (MailboxFilter::Personal, vec![new.clone()], false),
        (MailboxFilter::Personal, vec![expunge.clone()], false),
        (MailboxFilter::Personal, vec![flags], false),
        (MailboxFilter::Personal, vec![told, expunge.clone()], false),
        (MailboxFilter::SelectedDelayed, vec![new, expunge, name], false),
    ] {
        let group = EventGroup { mailboxes, events };
        assert_eq!(group.is_coherent(), is_coherent, "{group:?}");
    }
}

#[test]
fn codes_both_ways() {
    let names = vec![EventName::MessageNew, EventName::MessageExpunge, EventName::FlagChange];
    for (wire, code) in [
        ("* NO [BADEVENT (MessageNew MessageExpunge FlagChange)] no", Code::BadEvent(names)),
        ("* OK [NOTIFICATIONOVERFLOW] no", Code::NotificationOverflow),
    ] {
        let kind = if wire.contains("NO [") { Kind::No } else { Kind::Ok };
        let response = Response::Data(crate::response::Data::Status(Status::new(kind, "no").with_code(code)));
        assert_eq!(strict().response(wire.as_bytes()), response);
        assert_eq!(responses::encoded(&response), format!("{wire}\r\n").as_bytes());
    }
}
