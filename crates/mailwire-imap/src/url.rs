//! URLs of IMAP: servers, mailboxes, searches, messages and their parts.

use alloc::string::String;
use core::{fmt, num::NonZeroU64, str::FromStr};

use crate::{Atom, Mailbox, Octets, ParseError, Search, Uid, UidValidity, date::DateTime, section::Section};

mod parse;
mod resolve;
mod write;

/// `imapurl` ([RFC 5092 section 11](https://www.rfc-editor.org/rfc/rfc5092#section-11)): whole, or without a server as in
/// CATENATE.
///
/// It is read by what it says, and not kept as it was written: where octets were signed, keep them beside it.
///
/// ```
/// use mailwire_imap::{Mailbox, url::{Target, Url}};
///
/// let url: Url = "imap://ann@example.org/Entw%C3%BCrfe;UIDVALIDITY=7/;UID=20/;SECTION=1.2".parse()?;
/// let Target::Message(message) = &url.target else { panic!() };
/// assert_eq!(message.mailbox.mailbox, Mailbox::new("Entwürfe"));
/// assert_eq!(message.uid.get(), 20);
/// assert_eq!(url.to_string(), "imap://ann@example.org/Entw%C3%BCrfe;UIDVALIDITY=7/;UID=20/;SECTION=1.2");
/// assert_eq!(url.resolve(b";SECTION=1.3")?.to_string().rsplit_once('/').unwrap().1, ";SECTION=1.3");
/// # Ok::<(), mailwire_imap::ParseError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Url {
    /// Which server, and as whom; nothing for the one that is at hand.
    pub server: Option<Server>,
    /// What on the server.
    pub target: Target,
}

/// `iserver = [iuserinfo "@"] host [":" port]`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Server {
    /// The user, before it was percent-encoded.
    pub user: Option<Octets>,
    /// `;AUTH=`: how the user logs in
    pub auth: Option<Auth>,
    /// The name or address.
    pub host: Host,
    /// The port; [`PORT`](crate::PORT) if there is none.
    pub port: Option<u16>,
}

impl Server {
    /// A server without a user.
    pub fn new(host: Host) -> Self {
        Self { user: None, auth: None, host, port: None }
    }
}

/// `iauth`
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Auth {
    /// `*`: any that is secure enough
    Any,
    /// A mechanism of SASL.
    Mechanism(Atom),
}

/// `host` ([RFC 3986 section 3.2.2](https://www.rfc-editor.org/rfc/rfc3986#section-3.2.2)): a name, an IPv4 address, or an
/// IPv6 address in brackets; the same in any case.
#[derive(Clone)]
pub struct Host(Octets);

impl Host {
    /// Checks a name or address.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it cannot stand in a URL.
    pub fn new(host: impl AsRef<[u8]>) -> Result<Self, ParseError> {
        parse::host(host.as_ref())
    }

    /// The text as in a URL, with brackets around an IPv6 address.
    pub fn as_str(&self) -> &str {
        self.0.as_str().unwrap_or_default()
    }
}

impl Eq for Host {}

impl PartialEq for Host {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

/// `[icommand]`: what of a server is meant
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Target {
    /// `imessagelist`: a mailbox, or what a search finds in it
    List(MailboxRef, Option<Query>),
    /// `imessagepart`
    Message(Message),
    /// The server itself.
    Server,
}

/// `imailbox-ref = enc-mailbox [uidvalidity]`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MailboxRef {
    /// Which mailbox; its name is not empty.
    pub mailbox: Mailbox,
    /// `;UIDVALIDITY=`: the URL means nothing if the mailbox has another one
    pub uid_validity: Option<UidValidity>,
}

/// `enc-search`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Query {
    /// The charset of the texts. If there is none, `UTF-8` is told where the texts need it.
    pub charset: Option<Octets>,
    /// Which messages.
    pub search: Search,
}

/// `imessagepart [iurlauth]`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Where it is.
    pub mailbox: MailboxRef,
    /// `;UID=`
    pub uid: Uid,
    /// `;SECTION=`: which part of it
    pub section: Option<Section>,
    /// `;PARTIAL=`: which octets of that, as URL-PARTIAL of [RFC 5550](https://www.rfc-editor.org/rfc/rfc5550) also has them
    pub partial: Option<Partial>,
    /// `;URLAUTH=`: who may read it without access to the mailbox
    pub auth: Option<UrlAuth>,
}

/// `partial-range = number ["." nz-number]`
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Partial {
    /// Where to start, in octets.
    pub offset: u64,
    /// How many octets at most.
    pub length: Option<NonZeroU64>,
}

/// `iurlauth = [expire] ";URLAUTH=" access [iua-verifier]`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UrlAuth {
    /// `;EXPIRE=`: until when
    pub expire: Option<Expire>,
    /// By whom.
    pub access: Access,
    /// What the server signed it with; nothing before GENURLAUTH.
    pub verifier: Option<Verifier>,
}

