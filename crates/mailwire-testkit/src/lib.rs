//! What Mailwire's tests share: dialogues, chunking, client and server pairs, real peers.
#![forbid(unsafe_code)]

#[cfg(feature = "peers")]
pub mod peers;
pub mod programs;
