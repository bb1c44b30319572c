use std::{format, string::String, vec, vec::Vec};

use super::*;
use crate::{ApiMisuse, ChannelBindingKind};

const ALL: [Mechanism; 13] = Mechanism::ALL;

#[test]
fn chooses_the_strongest_that_is_permitted() {
    use Mechanism::{
        Anonymous, CramMd5, External, Login, OAuthBearer, Plain, ScramSha1, ScramSha1Plus, ScramSha256,
        ScramSha256Plus, ScramSha512, ScramSha512Plus, XOAuth2,
    };
    let password = Credentials::password("ann", "secret");
    let other = password.clone().with_authorization("bob");
    let emoji = Credentials::password("ann", "\u{1f600}");
    let token = Credentials::token("ann", "t");
    let tls = Policy::encrypted();
    let bound = tls.clone().with_channel_binding(true);
    let clear = Policy::cleartext();
    let mut asked = Policy::cleartext();
    asked.allow_plaintext_on_cleartext = true;
    for (offered, credentials, policy, chosen) in [
        (&ALL[..], &password, &bound, Some(ScramSha512Plus)),
        (&ALL, &password, &tls, Some(ScramSha512)),
        (&ALL, &password, &clear, Some(ScramSha512)),
        (&[ScramSha1Plus, ScramSha512], &password, &bound, Some(ScramSha1Plus)),
        (&[ScramSha1Plus, ScramSha256Plus], &password, &tls, None),
        (&[Plain, ScramSha1, ScramSha256], &password, &tls, Some(ScramSha256)),
        (&[Plain, ScramSha256], &password, &tls.clone().without(ScramSha256), Some(Plain)),
        (&[Plain, CramMd5, Login], &password, &tls, Some(CramMd5)),
        (&[Plain, CramMd5, Login], &password, &clear, Some(CramMd5)),
        (&[Plain, CramMd5, Login], &other, &tls, Some(Plain)),
        (&[Login, Plain], &password, &tls, Some(Plain)),
        (&[Login], &password, &tls, Some(Login)),
        (&[Login, Plain], &password, &clear, None),
        (&[Login, Plain], &password, &asked, Some(Plain)),
        (&[ScramSha256, Plain], &emoji, &tls, Some(Plain)),
        (&[ScramSha256, Plain], &emoji, &clear, None),
        (&ALL, &token, &bound, Some(OAuthBearer)),
        (&[XOAuth2, Plain], &token, &tls, Some(XOAuth2)),
        (&ALL, &token, &clear, None),
        (&ALL, &Credentials::external(), &clear, Some(External)),
        (&ALL, &Credentials::anonymous(""), &clear, Some(Anonymous)),
        (&[], &password, &tls, None),
    ] {
        assert_eq!(
            choose(offered.iter().copied(), credentials, policy),
            chosen,
            "{offered:?} {credentials:?}"
        );
    }
}

