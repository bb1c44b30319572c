//! One section of one message, as it comes: for what is too long to be kept.

use alloc::{collections::VecDeque, vec, vec::Vec};

use bytes::Bytes;

use super::{
    asked::{left, may_be_fetch, may_name},
    fetch::{MOST_BAD, is_origin, is_section, require},
};
use crate::{
    Command, Server, Unsupported, Untagged,
    codec::{
        Uid,
        command::{Body, Fetch, Messages},
        fetch::{self, Content, Item, Message},
        fetch_attribute::Attribute,
        response::{Data, Unknown},
        section::{Part, Section},
    },
};

/// `FETCH` of octets of one message ([RFC 9051 section 6.4.5](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.5)), which
/// are handed on while they come and never collected.
///
/// `\Seen` is not set, unless [`seen`](Self::seen) says so.
///
/// ```
/// use mailwire_imap_client::{codec::{Uid, section::Section}, command::FetchBody};
///
/// # let uid = Uid::MIN;
/// let message = FetchBody::new(uid, Section::whole());
/// // The rest of it, after a connection was lost.
/// let rest = FetchBody::new(uid, Section::whole()).range(1_048_576, u32::MAX.into());
/// # let _ = (message, rest);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FetchBody {
    /// Of which message.
    pub message: Message,
    /// What of it.
    pub what: What,
    /// Where to start, and how many octets at most.
    pub partial: Option<(u64, u64)>,
    /// Whether `\Seen` is not to be set.
    pub peek: bool,
    /// The most octets that are handed on as one piece, with the end of the response at once. Default 16 KiB.
    pub inline: u64,
}

/// Which octets of a message.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum What {
    /// Those of a part without its transfer encoding: `BINARY[...]` ([RFC 3516](https://www.rfc-editor.org/rfc/rfc3516)).
    Binary(Part),
    /// Those of a section: `BODY[...]`.
    Section(Section),
}

impl FetchBody {
    /// A section of a message, which is named by UID or sequence number.
    pub fn new(message: impl Into<Message>, section: Section) -> Self {
        Self {
            message: message.into(),
            what: What::Section(section),
            partial: None,
            peek: true,
            inline: 16 * 1024,
        }
    }

    /// A part of a message without its transfer encoding.
    pub fn binary(message: impl Into<Message>, part: Part) -> Self {
        Self { what: What::Binary(part), ..Self::new(message, Section::default()) }
    }

    /// From octet `start` on, counted from 0, `length` octets at most.
    #[must_use]
    pub fn range(self, start: u64, length: u64) -> Self {
        Self { partial: Some((start, length)), ..self }
    }

    /// The message counts as seen then.
    #[must_use]
    pub fn seen(self) -> Self {
        Self { peek: false, ..self }
    }

    fn attribute(&self) -> Attribute {
        let (partial, peek) = (self.partial, self.peek);
        match &self.what {
            What::Binary(part) => Attribute::Binary { part: part.clone(), partial, peek },
            What::Section(section) => Attribute::Body { section: section.clone(), partial, peek },
        }
    }

    fn is_asked(&self, item: &Item) -> bool {
        match (&self.what, item) {
            (What::Binary(part), Item::Binary(binary)) => {
                *part == binary.part && is_origin(self.partial, binary.origin)
            }
            (What::Section(section), Item::Body(body)) => {
                is_section(section, &body.section) && is_origin(self.partial, body.origin)
            }
            _ => false,
        }
    }

    fn is_of(&self, fetch: &fetch::Fetch) -> bool {
        may_name(&self.message.into(), fetch.message, fetch.uid())
    }

    fn take(&self, fetch: fetch::Fetch, output: &mut FetchedBody) -> Option<Untagged> {
        let has_answer = !output.is_finished && fetch.items.iter().any(|item| self.is_asked(item));
        if !has_answer || !self.is_of(&fetch) {
            // Its octets were taken before it told its UID.
            output.is_mixed |= has_answer && output.length.is_some();
            return Some(Untagged::Data(Data::Fetch(fetch)));
        }
        let (uid, message) = (fetch.uid(), fetch.message);
        let mut others = Vec::new();
        for item in fetch.items {
            let is_asked = !output.is_finished && self.is_asked(&item);
            match item {
                Item::Binary(binary) if is_asked => output.end(binary.content),
                Item::Body(body) if is_asked => output.end(body.content),
                Item::Uid(_) => {}
                other => others.push(other),
            }
        }
        output.uid = uid;
        left(message, uid, others)
    }
}

