//! What follows when the server says no.

use super::*;

#[test]
fn the_next_way_is_tried_where_nothing_was_proved() {
    let error = dialogue(
        password(),
        TLS,
        "S: * CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256 AUTH=CRAM-MD5 AUTH=PLAIN
         C: AUTHENTICATE SCRAM-SHA-256
         S: a NO unsupported
         C: AUTHENTICATE CRAM-MD5
         S: a BAD unknown mechanism
         C: AUTHENTICATE PLAIN
         S: a NO unsupported
         C: LOGIN ann secret
         S: a NO [AUTHENTICATIONFAILED] wrong
         = the server refuses the login: wrong",
    );
    assert_eq!(error.unwrap().method(), Some(Method::Login));
    // What was refused last is the reason when there is nothing more.
    let error = dialogue(
        password(),
        TLS,
        "S: * CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 LOGINDISABLED
         C: AUTHENTICATE CRAM-MD5
         S: a NO not here
         = the server refuses the login: not here",
    );
    assert_eq!(error.unwrap().method(), Some(Method::Sasl(Mechanism::CramMd5)));
}

#[test]
fn a_refusal_is_one_if_it_says_why_or_comes_after_a_proof() {
    for (offered, exchange, status) in [
        (
            "AUTH=CRAM-MD5",
            "C: AUTHENTICATE CRAM-MD5\nS: + «<1@b>»\nC: «ann e5d9deb8b6d3e49d0a3ec4fbd7ee48bd»",
            "NO x",
        ),
        ("AUTH=CRAM-MD5", "C: AUTHENTICATE CRAM-MD5", "NO [UNAVAILABLE] x"),
        ("AUTH=CRAM-MD5", "C: AUTHENTICATE CRAM-MD5", "NO [LIMIT] x"),
        ("AUTH=CRAM-MD5", "C: AUTHENTICATE CRAM-MD5", "NO [CONTACTADMIN] x"),
        ("AUTH=PLAIN SASL-IR", "C: AUTHENTICATE PLAIN «\\0ann\\0secret»", "NO x"),
        ("AUTH=PLAIN SASL-IR", "C: AUTHENTICATE PLAIN «\\0ann\\0secret»", "BAD [AUTHENTICATIONFAILED] x"),
        ("AUTH=PLAIN", "C: AUTHENTICATE PLAIN\nS: +\nC: «\\0ann\\0secret»", "BAD x"),
        ("AUTH=LOGIN", "C: AUTHENTICATE LOGIN\nS: +\nC: «ann»", "NO x"),
        ("", "C: LOGIN ann secret", "BAD x"),
    ] {
        let exchange = with_digest(exchange);
        let script = format!(
            "S: * CAPABILITY IMAP4rev1 {offered}
             {exchange}
             S: a {status}
             = the server refuses the login: x"
        );
        let error = dialogue(password(), TLS, &script).unwrap();
        assert!(matches!(error, LoginError::Refused { .. }));
        let is_temporary = matches!(error.code(), Some(Code::Limit | Code::Unavailable));
        assert_eq!(error.is_temporary(), is_temporary, "{status}");
    }
}

/// The digest is not what this is about: it is computed by the crate that is tested with the RFC's.
fn with_digest(exchange: &str) -> String {
    let credentials = Credentials::password("ann", "secret");
    let mut cram =
        mailwire_sasl::client::Exchange::new(Mechanism::CramMd5, &credentials, Default::default()).unwrap();
    let response = text(cram.respond(b"<1@b>").unwrap().expose());
    exchange.replace("ann e5d9deb8b6d3e49d0a3ec4fbd7ee48bd", &response)
}

#[test]
fn a_server_that_cannot_do_what_it_announces_is_asked_without_initial_response_once() {
    // Coremail.
    dialogue(
        password(),
        TLS,
        "S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN
         C: AUTHENTICATE PLAIN «\\0ann\\0secret»
         S: a BAD Request not ending with \\r\\n
         C: AUTHENTICATE PLAIN
         S: +
         C: «\\0ann\\0secret»
         S: a OK [CAPABILITY IMAP4rev1] welcome
         = logged in by Sasl(Plain)",
    );
    // What says no to that too is left alone, and so is what was announced for the rest of the login.
    dialogue(
        token(),
        TLS,
        "S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER AUTH=XOAUTH2
         C: AUTHENTICATE OAUTHBEARER «n,a=ann,\\1auth=Bearer t0ken\\1\\1»
         S: a BAD parse error
         C: AUTHENTICATE OAUTHBEARER
         S: a BAD parse error
         C: AUTHENTICATE XOAUTH2
         S: +
         C: «user=ann\\1auth=Bearer t0ken\\1\\1»
         S: a NO sorry
         = the server refuses the login: sorry",
    );
    // SCRAM's first words prove nothing, so NO is worth a second try.
    dialogue(
        pencil(),
        TLS,
        &format!(
            "S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-1
             C: AUTHENTICATE SCRAM-SHA-1 «n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL»
             S: a NO
             C: AUTHENTICATE SCRAM-SHA-1
             S: +
             {}
             S: a OK [CAPABILITY IMAP4rev1] welcome
             = logged in by Sasl(ScramSha1)",
            scram("C: ")
        ),
    );
    dialogue(
        password().without_initial_response(),
        TLS,
        "S: * CAPABILITY IMAP4rev2 AUTH=PLAIN
         C: AUTHENTICATE PLAIN
         S: +
         C: «\\0ann\\0secret»
         S: a NO [EXPIRED] x
         = the server refuses the login: x",
    );
}

