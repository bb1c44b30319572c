//! POP3 codec: lines, dot-stuffing, commands, replies, listings and capabilities.
#![no_std]
#![forbid(unsafe_code)]
