//! POP3 server state machine without I/O.
#![no_std]
#![forbid(unsafe_code)]
