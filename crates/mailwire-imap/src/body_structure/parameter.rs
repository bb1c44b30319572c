//! Values of parameters as text: `filename*=UTF-8''caf%C3%A9.txt`, in pieces if they are long
//! ([RFC 2231](https://www.rfc-editor.org/rfc/rfc2231)).

use alloc::vec::Vec;

use crate::{
    Octets,
    charset::Charset,
    encoded_word::{self, hexadecimal},
};

/// The value of a parameter; the form with a charset counts before the plain one, which is for those who do not know it.
pub(super) fn decoded(parameters: &[(Octets, Octets)], name: &str) -> Option<Octets> {
    let mut sections: Vec<Section<'_>> =
        parameters.iter().filter_map(|(full, value)| Section::read(full, value, name)).collect();
    sections.sort_by_key(|section| (section.place, !section.is_extended));
    let (first, rest) = sections.split_first()?;
    if first.place == Place::Whole {
        return Some(if first.is_extended {
            extended(first.value)
        } else {
            encoded_word::decode(first.value)
        });
    }
    let mut pieces = Vec::from([*first]);
    for next in rest {
        let expected = Place::Section(pieces.len() as u32);
        if next.place == expected {
            pieces.push(*next);
        } else if next.place > expected {
            break;
        }
    }
    if first.place == Place::Section(0) { Some(joined(&pieces)) } else { None }
}

/// Whether there is such a parameter, in any form.
pub(super) fn has(parameters: &[(Octets, Octets)], name: &str) -> bool {
    parameters.iter().any(|(full, value)| Section::read(full, value, name).is_some())
}

/// One parameter that is the value, or a piece of it.
#[derive(Clone, Copy)]
struct Section<'a> {
    place: Place,
    is_extended: bool,
    value: &'a Octets,
}

/// In the order in which they count.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Place {
    /// `filename*`, then `filename`
    Whole,
    /// `filename*0*`, `filename*0`
    Section(u32),
}

impl<'a> Section<'a> {
    /// `attribute [section] ["*"]` ([RFC 2231 section 7](https://www.rfc-editor.org/rfc/rfc2231#section-7))
    fn read(full: &[u8], value: &'a Octets, name: &str) -> Option<Self> {
        let (start, rest) = full.split_at_checked(name.len())?;
        if !start.eq_ignore_ascii_case(name.as_bytes()) {
            return None;
        }
        let (number, is_extended) = match rest.strip_suffix(b"*") {
            Some(number) => (number, true),
            None => (rest, false),
        };
        let place = match number.strip_prefix(b"*") {
            Some(digits) if digits.iter().all(u8::is_ascii_digit) => {
                Place::Section(core::str::from_utf8(digits).ok()?.parse().ok()?)
            }
            None if number.is_empty() => Place::Whole,
            _ => return None,
        };
        Some(Self { place, is_extended, value })
    }
}

/// `extended-initial-value = [charset] "'" [language] "'" extended-other-values`, as it stands there if the charset is
/// another one.
fn extended(value: &Octets) -> Octets {
    let (charset, text) = initial(value);
    let mut octets = Vec::with_capacity(text.len());
    percent_decoded(text, &mut octets);
    in_charset(charset, &octets).unwrap_or_else(|| value.clone())
}

/// The pieces in one, of which the first tells the charset.
fn joined(pieces: &[Section<'_>]) -> Octets {
    let as_it_stands =
        || pieces.iter().flat_map(|piece| piece.value.iter()).copied().collect::<Vec<u8>>().into();
    let Some(first) = pieces.first().filter(|first| first.is_extended) else {
        return encoded_word::decode(&as_it_stands());
    };
    let (charset, text) = initial(first.value);
    let mut octets = Vec::new();
    percent_decoded(text, &mut octets);
    for piece in pieces.iter().skip(1) {
        match piece.is_extended {
            true => percent_decoded(piece.value, &mut octets),
            false => octets.extend_from_slice(piece.value),
        }
    }
    in_charset(charset, &octets).unwrap_or_else(as_it_stands)
}

/// The charset and the text after the language; without apostrophes all is text.
fn initial(value: &[u8]) -> (&[u8], &[u8]) {
    let mut parts = value.splitn(3, |octet| *octet == b'\'');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(text)) => (charset, text),
        _ => (b"", value),
    }
}

