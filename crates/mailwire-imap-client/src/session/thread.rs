//! Messages put together as conversations.

use alloc::vec::Vec;

use mailwire_imap::{Envelope, Search as Key, Uid, command::ThreadAlgorithm};

use super::{facts::facts, search::search_with, sort::is_not_known};
use crate::{
    Command as _, Execute,
    command::{Search, SortedBy, Thread, Threads, fetch::Query},
    thread::{self, Forest, Message},
};

/// Threads that the server makes, else the same made here.
pub(super) async fn thread<E: Execute + ?Sized>(
    session: &mut E,
    algorithm: ThreadAlgorithm,
    keys: Key,
) -> Result<Threads<Uid>, E::Error> {
    let server = session.server().await?;
    let here = Here::new(&algorithm);
    let command = Thread::uid(algorithm, keys);
    if here.is_none() || command.body(&server).is_ok() {
        match session.run(command.clone()).await {
            Ok(threads) if here.is_some() && !threads.unreadable.is_empty() => {}
            Err(error) if here.is_some() && E::command_error(&error).is_some_and(is_not_known) => {}
            result => return result,
        }
    }
    match here {
        Some(here) => here.thread(session, command.keys).await,
        None => Ok(Threads::default()),
    }
}

/// How threads are made here.
#[derive(Clone, Copy)]
struct Here {
    algorithm: fn(&[Message<Uid>]) -> Forest<Uid>,
    needs_references: bool,
}

impl Here {
    fn new(algorithm: &ThreadAlgorithm) -> Option<Self> {
        Some(match algorithm {
            ThreadAlgorithm::OrderedSubject => {
                Self { algorithm: thread::by_ordered_subject, needs_references: false }
            }
            ThreadAlgorithm::References => Self { algorithm: thread::by_references, needs_references: true },
            ThreadAlgorithm::Refs => Self { algorithm: thread::by_refs, needs_references: true },
            _ => return None,
        })
    }

    /// Finds messages and puts them together by what the server tells of each.
    async fn thread<E: Execute + ?Sized>(self, session: &mut E, keys: Key) -> Result<Threads<Uid>, E::Error> {
        let found = search_with(session, Search::uid(keys)).await?;
        let mut query = Query::new().envelope().internal_date();
        if self.needs_references {
            query = query.header_fields(["References"]);
        }
        let mut messages = Vec::new();
        let incomparable = facts(session, &found.all, &query, |uid, told| {
            let none = Envelope::default();
            let envelope = told.envelope();
            let references = told.header_fields(["References"]);
            let field = references.map(|references| &**references).unwrap_or_default();
            messages.push(Message::new(uid, envelope.unwrap_or(&none), field, told.internal_date()));
            envelope.is_some() && (references.is_some() || !self.needs_references)
        })
        .await?;
        Ok(Threads {
            forest: (self.algorithm)(&messages),
            by: SortedBy::Client,
            incomparable,
            unreadable: found.unreadable,
        })
    }
}

#[cfg(test)]
mod tests {
    use alloc::{
        format,
        string::{String, ToString as _},
    };

    use super::*;
    use crate::{CommandError, Session as _, session::script::Script};

    #[test]
    fn the_server_makes_threads_if_it_can() {
        let steps: &[(&str, &[&str])] =
            &[("UID THREAD REFERENCES US-ASCII UNSEEN", &["* THREAD (2 3)(9)", "% OK done"])];
        let mut script = Script::new("IMAP4rev1 THREAD=REFERENCES", steps);
        let by_references =
            async |script: &mut Script| script.thread(ThreadAlgorithm::References, Key::unseen()).await;
        let threads = script.play(by_references).unwrap();
        assert_eq!((threads.forest.to_string().as_str(), threads.by), ("(2 3)(9)", SortedBy::Server));
    }

    /// A row of a message: its UID, subject, identifier, references.
    fn row(uid: u32, subject: &str, id: &str, references: &str) -> String {
        let field =
            if references.is_empty() { "\r\n".into() } else { format!("References: {references}\r\n\r\n") };
        format!(
            "* {uid} FETCH (UID {uid} INTERNALDATE \"0{uid}-Jan-2000 00:00:00 +0000\" \
             ENVELOPE (NIL \"{subject}\" NIL NIL NIL NIL NIL NIL NIL \"{id}\") \
             BODY[HEADER.FIELDS (References)] {{{}}}\r\n{field})",
            field.len()
        )
    }

    #[test]
    fn they_are_made_here_if_not() {
        let rows = [
            row(3, "b", "<c@x>", "<a@x>\r\n <b@x>"),
            row(1, "a", "<a@x>", ""),
            row(2, "Re: a", "<b@x>", "<a@x>"),
            row(5, "re: a", "<e@x>", ""),
        ];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let fetch = "UID FETCH 1:5 (UID ENVELOPE INTERNALDATE BODY.PEEK[HEADER.FIELDS (References)])";
        for (algorithm, threads) in
            [(ThreadAlgorithm::References, "(1 (2 3)(5))"), (ThreadAlgorithm::Refs, "(1 2 3)(5)")]
        {
            let answer = [&rows[..], &["% OK done"]].concat();
            let steps: &[(&str, &[&str])] = &[
                ("UID SEARCH RETURN (ALL) UNSEEN", &["* ESEARCH (TAG \"%\") UID ALL 1:5", "% OK done"]),
                (fetch, &answer),
            ];
            let mut script = Script::new("IMAP4rev2 THREAD=ORDEREDSUBJECT", steps);
            let told = script.play(async |script| script.thread(algorithm, Key::unseen()).await).unwrap();
            assert_eq!((told.forest.to_string().as_str(), told.by), (threads, SortedBy::Client));
            assert!(told.incomparable.is_empty() && script.events.is_empty());
        }
    }

    #[test]
    fn subjects_need_no_references() {
        let envelope = |uid, subject| {
            format!(
                "* {uid} FETCH (UID {uid} ENVELOPE (\"0{uid} Jan 2000\" \"{subject}\" NIL NIL NIL NIL NIL NIL NIL NIL))"
            )
        };
        let rows = [
            envelope(1, "a"),
            envelope(2, "b"),
            envelope(3, "Re: a"),
            "* 4 FETCH (UID 4 INTERNALDATE NIL)".into(),
        ];
        let mut answer: Vec<&str> = rows.iter().map(String::as_str).collect();
        answer.push("% OK done");
        let steps: &[(&str, &[&str])] = &[
            ("UID SEARCH ALL", &["* SEARCH 1 2 3 4", "% OK done"]),
            ("UID FETCH 1:4 (UID ENVELOPE INTERNALDATE)", &answer),
        ];
        let mut script = Script::new("IMAP4rev1", steps);
        let by_subject =
            async |script: &mut Script| script.thread(ThreadAlgorithm::OrderedSubject, Key::all()).await;
        let threads = script.play(by_subject).unwrap();
        assert_eq!(threads.forest.to_string(), "(4)(1 3)(2)");
        assert_eq!(threads.incomparable.to_string(), "4");
    }

    #[test]
    fn what_is_not_known_here_is_an_error() {
        let other = || ThreadAlgorithm::Other(mailwire_imap::Atom::new("LATEST").unwrap());
        let mut script = Script::new("IMAP4rev1", &[]);
        let result = script.play(async |script| script.thread(other(), Key::all()).await);
        assert!(matches!(result, Err(CommandError::Unsupported(_))));
    }
}
