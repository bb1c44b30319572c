//! What a server can do: the lines of a reply to CAPA.

use alloc::{boxed::Box, string::String, vec::Vec};

use bytes::{BufMut as _, BytesMut};
use nom::{
    Parser,
    bytes::complete::take_while1,
    combinator::opt,
    multi::many0,
    sequence::{preceded, terminated},
};

use crate::{
    InvalidArgument, ParseError,
    command::MechanismName,
    grammar::{Parsed, number, rule, spaces, trailing_spaces, whole, word},
    text::harmless,
};

/// One capability, in the order of the registry's RFCs.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Capability {
    /// `TOP`: the command exists (RFC 2449 section 6.1).
    Top,
    /// `USER`: USER and PASS exist (RFC 2449 section 6.2).
    User,
    /// `SASL`: AUTH exists, with these mechanisms (RFC 2449 section 6.3, RFC 5034 section 3).
    Sasl(Vec<MechanismName>),
    /// `RESP-CODES`: a text that starts with a bracket is a response code (RFC 2449 section 6.4).
    RespCodes,
    /// `LOGIN-DELAY`: how long to wait between logins (RFC 2449 section 6.5).
    LoginDelay {
        /// The least seconds from one login to the next.
        seconds: u64,
        /// Whether the user's own value comes after login.
        per_user: bool,
    },
    /// `PIPELINING`: commands may be sent before earlier replies are there (RFC 2449 section 6.6).
    Pipelining,
    /// `EXPIRE`: how long messages stay on the server (RFC 2449 section 6.7).
    Expire {
        /// For how long.
        retention: Retention,
        /// Whether the user's own value comes after login.
        per_user: bool,
    },
    /// `UIDL`: the command exists (RFC 2449 section 6.8).
    Uidl,
    /// `IMPLEMENTATION`: what the server is, for logs (RFC 2449 section 6.9).
    Implementation(String),
    /// `STLS`: TLS can begin (RFC 2595 section 4).
    Stls,
    /// `AUTH-RESP-CODE`: every failure to authenticate carries `SYS/TEMP`, `SYS/PERM` or `AUTH` (RFC 3206 section 6).
    AuthRespCode,
    /// `UTF8`: UTF-8 mode exists (RFC 6856 section 2).
    Utf8 {
        /// Whether user names and passwords may be UTF-8.
        user: bool,
    },
    /// `LANG`: the command exists (RFC 6856 section 3).
    Lang,
    /// Any other capability, or a known one with parameters that do not fit it.
    Other(OtherCapability),
}

/// For how many days a server keeps messages at least.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Retention {
    /// `NEVER`: the server deletes nothing.
    Forever,
    /// Days; 0 means that mail may not be left on the server.
    Days(u64),
}

impl Capability {
    /// Reads a line without its line end. Tags may have any case.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if the line has no tag; a known tag with strange parameters becomes [`Capability::Other`].
    pub fn parse(line: &[u8]) -> Result<Self, ParseError> {
        let (tag, parameters) = whole(line, capability)?;
        let known = match &*tag.to_ascii_uppercase() {
            b"TOP" => Some(Self::Top),
            b"USER" => Some(Self::User),
            b"SASL" => Some(Self::Sasl(parameters.iter().filter_map(|name| mechanism(name)).collect())),
            b"RESP-CODES" => Some(Self::RespCodes),
            b"LOGIN-DELAY" => login_delay(&parameters),
            b"PIPELINING" => Some(Self::Pipelining),
            b"EXPIRE" => expire(&parameters),
            b"UIDL" => Some(Self::Uidl),
            b"IMPLEMENTATION" => Some(Self::Implementation(lossy(&parameters.join(&b' ')))),
            b"STLS" => Some(Self::Stls),
            b"AUTH-RESP-CODE" => Some(Self::AuthRespCode),
            b"UTF8" => Some(Self::Utf8 { user: is_user(parameters.first()) }),
            b"LANG" => Some(Self::Lang),
            _ => None,
        };
        let other = || OtherCapability {
            tag: lossy(tag).into(),
            parameters: parameters.iter().map(|parameter| lossy(parameter).into()).collect(),
        };
        Ok(known.unwrap_or_else(|| Self::Other(other())))
    }

