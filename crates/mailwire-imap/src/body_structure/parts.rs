//! The parts of a message by their numbers ([RFC 9051 section 6.4.5.1](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.5.1)).

use alloc::vec;
use core::iter;

use super::{BodyStructure, Kind, Multipart, Single};
use crate::section::Part;

impl BodyStructure {
    /// All parts that are no multiparts, with their numbers, in order; those of attached messages included.
    ///
    /// ```
    /// use mailwire_imap::{Decoder, fetch::Item, response::{Data, Response}};
    ///
    /// let frame = br#"* 1 FETCH (BODY (("TEXT" "PLAIN" NIL NIL NIL "7BIT" 9 1)("IMAGE" "PNG" NIL NIL NIL "BASE64" 99) "MIXED"))"#;
    /// let Response::Data(Data::Fetch(fetch)) = Decoder::default().response(&frame[..]) else { panic!() };
    /// let [Item::BodyShort(structure)] = &fetch.items[..] else { panic!() };
    /// let parts = structure.parts().map(|(number, part)| format!("{number} {}", part.media_type));
    /// assert_eq!(parts.collect::<Vec<_>>(), ["1 TEXT", "2 IMAGE"]);
    /// ```
    pub fn parts(&self) -> impl Iterator<Item = (Part, &Single)> {
        let mut waiting = vec![(Part::default(), self, true)];
        iter::from_fn(move || {
            loop {
                let (number, structure, is_message) = waiting.pop()?;
                match structure {
                    Self::Invalid(_) => {}
                    Self::Multipart(multipart) => {
                        let parts = multipart.numbered(&number).rev();
                        waiting.extend(parts.map(|(number, part)| (number, part, false)));
                    }
                    Self::Single(single) => {
                        // What is no multipart is part 1 of its message.
                        let number = if is_message { number.child(1) } else { number };
                        if let Kind::Message { body, .. } = &single.kind {
                            waiting.push((number.clone(), body, true));
                        }
                        return Some((number, single.as_ref()));
                    }
                }
            }
        })
    }

    /// The part of this number, multiparts included; without numbers this structure itself.
    pub fn part(&self, number: &Part) -> Option<&Self> {
        let (mut here, mut is_message) = (self, true);
        for number in &number.0 {
            if let (Self::Single(single), false) = (here, is_message) {
                let Kind::Message { body, .. } = &single.kind else { return None };
                here = body;
            }
            here = match here {
                Self::Multipart(multipart) => multipart.parts.get(number.get() as usize - 1)?,
                Self::Single(_) if number.get() == 1 => here,
                Self::Invalid(_) | Self::Single(_) => return None,
            };
            is_message = false;
        }
        Some(here)
    }
}

impl Multipart {
    /// The parts, with their numbers below that of the multipart.
    pub(super) fn numbered(
        &self,
        number: &Part,
    ) -> impl DoubleEndedIterator<Item = (Part, &BodyStructure)> + ExactSizeIterator {
        self.parts.iter().enumerate().map(|(index, part)| (number.child(index as u32 + 1), part))
    }
}
