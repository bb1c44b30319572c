//! What Mailwire's tests share: dialogues, chunking, client and server pairs, real peers.
#![forbid(unsafe_code)]

pub mod client_dialogue;
#[cfg(feature = "peers")]
pub mod peers;
pub mod programs;
pub mod server_dialogue;