#[test]
fn credentials_serve_what_can_carry_them() {
    let password = |user: &str, password: &str| Credentials::password(user, password);
    let octets = |user: &str, password: &[u8]| Credentials::password(user, password);
    let token = Credentials::token;
    for (credentials, mechanism, served) in [
        (password("a", "p\u{e9}"), Mechanism::Plain, true),
        (password("", "p"), Mechanism::Plain, false),
        (password("a", ""), Mechanism::Plain, false),
        (password("a\0", "p"), Mechanism::Plain, false),
        (password("a", "p\0"), Mechanism::Plain, false),
        (octets("a", b"\xff"), Mechanism::Plain, false),
        (password("a", "p").with_authorization("b\0"), Mechanism::Plain, false),
        (password("a", "p").with_authorization(""), Mechanism::Login, true),
        (password("a", "p").with_authorization("b"), Mechanism::Login, false),
        (octets("a", b"\xff"), Mechanism::Login, true),
        (password("a", "p\r"), Mechanism::Login, false),
        (password("a", ""), Mechanism::Login, false),
        (password("a\n", "p"), Mechanism::Login, false),
        (octets("a", b"\xff"), Mechanism::CramMd5, true),
        (password("a", "p").with_authorization("b"), Mechanism::CramMd5, false),
        (password("a", ""), Mechanism::CramMd5, false),
        (password("a,=", "p"), Mechanism::ScramSha1, true),
        (password("a\u{7}", "p"), Mechanism::ScramSha1, false),
        (password("a", "\u{ad}"), Mechanism::ScramSha1, false),
        (octets("a", b"\xff"), Mechanism::ScramSha1, false),
        (password("a", "p").with_authorization("b\0"), Mechanism::ScramSha1, false),
        (password("a", "p"), Mechanism::OAuthBearer, false),
        (password("a", "p"), Mechanism::External, false),
        (token("a", "t"), Mechanism::Plain, false),
        (token("", "t"), Mechanism::OAuthBearer, true),
        (token("", "t"), Mechanism::XOAuth2, false),
        (token("a", ""), Mechanism::OAuthBearer, false),
        (token("a", "t\x01auth=Bearer u"), Mechanism::OAuthBearer, false),
        (token("a\x01auth=Bearer u", "t"), Mechanism::OAuthBearer, false),
        (token("a\x01auth=Bearer u", "t"), Mechanism::XOAuth2, false),
        (token("a", "t").with_host("h\x01port=1"), Mechanism::OAuthBearer, false),
        (token("a", "t").with_port(0), Mechanism::OAuthBearer, false),
        (token("a", "t").with_authorization("b"), Mechanism::OAuthBearer, true),
        (token("a", "t").with_authorization("b\x01"), Mechanism::OAuthBearer, false),
        (token("a", "t").with_authorization("b"), Mechanism::XOAuth2, false),
        (Credentials::external().with_authorization("b"), Mechanism::External, true),
        (Credentials::external().with_authorization("b\0"), Mechanism::External, false),
        (Credentials::anonymous("a\r\n"), Mechanism::Anonymous, false),
        (Credentials::anonymous("a").with_authorization("b"), Mechanism::Anonymous, false),
    ] {
        assert_eq!(credentials.supports(mechanism), served, "{mechanism} {credentials:?}");
        let options = Options::new([7; 18]);
        assert_eq!(
            Exchange::new(mechanism, &credentials, options).is_ok(),
            served,
            "{mechanism} {credentials:?}"
        );
    }
}

#[test]
fn messages_go_with_the_command_or_after_an_empty_challenge() {
    let password = Credentials::password("tim", "tanstaaf");
    let bearer = Credentials::token("u", "t").with_host("h").with_port(993);
    for (credentials, mechanism, message) in [
        (&password, Mechanism::Plain, "\0tim\0tanstaaf"),
        (&password.clone().with_authorization("bob"), Mechanism::Plain, "bob\0tim\0tanstaaf"),
        (&bearer, Mechanism::OAuthBearer, "n,a=u,\x01host=h\x01port=993\x01auth=Bearer t\x01\x01"),
        (
            &bearer.clone().with_authorization("b,"),
            Mechanism::OAuthBearer,
            "n,a=b=2C,\x01host=h\x01port=993\x01auth=Bearer t\x01\x01",
        ),
        (&bearer, Mechanism::XOAuth2, "user=u\x01auth=Bearer t\x01\x01"),
        (&Credentials::external(), Mechanism::External, ""),
        (&Credentials::external().with_authorization("bob"), Mechanism::External, "bob"),
        (&Credentials::anonymous("sirhc"), Mechanism::Anonymous, "sirhc"),
    ] {
        let mut first = exchange(mechanism, credentials);
        assert_eq!(first.initial_response(), Some(message.into()), "{mechanism}");
        assert_eq!(first.initial_response(), None);
        assert_eq!(first.finish(), Ok(()));

        let mut invited = exchange(mechanism, credentials);
        assert_eq!(invited.respond(b""), Ok(message.into()), "{mechanism}");
        assert_eq!(invited.initial_response(), None);
        assert_eq!(invited.finish(), Ok(()));
        assert_eq!(invited.finish(), Ok(()));
    }
}

