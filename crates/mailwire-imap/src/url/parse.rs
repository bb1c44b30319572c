use alloc::{string::String, vec::Vec};
use core::num::{NonZeroU32, NonZeroU64};

use super::{
    Access, Auth, Class, Expire, Host, MailboxRef, Message, Partial, Query, Server, Target, Url, UrlAuth,
    Verifier, is_plain,
};
use crate::{
    Atom, Decoder, Limits, Mailbox, Octets, ParseError, Quirks, Uid, UidValidity,
    command::search::search_program,
    date::{Date, DateTime},
    frame::Frame,
    input::whole,
    section::{Section, section},
};

type Result<T> = core::result::Result<T, ParseError>;

/// What is still to be read of a URL.
#[derive(Clone, Copy)]
struct Rest<'a> {
    all: &'a [u8],
    at: usize,
    end: usize,
}

impl<'a> Rest<'a> {
    fn new(all: &'a [u8]) -> Self {
        Self { all, at: 0, end: all.len() }
    }

    fn octets(self) -> &'a [u8] {
        self.all.get(self.at..self.end).unwrap_or_default()
    }

    fn is_empty(self) -> bool {
        self.octets().is_empty()
    }

    fn expected<T>(self, rule: &'static str) -> Result<T> {
        Err(ParseError::new(rule, self.at, self.all))
    }

    /// Takes `word`, in any case, if it is next.
    fn eat(&mut self, word: &[u8]) -> bool {
        let is_next = self.octets().get(..word.len()).is_some_and(|next| next.eq_ignore_ascii_case(word));
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    /// Takes all octets up to one of `ends`.
    fn until(&mut self, ends: &[u8]) -> Self {
        let length =
            self.octets().iter().position(|octet| ends.contains(octet)).unwrap_or(self.octets().len());
        self.take(length)
    }

    fn take(&mut self, length: usize) -> Self {
        let taken = Self { end: self.at + length, ..*self };
        self.at += length;
        taken
    }

    fn number(&mut self) -> Result<u64> {
        let before = *self;
        let length = self.octets().iter().take_while(|octet| octet.is_ascii_digit()).count();
        let digits = core::str::from_utf8(self.take(length).octets()).ok();
        match digits.and_then(|digits| digits.parse().ok()) {
            Some(number) => Ok(number),
            None => before.expected("number"),
        }
    }

    fn number32<T: From<NonZeroU32>>(&mut self) -> Result<T> {
        let before = *self;
        match u32::try_from(self.number()?).ok().and_then(NonZeroU32::new) {
            Some(number) => Ok(number.into()),
            None => before.expected("nz-number"),
        }
    }

    /// The octets that a part stands for; at least one, and none of them NUL.
    fn decoded(self, class: Class, rule: &'static str) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(self.octets().len());
        let mut rest = self;
        while let Some(first) = rest.octets().first().copied() {
            let octet = match (first, rest.octets()) {
                (b'%', [_, high, low, ..]) => match (digit(*high), digit(*low)) {
                    (Some(high), Some(low)) => high << 4 | low,
                    _ => return rest.expected("pct-encoded"),
                },
                _ if is_plain(first, class) => first,
                _ => return rest.expected(rule),
            };
            if octet == 0 {
                return rest.expected(rule);
            }
            out.push(octet);
            rest.at += if first == b'%' { 3 } else { 1 };
        }
        if out.is_empty() { self.expected(rule) } else { Ok(out) }
    }
}

