//! Messages are moved, with and without MOVE.

use super::remove::{Removed, WithoutUidPlus, exact, remove_exact};
use crate::{
    Execute,
    codec::{Mailbox, UidSet, command::Messages},
    command::{Copied, Copy, Move},
};

/// What [`Session::mv`](crate::Session::mv) brings.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Moved {
    /// Which message became what, as far as the server tells.
    pub copied: Copied,
    /// How the messages went away from where they were. [`Removed::AtOnce`] is MOVE; all else was COPY first.
    pub removed: Removed,
}

pub(super) async fn mv<E: Execute + ?Sized>(
    session: &mut E,
    messages: Messages,
    mailbox: Mailbox,
    without: WithoutUidPlus,
) -> Result<Moved, E::Error> {
    if session.server().await?.has("MOVE") {
        let copied = session.run(Move::new(messages, mailbox)).await?;
        return Ok(Moved { copied, removed: Removed::AtOnce });
    }
    let uids = exact(session, messages).await?;
    if uids.is_empty() {
        return Ok(Moved { copied: Copied::default(), removed: Removed::Nothing });
    }
    let copied = session.run(Copy::new(uids.clone(), mailbox)).await?;
    let removed = remove_exact(session, that_are_copied(&uids, &copied), without).await?;
    Ok(Moved { copied, removed })
}

