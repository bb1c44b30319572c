//! POP3 clients and servers on tokio: sockets, TLS, deadlines and listeners.
#![forbid(unsafe_code)]