    /// Appends the line to `out`, without a line end.
    pub fn encode(&self, out: &mut BytesMut) {
        out.put_slice(self.tag().as_bytes());
        match self {
            Self::Sasl(mechanisms) => {
                mechanisms.iter().for_each(|mechanism| parameter(out, mechanism.as_str()));
            }
            Self::LoginDelay { seconds, per_user } => {
                number_parameter(out, *seconds);
                user_parameter(out, *per_user);
            }
            Self::Expire { retention, per_user } => {
                match retention {
                    Retention::Forever => parameter(out, "NEVER"),
                    Retention::Days(days) => number_parameter(out, *days),
                }
                user_parameter(out, *per_user);
            }
            Self::Implementation(text) => {
                out.put_u8(b' ');
                out.put_slice(&harmless(text.as_bytes()));
            }
            Self::Utf8 { user } => user_parameter(out, *user),
            Self::Other(other) => other.parameters.iter().for_each(|text| parameter(out, text)),
            Self::AuthRespCode
            | Self::Lang
            | Self::Pipelining
            | Self::RespCodes
            | Self::Stls
            | Self::Top
            | Self::Uidl
            | Self::User => {}
        }
    }

    /// The tag, in upper case if it is known.
    pub fn tag(&self) -> &str {
        match self {
            Self::Top => "TOP",
            Self::User => "USER",
            Self::Sasl(_) => "SASL",
            Self::RespCodes => "RESP-CODES",
            Self::LoginDelay { .. } => "LOGIN-DELAY",
            Self::Pipelining => "PIPELINING",
            Self::Expire { .. } => "EXPIRE",
            Self::Uidl => "UIDL",
            Self::Implementation(_) => "IMPLEMENTATION",
            Self::Stls => "STLS",
            Self::AuthRespCode => "AUTH-RESP-CODE",
            Self::Utf8 { .. } => "UTF8",
            Self::Lang => "LANG",
            Self::Other(other) => &other.tag,
        }
    }
}

/// A capability that is not known here: a tag and its parameters.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OtherCapability {
    tag: Box<str>,
    parameters: Vec<Box<str>>,
}

impl OtherCapability {
    /// A capability of an extension.
    ///
    /// # Errors
    ///
    /// [`InvalidArgument`] if the tag or a parameter is empty, or holds a space or a control character.
    pub fn new(tag: &str, parameters: &[&str]) -> Result<Self, InvalidArgument> {
        let check = |text: &str| {
            let wrong = text.bytes().position(|octet| octet <= b' ' || octet == 0x7F);
            match (wrong, text.is_empty()) {
                (Some(offset), _) => {
                    let octet = text.as_bytes().get(offset).copied().unwrap_or_default();
                    Err(InvalidArgument::Octet { octet, offset })
                }
                (None, true) => Err(InvalidArgument::Empty),
                (None, false) => Ok(Box::from(text)),
            }
        };
        let parameters = parameters.iter().map(|parameter| check(parameter)).collect::<Result<_, _>>()?;
        Ok(Self { tag: check(tag)?, parameters })
    }

    /// The tag as sent.
    pub fn tag(&self) -> &str {
        &self.tag
    }

    /// The parameters as sent.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.parameters.iter().map(AsRef::as_ref)
    }
}

/// All that a server can do, as a set with one capability a tag. An application may edit it, to switch one off.
///
/// ```
/// use mailwire_pop3::{Capabilities, Capability};
///
/// let mut capabilities: Capabilities = [Capability::Uidl, Capability::Pipelining].into_iter().collect();
/// capabilities.remove("pipelining");
/// assert!(capabilities.has("UIDL") && !capabilities.has("PIPELINING"));
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Capabilities(Vec<Capability>);

impl Capabilities {
    /// None at all.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a capability. One of the same tag is replaced, but the mechanisms of two `SASL` lines are joined.
    pub fn insert(&mut self, mut capability: Capability) {
        if let (Capability::Sasl(names), Some(Capability::Sasl(known))) = (&mut capability, self.find("SASL"))
        {
            let fresh = core::mem::take(names);
            names.extend(known.iter().chain(fresh.iter().filter(|name| !known.contains(name))).cloned());
        }
        self.remove(capability.tag().to_ascii_uppercase().as_str());
        self.0.push(capability);
    }

    /// Removes the capability with this tag, in any case of letters.
    pub fn remove(&mut self, tag: &str) {
        self.0.retain(|capability| !capability.tag().eq_ignore_ascii_case(tag));
    }

