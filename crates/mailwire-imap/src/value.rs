//! Values whose rule nobody here knows: extensions to come.

use alloc::vec::Vec;

use crate::{
    Octets,
    encoder::Encoder,
    grammar::{FLAG, HIGH, close, is, is_closing, literal, loose_spaces, nil, open, quoted, sp},
    input::{Input, Parsed},
};

/// A value by its outer form: `tagged-ext-val`, `body-extension`, and whatever else is built so.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Value {
    /// A word or number.
    Atom(Octets),
    /// `( ... )`
    List(Vec<Value>),
    /// `NIL`
    Nil,
    /// A quoted string or literal.
    String(Octets),
}

impl Value {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Atom(octets) if is_word(octets) => out.raw(octets).done(),
            Self::Atom(octets) | Self::String(octets) => out.string(octets).done(),
            Self::List(values) => out.list(values, |out, value| value.encode(out)).done(),
            Self::Nil => out.raw(b"NIL").done(),
        }
    }
}

/// Any value. Depth is limited, so that the stack is.
pub(crate) fn value(input: Input<'_>, depth: usize) -> Parsed<'_, Value> {
    match input.first() {
        Some(b'(') => {
            let (rest, values) = values(input, depth)?;
            Ok((rest, Value::List(values)))
        }
        Some(b'"') => quoted(input).map(|(rest, octets)| (rest, Value::String(octets))),
        Some(b'{') => literal(input).map(|(rest, octets)| (rest, Value::String(octets))),
        Some(b'~') if input.rest().get(1) == Some(&b'{') => {
            literal(input).map(|(rest, octets)| (rest, Value::String(octets)))
        }
        _ => match nil(input) {
            Some(rest) => Ok((rest, Value::Nil)),
            None => word(input).map(|(rest, octets)| (rest, Value::Atom(input.bytes(octets)))),
        },
    }
}

/// `"(" [value *(SP value)] ")"`
pub(crate) fn values(input: Input<'_>, depth: usize) -> Parsed<'_, Vec<Value>> {
    if depth >= input.context.limits.nesting {
        return input.expected("value nested within the limit");
    }
    let (mut rest, ()) = open(input)?;
    let mut values = Vec::new();
    rest = loose_spaces(rest);
    while !is_closing(rest) {
        let (after, value) = value(rest, depth + 1)?;
        values.push(value);
        // Lists stand side by side in THREAD, NAMESPACE and bodies.
        rest = if is_closing(after) || after.first() == Some(b'(') { after } else { sp(after)?.0 };
    }
    Ok((close(rest)?.0, values))
}

fn word(input: Input<'_>) -> Parsed<'_, &[u8]> {
    let (octets, rest) = input.split(input.rest().iter().take_while(|octet| is_part(**octet)).count());
    if octets.is_empty() { input.expected("value") } else { Ok((rest, octets)) }
}

fn is_word(octets: &[u8]) -> bool {
    !octets.is_empty() && octets.iter().all(|octet| is_part(*octet))
}

/// Wider than any rule's atom: sets with `*`, flags with `\`, brackets.
fn is_part(octet: u8) -> bool {
    is(octet, FLAG) && !is(octet, HIGH)
}

#[cfg(test)]
mod tests;
