//! Executes POP3 commands against a mail store, without a runtime or a socket.
#![forbid(unsafe_code)]
