//! Commands: what a client says to a server.

use alloc::{boxed::Box, string::String};
use core::fmt;

use bytes::{BufMut as _, BytesMut};
use nom::{
    Parser,
    bytes::complete::take_while1,
    combinator::{opt, verify},
    sequence::{preceded, terminated},
};

use crate::{
    Argument, InvalidArgument, MessageNumber, ParseError, Secret,
    auth::InitialResponse,
    grammar::{Parsed, mismatch, number, rest_of_line, rule, spaces, trailing_spaces, trimmed, whole, word},
    greeting::Digest,
    language::LanguageRange,
    message_number::message_number,
};

/// A command, in the order of the RFCs.
///
/// Its `Debug` and [`Display`](fmt::Display) show no secret.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Command {
    /// `USER name`: the first half of a login (RFC 1939 section 7).
    User(Argument),
    /// `PASS string`: the second half; the password may hold and end with spaces (RFC 1939 section 7).
    Pass(Secret),
    /// `APOP name digest`: a login by digest (RFC 1939 section 7).
    Apop {
        /// The name of the maildrop.
        name: Argument,
        /// MD5 over the greeting's timestamp and the shared secret.
        digest: Digest,
    },
    /// `AUTH mechanism [initial-response]`: a SASL login (RFC 5034 section 4).
    Auth {
        /// The name of the SASL mechanism, in upper case.
        mechanism: MechanismName,
        /// What the client says first, if it says it here.
        initial_response: Option<InitialResponse>,
    },
    /// `AUTH` alone: asks older servers for their mechanisms (RFC 1734 never had it; clients send it).
    AuthList,
    /// `STAT`: how many messages and octets there are (RFC 1939 section 5).
    Stat,
    /// `LIST [msg]`: the sizes of all messages or of one (RFC 1939 section 5).
    List(Option<MessageNumber>),
    /// `RETR msg`: a message (RFC 1939 section 5).
    Retr(MessageNumber),
    /// `DELE msg`: marks a message for deletion at QUIT (RFC 1939 section 5).
    Dele(MessageNumber),
    /// `NOOP`: nothing, but a sign of life (RFC 1939 section 5).
    Noop,
    /// `RSET`: takes all deletion marks back (RFC 1939 section 5).
    Rset,
    /// `TOP msg n`: the header and the first lines of a body (RFC 1939 section 7).
    Top {
        /// The message.
        message: MessageNumber,
        /// How many lines of the body, from 0.
        lines: u32,
    },
    /// `UIDL [msg]`: the unique-ids of all messages or of one (RFC 1939 section 7).
    Uidl(Option<MessageNumber>),
    /// `CAPA`: what the server can do (RFC 2449 section 5).
    Capa,
    /// `STLS`: begin TLS (RFC 2595 section 4).
    Stls,
    /// `UTF8`: messages may be UTF-8 (RFC 6856 section 2.1).
    Utf8,
    /// `LANG [range]`: choose a language for texts, or list them (RFC 6856 section 3.2).
    Lang(Option<LanguageRange>),
    /// `QUIT`: the end; deletions are done now (RFC 1939 section 6).
    Quit,
    /// A command that is not known here.
    Other(Other),
}

impl Command {
    /// Reads one line without its line end.
    ///
    /// Keywords may have any case. Spaces and TABs at the end are ignored, but not those of a password.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if a known command has wrong arguments, or if the line has no keyword. The error shows no
    /// argument of `PASS`, `APOP`, `AUTH` and unknown commands.
    pub fn parse(line: &[u8]) -> Result<Self, ParseError> {
        whole(line, command).map_err(|error| {
            let name = line.iter().take_while(|octet| octet.is_ascii_alphanumeric()).count();
            match line.get(..name).map(Keyword::recognise) {
                Some(Keyword::Apop | Keyword::Auth | Keyword::Pass | Keyword::User | Keyword::Other) => {
                    error.redacted(name)
                }
                _ => error,
            }
        })
    }

