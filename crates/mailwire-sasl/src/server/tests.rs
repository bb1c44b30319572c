use std::{format, vec};

use super::*;
use crate::{BindingError, ChannelBinding, ChannelBindingKind, Limits, ScramHash, ScramKeys, Secret};

#[test]
fn one_message_mechanisms_ask_and_end() {
    let password = |user: &str, password: &str, authorization: Option<&str>| Question::Password {
        user: user.into(),
        password: password.into(),
        authorization: authorization.map(String::from),
    };
    let token = |mechanism, user: Option<&str>, host: Option<&str>, port| Question::Token {
        mechanism,
        user: user.map(String::from),
        token: "t".into(),
        host: host.map(String::from),
        port,
    };
    let external =
        |authorization: Option<&str>| Question::External { authorization: authorization.map(String::from) };
    let anonymous = |trace: Option<&str>| Question::Anonymous { trace: trace.map(String::from) };
    for (mechanism, message, question, answer, name) in [
        (Mechanism::Plain, "\0tim\0pw", password("tim", "pw", None), Answer::Granted, "tim"),
        (Mechanism::Plain, "tim\0tim\0pw", password("tim", "pw", Some("tim")), Answer::Granted, "tim"),
        (Mechanism::Plain, "\0t\u{ad}im\0\u{aa}", password("tim", "a", None), Answer::Granted, "tim"),
        (Mechanism::Plain, "\0tim\0pw", password("tim", "pw", None), as_named("timothy"), "timothy"),
        (
            Mechanism::Plain,
            "tim\0tim\0pw",
            password("tim", "pw", Some("tim")),
            as_named("timothy"),
            "timothy",
        ),
        (Mechanism::External, "", external(None), as_named("ann"), "ann"),
        (Mechanism::External, "ann", external(Some("ann")), as_named("ann"), "ann"),
        (Mechanism::External, "ann", external(Some("ann")), Answer::Granted, "ann"),
        (Mechanism::Anonymous, "", anonymous(None), Answer::Granted, "anonymous"),
        (Mechanism::Anonymous, "sirhc", anonymous(Some("sirhc")), as_named("guest"), "guest"),
        (
            Mechanism::OAuthBearer,
            "n,a=ann,\x01host=h\x01port=993\x01auth=Bearer t\x01\x01",
            token(Mechanism::OAuthBearer, Some("ann"), Some("h"), Some(993)),
            Answer::Granted,
            "ann",
        ),
        (
            Mechanism::OAuthBearer,
            "n,,\x01auth=Bearer t\x01\x01",
            token(Mechanism::OAuthBearer, None, None, None),
            as_named("ann"),
            "ann",
        ),
        (
            Mechanism::XOAuth2,
            "user=ann\x01auth=Bearer t\x01\x01",
            token(Mechanism::XOAuth2, Some("ann"), None, None),
            Answer::Granted,
            "ann",
        ),
    ] {
        for invite in [false, true] {
            let mut exchange = exchange(mechanism);
            if invite {
                assert_eq!(exchange.step(None), Ok(Step::Challenge(vec![])));
            }
            assert_eq!(
                exchange.step(Some(message.as_bytes())),
                Ok(Step::Ask(question.clone())),
                "{message:?}"
            );
            assert_eq!(exchange.answer(answer.clone()), Ok(Step::Done(Identity::new(name))), "{message:?}");
            assert_eq!(exchange.step(Some(b"")), Err(ApiMisuse::Turn.into()));
        }
    }
}

#[test]
fn acting_as_another_is_asked_last() {
    for (mechanism, message, answer) in [
        (Mechanism::Plain, "bob\0ann\0pw", Answer::Granted),
        (Mechanism::Plain, "bob\0a\0pw", as_named("ann")),
        (Mechanism::External, "bob", as_named("ann")),
        (Mechanism::OAuthBearer, "n,a=bob,\x01auth=Bearer t\x01\x01", as_named("ann")),
        (Mechanism::XOAuth2, "user=bob\x01auth=Bearer t\x01\x01", as_named("ann")),
    ] {
        for granted in [true, false] {
            let mut exchange = exchange(mechanism);
            exchange.step(Some(message.as_bytes())).unwrap();
            let question = Question::Authorize { authentication: "ann".into(), authorization: "bob".into() };
            assert_eq!(exchange.answer(answer.clone()), Ok(Step::Ask(question)), "{message:?}");
            if granted {
                let identity = Identity { authentication: "ann".into(), authorization: Some("bob".into()) };
                assert_eq!(identity.effective(), "bob");
                assert_eq!(exchange.answer(Answer::Granted), Ok(Step::Done(identity)));
            } else {
                assert_eq!(exchange.answer(Answer::Denied), Err(Refusal::Authorization.into()));
                assert_eq!(
                    exchange.answer(Answer::Granted),
                    Err(Refusal::Authorization.into()),
                    "errors stick"
                );
            }
        }
    }
}

