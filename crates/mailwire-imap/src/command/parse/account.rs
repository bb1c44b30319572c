use alloc::{vec, vec::Vec};

use super::mailbox_and;
use crate::{
    Octets,
    command::{Body, Depth, GetMetadata},
    grammar::{astring, atom, close, digits, is_closing, list, open, sp, word},
    input::{Input, Parsed},
    mailbox::mailbox,
};

pub(super) fn set_acl(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, (mailbox, identifier)) = mailbox_and(input, astring)?;
    let (rest, rights) = astring(sp(rest)?.0)?;
    Ok((rest, Body::SetAcl(mailbox, identifier, rights)))
}

pub(super) fn set_quota(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, root) = astring(input)?;
    let (rest, limits) = list(sp(rest)?.0, |input| {
        let (rest, name) = astring(input)?;
        let (rest, limit) = digits(sp(rest)?.0)?;
        Ok((rest, (name, limit)))
    })?;
    Ok((rest, Body::SetQuota(root, limits)))
}

/// `[SP getmetadata-options] SP mailbox SP entries`
pub(super) fn get_metadata(input: Input<'_>) -> Parsed<'_, Body> {
    let (mut input, mut max_size, mut depth) = (input, None, None);
    if input.first() == Some(b'(') {
        input = open(input)?.0;
        while !is_closing(input) {
            let (rest, word) = word(input)?;
            let (rest, ()) = sp(rest)?;
            let (rest, value) = atom(rest)?;
            match (word.as_bytes(), value.to_ascii_lowercase().as_slice()) {
                (b"MAXSIZE", digits) => {
                    max_size = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
                    if max_size.is_none() {
                        return input.expected("MAXSIZE");
                    }
                }
                (b"DEPTH", b"0") => depth = Some(Depth::Zero),
                (b"DEPTH", b"1") => depth = Some(Depth::One),
                (b"DEPTH", b"infinity") => depth = Some(Depth::Infinity),
                _ => return input.expected("getmetadata-option"),
            }
            input = if is_closing(rest) { rest } else { sp(rest)?.0 };
        }
        input = sp(close(input)?.0)?.0;
    }
    let (rest, mailbox) = mailbox(input)?;
    let (rest, entries) = entries(sp(rest)?.0)?;
    Ok((rest, Body::GetMetadata(GetMetadata { max_size, depth, mailbox, entries })))
}

/// `entry / "(" entry *(SP entry) ")"`
fn entries(input: Input<'_>) -> Parsed<'_, Vec<Octets>> {
    match input.first() {
        Some(b'(') => list(input, astring),
        _ => astring(input).map(|(rest, entry)| (rest, vec![entry])),
    }
}
