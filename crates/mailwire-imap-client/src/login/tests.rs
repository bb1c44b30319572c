//! Dialogues between an attempt and a server, of which both sides are written down.

extern crate std;

mod exchange;
mod refusal;

use std::{format, string::String, time::Duration, vec::Vec};

use bytes::Bytes;
use mailwire_imap::{
    Code, Decoder, Encoder, Limits as CodecLimits, Quirks, Response,
    command::Body,
    encoder::{EncodeError, Part},
    response::Data,
    status::{Kind, Status},
};
use mailwire_sasl::{
    ChannelBinding, ChannelBindingKind, Limits, Mechanism, base64_decode, base64_encode, client::Credentials,
    saslprep,
};

use super::{Action, Attempt, Context, Login, LoginError, Method};
use crate::{CommandError, Server};

/// One side is the attempt, the other the script:
///
/// - `S: ...` is a response. `* CAPABILITY` updates what is known, as the connection does it.
/// - `C: ...` is what has to be sent then; a tag is left out. `C: ...` after a literal's header follows its `+`.
/// - `= ` is how it has to end, `= ...` if the text does not matter.
///
/// What stands in `«»` is base64 of what is in it.
fn dialogue(login: Login, encrypted: bool, script: &str) -> Option<LoginError> {
    let mut server = Server::default();
    run(login, encrypted, &mut server, script)
}

fn run(login: Login, encrypted: bool, server: &mut Server, script: &str) -> Option<LoginError> {
    let mut attempt = Attempt::new(login);
    let mut is_fresh = false;
    let mut action = None;
    let mut sent: Vec<String> = Vec::new();
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let line = with_base64(line);
        if line.starts_with("S: * CAPABILITY") && action.is_none() && sent.is_empty() {
            // As in the greeting: before the login begins.
            on_data(server, &line);
            continue;
        }
        if action.is_none() && sent.is_empty() {
            action = Some(attempt.begin(&Context { server, encrypted, is_fresh }));
        }
        if let Some(wanted) = line.strip_prefix("C: ").or((line == "C:").then_some("")) {
            if sent.is_empty() {
                is_fresh = false;
                sent =
                    lines(server, action.take().unwrap_or_else(|| panic!("nothing is done before {line}")));
            }
            assert_eq!(sent.remove(0), wanted, "{script}");
            sent.extend(sent.is_empty().then(|| String::from("<nothing>")));
            continue;
        }
        if let Some(end) = line.strip_prefix("= ") {
            let (said, error) = match action.take() {
                Some(Action::Succeeded(login)) => (format!("logged in by {:?}", login.method), None),
                Some(Action::Failed(error)) => (format!("{error}"), Some(error)),
                action => panic!("{action:?} in place of {end}: {script}"),
            };
            assert!(said == end || end == "...", "{said}: {script}");
            return error;
        }
        match decoded(&line) {
            // A literal's invitation is the connection's work.
            Response::Continue(_) if sent.first().is_some_and(|next| next != "<nothing>") => {}
            Response::Continue(invitation) => {
                sent.clear();
                action = Some(attempt.on_continue(&invitation.text));
            }
            Response::Data(_) => {
                on_data(server, &line);
                is_fresh = true;
            }
            Response::Tagged(_, status) => {
                sent.clear();
                if let Some(Code::Capability(capabilities)) = &status.code {
                    server.set_capabilities(Some(capabilities.clone()));
                    is_fresh = true;
                }
                if status.is_ok()
                    && let Err(error) = attempt.verify_server()
                {
                    action = Some(Action::Failed(error));
                    continue;
                }
                action = Some(attempt.on_status(&status, &Context { server, encrypted, is_fresh }));
            }
            response => panic!("{response:?}"),
        }
    }
    panic!("the script has no end: {script}");
}

fn on_data(server: &mut Server, line: &str) {
    if let Response::Data(Data::Capability(capabilities)) = decoded(line) {
        server.set_capabilities(Some(capabilities));
    }
}

fn decoded(line: &str) -> Response {
    let octets = Bytes::copy_from_slice(line.strip_prefix("S: ").unwrap_or(line).as_bytes());
    Decoder::new(CodecLimits::client(), Quirks::default()).response(octets)
}

/// The lines that are sent, without tag and line end.
fn lines(server: &Server, action: Action) -> Vec<String> {
    let body = match action {
        Action::Respond(line) => return [text(line.expose())].into(),
        Action::Send(body) => *body,
        action => panic!("{action:?}"),
    };
    let mut out = Encoder::client(server.abilities());
    let tag = "a".parse().unwrap();
    mailwire_imap::Command { tag, body }.encode(&mut out);
    let octets: Vec<Part> = out.finish().unwrap();
    let sent: String = octets
        .iter()
        .map(|part| match part {
            Part::Octets(octets) => text(octets),
            _ => String::new(),
        })
        .collect();
    sent.strip_prefix("a ").unwrap().split_terminator("\r\n").map(String::from).collect()
}

