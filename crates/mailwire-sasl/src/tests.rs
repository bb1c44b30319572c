//! Client against server.

use std::{borrow::ToOwned, format, string::String, vec, vec::Vec};

use proptest::prelude::*;

use crate::{
    ApiMisuse, BindingError, ChannelBinding, ChannelBindingKind, Error, Limits, Mechanism, Refusal,
    ScramHash, ScramKeys, Secret, base64_encode,
    client::{self, Credentials},
    saslprep::{Use, prepare},
    server::{self, Answer, Decoy, Identity, Question, Step},
};

#[test]
fn every_mechanism_both_sides() {
    for mechanism in Mechanism::ALL {
        let credentials = match mechanism {
            Mechanism::Anonymous => Credentials::anonymous("sirhc"),
            Mechanism::External => Credentials::external(),
            Mechanism::OAuthBearer | Mechanism::XOAuth2 => Credentials::token("tim", "tanstaaf"),
            _ => Credentials::password("tim", "tanstaaf"),
        };
        let name = if mechanism == Mechanism::Anonymous { "anonymous" } else { "tim" };
        for initial_response in [false, true] {
            let mut pair = Pair::new(mechanism, &credentials, "tim", "tanstaaf");
            pair.initial_response = initial_response;
            assert_eq!(pair.run(), Ok(Identity::new(name)), "{mechanism}");
        }
    }
}

#[test]
fn wrong_or_unknown_looks_the_same() {
    for mechanism in Mechanism::ALL {
        for (user, password) in [("tim", "tanstaa"), ("tim", "tanstaaff"), ("mit", "tanstaaf")] {
            let (credentials, refusal) = match mechanism {
                Mechanism::Anonymous | Mechanism::External => continue,
                // A token says by itself whose it is.
                Mechanism::OAuthBearer | Mechanism::XOAuth2 if user == "mit" => continue,
                Mechanism::OAuthBearer | Mechanism::XOAuth2 => {
                    (Credentials::token(user, password), Refusal::Token)
                }
                _ => (Credentials::password(user, password), Refusal::Credentials),
            };
            let mut pair = Pair::new(mechanism, &credentials, "tim", "tanstaaf");
            assert_eq!(pair.run(), Err(refusal.into()), "{mechanism} {user} {password}");
        }
    }
}

#[test]
fn channel_bindings_of_both_kinds() {
    use ChannelBindingKind::{TlsExporter, TlsServerEndPoint};
    let credentials = Credentials::password("tim", "tanstaaf");
    for mechanism in Mechanism::ALL.into_iter().filter(|mechanism| mechanism.binds_channel()) {
        for (client, server, result) in [
            ((TlsExporter, "one"), &[(TlsExporter, "one")][..], Ok(Identity::new("tim"))),
            ((TlsServerEndPoint, "one"), &[(TlsServerEndPoint, "one")], Ok(Identity::new("tim"))),
            (
                (TlsServerEndPoint, "one"),
                &[(TlsExporter, "two"), (TlsServerEndPoint, "one")],
                Ok(Identity::new("tim")),
            ),
            ((TlsExporter, "one"), &[(TlsExporter, "two")], Err(BindingError::Mismatch.into())),
            ((TlsExporter, "one"), &[(TlsExporter, "on")], Err(BindingError::Mismatch.into())),
            ((TlsExporter, "one"), &[(TlsServerEndPoint, "one")], Err(BindingError::Unsupported.into())),
        ] {
            let mut pair = Pair::new(mechanism, &credentials, "tim", "tanstaaf");
            pair.client_options.binding = Some(ChannelBinding::new(client.0, client.1));
            pair.server_options.bindings =
                server.iter().map(|&(kind, data)| ChannelBinding::new(kind, data)).collect();
            assert_eq!(pair.run(), result, "{mechanism} {client:?} {server:?}");
        }
    }
}

#[test]
fn removed_plus_is_detected() {
    let credentials = Credentials::password("tim", "tanstaaf");
    for (server_offers_plus, plus_offered, result) in [
        (true, true, Ok(Identity::new("tim"))),
        (false, false, Ok(Identity::new("tim"))),
        // Somebody took the `-PLUS` mechanisms out of the list.
        (false, true, Err(BindingError::Downgrade.into())),
    ] {
        let mut pair = Pair::new(Mechanism::ScramSha256, &credentials, "tim", "tanstaaf");
        pair.client_options.server_offers_plus = server_offers_plus;
        pair.server_options.plus_offered = plus_offered;
        assert_eq!(pair.run(), result);
    }
}

