//! ENVELOPE: the header of a message, taken apart by the server.

use alloc::{boxed::Box, vec::Vec};

use memchr::memrchr;

pub use self::address::{mailboxes, show};
use crate::{
    Octets, encoded_word,
    encoder::Encoder,
    form::{Form, form},
    grammar::{close, is_closing, loose_spaces, nil, nstring, open, sp},
    input::{Input, Parsed},
};

mod address;

/// `envelope` ([RFC 9051 section 7.5.2](https://www.rfc-editor.org/rfc/rfc9051#section-7.5.2)); octets are as in the header,
/// encoded words included.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Envelope {
    /// The `Date` field.
    pub date: Option<Octets>,
    /// The `Subject` field.
    pub subject: Option<Octets>,
    /// The `From` field.
    pub from: Vec<Address>,
    /// The `Sender` field.
    pub sender: Vec<Address>,
    /// The `Reply-To` field.
    pub reply_to: Vec<Address>,
    /// The `To` field.
    pub to: Vec<Address>,
    /// The `Cc` field.
    pub cc: Vec<Address>,
    /// The `Bcc` field.
    pub bcc: Vec<Address>,
    /// The `In-Reply-To` field.
    pub in_reply_to: Option<Octets>,
    /// The `Message-ID` field.
    pub message_id: Option<Octets>,
}

/// One address, or the start or end of a group of them.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Address {
    /// The name for people.
    pub name: Option<Octets>,
    /// The source route, which nobody uses.
    pub route: Option<Octets>,
    /// The part before the `@`; the name of a group if there is no host; nothing at the end of a group.
    pub mailbox: Option<Octets>,
    /// The part after the `@`; nothing at the start and the end of a group.
    pub host: Option<Octets>,
}

impl Envelope {
    /// The subject with its encoded words decoded: see [`encoded_word::decode`].
    pub fn decoded_subject(&self) -> Option<Octets> {
        self.subject.as_ref().map(encoded_word::decode)
    }

    /// The ids of the messages that this one answers, with their angle brackets as in [`message_id`](Self::message_id); words
    /// around them, which old programs write, are passed over.
    ///
    /// ```
    /// use mailwire_imap::Envelope;
    ///
    /// let mut envelope = Envelope::default();
    /// envelope.in_reply_to = Some("Your message of Monday <a@x> <b@y>".into());
    /// assert_eq!(envelope.in_reply_to_ids(), ["<a@x>", "<b@y>"]);
    /// ```
    pub fn in_reply_to_ids(&self) -> Vec<Octets> {
        self.in_reply_to.as_ref().map(message_ids).unwrap_or_default()
    }

    /// The same in memory of its own, so that it does not hold the frame in which it came.
    #[must_use]
    pub fn detach(&self) -> Self {
        let all = |addresses: &[Address]| addresses.iter().map(Address::detach).collect();
        Self {
            date: copy(&self.date),
            subject: copy(&self.subject),
            from: all(&self.from),
            sender: all(&self.sender),
            reply_to: all(&self.reply_to),
            to: all(&self.to),
            cc: all(&self.cc),
            bcc: all(&self.bcc),
            in_reply_to: copy(&self.in_reply_to),
            message_id: copy(&self.message_id),
        }
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.raw(b"(").nstring(self.date.as_deref()).sp().nstring(self.subject.as_deref());
        for addresses in [&self.from, &self.sender, &self.reply_to, &self.to, &self.cc, &self.bcc] {
            out.sp();
            if addresses.is_empty() {
                out.raw(b"NIL");
                continue;
            }
            out.raw(b"(");
            for address in addresses {
                address.encode(out);
            }
            out.raw(b")");
        }
        out.sp().nstring(self.in_reply_to.as_deref()).sp().nstring(self.message_id.as_deref()).raw(b")");
    }
}

impl Address {
    fn detach(&self) -> Self {
        Self {
            name: copy(&self.name),
            route: copy(&self.route),
            mailbox: copy(&self.mailbox),
            host: copy(&self.host),
        }
    }

    /// With a host there is a mailbox: if there is none, the name is it.
    fn mend(&mut self) {
        if self.mailbox.is_none() && self.host.as_ref().is_some_and(|host| !host.is_empty()) {
            self.mailbox = self.name.take();
        }
    }

    fn encode(&self, out: &mut Encoder) {
        out.raw(b"(").nstring(self.name.as_deref()).sp().nstring(self.route.as_deref());
        out.sp().nstring(self.mailbox.as_deref()).sp().nstring(self.host.as_deref()).raw(b")");
    }
}