/// Nothing may go away of which there is no copy.
fn that_are_copied(uids: &UidSet, copied: &Copied) -> UidSet {
    if !copied.maps.is_empty() {
        return uids.intersection(&copied.from());
    }
    match copied.message_limit {
        None => uids.clone(),
        Some(limit) => limit.lowest.map_or_else(UidSet::new, |lowest| {
            uids.intersection(&UidSet::starting_at(lowest).resolve(u32::MAX))
        }),
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;
    use crate::{Session as _, codec::SequenceSet, command::Select, session::script::Script};

    const SELECT: (&str, &[&str]) =
        ("SELECT INBOX", &["* 3 EXISTS", "* OK [UIDNEXT 20] next", "% OK [READ-WRITE] done"]);

    fn uids(set: &str) -> Messages {
        Messages::Uid(set.parse().unwrap())
    }

    fn moved(words: &str, messages: Messages, steps: &[(&str, &[&str])]) -> Moved {
        let mut script = Script::new(words, &[&[SELECT], steps].concat());
        script
            .play(async |session| {
                session.run(Select::new("INBOX")).await?;
                session.mv(messages, "b").await
            })
            .unwrap()
    }

    #[test]
    fn by_move() {
        let answer = moved(
            "IMAP4rev1 MOVE UIDPLUS",
            uids("7,9"),
            &[(
                "UID MOVE 7,9 b",
                &["* OK [COPYUID 1 7,9 21:22] moved", "* 1 EXPUNGE", "* 1 EXPUNGE", "% OK done"],
            )],
        );
        assert_eq!((answer.removed, answer.copied.to().to_string()), (Removed::AtOnce, "21:22".into()));
    }

    #[test]
    fn by_copy_and_uid_expunge() {
        let answer = moved(
            "IMAP4rev1 UIDPLUS",
            uids("7,9:10"),
            &[
                ("UID COPY 7,9:10 b", &["% OK [COPYUID 1 7,9 21:22] done"]),
                // What was not copied stays.
                ("UID STORE 7,9 +FLAGS.SILENT (\\Deleted)", &["% OK done"]),
                ("UID EXPUNGE 7,9", &["* 1 EXPUNGE", "* 1 EXPUNGE", "% OK done"]),
            ],
        );
        assert_eq!((answer.removed, answer.copied.from().to_string()), (Removed::Expunged, "7,9".into()));
    }

    #[test]
    fn without_uidplus_nothing_of_others_is_expunged() {
        let store: [(&str, &[&str]); 2] =
            [("UID COPY 7 b", &["% OK done"]), ("UID STORE 7 +FLAGS.SILENT (\\Deleted)", &["% OK done"])];
        assert_eq!(moved("IMAP4rev1", uids("7"), &store).removed, Removed::Marked);
        let steps = [&[SELECT], &store[..], &[("EXPUNGE", &["* 1 EXPUNGE", "% OK done"])]].concat();
        let mut script = Script::new("IMAP4rev1", &steps);
        let answer = script.play(async |session| {
            session.run(Select::new("INBOX")).await?;
            session.mv_with(uids("7"), "b", WithoutUidPlus::ExpungeAll).await
        });
        assert_eq!(answer.unwrap().removed, Removed::ExpungedAll);
    }

    /// Messages that come between two commands are neither copied nor taken away.
    #[test]
    fn messages_are_named_exactly() {
        let numbers: SequenceSet = "1:2".parse().unwrap();
        for (messages, fetch) in [
            (Messages::Sequence(numbers), "FETCH 1:2 UID"),
            (uids("7:*"), "UID FETCH 7:* UID"),
            (uids("7:20"), "UID FETCH 7:20 UID"),
            (Messages::Saved { is_uid: true }, "UID FETCH $ UID"),
        ] {
            let answer = moved(
                "IMAP4rev1",
                messages,
                &[
                    (fetch, &["* 1 FETCH (UID 7)", "* 2 FETCH (UID 9)", "% OK done"]),
                    ("UID COPY 7,9 b", &["* 4 EXISTS", "% OK done"]),
                    ("UID STORE 7,9 +FLAGS.SILENT (\\Deleted)", &["% OK done"]),
                ],
            );
            assert_eq!(answer.removed, Removed::Marked, "{fetch}");
        }
        let nothing = moved("IMAP4rev1", uids("30:*"), &[("UID FETCH 30:* UID", &["% OK done"])]);
        assert_eq!(nothing.removed, Removed::Nothing);
    }

    #[test]
    fn what_the_server_left_out_stays() {
        let answer = moved(
            "IMAP4rev1 UIDPLUS",
            uids("1:9"),
            &[
                ("UID COPY 1:9 b", &["% OK [MESSAGELIMIT 3 7] some"]),
                ("UID STORE 7:9 +FLAGS.SILENT (\\Deleted)", &["% OK done"]),
                ("UID EXPUNGE 7:9", &["% OK done"]),
            ],
        );
        assert_eq!(answer.removed, Removed::Expunged);
        let answer = moved("IMAP4rev1", uids("1:9"), &[("UID COPY 1:9 b", &["% OK [MESSAGELIMIT 3] some"])]);
        assert_eq!(answer.removed, Removed::Nothing);
    }

    #[test]
    fn a_copy_that_fails_takes_nothing_away() {
        let steps: [(&str, &[&str]); 2] = [SELECT, ("UID COPY 7 b", &["% NO [TRYCREATE] none"])];
        let mut script = Script::new("IMAP4rev1 UIDPLUS", &steps);
        let answer = script.play(async |session| {
            session.run(Select::new("INBOX")).await?;
            session.mv(uids("7"), "b").await
        });
        assert_eq!(answer.unwrap_err().code(), Some(&crate::codec::Code::TryCreate));
    }

    #[test]
    fn taking_away() {
        let steps: [(&str, &[&str]); 4] = [
            SELECT,
            ("UID FETCH * UID", &["* 3 FETCH (UID 9)", "% OK done"]),
            ("UID STORE 9 +FLAGS.SILENT (\\Deleted)", &["% OK done"]),
            ("UID EXPUNGE 9", &["* 3 EXPUNGE", "% OK done"]),
        ];
        let mut script = Script::new("IMAP4rev1 UIDPLUS", &steps);
        let answer = script.play(async |session| {
            session.run(Select::new("INBOX")).await?;
            session.remove(UidSet::last()).await
        });
        assert_eq!(answer, Ok(Removed::Expunged));
    }
}
