//! One side of a dialogue: its framers, decoders and encoder.

use bytes::{Bytes, BytesMut};
use mailwire_imap::{
    Decoder, Limits, Quirks,
    command::Body,
    encoder::{Abilities, EncodeError, Encoder, Part},
    frame::{Event, Frame, Framer},
    response::Response,
};

use super::{Recorded, Wanted, inspect, streamed};

/// What makes the next line of a client one that is no command.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Exchange {
    Authenticate,
    Idle,
}

/// Lines that are one frame.
pub(crate) struct Unit {
    octets: Vec<u8>,
    frame: Frame,
    wanted: Wanted,
}

pub(crate) struct Side {
    is_client: bool,
    is_strict: bool,
    /// Whether it may be written otherwise than it came.
    is_recorded: bool,
    lenient: Decoder,
    strict: Decoder,
    abilities: Abilities,
    /// The line where the frame starts that is not complete, and what is to be found in it.
    start: Option<(usize, Wanted)>,
    pending: Vec<u8>,
    /// All frames so far: their octets, whether they are bare lines, the line where they end.
    stream: Vec<(Vec<u8>, bool, usize)>,
}

impl Side {
    pub(crate) fn client() -> Self {
        Self::new(true, Limits::server())
    }

    pub(crate) fn server() -> Self {
        Self::new(false, Limits::client())
    }

    fn new(is_client: bool, limits: Limits) -> Self {
        let mut abilities = Abilities::default();
        abilities.binary = true;
        Self {
            is_client,
            is_strict: false,
            is_recorded: false,
            lenient: Decoder::new(limits.clone(), Quirks::lenient()),
            strict: Decoder::new(limits, Quirks::strict()),
            abilities,
            start: None,
            pending: Vec::new(),
            stream: Vec::new(),
        }
    }

    pub(crate) fn set_utf8(&mut self) {
        self.lenient.set_utf8(true);
        self.strict.set_utf8(true);
        self.abilities.utf8 = true;
    }

    pub(crate) fn set_strict(&mut self) {
        self.is_strict = true;
    }

    pub(crate) fn set_recorded(&mut self) {
        self.is_recorded = true;
    }

    pub(crate) fn is_pending(&self) -> bool {
        self.start.is_some()
    }

    /// The line where something starts that has no end, which is forgotten.
    pub(crate) fn drop_pending(&mut self) -> Option<usize> {
        self.pending.clear();
        self.start.take().map(|(number, _)| number)
    }

    /// Adds a line, and gives the frame that it completes.
    pub(crate) fn take_line(
        &mut self,
        number: usize,
        line: &[u8],
        wanted: Wanted,
    ) -> Result<Option<Unit>, String> {
        let (_, wanted) = *self.start.get_or_insert((number, wanted));
        self.pending.extend_from_slice(line);
        self.pending.extend_from_slice(b"\r\n");
        let mut input = BytesMut::from(self.pending.as_slice());
        match frames(&mut self.framer(), &mut input) {
            Ok(frames) if frames.is_empty() => Ok(None),
            Ok(frames) if frames.len() == 1 && input.is_empty() => {
                self.start = None;
                let octets = core::mem::take(&mut self.pending);
                self.stream.push((octets.clone(), false, number));
                Ok(frames.into_iter().next().map(|frame| Unit { octets, frame, wanted }))
            }
            Ok(_) => {
                self.drop_pending();
                Err("a literal ends in the middle of a line".into())
            }
            Err(failure) => {
                self.drop_pending();
                Err(failure)
            }
        }
    }

    /// A line that is no command: `DONE`, or base64.
    pub(crate) fn bare_line(&mut self, number: usize, line: &[u8], is_done: bool) -> Result<(), String> {
        let mut octets = line.to_vec();
        octets.extend_from_slice(b"\r\n");
        self.stream.push((octets, true, number));
        let line = if is_done { self.lenient.idle_line(line) } else { self.lenient.authenticate_line(line) };
        let line = line.map_err(|error| error.to_string())?;
        let written = self.written(|out| line.encode(out)).map_err(|error| error.to_string())?;
        match self.stream.last() {
            Some((octets, ..)) if octets.eq_ignore_ascii_case(&written) => Ok(()),
            _ => Err(format!("it is written otherwise: {}", written.escape_ascii())),
        }
    }

