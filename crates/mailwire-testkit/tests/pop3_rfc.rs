//! The examples of the RFCs, as transcripts: each against the client and against the server, in pieces of every size, and
//! cut at every octet.

use mailwire::{
    pop3::{
        greeting::Timestamp,
        language::{LanguageListing, LanguageTag},
        server::{Language, Phrase, Refusal},
    },
    sasl::Mechanism,
};
use mailwire_testkit::dialogue::{Scene, server::Host};

/// The two messages of 120 and 200 octets.
fn messages() -> [String; 2] {
    let message = |subject: &str, letter: &str, octets: usize| {
        let header = format!("Subject: {subject}\r\n\r\n");
        format!("{header}{}\r\n", letter.repeat(octets - header.len() - 2))
    };
    [message("one", "x", 120), message("two", "y", 200)]
}

fn host() -> Host {
    let messages = messages();
    let mut host = Host::with(&[messages[0].as_bytes(), messages[1].as_bytes()]);
    host.unique_ids = ["whqtswO00WBw418f9t5JxYwZ", "QhdPYR:00WBw1Ph7x7"].map(String::from).to_vec();
    host
}

/// A scene with the greeting that RFC 1939 has.
fn apop() -> Scene {
    let mut scene = Scene::cleartext(host());
    scene.server.login.apop = Timestamp::new("<1896.697170952@dbc.mtview.ca.us>");
    scene
}

/// A message in a transcript.
fn lines(message: &str) -> String {
    message.lines().map(|line| format!("S: {line}\n")).collect()
}

const LOGIN: &str = "S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
    C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
    S: +OK mrose's maildrop has 2 messages (320 octets)
    ";

#[test]
fn rfc_1939_section_10_a_session() {
    let [one, two] = messages();
    let (one, two) = (lines(&one), lines(&two));
    apop().check(&format!(
        "{LOGIN}C: STAT
         S: +OK 2 320
         C: LIST
         S: +OK 2 messages (320 octets)
         S: 1 120
         S: 2 200
         S: .
         C: RETR 1
         S: +OK 120 octets
         {one}S: .
         C: DELE 1
         S: +OK message 1 deleted
         C: RETR 2
         S: +OK 200 octets
         {two}S: .
         C: DELE 2
         S: +OK message 2 deleted
         C: QUIT
         S: +OK dewey POP3 server signing off (maildrop empty)
         (deleted 1 2)"
    ));
}

#[test]
fn rfc_1939_section_5_each_command_of_the_transaction_state() {
    let one = lines(&messages()[0]);
    apop().check(&format!(
        "{LOGIN}C: STAT
         S: +OK 2 320
         C: LIST 2
         S: +OK 2 200
         C: LIST 3
         S: -ERR no such message, only 2 messages in maildrop
         C: RETR 1
         S: +OK 120 octets
         {one}S: .
         C: DELE 2
         S: +OK message 2 deleted
         C: DELE 2
         S: -ERR message 2 already deleted
         C: STAT
         S: +OK 1 120
         C: NOOP
         S: +OK
         C: RSET
         S: +OK maildrop has 2 messages (320 octets)
         C: LIST
         S: +OK 2 messages (320 octets)
         S: 1 120
         S: 2 200
         S: .
         C: QUIT
         S: +OK dewey POP3 server signing off (2 messages left)
         (deleted )"
    ));
}

#[test]
fn rfc_1939_section_4_quit_before_login() {
    apop().check(
        "S: +OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>
         C: QUIT
         S: +OK dewey POP3 server signing off",
    );
}

#[test]
fn rfc_1939_section_7_optional_commands() {
    let one = lines(&messages()[0]);
    let header = "S: Subject: one\nS:\n";
    apop().check(&format!(
        "{LOGIN}C: TOP 1 10
         S: +OK
         {one}S: .
         C: TOP 1 0
         S: +OK
         {header}S: .
         C: TOP 100 3
         S: -ERR no such message
         C: UIDL
         S: +OK
         S: 1 whqtswO00WBw418f9t5JxYwZ
         S: 2 QhdPYR:00WBw1Ph7x7
         S: .
         C: UIDL 2
         S: +OK 2 QhdPYR:00WBw1Ph7x7
         C: UIDL 3
         S: -ERR no such message, only 2 messages in maildrop"
    ));
}