    /// Appends the command to `out`, with its CRLF.
    pub fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.keyword().as_bytes());
        match self {
            Self::User(name) => argument(out, name.as_bytes()),
            Self::Pass(password) => argument(out, password.expose()),
            Self::Apop { name, digest } => {
                argument(out, name.as_bytes());
                argument(out, digest.to_hex().as_bytes());
            }
            Self::Auth { mechanism, initial_response } => {
                argument(out, mechanism.as_str().as_bytes());
                if let Some(response) = initial_response {
                    out.put_u8(b' ');
                    response.encode(out);
                }
            }
            Self::Retr(message)
            | Self::Dele(message)
            | Self::List(Some(message))
            | Self::Uidl(Some(message)) => decimal(out, message.get()),
            Self::Top { message, lines } => {
                decimal(out, message.get());
                decimal(out, *lines);
            }
            Self::Lang(Some(range)) => argument(out, range.as_str().as_bytes()),
            Self::Other(other) => {
                if let Some(arguments) = &other.arguments {
                    argument(out, arguments.expose());
                }
            }
            Self::AuthList
            | Self::Capa
            | Self::Lang(None)
            | Self::List(None)
            | Self::Noop
            | Self::Quit
            | Self::Rset
            | Self::Stat
            | Self::Stls
            | Self::Uidl(None)
            | Self::Utf8 => {}
        }
        out.put_slice(b"\r\n");
    }

    /// The keyword in upper case.
    pub fn keyword(&self) -> &str {
        match self {
            Self::User(_) => "USER",
            Self::Pass(_) => "PASS",
            Self::Apop { .. } => "APOP",
            Self::Auth { .. } | Self::AuthList => "AUTH",
            Self::Stat => "STAT",
            Self::List(_) => "LIST",
            Self::Retr(_) => "RETR",
            Self::Dele(_) => "DELE",
            Self::Noop => "NOOP",
            Self::Rset => "RSET",
            Self::Top { .. } => "TOP",
            Self::Uidl(_) => "UIDL",
            Self::Capa => "CAPA",
            Self::Stls => "STLS",
            Self::Utf8 => "UTF8",
            Self::Lang(_) => "LANG",
            Self::Quit => "QUIT",
            Self::Other(other) => &other.keyword,
        }
    }

    /// Whether a positive reply to this command has lines after the first one, up to a line `.`.
    pub fn expects_multi_line(&self) -> bool {
        match self {
            Self::AuthList
            | Self::Capa
            | Self::Lang(None)
            | Self::List(None)
            | Self::Retr(_)
            | Self::Top { .. }
            | Self::Uidl(None) => true,
            Self::Apop { .. }
            | Self::Auth { .. }
            | Self::Dele(_)
            | Self::Lang(Some(_))
            | Self::List(Some(_))
            | Self::Noop
            | Self::Other(_)
            | Self::Pass(_)
            | Self::Quit
            | Self::Rset
            | Self::Stat
            | Self::Stls
            | Self::Uidl(Some(_))
            | Self::User(_)
            | Self::Utf8 => false,
        }
    }
}

impl fmt::Display for Command {
    /// The command as sent, `****` in place of secrets: fit for a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.keyword())?;
        match self {
            Self::User(name) => write!(f, " {}", name.as_bytes().escape_ascii()),
            Self::Pass(_) | Self::Other(Other { arguments: Some(_), .. }) => f.write_str(" ****"),
            Self::Apop { name, .. } => write!(f, " {} ****", name.as_bytes().escape_ascii()),
            Self::Auth { mechanism, initial_response } => {
                write!(f, " {}{}", mechanism.as_str(), if initial_response.is_some() { " ****" } else { "" })
            }
            Self::Retr(message)
            | Self::Dele(message)
            | Self::List(Some(message))
            | Self::Uidl(Some(message)) => write!(f, " {message}"),
            Self::Top { message, lines } => write!(f, " {message} {lines}"),
            Self::Lang(Some(range)) => write!(f, " {}", range.as_str()),
            _ => Ok(()),
        }
    }
}

/// The name of a SASL mechanism, in upper case: one to 20 of `A` to `Z`, `0` to `9`, `-` and `_`.
///
/// RFC 4422 section 3.1. Names of any case are read.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct MechanismName(Box<str>);

