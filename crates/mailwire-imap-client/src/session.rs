//! A method for each common job, on whatever [executes](Execute) commands.

use crate::Execute;

/// The common jobs of a mail program, each one call; those of several commands fall back on other ways where the server
/// lacks an extension, and say so in their answers.
pub trait Session: Execute {}

impl<T: Execute> Session for T {}