    /// Removes one SASL mechanism.
    pub fn remove_mechanism(&mut self, name: &str) {
        for capability in &mut self.0 {
            if let Capability::Sasl(mechanisms) = capability {
                mechanisms.retain(|mechanism| !mechanism.as_str().eq_ignore_ascii_case(name));
            }
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, in the order of the server.
    pub fn iter(&self) -> impl Iterator<Item = &Capability> {
        self.0.iter()
    }

    /// The one with this tag, in any case of letters.
    pub fn find(&self, tag: &str) -> Option<&Capability> {
        self.0.iter().find(|capability| capability.tag().eq_ignore_ascii_case(tag))
    }

    /// Whether there is one with this tag, in any case of letters.
    pub fn has(&self, tag: &str) -> bool {
        self.find(tag).is_some()
    }

    /// The SASL mechanisms; none if there is no AUTH.
    pub fn mechanisms(&self) -> &[MechanismName] {
        match self.find("SASL") {
            Some(Capability::Sasl(mechanisms)) => mechanisms,
            _ => &[],
        }
    }

    /// How long messages stay on the server, if it says so.
    pub fn retention(&self) -> Option<Retention> {
        match self.find("EXPIRE") {
            Some(Capability::Expire { retention, .. }) => Some(*retention),
            _ => None,
        }
    }

    /// The least seconds between two logins, if the server says so.
    pub fn login_delay(&self) -> Option<u64> {
        match self.find("LOGIN-DELAY") {
            Some(Capability::LoginDelay { seconds, .. }) => Some(*seconds),
            _ => None,
        }
    }

    /// What the server says that it is.
    pub fn implementation(&self) -> Option<&str> {
        match self.find("IMPLEMENTATION") {
            Some(Capability::Implementation(text)) => Some(text),
            _ => None,
        }
    }

    /// Whether user names and passwords may be UTF-8.
    pub fn utf8_user(&self) -> bool {
        matches!(self.find("UTF8"), Some(Capability::Utf8 { user: true }))
    }
}

impl FromIterator<Capability> for Capabilities {
    fn from_iter<T: IntoIterator<Item = Capability>>(capabilities: T) -> Self {
        let mut all = Self::new();
        capabilities.into_iter().for_each(|capability| all.insert(capability));
        all
    }
}

/// `capability = capa-tag *(SP param) CRLF` ([RFC 2449 section 3](https://www.rfc-editor.org/rfc/rfc2449#section-3))
fn capability(input: &[u8]) -> Parsed<'_, (&[u8], Vec<&[u8]>)> {
    let is_cchar = |octet: u8| matches!(octet, 0x21..=0x2D | 0x2F..=0x7E);
    let tag = rule("capa-tag", preceded(opt(spaces), take_while1(is_cchar)));
    terminated((tag, many0(preceded(spaces, word))), trailing_spaces).parse(input)
}

fn login_delay(parameters: &[&[u8]]) -> Option<Capability> {
    let seconds = whole(parameters.first()?, number).ok()?;
    Some(Capability::LoginDelay { seconds, per_user: is_user(parameters.get(1)) })
}

fn expire(parameters: &[&[u8]]) -> Option<Capability> {
    let days = parameters.first()?;
    let retention = if days.eq_ignore_ascii_case(b"NEVER") {
        Retention::Forever
    } else {
        Retention::Days(whole(days, number).ok()?)
    };
    Some(Capability::Expire { retention, per_user: is_user(parameters.get(1)) })
}

fn mechanism(name: &[u8]) -> Option<MechanismName> {
    MechanismName::new(core::str::from_utf8(name).ok()?).ok()
}

fn is_user(parameter: Option<&&[u8]>) -> bool {
    parameter.is_some_and(|parameter| parameter.eq_ignore_ascii_case(b"USER"))
}

fn lossy(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn parameter(out: &mut BytesMut, text: &str) {
    out.put_u8(b' ');
    out.put_slice(text.as_bytes());
}

fn number_parameter(out: &mut BytesMut, value: u64) {
    use core::fmt::Write as _;
    // Writing to a `BytesMut` grows it and cannot fail.
    let _ = write!(out, " {value}");
}

fn user_parameter(out: &mut BytesMut, per_user: bool) {
    if per_user {
        parameter(out, "USER");
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;

    fn sasl(names: &[&str]) -> Capability {
        Capability::Sasl(names.iter().map(|name| MechanismName::new(name).unwrap()).collect())
    }

    #[test]
    fn capabilities_both_ways() {
        for (wire, capability) in [
            ("TOP", Capability::Top),
            ("USER", Capability::User),
            ("SASL CRAM-MD5 KERBEROS_V4", sasl(&["CRAM-MD5", "KERBEROS_V4"])),
            ("SASL", sasl(&[])),
            ("RESP-CODES", Capability::RespCodes),
            ("LOGIN-DELAY 900", Capability::LoginDelay { seconds: 900, per_user: false }),
            ("LOGIN-DELAY 900 USER", Capability::LoginDelay { seconds: 900, per_user: true }),
            ("PIPELINING", Capability::Pipelining),
            ("EXPIRE 60", Capability::Expire { retention: Retention::Days(60), per_user: false }),
            ("EXPIRE 5 USER", Capability::Expire { retention: Retention::Days(5), per_user: true }),
            ("EXPIRE NEVER", Capability::Expire { retention: Retention::Forever, per_user: false }),
            ("UIDL", Capability::Uidl),
            (
                "IMPLEMENTATION Shlemazle-Plotz-v302",
                Capability::Implementation("Shlemazle-Plotz-v302".into()),
            ),
            (
                "IMPLEMENTATION BlurdyBlurp POP3 server",
                Capability::Implementation("BlurdyBlurp POP3 server".into()),
            ),
            ("STLS", Capability::Stls),
            ("AUTH-RESP-CODE", Capability::AuthRespCode),
            ("UTF8", Capability::Utf8 { user: false }),
            ("UTF8 USER", Capability::Utf8 { user: true }),
            ("LANG", Capability::Lang),
            ("XOIP 1 two", Capability::Other(OtherCapability::new("XOIP", &["1", "two"]).unwrap())),
            ("EXPIRE soon", Capability::Other(OtherCapability::new("EXPIRE", &["soon"]).unwrap())),
            ("LOGIN-DELAY", Capability::Other(OtherCapability::new("LOGIN-DELAY", &[]).unwrap())),
        ] {
            assert_eq!(Capability::parse(wire.as_bytes()), Ok(capability.clone()), "{wire}");
            let mut out = BytesMut::new();
            capability.encode(&mut out);
            assert_eq!(out, wire.as_bytes());
        }
    }

    #[test]
    fn what_servers_send_otherwise() {
        for (wire, capability) in [
            ("uidl", Capability::Uidl),
            (" UIDL ", Capability::Uidl),
            ("SASL  PLAIN   LOGIN ", sasl(&["PLAIN", "LOGIN"])),
            ("SASL plain n@me", sasl(&["PLAIN"])),
            ("expire never", Capability::Expire { retention: Retention::Forever, per_user: false }),
            ("STLS extra", Capability::Stls),
        ] {
            assert_eq!(Capability::parse(wire.as_bytes()), Ok(capability), "{wire}");
        }
        for wire in ["", " ", "\x01", ".X", "\u{e9}"] {
            assert!(Capability::parse(wire.as_bytes()).is_err(), "{wire:?}");
        }
    }

    #[test]
    fn a_set_has_each_tag_once() {
        let mut all: Capabilities =
            vec![sasl(&["PLAIN"]), Capability::Uidl, sasl(&["LOGIN", "PLAIN"])].into_iter().collect();
        assert_eq!(all.len(), 2);
        assert_eq!(all.find("sasl"), Some(&sasl(&["PLAIN", "LOGIN"])));
        all.remove_mechanism("plain");
        assert_eq!(all.mechanisms(), [MechanismName::new("LOGIN").unwrap()]);
        all.remove("SASL");
        assert!(all.mechanisms().is_empty() && all.has("UIDL"));
    }

    #[test]
    fn a_line_end_cannot_enter_a_capability() {
        assert!(OtherCapability::new("X\r\n", &[]).is_err());
        assert!(OtherCapability::new("X", &["a b"]).is_err());
        assert!(OtherCapability::new("X", &[""]).is_err());
        let mut out = BytesMut::new();
        Capability::Implementation("a\r\n.\r\n".into()).encode(&mut out);
        assert_eq!(&out[..], b"IMPLEMENTATION a  .  ");
    }
}