#[test]
fn exchange_throttles_and_connects_nobody() {
    let error = dialogue(
        password(),
        TLS,
        "S: * CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 AUTH=PLAIN
         C: AUTHENTICATE CRAM-MD5
         S: a NO Request is throttled. Suggested Backoff Time: 92415 milliseconds
         = the server refuses the login: Request is throttled. Suggested Backoff Time: 92415 milliseconds",
    )
    .unwrap();
    assert_eq!(error.backoff(), Some(Duration::from_millis(92415)));
    assert!(error.is_temporary());

    let said = "User is authenticated but not connected.";
    let error = dialogue(
        password(),
        TLS,
        &format!(
            "S: * CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN SASL-IR
             C: AUTHENTICATE PLAIN «\\0ann\\0secret»
             S: a OK AUTHENTICATE completed.
             C: CAPABILITY
             S: a BAD {said}
             = the server accepts the login, but has no mailbox for it: {said}"
        ),
    )
    .unwrap();
    assert_eq!(error.method(), Some(Method::Sasl(Mechanism::Plain)));
    assert!(!error.is_temporary());
    // Where capabilities were told it is the application's command that finds out.
    for (kind, is_one) in [(Kind::Bad, true), (Kind::No, true), (Kind::Ok, false)] {
        let refused = CommandError::Refused { command: "SELECT", status: Status::new(kind, said).into() };
        assert_eq!(refused.is_not_connected(), is_one);
    }
}

#[test]
fn what_the_caller_forgot_is_said() {
    let login = Login::new(Credentials::password("ann", "secret"), [7; 17]);
    let error = dialogue(
        login,
        TLS,
        "S: * CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256
         = the exchange failed: API misuse: a nonce needs 18 random octets",
    );
    assert_eq!(error.unwrap().method(), Some(Method::Sasl(Mechanism::ScramSha256)));
}

#[test]
fn the_refusal_of_a_way_is_kept_for_when_the_connection_ends_in_the_next() {
    let mut server = Server::default();
    on_data(&mut server, "* CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 AUTH=PLAIN");
    let mut attempt = Attempt::new(password());
    let context = Context { server: &server, encrypted: TLS, is_fresh: false };
    attempt.begin(&context);
    assert_eq!(Attempt::new(password()).into_refusal(), None);
    let action = attempt.on_status(&Status::new(Kind::No, "not you"), &context);
    assert!(matches!(action, Action::Send(body) if matches!(*body, Body::Authenticate { .. })));
    let refusal = attempt.into_refusal().unwrap();
    assert_eq!(refusal.method(), Some(Method::Sasl(Mechanism::CramMd5)));
}

/// Cyrus 3.6 offers channel binding with TLS 1.3, and knows of `tls-unique` alone, which TLS 1.3 has not.
#[test]
fn a_binding_that_the_server_does_not_take_is_told_and_not_left_out() {
    let binding = || ChannelBinding::new(ChannelBindingKind::TlsExporter, "octets");
    let login = || password().with_channel_binding(binding());
    let bound = format!("«p=tls-exporter,,n=ann,r={}»", base64_encode(&[7; 18]));
    let options = mailwire_sasl::client::Options::new([7; 18]).with_binding(Some(binding()));
    let credentials = Credentials::password("ann", "secret");
    let exchange = mailwire_sasl::client::Exchange::new(Mechanism::ScramSha256Plus, &credentials, options);
    let mut exchange = exchange.unwrap();
    exchange.initial_response();
    let challenge = format!("r={}server,s=c2FsdA==,i=4096", base64_encode(&[7; 18]));
    let proof = text(exchange.respond(challenge.as_bytes()).unwrap().expose());
    let proved = format!("S: + «{challenge}»\nC: «{proof}»\nS: a NO");
    let refused = "= the server does not take the binding of the login to TLS";
    for (capabilities, said, is_binding) in [
        (
            "SASL-IR ",
            format!(
                "C: AUTHENTICATE SCRAM-SHA-256-PLUS {bound}\nS: a NO bad protocol / cancel\n{refused}: bad protocol / cancel"
            ),
            true,
        ),
        (
            "",
            format!(
                "C: AUTHENTICATE SCRAM-SHA-256-PLUS\nS: +\nC: {bound}\nS: a NO Bad protocol\n{refused}: Bad protocol"
            ),
            true,
        ),
        (
            "",
            format!(
                "C: AUTHENTICATE SCRAM-SHA-256-PLUS\nS: +\nC: {bound}\nS: a NO who?\n= the server refuses the login: who?"
            ),
            false,
        ),
        (
            "SASL-IR ",
            format!(
                "C: AUTHENTICATE SCRAM-SHA-256-PLUS {bound}\n{proved} bad protocol / cancel\n{refused}: bad protocol / cancel"
            ),
            true,
        ),
        (
            "SASL-IR ",
            format!(
                "C: AUTHENTICATE SCRAM-SHA-256-PLUS {bound}\n{proved} wrong\n= the server refuses the login: wrong"
            ),
            false,
        ),
    ] {
        let offer = "AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS AUTH=PLAIN";
        let script = format!("S: * CAPABILITY IMAP4rev1 {capabilities}{offer}\n{said}");
        let error = dialogue(login(), TLS, &script).unwrap();
        assert_eq!(error.method(), Some(Method::Sasl(Mechanism::ScramSha256Plus)));
        assert_eq!(matches!(error, LoginError::Binding { .. }), is_binding, "{script}");
        assert!(error.status().is_some());
    }
}