impl Command for FetchBody {
    type Output = FetchedBody;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        let attribute = self.attribute();
        require(&attribute, server)?;
        let messages = Messages::from(self.message);
        Ok(Body::Fetch(Fetch::new(messages, vec![Attribute::Uid, attribute])))
    }

    fn absorb(&self, data: Untagged, output: &mut FetchedBody) -> Option<Untagged> {
        match data {
            Untagged::Head(Data::Fetch(fetch)) => {
                let content = fetch.items.last().filter(|item| self.is_asked(item)).and_then(content);
                match content {
                    Some(Content::Streamed(length)) if output.length.is_none() && self.is_of(&fetch) => {
                        output.length = Some(*length);
                        None
                    }
                    _ => Some(Untagged::Head(Data::Fetch(fetch))),
                }
            }
            Untagged::Chunk(octets) => {
                output.chunks.push_back(octets);
                None
            }
            Untagged::Data(Data::Fetch(fetch)) => self.take(fetch, output),
            Untagged::Unknown(unknown)
                if output.unreadable.len() < MOST_BAD
                    && may_be_fetch(&self.message.into(), &unknown.octets) =>
            {
                output.unreadable.push(unknown);
                None
            }
            other => Some(other),
        }
    }

    fn inline_literal(&self) -> Option<u64> {
        Some(self.inline)
    }
}

/// What [`FetchBody`] brings: take chunks from the front while the command is in progress.
///
/// After the end of the command, [`is_finished`](Self::is_finished) tells whether the octets are whole.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct FetchedBody {
    /// The octets that came and were not taken.
    pub chunks: VecDeque<Bytes>,
    /// How many there are in all, those that were taken included; known before they come.
    pub length: Option<u64>,
    /// Whether all octets have come, or it is known that there are none. If it is not so at the end of the command, the server
    /// told nothing, as of a message that is gone; or the octets that came are not to be trusted, because the response cannot
    /// be read to its end.
    pub is_finished: bool,
    /// Whether the server says that there is no such part: `NIL`.
    pub is_nil: bool,
    /// The UID of the message.
    pub uid: Option<Uid>,
    /// Responses that seem to be of this message and cannot be read.
    pub unreadable: Vec<Unknown>,
    is_mixed: bool,
}

impl FetchedBody {
    fn end(&mut self, content: Content) {
        self.is_finished = true;
        match content {
            Content::Nil => self.is_nil = true,
            Content::Octets(octets) => {
                self.length = Some(octets.len() as u64);
                self.chunks.push_back(octets.into_bytes());
            }
            // Its octets came before, unless their head was not recognised.
            Content::Streamed(length) => self.is_finished = self.length == Some(length) && !self.is_mixed,
            _ => self.is_finished = false,
        }
    }
}

