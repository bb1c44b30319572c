//! The outer form of values and where they stand: what damaged envelopes and body structures are mended from.

use alloc::vec::Vec;

use crate::{
    Octets,
    grammar::{FLAG, literal, nil, quoted, run},
    input::{Input, Parsed},
};

/// One value and its place.
#[derive(Clone, Debug)]
pub(crate) struct Form<'a> {
    /// From its first octet on.
    input: Input<'a>,
    length: usize,
    kind: Kind<'a>,
    is_number: bool,
    /// Told when the value is read: to ask for it again on each level would take the square of the depth.
    is_part: bool,
}

#[derive(Clone, Debug)]
enum Kind<'a> {
    Atom,
    List(Vec<Form<'a>>),
    Nil,
    String,
}

impl<'a> Form<'a> {
    /// What stands in a list, or nothing for other values.
    pub(crate) fn list(&self) -> Option<&[Self]> {
        if let Kind::List(items) = &self.kind { Some(items) } else { None }
    }

    /// `NIL` or `()`
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(self.kind, Kind::Nil) || self.list().is_some_and(<[_]>::is_empty)
    }

    pub(crate) fn is_string(&self) -> bool {
        matches!(self.kind, Kind::String)
    }

    /// The octets of a string, or of an atom that should have been one.
    pub(crate) fn string(&self) -> Option<Octets> {
        match self.kind {
            Kind::Atom => Some(self.octets()),
            Kind::String if self.input.first() == Some(b'"') => {
                quoted(self.input).ok().map(|(_, value)| value)
            }
            Kind::String => literal(self.input).ok().map(|(_, value)| value),
            Kind::List(_) | Kind::Nil => None,
        }
    }

    /// A number, with or without quotes; one below zero is 0.
    pub(crate) fn number(&self) -> Option<u64> {
        number(&self.string()?)
    }

    /// Whether it is a number without quotes.
    pub(crate) fn is_number(&self) -> bool {
        self.is_number
    }

    /// Whether it may be a part of a message in a body structure, and not its parameters or disposition: these have no number
    /// in them.
    pub(crate) fn is_part(&self) -> bool {
        self.is_part
    }

    /// All octets of the value.
    pub(crate) fn octets(&self) -> Octets {
        self.input.bytes(self.input.split(self.length).0)
    }

    /// Where the value starts.
    pub(crate) fn input(&self) -> Input<'a> {
        self.input
    }
}

/// Any value. Between values there may be any number of spaces; next to a list there may be none.
pub(crate) fn form(input: Input<'_>, depth: usize) -> Parsed<'_, Form<'_>> {
    let (rest, kind) = match input.first() {
        Some(b'(') => forms(input, depth).map(|(rest, items)| (rest, Kind::List(items)))?,
        Some(b'"') => quoted(input).map(|(rest, _)| (rest, Kind::String))?,
        Some(b'{') => literal(input).map(|(rest, _)| (rest, Kind::String))?,
        Some(b'~') if input.rest().get(1) == Some(&b'{') => {
            literal(input).map(|(rest, _)| (rest, Kind::String))?
        }
        _ => match (nil(input), run(input.rest(), FLAG)) {
            (Some(rest), _) => (rest, Kind::Nil),
            (None, 0) => return input.expected("value"),
            (None, length) => (input.skip(length), Kind::Atom),
        },
    };
    let octets = input.up_to(rest);
    let is_number = matches!(kind, Kind::Atom) && number(octets).is_some();
    let is_part = if let Kind::List(items) = &kind { are_part(items) } else { false };
    Ok((rest, Form { input, length: octets.len(), kind, is_number, is_part }))
}

fn number(text: &[u8]) -> Option<u64> {
    let (digits, is_negative) = text.strip_prefix(b"-").map_or((text, false), |digits| (digits, true));
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let value = core::str::from_utf8(digits).ok()?.parse().ok()?;
    Some(if is_negative { 0 } else { value })
}

/// Whether these are the fields of a part.
fn are_part(fields: &[Form<'_>]) -> bool {
    are_parts(fields)
        || fields.iter().any(Form::is_number)
        || (fields.len() > 3 && fields.iter().any(Form::is_nothing))
        || (fields.len() == 1 && fields.iter().all(Form::is_string))
}

/// Whether these are the fields of a multipart: the first of them, NIL aside, is a part.
pub(crate) fn are_parts(fields: &[Form<'_>]) -> bool {
    fields.iter().find(|field| !field.is_nothing()).is_some_and(Form::is_part)
}

fn forms(input: Input<'_>, depth: usize) -> Parsed<'_, Vec<Form<'_>>> {
    if depth >= input.context.limits.nesting {
        return input.expected("value nested within the limit");
    }
    let (mut rest, mut items) = (input.skip(1), Vec::new());
    loop {
        let after = rest.skip(rest.rest().iter().take_while(|octet| **octet == b' ').count());
        if after.first() == Some(b')') {
            return Ok((after.skip(1), items));
        }
        let is_apart = after.offset() > rest.offset()
            || after.first() == Some(b'(')
            || items.last().is_none_or(|last: &Form<'_>| last.list().is_some());
        if !is_apart {
            return after.expected("SP");
        }
        let (next, item) = form(after, depth + 1)?;
        items.push(item);
        rest = next;
    }
}