#[test]
fn login_prompts_twice() {
    for with_command in [false, true] {
        let mut exchange = exchange(Mechanism::Login);
        if !with_command {
            assert_eq!(exchange.step(None), Ok(Step::Challenge(b"Username:".to_vec())));
        }
        assert_eq!(exchange.step(Some(b"tim")), Ok(Step::Challenge(b"Password:".to_vec())));
        let question = Question::Password { user: "tim".into(), password: "pw".into(), authorization: None };
        assert_eq!(exchange.step(Some(b"pw")), Ok(Step::Ask(question)));
        assert_eq!(exchange.answer(Answer::Denied), Err(Refusal::Credentials.into()));
    }
}

#[test]
fn cram_md5_verifies_by_itself() {
    let challenge = format!("<{}@mx.example.org>", crate::base64_encode(&[7; 18])).into_bytes();
    for (stored, password, result) in [
        (Some("secret"), "secret", Ok(Step::Done(Identity::new("ann")))),
        (Some("secret"), "Secret", Err(Refusal::Credentials.into())),
        (None, "secret", Err(Refusal::Credentials.into())),
        (None, DECOY, Err(Refusal::Credentials.into())),
    ] {
        let mut exchange = exchange(Mechanism::CramMd5);
        assert_eq!(exchange.step(None), Ok(Step::Challenge(challenge.clone())));
        let response = cram_md5::respond(&challenge, "ann", &password.into());
        let question = Question::CramMd5Password { user: "ann".into() };
        assert_eq!(exchange.step(Some(response.expose())), Ok(Step::Ask(question)));
        assert_eq!(exchange.answer(Answer::Password(stored.map(Secret::from))), result);
    }
    assert_eq!(exchange(Mechanism::CramMd5).step(Some(b"")), Err(Error::malformed("no initial response")));
}

#[test]
fn refused_tokens_are_explained_first() {
    let json = r#"{"status":"invalid_token","scope":"mail"}"#;
    for (answer, challenge) in [(Answer::Denied, INVALID_TOKEN), (Answer::OAuthFailure(json.into()), json)] {
        for (mechanism, message, acknowledgement) in [
            (Mechanism::OAuthBearer, "n,,\x01auth=\x01\x01", &b"\x01"[..]),
            (Mechanism::XOAuth2, "user=u\x01auth=Bearer t\x01\x01", b""),
        ] {
            let mut exchange = exchange(mechanism);
            exchange.step(Some(message.as_bytes())).unwrap();
            assert_eq!(exchange.answer(answer.clone()), Ok(Step::Challenge(challenge.into())));
            assert_eq!(exchange.step(Some(acknowledgement)), Err(Refusal::Token.into()));
        }
    }
}

#[test]
fn answers_must_fit() {
    let keys = ScramKeys::derive(ScramHash::Sha1, "a", b"salt", 1).unwrap();
    let answers = [
        Answer::Denied,
        Answer::Granted,
        as_named("ann"),
        Answer::Keys(Some(keys)),
        Answer::OAuthFailure("{}".into()),
        Answer::Password(Some("a".into())),
    ];
    for (mechanism, message, fitting) in [
        (Mechanism::Anonymous, "", &[0, 1, 2][..]),
        (Mechanism::External, "", &[0, 2]),
        (Mechanism::External, "ann", &[0, 1, 2]),
        (Mechanism::Plain, "\0ann\0pw", &[0, 1, 2]),
        (Mechanism::OAuthBearer, "n,,\x01auth=Bearer t\x01\x01", &[0, 2, 4]),
        (Mechanism::XOAuth2, "user=u\x01auth=Bearer t\x01\x01", &[0, 1, 2, 4]),
        (Mechanism::ScramSha1, "n,,n=ann,r=x", &[3]),
    ] {
        for (at, answer) in answers.iter().enumerate() {
            let mut exchange = exchange(mechanism);
            exchange.step(Some(message.as_bytes())).unwrap();
            let misuse = exchange.answer(answer.clone()) == Err(ApiMisuse::Answer.into());
            assert_eq!(misuse, !fitting.contains(&at), "{mechanism} {answer:?}");
        }
    }
}

#[test]
fn calls_out_of_turn_are_misuse() {
    let turn = Err(ApiMisuse::Turn.into());
    for mechanism in Mechanism::ALL {
        let mut before = exchange(mechanism);
        assert_eq!(before.answer(Answer::Granted), Err(ApiMisuse::Answer.into()), "{mechanism}");
        let mut twice = exchange(mechanism);
        twice.step(None).unwrap();
        assert_eq!(twice.step(None), turn, "{mechanism}");
        assert_eq!(twice.step(Some(b"")), turn, "errors stick");
    }
    let mut asked = exchange(Mechanism::Plain);
    asked.step(Some(b"\0a\0b")).unwrap();
    assert_eq!(asked.step(Some(b"\0a\0b")), turn);
}

