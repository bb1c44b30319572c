//! ENVELOPE: the header of a message, taken apart by the server.

use alloc::vec::Vec;

use crate::{
    Octets,
    encoder::Encoder,
    grammar::{close, is_closing, loose_spaces, nil, nstring, open, sp},
    input::{Input, Parsed},
};

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

    fn encode(&self, out: &mut Encoder) {
        out.raw(b"(").nstring(self.name.as_deref()).sp().nstring(self.route.as_deref());
        out.sp().nstring(self.mailbox.as_deref()).sp().nstring(self.host.as_deref()).raw(b")");
    }
}

fn copy(octets: &Option<Octets>) -> Option<Octets> {
    octets.as_deref().map(Octets::copy_from_slice)
}

/// `envelope`; fields that are missing at its end are a quirk.
pub(crate) fn envelope(input: Input<'_>) -> Parsed<'_, Envelope> {
    let (input, ()) = open(input)?;
    let (input, date) = nstring(loose_spaces(input))?;
    let (input, subject) = next(input, nstring)?;
    let (input, from) = next(input, addresses)?;
    let (input, sender) = next(input, addresses)?;
    let (input, reply_to) = next(input, addresses)?;
    let (input, to) = next(input, addresses)?;
    let (input, cc) = next(input, addresses)?;
    let (input, bcc) = next(input, addresses)?;
    let (input, in_reply_to) = next(input, nstring)?;
    let (input, message_id) = next(input, nstring)?;
    let (input, ()) = close(input)?;
    Ok((input, Envelope { date, subject, from, sender, reply_to, to, cc, bcc, in_reply_to, message_id }))
}

/// The next field, which is empty if the envelope ends early.
fn next<'a, T: Default>(input: Input<'a>, field: impl FnOnce(Input<'a>) -> Parsed<'a, T>) -> Parsed<'a, T> {
    if input.quirks().loose_envelope && is_closing(input) {
        return Ok((input, T::default()));
    }
    field(sp(input)?.0)
}

/// `"(" 1*address ")" / nil`
fn addresses(input: Input<'_>) -> Parsed<'_, Vec<Address>> {
    let is_loose = input.quirks().loose_envelope;
    if let Some(rest) = nil(input) {
        return Ok((rest, Vec::new()));
    }
    if is_loose && input.rest().starts_with(b"\"\"") {
        return Ok((input.skip(2), Vec::new()));
    }
    let (mut input, ()) = open(input)?;
    let mut addresses = Vec::with_capacity(1);
    while !is_closing(input) {
        if is_loose {
            input = loose_spaces(input);
            if let Some(rest) = nil(input) {
                input = rest;
                continue;
            }
        }
        let (rest, one) = address(input)?;
        addresses.push(one);
        input = rest;
    }
    if addresses.is_empty() && !is_loose {
        return input.expected("address");
    }
    Ok((close(input)?.0, addresses))
}

/// `address = "(" addr-name SP addr-adl SP addr-mailbox SP addr-host ")"`; more tokens than these are a quirk.
fn address(input: Input<'_>) -> Parsed<'_, Address> {
    let (input, ()) = open(input)?;
    let (input, name) = nstring(loose_spaces(input))?;
    let (input, route) = next(input, nstring)?;
    let (input, mailbox) = next(input, nstring)?;
    let (mut input, host) = next(input, nstring)?;
    while input.quirks().loose_envelope && !is_closing(input) {
        input = nstring(sp(input)?.0)?.0;
    }
    Ok((close(input)?.0, Address { name, route, mailbox, host }))
}
