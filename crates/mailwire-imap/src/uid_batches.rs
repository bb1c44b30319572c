//! UIDBATCHES: the UIDs of a mailbox in ranges of the same number of messages, newest first.

use alloc::vec::Vec;
use core::{num::NonZeroU32, ops::RangeInclusive};

use crate::{
    Mailbox, Tag, Uid, UidValidity,
    encoder::Encoder,
    grammar::{nz_number, octet, sp},
    input::{Input, Parsed},
    search_result::{correlator, encode_correlator},
};

/// What UIDBATCHES takes ([RFC 10022 section 3](https://www.rfc-editor.org/rfc/rfc10022#section-3)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct UidBatches {
    /// How many messages a batch has; servers need not accept less than 500.
    pub size: NonZeroU32,
    /// Which batches, counted from the newest one, which is 1; all if it is not told.
    pub batches: Option<(NonZeroU32, NonZeroU32)>,
}

impl UidBatches {
    /// All batches of this many messages.
    pub fn of(size: NonZeroU32) -> Self {
        Self { size, batches: None }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.number(self.size.get().into());
        if let Some((from, to)) = self.batches {
            out.sp().number(from.get().into()).raw(b":").number(to.get().into());
        }
    }
}

/// `message-batches = "UIDBATCHES" SP nz-number [SP nz-number ":" nz-number]`, after the first space
pub(crate) fn message_batches(input: Input<'_>) -> Parsed<'_, UidBatches> {
    let (rest, size) = nz_number(input)?;
    if rest.is_empty() {
        return Ok((rest, UidBatches::of(size)));
    }
    let (rest, from) = nz_number(sp(rest)?.0)?;
    let (rest, to) = nz_number(octet(rest, b':', "\":\"")?.0)?;
    Ok((rest, UidBatches { size, batches: Some((from, to)) }))
}

/// `* UIDBATCHES`, the answer
///
/// ```
/// use mailwire_imap::{Decoder, Uid, UidSet, response::{Data, Response}};
///
/// let response = Decoder::default().response(&b"* UIDBATCHES (TAG \"A1\") 163886:99703,99696:20358"[..]);
/// let Response::Data(Data::UidBatches(found)) = response else { panic!() };
/// assert_eq!(found.ranges[0], Uid::new(99703).unwrap()..=Uid::new(163886).unwrap());
/// assert_eq!(UidSet::from(found.ranges[1].clone()).to_string(), "20358:99696");
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Batches {
    /// Of the command that this answers.
    pub tag: Option<Tag>,
    /// Which mailbox this is about, if it is told.
    pub mailbox: Option<(Mailbox, UidValidity)>,
    /// The batches in the order of the server, which is from the newest to the oldest; on the wire the higher UID comes first.
    pub ranges: Vec<RangeInclusive<Uid>>,
}

impl Batches {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        encode_correlator(self.tag.as_ref(), self.mailbox.as_ref(), out);
        for (index, range) in self.ranges.iter().enumerate() {
            let (low, high) = (*range.start().min(range.end()), *range.start().max(range.end()));
            out.raw(if index == 0 { b" " } else { b"," }).number(high.get().into());
            if low < high {
                out.raw(b":").number(low.get().into());
            }
        }
    }
}

/// `uidbatches-response = "UIDBATCHES" search-correlator [SP uid-range *("," uid-range)]`, after the word
pub(crate) fn batches(input: Input<'_>) -> Parsed<'_, Batches> {
    let (mut rest, (tag, mailbox)) = correlator(input)?;
    let mut found = Batches { tag, mailbox, ranges: Vec::new() };
    if rest.is_empty() {
        return Ok((rest, found));
    }
    rest = sp(rest)?.0;
    loop {
        let (after, one) = nz_number(rest)?;
        let (after, other) = match after.first() {
            Some(b':') => nz_number(after.skip(1))?,
            _ => (after, one),
        };
        found.ranges.push(one.min(other).into()..=one.max(other).into());
        if after.first() != Some(b',') {
            return Ok((after, found));
        }
        rest = after.skip(1);
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::{
        command::{
            Body, Command,
            tests::{encoded, strict},
        },
        encoder::Abilities,
        response::{Data, Response, tests as responses},
    };

    fn number(value: u32) -> NonZeroU32 {
        NonZeroU32::new(value).unwrap()
    }

    #[test]
    fn commands_both_ways() {
        for (wire, batches) in [
            ("a UIDBATCHES 2000", None),
            ("a UIDBATCHES 2000 10:20", Some((number(10), number(20)))),
            ("a UIDBATCHES 2000 1:1", Some((number(1), number(1)))),
        ] {
            let body = Body::UidBatches(UidBatches { size: number(2000), batches });
            let command = Command { tag: Tag::new("a").unwrap(), body };
            assert_eq!(strict().command(wire.as_bytes()).as_ref(), Ok(&command));
            assert_eq!(encoded(&command, Abilities::default()).trim_end(), wire);
        }
        for wire in [
            "a UIDBATCHES",
            "a UIDBATCHES 0",
            "a UIDBATCHES 500 1",
            "a UIDBATCHES 500 0:1",
            "a UIDBATCHES 500 1:*",
        ] {
            assert!(strict().command(wire.as_bytes()).is_err(), "{wire}");
        }
    }

    #[test]
    fn answers_both_ways() {
        let uid = |value| Uid::new(value).unwrap();
        let tag = Tag::new("A143").ok();
        for (wire, ranges) in [
            (
                "* UIDBATCHES (TAG \"A143\") 215295:99695,99696:20350,7",
                vec![uid(99695)..=uid(215_295), uid(20350)..=uid(99696), uid(7)..=uid(7)],
            ),
            ("* UIDBATCHES (TAG \"A143\")", vec![]),
        ] {
            let data = Data::UidBatches(Batches { tag: tag.clone(), mailbox: None, ranges });
            assert_eq!(strict().response(wire.as_bytes()), Response::Data(data.clone()));
            assert_eq!(responses::encoded(&Response::Data(data)), [wire.as_bytes(), b"\r\n"].concat());
        }
        for wire in
            ["* UIDBATCHES (TAG \"a\") 0:1", "* UIDBATCHES (TAG \"a\") 1:*", "* UIDBATCHES (TAG \"a\") 1,"]
        {
            assert!(matches!(strict().response(wire.as_bytes()), Response::Unknown(_)), "{wire}");
        }
    }
}
