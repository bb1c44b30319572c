//! The traits of a mail store, a store in memory, and the tests that every store must pass.
#![forbid(unsafe_code)]
