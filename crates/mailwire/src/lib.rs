//! POP3 clients and servers for Rust: the facade over the Mailwire crates.
#![forbid(unsafe_code)]
