//! Messages are added, in one command or several, and replaced, with and without REPLACE.

use alloc::vec::Vec;

use super::remove::{Removed, WithoutUidPlus, exact, remove_exact};
use crate::{
    Execute,
    codec::{
        NumberList, SequenceSet, Uid, UidSet, append::Target, capability::Capability, command::Messages,
        mailbox_status::Attribute,
    },
    command::{Append, Appended, Replace, Status},
};

/// What [`Session::append`](crate::Session::append) brings.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct AddedMessages {
    /// What the server tells: once, or once for each message, in order.
    pub appended: Vec<Appended>,
    /// Whether the messages were sent one by one, because the server has no MULTIAPPEND: then they were not added all at once.
    pub one_by_one: bool,
}

impl AddedMessages {
    /// The UIDs of the messages, as far as the server tells.
    pub fn uids(&self) -> impl Iterator<Item = Uid> + '_ {
        self.appended.iter().filter_map(|one| one.uids.as_ref()).flat_map(NumberList::numbers)
    }
}

/// What [`Session::replace`](crate::Session::replace) brings.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Replaced {
    /// What became of the new message.
    pub appended: Appended,
    /// How the old one went away. [`Removed::AtOnce`] is REPLACE; all else was APPEND first. [`Removed::Nothing`] means that
    /// there was no such message any more.
    pub removed: Removed,
}

pub(super) async fn append<E: Execute + ?Sized>(
    session: &mut E,
    append: Append,
) -> Result<AddedMessages, E::Error> {
    let server = session.server().await?;
    append.check_limit(&server)?;
    if server.iter().any(|one| one == Capability::AppendLimit(None)) {
        check_mailbox_limit(session, &append).await?;
    }
    if append.messages.len() < 2 || server.has("MULTIAPPEND") {
        let appended = session.run(append).await?;
        return Ok(AddedMessages { appended: [appended].into(), one_by_one: false });
    }
    let Append { mailbox, messages } = append;
    let mut appended = Vec::with_capacity(messages.len());
    for message in messages {
        appended.push(session.run(Append::of(mailbox.clone(), [message])).await?);
    }
    Ok(AddedMessages { appended, one_by_one: true })
}

/// The limit of this mailbox, where each has its own ([RFC 7889 section 2](https://www.rfc-editor.org/rfc/rfc7889#section-2)).
async fn check_mailbox_limit<E: Execute + ?Sized>(session: &mut E, append: &Append) -> Result<(), E::Error> {
    let status = Status::new(append.mailbox.clone(), [Attribute::AppendLimit]);
    match session.run(status).await {
        Ok(figures) => {
            let limit = figures.append_limit.flatten();
            Ok(limit.map_or(Ok(()), |limit| append.within(limit))?)
        }
        // The mailbox may not be there: APPEND says so better.
        Err(error) if E::command_error(&error).is_some_and(|error| error.status().is_some()) => Ok(()),
        Err(error) => Err(error),
    }
}

pub(super) async fn replace<E: Execute + ?Sized>(
    session: &mut E,
    replace: Replace,
    without: WithoutUidPlus,
) -> Result<Replaced, E::Error> {
    let server = session.server().await?;
    replace.check_limit(&server)?;
    if server.has("REPLACE") {
        let appended = session.run(replace).await?;
        return Ok(Replaced { appended, removed: Removed::AtOnce });
    }
    let Replace { target, mailbox, message } = replace;
    // Before the new one is there: it may become the last one.
    let uids = exact(session, messages(target)).await?;
    let appended = session.run(Append::of(mailbox, [message])).await?;
    let removed = remove_exact(session, uids, without).await?;
    Ok(Replaced { appended, removed })
}

