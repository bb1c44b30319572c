//! POP3 client state machine without I/O.
#![no_std]
#![forbid(unsafe_code)]
