//! UIDBATCHES: the UIDs of a mailbox in ranges of so many messages.

use alloc::vec::Vec;
use core::{num::NonZeroU32, ops::RangeInclusive};

use crate::{
    Command, Server, Unsupported, Untagged,
    codec::{self, Uid, command::Body, response::Data},
};

/// `UIDBATCHES` ([RFC 10022](https://www.rfc-editor.org/rfc/rfc10022)): how to go through a large mailbox in pieces of the same
/// number of messages, from the newest to the oldest.
///
/// The answer are the ranges, in the order of the server. A server may have no smaller batches than 500.
///
/// ```
/// use mailwire_imap_client::command::UidBatches;
///
/// let newest_two = UidBatches::new(1000.try_into()?).only(1.try_into()?, 2.try_into()?);
/// # let _ = newest_two;
/// # Ok::<(), core::num::TryFromIntError>(())
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UidBatches {
    /// How many messages a batch has.
    pub size: NonZeroU32,
    /// Which batches, counted from the newest one, which is 1; all if it is not told.
    pub batches: Option<(NonZeroU32, NonZeroU32)>,
}

impl UidBatches {
    /// All batches of so many messages.
    pub fn new(size: NonZeroU32) -> Self {
        Self { size, batches: None }
    }

    /// Only these batches, counted from the newest one, which is 1.
    #[must_use]
    pub fn only(self, first: NonZeroU32, last: NonZeroU32) -> Self {
        Self { batches: Some((first, last)), ..self }
    }
}

impl Command for UidBatches {
    type Output = Vec<RangeInclusive<Uid>>;

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("UIDBATCHES")?;
        Ok(Body::UidBatches(codec::uid_batches::UidBatches { size: self.size, batches: self.batches }))
    }

    fn absorb(&self, data: Untagged, output: &mut Self::Output) -> Option<Untagged> {
        let Untagged::Data(Data::UidBatches(batches)) = data else { return Some(data) };
        output.extend(batches.ranges);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{
        dialogue::{lacks, written},
        peer::answer,
    };

    #[test]
    fn batches() {
        let number = |value| NonZeroU32::new(value).unwrap();
        let all = UidBatches::new(number(2000));
        assert_eq!(written(&all, "UIDBATCHES").as_deref(), Ok("UIDBATCHES 2000"));
        assert_eq!(
            written(&all.only(number(1), number(2)), "UIDBATCHES").as_deref(),
            Ok("UIDBATCHES 2000 1:2")
        );
        assert_eq!(written(&all, ""), lacks("UIDBATCHES"));
        let lines = ["* UIDBATCHES (TAG \"a\") 215295:99695,99696:20350,7", "* 9 EXISTS", "a OK done"];
        let (ranges, back) = answer(&all, &lines);
        let ranges: Vec<_> = ranges.iter().map(|range| (range.start().get(), range.end().get())).collect();
        assert_eq!((ranges, back.len()), (alloc::vec![(99695, 215_295), (20350, 99696), (7, 7)], 1));
    }
}