#[test]
fn every_changed_octet_is_noticed() {
    let credentials = Credentials::password("tim", "tanstaaf").with_authorization("bob");
    for mechanism in [Mechanism::ScramSha256, Mechanism::ScramSha1Plus] {
        for message in 0..4 {
            for at in 0..Pair::new(mechanism, &credentials, "tim", "tanstaaf").transcript()[message].len() {
                let flips = (0..8).map(|bit| Change::Flip { message, at, mask: 1 << bit });
                let others = [
                    Change::Flip { message, at, mask: 0xff },
                    Change::Insert { message, at, octet: b',' },
                    Change::Insert { message, at, octet: b'A' },
                    Change::Insert { message, at, octet: b'\0' },
                    Change::Remove { message, at },
                    Change::Truncate { message, at },
                ];
                for change in flips.chain(others) {
                    let mut pair = Pair::new(mechanism, &credentials, "tim", "tanstaaf");
                    pair.change = Some(change);
                    assert_never_authenticated(&mut pair);
                }
            }
        }
    }
}

#[test]
fn every_message_in_another_place_is_noticed() {
    let credentials = Credentials::password("tim", "tanstaaf");
    let messages = Pair::new(Mechanism::ScramSha256, &credentials, "tim", "tanstaaf").transcript();
    // The fifth is the client's empty response, after which it is content already.
    for (message, right) in messages.iter().enumerate().take(4) {
        for wrong in messages.iter().filter(|wrong| *wrong != right) {
            let mut pair = Pair::new(Mechanism::ScramSha256, &credentials, "tim", "tanstaaf");
            pair.change = Some(Change::Replace { message, octets: wrong.clone() });
            assert_never_authenticated(&mut pair);
        }
    }
}

#[test]
fn a_replayed_proof_is_refused() {
    let credentials = Credentials::password("tim", "tanstaaf");
    let messages = Pair::new(Mechanism::ScramSha256, &credentials, "tim", "tanstaaf").transcript();
    let mut pair = Pair::new(Mechanism::ScramSha256, &credentials, "tim", "tanstaaf");
    pair.server_options.nonce = vec![8; 18];
    let mut server = pair.server();
    server.step(Some(&messages[0])).unwrap();
    server.answer(Answer::Keys(Some(pair.host.keys(ScramHash::Sha256)))).unwrap();
    let refused = server.step(Some(&messages[2]));
    assert_eq!(refused, Err(Error::malformed("the nonce of server-first-message")));
}

#[test]
fn errors_name_their_fault_without_octets() {
    for (error, text) in [
        (Error::from(ApiMisuse::ShortNonce), "API misuse: a nonce needs 18 random octets"),
        (BindingError::Mismatch.into(), "channel binding: the two sides see different connections"),
        (Error::malformed("saslname"), "malformed message: expected saslname"),
        (Refusal::Server("x\r\ny".into()).into(), "authentication refused: the server says \"x\\r\\ny\""),
    ] {
        assert_eq!(format!("{error}"), text);
    }
}

proptest! {
    #[test]
    fn any_names_and_passwords(
        user in text(),
        password in text(),
        authorization in proptest::option::of(text()),
        mechanism in proptest::sample::select(&Mechanism::ALL[..]),
    ) {
        let credentials = match mechanism {
            Mechanism::Anonymous => Credentials::anonymous(&*user),
            Mechanism::External => Credentials::external(),
            Mechanism::OAuthBearer | Mechanism::XOAuth2 => {
                Credentials::token(&*user, base64_encode(password.as_bytes()))
            }
            _ => Credentials::password(&*user, &*password),
        };
        let credentials = match &authorization {
            Some(name) => credentials.with_authorization(&**name),
            None => credentials,
        };
        prop_assume!(credentials.supports(mechanism));
        let secret = match mechanism {
            Mechanism::OAuthBearer | Mechanism::XOAuth2 => base64_encode(password.as_bytes()),
            _ => password,
        };
        let mut pair = Pair::new(mechanism, &credentials, &user, &secret);
        let result = pair.run();
        match pair.host.expected(mechanism, authorization.as_deref()) {
            Some(identity) => prop_assert_eq!(result, Ok(identity)),
            None => prop_assert!(matches!(result, Err(Error::Preparation(_))), "{:?}", result),
        }
    }

    #[test]
    fn no_other_password(
        password in "[ -~]{1,20}",
        other in "[ -~]{1,20}",
        mechanism in proptest::sample::select(&Mechanism::ALL[1..]),
    ) {
        prop_assume!(password != other && mechanism != Mechanism::External);
        let credentials = match mechanism {
            Mechanism::OAuthBearer | Mechanism::XOAuth2 => Credentials::token("tim", &*password),
            _ => Credentials::password("tim", &*password),
        };
        prop_assume!(credentials.supports(mechanism));
        prop_assert!(Pair::new(mechanism, &credentials, "tim", &other).run().is_err());
    }

    #[test]
    fn any_octets_do_not_panic(
        messages in proptest::collection::vec(message(), 1..5),
        mechanism in proptest::sample::select(&Mechanism::ALL[..]),
    ) {
        let credentials = [
            Credentials::anonymous(""),
            Credentials::external(),
            Credentials::password("tim", "tanstaaf"),
            Credentials::token("tim", "tanstaaf"),
        ];
        let credentials = credentials.iter().find(|credentials| credentials.supports(mechanism)).unwrap();
        let pair = Pair::new(mechanism, credentials, "tim", "tanstaaf");
        let (mut client, mut server) = (pair.client(), pair.server());
        for message in &messages {
            let _ = client.respond(message);
            if let Ok(Step::Ask(question)) = server.step(Some(message)) {
                let _ = server.answer(pair.host.answer(question));
            }
        }
        if mechanism.scram_hash().is_some() {
            prop_assert!(client.finish().is_err());
        }
    }

    #[test]
    fn base64_round_trip(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        let text = base64_encode(&octets);
        prop_assert_eq!(crate::base64_decode(text.as_bytes(), octets.len()), Ok(octets));
    }

    #[test]
    fn base64_of_any_octets(text in proptest::collection::vec(any::<u8>(), 0..40)) {
        if let Ok(octets) = crate::base64_decode(&text, 40) {
            prop_assert_eq!(base64_encode(&octets).into_bytes(), text);
        }
    }
}

