//! What is said once a way is chosen.

use super::*;

#[test]
fn each_mechanism() {
    let challenge = "PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+";
    let external = Login::new(Credentials::external(), []);
    for (login, offered, exchange, method) in [
        (
            password(),
            "AUTH=CRAM-MD5 SASL-IR",
            format!(
                "C: AUTHENTICATE CRAM-MD5
                 S: + {challenge}
                 C: YW5uIDczM2JhODdlNjRlZDdlNDQxZjA2MmM0YWM2ZGIwMTAz"
            ),
            "Sasl(CramMd5)",
        ),
        (
            password(),
            "AUTH=LOGIN SASL-IR",
            "C: AUTHENTICATE LOGIN
             S: + «User Name»
             C: «ann»
             S: + «Password:»
             C: «secret»"
                .into(),
            "Sasl(Login)",
        ),
        (
            password(),
            "AUTH=PLAIN",
            "C: AUTHENTICATE PLAIN
             S: +
             C: «\\0ann\\0secret»"
                .into(),
            "Sasl(Plain)",
        ),
        (pencil(), "AUTH=SCRAM-SHA-1 SASL-IR", scram("C: AUTHENTICATE SCRAM-SHA-1 "), "Sasl(ScramSha1)"),
        (pencil(), "AUTH=SCRAM-SHA-1", scram("C: AUTHENTICATE SCRAM-SHA-1\nS: + \nC: "), "Sasl(ScramSha1)"),
        (
            token(),
            "AUTH=OAUTHBEARER AUTH=XOAUTH2 SASL-IR",
            "C: AUTHENTICATE OAUTHBEARER «n,a=ann,\\1auth=Bearer t0ken\\1\\1»".into(),
            "Sasl(OAuthBearer)",
        ),
        (
            token(),
            "AUTH=XOAUTH2",
            "C: AUTHENTICATE XOAUTH2
             S: +
             C: «user=ann\\1auth=Bearer t0ken\\1\\1»"
                .into(),
            "Sasl(XOAuth2)",
        ),
        // Nothing is not the same as an empty response.
        (external.clone(), "AUTH=EXTERNAL SASL-IR", "C: AUTHENTICATE EXTERNAL =".into(), "Sasl(External)"),
        (external, "AUTH=EXTERNAL", "C: AUTHENTICATE EXTERNAL\nS: +\nC:".into(), "Sasl(External)"),
        (
            Login::new(Credentials::anonymous("sirhc"), []),
            "AUTH=ANONYMOUS IMAP4rev2",
            "C: AUTHENTICATE ANONYMOUS «sirhc»".into(),
            "Sasl(Anonymous)",
        ),
        (password(), "", "C: LOGIN ann secret".into(), "Login"),
    ] {
        let script = format!(
            "S: * CAPABILITY IMAP4rev1 {offered}
             {exchange}
             S: a OK [CAPABILITY IMAP4rev1] welcome
             = logged in by {method}"
        );
        dialogue(login, TLS, &script);
    }
}

#[test]
fn challenges_as_servers_write_them() {
    // Nothing, a space, words for people: they only invite the client to begin.
    for invitation in ["+", "+ ", "+ go ahead", "+ Z28gYWhlYWQ=", "+ [ALERT] now"] {
        dialogue(
            password(),
            TLS,
            &format!(
                "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN
                 C: AUTHENTICATE PLAIN
                 S: {invitation}
                 C: «\\0ann\\0secret»
                 S: a OK [CAPABILITY IMAP4rev1]
                 = logged in by Sasl(Plain)"
            ),
        );
    }
    for [first, second] in [["+", "+"], ["+ Username:", "+ Password:"], ["+ «Password:» ", "+ «Username:»"]]
    {
        let script = format!(
            "S: * CAPABILITY IMAP4rev1 AUTH=LOGIN
             C: AUTHENTICATE LOGIN
             S: {first}
             C: «ann»
             S: {second}
             C: «secret»
             S: a OK [CAPABILITY IMAP4rev1]
             = logged in by Sasl(Login)"
        );
        dialogue(password(), TLS, &script);
    }
}