fn text(octets: &[u8]) -> String {
    octets.utf8_chunks().map(|chunk| format!("{}{}", chunk.valid(), chunk.invalid().escape_ascii())).collect()
}

fn with_base64(line: &str) -> String {
    let mut whole = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('«') {
        let (inner, after) = after.split_once('»').unwrap();
        let inner = inner.replace("\\0", "\0").replace("\\1", "\x01");
        whole.push_str(before);
        whole.push_str(&base64_encode(inner.as_bytes()));
        rest = after;
    }
    whole + rest
}

fn password() -> Login {
    Login::new(Credentials::password("ann", "secret"), [7; 18])
}

/// What RFC 5802 has for an example.
fn pencil() -> Login {
    let nonce = base64_decode(b"fyko+d2lbbFgONRv9qkxdawL", 18).unwrap();
    Login::new(Credentials::password("user", "pencil"), nonce)
}

/// The exchange of RFC 5802 section 5, from the client's first words on.
fn scram(start: &str) -> String {
    format!(
        "{start}«n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL»
         S: + «r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096»
         C: «c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=»
         S: + «v=rmF9pqV8S7suAoZWja4dJRkFsKQ=»
         C:"
    )
}

fn token() -> Login {
    Login::new(Credentials::token("ann", "t0ken"), [7; 18])
}

const TLS: bool = true;
const CLEAR: bool = false;

#[test]
fn what_can_be_done_is_asked_before_and_after_unless_it_was_told() {
    // Asked twice.
    dialogue(
        password(),
        TLS,
        "C: CAPABILITY
         S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN
         S: a OK done
         C: AUTHENTICATE PLAIN «\\0ann\\0secret»
         S: a OK welcome
         C: CAPABILITY
         S: * CAPABILITY IMAP4rev1 MOVE
         S: a OK done
         = logged in by Sasl(Plain)",
    );
    // Told in the greeting, and with the OK to the login.
    let mut server = Server::default();
    run(
        password(),
        TLS,
        &mut server,
        "S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN
         C: AUTHENTICATE PLAIN «\\0ann\\0secret»
         S: a OK [CAPABILITY IMAP4rev1 MOVE] welcome
         = logged in by Sasl(Plain)",
    );
    assert!(server.has("MOVE"));
    // Told in an untagged response before that OK.
    dialogue(
        password(),
        TLS,
        "S: * CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN
         C: AUTHENTICATE PLAIN «\\0ann\\0secret»
         S: * CAPABILITY IMAP4rev1 MOVE
         S: a OK welcome
         = logged in by Sasl(Plain)",
    );
    // A server that does not say it is asked once each time, no more.
    dialogue(
        password(),
        TLS,
        "C: CAPABILITY
         S: a BAD what?
         C: LOGIN ann secret
         S: a OK
         C: CAPABILITY
         S: a NO not now
         = logged in by Login",
    );
}

#[test]
fn the_strongest_way_that_is_permitted() {
    let binding = || ChannelBinding::new(ChannelBindingKind::TlsExporter, "octets");
    let all = "AUTH=PLAIN AUTH=LOGIN AUTH=CRAM-MD5 AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS";
    for (login, line, offered, first) in [
        (password().with_channel_binding(binding()), TLS, all, "AUTHENTICATE SCRAM-SHA-256-PLUS"),
        (password(), TLS, all, "AUTHENTICATE SCRAM-SHA-256"),
        (password(), CLEAR, all, "AUTHENTICATE SCRAM-SHA-256"),
        (password().without(Method::Sasl(Mechanism::ScramSha256)), CLEAR, all, "AUTHENTICATE CRAM-MD5"),
        (password(), TLS, "AUTH=login auth=Plain AUTH=GSSAPI", "AUTHENTICATE PLAIN"),
        (password(), TLS, "AUTH=LOGIN", "AUTHENTICATE LOGIN"),
        (password().without(Method::Sasl(Mechanism::Login)), TLS, "AUTH=LOGIN", "LOGIN ann secret"),
        (password(), TLS, "AUTH=GSSAPI AUTH=XOAUTH2", "LOGIN ann secret"),
        (password().allow_cleartext(), CLEAR, "AUTH=PLAIN", "AUTHENTICATE PLAIN"),
        (password().allow_cleartext(), CLEAR, "", "LOGIN ann secret"),
        (password(), TLS, "AUTH=PLAIN LOGINDISABLED", "AUTHENTICATE PLAIN"),
    ] {
        let mut server = Server::default();
        on_data(&mut server, &format!("* CAPABILITY IMAP4rev1 {offered}"));
        let mut attempt = Attempt::new(login);
        let action = attempt.begin(&Context { server: &server, encrypted: line, is_fresh: false });
        assert_eq!(lines(&server, action), [first], "{offered}");
    }
}

