//! The octets of IMAP, both directions and both sides, with no I/O.
//!
//! Octets become values in two steps, and nothing is scanned twice. [`frame::Framer`] finds the end of a command or
//! response, its literals included, and enforces [`Limits`] before memory is spent; then a grammar reads one whole frame.
//! Literals above [`Limits::inline_literal`] pass through as chunks and are never collected.
//!
//! | on the wire | read by | written by |
//! | --- | --- | --- |
//! | the first line of a server | [`Decoder::greeting`] | [`greeting::Greeting::encode`] |
//! | responses, `+` included | [`Decoder::response`] | [`Response::encode`] |
//! | commands | [`Decoder::command`] | [`Command::encode`] |
//! | `DONE`, lines of AUTHENTICATE | [`Decoder::idle_line`], [`Decoder::authenticate_line`] | [`line::Line::encode`] |
//!
//! # Sources
//!
//! RFC 3501 and 9051 (the protocol), 7888 (non-synchronising literals), and the extensions' own documents, each named
//! where its rules are.
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

extern crate alloc;
// What derives `Arbitrary` needs it.
#[cfg(feature = "arbitrary")]
extern crate std;

pub mod acl;
pub mod annotation;
pub mod append;
#[cfg(feature = "arbitrary")]
mod arbitrary_form;
mod atom;
pub mod body_structure;
pub mod capability;
mod charset;
pub mod command;
pub mod comparator;
pub mod convert;
pub mod date;
mod decoder;
pub mod encoded_word;
pub mod encoder;
pub mod envelope;
mod error;
pub mod fetch;
pub mod fetch_attribute;
pub mod filter;
pub mod flag;
mod form;
pub mod frame;
mod grammar;
pub mod greeting;
pub mod id;
mod input;
mod limits;
pub mod line;
pub mod list;
mod mailbox;
mod mailbox_filter;
pub mod mailbox_status;
pub mod metadata;
pub mod notify;
mod number;
mod number_list;
mod number_run;
mod octets;
mod partial;
mod quirks;
pub mod quota;
pub mod response;
pub mod response_code;
pub mod search;
pub mod search_result;
mod secret;
pub mod section;
#[cfg(feature = "serde")]
mod serde_form;
mod set;
pub mod status;
#[cfg(test)]
mod table;
pub mod uid_batches;
pub mod url;
pub mod urlauth;
pub mod utf7;
mod value;

pub use self::{
    atom::{Atom, InvalidAtom, Tag},
    body_structure::BodyStructure,
    capability::Capabilities,
    command::Command,
    decoder::Decoder,
    encoder::Encoder,
    envelope::Envelope,
    error::ParseError,
    flag::{Flag, Flags},
    limits::Limits,
    mailbox::Mailbox,
    mailbox_filter::MailboxFilter,
    number::{ModSeq, Number, SeqNum, Uid, UidValidity},
    number_list::NumberList,
    octets::Octets,
    partial::{InvalidPartialRange, PartialRange},
    quirks::Quirks,
    response::Response,
    response_code::Code,
    search::Search,
    secret::Secret,
    set::{InvalidSet, NumberSet, SequenceSet, UidSet},
    status::Status,
    url::Url,
    value::Value,
};

/// The port of IMAP without TLS from the first octet ([RFC 9051 section 2.1](https://www.rfc-editor.org/rfc/rfc9051#section-2.1)).
pub const PORT: u16 = 143;

/// The port of IMAP with implicit TLS ([RFC 8314 section 3.2](https://www.rfc-editor.org/rfc/rfc8314#section-3.2)).
pub const TLS_PORT: u16 = 993;

/// The examples of the README are compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