#[test]
fn exchanges_need_nonces_and_bindings() {
    for mechanism in Mechanism::ALL {
        let short = Exchange::new(mechanism, Options::new([7; 17], Decoy::new(DECOY)));
        let needs = mechanism.scram_hash().is_some() || mechanism == Mechanism::CramMd5;
        assert_eq!(short.is_err(), needs, "{mechanism}");
        let unbound = Exchange::new(mechanism, Options::new([7; 18], Decoy::new(DECOY))).map(|_| ());
        let misuse = ApiMisuse::NoBinding(mechanism).into();
        assert_eq!(unbound, if mechanism.binds_channel() { Err(misuse) } else { Ok(()) });
    }
}

#[test]
fn downgrade_is_refused() {
    for (message, error) in [
        (&b"y,,n=ann,r=x"[..], BindingError::Downgrade),
        (b"p=tls-exporter,,n=ann,r=x", BindingError::Unsupported),
    ] {
        assert_eq!(exchange(Mechanism::ScramSha256).step(Some(message)), Err(error.into()));
    }
}

#[test]
fn messages_are_bounded() {
    let limits = Limits { max_message: 20, ..Limits::default() };
    let options = Options::new([7; 18], Decoy::new(DECOY)).with_limits(limits);
    let begin = || Exchange::new(Mechanism::ScramSha1, options.clone()).unwrap();
    assert!(matches!(begin().step(Some(b"n,,n=ann,r=xxxxxxxxx")), Ok(Step::Ask(_))));
    let mut exchange = begin();
    assert_eq!(exchange.step(Some(b"n,,n=ann,r=xxxxxxxxxx")), Err(Limit::Message.into()));
    assert_eq!(exchange.step(Some(b"n,,n=ann,r=x")), Err(Limit::Message.into()), "errors stick");
    let mut exchange = begin();
    assert_eq!(exchange.step(Some(b"n")), Err(Error::malformed("gs2-header")));
    assert_eq!(exchange.step(Some(&[0; 100])), Err(Error::malformed("gs2-header")), "the first one");
}

#[test]
fn passwords_are_verified_against_keys_or_nothing() {
    let decoy = Decoy::new(DECOY).with_iterations(1);
    let keys = ScramKeys::derive(ScramHash::Sha512, "secret", b"salt", 1).unwrap();
    for (keys, password, right) in [
        (Some(&keys), &b"secret"[..], true),
        (Some(&keys), b"Secret", false),
        (Some(&keys), b"", false),
        (Some(&keys), b"\xff", false),
        (None, b"secret", false),
        (None, DECOY.as_bytes(), false),
    ] {
        assert_eq!(verify_password(keys, ScramHash::Sha512, password, &decoy), right);
    }
}

#[test]
fn debug_shows_no_secret() {
    let secret = "hunter2";
    let keys = ScramKeys::derive(ScramHash::Sha256, secret, b"salt", 1).unwrap();
    let options = Options::new([7; 18], Decoy::new(secret))
        .with_binding(ChannelBinding::new(ChannelBindingKind::TlsExporter, secret));
    let mut shown = vec![
        format!("{options:?}"),
        format!("{:?}", Answer::Password(Some(secret.into()))),
        format!("{:?}", Answer::Keys(Some(keys))),
    ];
    for (mechanism, message) in [
        (Mechanism::Plain, "\0ann\0hunter2"),
        (Mechanism::Login, "ann"),
        (Mechanism::OAuthBearer, "n,,\x01auth=Bearer hunter2\x01\x01"),
        (Mechanism::XOAuth2, "user=u\x01auth=Bearer hunter2\x01\x01"),
    ] {
        let mut exchange = Exchange::new(mechanism, options.clone()).unwrap();
        shown.push(format!("{:?}", exchange.step(Some(message.as_bytes())).unwrap()));
        if mechanism == Mechanism::Login {
            shown.push(format!("{:?}", exchange.step(Some(secret.as_bytes())).unwrap()));
        }
        shown.push(format!("{exchange:?}"));
    }
    for shown in shown {
        assert!(!shown.contains(secret), "{shown}");
        assert!(!shown.contains("104, 117, 110"), "{shown}");
    }
    for message in [&b"\0ann\0hunter2\0"[..], b"\0ann\0hunter2\x07"] {
        let error = exchange(Mechanism::Plain).step(Some(message)).unwrap_err();
        assert!(!format!("{error:?} {error}").contains(secret));
    }
}

const DECOY: &str = "a server's random key";

fn exchange(mechanism: Mechanism) -> Exchange {
    let binding = ChannelBinding::new(ChannelBindingKind::TlsExporter, "octets");
    let options = Options::new([7; 18], Decoy::new(DECOY)).with_binding(binding).with_host("mx.example.org");
    Exchange::new(mechanism, options).unwrap()
}

fn as_named(name: &str) -> Answer {
    Answer::GrantedAs(name.into())
}