#[test]
fn what_cannot_be_read_is_cancelled_and_said() {
    let mut limits = Limits::default();
    limits.max_message = 8;
    let failed = "the challenge cannot be read";
    for (login, challenge, error) in [
        (password(), "=", format!("{failed}: malformed message: expected base64")),
        (password(), "PDFAYj4", format!("{failed}: malformed message: expected base64")),
        (password(), "PDFA Yj4=", format!("{failed}: malformed message: expected base64")),
        (password().with_limits(limits), "MTIzNDU2Nzg5", format!("{failed}: limit: the length of a message")),
    ] {
        for end in ["BAD cancelled", "NO [AUTHENTICATIONFAILED]", "OK welcome"] {
            let script = format!(
                "S: * CAPABILITY IMAP4rev1 AUTH=CRAM-MD5 AUTH=PLAIN
                 C: AUTHENTICATE CRAM-MD5
                 S: + {challenge}
                 C: *
                 S: + again
                 C: *
                 S: a {end}
                 = {error}"
            );
            let error = dialogue(login.clone(), TLS, &script).unwrap();
            assert_eq!(error.method(), Some(Method::Sasl(Mechanism::CramMd5)));
        }
    }
    // One too many.
    dialogue(
        password(),
        TLS,
        "S: * CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR
         C: AUTHENTICATE PLAIN «\\0ann\\0secret»
         S: + «and?»
         C: *
         S: a BAD cancelled
         = the exchange failed: malformed message: expected no further challenge",
    );
}