/// The text in UTF-8. Where no charset is told it is UTF-8 if it can be.
fn in_charset(charset: &[u8], octets: &[u8]) -> Option<Octets> {
    if charset.is_empty() {
        return core::str::from_utf8(octets).ok().map(Octets::from);
    }
    let mut text = Vec::with_capacity(octets.len());
    Charset::named(charset)?.decode(octets, &mut text);
    Some(text.into())
}

/// `ext-octet = "%" 2(DIGIT / "A" / "B" / ..)`; what is no code stays.
fn percent_decoded(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    while let Some((octet, after)) = rest.split_first() {
        let code = if *octet == b'%' { after.split_first_chunk().and_then(hexadecimal) } else { None };
        let (decoded, next) = code.unwrap_or((*octet, after));
        out.push(decoded);
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files() {
        for (parameters, wanted) in [
            (&[("filename", "a.txt")][..], Some("a.txt")),
            (&[("FileName", "a.txt")], Some("a.txt")),
            (&[("name", "a.txt")], None),
            (&[("filenames", "a.txt")], None),
            (&[("filename*", "UTF-8''caf%C3%A9%20%E2%82%AC.txt")], Some("café €.txt")),
            (&[("filename*", "iso-8859-1'fr'caf%e9.txt")], Some("café.txt")),
            (&[("filename", "cafe.txt"), ("filename*", "utf-8''caf%C3%A9.txt")], Some("café.txt")),
            (&[("filename*", "''caf%C3%A9")], Some("café")),
            (&[("filename*", "caf%C3%A9's")], Some("café's")),
            (&[("filename*", "utf-8''100%")], Some("100%")),
            // Of a charset that is not known nothing is decoded.
            (&[("filename*", "Shift_JIS'ja'%83%65")], Some("Shift_JIS'ja'%83%65")),
            (&[("filename*0*", "gb2312''%C4"), ("filename*1*", "%E3")], Some("gb2312''%C4%E3")),
            (&[("filename*", "''%E9")], Some("''%E9")),
            // The example of RFC 2231, section 4.1, in any order; a character in two pieces.
            (
                &[
                    ("title*2", "isn't it!"),
                    ("title*0*", "us-ascii'en'This%20is%20even%20more%20"),
                    ("title*1*", "%2A%2A%2Afun%2A%2A%2A%20"),
                ],
                Some("This is even more ***fun*** isn't it!"),
            ),
            (&[("filename*0*", "utf-8''caf%C3"), ("filename*1*", "%A9")], Some("café")),
            (&[("filename*0", "a%20"), ("filename*1", "b")], Some("a%20b")),
            (
                &[("filename*0", "a"), ("filename*00", "x"), ("filename*1", "b"), ("filename*3", "d")],
                Some("ab"),
            ),
            (&[("filename*1", "b")], None),
            (&[("filename*x", "b"), ("filename**", "b"), ("filename*-1", "b")], None),
            (&[("filename*99999999999", "b")], None),
            // Encoded words have no place here, but are often seen, in pieces too.
            (&[("filename", "=?UTF-8?B?Y2Fmw6kudHh0?=")], Some("café.txt")),
            (&[("filename*0", "=?UTF-8?Q?caf=C3"), ("filename*1", "=A9?=")], Some("café")),
        ] {
            let name = if parameters[0].0.starts_with("title") { "title" } else { "filename" };
            let parameters: Vec<_> =
                parameters.iter().map(|(name, value)| (Octets::from(*name), Octets::from(*value))).collect();
            assert_eq!(decoded(&parameters, name), wanted.map(Octets::from), "{parameters:?}");
        }
    }
}
