//! Client against server with any credentials, and somebody between them.
//!
//! Whoever has the right credentials gets in, nobody else does, and no message of SCRAM can be changed on the way.
#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use mailwire_sasl::{
    ChannelBinding, ChannelBindingKind, Error, Limits, Mechanism, ScramKeys, Secret,
    client::{self, Credentials},
    saslprep::{Use, prepare},
    server::{self, Answer, Decoy, Identity, Question, Step},
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    mechanism: u8,
    initial_response: bool,
    user: &'a str,
    password: &'a str,
    authorization: Option<&'a str>,
    other_user: Option<&'a str>,
    other_password: Option<&'a str>,
    change: Option<Change<'a>>,
}

/// What somebody does to one message.
#[derive(Arbitrary, Clone, Debug)]
struct Change<'a> {
    message: u8,
    at: u8,
    removed: u8,
    inserted: &'a [u8],
}

fuzz_target!(|input: Input<'_>| {
    let mechanism = Mechanism::ALL[usize::from(input.mechanism) % 13];
    let credentials = match mechanism {
        Mechanism::Anonymous => Credentials::anonymous(input.user),
        Mechanism::External => Credentials::external(),
        Mechanism::OAuthBearer | Mechanism::XOAuth2 => Credentials::token(input.user, input.password),
        _ => Credentials::password(input.user, input.password),
    };
    let authorization = input.authorization.filter(|name| !name.is_empty());
    let credentials = match authorization {
        Some(name) => credentials.with_authorization(name),
        None => credentials,
    };
    if !credentials.supports(mechanism) {
        return;
    }
    let host = Host {
        user: input.other_user.unwrap_or(input.user),
        password: input.other_password.unwrap_or(input.password),
    };
    let mut pair = Pair {
        client: client(mechanism, &credentials),
        server: server(mechanism),
        host,
        initial_response: input.initial_response,
        change: None,
        messages: 0,
        is_changed: false,
    };
    let expected = expected(mechanism, &input, authorization, &pair.host);
    let result = pair.run();
    assert_eq!(result.ok(), expected, "{mechanism}");

    if mechanism.scram_hash().is_none() {
        return;
    }
    let mut pair = Pair {
        client: client(mechanism, &credentials),
        server: server(mechanism),
        initial_response: true,
        change: input.change.clone().filter(|change| change.message < 4),
        messages: 0,
        is_changed: false,
        host: pair.host,
    };
    let result = pair.run();
    if pair.is_changed {
        assert!(result.is_err(), "{mechanism}");
        assert!(pair.client.finish().is_err(), "{mechanism}");
    }
});

struct Pair<'a> {
    client: client::Exchange,
    server: server::Exchange,
    host: Host<'a>,
    initial_response: bool,
    change: Option<Change<'a>>,
    messages: u8,
    is_changed: bool,
}

impl Pair<'_> {
    /// The dialogue until one side gives up or both are content.
    fn run(&mut self) -> Result<Identity, Error> {
        let first = if self.initial_response { self.client.initial_response() } else { None };
        let mut step = match first {
            Some(message) => {
                let message = self.carry(message.expose());
                self.server.step(Some(&message))?
            }
            None => self.server.step(None)?,
        };
        loop {
            step = match step {
                Step::Ask(question) => self.server.answer(self.host.answer(question))?,
                Step::Challenge(challenge) => {
                    let challenge = self.carry(&challenge);
                    let response = self.client.respond(&challenge)?;
                    let response = self.carry(response.expose());
                    self.server.step(Some(&response))?
                }
                Step::Done(identity) => {
                    self.client.finish()?;
                    return Ok(identity);
                }
                step => panic!("{step:?} is new"),
            }
        }
    }

    fn carry(&mut self, octets: &[u8]) -> Vec<u8> {
        let number = self.messages;
        self.messages += 1;
        let Some(change) = self.change.as_ref().filter(|change| change.message == number) else {
            return octets.to_vec();
        };
        let at = usize::from(change.at).min(octets.len());
        let end = (at + usize::from(change.removed)).min(octets.len());
        let changed = [&octets[..at], change.inserted, &octets[end..]].concat();
        // Extensions after the signature are permitted, and say nothing (RFC 5802 section 7).
        let is_extended = number == 3 && changed.starts_with(&[octets, b","].concat());
        self.is_changed = changed != octets && !is_extended;
        changed
    }
}

