//! COMPARATOR: by which rules a server compares strings in SEARCH, SORT and THREAD.

use alloc::vec::Vec;

use crate::{
    Octets,
    encoder::Encoder,
    grammar::{astring, list, sp},
    input::{Input, Parsed},
};

/// `* COMPARATOR` ([RFC 5255 section 4.8](https://www.rfc-editor.org/rfc/rfc5255#section-4.8))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Comparator {
    /// The one in use: `i;unicode-casemap`.
    pub active: Octets,
    /// Those that fit what the client asked for, if they are more than one.
    pub matching: Vec<Octets>,
}

impl Comparator {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.astring(&self.active);
        if !self.matching.is_empty() {
            out.sp().list(&self.matching, |out, one| out.astring(one).done());
        }
    }
}

/// `comparator-data = "COMPARATOR" SP comp-sel-quoted [SP "(" comp-id-quoted *(SP comp-id-quoted) ")"]`, after the first
/// space ([RFC 5255 section 4.10](https://www.rfc-editor.org/rfc/rfc5255#section-4.10))
pub(crate) fn comparator(input: Input<'_>) -> Parsed<'_, Comparator> {
    let (rest, active) = astring(input)?;
    let Some(start) = sp(rest).ok().map(|(start, ())| start).filter(|start| start.first() == Some(b'('))
    else {
        return Ok((rest, Comparator { active, matching: Vec::new() }));
    };
    let (rest, matching) = list(start, astring)?;
    if matching.is_empty() {
        start.expected("comp-id-quoted")
    } else {
        Ok((rest, Comparator { active, matching }))
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::{
        command::tests::strict,
        response::{Data, Response, tests::encoded},
    };

    #[test]
    fn comparators_both_ways() {
        for (wire, matching) in [
            ("* COMPARATOR i;basic", vec![]),
            ("* COMPARATOR i;basic (i;basic cz;a)", vec![Octets::from("i;basic"), "cz;a".into()]),
        ] {
            let data = Response::Data(Data::Comparator(Comparator { active: "i;basic".into(), matching }));
            assert_eq!(strict().response(wire.as_bytes()), data);
            assert_eq!(encoded(&data), [wire.as_bytes(), b"\r\n"].concat());
        }
        for wire in ["* COMPARATOR", "* COMPARATOR a b", "* COMPARATOR a ()"] {
            assert!(matches!(strict().response(wire.as_bytes()), Response::Unknown(_)), "{wire}");
        }
    }
}