#[test]
fn rfc_1939_section_7_user_and_pass() {
    let mut scene = Scene::cleartext(host());
    scene.check(
        "S: +OK POP3 server ready
         C: USER mrose
         S: +OK mrose is a real hoopy frood
         C: PASS tanstaaf
         S: +OK mrose's maildrop has 2 messages (320 octets)
         C: STAT
         S: +OK 2 320",
    );
    // "maildrop already locked": the server says it in a way that machines can read.
    scene.host.refuse_open = Some(Refusal::InUse);
    scene.check(
        "S: +OK POP3 server ready
         C: USER mrose
         S: +OK mrose is a real hoopy frood
         C: PASS tanstaaf
         S: -ERR [IN-USE] maildrop already locked
         C: USER mrose
         S: +OK mrose is a real hoopy frood",
    );
    // The client knows servers that refuse the name; this server does not say who exists.
    scene.check_client(
        "S: +OK POP3 server ready
         C: USER frated
         S: -ERR sorry, no mailbox for frated here
         C: USER mrose
         S: +OK mrose is a real hoopy frood",
    );
}

#[test]
fn rfc_2449_capabilities_and_codes() {
    let mut scene = apop();
    scene.host.refuse_open = Some(Refusal::InUse);
    scene.check(
        "S: +OK ready <1896.697170952@dbc.mtview.ca.us>
         C: CAPA
         S: +OK Capability list follows
         S: TOP
         S: USER
         S: SASL CRAM-MD5 KERBEROS_V4
         S: RESP-CODES
         S: LOGIN-DELAY 900
         S: PIPELINING
         S: EXPIRE 60
         S: UIDL
         S: IMPLEMENTATION Shlemazle-Plotz-v302
         S: .
         C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
         S: -ERR [IN-USE] Do you have another POP session running?",
    );
}

#[test]
fn rfc_2449_section_6_6_commands_are_pipelined() {
    let [one, two] = messages();
    apop().check(&format!(
        "{LOGIN}C: CAPA
         S: +OK Capability list follows
         S: PIPELINING
         S: .
         C: RETR 1
         C: RETR 2
         C: DELE 1
         C: QUIT
         S: +OK 120 octets
         {}S: .
         S: +OK 200 octets
         {}S: .
         S: +OK message 1 deleted
         S: +OK
         (deleted 1)",
        lines(&one),
        lines(&two)
    ));
}

#[test]
fn rfc_2595_section_4_stls() {
    Scene::cleartext(host()).check(
        "S: +OK ready
         C: STLS
         S: +OK Begin TLS negotiation
         (TLS)
         (login mrose tanstaaf)
         C: CAPA
         S: +OK Capability list follows
         S: USER
         S: .
         C: USER mrose
         S: +OK
         C: PASS tanstaaf
         S: +OK
         C: CAPA
         S: +OK
         S: TOP
         S: .
         C: STAT
         S: +OK 2 320",
    );
    Scene::encrypted(host())
        .check_server("S: +OK ready\nC: STLS\nS: -ERR unknown command, because there is no TLS to begin");
    let mut scene = Scene::encrypted(host());
    scene.server.stls = true;
    scene.check_server("S: +OK ready\nC: STLS\nS: -ERR Command not permitted when TLS active");
}

#[test]
fn rfc_5034_section_6_plain_under_tls() {
    Scene::cleartext(host()).check(
        "S: +OK pop.example.com BlurdyBlurp POP3 server ready
         C: CAPA
         S: +OK List of capabilities follows
         S: SASL DIGEST-MD5 GSSAPI ANONYMOUS
         S: STLS
         S: IMPLEMENTATION BlurdyBlurp POP3 server
         S: .
         C: STLS
         S: +OK Begin TLS negotiation now
         (TLS)
         (login mrose tanstaaf)
         C: CAPA
         S: +OK List of capabilities follows
         S: SASL PLAIN DIGEST-MD5 GSSAPI ANONYMOUS
         S: IMPLEMENTATION BlurdyBlurp POP3 server
         S: .
         C: AUTH PLAIN AG1yb3NlAHRhbnN0YWFm
         S: +OK Maildrop locked and ready
         C: CAPA
         S: +OK
         S: TOP
         S: .",
    );
}

#[test]
fn rfc_5034_section_4_the_server_speaks_first() {
    let mut scene = Scene::encrypted(host());
    scene.server.login.mechanisms = vec![Mechanism::Login];
    scene.check(
        "S: +OK ready
         (login mrose tanstaaf)
         C: CAPA
         S: +OK
         S: SASL LOGIN
         S: .
         C: AUTH LOGIN
         S: + VXNlcm5hbWU6
         C: bXJvc2U=
         S: + UGFzc3dvcmQ6
         C: dGFuc3RhYWY=
         S: +OK Maildrop locked and ready
         C: CAPA
         S: +OK
         S: .",
    );
    // "If the client wishes to cancel the authentication exchange, it issues a line containing a single "*""
    scene.check_server("S: +OK\nC: AUTH LOGIN\nS: + VXNlcm5hbWU6\nC: *\nS: -ERR AUTH command rejected");
}