    /// A tagged response refuses the literal of the command with this tag, if one waits.
    pub(crate) fn refuse(&mut self, tag: &[u8]) -> Result<(), String> {
        let is_refused = self.pending.strip_prefix(tag).is_some_and(|rest| rest.starts_with(b" "));
        if !is_refused {
            return Ok(());
        }
        let mut input = BytesMut::from(self.pending.as_slice());
        self.drop_pending();
        let mut framer = self.framer();
        while let Some(event) = framer.next_event(&mut input).map_err(|error| error.to_string())? {
            let Event::Literal(literal) = event else { return Err("a whole command is refused".into()) };
            // One that has come is not refused, but the one after it.
            if !matches!(framer.clone().next_event(&mut input.clone()), Ok(None)) {
                continue;
            }
            framer.refuse(&literal, &mut input).map_err(|error| error.to_string())?;
            input.extend_from_slice(b"x NOOP\r\n");
            let next = framer.next_event(&mut input).map_err(|error| error.to_string())?;
            if !matches!(&next, Some(Event::Frame(frame)) if frame.octets() == &b"x NOOP"[..]) {
                return Err(format!("after the refusal comes {next:?}"));
            }
        }
        Ok(())
    }

    /// Reads a command, writes it, and reads it again.
    pub(crate) fn check_command(
        &self,
        unit: &Unit,
        written: Option<Vec<u8>>,
    ) -> Result<Option<Body>, String> {
        let shown = unit.octets.escape_ascii();
        let command = match (self.lenient.command(unit.frame.clone()), unit.wanted) {
            (Err(_), Wanted::Unreadable) => return Ok(None),
            (Err(error), _) => return Err(format!("it cannot be read: {error}\n  {shown}")),
            (Ok(command), Wanted::Unreadable) => {
                return Err(format!("it can be read: {command:?}\n  {shown}"));
            }
            (Ok(command), _) => command,
        };
        if self.is_strict {
            let strict = self.strict.command(unit.frame.clone());
            let strict = strict.map_err(|error| format!("it cannot be read strictly: {error}\n  {shown}"))?;
            if strict != command {
                return Err(format!("strictly it is {strict:?},\n  with tolerance {command:?}\n  {shown}"));
            }
        }
        if let Some(other) = inspect::unknown_in_command(&command) {
            return Err(format!("it holds {other}: {command:?}\n  {shown}"));
        }
        let read = |frame| self.lenient.command(frame).map_err(|error| error.to_string());
        streamed::check(self.streaming_framer(), &unit.octets, &command, read)
            .map_err(|error| format!("{error}\n  {shown}"))?;
        let octets = self.written(|out| command.encode(out));
        let again = |frame| self.lenient.command(frame);
        match self.same_octets(octets, unit, written).map(again)? {
            Ok(again) if again == command => Ok(Some(command.body)),
            again => Err(format!("{command:?}\n  is written and read as {again:?}\n  {shown}")),
        }
    }

    /// Reads a response, writes it, and reads it again.
    pub(crate) fn check_response(
        &self,
        unit: &Unit,
        written: Option<Vec<u8>>,
    ) -> Result<Option<Response>, String> {
        let shown = unit.octets.escape_ascii();
        let response = match (self.lenient.response(unit.frame.clone()), unit.wanted) {
            (Response::Unknown(_), Wanted::Unreadable) => return Ok(None),
            (Response::Unknown(unknown), _) => return Err(format!("it cannot be read: {}", unknown.error)),
            (response, Wanted::Unreadable) => {
                return Err(format!("it can be read: {response:?}\n  {shown}"));
            }
            (response, _) => response,
        };
        if unit.wanted == Wanted::Tolerated {
            if self.strict.parse_response(&unit.frame).as_ref() == Ok(&response) {
                return Err(format!("strictly it is the same: {response:?}\n  {shown}"));
            }
        } else if self.is_strict {
            let strict = self.strict.parse_response(&unit.frame);
            let strict = strict.map_err(|error| format!("it cannot be read strictly: {error}\n  {shown}"))?;
            if strict != response {
                return Err(format!("strictly it is {strict:?},\n  with tolerance {response:?}\n  {shown}"));
            }
        }
        match (inspect::unknown_in_response(&response), unit.wanted) {
            (Some(other), Wanted::Known | Wanted::Tolerated) => {
                return Err(format!("it holds {other}: {response:?}\n  {shown}"));
            }
            (None, Wanted::Other) => {
                return Err(format!("nothing in it is Other: {response:?}\n  {shown}"));
            }
            _ => {}
        }
        let read = |frame| self.lenient.parse_response(&frame).map_err(|error| error.to_string());
        streamed::check(self.streaming_framer(), &unit.octets, &response, read)
            .map_err(|error| format!("{error}\n  {shown}"))?;
        let octets = self.written(|out| response.encode(out));
        let again = self.same_octets(octets, unit, written).map(|frame| self.lenient.response(frame))?;
        if again == response {
            Ok(Some(response))
        } else {
            Err(format!("{response:?}\n  is written and read as {again:?}\n  {shown}"))
        }
    }