fn digit(octet: u8) -> Option<u8> {
    char::from(octet).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// `imapurl = "imap://" iserver ipath-query`, or `iabsolute-path`
pub(super) fn url(octets: &[u8]) -> Result<Url> {
    let mut rest = Rest::new(octets);
    let server = if rest.eat(b"imap://") {
        Some(server(rest.until(b"/?#"))?)
    } else if octets.first() == Some(&b'/') && octets.get(1) != Some(&b'/') {
        None
    } else {
        return rest.expected("imapurl");
    };
    if rest.is_empty() || rest.octets() == b"/" {
        return Ok(Url { server, target: Target::Server });
    }
    if !rest.eat(b"/") {
        return rest.expected("ipath-query");
    }
    Ok(Url { server, target: command(rest)? })
}

/// `iserver = [iuserinfo "@"] host [":" port]`
fn server(mut rest: Rest<'_>) -> Result<Server> {
    let (mut user, mut auth) = (None, None);
    if rest.octets().contains(&b'@') {
        (user, auth) = user_info(rest.until(b"@"))?;
        rest.eat(b"@");
    }
    let is_literal = rest.octets().first() == Some(&b'[');
    let length = rest.octets().iter().position(|octet| *octet == if is_literal { b']' } else { b':' });
    let name = match length {
        Some(length) => rest.take(length + usize::from(is_literal)),
        None => rest.until(b""),
    };
    let host = host_of(name)?;
    let port = match rest.octets() {
        b"" | b":" => None,
        _ => {
            let before = rest;
            let port = if rest.eat(b":") { u16::try_from(rest.number()?).ok() } else { None };
            if port.is_none() || !rest.is_empty() {
                return before.expected("port");
            }
            port
        }
    };
    Ok(Server { user, auth, host, port })
}

/// `iuserinfo = enc-user [iauth] / [enc-user] iauth`
fn user_info(mut rest: Rest<'_>) -> Result<(Option<Octets>, Option<Auth>)> {
    let before = rest;
    let name = rest.until(b";");
    let user = if name.is_empty() { None } else { Some(name.decoded(Class::User, "enc-user")?.into()) };
    if rest.is_empty() {
        return if user.is_none() { before.expected("iuserinfo") } else { Ok((user, None)) };
    }
    if !rest.eat(b";AUTH=") {
        return rest.expected("iauth");
    }
    if rest.octets() == b"*" {
        return Ok((user, Some(Auth::Any)));
    }
    match Atom::new(rest.decoded(Class::User, "enc-auth-type")?) {
        Ok(name) => Ok((user, Some(Auth::Mechanism(name)))),
        Err(_) => rest.expected("enc-auth-type"),
    }
}

pub(super) fn host(octets: &[u8]) -> Result<Host> {
    host_of(Rest::new(octets))
}

/// `host = IP-literal / IPv4address / reg-name`, not empty
fn host_of(rest: Rest<'_>) -> Result<Host> {
    let octets = rest.octets();
    let is_valid = match octets.strip_prefix(b"[").and_then(|inner| inner.strip_suffix(b"]")) {
        Some(inner) => {
            let is_part =
                |octet: &u8| octet.is_ascii_hexdigit() || matches!(octet, b':' | b'.' | b'v' | b'V');
            !inner.is_empty() && inner.iter().all(is_part)
        }
        None => {
            let is_part = |octet: u8| is_plain(octet, Class::User) || octet == b'%';
            !octets.is_empty() && octets.iter().all(|octet| is_part(*octet))
        }
    };
    if is_valid { Ok(Host(octets.into())) } else { rest.expected("host") }
}

/// `icommand = imessagelist / imessagepart [iurlauth]`
fn command(mut rest: Rest<'_>) -> Result<Target> {
    let mut name = rest.until(b";?");
    let mut uid_validity = None;
    let is_message = if rest.eat(b";UIDVALIDITY=") {
        uid_validity = Some(rest.number32::<UidValidity>()?);
        rest.eat(b"/;UID=")
    } else if name.octets().last() == Some(&b'/') && rest.eat(b";UID=") {
        name.end -= 1;
        true
    } else {
        false
    };
    let mailbox = MailboxRef { mailbox: mailbox(name)?, uid_validity };
    if is_message {
        return message(rest, mailbox).map(Target::Message);
    }
    if rest.is_empty() {
        return Ok(Target::List(mailbox, None));
    }
    if !rest.eat(b"?") {
        return rest.expected("imessagelist");
    }
    Ok(Target::List(mailbox, Some(query(rest)?)))
}

/// `enc-mailbox`, in UTF-8
fn mailbox(rest: Rest<'_>) -> Result<Mailbox> {
    let octets = rest.decoded(Class::Path, "enc-mailbox")?;
    match String::from_utf8(octets) {
        Ok(name) => Ok(Mailbox::new(name)),
        Err(_) => rest.expected("enc-mailbox"),
    }
}

/// `iuid [isection] [ipartial] [iurlauth]`, after `;UID=`
fn message(mut rest: Rest<'_>, mailbox: MailboxRef) -> Result<Message> {
    let uid = rest.number32::<Uid>()?;
    let section = if rest.eat(b"/;SECTION=") { Some(section_of(&mut rest)?) } else { None };
    let partial = if rest.eat(b"/;PARTIAL=") { Some(partial(&mut rest)?) } else { None };
    let auth = if rest.is_empty() { None } else { Some(url_auth(rest)?) };
    Ok(Message { mailbox, uid, section, partial, auth })
}

/// `enc-section`; the slash before `;PARTIAL=` is not part of it.
fn section_of(rest: &mut Rest<'_>) -> Result<Section> {
    let mut part = rest.until(b";");
    if part.octets().last() == Some(&b'/') && { *rest }.eat(b";PARTIAL=") {
        part.end -= 1;
        rest.at -= 1;
    }
    let octets = part.decoded(Class::Path, "enc-section")?;
    let frame: Frame = [b"[", octets.as_slice(), b"]"].concat().as_slice().into();
    let decoder = Decoder::new(Limits::server(), Quirks::strict());
    whole(&decoder.context(&frame, true), section).or_else(|_| part.expected("enc-section"))
}

/// `partial-range = number ["." nz-number]`
fn partial(rest: &mut Rest<'_>) -> Result<Partial> {
    let offset = rest.number()?;
    if !rest.eat(b".") {
        return Ok(Partial { offset, length: None });
    }
    let before = *rest;
    match NonZeroU64::new(rest.number()?) {
        Some(length) => Ok(Partial { offset, length: Some(length) }),
        None => before.expected("nz-number"),
    }
}

/// `enc-search`
fn query(rest: Rest<'_>) -> Result<Query> {
    let frame: Frame = rest.decoded(Class::Path, "enc-search")?.as_slice().into();
    let decoder = Decoder::new(Limits::server(), Quirks::strict());
    match whole(&decoder.context(&frame, true), search_program) {
        Ok((charset, search)) => Ok(Query { charset, search }),
        Err(_) => rest.expected("enc-search"),
    }
}

/// `iurlauth = [expire] ";URLAUTH=" access [":" uauth-mechanism ":" enc-urlauth]`
fn url_auth(mut rest: Rest<'_>) -> Result<UrlAuth> {
    let expire = if rest.eat(b";EXPIRE=") { Some(expire_of(rest.until(b";"))?) } else { None };
    if !rest.eat(b";URLAUTH=") {
        return rest.expected("iurlauth");
    }
    let access = access(rest.until(b":"))?;
    let verifier = if rest.eat(b":") { Some(verifier_of(rest)?) } else { None };
    Ok(UrlAuth { expire, access, verifier })
}

/// `access = ("submit+" enc-user) / ("user+" enc-user) / "authuser" / "anonymous"`, and identifiers to come.
fn access(mut rest: Rest<'_>) -> Result<Access> {
    let before = rest;
    let name = rest.until(b"+");
    let user = if rest.eat(b"+") { Some(Octets::from(rest.decoded(Class::User, "enc-user")?)) } else { None };
    let is = |word: &[u8]| name.octets().eq_ignore_ascii_case(word);
    match user {
        None if is(b"anonymous") => Ok(Access::Anonymous),
        None if is(b"authuser") => Ok(Access::AuthUser),
        Some(user) if is(b"submit") => Ok(Access::Submit(user)),
        Some(user) if is(b"user") => Ok(Access::User(user)),
        None if is(b"submit") || is(b"user") => before.expected("access"),
        user => match Atom::new(name.decoded(Class::User, "access")?) {
            Ok(name) => Ok(Access::Other(name, user)),
            Err(_) => before.expected("access"),
        },
    }
}

pub(super) fn verifier(octets: &[u8]) -> Result<Verifier> {
    verifier_of(Rest::new(octets))
}

/// `uauth-mechanism ":" enc-urlauth`
fn verifier_of(mut rest: Rest<'_>) -> Result<Verifier> {
    let name = rest.until(b":");
    let is_part = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.');
    let mechanism = match Atom::new(name.octets()) {
        Ok(mechanism) if name.octets().iter().all(is_part) => mechanism,
        _ => return name.expected("uauth-mechanism"),
    };
    rest.eat(b":");
    let token = rest.octets();
    if token.len() < 32 || !token.iter().all(u8::is_ascii_hexdigit) {
        return rest.expected("enc-urlauth");
    }
    Ok(Verifier { mechanism, token: token.into() })
}

pub(super) fn expire(octets: &[u8]) -> Result<Expire> {
    expire_of(Rest::new(octets))
}

/// `date-time = full-date "T" partial-time time-offset` of RFC 3339
fn expire_of(rest: Rest<'_>) -> Result<Expire> {
    let text = core::str::from_utf8(rest.octets()).ok().map(String::from);
    match text.and_then(|text| Some(Expire { moment: moment(rest)?, text })) {
        Some(expire) => Ok(expire),
        None => rest.expected("expire"),
    }
}

fn moment(mut rest: Rest<'_>) -> Option<DateTime> {
    let mut digits = |count: usize, end: &[u8]| {
        let part = rest.take(count).octets();
        let number = core::str::from_utf8(part).ok().filter(|_| part.iter().all(u8::is_ascii_digit))?;
        (part.len() == count && rest.eat(end)).then(|| number.parse::<u16>().ok())?
    };
    let (year, month, day) = (digits(4, b"-")?, digits(2, b"-")?, digits(2, b"T")?);
    let (hour, minute, second) = (digits(2, b":")?, digits(2, b":")?, digits(2, b"")?);
    if rest.eat(b".") {
        let length = rest.octets().iter().take_while(|octet| octet.is_ascii_digit()).count();
        if rest.take(length).is_empty() {
            return None;
        }
    }
    let offset = offset_minutes(rest)?;
    let date = Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
    let [hour, minute, second] = [hour, minute, second].map(|number| number as u8);
    DateTime::new(date, hour, minute, second, offset)
}

/// `time-offset = "Z" / ("+" / "-") time-hour ":" time-minute`
fn offset_minutes(rest: Rest<'_>) -> Option<i16> {
    let number = |high: u8, low: u8| {
        let digits = high.is_ascii_digit() && low.is_ascii_digit();
        digits.then(|| i16::from(high - b'0') * 10 + i16::from(low - b'0'))
    };
    match rest.octets() {
        b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), a, b, b':', c, d] => {
            let (hours, minutes) = (number(*a, *b)?, number(*c, *d)?);
            let offset = hours * 60 + minutes;
            (hours < 24 && minutes < 60).then_some(if *sign == b'-' { -offset } else { offset })
        }
        _ => None,
    }
}