#[test]
fn nothing_shows_the_secret_in_clear_text() {
    let none = "no way to log in that both sides know and that is permitted here";
    let disabled = "the server takes no LOGIN, and nothing else that is permitted here";
    let elsewhere = Login::new(Credentials::password("ann", "secret").with_authorization("bob"), [7; 18]);
    for (login, line, offered, error) in [
        (password(), CLEAR, "AUTH=PLAIN AUTH=LOGIN SASL-IR", none),
        (token(), CLEAR, "AUTH=OAUTHBEARER AUTH=XOAUTH2", none),
        (password(), CLEAR, "AUTH=PLAIN LOGINDISABLED STARTTLS", disabled),
        (password().allow_cleartext(), CLEAR, "LOGINDISABLED STARTTLS", disabled),
        (password(), TLS, "LOGINDISABLED", disabled),
        (password().without(Method::Login), TLS, "", none),
        (token(), TLS, "AUTH=PLAIN", none),
        (Login::new(Credentials::external(), []), TLS, "AUTH=PLAIN LOGINDISABLED", none),
        // A channel that cannot be bound.
        (password().without(Method::Login), TLS, "AUTH=SCRAM-SHA-256-PLUS", none),
        // LOGIN says nothing of whose mail it is about.
        (elsewhere, TLS, "AUTH=CRAM-MD5 AUTH=LOGIN", none),
    ] {
        let script = format!("S: * CAPABILITY IMAP4rev1 {offered}\n= {error}");
        let error = dialogue(login, line, &script).unwrap();
        assert_eq!((error.method(), error.status(), error.is_temporary()), (None, None, false), "{offered}");
    }
}

#[test]
fn what_was_switched_off_is_not_used() {
    let mut server = Server::default();
    for word in ["AUTH=SCRAM-SHA-256", "sasl-ir", "LOGINDISABLED"] {
        server.switch_off(word);
    }
    let offered = "S: * CAPABILITY IMAP4rev1 SASL-IR LOGINDISABLED AUTH=SCRAM-SHA-256";
    let script =
        format!("{offered} AUTH=PLAIN\nC: AUTHENTICATE PLAIN\nS: a NO\nC: LOGIN ann secret\nS: a NO x\n");
    run(password(), TLS, &mut server, &(script + "= the server refuses the login: x"));
}

#[test]
fn who_strips_the_offer_of_channel_binding_is_told_to_the_server() {
    let login = || {
        password()
            .with_channel_binding(ChannelBinding::new(ChannelBindingKind::TlsExporter, "octets"))
            .without(Method::Sasl(Mechanism::ScramSha256Plus))
    };
    let refused = "S: a NO [AUTHENTICATIONFAILED] x\n= the server refuses the login: x";
    for (offered, header, off) in [
        ("AUTH=SCRAM-SHA-256", "y", false),
        ("AUTH=SCRAM-SHA-256 auth=scram-sha-256-plus", "n", false),
        // The server knows what it offered, whatever is not believed here.
        ("AUTH=SCRAM-SHA-256 AUTH=SCRAM-SHA-256-PLUS", "n", true),
    ] {
        let mut server = Server::default();
        if off {
            server.switch_off("AUTH=SCRAM-SHA-256-PLUS");
        }
        let first = format!("«{header},,n=ann,r={}»", base64_encode(&[7; 18]));
        let script = format!(
            "S: * CAPABILITY IMAP4rev1 SASL-IR {offered}\nC: AUTHENTICATE SCRAM-SHA-256 {first}\n{refused}"
        );
        run(login(), TLS, &mut server, &script);
    }
}

#[test]
fn debug_shows_no_secret() {
    let hidden = ["hunter2", "aHVudGVyMg", "104, 117, 110"];
    for (credentials, offered) in [
        (Credentials::password("ann", "hunter2"), "AUTH=PLAIN SASL-IR"),
        (Credentials::password("ann", "hunter2"), "AUTH=PLAIN"),
        (Credentials::password("ann", "hunter2"), "AUTH=LOGIN"),
        (Credentials::password("ann", "hunter2"), "AUTH=SCRAM-SHA-256"),
        (Credentials::password("ann", "hunter2"), ""),
        (Credentials::token("ann", "hunter2"), "AUTH=XOAUTH2 SASL-IR"),
        (Credentials::token("ann", "hunter2"), "AUTH=OAUTHBEARER"),
    ] {
        let mut server = Server::default();
        on_data(&mut server, &format!("* CAPABILITY IMAP4rev1 {offered}"));
        let login = Login::new(credentials, [7; 18]);
        let mut shown = format!("{login:?}");
        let mut attempt = Attempt::new(login);
        let context = Context { server: &server, encrypted: TLS, is_fresh: false };
        shown += &format!("{:?} {attempt:?}", attempt.begin(&context));
        for _ in 0..3 {
            shown += &format!("{:?} {attempt:?}", attempt.on_continue(b"eA=="));
        }
        for hidden in hidden {
            assert!(!shown.contains(hidden), "{shown}");
        }
    }
}