/// Client, server and host in one memory, and who may stand between.
struct Pair {
    mechanism: Mechanism,
    credentials: Credentials,
    client_options: client::Options,
    server_options: server::Options,
    host: Host,
    initial_response: bool,
    change: Option<Change>,
    messages: Vec<Vec<u8>>,
}

impl Pair {
    /// Both sides are on one TLS connection, whose binding only `-PLUS` uses.
    fn new(mechanism: Mechanism, credentials: &Credentials, user: &str, password: &str) -> Self {
        let binding = ChannelBinding::new(ChannelBindingKind::TlsExporter, "octets");
        let limits = Limits { min_iterations: 1, ..Limits::default() };
        Self {
            mechanism,
            credentials: credentials.clone(),
            client_options: client::Options::new([7; 18])
                .with_binding(binding.clone())
                .with_limits(limits)
                .with_server_offers_plus(true),
            server_options: server::Options::new([9; 18], Decoy::new("key").with_iterations(1))
                .with_binding(binding),
            host: Host { user: user.into(), password: password.into() },
            initial_response: true,
            change: None,
            messages: Vec::new(),
        }
    }

    fn client(&self) -> client::Exchange {
        client::Exchange::new(self.mechanism, &self.credentials, self.client_options.clone()).unwrap()
    }

    fn server(&self) -> server::Exchange {
        server::Exchange::new(self.mechanism, self.server_options.clone()).unwrap()
    }

    /// The messages of a dialogue that succeeds.
    fn transcript(mut self) -> Vec<Vec<u8>> {
        self.run().unwrap();
        self.messages
    }

    /// The dialogue until one side gives up or both are content.
    fn run(&mut self) -> Result<Identity, Error> {
        let (mut client, mut server) = (self.client(), self.server());
        self.talk(&mut client, &mut server)
    }

    fn talk(
        &mut self,
        client: &mut client::Exchange,
        server: &mut server::Exchange,
    ) -> Result<Identity, Error> {
        let first = if self.initial_response { client.initial_response() } else { None };
        let mut step = match first {
            Some(message) => {
                let message = self.carry(message.expose());
                server.step(Some(&message))?
            }
            None => server.step(None)?,
        };
        loop {
            step = match step {
                Step::Ask(question) => server.answer(self.host.answer(question))?,
                Step::Challenge(challenge) => {
                    let challenge = self.carry(&challenge);
                    let response = client.respond(&challenge)?;
                    let response = self.carry(response.expose());
                    server.step(Some(&response))?
                }
                Step::Done(identity) => {
                    client.finish()?;
                    return Ok(identity);
                }
            }
        }
    }

    fn carry(&mut self, octets: &[u8]) -> Vec<u8> {
        let number = self.messages.len();
        let mut octets = octets.to_vec();
        match &self.change {
            Some(Change::Flip { message, at, mask }) if *message == number => octets[*at] ^= mask,
            Some(Change::Insert { message, at, octet }) if *message == number => octets.insert(*at, *octet),
            Some(Change::Remove { message, at }) if *message == number => drop(octets.remove(*at)),
            Some(Change::Replace { message, octets: other }) if *message == number => {
                octets.clone_from(other);
            }
            Some(Change::Truncate { message, at }) if *message == number => octets.truncate(*at),
            _ => {}
        }
        self.messages.push(octets.clone());
        octets
    }
}

