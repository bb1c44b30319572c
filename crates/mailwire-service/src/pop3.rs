//! POP3 over a store.

use std::{sync::Arc, time::Duration};

use mailwire_pop3::UniqueId;
use mailwire_pop3_server::{Closed, Connection, Entry, Event, Push, Refusal};
use mailwire_sasl::server::{Answer, Question};
use mailwire_store::{Error, Maildrop, MaildropEntry, MaildropStore};

use crate::{Directory, Token, TokenAnswer, Unavailable};

/// One session of a POP3 server: a machine, and the store and directory that answer it.
///
/// The owner of the socket gives octets to the [`connection`](Self::connection) and takes octets from it, and awaits
/// [`step`](Self::step) as long as [`has_work`](Self::has_work). One step does a bounded piece of work, so that octets
/// leave between two of them: a message of any size takes constant memory.
#[derive(Debug)]
pub struct Session<S: MaildropStore, D> {
    connection: Connection,
    store: Arc<S>,
    directory: Arc<D>,
    options: Options,
    /// The client's TLS certificate, in DER.
    certificate: Option<Vec<u8>>,
    work: Option<Event>,
    maildrop: Option<S::Maildrop>,
    transfer: Option<Transfer>,
}

/// What a service leaves to its host to decide.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Options {
    /// How many octets of a message are read at once. Default 65,536.
    pub read_octets: usize,
    /// Whether a message whose header has UTF-8 beyond ASCII goes to a client that did not say `UTF8`. Default false: it
    /// is refused with `[UTF8]`, as RFC 6856 section 2.1 demands of a server that cannot rewrite it.
    pub send_utf8_unasked: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { read_octets: 64 * 1024, send_utf8_unasked: false }
    }
}

/// What the owner of the socket has to do.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Step {
    /// Flush, and close the connection.
    Close(Closed),
    /// Send what is to be sent, and come back.
    Continue,
    /// Flush, make the TLS handshake, tell the connection.
    StartTls,
}

#[derive(Clone, Copy, Debug)]
struct Transfer {
    index: usize,
    offset: u64,
}

impl<S: MaildropStore, D: Directory> Session<S, D> {
    /// A session on a connection that was just made.
    pub fn new(connection: Connection, store: Arc<S>, directory: Arc<D>, options: Options) -> Self {
        Self {
            connection,
            store,
            directory,
            options,
            certificate: None,
            work: None,
            maildrop: None,
            transfer: None,
        }
    }

    /// Tells the certificate that the client showed in the TLS handshake, in DER, for EXTERNAL.
    pub fn set_client_certificate(&mut self, certificate: Option<Vec<u8>>) {
        self.certificate = certificate;
    }

    /// The machine, for octets and time.
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Whether there is something to do for [`step`](Self::step).
    pub fn has_work(&mut self) -> bool {
        if self.work.is_none() {
            self.work = self.connection.poll_event();
        }
        self.work.is_some() || self.transfer.is_some() && self.connection.wants_octets()
    }

    /// Does the next piece of work. `now` reads the connection's clock.
    ///
    /// If it is dropped before it is ready, the session cannot go on: drop it too. Nothing is deleted then, unless the
    /// store was deleting already.
    pub async fn step(&mut self, now: impl Fn() -> Duration + Send) -> Step {
        match self.work.take().or_else(|| self.connection.poll_event()) {
            Some(event) => self.perform(event, now).await,
            None => {
                self.transfer(now).await;
                Step::Continue
            }
        }
    }

