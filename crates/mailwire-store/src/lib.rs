//! The traits of a mail store, a store in memory, and the tests that every store must pass.
//!
//! A store keeps data and knows no protocol. [`MaildropStore`] and [`Maildrop`] are what a POP3 server needs;
//! [`MemoryStore`] implements them for tests and examples; [`conformance`] checks any implementation.
//!
//! Futures are `Send`, and dropping one of them leaves the store as if it had not begun, or as if it had ended.
#![forbid(unsafe_code)]
#![warn(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

pub mod conformance;
mod error;
mod line_ends;
mod maildrop;
mod memory;

pub use self::{
    error::Error,
    line_ends::canonical,
    maildrop::{Maildrop, MaildropEntry, MaildropStore},
    memory::{MemoryMaildrop, MemoryStore},
};
