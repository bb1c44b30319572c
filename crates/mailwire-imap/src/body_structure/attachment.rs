//! The files that come with a message.

use alloc::{
    string::{String, ToString as _},
    vec::Vec,
};

use super::{BodyStructure, Multipart, Single, parameter};
use crate::{Octets, section::Part};

/// A file that comes with a message.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub struct Attachment {
    /// The number to fetch it by.
    pub part: Part,
    /// The name, decoded as [`Single::file_name`] tells. The sender chose it: [`safe_name`](Self::safe_name) is for files.
    pub name: Option<Octets>,
    /// `image`, in any case.
    pub media_type: Octets,
    /// `jpeg`, in any case.
    pub subtype: Octets,
    /// About how many octets it has once its transfer encoding is undone.
    pub octets: u64,
    /// Whether it has its place in the text, as images of HTML have.
    pub is_inline: bool,
    /// The `Content-ID` field, by which HTML refers to it.
    pub id: Option<Octets>,
}

impl Attachment {
    /// The name as one component of a path that stays where it is put: without folders, control characters, what Windows
    /// has a meaning for, and dots at its ends. Nothing if nothing is left of it.
    ///
    /// ```
    /// use mailwire_imap::body_structure::Attachment;
    ///
    /// let mut attachment = Attachment::default();
    /// attachment.name = Some("../../.ssh/autho\u{202E}rized:keys".into());
    /// assert_eq!(attachment.safe_name().as_deref(), Some("autho_rized_keys"));
    /// ```
    pub fn safe_name(&self) -> Option<String> {
        let name = self.name.as_ref()?.to_str_lossy();
        let name = name.rsplit(['/', '\\']).next()?.trim_matches(|c: char| c == '.' || c.is_whitespace());
        let safe = |c: char| if c.is_control() || FORBIDDEN.contains(&c) { '_' } else { c };
        let mut name: String = name.chars().map(safe).collect();
        // File systems take 255 octets; the rest is room for a number that makes it unique.
        while name.len() > 200 {
            name.pop();
        }
        Some(name.trim_end_matches(['.', ' ']).to_string()).filter(|name| !name.is_empty())
    }
}

impl BodyStructure {
    /// The files that come with the message, in order, as a mail reader lists them: all but the text that is shown, its
    /// other forms in `alternative`, and signatures. An attached message is one, and what is in it is not.
    ///
    /// See [`text`](Self::text) for an example.
    pub fn attachments(&self) -> Vec<Attachment> {
        let mut found = Vec::new();
        let mut waiting = Vec::from([(Part::default(), self, Place { is_first: true, ..Place::default() })]);
        while let Some((number, structure, place)) = waiting.pop() {
            match structure {
                Self::Multipart(multipart) => {
                    let root = multipart.root();
                    let parts = multipart.numbered(&number).enumerate().rev();
                    waiting.extend(parts.filter_map(|(index, (number, part))| {
                        Some((number, part, multipart.place(index, root)?))
                    }));
                }
                Self::Single(single) if place.holds_attachment(single) => {
                    let number = if number.0.is_empty() { number.child(1) } else { number };
                    found.push(single.attachment(number, place.is_related));
                }
                Self::Invalid(_) | Self::Single(_) => {}
            }
        }
        found
    }
}

/// Where a part stands.
#[derive(Clone, Copy, Default)]
struct Place {
    is_alternative: bool,
    is_first: bool,
    is_related: bool,
}

impl Place {
    fn holds_attachment(self, single: &Single) -> bool {
        let is_text = single.media_type.eq_ignore_ascii_case(b"text");
        if single.is("text", "plain") || single.is("text", "html") {
            return single.is_saved(self.is_first);
        }
        // An invitation is another form of its text, but has to be found.
        let is_form = self.is_alternative && is_text && !single.is("text", "calendar");
        !is_form || single.is_saved(self.is_first)
    }
}

impl Multipart {
    /// The place of a part; nothing for one that only serves another.
    fn place(&self, index: usize, root: usize) -> Option<Place> {
        let serves = match () {
            // A signature, and the resource fork of a file of Apple's (RFC 1740).
            () if self.is("signed") => index > 0,
            () if self.is("appledouble") => index == 0,
            () => false,
        };
        let is_alternative = self.is("alternative");
        let place = Place {
            is_alternative,
            is_first: is_alternative || index == root,
            is_related: self.is("related") && index != root,
        };
        (!serves).then_some(place)
    }
}

impl Single {
    /// The name of the file, from the disposition or the type.
    ///
    /// Decoded are the forms of RFC 2231 (`filename*`, `filename*0`) and encoded words, which have no place here but are often
    /// seen, where their charset is UTF-8, US-ASCII or ISO-8859-1. Else it is as it stands there.
    pub fn file_name(&self) -> Option<Octets> {
        let disposition = self.extension.disposition.as_ref();
        disposition
            .and_then(|disposition| parameter::decoded(&disposition.parameters, "filename"))
            .or_else(|| parameter::decoded(&self.parameters, "name"))
    }

    /// Whether it is to be saved and not shown, as far as it tells by itself. [`BodyStructure::attachments`] knows where it
    /// stands.
    pub fn is_attachment(&self) -> bool {
        let is_text = self.media_type.eq_ignore_ascii_case(b"text");
        if self.disposition().is_some() { self.is_saved(true) } else { !is_text && self.is_named() }
    }

    pub(super) fn is_named(&self) -> bool {
        let disposition = self.extension.disposition.as_ref();
        disposition.is_some_and(|disposition| parameter::has(&disposition.parameters, "filename"))
            || parameter::has(&self.parameters, "name")
    }

    /// About how many octets the content has once its transfer encoding is undone: exact for those that are none, at most a
    /// few too many for BASE64 in lines of 76, too many for QUOTED-PRINTABLE.
    pub fn content_octets(&self) -> u64 {
        match self.encoding.eq_ignore_ascii_case(b"base64") {
            true => self.octets / 78 * 57 + self.octets % 78 * 3 / 4,
            false => self.octets,
        }
    }

    fn attachment(&self, part: Part, is_related: bool) -> Attachment {
        let says_inline = self.disposition().is_some_and(|kind| kind.eq_ignore_ascii_case(b"inline"));
        Attachment {
            part,
            name: self.file_name(),
            media_type: self.media_type.clone(),
            subtype: self.subtype.clone(),
            octets: self.content_octets(),
            is_inline: says_inline || is_related && self.id.is_some(),
            id: self.id.clone(),
        }
    }
}

/// What a file system or a shell has a meaning for, and what turns the direction of text around to hide the true ending.
const FORBIDDEN: &[char] = &[
    ':', '*', '?', '"', '<', '>', '|', '\u{200E}', '\u{200F}', '\u{202A}', '\u{202B}', '\u{202C}',
    '\u{202D}', '\u{202E}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
];