    fn written(&self, write: impl FnOnce(&mut Encoder)) -> Result<Vec<u8>, EncodeError> {
        let mut out =
            if self.is_client { Encoder::client(self.abilities) } else { Encoder::server(self.abilities) };
        write(&mut out);
        let octets = |part: Part| if let Part::Octets(octets) = part { octets } else { Bytes::new() };
        Ok(out.finish()?.into_iter().map(octets).collect::<Vec<Bytes>>().concat())
    }

    /// The frame of what was written, if these are the octets that it has to be.
    fn same_octets(
        &self,
        octets: Result<Vec<u8>, EncodeError>,
        unit: &Unit,
        written: Option<Vec<u8>>,
    ) -> Result<Frame, String> {
        let octets = octets.map_err(|error| format!("it cannot be written: {error}"))?;
        if written.as_ref() == Some(&unit.octets) {
            return Err("no need to tell how it is written: it is the same".into());
        }
        let is_free = self.is_recorded && written.is_none();
        let wanted = written.unwrap_or_else(|| unit.octets.clone());
        if octets != wanted && !is_free {
            let (octets, wanted) = (octets.escape_ascii(), wanted.escape_ascii());
            return Err(format!("it is written otherwise:\n  {octets}\n  wanted was\n  {wanted}"));
        }
        let mut input = BytesMut::from(octets.as_slice());
        match frames(&mut self.framer(), &mut input)?.as_slice() {
            [frame] if input.is_empty() => Ok(frame.clone()),
            others => Err(format!("what is written is {} frames", others.len())),
        }
    }

    /// Whether all frames come out of one framer again: at once, and octet by octet.
    pub(crate) fn stream_failure(&self) -> Option<(usize, String)> {
        let all: Vec<u8> = self.stream.iter().flat_map(|(octets, ..)| octets).copied().collect();
        for chunk in [usize::MAX, 1] {
            let mut framer = self.framer();
            let mut input = BytesMut::new();
            let mut rest = all.chunks(chunk.min(all.len().max(1)));
            for (octets, is_bare, number) in &self.stream {
                if *is_bare {
                    framer.expect_line();
                }
                let frame = loop {
                    match framer.next_event(&mut input) {
                        Ok(Some(Event::Frame(frame))) => break Some(frame),
                        Ok(Some(_)) => {}
                        Ok(None) => match rest.next() {
                            Some(chunk) => input.extend_from_slice(chunk),
                            None => break None,
                        },
                        Err(error) => return Some((*number, format!("in one stream: {error}"))),
                    }
                };
                let line = octets.strip_suffix(b"\r\n").unwrap_or(octets);
                if frame.as_ref().is_none_or(|frame| frame.octets() != line) {
                    return Some((*number, format!("in pieces of {chunk} octets it is {frame:?}")));
                }
            }
        }
        None
    }

    /// All but the bare lines, without their last line end.
    pub(crate) fn into_frames(self) -> impl Iterator<Item = Recorded> {
        let (is_client, is_utf8) = (self.is_client, self.abilities.utf8);
        self.stream.into_iter().filter(|(_, is_bare, _)| !is_bare).map(move |(mut octets, ..)| {
            octets.truncate(octets.len().saturating_sub(2));
            Recorded { is_client, is_utf8, octets }
        })
    }

    /// A framer that collects no literal.
    fn streaming_framer(&self) -> Framer {
        let mut framer = self.framer();
        framer.limits_mut().inline_literal = 0;
        framer
    }

    fn framer(&self) -> Framer {
        let quirks = if self.is_strict { Quirks::strict() } else { Quirks::lenient() };
        if self.is_client {
            Framer::commands(Limits::server(), quirks)
        } else {
            Framer::responses(Limits::client(), quirks)
        }
    }
}

fn frames(framer: &mut Framer, input: &mut BytesMut) -> Result<Vec<Frame>, String> {
    let mut frames = Vec::new();
    while let Some(event) = framer.next_event(input).map_err(|error| error.to_string())? {
        if let Event::Frame(frame) = event {
            frames.push(frame);
        }
    }
    Ok(frames)
}