#[test]
fn a_server_that_does_not_prove_itself_is_not_believed() {
    let whole = scram("C: AUTHENTICATE SCRAM-SHA-1 ");
    let lines: Vec<&str> = whole.lines().collect();
    let missing = "the exchange failed: server signature: missing";
    for said in [1, 3] {
        let script = format!(
            "S: * CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-1 SASL-IR
             {}
             S: a OK [CAPABILITY IMAP4rev1] you are in
             = {missing}",
            lines[..said].join("\n")
        );
        let error = dialogue(pencil(), TLS, &script).unwrap();
        assert!(matches!(error, LoginError::Sasl { .. }));
    }
    // Neither a wrong signature nor a server's first message that is out of bounds gets further.
    for (cut, bad) in [
        (3, "v=AAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        (1, "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=0"),
        (1, "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=2147483647"),
        (1, "r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,s=QSXCR+Q6sek8bf92,i=4096"),
        (1, "m=x,r=fyko+d2lbbFgONRv9qkxdawL3rfc,s=QSXCR+Q6sek8bf92,i=4096"),
        (1, "r=another,s=QSXCR+Q6sek8bf92,i=4096"),
    ] {
        let mut server = Server::default();
        on_data(&mut server, "* CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-1 SASL-IR");
        let mut attempt = Attempt::new(pencil());
        let context = Context { server: &server, encrypted: TLS, is_fresh: false };
        attempt.begin(&context);
        for challenge in lines[..cut].iter().filter_map(|line| line.trim().strip_prefix("S: + ")) {
            attempt.on_continue(with_base64(challenge).as_bytes());
        }
        let action = attempt.on_continue(base64_encode(bad.as_bytes()).as_bytes());
        assert!(matches!(action, Action::Respond(line) if line.expose() == b"*"), "{bad}");
        assert!(matches!(attempt.verify_server(), Err(LoginError::Sasl { .. })), "{bad}");
    }
}

#[test]
fn early_ok_ends_other_exchanges_too() {
    for (offered, exchange) in
        [("AUTH=CRAM-MD5", "CRAM-MD5"), ("AUTH=PLAIN", "PLAIN"), ("AUTH=LOGIN", "LOGIN\nS: +\nC: «ann»")]
    {
        let script = format!(
            "S: * CAPABILITY IMAP4rev1 {offered}
             C: AUTHENTICATE {exchange}
             S: a OK done
             = the exchange failed: malformed message: expected a challenge before success"
        );
        dialogue(password(), TLS, &script);
    }
}

#[test]
fn why_a_token_is_refused() {
    let json = r#"{"status":"invalid_token","scope":"mail","openid-configuration":"https://example.org/c"}"#;
    for (offered, first, answer) in [
        ("OAUTHBEARER", "n,a=ann,\\1auth=Bearer t0ken\\1\\1", "C: «\\1»"),
        ("XOAUTH2", "user=ann\\1auth=Bearer t0ken\\1\\1", "C:"),
    ] {
        let start = format!(
            "S: * CAPABILITY IMAP4rev1 SASL-IR AUTH={offered}
             C: AUTHENTICATE {offered} «{first}»"
        );
        let script = format!("{start}\nS: + «{json}»\n{answer}\nS: a NO [AUTHENTICATIONFAILED] no\n");
        let error = dialogue(token(), TLS, &(script + "= ...")).unwrap();
        let LoginError::OAuth { error: told, status, .. } = &error else { panic!("{error:?}") };
        assert_eq!((told.status.as_deref(), told.scope.as_deref()), (Some("invalid_token"), Some("mail")));
        assert_eq!(told.openid_configuration.as_deref(), Some("https://example.org/c"));
        assert_eq!(status.kind, Kind::No);
        assert_eq!(error.code(), Some(&Code::AuthenticationFailed));
        // OK cannot follow, and NO may come at once.
        let accepted = format!(
            "{start}\nS: + «{json}»\n{answer}\nS: a OK\n= the exchange failed: authentication refused: the token was refused"
        );
        dialogue(token(), TLS, &accepted);
        dialogue(token(), TLS, &format!("{start}\nS: a NO x\n= the server refuses the login: x"));
    }
}

#[test]
fn login_takes_any_octets_but_nul() {
    for (user, secret, literals, sent) in [
        ("ann", &b"correct \"horse\""[..], "", "C: LOGIN ann \"correct \\\"horse\\\"\""),
        ("NIL", b"", "", "C: LOGIN \"NIL\" \"\""),
        ("a*", b"(x)", "", "C: LOGIN \"a*\" \"(x)\""),
        // What is not ASCII is a literal, after SASLprep: the soft hyphen goes, the ligature becomes two letters.
        ("\u{e4}nn", b"x", "", "C: LOGIN {4}\nS: +\nC: \u{e4}nn x"),
        ("ann", "s\u{ad}\u{fb01}\u{e9}".as_bytes(), "LITERAL+", "C: LOGIN ann {5+}\nC: sfi\u{e9}"),
        ("\u{e4}", "\u{e9}".as_bytes(), "", "C: LOGIN {2}\nS: +\nC: \u{e4} {2}\nS: + go on\nC: \u{e9}"),
        ("ann", b"\xff\xfe", "LITERAL-", "C: LOGIN ann {2+}\nC: \\xff\\xfe"),
        // Even a line end cannot leave its literal.
        ("ann", b"x\r\nb LOGOUT", "LITERAL-", "C: LOGIN ann {11+}\nC: x\nC: b LOGOUT"),
    ] {
        let script = format!(
            "S: * CAPABILITY IMAP4rev1 {literals}
             {sent}
             S: a OK [CAPABILITY IMAP4rev1]
             = logged in by Login"
        );
        dialogue(Login::new(Credentials::password(user, secret), []), TLS, &script);
    }
    for (user, secret, error) in [
        ("a\0", "x", LoginError::InvalidCredentials(EncodeError::Nul)),
        ("a", "x\0", LoginError::InvalidCredentials(EncodeError::Nul)),
        ("a", "\u{e9}\u{7}", LoginError::Preparation(saslprep::Error::Prohibited)),
        ("\u{ad}", "x", LoginError::Preparation(saslprep::Error::Empty)),
        ("a", "\u{627}1", LoginError::Preparation(saslprep::Error::Bidirectional)),
    ] {
        let credentials = Credentials::password(user, secret);
        let script = format!("S: * CAPABILITY IMAP4rev1\n= {error}");
        let failed = dialogue(Login::new(credentials, []), TLS, &script);
        assert_eq!(failed, Some(error), "{user:?} {secret:?}");
    }
}
