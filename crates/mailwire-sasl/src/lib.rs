//! SASL mechanisms for both sides, with channel binding and no I/O.
#![no_std]
#![forbid(unsafe_code)]
