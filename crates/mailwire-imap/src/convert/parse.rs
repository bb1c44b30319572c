use alloc::{vec, vec::Vec};

use super::{
    Attribute, BadParameters, Conversion, Convert, Converted, Failure, Item, MissingParameters, Reason,
};
use crate::{
    Atom, Octets,
    atom::tag_string,
    body_structure::body_structure,
    command::Messages,
    fetch::{content, origin},
    fetch_attribute::partial,
    grammar::{
        Word, astring, atom, close, is_closing, list, nstring, number64, nz_number, open, sp, string, word,
    },
    input::{Input, Parsed},
    section::{Part, Section, Text, section, section_binary},
    value::value,
};

/// `convert-params SP (convert-att / "(" convert-att *(SP convert-att) ")")`, after the messages and the space
pub(crate) fn convert(input: Input<'_>, messages: Messages) -> Parsed<'_, Convert> {
    let (rest, (target, parameters)) = convert_params(input)?;
    let (rest, ()) = sp(rest)?;
    let (rest, attributes) = match rest.first() {
        Some(b'(') => list(rest, convert_att)?,
        _ => convert_att(rest).map(|(rest, one)| (rest, vec![one]))?,
    };
    if attributes.is_empty() {
        return input.expected("convert-att");
    }
    Ok((rest, Convert { messages, target, parameters, attributes }))
}

type Parameters = Vec<(Octets, Octets)>;

/// `convert-params = "(" (quoted-to-mime-type / default-conversion) [SP "(" transcoding-params ")"] ")"`
fn convert_params(input: Input<'_>) -> Parsed<'_, (Option<Octets>, Parameters)> {
    let (rest, ()) = open(input)?;
    let (rest, target) = nstring(rest)?;
    let (rest, parameters) = transcoding_params(rest)?;
    Ok((close(rest)?.0, (target, parameters)))
}

/// `[SP "(" transcoding-params ")"]`, `transcoding-params = transcoding-param *(SP transcoding-param)`
fn transcoding_params(input: Input<'_>) -> Parsed<'_, Parameters> {
    let Some(start) = list_after_space(input) else { return Ok((input, Vec::new())) };
    let (rest, parameters) = list(start, |input| {
        let (rest, name) = astring(input)?;
        let (rest, value) = astring(sp(rest)?.0)?;
        Ok((rest, (name, value)))
    })?;
    if parameters.is_empty() { start.expected("transcoding-param") } else { Ok((rest, parameters)) }
}

fn list_after_space(input: Input<'_>) -> Option<Input<'_>> {
    sp(input).ok().map(|(rest, ())| rest).filter(|rest| rest.first() == Some(b'('))
}

/// `convert-att`
fn convert_att(input: Input<'_>) -> Parsed<'_, Attribute> {
    let (after, name) = word(input)?;
    let part = |make: fn(Part) -> Attribute| section_binary(after).map(|(rest, part)| (rest, make(part)));
    match name.as_bytes() {
        b"AVAILABLECONVERSIONS" => part(Attribute::AvailableConversions),
        b"BINARY" => {
            let (rest, part) = section_binary(after)?;
            let (rest, partial) = partial(rest)?;
            Ok((rest, Attribute::Binary { part, partial }))
        }
        b"BINARY.SIZE" => part(Attribute::BinarySize),
        b"BODY" => match section(after)? {
            (rest, Section { part, text: Text::Header }) => Ok((rest, Attribute::Header(part))),
            (rest, Section { part, text: Text::Mime }) => Ok((rest, Attribute::Mime(part))),
            _ => after.expected("HEADER or MIME"),
        },
        b"BODYPARTSTRUCTURE" => part(Attribute::BodyPartStructure),
        b"UID" => Ok((after, Attribute::Uid)),
        _ => input.expected("convert-att"),
    }
}

/// `convert-correlator SP convert-msg-attrs`, after `nz-number SP "CONVERTED" SP`
pub(crate) fn converted(input: Input<'_>, number: core::num::NonZeroU32) -> Parsed<'_, Converted> {
    let (rest, ()) = open(input)?;
    let (after, name) = word(rest)?;
    if name.as_bytes() != b"TAG" {
        return rest.expected("convert-correlator");
    }
    let (rest, tag) = tag_string(sp(after)?.0)?;
    let start = sp(close(rest)?.0)?.0;
    let (rest, items) = list(start, convert_msg_att)?;
    if items.is_empty() {
        start.expected("convert-msg-att")
    } else {
        Ok((rest, Converted { number, tag, items }))
    }
}

/// `convert-msg-att = msg-att-semistat / msg-att-conv-static`
fn convert_msg_att(input: Input<'_>) -> Parsed<'_, Item> {
    let (_, octets) = atom(input)?;
    let (octets, after) = input.split(octets.iter().position(|octet| *octet == b'[').unwrap_or(octets.len()));
    let name = Word::new(octets, octets.len());
    match name.as_bytes() {
        b"AVAILABLECONVERSIONS" => {
            let (rest, part) = section_binary(after)?;
            or_error(rest, mimetype_list).map(|(rest, types)| (rest, Item::AvailableConversions(part, types)))
        }
        b"BINARY" => {
            let (rest, part) = section_binary(after)?;
            let (rest, origin) = origin(rest)?;
            let (rest, content) = or_error(rest, content)?;
            Ok((rest, Item::Binary { part, origin, content }))
        }
        b"BINARY.SIZE" => {
            let (rest, part) = section_binary(after)?;
            or_error(rest, number64).map(|(rest, size)| (rest, Item::BinarySize(part, size)))
        }
        b"BODY" if after.first() == Some(b'[') => {
            let (rest, Section { part, text }) = section(after)?;
            let (rest, content) = or_error(rest, content)?;
            match text {
                Text::Header => Ok((rest, Item::Header(part, content))),
                Text::Mime => Ok((rest, Item::Mime(part, content))),
                _ => after.expected("HEADER or MIME"),
            }
        }
        b"BODYPARTSTRUCTURE" => {
            let (rest, part) = section_binary(after)?;
            or_error(rest, body_structure).map(|(rest, body)| (rest, Item::BodyPartStructure(part, body)))
        }
        b"UID" => nz_number(sp(after)?.0).map(|(rest, uid)| (rest, Item::Uid(uid.into()))),
        _ if octets.is_empty() => input.expected("convert-msg-att"),
        _ => {
            let name = Atom::from_parsed(input.bytes(octets));
            let (rest, part) = match after.first() {
                Some(b'[') => section_binary(after).map(|(rest, part)| (rest, Some(part)))?,
                _ => (after, None),
            };
            value(sp(rest)?.0, 0).map(|(rest, value)| (rest, Item::Other { name, part, value }))
        }
    }
}

/// `SP (value / converterror-phrase)`
fn or_error<'a, T>(
    input: Input<'a>,
    known: impl FnOnce(Input<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, Result<T, Failure>> {
    let (start, ()) = sp(input)?;
    if start.rest().get(..7).is_some_and(|start| start.eq_ignore_ascii_case(b"(ERROR ")) {
        return converterror_phrase(start.skip(7)).map(|(rest, failure)| (rest, Err(failure)));
    }
    known(start).map(|(rest, value)| (rest, Ok(value)))
}

/// `mimetype-list = "(" "(" [quoted-to-mime-type *(SP quoted-to-mime-type)] ")" ")"`
fn mimetype_list(input: Input<'_>) -> Parsed<'_, Vec<Octets>> {
    let (rest, types) = list(open(input)?.0, string)?;
    Ok((close(rest)?.0, types))
}

/// `converterror-phrase = "(" "ERROR" SP convert-err-descript SP convert-error-code ")"`, after the first space
fn converterror_phrase(input: Input<'_>) -> Parsed<'_, Failure> {
    let (rest, text) = string(input)?;
    let code = sp(rest)?.0;
    let (rest, name) = word(code)?;
    let (rest, reason) = match name.as_bytes() {
        b"BADPARAMETERS" => some(rest, bad_params).map(|(rest, all)| (rest, Reason::BadParameters(all)))?,
        b"MISSINGPARAMETERS" => {
            some(rest, missing_params).map(|(rest, all)| (rest, Reason::MissingParameters(all)))?
        }
        b"TEMPFAIL" if is_closing(rest) => (rest, Reason::TempFail(None)),
        b"TEMPFAIL" => {
            nz_number(sp(rest)?.0).map(|(rest, minutes)| (rest, Reason::TempFail(Some(minutes))))?
        }
        _ => return code.expected("convert-error-code"),
    };
    Ok((close(rest)?.0, Failure { text, reason }))
}

/// `1*(SP item)`
fn some<'a, T>(input: Input<'a>, item: impl Fn(Input<'a>) -> Parsed<'a, T>) -> Parsed<'a, Vec<T>> {
    let (mut rest, first) = item(sp(input)?.0)?;
    let mut all = vec![first];
    while !is_closing(rest) {
        let (after, one) = item(sp(rest)?.0)?;
        all.push(one);
        rest = after;
    }
    Ok((rest, all))
}

/// `(quoted-from-mime-type / nil) SP quoted-to-mime-type [SP "(" transcoding-params ")"]`
fn bad_params(input: Input<'_>) -> Parsed<'_, BadParameters> {
    let (rest, source) = nstring(input)?;
    let (rest, target) = string(sp(rest)?.0)?;
    let (rest, parameters) = transcoding_params(rest)?;
    Ok((rest, BadParameters { source, target, parameters }))
}

/// `quoted-from-mime-type SP quoted-to-mime-type "(" transcoding-param-names ")"`; a space before the parenthesis, as in
/// [RFC 5259 section 9](https://www.rfc-editor.org/rfc/rfc5259#section-9), is understood, and written.
fn missing_params(input: Input<'_>) -> Parsed<'_, MissingParameters> {
    let (rest, source) = string(input)?;
    let (rest, target) = string(sp(rest)?.0)?;
    let start = list_after_space(rest).unwrap_or(rest);
    let (rest, names) = list(start, astring)?;
    if names.is_empty() {
        return start.expected("transcoding-param-name");
    }
    Ok((rest, MissingParameters { source, target, names }))
}

/// `conversion-data = "CONVERSION" SP quoted-from-mime-type SP quoted-to-mime-type [SP "(" transcoding-param-name
/// *(SP transcoding-param-name) ")"]`, after the first space
pub(crate) fn conversion(input: Input<'_>) -> Parsed<'_, Conversion> {
    let (rest, source) = string(input)?;
    let (rest, target) = string(sp(rest)?.0)?;
    let (rest, parameters) = match list_after_space(rest) {
        Some(start) => list(start, astring)?,
        None => (rest, Vec::new()),
    };
    Ok((rest, Conversion { source, target, parameters }))
}