/// `date-time` ([RFC 3339 section 5.6](https://www.rfc-editor.org/rfc/rfc3339#section-5.6)), as it was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Expire {
    text: String,
    moment: DateTime,
}

impl Expire {
    /// Checks `2026-12-31T23:59:59Z`, also with a fraction of a second and with another zone.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it is no moment.
    pub fn new(text: impl AsRef<[u8]>) -> Result<Self, ParseError> {
        parse::expire(text.as_ref())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The moment, without the fraction.
    pub const fn moment(&self) -> DateTime {
        self.moment
    }
}

/// `access`: who may read what a URL stands for
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Access {
    /// `anonymous`: everybody, also without login
    Anonymous,
    /// `authuser`: everybody who is logged in and not anonymous
    AuthUser,
    /// `submit+`: a submission server in the name of this user
    Submit(Octets),
    /// `user+`: this user
    User(Octets),
    /// Any other identifier, and what follows its `+`.
    Other(Atom, Option<Octets>),
}

/// `iua-verifier = ":" uauth-mechanism ":" enc-urlauth`
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Verifier {
    mechanism: Atom,
    token: Octets,
}

impl Verifier {
    /// What a mechanism made of the URL: at least 32 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`ParseError`] for another name than of letters, digits, `-` and `.`, and for other tokens.
    pub fn new(mechanism: impl AsRef<[u8]>, token: impl AsRef<[u8]>) -> Result<Self, ParseError> {
        parse::verifier(&[mechanism.as_ref(), b":", token.as_ref()].concat())
    }

    /// The mechanism; mostly `INTERNAL`.
    pub fn mechanism(&self) -> &Atom {
        &self.mechanism
    }

    /// The token in hexadecimal digits.
    pub fn token(&self) -> &[u8] {
        &self.token
    }
}

impl Url {
    /// Reads a URL that is whole, or starts with the path of a mailbox: `/Drafts/;UID=20`.
    ///
    /// # Errors
    ///
    /// [`ParseError`] with the rule and the place where it failed. Other relative references are read by
    /// [`resolve`](Self::resolve).
    pub fn parse(octets: impl AsRef<[u8]>) -> Result<Self, ParseError> {
        parse::url(octets.as_ref())
    }

    /// Reads a URL that may be relative to this one
    /// ([RFC 5092 section 7](https://www.rfc-editor.org/rfc/rfc5092#section-7)).
    ///
    /// # Errors
    ///
    /// [`ParseError`] as of [`parse`](Self::parse), about the URL that comes out of both.
    pub fn resolve(&self, reference: impl AsRef<[u8]>) -> Result<Self, ParseError> {
        parse::url(&resolve::resolve(&write::url(self), reference.as_ref()))
    }
}

impl FromStr for Url {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        Self::parse(text)
    }
}

/// The URL in ASCII, with everything percent-encoded that has to be.
impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(core::str::from_utf8(&write::url(self)).unwrap_or_default())
    }
}

/// What was signed of a URL: all octets before `:INTERNAL:91354a...`, untouched, and the mechanism and token after it
/// ([RFC 4467 section 6](https://www.rfc-editor.org/rfc/rfc4467#section-6)).
///
/// ```
/// use mailwire_imap::url::signed_part;
///
/// let url = b"imap://ann@h/x/;uid=20;urlauth=submit+fred:internal:91354a473744909de610943775f92038";
/// let (signed, mechanism, token) = signed_part(url).unwrap();
/// assert_eq!(signed, b"imap://ann@h/x/;uid=20;urlauth=submit+fred");
/// assert_eq!((mechanism, token), (&b"internal"[..], &b"91354a473744909de610943775f92038"[..]));
/// ```
pub fn signed_part(url: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    const NAME: &[u8] = b";URLAUTH=";
    let start = url.windows(NAME.len()).rposition(|part| part.eq_ignore_ascii_case(NAME))? + NAME.len();
    let colon = start + memchr::memchr(b':', url.get(start..)?)?;
    let (signed, verifier) = url.split_at_checked(colon)?;
    let mut parts = verifier.get(1..)?.splitn(2, |octet| *octet == b':');
    Some((signed, parts.next()?, parts.next()?))
}

/// What may stand in a part of a URL without being percent-encoded.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Class {
    /// `achar = unreserved / sub-delims-sh / "&" / "="`
    User,
    /// `bchar = achar / ":" / "@" / "/"`
    Path,
}

fn is_plain(octet: u8, class: Class) -> bool {
    match octet {
        b'0'..=b'9'
        | b'A'..=b'Z'
        | b'a'..=b'z'
        | b'-'
        | b'.'
        | b'_'
        | b'~'
        | b'!'
        | b'$'
        | b'\''
        | b'('
        | b')'
        | b'*'
        | b'+'
        | b','
        | b'&'
        | b'=' => true,
        b':' | b'@' | b'/' => class == Class::Path,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