#[test]
fn login_answers_whatever_is_asked() {
    for prompts in
        [["Username:", "Password:"], ["User Name\0", "Password\0"], ["", ""], ["Password:", "\u{ff}"]]
    {
        let mut exchange = exchange(Mechanism::Login, &Credentials::password("tim", "tanstaaf"));
        assert_eq!(exchange.initial_response(), None);
        assert_eq!(exchange.respond(prompts[0].as_bytes()), Ok("tim".into()));
        assert_eq!(exchange.respond(prompts[1].as_bytes()), Ok("tanstaaf".into()));
        assert_eq!(exchange.finish(), Ok(()));
        assert_eq!(exchange.respond(b""), Err(Error::malformed("no further challenge")));
        assert_eq!(exchange.finish(), Err(Error::malformed("no further challenge")), "errors stick");
    }
}

#[test]
fn success_before_the_end_is_not_believed() {
    let password = Credentials::password("tim", "tanstaaf");
    let early = Error::malformed("a challenge before success");
    let missing = Error::ServerSignature(SignatureError::Missing);
    for (mechanism, error) in [
        (Mechanism::CramMd5, &early),
        (Mechanism::Login, &early),
        (Mechanism::Plain, &early),
        (Mechanism::ScramSha256, &missing),
    ] {
        let mut exchange = exchange(mechanism, &password);
        assert_eq!(exchange.finish().as_ref(), Err(error), "{mechanism}");
        assert_eq!(exchange.respond(b"").as_ref(), Err(error), "errors stick");
    }
    let mut login = exchange(Mechanism::Login, &password);
    login.respond(b"").unwrap();
    assert_eq!(login.finish(), Err(early));
}

#[test]
fn scram_without_signature_is_not_believed() {
    let password = Credentials::password("user", "pencil");
    let nonce = crate::base64_decode(b"fyko+d2lbbFgONRv9qkxdawL", 18).unwrap();
    let server_first = b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096";
    let server_final = b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=";
    let missing = Err(SignatureError::Missing.into());
    let begin = || Exchange::new(Mechanism::ScramSha1, &password, Options::new(nonce.clone())).unwrap();

    let mut exchange = begin();
    assert_eq!(exchange.initial_response(), Some("n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL".into()));
    assert_eq!(exchange.finish(), missing, "after the first message");

    let mut exchange = begin();
    exchange.initial_response();
    exchange.respond(server_first).unwrap();
    assert_eq!(exchange.finish(), missing, "after the proof");
    assert_eq!(exchange.respond(server_final), Err(SignatureError::Missing.into()), "too late");

    let mut exchange = begin();
    exchange.initial_response();
    exchange.respond(server_first).unwrap();
    assert_eq!(exchange.respond(b""), Err(Error::malformed("attr-val")));
    assert_eq!(exchange.finish(), Err(Error::malformed("attr-val")));

    let mut exchange = begin();
    exchange.initial_response();
    exchange.respond(server_first).unwrap();
    assert_eq!(exchange.respond(server_final), Ok(Secret::default()));
    assert_eq!(exchange.finish(), Ok(()));
}