impl MechanismName {
    /// Checks `name`, and turns it to upper case.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it is no mechanism name.
    pub fn new(name: &str) -> Result<Self, ParseError> {
        whole(name.as_bytes(), mechanism_name)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A command that is not known here: a keyword, and the rest of the line, which is shown nowhere.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Other {
    keyword: Box<str>,
    arguments: Option<Secret>,
}

impl Other {
    /// A command of an extension.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`] if `keyword` holds anything but ASCII letters and digits, or if `arguments` hold an octet
    /// that ends a line.
    pub fn new(keyword: &str, arguments: Option<&str>) -> Result<Self, InvalidArgument> {
        if keyword.is_empty() {
            return Err(InvalidArgument::Empty);
        }
        if let Some(offset) = keyword.bytes().position(|octet| !octet.is_ascii_alphanumeric()) {
            let octet = keyword.as_bytes().get(offset).copied().unwrap_or_default();
            return Err(InvalidArgument::Octet { octet, offset });
        }
        let arguments = arguments.map(Secret::new).transpose()?;
        Ok(Self { keyword: keyword.to_ascii_uppercase().into(), arguments })
    }

    /// The keyword in upper case.
    pub fn keyword(&self) -> &str {
        &self.keyword
    }

    /// What followed the keyword and one space.
    pub fn arguments(&self) -> Option<&[u8]> {
        self.arguments.as_ref().map(Secret::expose)
    }
}

/// The known keywords; the RFC says `3*4VCHAR`.
enum Keyword {
    Apop,
    Auth,
    Capa,
    Dele,
    Lang,
    List,
    Noop,
    Other,
    Pass,
    Quit,
    Retr,
    Rset,
    Stat,
    Stls,
    Top,
    Uidl,
    User,
    Utf8,
}

impl Keyword {
    fn recognise(word: &[u8]) -> Self {
        let mut upper = [0; 4];
        let Some(upper) = upper.get_mut(..word.len()) else { return Self::Other };
        upper.copy_from_slice(word);
        upper.make_ascii_uppercase();
        match &*upper {
            b"APOP" => Self::Apop,
            b"AUTH" => Self::Auth,
            b"CAPA" => Self::Capa,
            b"DELE" => Self::Dele,
            b"LANG" => Self::Lang,
            b"LIST" => Self::List,
            b"NOOP" => Self::Noop,
            b"PASS" => Self::Pass,
            b"QUIT" => Self::Quit,
            b"RETR" => Self::Retr,
            b"RSET" => Self::Rset,
            b"STAT" => Self::Stat,
            b"STLS" => Self::Stls,
            b"TOP" => Self::Top,
            b"UIDL" => Self::Uidl,
            b"USER" => Self::User,
            b"UTF8" => Self::Utf8,
            _ => Self::Other,
        }
    }
}

/// `command = keyword *(SP param) CRLF` ([RFC 2449 section 3](https://www.rfc-editor.org/rfc/rfc2449#section-3))
fn command(input: &[u8]) -> Parsed<'_, Command> {
    let (rest, word) = rule("keyword", take_while1(|octet: u8| octet.is_ascii_alphanumeric()))(input)?;
    match Keyword::recognise(word) {
        Keyword::Apop => apop(rest),
        Keyword::Auth => auth(rest),
        Keyword::Capa => alone(Command::Capa, rest),
        Keyword::Dele => preceded(spaces, ended(message_number)).map(Command::Dele).parse(rest),
        Keyword::Lang => ended(opt(preceded(spaces, crate::language::range))).map(Command::Lang).parse(rest),
        Keyword::List => optional_message(rest).map(|(rest, message)| (rest, Command::List(message))),
        Keyword::Noop => alone(Command::Noop, rest),
        Keyword::Other => other(word, rest),
        Keyword::Pass => pass(rest),
        Keyword::Quit => alone(Command::Quit, rest),
        Keyword::Retr => preceded(spaces, ended(message_number)).map(Command::Retr).parse(rest),
        Keyword::Rset => alone(Command::Rset, rest),
        Keyword::Stat => alone(Command::Stat, rest),
        Keyword::Stls => alone(Command::Stls, rest),
        Keyword::Top => top(rest),
        Keyword::Uidl => optional_message(rest).map(|(rest, message)| (rest, Command::Uidl(message))),
        Keyword::User => user(rest),
        Keyword::Utf8 => alone(Command::Utf8, rest),
    }
}

fn alone(command: Command, input: &[u8]) -> Parsed<'_, Command> {
    trailing_spaces(input).map(|(rest, _)| (rest, command))
}

fn ended<'a, T>(
    parser: impl Parser<&'a [u8], Output = T, Error = crate::grammar::Mismatch<'a>>,
) -> impl Parser<&'a [u8], Output = T, Error = crate::grammar::Mismatch<'a>> {
    terminated(parser, trailing_spaces)
}

fn optional_message(input: &[u8]) -> Parsed<'_, Option<MessageNumber>> {
    match trimmed(input) {
        b"" => Ok((b"", None)),
        _ => preceded(spaces, ended(message_number)).map(Some).parse(input),
    }
}

/// `TOP msg n`: n is not negative
fn top(input: &[u8]) -> Parsed<'_, Command> {
    let lines = rule("number of lines of 32 bits", verify(number, |lines| *lines <= u64::from(u32::MAX)));
    let (rest, (message, lines)) =
        (preceded(spaces, message_number), ended(preceded(spaces, lines))).parse(input)?;
    Ok((rest, Command::Top { message, lines: u32::try_from(lines).unwrap_or(u32::MAX) }))
}