    async fn perform(&mut self, event: Event, now: impl Fn() -> Duration + Send) -> Step {
        // The machine asked for each of these and accepts the answer: no call here can be misuse.
        let _ = match event {
            Event::Ask(question) => match self.ask(question).await {
                Ok(answer) => self.connection.answer(now(), answer),
                Err(Unavailable(_)) => self.connection.refused(now(), Refusal::Temporary),
            },
            Event::AskApop(question) => match self.directory.password(&question.user).await {
                Ok(secret) => self.connection.answer_apop(now(), secret.as_ref()),
                Err(Unavailable(_)) => self.connection.refused(now(), Refusal::Temporary),
            },
            Event::Open { identity } => match self.store.open_maildrop(identity.effective()).await {
                Ok(maildrop) => self.opened(maildrop, now()),
                Err(error) => self.connection.refused(now(), refusal(&error)),
            },
            Event::Retrieve { message, utf8, .. } => {
                let entry =
                    self.maildrop.as_ref().and_then(|maildrop| maildrop.messages().get(message.index()));
                let needs_utf8 = entry.is_some_and(|entry| entry.utf8_header);
                if needs_utf8 && !utf8 && !self.options.send_utf8_unasked {
                    self.connection.failed(now(), Refusal::Utf8)
                } else {
                    self.transfer = Some(Transfer { index: message.index(), offset: 0 });
                    Ok(())
                }
            }
            Event::Commit { deleted } => {
                let deleted: Vec<usize> = deleted.iter().map(|message| message.index()).collect();
                let committed = match self.maildrop.take() {
                    Some(maildrop) => maildrop.commit(&deleted).await.is_ok(),
                    None => false,
                };
                self.connection.committed(now(), committed)
            }
            Event::StartTls => return Step::StartTls,
            Event::Closed(closed) => {
                self.maildrop = None;
                return Step::Close(closed);
            }
            _ => Ok(()),
        };
        Step::Continue
    }

    async fn ask(&self, question: Question) -> Result<Answer, Unavailable> {
        let named = |user: Option<String>| user.map_or(Answer::Denied, Answer::GrantedAs);
        let granted = |yes| if yes { Answer::Granted } else { Answer::Denied };
        Ok(match question {
            Question::Anonymous { trace } => named(self.directory.anonymous(trace.as_deref()).await?),
            Question::Authorize { authentication, authorization } => {
                granted(self.directory.may_act_as(&authentication, &authorization).await?)
            }
            Question::CramMd5Password { user } => Answer::Password(self.directory.password(&user).await?),
            Question::External { .. } => named(self.directory.external(self.certificate.as_deref()).await?),
            Question::Password { user, password, .. } => {
                named(self.directory.verify_password(&user, &password).await?)
            }
            Question::ScramKeys { user, hash, .. } => {
                Answer::Keys(self.directory.scram_keys(&user, hash).await?)
            }
            Question::Token { mechanism, user, token, host, port } => {
                let token = Token::new(mechanism, user, token, host, port);
                match self.directory.verify_token(&token).await? {
                    TokenAnswer::Denied => Answer::Denied,
                    TokenAnswer::Failed(json) => Answer::OAuthFailure(json),
                    TokenAnswer::User(user) => Answer::GrantedAs(user),
                }
            }
            _ => Answer::Denied,
        })
    }

    fn opened(
        &mut self,
        maildrop: S::Maildrop,
        now: Duration,
    ) -> Result<(), mailwire_pop3_server::ApiMisuse> {
        match maildrop.messages().iter().map(entry).collect() {
            Some(entries) => {
                self.maildrop = Some(maildrop);
                self.connection.opened(now, entries)
            }
            // A store that breaks its contract: better no session than messages that are taken for others.
            None => self.connection.refused(now, Refusal::Permanent),
        }
    }

    /// Reads the next octets of the message that is wanted.
    async fn transfer(&mut self, now: impl Fn() -> Duration + Send) {
        let (Some(transfer), Some(maildrop)) = (&mut self.transfer, &self.maildrop) else { return };
        let read = maildrop.read(transfer.index, transfer.offset, self.options.read_octets).await;
        let expected = maildrop.messages().get(transfer.index).map_or(0, |entry| entry.octets);
        let more = match read {
            Ok(octets) if octets.is_empty() && transfer.offset < expected => {
                self.transfer = None;
                let _ = self.connection.failed(now(), Refusal::Temporary);
                return;
            }
            Ok(octets) if octets.is_empty() => Ok(Push::Enough),
            Ok(octets) => {
                transfer.offset += octets.len() as u64;
                self.connection.push(now(), octets)
            }
            Err(error) => {
                self.transfer = None;
                let _ = self.connection.failed(now(), refusal(&error));
                return;
            }
        };
        if more != Ok(Push::More) {
            self.transfer = None;
            let _ = self.connection.finish(now());
        }
    }
}

fn entry(entry: &MaildropEntry) -> Option<Entry> {
    Some(Entry { octets: entry.octets, unique_id: UniqueId::new(&entry.unique_id).ok()? })
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::InUse => Refusal::InUse,
        Error::LoginDelay => Refusal::LoginDelay,
        // To a client a maildrop that does not exist looks like one that it may not open.
        Error::NotFound => Refusal::Credentials,
        Error::Permanent(_) => Refusal::Permanent,
        _ => Refusal::Temporary,
    }
}
