//! What ID says of a client or server.

use alloc::vec::Vec;

use crate::{
    Octets,
    encoder::Encoder,
    grammar::{list, nil, nstring, sp, string},
    input::{Input, Parsed},
};

/// What ID says: fields and values ([RFC 2971](https://www.rfc-editor.org/rfc/rfc2971)).
pub type Fields = Vec<(Octets, Option<Octets>)>;

pub(crate) fn encode_fields(fields: Option<&Fields>, out: &mut Encoder) {
    match fields {
        Some(fields) => {
            if fields.len() > MAX_FIELDS {
                out.refuse("id-params-list of no more than 30 fields");
            }
            out.list(fields, |out, (name, value)| out.string(name).sp().nstring(value.as_deref()).done());
        }
        None => out.raw(b"NIL").done(),
    }
}

/// `id-params-list = "(" *(string SP nstring) ")" / nil`
pub(crate) fn fields(input: Input<'_>) -> Parsed<'_, Option<Fields>> {
    if let Some(rest) = nil(input) {
        return Ok((rest, None));
    }
    let (input, fields) = list(input, |input| {
        let (rest, name) = string(input)?;
        let (rest, value) = nstring(sp(rest)?.0)?;
        Ok((rest, (name, value)))
    })?;
    Ok((input, Some(fields)))
}

/// "Implementations MUST NOT send more than 30 field-value pairs" ([RFC 2971 section 3.3](https://www.rfc-editor.org/rfc/rfc2971#section-3.3)).
/// Those that do are read: how many there are is bounded by the line.
const MAX_FIELDS: usize = 30;