/// A host with one user, who may act as anybody.
struct Host<'a> {
    user: &'a str,
    password: &'a str,
}

impl Host<'_> {
    fn answer(&self, question: Question) -> Answer {
        match question {
            Question::Anonymous { .. } | Question::Authorize { .. } => Answer::Granted,
            Question::CramMd5Password { user } => {
                Answer::Password(self.is_user(&user).then(|| Secret::from(self.password)))
            }
            Question::External { .. } => Answer::GrantedAs("certified".into()),
            Question::Password { user, password, .. } => {
                let right = prepared(self.password).is_some_and(|right| password == right.into());
                if self.is_user(&user) && right { Answer::Granted } else { Answer::Denied }
            }
            Question::ScramKeys { user, hash, .. } => {
                let keys = ScramKeys::derive(hash, self.password, b"sixteen octets..", 1).ok();
                Answer::Keys(keys.filter(|_| self.is_user(&user)))
            }
            Question::Token { token, .. } if token == Secret::from(self.password) => {
                Answer::GrantedAs("bearer".into())
            }
            _ => Answer::Denied,
        }
    }

    fn is_user(&self, user: &str) -> bool {
        prepared(self.user).as_deref() == Some(user)
    }
}

/// Who is to get in, if anybody.
fn expected(
    mechanism: Mechanism,
    input: &Input<'_>,
    authorization: Option<&str>,
    host: &Host<'_>,
) -> Option<Identity> {
    let authorization = match authorization {
        Some(name) => Some(prepared(name)?),
        None => None,
    };
    let name = match mechanism {
        Mechanism::Anonymous => return Some(Identity::new("anonymous")),
        Mechanism::External => "certified".to_owned(),
        Mechanism::OAuthBearer | Mechanism::XOAuth2 => return token(input, authorization, host),
        _ => {
            let user = prepared(input.user)?;
            (prepared(host.user).as_ref() == Some(&user)).then_some(user)?
        }
    };
    let right = match mechanism {
        Mechanism::External => true,
        // A key of HMAC ends where its NULs begin.
        Mechanism::CramMd5 => input.password.trim_end_matches('\0') == host.password.trim_end_matches('\0'),
        Mechanism::Login | Mechanism::Plain => prepared(input.password)? == prepared(host.password)?,
        _ => {
            let stored = |password| prepare(password, Use::Stored).ok();
            stored(input.password)? == stored(host.password)?
        }
    };
    let mut identity = Identity::new(name);
    identity.authorization = authorization.filter(|name| *name != identity.authentication);
    right.then_some(identity)
}

fn token(input: &Input<'_>, authorization: Option<String>, host: &Host<'_>) -> Option<Identity> {
    if input.password != host.password {
        return None;
    }
    let user = match authorization {
        Some(name) => Some(name),
        None if input.user.is_empty() => None,
        None => Some(prepared(input.user)?),
    };
    let mut identity = Identity::new("bearer");
    identity.authorization = user.filter(|name| *name != identity.authentication);
    Some(identity)
}

fn client(mechanism: Mechanism, credentials: &Credentials) -> client::Exchange {
    let mut limits = Limits::default();
    limits.min_iterations = 1;
    let options = client::Options::new([7; 18])
        .with_binding(binding())
        .with_limits(limits)
        .with_server_offers_plus(true);
    client::Exchange::new(mechanism, credentials, options).expect("the credentials fit")
}

fn server(mechanism: Mechanism) -> server::Exchange {
    let options = server::Options::new([9; 18], Decoy::new("key").with_iterations(1)).with_binding(binding());
    server::Exchange::new(mechanism, options).expect("it has all it needs")
}

fn binding() -> ChannelBinding {
    ChannelBinding::new(ChannelBindingKind::TlsExporter, "exported octets")
}

fn prepared(text: &str) -> Option<String> {
    prepare(text, Use::Query).ok().map(std::borrow::Cow::into_owned)
}