/// `1*msg-id` ([RFC 5322 section 3.6.4](https://www.rfc-editor.org/rfc/rfc5322#section-3.6.4)) and what is around them.
fn message_ids(field: &Octets) -> Vec<Octets> {
    let before_ends = field.split_inclusive(|octet| *octet == b'>').filter(|piece| piece.ends_with(b">"));
    let id = |piece: &[u8]| {
        let start = memrchr(b'<', piece)?;
        piece.get(start..).filter(|id| id.len() > 2).map(|id| field.part(id))
    };
    before_ends.filter_map(id).collect()
}

fn copy(octets: &Option<Octets>) -> Option<Octets> {
    octets.as_deref().map(Octets::copy_from_slice)
}

/// `envelope`; one that is damaged is mended where that is tolerated.
pub(crate) fn envelope(input: Input<'_>) -> Parsed<'_, Box<Envelope>> {
    let result = whole_envelope(input);
    if !input.quirks().loose_envelope {
        return result;
    }
    let (rest, mut envelope) = match result {
        Ok(read) => read,
        Err(error) => match form(input, 0).map(|(rest, form)| (rest, mended(&form))) {
            Ok((rest, Some(envelope))) => (rest, Box::new(envelope)),
            _ => return Err(error),
        },
    };
    let Envelope { from, sender, reply_to, to, cc, bcc, .. } = envelope.as_mut();
    [from, sender, reply_to, to, cc, bcc].into_iter().flatten().for_each(Address::mend);
    Ok((rest, envelope))
}

fn whole_envelope(input: Input<'_>) -> Parsed<'_, Box<Envelope>> {
    let (mut input, ()) = open(input)?;
    // It is in its box from the start: so much is not moved once it is whole.
    let mut envelope = Box::<Envelope>::default();
    (input, envelope.date) = nstring(loose_spaces(input))?;
    (input, envelope.subject) = nstring(sp(input)?.0)?;
    (input, envelope.from) = addresses(sp(input)?.0)?;
    (input, envelope.sender) = addresses(sp(input)?.0)?;
    (input, envelope.reply_to) = addresses(sp(input)?.0)?;
    (input, envelope.to) = addresses(sp(input)?.0)?;
    (input, envelope.cc) = addresses(sp(input)?.0)?;
    (input, envelope.bcc) = addresses(sp(input)?.0)?;
    (input, envelope.in_reply_to) = nstring(sp(input)?.0)?;
    (input, envelope.message_id) = nstring(sp(input)?.0)?;
    Ok((close(input)?.0, envelope))
}

/// `"(" 1*address ")" / nil`
fn addresses(input: Input<'_>) -> Parsed<'_, Vec<Address>> {
    if input.first() != Some(b'(')
        && let Some(rest) = nil(input)
    {
        return Ok((rest, Vec::new()));
    }
    let (mut input, ()) = open(input)?;
    let mut addresses = Vec::with_capacity(1);
    while addresses.is_empty() || !is_closing(input) {
        let (rest, one) = address(loose_spaces(input))?;
        addresses.push(one);
        input = rest;
    }
    Ok((close(input)?.0, addresses))
}

/// `address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"`
fn address(input: Input<'_>) -> Parsed<'_, Address> {
    let (input, ()) = open(input)?;
    let (input, name) = nstring(loose_spaces(input))?;
    let (input, route) = nstring(sp(input)?.0)?;
    let (input, mailbox) = nstring(sp(input)?.0)?;
    let (input, host) = nstring(sp(input)?.0)?;
    Ok((close(input)?.0, Address { name, route, mailbox, host }))
}

/// What can be made of any value: fields that are missing are empty, those beyond the tenth are passed over.
fn mended(form: &Form<'_>) -> Option<Envelope> {
    if form.is_nothing() {
        return Some(Envelope::default());
    }
    let fields = form.list()?;
    let string = |index: usize| fields.get(index).and_then(Form::string);
    let addresses = |index: usize| fields.get(index).map(mended_addresses).unwrap_or_default();
    Some(Envelope {
        date: string(0),
        subject: string(1),
        from: addresses(2),
        sender: addresses(3),
        reply_to: addresses(4),
        to: addresses(5),
        cc: addresses(6),
        bcc: addresses(7),
        in_reply_to: string(8),
        message_id: string(9),
    })
}

/// A list of addresses, one address in place of the list, or a string in place of both.
fn mended_addresses(form: &Form<'_>) -> Vec<Address> {
    let Some(items) = form.list() else {
        let text = form.string().filter(|text| !text.is_empty());
        return text.map(|text| Address { mailbox: Some(text), ..Address::default() }).into_iter().collect();
    };
    if items.iter().any(|item| item.list().is_some()) {
        return items.iter().filter_map(Form::list).filter_map(mended_address).collect();
    }
    mended_address(items).into_iter().collect()
}

/// An address with a token too few or too many: the host and what is before it are the last to be missing.
fn mended_address(tokens: &[Form<'_>]) -> Option<Address> {
    if tokens.iter().all(Form::is_nothing) && tokens.len() < 4 {
        return None;
    }
    let string = |index: usize| {
        let token = tokens.get(index)?;
        token.string().or_else(|| token.list()?.first()?.string())
    };
    Some(match tokens.len() {
        1 => Address { mailbox: string(0), ..Address::default() },
        2 => Address { mailbox: string(0), host: string(1), ..Address::default() },
        3 => Address { name: string(0), mailbox: string(1), host: string(2), route: None },
        _ => Address { name: string(0), route: string(1), mailbox: string(2), host: string(3) },
    })
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use super::*;
    use crate::table::RESPONSE;

    fn shown(address: &Address) -> [Option<&str>; 4] {
        [&address.name, &address.route, &address.mailbox, &address.host]
            .map(|part| part.as_ref().and_then(Octets::as_str))
    }

    #[test]
    fn ids_of_messages() {
        for (field, ids) in [
            ("<a@x>", &["<a@x>"][..]),
            ("<a@x> <b@y>\t<c@z>", &["<a@x>", "<b@y>", "<c@z>"]),
            ("<a@x><b@y>", &["<a@x>", "<b@y>"]),
            ("\"Ann\" of Monday <a@x> (was: <b@y>)", &["<a@x>", "<b@y>"]),
            ("< <a@x>> <>", &["<a@x>"]),
            ("a@x", &[]),
            ("<a@x", &[]),
            ("a@x>", &[]),
            ("", &[]),
        ] {
            let envelope = Envelope { in_reply_to: Some(field.into()), ..Envelope::default() };
            assert_eq!(envelope.in_reply_to_ids(), ids, "{field}");
        }
        assert!(Envelope::default().in_reply_to_ids().is_empty());
    }

    #[test]
    fn damaged_addresses_are_mended() {
        let whole = [Some("n"), None, Some("m"), Some("h")];
        for (wire, addresses) in [
            (r#"((n NIL "m" h))"#, vec![whole]),
            (r#"(("n" NIL "m" "h") ("n" NIL "m" "h"))"#, vec![whole, whole]),
            (r#"(NIL ("n" NIL "m" "h") NIL)"#, vec![whole]),
            (r#"("n" NIL "m" "h")"#, vec![whole]),
            (r#"(("n" NIL "m" "h" "x" NIL))"#, vec![whole]),
            (r#"(("n" "m" "h"))"#, vec![whole]),
            (r#"(("m" "h"))"#, vec![[None, None, Some("m"), Some("h")]]),
            (r#"(("n" NIL ("m") "h"))"#, vec![whole]),
            (r#"(("m"))"#, vec![[None, None, Some("m"), None]]),
            (r#""m@h""#, vec![[None, None, Some("m@h"), None]]),
            // The name stands where the mailbox should.
            (r#"(("m" NIL NIL "h"))"#, vec![[None, None, Some("m"), Some("h")]]),
            (
                r#"((NIL NIL "g" NIL)("n" NIL "m" "h")(NIL NIL NIL NIL))"#,
                vec![[None, None, Some("g"), None], whole, [None; 4]],
            ),
            (r#""""#, vec![]),
            ("()", vec![]),
            ("(())", vec![]),
            ("(NIL)", vec![]),
            ("((NIL NIL))", vec![]),
        ] {
            let wire = alloc::format!("(NIL NIL {wire} NIL NIL NIL NIL NIL NIL \"<id>\")");
            let read = RESPONSE.lenient().read(envelope, &wire).unwrap();
            assert_eq!(read.from.iter().map(shown).collect::<Vec<_>>(), addresses, "{wire}");
            assert_eq!(read.message_id.as_deref(), Some(&b"<id>"[..]));
            let again = RESPONSE.read(envelope, RESPONSE.written(|out| read.encode(out)));
            assert_eq!(again, Ok(read), "what is written of it is whole: {wire}");
        }
    }
}
