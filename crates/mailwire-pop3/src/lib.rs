//! The octets of POP3: commands, replies, listings, capabilities and dot-stuffing, with no I/O.
//!
//! Bytes become values in two steps, and nothing is scanned twice. [`line::Framer`] finds the end of a line and
//! enforces [`Limits`] before memory is spent; then [`Command::parse`], [`Reply::parse`] and their kin read one whole
//! line. Bodies of any size pass through [`dot::Unstuffer`] and [`dot::Stuffer`] as chunks and are never collected.
//!
//! # Which part is where
//!
//! | a line or stream of the protocol | module |
//! | --- | --- |
//! | the lines themselves, CRLF | [`mod@line`] |
//! | `RETR 1`, `PASS ...` | [`command`] |
//! | `+OK`, `-ERR [IN-USE] ...` | [`reply`], [`response_code`] |
//! | `+OK ready <1896.697170952@dbc.mtview.ca.us>` | [`greeting`] |
//! | `+ base64` and its answers | [`auth`] |
//! | `SASL PLAIN SCRAM-SHA-256` | [`capability`] |
//! | `2 320`, `1 whqtswO00WBw418f9t5JxYwZ` | [`listing`] |
//! | `es Espanol` | [`language`] |
//! | message octets ended by CRLF `.` CRLF | [`dot`] |
//!
//! # Example
//!
//! ```
//! use bytes::BytesMut;
//! use mailwire_pop3::{Command, Reply, Status, listing::DropListing};
//!
//! let mut wire = BytesMut::new();
//! Command::Stat.encode(&mut wire);
//! assert_eq!(&wire[..], b"STAT\r\n");
//!
//! let reply = Reply::parse(b"+OK 2 320")?;
//! assert_eq!(reply.status(), Status::Ok);
//! assert_eq!(DropListing::parse(reply.text())?, DropListing { messages: 2, octets: 320 });
//! # Ok::<(), mailwire_pop3::ParseError>(())
//! ```
//!
//! # Sources
//!
//! RFC 1939 (the protocol), 2449 (capabilities and response codes), 3206 (`SYS` and `AUTH` codes), 2595 (STLS),
//! 5034 (AUTH), 6856 (UTF8 and LANG).
#![no_std]
#![forbid(unsafe_code)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

extern crate alloc;

pub mod auth;
pub mod capability;
pub mod command;
pub mod dot;
mod error;
mod grammar;
pub mod greeting;
pub mod language;
mod limits;
pub mod line;
pub mod listing;
mod message_number;
mod quirks;
pub mod reply;
pub mod response_code;
mod text;
mod unique_id;

pub use self::{
    capability::{Capabilities, Capability},
    command::Command,
    error::ParseError,
    limits::Limits,
    message_number::MessageNumber,
    quirks::Quirks,
    reply::{Reply, Status},
    response_code::ResponseCode,
    text::{Argument, InvalidArgument, Secret},
    unique_id::{InvalidUniqueId, UniqueId},
};

/// The port of POP3 without TLS from the first octet ([RFC 1939 section 3](https://www.rfc-editor.org/rfc/rfc1939#section-3)).
pub const PORT: u16 = 110;

/// The port of POP3 with implicit TLS ([RFC 8314 section 3.3](https://www.rfc-editor.org/rfc/rfc8314#section-3.3)).
pub const TLS_PORT: u16 = 995;