/// What somebody does to one message.
#[derive(Clone, Debug)]
enum Change {
    Flip { message: usize, at: usize, mask: u8 },
    Insert { message: usize, at: usize, octet: u8 },
    Remove { message: usize, at: usize },
    Replace { message: usize, octets: Vec<u8> },
    Truncate { message: usize, at: usize },
}

/// A host with one user, who may act as anybody.
struct Host {
    user: String,
    password: String,
}

impl Host {
    fn answer(&self, question: Question) -> Answer {
        match question {
            Question::Anonymous { .. } | Question::Authorize { .. } => Answer::Granted,
            Question::CramMd5Password { user } => {
                Answer::Password(self.is_user(&user).then(|| Secret::from(&*self.password)))
            }
            Question::External { .. } => Answer::GrantedAs(prepared(&self.user).unwrap_or_default()),
            Question::Password { user, password, .. } => {
                let right = prepared(&self.password).is_some_and(|right| password == right.into());
                if self.is_user(&user) && right { Answer::Granted } else { Answer::Denied }
            }
            Question::ScramKeys { user, hash, .. } => {
                Answer::Keys(self.is_user(&user).then(|| self.keys(hash)))
            }
            Question::Token { token, .. } if token == Secret::from(&*self.password) => {
                Answer::GrantedAs(prepared(&self.user).unwrap_or_default())
            }
            Question::Token { .. } => Answer::Denied,
        }
    }

    fn keys(&self, hash: ScramHash) -> ScramKeys {
        ScramKeys::derive(hash, &self.password, b"sixteen octets..", 1)
            .unwrap_or_else(|_| ScramKeys::decoy(hash, &self.user, &Decoy::new("key").with_iterations(1)))
    }

    fn is_user(&self, user: &str) -> bool {
        prepared(&self.user).as_deref() == Some(user)
    }

    /// Who logs in with the right password, `None` if a name or the password cannot be prepared.
    fn expected(&self, mechanism: Mechanism, authorization: Option<&str>) -> Option<Identity> {
        if mechanism == Mechanism::Anonymous {
            return Some(Identity::new("anonymous"));
        }
        let authorization = authorization.map(prepared);
        if let Some(None) = authorization {
            return None;
        }
        if matches!(mechanism, Mechanism::Login | Mechanism::Plain) {
            prepared(&self.password)?;
        }
        let user = match mechanism {
            Mechanism::External => prepared(&self.user).unwrap_or_default(),
            Mechanism::OAuthBearer if authorization.is_some() => prepared(&self.user).unwrap_or_default(),
            _ => prepared(&self.user)?,
        };
        let mut identity = Identity::new(user);
        identity.authorization = authorization.flatten().filter(|name| *name != identity.authentication);
        Some(identity)
    }
}

/// Neither side believes in success.
fn assert_never_authenticated(pair: &mut Pair) {
    let (mut client, mut server) = (pair.client(), pair.server());
    let result = pair.talk(&mut client, &mut server);
    assert!(result.is_err(), "{:?}", pair.change);
    assert_ne!(result, Err(ApiMisuse::Turn.into()), "{:?}", pair.change);
    assert!(client.finish().is_err(), "{:?}", pair.change);
}

fn prepared(text: &str) -> Option<String> {
    prepare(text, Use::Query).ok().map(std::borrow::Cow::into_owned)
}

/// Names and passwords: mostly printable, some of it odd.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{1,20}",
        "[a-z,=\u{e9}\u{df}\u{f1}\u{2168}\u{ad}\u{3000}\u{aa}]{1,10}",
        "[\u{5d0}-\u{5ea}]{1,8}",
        "\\PC{1,10}",
    ]
}

/// Messages that look a little like those of some mechanism.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..20),
        proptest::sample::select(
            &[
                "n,,",
                "y,,",
                "p=tls-exporter,,",
                "n=tim",
                ",",
                "=",
                "r=x",
                "s=AAAA",
                "i=1",
                "v=AAAA",
                "c=biws",
                "p=AAAA",
                "m=x",
                "\0",
                "\x01",
                "auth=Bearer t",
                "user=tim",
                "a=bob",
                "tim ",
                "\u{fc}",
                "{\"status\":\"",
            ][..]
        )
        .prop_map(|piece| piece.as_bytes().to_owned()),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}