/// RFC 5802's messages in RFC 5034's lines, from the client's first to the server's signature.
#[test]
fn scram_from_the_first_message_to_the_signature() {
    let mut scene = Scene::cleartext(host());
    (scene.server.login.mechanisms, scene.cut_step) = (vec![Mechanism::ScramSha256], 11);
    scene.check(
        "S: +OK ready
         (login mrose tanstaaf)
         C: CAPA
         S: +OK
         S: SASL SCRAM-SHA-256 CRAM-MD5 PLAIN
         S: USER
         S: .
         C: AUTH SCRAM-SHA-256 biwsbj1tcm9zZSxyPVpXbG5hSFJsWlc0Z2IyTjBaWFJ6SUdGMElHeGxZWE4w
         S: + cj1aV2xuYUhSbFpXNGdiMk4wWlhSeklHRjBJR3hsWVhOMFlTQnpaV1ZrSUc5bUlHRjBJR3hsWVhOMElERTRJRzlqZEdWMGN3QUFBQUFBQUFBQixzPWMybDRkR1ZsYmlCdlkzUmxkSE11TGc9PSxpPTQwOTY=
         C: Yz1iaXdzLHI9WldsbmFIUmxaVzRnYjJOMFpYUnpJR0YwSUd4bFlYTjBZU0J6WldWa0lHOW1JR0YwSUd4bFlYTjBJREU0SUc5amRHVjBjd0FBQUFBQUFBQUIscD0raUxua3BnY2p3WDlVMXE4c0pnMEZZQjJHQU84dlZaZVZlSm15YXA3bGQwPQ==
         S: + dj01RktPT05wczJ5WTcrNHhIMzBlSkhzVnZCclhpQUtzRUtMeDMvdjFxWXZzPQ==
         C:
         S: +OK Maildrop locked and ready
         C: CAPA
         S: +OK
         S: .
         C: STAT
         S: +OK 2 320",
    );
}

#[test]
fn cram_md5() {
    let mut scene = Scene::cleartext(host());
    scene.server.login.mechanisms = vec![Mechanism::CramMd5];
    scene.check(
        "S: +OK ready
         (login mrose tanstaaf)
         C: CAPA
         S: +OK
         S: SASL CRAM-MD5 PLAIN LOGIN
         S: USER
         S: .
         C: AUTH CRAM-MD5
         S: + PFlTQnpaV1ZrSUc5bUlHRjBJR3hsWVhOMElERTRJRzlqZEdWMGN3QUFBQUFBQUFBQkBsb2NhbGhvc3Q+
         C: bXJvc2UgYTg5ZDYzOTllMzcwNDg5ZGMyNjYyNTU0ZDk3OGUxYzc=
         S: +OK Maildrop locked and ready
         C: CAPA
         S: +OK
         S: .",
    );
}

#[test]
fn rfc_6856_section_3_2_languages() {
    let mut scene = apop();
    scene.server.languages = [
        ("en", "English"),
        ("en-boont", "English Boontling dialect"),
        ("de", "Deutsch"),
        ("it", "Italiano"),
        ("es", "Espanol"),
        ("sv", "Svenska"),
    ]
    .map(|(tag, description)| {
        let words = |phrase: Phrase| if phrase == Phrase::Ready { "listo" } else { "ord" };
        let tag = LanguageTag::new(tag).unwrap();
        Language { listing: LanguageListing { tag, description: description.into() }, words }
    })
    .to_vec();
    scene.check(&format!(
        "{LOGIN}C: LANG MUL
         S: -ERR invalid language MUL
         C: LANG
         S: +OK Language listing follows:
         S: en English
         S: en-boont English Boontling dialect
         S: de Deutsch
         S: it Italiano
         S: es Espanol
         S: sv Svenska
         S: .
         C: LANG es
         S: +OK es Idioma cambiado
         C: LANG uga
         S: -ERR es Idioma <<UGA>> no es conocido
         C: LANG sv
         S: +OK sv Kommandot \"LANG\" lyckades
         C: LANG *
         S: +OK es Idioma cambiado"
    ));
    scene.check_client(&format!("{LOGIN}C: LANG\nS: -ERR Server is unable to list languages"));
}

#[test]
fn rfc_6856_section_2_utf8() {
    let mut scene = Scene::cleartext(host());
    scene.host.users.insert("änn".into(), "größe".into());
    scene.check(
        "S: +OK ready
         C: UTF8
         S: +OK UTF8 enabled
         (login änn größe cleartext)
         C: CAPA
         S: +OK
         S: USER
         S: UTF8 USER
         S: .
         C: USER änn
         S: +OK
         C: PASS größe
         S: +OK
         C: CAPA
         S: +OK
         S: .
         C: RETR 1
         S: +OK
         MESSAGE
         S: ."
            .replace("MESSAGE\n", &lines(&messages()[0]))
            .as_str(),
    );
    // "the client MUST NOT issue the "STLS" command" after UTF8.
    scene.check_server("S: +OK\nC: UTF8\nS: +OK\nC: STLS\nS: -ERR");
}