fn content(item: &Item) -> Option<&Content> {
    match item {
        Item::Binary(binary) => Some(&binary.content),
        Item::Body(body) => Some(&body.content),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::{format, string::String};

    use super::*;
    use crate::command::{
        dialogue::{lacks, written},
        peer::absorbed,
    };

    fn uid(value: u32) -> Uid {
        Uid::new(value).unwrap()
    }

    fn joined(output: &FetchedBody) -> String {
        output.chunks.iter().map(|chunk| core::str::from_utf8(chunk).unwrap()).collect()
    }

    #[test]
    fn what_is_sent() {
        let whole = FetchBody::new(uid(7), Section::whole());
        assert_eq!(written(&whole, "").as_deref(), Ok("UID FETCH 7 (UID BODY.PEEK[])"));
        let rest = whole.range(100, 4_294_967_295).seen();
        assert_eq!(written(&rest, "").as_deref(), Ok("UID FETCH 7 (UID BODY[]<100.4294967295>)"));
        let number = crate::codec::SeqNum::new(3).unwrap();
        let part = FetchBody::binary(number, "1.2".parse().unwrap());
        assert_eq!(written(&part, "BINARY").as_deref(), Ok("FETCH 3 (UID BINARY.PEEK[1.2])"));
        assert_eq!(written(&part, ""), lacks("BINARY"));
    }

    #[test]
    fn chunks_and_what_else_is_told() {
        let fetch = FetchBody::new(uid(7), Section::whole()).seen();
        let wire = concat!(
            "* 8 FETCH (UID 8 BODY[] {3}\r\nxyz)\r\n",
            "* 3 EXISTS\r\n",
            "* 2 FETCH (UID 7 BODY[] {12}\r\na OK\r\n* BYE\r FLAGS (\\Seen) MODSEQ (9))\r\n",
            "* 2 FETCH (UID 7 BODY[] {1}\r\nx)\r\n",
            "a OK done\r\n"
        );
        for inline in [0, 11, 12, 1000] {
            for piece in [1, 5, 1000] {
                let (output, back) = absorbed(&fetch, wire, inline, piece);
                assert_eq!(joined(&output), "a OK\r\n* BYE\r", "{inline} {piece}");
                assert_eq!((output.length, output.is_finished, output.is_nil), (Some(12), true, false));
                let whole: Vec<_> = back.iter().filter(|line| !line.starts_with('(')).collect();
                assert_eq!(whole[whole.len() - 2..][0], "* 2 FETCH (UID 7 FLAGS (\\Seen) MODSEQ (9))");
                assert!(whole.iter().any(|line| *line == "* 3 EXISTS"));
            }
        }
    }

    #[test]
    fn what_is_not_there() {
        let fetch = FetchBody::binary(uid(7), "3".parse().unwrap());
        for (wire, length, is_finished, is_nil) in [
            ("", None, false, false),
            ("* 2 FETCH (UID 7 BINARY[3] NIL)\r\n", None, true, true),
            ("* 2 FETCH (UID 7 BINARY[3] \"\")\r\n", Some(0), true, false),
            ("* 2 FETCH (UID 7 BINARY[3] ~{2}\r\n\0x)\r\n", Some(2), true, false),
            ("* 2 FETCH (UID 7 BINARY[2] \"\")\r\n", None, false, false),
            ("* 2 FETCH (UID 7 FLAGS ())\r\n", None, false, false),
        ] {
            for inline in [0, 100] {
                let (output, _) = absorbed(&fetch, &format!("{wire}a OK\r\n"), inline, 1000);
                assert_eq!(
                    (output.length, output.is_finished, output.is_nil),
                    (length, is_finished, is_nil),
                    "{wire}"
                );
            }
        }
    }

    #[test]
    fn octets_whose_response_cannot_be_read_are_not_whole() {
        let fetch = FetchBody::new(uid(7), Section::whole());
        // The literal is longer than it says.
        let wire = "* 2 FETCH (UID 7 BODY[] {2}\r\nabc)\r\na OK\r\n";
        let (output, _) = absorbed(&fetch, wire, 0, 1000);
        assert_eq!((joined(&output).as_str(), output.is_finished), ("ab", false));
        assert_eq!(output.unreadable.len(), 1);
    }

    #[test]
    fn octets_of_another_message_are_not_whole() {
        let fetch = FetchBody::new(uid(7), Section::whole());
        let other = "* 2 FETCH (BODY[] {2}\r\nab UID 8)\r\n";
        let (output, back) = absorbed(&fetch, other, 100, 1000);
        assert_eq!((output, back.len()), (FetchedBody::default(), 1));
        let own = "* 1 FETCH (BODY[] {2}\r\nab UID 7)\r\n";
        for (wire, is_finished) in [([own, other], true), ([other, own], false)] {
            let (output, _) = absorbed(&fetch, &wire.concat(), 0, 1000);
            assert_eq!(output.is_finished, is_finished);
        }
    }

    #[test]
    fn ranges() {
        let fetch = FetchBody::new(uid(7), Section::whole()).range(5, 10);
        let (output, back) = absorbed(
            &fetch,
            "* 2 FETCH (BODY[]<0> \"no\" UID 7)\r\n* 2 FETCH (BODY[]<5> \"yes\" UID 7)\r\n",
            0,
            9,
        );
        assert_eq!((joined(&output).as_str(), output.uid, back.len()), ("yes", Some(uid(7)), 1));
    }
}
