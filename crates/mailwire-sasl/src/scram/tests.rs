use std::{format, string::String, vec, vec::Vec};

use super::{
    client::{Binding, First},
    hash::ScramHash,
    keys::ScramKeys,
    message::{ClientFinal, ClientFirst, ServerFirst, decode_server_final},
    server::{Channel, Request},
};
use crate::{
    ApiMisuse, BindingError, ChannelBinding, ChannelBindingKind, Error, Limit, Limits, Refusal,
    SignatureError, server::Decoy,
};

/// A dialogue, and the keys that the server has for it.
struct Vector {
    hash: ScramHash,
    client_nonce: &'static str,
    server_nonce: &'static str,
    binding: Option<ChannelBinding>,
    messages: [&'static str; 4],
    keys: &'static str,
}

#[test]
fn client_speaks_the_vectors() {
    for vector in vectors() {
        let first = client(&vector, Limits::default());
        let [client_first, server_first, client_final, server_final] = vector.messages;
        assert_eq!(first.message(), client_first.into());
        let (last, message) = first.respond(server_first.as_bytes()).unwrap();
        assert_eq!(message, client_final.into());
        assert_eq!(last.verify(server_final.as_bytes()), Ok(()));
    }
}

#[test]
fn server_speaks_the_vectors() {
    for vector in vectors() {
        let [client_first, server_first, client_final, server_final] = vector.messages;
        let request = request(&vector, client_first).unwrap();
        assert_eq!(request.user, "user");
        let keys = vector.keys.parse().unwrap();
        let (proof, message) = request.challenge(Some(keys), vector.server_nonce, &decoy()).unwrap();
        assert_eq!(message, server_first.as_bytes());
        let verified = proof.verify(client_final.as_bytes(), &Limits::default()).unwrap();
        assert_eq!(verified.user, "user");
        assert_eq!(verified.message, server_final.as_bytes());
    }
}

#[test]
fn keys_are_derived_as_in_the_vectors() {
    for vector in vectors() {
        let keys: ScramKeys = vector.keys.parse().unwrap();
        assert_eq!(ScramKeys::derive(vector.hash, "pencil", keys.salt(), 4096), Ok(keys.clone()));
        assert_eq!(keys.to_text(), vector.keys);
        assert!(keys.verify_password("pencil"));
        assert!(keys.verify_password("pen\u{ad}cil"), "it is prepared");
        assert!(!keys.verify_password("pencils"));
        assert!(!keys.verify_password(""));
        assert!(!keys.verify_password("\u{7}"));
        let shown = format!("{keys:?}");
        assert!(shown.contains("4096") && !shown.contains("key"), "{shown}");
    }
}

#[test]
fn client_refuses_bad_server_first_messages() {
    let vector = &vectors()[1];
    let nonce = "r=rOprNGfwEbeRWgbNEkqO";
    let limits = Limits { max_nonce: 40, max_salt: 16, ..Limits::default() };
    let malformed = Error::malformed;
    for (message, error) in [
        (format!("{nonce}x,s=c2FsdA==,i=4095"), Limit::Iterations(4095).into()),
        (format!("{nonce}x,s=c2FsdA==,i=1000001"), Limit::Iterations(1_000_001).into()),
        (format!("{nonce}x,s=c2FsdA==,i=2147483647"), Limit::Iterations(2_147_483_647).into()),
        (format!("{nonce}x,s=c2FsdA==,i=99999999999999999999"), Limit::Iterations(u32::MAX).into()),
        (format!("{nonce}x,s=c2FsdA==,i=0"), malformed("posit-number")),
        (format!("{nonce}x,s=c2FsdA==,i=04096"), malformed("posit-number")),
        (format!("{nonce}x,s=c2FsdA==,i=+4096"), malformed("posit-number")),
        (format!("{nonce}x,s=c2FsdA==,i=-1"), malformed("posit-number")),
        (format!("{nonce}x,s=c2FsdA==,i="), malformed("attr-val")),
        (format!("{nonce}x,s=c2FsdA=="), malformed("iteration-count")),
        (format!("{nonce}x,i=4096,s=c2FsdA=="), malformed("salt")),
        (format!("{nonce}x,s=,i=4096"), malformed("attr-val")),
        (format!("{nonce}x,s=c2FsdA=,i=4096"), malformed("base64")),
        (format!("{nonce}x,s=AAAAAAAAAAAAAAAAAAAAAAA=,i=4096"), Limit::Salt.into()),
        (format!("{nonce},s=c2FsdA==,i=4096"), malformed("a nonce that extends the client's")),
        ("r=ROprNGfwEbeRWgbNEkqOx,s=c2FsdA==,i=4096".into(), malformed("a nonce that extends the client's")),
        ("r=rOprNGfwEbeRWgbNEkq,s=c2FsdA==,i=4096".into(), malformed("a nonce that extends the client's")),
        ("r=x,s=c2FsdA==,i=4096".into(), malformed("a nonce that extends the client's")),
        (format!("{nonce}123456789012345678901,s=c2FsdA==,i=4096"), Limit::Nonce.into()),
        (format!("{nonce} x,s=c2FsdA==,i=4096"), malformed("nonce")),
        (format!("{nonce}\u{fc},s=c2FsdA==,i=4096"), malformed("nonce")),
        (format!("m=x,{nonce}x,s=c2FsdA==,i=4096"), malformed("no mandatory extension")),
        (format!("{nonce}x,s=c2FsdA==,i=4096,m=x"), malformed("no mandatory extension")),
        (format!("{nonce}x,{nonce}x,s=c2FsdA==,i=4096"), malformed("each attribute once")),
        (format!("{nonce}x,s=c2FsdA==,i=4096,i=4096"), malformed("each attribute once")),
        (format!("{nonce}x,s=c2FsdA==,i=4096,x=1,x=2"), malformed("each attribute once")),
        (format!("{nonce}x,s=c2FsdA==,i=4096,"), malformed("attr-val")),
        (format!("{nonce}x,s=c2FsdA==,i=4096,xy=1"), malformed("attr-val")),
        (format!("{nonce}x,s=c2FsdA==,i=4096,1=1"), malformed("attr-val")),
        (format!("{nonce}x,s=c2FsdA==,i=4096,x=\0"), malformed("attr-val")),
        (String::new(), malformed("attr-val")),
        ("e=unknown-user".into(), Refusal::Server("unknown-user".into()).into()),
    ] {
        let refused = client(vector, limits).respond(message.as_bytes()).map(|_| ());
        assert_eq!(refused, Err(error), "{message}");
    }
    assert!(client(vector, limits).respond(b"r=\xff").is_err());
}

#[test]
fn client_takes_what_is_just_within_limits() {
    let vector = &vectors()[1];
    let limits =
        Limits { max_nonce: 40, max_salt: 16, min_iterations: 1, max_iterations: 2, ..Limits::default() };
    for message in [
        "r=rOprNGfwEbeRWgbNEkqO12345678901234567890,s=AAAAAAAAAAAAAAAAAAAAAA==,i=1",
        "r=rOprNGfwEbeRWgbNEkqOx,s=AA==,i=2",
        // "Unknown optional extensions MUST be ignored upon receipt."
        "r=rOprNGfwEbeRWgbNEkqOx,s=AA==,i=2,x=a=b,X=\u{fc}",
    ] {
        assert!(client(vector, limits).respond(message.as_bytes()).is_ok(), "{message}");
    }
}

#[test]
fn client_verifies_the_signature() {
    let vector = &vectors()[1];
    for (message, result) in [
        ("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Ok(())),
        ("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,x=y", Ok(())),
        ("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=", Err(Error::malformed("base64"))),
        ("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Err(SignatureError::Wrong.into())),
        ("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl9", Err(SignatureError::Wrong.into())),
        ("v=AA==", Err(SignatureError::Wrong.into())),
        ("v=", Err(Error::malformed("attr-val"))),
        ("", Err(Error::malformed("attr-val"))),
        ("e=invalid-proof", Err(Refusal::Server("invalid-proof".into()).into())),
        ("x=y,v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", Err(Error::malformed("verifier"))),
        (
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,m=x",
            Err(Error::malformed("no mandatory extension")),
        ),
        (
            "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=,v=AA==",
            Err(Error::malformed("each attribute once")),
        ),
    ] {
        let (last, _) = client(vector, Limits::default()).respond(vector.messages[1].as_bytes()).unwrap();
        assert_eq!(last.verify(message.as_bytes()), result, "{message}");
    }
}

#[test]
fn server_refuses_bad_client_first_messages() {
    for message in [
        "",
        "n",
        "n,,",
        "n,,n=user",
        "n,,r=nonce",
        "n,,r=nonce,n=user",
        "n,,n=user,r=",
        "n,,n=,r=nonce",
        "n,,n=us=er,r=nonce",
        "n,,n=us=2cer,r=nonce",
        "n,,n=user=,r=nonce",
        "n,,m=x,n=user,r=nonce",
        "n,,n=user,r=nonce,m=x",
        "n,,n=user,n=user,r=nonce",
        "n,,n=user,r=nonce,r=nonce",
        "n,,n=user,r=non ce",
        "n,,n=user,r=nonce,",
        "n,,n=user,r=nonce,x",
        "n,,n=user,r=nonce,x=1,x=1",
        "n,,n=\u{7},r=nonce",
        "n,,n=\u{ad},r=nonce",
        "n,a=,n=user,r=nonce",
        "n,a=\u{7},n=user,r=nonce",
        "p=,,n=user,r=nonce",
        "x,,n=user,r=nonce",
        "n,,n=us\0er,r=nonce",
    ] {
        let refused = request(&vectors()[1], message).map(|_| ());
        assert!(
            matches!(refused, Err(Error::Malformed { .. } | Error::Preparation(_))),
            "{message}: {refused:?}"
        );
    }
    let nonce = |length| format!("n,,n=user,r={}", "x".repeat(length));
    assert!(request(&vectors()[1], &nonce(1024)).is_ok());
    assert_eq!(request(&vectors()[1], &nonce(1025)).map(|_| ()), Err(Limit::Nonce.into()));
}

#[test]
fn server_undoes_escapes_and_ignores_extensions() {
    let request = request(&vectors()[1], "n,a=a=2C=3D,n==3D2Cb\u{ad},r=nonce,x=y").unwrap();
    assert_eq!(request.authorization.as_deref(), Some("a,="));
    assert_eq!(request.user, "=2Cb");
}

#[test]
fn server_judges_the_channel_binding_flag() {
    let exporter = ChannelBinding::new(ChannelBindingKind::TlsExporter, "octets");
    let (none, one) = ([], [exporter]);
    let unsupported = Err(BindingError::Unsupported.into());
    let downgrade = Err(BindingError::Downgrade.into());
    for (flag, plus, plus_offered, bindings, result) in [
        ("n", false, false, &none[..], Ok(())),
        ("n", false, true, &one, Ok(())),
        ("n", true, true, &one, unsupported.clone()),
        ("y", false, false, &none, Ok(())),
        ("y", false, false, &one, Ok(())),
        ("y", false, true, &one, downgrade.clone()),
        ("y", true, true, &one, downgrade.clone()),
        ("y", true, false, &one, downgrade),
        ("p=tls-exporter", true, true, &one, Ok(())),
        ("p=tls-exporter", false, true, &one, unsupported.clone()),
        ("p=tls-exporter", false, false, &none, unsupported.clone()),
        ("p=tls-server-end-point", true, true, &one, unsupported.clone()),
        ("p=TLS-EXPORTER", true, true, &one, unsupported.clone()),
        ("p=tls-unique", true, true, &one, unsupported),
    ] {
        let channel = Channel { bindings, plus, plus_offered };
        let message = format!("{flag},,n=user,r=nonce");
        let request = Request::decode(message.as_bytes(), ScramHash::Sha256, &channel, &Limits::default());
        assert_eq!(request.map(|_| ()), result, "{flag} {plus} {plus_offered}");
    }
}

#[test]
fn server_refuses_bad_client_final_messages() {
    let vector = &vectors()[1];
    let nonce = "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    let proof = "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
    let malformed = Error::malformed;
    for (message, error) in [
        (format!("c=biws,{nonce},{proof},x=y"), malformed("proof")),
        (format!("c=biws,{nonce},x=y,{proof}"), Refusal::Credentials.into()),
        (format!("c=biws,{nonce},m=y,{proof}"), malformed("no mandatory extension")),
        (format!("c=biws,{nonce},{proof},{proof}"), malformed("each attribute once")),
        (format!("c=biws,c=biws,{nonce},{proof}"), malformed("each attribute once")),
        (format!("c=biws,{nonce}"), malformed("proof")),
        (format!("c=biws,{proof}"), malformed("nonce")),
        (format!("{nonce},c=biws,{proof}"), malformed("channel-binding")),
        (format!("c=biws,{nonce}x,{proof}"), malformed("the nonce of server-first-message")),
        (format!("c=biws,r=rOprNGfwEbeRWgbNEkqO,{proof}"), malformed("the nonce of server-first-message")),
        (format!("c=eSws,{nonce},{proof}"), BindingError::Mismatch.into()),
        (format!("c=biwsAAAA,{nonce},{proof}"), BindingError::Mismatch.into()),
        (format!("c=biw,{nonce},{proof}"), BindingError::Mismatch.into()),
        (format!("c=biws,{nonce},p=AAAA"), malformed("proof")),
        (format!("c=biws,{nonce},p=dHzbZapWIk4jUhN"), malformed("base64")),
        (format!("c=biws,{nonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVR="), malformed("base64")),
        (
            format!("c=biws,{nonce},p=eHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="),
            Refusal::Credentials.into(),
        ),
    ] {
        for keys in [Some(vector.keys.parse().unwrap()), None] {
            let request = request(vector, vector.messages[0]).unwrap();
            let (proof, _) = request.challenge(keys, vector.server_nonce, &decoy()).unwrap();
            let refused = proof.verify(message.as_bytes(), &Limits::default()).map(|_| ());
            assert_eq!(refused, Err(error.clone()), "{message}");
        }
    }
}

#[test]
fn unknown_user_looks_like_a_known_one() {
    let vector = &vectors()[1];
    let ask = |user: &str, decoy: &Decoy| {
        let request = request(vector, &format!("n,,n={user},r=rOprNGfwEbeRWgbNEkqO")).unwrap();
        request.challenge(None, vector.server_nonce, decoy).unwrap().1
    };
    let shown = ask("nobody", &decoy());
    assert_eq!(shown, ask("nobody", &decoy()), "the same salt at each try");
    assert_eq!(shown.len(), vector.messages[1].len());
    assert_ne!(shown, ask("somebody", &decoy()));
    assert_ne!(shown, ask("nobody", &Decoy::new("another key")));
}

#[test]
fn decoys_have_the_parameters_of_real_users() {
    for (hash, octets) in
        [(ScramHash::Sha1, 1), (ScramHash::Sha1, 16), (ScramHash::Sha1, 64), (ScramHash::Sha512, 200)]
    {
        let decoy = decoy().with_iterations(10_000).with_salt_octets(octets);
        let keys = ScramKeys::decoy(hash, "nobody", &decoy);
        assert_eq!((keys.hash(), keys.iterations(), keys.salt().len()), (hash, 10_000, octets));
        assert_eq!(keys.to_text().parse(), Ok(keys));
    }
    let keys = ScramKeys::decoy(ScramHash::Sha256, "nobody", &decoy().with_iterations(0).with_salt_octets(0));
    assert_eq!((keys.iterations(), keys.salt().len()), (1, 1));
}

#[test]
fn keys_of_another_hash_are_misuse() {
    let vectors = vectors();
    let request = request(&vectors[1], vectors[1].messages[0]).unwrap();
    let keys = vectors[0].keys.parse().unwrap();
    let refused = request.challenge(Some(keys), "x", &decoy()).map(|_| ());
    assert_eq!(refused, Err(ApiMisuse::Keys.into()));
}

#[test]
fn keys_are_read_strictly() {
    let stored = "6dlGYMOdZcOPutkcNY8U2g7vK9Y=";
    let server = "D+CSWLOshSulAsxiupA+qs2/fTE=";
    for text in [
        String::new(),
        "SCRAM-SHA-1".into(),
        format!("SCRAM-SHA-1$4096:QSXC${stored}"),
        format!("SCRAM-SHA-1$4096:QSXC${stored}:{server}:"),
        format!("SCRAM-SHA-1$4096:QSXC${stored}:{server}$"),
        format!("SCRAM-SHA-1$4096${stored}:{server}"),
        format!("SCRAM-SHA-1$0:QSXC${stored}:{server}"),
        format!("SCRAM-SHA-1$-1:QSXC${stored}:{server}"),
        format!("SCRAM-SHA-1$4096:${stored}:{server}"),
        format!("SCRAM-SHA-1$4096:QSX${stored}:{server}"),
        format!("SCRAM-SHA-1$4096:QSXC$QSXC:{server}"),
        format!("SCRAM-SHA-1$4096:QSXC${stored}:QSXC"),
        format!("SCRAM-SHA-256$4096:QSXC${stored}:{server}"),
        format!("SCRAM-SHA-384$4096:QSXC${stored}:{server}"),
        format!("scram-sha-1$4096:QSXC${stored}:{server}"),
    ] {
        assert_eq!(text.parse::<ScramKeys>(), Err(ApiMisuse::Keys.into()), "{text}");
    }
    assert_eq!(ScramKeys::derive(ScramHash::Sha1, "a", b"", 4096), Err(ApiMisuse::Keys.into()));
    assert_eq!(ScramKeys::derive(ScramHash::Sha1, "a", b"salt", 0), Err(ApiMisuse::Keys.into()));
    assert!(matches!(ScramKeys::derive(ScramHash::Sha1, "", b"salt", 1), Err(Error::Preparation(_))));
    assert!(matches!(
        ScramKeys::derive(ScramHash::Sha1, "\u{1f600}", b"salt", 1),
        Err(Error::Preparation(_))
    ));
}

#[test]
fn arbitrary_octets_do_not_panic() {
    let limits = Limits::default();
    let pieces: [&[u8]; 14] =
        [b"", b",", b"=", b"n", b"p=", b"c=", b"r=x", b"s=AA==", b"i=1", b"v=", b"m=", b",,", b"\xff", b"\0"];
    for first in pieces {
        for second in pieces {
            for third in pieces {
                let message: Vec<u8> = [first, second, third].concat();
                let text = core::str::from_utf8(&message).unwrap_or_default();
                let _ = ClientFirst::decode(text, &limits);
                let _ = ClientFinal::decode(&message, &limits);
                let _ = ServerFirst::decode(&message, &limits);
                let _ = decode_server_final(&message, &limits);
                let _ = request(&vectors()[0], text);
            }
        }
    }
}

fn client(vector: &Vector, limits: Limits) -> First {
    let binding = vector.binding.clone().map_or(Binding::Unsupported, Binding::Bound);
    First::new(vector.hash, "user", "pencil".into(), None, vector.client_nonce.into(), binding, limits)
}

fn request(vector: &Vector, message: &str) -> Result<Request, Error> {
    let bindings: Vec<ChannelBinding> = vector.binding.iter().cloned().collect();
    let channel =
        Channel { bindings: &bindings, plus: !bindings.is_empty(), plus_offered: !bindings.is_empty() };
    Request::decode(message.as_bytes(), vector.hash, &channel, &Limits::default())
}

fn decoy() -> Decoy {
    Decoy::new("a server's random key")
}

/// RFC 5802 section 5, RFC 7677 section 3, and for SHA-512 what Python's `hashlib` and `hmac` compute.
fn vectors() -> Vec<Vector> {
    let exporter: Vec<u8> = (0..32).collect();
    vec![
        Vector {
            hash: ScramHash::Sha1,
            client_nonce: "fyko+d2lbbFgONRv9qkxdawL",
            server_nonce: "3rfcNHYJY1ZVvWVs7j",
            binding: None,
            messages: [
                "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL",
                "r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096",
                "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=",
                "v=rmF9pqV8S7suAoZWja4dJRkFsKQ=",
            ],
            keys: "SCRAM-SHA-1$4096:QSXCR+Q6sek8bf92$6dlGYMOdZcOPutkcNY8U2g7vK9Y=:D+CSWLOshSulAsxiupA+qs2/fTE=",
        },
        Vector {
            hash: ScramHash::Sha256,
            client_nonce: "rOprNGfwEbeRWgbNEkqO",
            server_nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
            binding: None,
            messages: [
                "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                 p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
                "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
            ],
            keys: "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$\
                   WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
        },
        Vector {
            hash: ScramHash::Sha512,
            client_nonce: "rOprNGfwEbeRWgbNEkqO",
            server_nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
            binding: None,
            messages: [
                "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                 p=gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6dybEmDYXYTxwnYPJQ==",
                "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==",
            ],
            keys: SHA_512_KEYS,
        },
        Vector {
            hash: ScramHash::Sha512,
            client_nonce: "rOprNGfwEbeRWgbNEkqO",
            server_nonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
            binding: Some(ChannelBinding::new(ChannelBindingKind::TlsExporter, exporter)),
            messages: [
                "p=tls-exporter,,n=user,r=rOprNGfwEbeRWgbNEkqO",
                "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
                "c=cD10bHMtZXhwb3J0ZXIsLAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f,\
                 r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,\
                 p=jVaGV/PIJ7hgkpxV9a1jdpzyYkHQH9gW6fn3DbAL2oEA+5w4CCSJjoq8G37bn2FsGaVEMsk4kiHRqMUoN/aiiA==",
                "v=bTvxua5nsJsvSd2bk+1WbSe84MBgjkACQPOqiN7MhTBLYxVX2QUqwET2NLcZEv2CfexR6NbAMluKltOEs5vLYw==",
            ],
            keys: SHA_512_KEYS,
        },
    ]
}

const SHA_512_KEYS: &str = "SCRAM-SHA-512$4096:W22ZaJ0SNY7soEsUEjb6gQ==$\
    6AAub3065EYRmyFpM2RNwqK+eGnrkYuEWbXn19LsEmBqzu8QaCXNc1FwpnX9NhH2hK/60dzj9DoO5DvVkOHbvg==:\
    jZHbYjC1aHh0/hKbxyBuGFjDrgjgKTT1esA7awWiKcRZ0o/0b1yWEebBeSVkkCFewf91nLDfKF24mvD5nmE6rA==";
