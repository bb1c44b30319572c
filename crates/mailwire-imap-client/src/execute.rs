//! One command after the other, on any adapter: what procedures of several commands are written against.

use alloc::vec::Vec;
use core::future::Future;

use crate::{Command, CommandError, Selected, Server};

/// Runs commands: an adapter's client, a handle to one, a blocking connection whose futures are always ready.
///
/// [`Session`](crate::Session) has a method for each common job, for whoever implements this.
pub trait Execute: Send {
    /// What can go wrong.
    type Error: From<CommandError> + Send;

    /// Sends a command and waits for its answer.
    fn run<C: Command>(&mut self, command: C) -> impl Future<Output = Result<C::Output, Self::Error>> + Send;

    /// Sends commands that do not wait for each other, and waits for all answers, which are in the order of the commands.
    ///
    /// What one of them comes to changes nothing for the others. This sends one after the other; who can send all at once
    /// should.
    fn run_all<C: Command>(
        &mut self,
        commands: Vec<C>,
    ) -> impl Future<Output = Vec<Result<C::Output, Self::Error>>> + Send {
        async move {
            let mut answers = Vec::with_capacity(commands.len());
            for command in commands {
                answers.push(self.run(command).await);
            }
            answers
        }
    }

    /// What is known of the server now.
    fn server(&mut self) -> impl Future<Output = Result<Server, Self::Error>> + Send;

    /// The view of the selected mailbox now, if one is selected.
    fn selected(&mut self) -> impl Future<Output = Result<Option<Selected>, Self::Error>> + Send;

    /// What the server said to a command that it refused, if this is such an error: procedures fall back on it.
    fn command_error(error: &Self::Error) -> Option<&CommandError>;
}