#[test]
fn scram_says_what_it_knows_about_channel_binding() {
    let password = Credentials::password("user", "pencil");
    let binding = |kind| Some(ChannelBinding::new(kind, "octets"));
    let exporter = || binding(ChannelBindingKind::TlsExporter);
    let end_point = || binding(ChannelBindingKind::TlsServerEndPoint);
    for (mechanism, binding, server_offers_plus, header) in [
        (Mechanism::ScramSha256, None, false, "n,,"),
        (Mechanism::ScramSha256, None, true, "n,,"),
        (Mechanism::ScramSha256, exporter(), false, "y,,"),
        (Mechanism::ScramSha256, exporter(), true, "n,,"),
        (Mechanism::ScramSha256Plus, exporter(), true, "p=tls-exporter,,"),
        (Mechanism::ScramSha1Plus, end_point(), true, "p=tls-server-end-point,,"),
    ] {
        let options = Options::new([7; 18]).with_binding(binding).with_server_offers_plus(server_offers_plus);
        let message = Exchange::new(mechanism, &password, options).unwrap().initial_response().unwrap();
        let expected = format!("{header}n=user,r={}", crate::base64_encode(&[7; 18]));
        assert_eq!(message, expected.into(), "{header}");
    }
    let refused = Exchange::new(Mechanism::ScramSha1Plus, &password, Options::new([7; 18])).map(|_| ());
    assert_eq!(refused, Err(ApiMisuse::NoBinding(Mechanism::ScramSha1Plus).into()));
}

#[test]
fn scram_needs_a_nonce_and_the_others_do_not() {
    let password = Credentials::password("user", "pencil");
    for mechanism in
        ALL.into_iter().filter(|&mechanism| password.supports(mechanism) && !mechanism.binds_channel())
    {
        for length in [0, 17, 18] {
            let began = Exchange::new(mechanism, &password, Options::new(vec![7; length]));
            assert_eq!(
                began.is_ok(),
                length == 18 || mechanism.scram_hash().is_none(),
                "{mechanism} {length}"
            );
        }
    }
}

#[test]
fn oauth_errors_are_acknowledged_and_kept() {
    let json = br#"{"status":"invalid_token","schemes":"bearer","scope":"mail"}"#;
    for (mechanism, acknowledgement) in [(Mechanism::OAuthBearer, "\x01"), (Mechanism::XOAuth2, "")] {
        let mut exchange = exchange(mechanism, &Credentials::token("u", "t"));
        exchange.initial_response();
        assert_eq!(exchange.oauth_error(), None);
        assert_eq!(exchange.respond(json), Ok(acknowledgement.into()));
        assert_eq!(exchange.oauth_error().unwrap().scope.as_deref(), Some("mail"));
        assert_eq!(exchange.finish(), Err(Refusal::Token.into()), "it cannot become a success");
        assert!(exchange.respond(json).is_err());
        assert_eq!(exchange.oauth_error().unwrap().status.as_deref(), Some("invalid_token"));
    }
}

#[test]
fn challenges_are_bounded() {
    let limits = Limits { max_message: 10, ..Limits::default() };
    for (length, result) in [(10, Ok("u".into())), (11, Err(Limit::Message.into()))] {
        let options = Options::default().with_limits(limits);
        let mut exchange =
            Exchange::new(Mechanism::Login, &Credentials::password("u", "p"), options).unwrap();
        assert_eq!(exchange.respond(&vec![b'x'; length]), result);
    }
}

#[test]
fn debug_shows_no_secret() {
    let secret = "hunter2";
    let all: [Credentials; 2] = [Credentials::password("ann", secret), Credentials::token("ann", secret)];
    for credentials in all {
        let mut shown: Vec<String> = vec![format!("{credentials:?}")];
        for mechanism in ALL.into_iter().filter(|&mechanism| credentials.supports(mechanism)) {
            let binding = ChannelBinding::new(ChannelBindingKind::TlsExporter, secret);
            let mut exchange =
                Exchange::new(mechanism, &credentials, Options::new([7; 18]).with_binding(binding)).unwrap();
            shown.push(format!("{exchange:?}"));
            exchange.initial_response();
            shown.push(format!("{exchange:?}"));
            let response = exchange.respond(b"x");
            shown.push(format!("{exchange:?} {response:?}"));
        }
        for shown in shown {
            assert!(!shown.contains(secret), "{shown}");
            assert!(!shown.contains("104, 117, 110"), "{shown}");
        }
    }
}

fn exchange(mechanism: Mechanism, credentials: &Credentials) -> Exchange {
    Exchange::new(mechanism, credentials, Options::new([7; 18])).unwrap()
}
