//! One row of a table of wire octets: what a rule reads, and what an encoder writes. For tests alone.

use alloc::{string::String, vec::Vec};

use crate::{
    Decoder, Limits, ParseError, Quirks,
    encoder::{Abilities, Encoder, Part},
    frame::Frame,
    input::{Input, Parsed, whole},
};

/// Who sent the octets, and how they are read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    is_command: bool,
    is_utf8: bool,
    quirks: Quirks,
}

/// A client's octets, read without tolerance.
pub(crate) const COMMAND: Row = Row { is_command: true, is_utf8: false, quirks: Quirks::strict() };

/// A server's octets, read without tolerance.
pub(crate) const RESPONSE: Row = Row { is_command: false, is_utf8: false, quirks: Quirks::strict() };

impl Row {
    /// The same with tolerance.
    pub(crate) const fn lenient(self) -> Self {
        Self { quirks: Quirks::lenient(), ..self }
    }

    /// The same after UTF-8 was enabled.
    pub(crate) const fn utf8(self) -> Self {
        Self { is_utf8: true, ..self }
    }

    /// Reads all of `wire` by one rule.
    pub(crate) fn read<T>(
        self,
        rule: fn(Input<'_>) -> Parsed<'_, T>,
        wire: impl AsRef<[u8]>,
    ) -> Result<T, ParseError> {
        let limits = if self.is_command { Limits::server() } else { Limits::client() };
        let mut decoder = Decoder::new(limits, self.quirks);
        decoder.set_utf8(self.is_utf8);
        let frame = Frame::from(wire.as_ref());
        whole(&decoder.context(&frame, self.is_command), rule)
    }

    /// What this side writes: literals without waiting.
    pub(crate) fn written(self, write: impl FnOnce(&mut Encoder)) -> String {
        let abilities = Abilities { utf8: self.is_utf8, ..Abilities::all() };
        let mut out = if self.is_command { Encoder::client(abilities) } else { Encoder::server(abilities) };
        write(&mut out);
        let octets = |part: &Part| if let Part::Octets(octets) = part { octets.to_vec() } else { Vec::new() };
        let parts = out.finish().unwrap();
        String::from_utf8_lossy(&parts.iter().flat_map(octets).collect::<Vec<u8>>()).into_owned()
    }
}
