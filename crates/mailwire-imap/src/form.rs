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
        let text = self.string()?;
        let text = text.as_str()?;
        if text.strip_prefix('-').is_some_and(|digits| digits.parse::<u64>().is_ok()) {
            return Some(0);
        }
        text.parse().ok().filter(|_| !text.starts_with('+'))
    }

    /// Whether it is a number without quotes.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.kind, Kind::Atom) && self.number().is_some()
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
    Ok((rest, Form { input, length: input.up_to(rest).len(), kind }))
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
