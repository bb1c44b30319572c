//! What a mail reader shows of a message.

use super::{BodyStructure, Multipart, Single, parameter};
use crate::{Octets, section::Part};

impl BodyStructure {
    /// The part of plain text that a mail reader shows, and its number.
    ///
    /// It looks into multiparts as their kinds want it: the first fitting part of `alternative`, the root of `related`,
    /// what is signed of `signed`. Attachments and attached messages are passed over.
    ///
    /// ```
    /// use mailwire_imap::{Decoder, fetch::Item, response::{Data, Response}};
    ///
    /// let frame = br#"* 1 FETCH (BODY ((("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9 1)("TEXT" "HTML" NIL NIL NIL "7BIT" 99 3) "ALTERNATIVE")("TEXT" "PLAIN" ("NAME" "a.txt") NIL NIL "7BIT" 5 1) "MIXED"))"#;
    /// let Response::Data(Data::Fetch(fetch)) = Decoder::default().response(&frame[..]) else { panic!() };
    /// let [Item::BodyShort(structure)] = &fetch.items[..] else { panic!() };
    /// let number = |found: Option<(mailwire_imap::section::Part, _)>| found.map(|(number, _)| number.to_string());
    /// assert_eq!(number(structure.text()).as_deref(), Some("1.1"));
    /// assert_eq!(number(structure.html()).as_deref(), Some("1.2"));
    /// assert_eq!(structure.attachments()[0].name.as_ref().unwrap(), "a.txt");
    /// ```
    pub fn text(&self) -> Option<(Part, &Single)> {
        self.shown("plain", Part::default(), true)
    }

    /// The part of HTML that a mail reader shows, and its number: as with [`text`](Self::text), but the last fitting part of
    /// `alternative`, which is the richest one.
    pub fn html(&self) -> Option<(Part, &Single)> {
        self.shown("html", Part::default(), true)
    }

    fn shown(&self, subtype: &str, number: Part, is_first: bool) -> Option<(Part, &Single)> {
        match self {
            Self::Invalid(_) => None,
            Self::Multipart(multipart) => multipart.shown(subtype, &number),
            Self::Single(single) => {
                let is_shown = single.is("text", subtype) && !single.is_saved(is_first);
                is_shown
                    .then(|| (if number.0.is_empty() { number.child(1) } else { number }, single.as_ref()))
            }
        }
    }
}

impl Multipart {
    /// Whether it is of this subtype, in any case.
    pub fn is(&self, subtype: &str) -> bool {
        self.subtype.eq_ignore_ascii_case(subtype.as_bytes())
    }

    fn shown(&self, subtype: &str, number: &Part) -> Option<(Part, &Single)> {
        let root = self.root();
        let is_alternative = self.is("alternative");
        let count = if self.is("signed") { 1 } else { self.parts.len() };
        let all = || self.numbered(number).take(count).enumerate();
        let mut found = all()
            .filter(|(index, _)| *index == root)
            .chain(all().filter(|(index, _)| *index != root))
            .filter_map(|(index, (number, part))| {
                part.shown(subtype, number, is_alternative || index == root)
            });
        if is_alternative && subtype == "html" { found.next_back() } else { found.next() }
    }

    /// The place of the part that the others belong to: the first one, but in `related` the one that `start` names
    /// ([RFC 2387 section 3](https://www.rfc-editor.org/rfc/rfc2387#section-3)).
    pub(super) fn root(&self) -> usize {
        let start = if self.is("related") { parameter::decoded(&self.parameters, "start") } else { None };
        let Some(start) = start else { return 0 };
        let has_id = |part: &BodyStructure| match part {
            BodyStructure::Single(single) => single.id.as_ref().is_some_and(|id| bare(id) == bare(&start)),
            _ => false,
        };
        self.parts.iter().position(has_id).unwrap_or(0)
    }
}

impl Single {
    /// Whether it is to be saved and not shown, as its disposition says: all but `inline`, those included that nobody knows
    /// ([RFC 2183 section 2.8](https://www.rfc-editor.org/rfc/rfc2183#section-2.8)). Where there is none a name tells,
    /// save for the first part of a multipart
    /// and the forms of an alternative.
    pub(super) fn is_saved(&self, is_first: bool) -> bool {
        match self.disposition() {
            Some(kind) => !kind.eq_ignore_ascii_case(b"inline") || !is_first && self.is_named(),
            None => !is_first && self.is_named(),
        }
    }

    pub(super) fn disposition(&self) -> Option<&Octets> {
        let disposition = self.extension.disposition.as_ref()?;
        Some(&disposition.kind).filter(|kind| !kind.is_empty())
    }
}

/// An id without its angle brackets.
fn bare(id: &[u8]) -> &[u8] {
    let id = id.trim_ascii();
    id.strip_prefix(b"<").and_then(|id| id.strip_suffix(b">")).unwrap_or(id)
}
