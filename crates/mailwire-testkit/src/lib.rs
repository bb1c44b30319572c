//! What Mailwire's tests share: dialogues, chunking, client and server pairs, real peers.
#![forbid(unsafe_code)]

pub mod chunks;
pub mod dialogue;
pub mod pair;
#[cfg(feature = "peers")]
pub mod peers;
pub mod programs;