/// `USER name`: names with spaces exist, so the rest of the line is the name
fn user(input: &[u8]) -> Parsed<'_, Command> {
    let (rest, name) = preceded(spaces, rest_of_line).parse(input)?;
    match Argument::new(trimmed(name)) {
        Ok(name) => Ok((rest, Command::User(name))),
        Err(_) => mismatch("name", name),
    }
}

/// `PASS string`: "a server may treat spaces in the argument as part of the password, instead of as argument
/// separators" ([RFC 1939 section 7](https://www.rfc-editor.org/rfc/rfc1939#section-7))
fn pass(input: &[u8]) -> Parsed<'_, Command> {
    let Some((b' ', password)) = input.split_first() else { return mismatch("SP", input) };
    match Secret::new(password) {
        Ok(password) => Ok((b"", Command::Pass(password))),
        Err(_) => mismatch("password", password),
    }
}

/// `APOP name digest`
fn apop(input: &[u8]) -> Parsed<'_, Command> {
    let (_, arguments) = preceded(spaces, rest_of_line).parse(input)?;
    let arguments = trimmed(arguments);
    let Some(end) = arguments.iter().rposition(|octet| *octet == b' ') else {
        return mismatch("name SP digest", arguments);
    };
    let (name, digest) = arguments.split_at_checked(end).unwrap_or_default();
    match (Argument::new(trimmed(name)), Digest::from_hex(trimmed(digest))) {
        (Ok(name), Some(digest)) => Ok((b"", Command::Apop { name, digest })),
        (Err(_), _) => mismatch("name", name),
        (_, None) => mismatch("digest of 32 hexadecimal digits", digest),
    }
}

/// `auth-command = "AUTH" SP sasl-mech [SP initial-response]` ([RFC 5034 section 5](https://www.rfc-editor.org/rfc/rfc5034#section-5))
fn auth(input: &[u8]) -> Parsed<'_, Command> {
    if trimmed(input).is_empty() {
        return Ok((b"", Command::AuthList));
    }
    let (rest, mechanism) = preceded(spaces, mechanism_name).parse(input)?;
    let (rest, initial_response) =
        ended(opt(preceded(spaces, verify(word_or_nothing, |word: &[u8]| !word.is_empty())))).parse(rest)?;
    match initial_response.map(InitialResponse::parse).transpose() {
        Ok(initial_response) => Ok((rest, Command::Auth { mechanism, initial_response })),
        Err(_) => mismatch("initial-response", input),
    }
}

fn word_or_nothing(input: &[u8]) -> Parsed<'_, &[u8]> {
    opt(word).map(Option::unwrap_or_default).parse(input)
}

/// `sasl-mech = 1*20mech-char` ([RFC 4422 section 3.1](https://www.rfc-editor.org/rfc/rfc4422#section-3.1))
fn mechanism_name(input: &[u8]) -> Parsed<'_, MechanismName> {
    let is_mech_char = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
    let short = |word: &&[u8]| word.len() <= MAX_MECHANISM_NAME;
    let (rest, name) = rule("sasl-mech", verify(take_while1(is_mech_char), move |word| short(&word)))(input)?;
    let name: String = name.iter().map(|octet| char::from(octet.to_ascii_uppercase())).collect();
    Ok((rest, MechanismName(name.into())))
}

fn other<'a>(keyword: &'a [u8], rest: &'a [u8]) -> Parsed<'a, Command> {
    let arguments = match rest.split_first() {
        None => None,
        Some((b' ' | b'\t', arguments)) => match Secret::new(arguments) {
            Ok(arguments) => Some(arguments),
            Err(_) => return mismatch("arguments", arguments),
        },
        Some(_) => return mismatch("SP", rest),
    };
    let keyword: String = keyword.iter().map(|octet| char::from(octet.to_ascii_uppercase())).collect();
    Ok((b"", Command::Other(Other { keyword: keyword.into(), arguments })))
}

fn argument(out: &mut BytesMut, octets: &[u8]) {
    out.put_u8(b' ');
    out.put_slice(octets);
}

fn decimal(out: &mut BytesMut, value: u32) {
    use core::fmt::Write as _;
    // Writing to a `BytesMut` grows it and cannot fail.
    let _ = write!(out, " {value}");
}

const MAX_MECHANISM_NAME: usize = 20;

#[cfg(test)]
mod tests;
