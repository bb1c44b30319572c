//! What a FETCH response tells, item by item.

use bytes::Bytes;

use super::{Content, Fetch, Item, Message};
use crate::{
    BodyStructure, Envelope, Flags, ModSeq, Octets, ParseError, SeqNum, Uid,
    date::DateTime,
    section::{Part, Section, Text},
};

/// The first item of a kind, and what is in it.
macro_rules! items {
    ($($(#[$doc:meta])* $name:ident -> $kind:ty { $($pattern:pat => $value:expr,)* })*) => {
        $(
            $(#[$doc])*
            pub fn $name(&self) -> Option<$kind> {
                self.items.iter().find_map(|item| match item {
                    $($pattern => $value,)*
                    _ => None,
                })
            }
        )*
    };
}

/// Each gives the first item of its kind, or nothing if there is none.
///
/// ```
/// use mailwire_imap::{Decoder, response::{Data, Response}, section::Section};
///
/// let wire = b"* 7 FETCH (UID 9 RFC822.SIZE 44827 BODY[HEADER.FIELDS (SUBJECT)] {12}\r\nSubject: x\r\n)";
/// let Response::Data(Data::Fetch(fetch)) = Decoder::default().response(&wire[..]) else { panic!() };
/// assert_eq!((fetch.sequence_number().unwrap().get(), fetch.uid().unwrap().get()), (7, 9));
/// assert_eq!((fetch.size(), fetch.mod_seq()), (Some(44827), None));
/// let header = fetch.section(&Section::fields(["Subject"])).unwrap();
/// assert_eq!(header.octets().unwrap(), "Subject: x\r\n");
/// ```
impl Fetch {
    /// The sequence number; nothing once UIDONLY is enabled.
    pub fn sequence_number(&self) -> Option<SeqNum> {
        if let Message::Sequence(number) = self.message { Some(number) } else { None }
    }

    /// The UID, if it is told.
    pub fn uid(&self) -> Option<Uid> {
        if let Message::Uid(uid) = self.message {
            return Some(uid);
        }
        self.items.iter().find_map(|item| if let Item::Uid(uid) = item { Some(*uid) } else { None })
    }

    items! {
        /// The flags.
        flags -> &Flags { Item::Flags(flags) => Some(flags), }
        /// The envelope.
        envelope -> &Envelope { Item::Envelope(envelope) => Some(&**envelope), }
        /// The structure: BODYSTRUCTURE, or BODY, which lacks the extension data.
        body_structure -> &BodyStructure {
            Item::BodyStructure(structure) | Item::BodyShort(structure) => Some(structure),
        }
        /// When the message arrived.
        internal_date -> DateTime { Item::InternalDate(date) => *date, }
        /// When the message came into the mailbox.
        save_date -> DateTime { Item::SaveDate(date) => *date, }
        /// The size in octets.
        size -> u64 { Item::Rfc822Size(size) => Some(*size), }
        /// The modification sequence.
        mod_seq -> ModSeq { Item::ModSeq(value) => Some(*value), }
        /// The first words of the text.
        preview -> &Octets { Item::Preview(text) => text.as_ref(), }
        /// The id that the message has in each mailbox.
        email_id -> &Octets { Item::EmailId(id) => Some(id), }
        /// The id of the thread in which the message is.
        thread_id -> &Octets { Item::ThreadId(id) => id.as_ref(), }
        /// The labels of Gmail.
        gmail_labels -> &[Octets] { Item::GmailLabels(labels) => Some(labels.as_slice()), }
        /// The id of the message at Gmail.
        gmail_message_id -> u64 { Item::GmailMessageId(id) => Some(*id), }
        /// The id of the thread at Gmail.
        gmail_thread_id -> u64 { Item::GmailThreadId(id) => Some(*id), }
    }

    /// The content of a section, whether all of it was asked for or a range; `RFC822`, `RFC822.HEADER` and `RFC822.TEXT` are
    /// the sections that they stand for.
    pub fn section(&self, section: &Section) -> Option<&Content> {
        let is_message = section.part.0.is_empty();
        self.items.iter().find_map(|item| match (item, &section.text) {
            (Item::Body(body), _) if body.section.is_same(section) => Some(&body.content),
            (Item::Rfc822(content), Text::All) if is_message => Some(content),
            (Item::Rfc822Header(content), Text::Header) if is_message => Some(content),
            (Item::Rfc822Text(content), Text::Text) if is_message => Some(content),
            _ => None,
        })
    }

    /// The content of a part without its transfer encoding (BINARY).
    pub fn binary(&self, part: &Part) -> Option<&Content> {
        self.items.iter().find_map(|item| match item {
            Item::Binary(binary) if binary.part == *part => Some(&binary.content),
            _ => None,
        })
    }

    /// How many octets a part has without its transfer encoding (BINARY).
    pub fn binary_size(&self, part: &Part) -> Option<u64> {
        self.items.iter().find_map(|item| match item {
            Item::BinarySize(of, size) if of == part => Some(*size),
            _ => None,
        })
    }

    /// The items that could not be read, and why.
    pub fn invalid(&self) -> impl Iterator<Item = (&Octets, &ParseError)> {
        self.items.iter().filter_map(|item| match item {
            Item::Invalid { octets, error } => Some((octets, error)),
            _ => None,
        })
    }
}

impl From<Octets> for Content {
    fn from(octets: Octets) -> Self {
        Self::Octets(octets)
    }
}

impl From<Bytes> for Content {
    fn from(octets: Bytes) -> Self {
        Self::Octets(octets.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Decoder,
        response::{Data, Response},
    };

    fn read(items: &str) -> Fetch {
        match Decoder::default().response(alloc::format!("* 1 FETCH ({items})").as_bytes()) {
            Response::Data(Data::Fetch(fetch)) => fetch,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_item_is_found() {
        let date = "17-Jul-1996 02:44:25 -0700";
        let fetch = read(&alloc::format!(
            "UID 5 FLAGS (\\Seen) INTERNALDATE \"{date}\" SAVEDATE NIL MODSEQ (7) PREVIEW \"hi\" EMAILID (M1) \
             THREADID NIL X-GM-LABELS (a) X-GM-MSGID 8 X-GM-THRID 9 BINARY[1.2] ~{{1}}\r\n\0 BINARY.SIZE[1] 3 \
             BODY (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) ENVELOPE (NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)"
        ));
        assert_eq!(fetch.internal_date().unwrap(), date.parse().unwrap());
        assert_eq!((fetch.save_date(), fetch.thread_id(), fetch.size()), (None, None, None));
        assert_eq!((fetch.mod_seq().unwrap().get(), fetch.email_id().unwrap().as_str()), (7, Some("M1")));
        assert_eq!((fetch.preview().unwrap().as_str(), fetch.gmail_labels().unwrap().len()), (Some("hi"), 1));
        assert_eq!((fetch.gmail_message_id(), fetch.gmail_thread_id()), (Some(8), Some(9)));
        assert_eq!(fetch.envelope().unwrap().subject.as_ref().unwrap(), "s");
        assert!(fetch.body_structure().is_some() && fetch.flags().is_some() && fetch.uid() == Uid::new(5));
        let part = |text: &str| text.parse::<Part>().unwrap();
        assert_eq!(fetch.binary(&part("1.2")).and_then(Content::octets), Some(&"\0".into()));
        assert_eq!((fetch.binary_size(&part("1")), fetch.binary_size(&part("1.2"))), (Some(3), None));
        assert_eq!((fetch.binary(&part("1")), fetch.invalid().count()), (None, 0));
        assert_eq!(read("UID 5 ENVELOPE 5 MODSEQ x").invalid().count(), 2);
    }

    #[test]
    fn sections_by_what_they_are() {
        let fetch = read(
            "RFC822.HEADER \"h\" RFC822.TEXT \"t\" BODY[1.MIME] \"m\" BODY[]<5> \"r\" \
             BODY[HEADER.FIELDS (SUBJECT \"From\")] \"f\" BODY[2.HEADER.FIELDS.NOT (X)] NIL",
        );
        let content = |section: &str| match fetch.section(&section.parse().unwrap()) {
            Some(content) => content.octets().and_then(Octets::as_str).unwrap_or("NIL"),
            None => "nothing",
        };
        for (section, octets) in [
            ("HEADER", "h"),
            ("TEXT", "t"),
            ("1.MIME", "m"),
            ("", "r"),
            ("HEADER.FIELDS (Subject FROM)", "f"),
            ("2.HEADER.FIELDS.NOT (x)", "NIL"),
            ("HEADER.FIELDS (Subject)", "nothing"),
            ("HEADER.FIELDS.NOT (Subject From)", "nothing"),
            ("1.HEADER", "nothing"),
            ("1", "nothing"),
        ] {
            assert_eq!(content(section), octets, "{section}");
        }
        let whole = read("RFC822 \"w\"");
        assert!(whole.section(&Section::whole()).is_some() && whole.section(&Section::header()).is_none());
    }
}
