use std::collections::VecDeque;

use mailwire_pop3::{Command, MessageNumber};
use mailwire_pop3_client::CommandId;

use super::{Client, Error, Message};

/// Many messages, asked for ahead where the server permits it: a download that does not wait for each round trip.
///
/// No more commands are on the way than [`Config::max_in_flight`](mailwire_pop3_client::Config::max_in_flight), so a batch
/// of any size can be given. Dropping it is fine: the messages that were asked for are read and thrown away.
#[derive(Debug)]
pub struct Batch<'a> {
    client: &'a mut Client,
    numbers: VecDeque<MessageNumber>,
    sent: VecDeque<(CommandId, MessageNumber)>,
}

impl<'a> Batch<'a> {
    pub(crate) fn new(client: &'a mut Client, numbers: VecDeque<MessageNumber>) -> Self {
        Self { client, numbers, sent: VecDeque::new() }
    }

    /// The next message, in the order that was asked for, or nothing after the last.
    ///
    /// What is left of the message before is thrown away. Dropping this future loses nothing.
    ///
    /// # Errors
    ///
    /// [`Error::Refused`] is about one message, and the next ones follow. Any other error is fatal: nothing follows it.
    pub async fn next(&mut self) -> Option<Result<Message<'_>, Error>> {
        if let Err(error) = self.fill().await {
            self.numbers.clear();
            return Some(Err(error));
        }
        let (id, number) = *self.sent.front()?;
        // The entry goes before the answer is there for good: a future that is dropped here leaves it in place.
        let reply = self.client.reply_to(id, "RETR").await;
        self.sent.pop_front();
        match reply {
            Ok(reply) => Some(Ok(self.client.message(id, number, &reply))),
            Err(error) => {
                if error.is_fatal() {
                    self.numbers.clear();
                    self.sent.clear();
                }
                Some(Err(error))
            }
        }
    }

    async fn fill(&mut self) -> Result<(), Error> {
        self.client.settle().await?;
        while self.sent.len() < self.client.max_in_flight() {
            let Some(number) = self.numbers.front().copied() else { break };
            let id = self.client.send_command(Command::Retr(number))?;
            self.numbers.pop_front();
            self.sent.push_back((id, number));
        }
        Ok(())
    }
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        for (id, _) in self.sent.drain(..) {
            self.client.discard(id);
        }
    }
}
