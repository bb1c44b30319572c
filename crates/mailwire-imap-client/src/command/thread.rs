//! THREAD: messages put together by the server.

use alloc::{format, vec::Vec};
use core::marker::PhantomData;

use mailwire_imap::{
    NumberSet, Octets, Search as Key, SeqNum, Uid,
    command::{self, Body, SearchCommand, ThreadAlgorithm},
    response::{Data, Unknown},
};

use super::{
    Naming, SortedBy,
    search::{is_answer, require_keys},
    sort::charset,
};
use crate::{Command, Server, Unsupported, Untagged, thread::Forest};

/// `THREAD`, `UID THREAD` ([RFC 5256 section 3](https://www.rfc-editor.org/rfc/rfc5256#section-3)).
///
/// ```
/// use mailwire_imap_client::{codec::{Search, command::ThreadAlgorithm}, command::Thread};
///
/// let thread = Thread::uid(ThreadAlgorithm::References, Search::undeleted());
/// # let _ = thread;
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Thread<N = Uid> {
    /// How messages are put together.
    pub algorithm: ThreadAlgorithm,
    /// Which messages.
    pub keys: Key,
    /// The charset of the texts, which has to be told; US-ASCII if that is enough, else UTF-8.
    pub charset: Option<Octets>,
    naming: PhantomData<fn() -> N>,
}

impl Thread<Uid> {
    /// `UID THREAD`: UIDs are told.
    pub fn uid(algorithm: ThreadAlgorithm, keys: Key) -> Self {
        Self { algorithm, keys, charset: None, naming: PhantomData }
    }
}

impl Thread<SeqNum> {
    /// `THREAD`: sequence numbers are told.
    pub fn sequence(algorithm: ThreadAlgorithm, keys: Key) -> Self {
        Self { algorithm, keys, charset: None, naming: PhantomData }
    }
}

impl<N: Naming> Command for Thread<N> {
    type Output = Threads<N>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        match &self.algorithm {
            ThreadAlgorithm::OrderedSubject => server.require("THREAD=ORDEREDSUBJECT")?,
            ThreadAlgorithm::References => server.require("THREAD=REFERENCES")?,
            ThreadAlgorithm::Refs => server.require("THREAD=REFS")?,
            other if server.has(&format!("THREAD={}", other.as_str())) => {}
            _ => return Err(Unsupported { capability: "THREAD by this algorithm" }),
        }
        require_keys(&self.keys, server)?;
        let search = SearchCommand {
            is_uid: N::IS_UID,
            returns: None,
            charset: Some(charset(self.charset.as_ref(), &self.keys, server)),
            search: self.keys.clone(),
        };
        Ok(Body::Thread(command::Thread { search, algorithm: self.algorithm.clone() }))
    }

    fn absorb(&self, data: Untagged, threads: &mut Threads<N>) -> Option<Untagged> {
        match data {
            Untagged::Data(Data::Thread(told)) => {
                told.iter().for_each(|thread| threads.forest.extend_by(thread));
            }
            Untagged::Unknown(unknown) if is_answer(&unknown.octets, &["THREAD"]) => {
                // They may nest deeper than anything else is read.
                let lists = unknown.octets.get("* THREAD".len()..).unwrap_or_default();
                match Forest::read(lists) {
                    Some(told) => threads.forest.append(told),
                    None => threads.unreadable.push(unknown),
                }
            }
            other => return Some(other),
        }
        None
    }
}

/// What THREAD brings.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Threads<N> {
    /// The threads.
    pub forest: Forest<N>,
    /// Who put them together.
    pub by: SortedBy,
    /// If they were put together here: messages of which the server did not tell what they are compared by. They are
    /// threads of their own.
    pub incomparable: NumberSet<N>,
    /// Responses that seem to be the answer, and of which not even the outer form can be read: messages may be missing.
    pub unreadable: Vec<Unknown>,
}

impl<N> Default for Threads<N> {
    fn default() -> Self {
        Self {
            forest: Forest::default(),
            by: SortedBy::default(),
            incomparable: NumberSet::default(),
            unreadable: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::{String, ToString as _};

    use mailwire_imap::Atom;

    use super::*;
    use crate::command::{
        dialogue::{lacks, written},
        peer::answer,
    };

    #[test]
    fn what_is_asked_for() {
        let by = |algorithm| Thread::uid(algorithm, Key::unseen());
        let other = || ThreadAlgorithm::Other(Atom::new("LATEST").unwrap());
        for (thread, words, line) in [
            (
                by(ThreadAlgorithm::References),
                "THREAD=REFERENCES",
                Ok("UID THREAD REFERENCES US-ASCII UNSEEN"),
            ),
            (by(ThreadAlgorithm::References), "THREAD=REFS", Err("THREAD=REFERENCES")),
            (by(ThreadAlgorithm::Refs), "THREAD=REFS", Ok("UID THREAD REFS US-ASCII UNSEEN")),
            (by(ThreadAlgorithm::OrderedSubject), "IMAP4rev2", Err("THREAD=ORDEREDSUBJECT")),
            (by(other()), "THREAD=latest", Ok("UID THREAD LATEST US-ASCII UNSEEN")),
            (by(other()), "THREAD=REFS", Err("THREAD by this algorithm")),
            (
                Thread::uid(ThreadAlgorithm::Refs, Key::subject("für")),
                "THREAD=REFS",
                Ok("UID THREAD REFS UTF-8 SUBJECT {4}\r\n~für"),
            ),
            (Thread::uid(ThreadAlgorithm::Refs, Key::email_id("M")), "THREAD=REFS", Err("OBJECTID")),
        ] {
            assert_eq!(written(&thread, words), line.map(String::from).or_else(lacks), "{words}");
        }
        let by_number = Thread::sequence(ThreadAlgorithm::OrderedSubject, Key::all());
        let line = "THREAD ORDEREDSUBJECT US-ASCII ALL";
        assert_eq!(written(&by_number, "THREAD=ORDEREDSUBJECT"), Ok(line.into()));
    }

    #[test]
    fn threads_are_read() {
        let thread = Thread::uid(ThreadAlgorithm::References, Key::all());
        for (lines, threads) in [
            (&["* THREAD (2)(3 6 (4 23)(44 7 96))"][..], "(2)(3 6 (4 23)(44 7 96))"),
            (&["* THREAD ((3)(5))"], "((3)(5))"),
            (&["* THREAD"], ""),
            (&["* THREAD "], ""),
            (&[], ""),
            (&["* THREAD (2)", "* THREAD (3)"], "(2)(3)"),
        ] {
            let (told, back) = answer(&thread, lines);
            assert_eq!((told.forest.to_string().as_str(), back.len()), (threads, 0), "{lines:?}");
            assert_eq!(told.by, SortedBy::Server);
        }
        let others = ["* SEARCH 1", "* SORT 1", "* 5 EXISTS", "* OK hm"];
        assert_eq!(answer(&thread, &others).1.len(), others.len());
    }

    #[test]
    fn threads_nest_as_deep_as_they_like() {
        let thread = Thread::uid(ThreadAlgorithm::References, Key::all());
        let deep = "* THREAD (1)".to_string() + &"(2 (3)".repeat(5000) + "(4)" + &")".repeat(5000);
        let (told, back) = answer(&thread, &[&deep, "* THREAD (5)"]);
        assert_eq!((told.forest.nodes().len(), back.len(), told.unreadable.len()), (10_003, 0, 0));
        let (told, back) = answer(&thread, &["* THREAD (1))", "* THREADS (1)"]);
        assert_eq!((told.unreadable.len(), back.len(), told.forest.is_empty()), (1, 1, true));
    }
}
