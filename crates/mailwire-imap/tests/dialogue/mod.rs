//! One dialogue: its lines are taken together to frames, and each frame is read, inspected, and written again.

pub(crate) mod inspect;
pub(crate) mod mutation;
mod side;
mod streamed;

use mailwire_imap::{
    command::Body,
    response::{Continue, Response},
};

use side::{Exchange, Side};

/// What came of a dialogue.
pub(crate) struct Report {
    /// How many commands, responses and bare lines were checked.
    pub(crate) checked: usize,
    /// Line numbers and what is wrong there.
    pub(crate) failures: Vec<(usize, String)>,
    /// All commands and responses: the side, whether UTF-8 was enabled at the end, the octets.
    pub(crate) frames: Vec<Recorded>,
}

/// A command or response as it stands in a dialogue.
pub(crate) struct Recorded {
    pub(crate) is_client: bool,
    pub(crate) is_utf8: bool,
    pub(crate) octets: Vec<u8>,
}

/// Checks all lines of a dialogue.
pub(crate) fn check(text: &str) -> Report {
    let mut dialogue = Dialogue::new();
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        let after = lines.get(index + 1..).unwrap_or_default();
        let written = after.iter().take_while(|line| is_written(line)).count();
        dialogue.line(index + 1, line, &after[..written]);
    }
    dialogue.pause();
    let mut report = dialogue.report;
    for side in [dialogue.client, dialogue.server] {
        report.failures.extend(side.stream_failure());
        report.frames.extend(side.into_frames());
    }
    report
}

struct Dialogue {
    client: Side,
    server: Side,
    exchange: Option<Exchange>,
    /// Whether the next line of the client is no command.
    is_bare: bool,
    /// Whether a line that tells how a frame is written may follow.
    is_after_frame: bool,
    report: Report,
}

impl Dialogue {
    fn new() -> Self {
        Self {
            client: Side::client(),
            server: Side::server(),
            exchange: None,
            is_bare: false,
            is_after_frame: false,
            report: Report { checked: 0, failures: Vec::new(), frames: Vec::new() },
        }
    }

    fn line(&mut self, number: usize, line: &str, written: &[&str]) {
        if line.is_empty() || line.starts_with('#') {
            self.pause();
            return;
        }
        if is_written(line) {
            if !self.is_after_frame {
                self.fail(number, "it follows nothing that is written".into());
            }
            return;
        }
        self.is_after_frame = false;
        match line {
            "utf8" => [&mut self.client, &mut self.server].into_iter().for_each(Side::set_utf8),
            "recorded" => [&mut self.client, &mut self.server].into_iter().for_each(Side::set_recorded),
            "strict" => [&mut self.client, &mut self.server].into_iter().for_each(Side::set_strict),
            _ => self.wire(number, line, written),
        }
    }

    /// A line of one of the two sides.
    fn wire(&mut self, number: usize, line: &str, written: &[&str]) {
        let (mark, text) = line.split_at_checked(2).unwrap_or((line, ""));
        let wanted = match mark {
            "C:" | "S:" => Wanted::Known,
            "E:" | "U:" => Wanted::Unreadable,
            "O:" => Wanted::Other,
            "T:" => Wanted::Tolerated,
            _ => return self.fail(number, "it is no line of a dialogue".into()),
        };
        let octets = match octets(text.strip_prefix(' ').unwrap_or(text)) {
            Ok(octets) => octets,
            Err(failure) => return self.fail(number, failure),
        };
        let written: Result<Vec<_>, _> = written.iter().map(|line| octets_of_written(line)).collect();
        let written = match written {
            Ok(lines) => (!lines.is_empty()).then(|| lines.concat()),
            Err(failure) => return self.fail(number, failure),
        };
        if matches!(mark, "C:" | "E:") {
            self.client_line(number, &octets, wanted, written);
        } else {
            self.server_line(number, &octets, wanted, written);
        }
    }

    fn client_line(&mut self, number: usize, octets: &[u8], wanted: Wanted, written: Option<Vec<u8>>) {
        if self.is_bare && !self.client.is_pending() {
            self.is_bare = false;
            self.report.checked += 1;
            let is_done = matches!(self.exchange, Some(Exchange::Idle));
            if let Err(failure) = self.client.bare_line(number, octets, is_done) {
                self.fail(number, failure);
            }
            return;
        }
        match self.client.take_line(number, octets, wanted) {
            Ok(None) => {}
            Ok(Some(unit)) => {
                self.is_after_frame = true;
                self.report.checked += 1;
                match self.client.check_command(&unit, written) {
                    Ok(body) => {
                        self.exchange = match body {
                            Some(Body::Idle) => Some(Exchange::Idle),
                            Some(Body::Authenticate { .. }) => Some(Exchange::Authenticate),
                            _ => None,
                        }
                    }
                    Err(failure) => self.fail(number, failure),
                }
            }
            Err(failure) => self.fail(number, failure),
        }
    }

    fn server_line(&mut self, number: usize, octets: &[u8], wanted: Wanted, written: Option<Vec<u8>>) {
        match self.server.take_line(number, octets, wanted) {
            Ok(None) => {}
            Ok(Some(unit)) => {
                self.is_after_frame = true;
                self.report.checked += 1;
                match self.server.check_response(&unit, written) {
                    Ok(Some(response)) => self.follow(number, &response),
                    Ok(None) => {}
                    Err(failure) => self.fail(number, failure),
                }
            }
            Err(failure) => self.fail(number, failure),
        }
    }

    /// What a response means for the next line of the client.
    fn follow(&mut self, number: usize, response: &Response) {
        match response {
            Response::Continue(Continue { .. }) => self.is_bare = self.exchange.is_some(),
            Response::Tagged(tag, _) => {
                (self.exchange, self.is_bare) = (None, false);
                if let Err(failure) = self.client.refuse(tag.as_bytes()) {
                    self.fail(number, failure);
                }
            }
            _ => {}
        }
    }

    /// Nothing may be left open here.
    fn pause(&mut self) {
        self.is_after_frame = false;
        for number in [self.client.drop_pending(), self.server.drop_pending()].into_iter().flatten() {
            self.fail(number, "what starts here is not complete".into());
        }
    }

    fn fail(&mut self, number: usize, failure: String) {
        self.report.failures.push((number, failure));
    }
}

/// What is to be found in a frame.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Wanted {
    /// A value all of whose parts are known.
    Known,
    /// A value with a part that nobody has registered.
    Other,
    /// A value that strictly is none, or another one.
    Tolerated,
    /// No value.
    Unreadable,
}

fn is_written(line: &str) -> bool {
    line == "=" || line.starts_with("= ")
}

fn octets_of_written(line: &str) -> Result<Vec<u8>, String> {
    let mut octets = octets(line.strip_prefix("= ").unwrap_or_default())?;
    octets.extend_from_slice(b"\r\n");
    Ok(octets)
}

/// The text, with `\{c3 28}` as the octets that it stands for.
fn octets(text: &str) -> Result<Vec<u8>, String> {
    let mut octets = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\\{") {
        octets.extend_from_slice(before.as_bytes());
        let wrong = || format!("no hexadecimal octets: \\{{{after}");
        let (hexadecimal, after) = after.split_once('}').ok_or_else(wrong)?;
        for octet in hexadecimal.split(' ') {
            octets.push(u8::from_str_radix(octet, 16).map_err(|_| wrong())?);
        }
        rest = after;
    }
    octets.extend_from_slice(rest.as_bytes());
    Ok(octets)
}