fn messages(target: Target) -> Messages {
    match target {
        Target::Sequence(number) => number.into(),
        Target::Uid(uid) => uid.into(),
        Target::Last { is_uid: false } => SequenceSet::last().into(),
        _ => UidSet::last().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CommandError, Session as _, codec::Flag, session::script::Script};

    fn two() -> Append {
        Append::new("a", "one").flags([Flag::Seen]).and("two")
    }

    #[test]
    fn several_at_once_or_one_by_one() {
        let steps: [(&str, &[&str]); 1] =
            [("APPEND a (\\Seen) {3+}\r\none {3+}\r\ntwo", &["% OK [APPENDUID 1 7:8] done"])];
        let mut script = Script::new("IMAP4rev1 MULTIAPPEND LITERAL+", &steps);
        let answer = script.play(async |session| session.append(two()).await).unwrap();
        assert_eq!((answer.uids().map(Uid::get).collect(), answer.one_by_one), (alloc::vec![7, 8], false));
        let steps: [(&str, &[&str]); 2] = [
            ("APPEND a (\\Seen) {3}\r\none", &["% OK [APPENDUID 1 7] done"]),
            ("APPEND a {3}\r\ntwo", &["% OK [APPENDUID 1 8] done"]),
        ];
        let mut script = Script::new("IMAP4rev1", &steps);
        let answer = script.play(async |session| session.append(two()).await).unwrap();
        assert_eq!((answer.uids().map(Uid::get).collect(), answer.one_by_one), (alloc::vec![7, 8], true));
    }

    #[test]
    fn limits_are_asked_before() {
        let refused = Err(CommandError::TooLarge { octets: 3, limit: 2 });
        let mut script = Script::new("IMAP4rev1 APPENDLIMIT=2", &[]);
        assert_eq!(script.play(async |session| session.append(two()).await), refused);
        let mut script = Script::new("IMAP4rev1 REPLACE APPENDLIMIT=2", &[]);
        let replace = Replace::new(Uid::MIN, "a", "xyz");
        let answer = script.play(async |session| session.replace(replace).await);
        assert_eq!(answer, Err(CommandError::TooLarge { octets: 3, limit: 2 }));
        let status: (&str, &[&str]) =
            ("STATUS a (APPENDLIMIT)", &["* STATUS a (APPENDLIMIT 2)", "% OK done"]);
        let mut script = Script::new("IMAP4rev1 APPENDLIMIT", &[status]);
        assert_eq!(script.play(async |session| session.append(two()).await), refused);
        for answer in [&["* STATUS a (APPENDLIMIT NIL)", "% OK done"][..], &["% NO none"]] {
            let steps = [("STATUS a (APPENDLIMIT)", answer), ("APPEND a {1+}\r\nx", &["% OK done"])];
            let mut script = Script::new("IMAP4rev1 APPENDLIMIT LITERAL+", &steps);
            assert!(script.play(async |session| session.append(Append::new("a", "x")).await).is_ok());
        }
    }

    #[test]
    fn replacing() {
        let replace = || Replace::new(Uid::new(5).unwrap(), "Drafts", "x");
        let steps: [(&str, &[&str]); 1] =
            [("UID REPLACE 5 Drafts {1+}\r\nx", &["* OK [APPENDUID 1 9] ready", "* 2 EXISTS", "% OK done"])];
        let mut script = Script::new("IMAP4rev1 REPLACE LITERAL+", &steps);
        let answer = script.play(async |session| session.replace(replace()).await).unwrap();
        assert_eq!((answer.removed, answer.appended.uid()), (Removed::AtOnce, Uid::new(9)));
        let steps: [(&str, &[&str]); 4] = [
            ("UID FETCH 5 UID", &["* 1 FETCH (UID 5)", "% OK done"]),
            ("APPEND Drafts {1+}\r\nx", &["% OK [APPENDUID 1 9] done"]),
            ("UID STORE 5 +FLAGS.SILENT (\\Deleted)", &["% OK done"]),
            ("UID EXPUNGE 5", &["% OK done"]),
        ];
        let mut script = Script::new("IMAP4rev1 UIDPLUS LITERAL+", &steps);
        let answer = script.play(async |session| session.replace(replace()).await).unwrap();
        assert_eq!((answer.removed, answer.appended.uid()), (Removed::Expunged, Uid::new(9)));
    }

    #[test]
    fn what_is_gone_is_added_all_the_same() {
        for (target, fetch) in [
            (Target::Uid(Uid::MIN), "UID FETCH 1 UID"),
            (Target::Sequence(crate::codec::SeqNum::MIN), "FETCH 1 UID"),
            (Target::Last { is_uid: true }, "UID FETCH * UID"),
            (Target::Last { is_uid: false }, "FETCH * UID"),
        ] {
            let steps: [(&str, &[&str]); 2] =
                [(fetch, &["% OK done"]), ("APPEND Drafts {1+}\r\nx", &["% OK done"])];
            let mut script = Script::new("IMAP4rev1 LITERAL+", &steps);
            let replace = Replace::new(target, "Drafts", "x");
            let answer = script.play(async |session| session.replace(replace).await).unwrap();
            assert_eq!(answer.removed, Removed::Nothing);
        }
    }
}
