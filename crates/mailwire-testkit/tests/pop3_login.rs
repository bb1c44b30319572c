//! How the client's machine logs in: which way it takes, and what it says to a server that does not play by the rules.

use mailwire::pop3::{Quirks, client::Config};
use mailwire_testkit::dialogue::client::check;

fn encrypted() -> Config {
    let mut config = Config::default();
    config.encrypted = true;
    config
}

/// Logs in on a server with this greeting and these capabilities, up to what the client says then.
fn begins(config: &Config, greeting: &str, capabilities: &str, login: &str, then: &str) {
    let rows: String = capabilities.lines().map(|row| format!("S: {row}\n")).collect();
    let answer = if capabilities.is_empty() { "S: -ERR".into() } else { format!("S: +OK\n{rows}S: .") };
    check(config, &format!("S: {greeting}\n= greeting {greeting}\n> {login}\nC: CAPA\n{answer}\n{then}"));
}

#[test]
fn the_strongest_way_to_log_in_is_taken_and_capabilities_are_asked_before_and_after() {
    check(
        &encrypted(),
        "S: +OK <a@b>
         = greeting +OK <a@b>
         > login ann secret
         C: CAPA
         S: +OK
         S: SASL LOGIN PLAIN CRAM-MD5
         S: USER
         S: .
         C: AUTH CRAM-MD5
         S: + PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
         C: YW5uIDczM2JhODdlNjRlZDdlNDQxZjA2MmM0YWM2ZGIwMTAz
         S: +OK
         C: CAPA
         S: +OK
         S: EXPIRE 5
         S: .
         = logged in Sasl(CramMd5)",
    );
    // APOP hides the password better than PLAIN; with nothing else PLAIN goes along with AUTH.
    for (greeting, way, ok) in [
        ("+OK <a@b>", "APOP ann 5875219ef9d1e1ff4d24471ba0f0869c", "logged in Apop"),
        ("+OK", "AUTH PLAIN AGFubgBzZWNyZXQ=", "logged in Sasl(Plain)"),
    ] {
        check(
            &encrypted(),
            &format!(
                "S: {greeting}
                 = greeting {greeting}
                 > login ann secret
                 C: CAPA
                 S: +OK
                 S: SASL LOGIN PLAIN
                 S: .
                 C: {way}
                 S: +OK
                 C: CAPA
                 S: -ERR
                 = {ok}"
            ),
        );
    }
}

#[test]
fn no_password_crosses_the_line_in_clear_text_unless_it_is_permitted() {
    let offered = "S: +OK ready
         = greeting +OK ready
         > login ann secret PERMITTED
         C: CAPA
         S: +OK
         S: SASL PLAIN LOGIN
         S: USER
         S: .";
    check(
        &Config::default(),
        &format!(
            "{}
             = login failed no way to log in that both sides know and that is permitted here",
            offered.replace(" PERMITTED", "")
        ),
    );
    check(
        &Config::default(),
        &format!("{}\nC: AUTH PLAIN AGFubgBzZWNyZXQ=", offered.replace("PERMITTED", "cleartext")),
    );
    // Without AUTH there are USER and PASS, and they wait for each other.
    check(
        &Config::default(),
        "S: +OK
         = greeting +OK
         > login ann secret cleartext
         C: CAPA
         S: -ERR
         C: USER ann
         S: +OK
         C: PASS secret
         S: -ERR [AUTH] wrong
         = login failed the server refuses the login: -ERR [AUTH] wrong",
    );
}

#[test]
fn nobody_gets_the_maildrop_of_another_user_than_asked_for() {
    // APOP, USER and PASS have no place for an authorization identity, nor has LOGIN.
    begins(
        &encrypted(),
        "+OK <a@b>",
        "USER\nSASL LOGIN CRAM-MD5",
        "login ann secret as bob",
        "= login failed no way to log in that both sides know and that is permitted here",
    );
    begins(
        &encrypted(),
        "+OK <a@b>",
        "USER\nSASL LOGIN CRAM-MD5 PLAIN",
        "login ann secret as bob",
        "C: AUTH PLAIN Ym9iAGFubgBzZWNyZXQ=",
    );
}

#[test]
fn a_server_that_takes_no_initial_response_is_asked_without_one_where_nothing_secret_was_said() {
    // SCRAM's first words prove nothing, so they may be said again.
    check(
        &Config::default(),
        "S: +OK
         = greeting +OK
         > login ann secret
         C: CAPA
         S: +OK
         S: SASL SCRAM-SHA-256
         S: .
         C: AUTH SCRAM-SHA-256 biwsbj1hbm4scj1aV2xuYUhSbFpXNGdiMk4wWlhSeklHRjBJR3hsWVhOMA==
         S: -ERR bad command
         C: AUTH SCRAM-SHA-256
         S: +
         C: biwsbj1hbm4scj1aV2xuYUhSbFpXNGdiMk4wWlhSeklHRjBJR3hsWVhOMA==
         S: -ERR no
         = login failed the server refuses the login: -ERR no",
    );
    // PLAIN's are the password: a refusal is a refusal.
    check(
        &encrypted(),
        "S: +OK
         = greeting +OK
         > login ann secret
         C: CAPA
         S: +OK
         S: SASL PLAIN
         S: USER
         S: .
         C: AUTH PLAIN AGFubgBzZWNyZXQ=
         S: -ERR no
         = login failed the server refuses the login: -ERR no",
    );
}

#[test]
fn ok_in_place_of_a_challenge_is_read_as_one() {
    let script = "S: +OK
         = greeting +OK
         > login ann secret
         C: CAPA
         S: +OK
         S: SASL LOGIN
         S: .
         C: AUTH LOGIN
         S: +OK
         C: YW5u
         S: +
         C: c2VjcmV0
         S: +OK welcome
         C: CAPA
         S: -ERR
         = logged in Sasl(Login)";
    check(&encrypted(), script);
    let mut strict = encrypted();
    strict.quirks = Quirks::strict();
    check(
        &strict,
        &[
            script.split_once("         C: YW5u").unwrap().0,
            "= login failed the exchange failed: malformed message: expected a challenge before success
             = error the server misbehaves: the server accepts the login without proving who it is",
        ]
        .concat(),
    );
}

#[test]
fn ok_in_place_of_a_challenge_may_carry_one() {
    check(
        &encrypted(),
        "S: +OK
         = greeting +OK
         > login ann secret
         C: CAPA
         S: +OK
         S: SASL CRAM-MD5
         S: .
         C: AUTH CRAM-MD5
         S: +OK PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
         C: YW5uIDczM2JhODdlNjRlZDdlNDQxZjA2MmM0YWM2ZGIwMTAz
         S: +OK
         C: CAPA
         S: -ERR
         = logged in Sasl(CramMd5)",
    );
    // Each of LOGIN's two questions; a text that is no base64 is as good as none.
    check(
        &encrypted(),
        "S: +OK
         = greeting +OK
         > login ann secret
         C: CAPA
         S: +OK
         S: SASL LOGIN
         S: .
         C: AUTH LOGIN
         S: +OK VXNlcm5hbWU6
         C: YW5u
         S: +OK give me the password
         C: c2VjcmV0
         S: +OK welcome
         C: CAPA
         S: -ERR
         = logged in Sasl(Login)",
    );
    // Nothing that depends on the password is said to a server that gives nothing to digest.
    check(
        &encrypted(),
        "S: +OK
         = greeting +OK
         > login ann secret
         C: CAPA
         S: +OK
         S: SASL CRAM-MD5
         S: .
         C: AUTH CRAM-MD5
         S: +OK
         = login failed the exchange failed: malformed message: expected a challenge before success
         = error the server misbehaves: the server accepts the login without proving who it is",
    );
}

#[test]
fn a_server_that_does_not_prove_itself_is_not_believed() {
    check(
        &encrypted(),
        "S: +OK
         = greeting +OK
         > login ann secret
         C: CAPA
         S: +OK
         S: SASL SCRAM-SHA-256 PLAIN
         S: .
         C: AUTH SCRAM-SHA-256 biwsbj1hbm4scj1aV2xuYUhSbFpXNGdiMk4wWlhSeklHRjBJR3hsWVhOMA==
         S: +OK you are in
         = login failed the exchange failed: server signature: missing
         = error the server misbehaves: the server accepts the login without proving who it is",
    );
}

#[test]
fn apop_that_is_refused_gives_way_unless_the_password_is_wrong() {
    let start = "S: +OK <1896.697170952@dbc.mtview.ca.us>
         = greeting +OK <1896.697170952@dbc.mtview.ca.us>
         > login mrose tanstaaf
         C: CAPA
         S: -ERR
         C: APOP mrose c4c9334bac560ecc979e58001b3e22fb";
    check(
        &encrypted(),
        &format!(
            "{start}\nS: -ERR not for you\nC: USER mrose\nS: +OK\nC: PASS tanstaaf\nS: +OK\n= logged in UserPass"
        ),
    );
    check(
        &encrypted(),
        &format!(
            "{start}\nS: -ERR [AUTH] wrong\n= login failed the server refuses the login: -ERR [AUTH] wrong"
        ),
    );
    // Some close the connection: what was refused is told.
    check(
        &encrypted(),
        &format!(
            "{start}
             S: -ERR not for you
             C: USER mrose
             > eof
             = login failed the server refuses the login: -ERR not for you
             = error the connection ended in the middle of the session"
        ),
    );
}

#[test]
fn what_is_not_ascii_is_sent_to_who_takes_it() {
    for (capability, then) in [
        ("UTF8 USER", "C: USER änn"),
        ("UTF8", "= login failed the server takes no user names and passwords beyond ASCII"),
    ] {
        check(
            &encrypted(),
            &format!(
                "S: +OK
                 = greeting +OK
                 > login änn secret
                 C: CAPA
                 S: +OK
                 S: USER
                 S: {capability}
                 S: .
                 {then}"
            ),
        );
    }
}

#[test]
fn the_order_is_scram_cram_apop_plain_login_and_user() {
    const APOP: &str = "+OK <1896.697170952@dbc.mtview.ca.us>";
    const ALL: &str = "SASL LOGIN PLAIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256 GSSAPI X-UNHEARD-OF";
    for (greeting, capabilities, first) in [
        (APOP, ALL, "AUTH SCRAM-SHA-256 biwsbj1tcm9zZSxyPVpXbG5hSFJsWlc0Z2IyTjBaWFJ6SUdGMElHeGxZWE4w"),
        (
            APOP,
            "SASL PLAIN CRAM-MD5 SCRAM-SHA-1",
            "AUTH SCRAM-SHA-1 biwsbj1tcm9zZSxyPVpXbG5hSFJsWlc0Z2IyTjBaWFJ6SUdGMElHeGxZWE4w",
        ),
        (APOP, "SASL PLAIN CRAM-MD5\nUSER", "AUTH CRAM-MD5"),
        (APOP, "SASL PLAIN LOGIN\nUSER", "APOP mrose c4c9334bac560ecc979e58001b3e22fb"),
        ("+OK", "SASL LOGIN PLAIN\nUSER", "AUTH PLAIN AG1yb3NlAHRhbnN0YWFm"),
        ("+OK", "SASL LOGIN\nUSER", "AUTH LOGIN"),
        ("+OK", "SASL GSSAPI\nUSER", "USER mrose"),
        ("+OK", "USER", "USER mrose"),
        ("+OK", "", "USER mrose"),
        (APOP, "", "APOP mrose c4c9334bac560ecc979e58001b3e22fb"),
    ] {
        let then = format!("C: {first}");
        begins(&encrypted(), greeting, capabilities, "login mrose tanstaaf", &then);
        // Without TLS what shows the password is out, and nothing else changes.
        let shows = ["AUTH PLAIN", "AUTH LOGIN", "USER"].iter().any(|way| first.starts_with(way));
        let refused = "= login failed no way to log in that both sides know and that is permitted here";
        let then = if shows { refused } else { &then };
        begins(&Config::default(), greeting, capabilities, "login mrose tanstaaf", then);
    }
}

#[test]
fn a_greeting_without_a_whole_timestamp_offers_no_apop() {
    for greeting in [
        "+OK",
        "+OK ready",
        "+OK ready 1896.697170952@dbc.mtview.ca.us",
        "+OK <>",
        "+OK <1896.697170952@dbc.mtview.ca.us",
        "+OK <two words@host>",
        "+OK >a@b<",
    ] {
        begins(&encrypted(), greeting, "", "login mrose tanstaaf", "C: USER mrose");
    }
    check(
        &encrypted(),
        "S: +ok <a\\x01@b>
         = greeting +OK <a\\x01@b>
         > login mrose tanstaaf
         C: CAPA
         S: -ERR
         C: USER mrose",
    );
}

/// RFC 5034 section 4: with CRLF, the command has 255 octets and not one more.
#[test]
fn an_initial_response_that_makes_the_command_too_long_waits_for_a_challenge() {
    let fits = "x".repeat(175);
    let base64 = "eHh4".repeat(58);
    begins(
        &encrypted(),
        "+OK",
        "SASL PLAIN",
        &format!("login ann {fits}"),
        &format!("C: AUTH PLAIN AGFubgB4{base64}"),
    );
    // With the name of this mechanism it comes to 255 exactly, and with one letter more to 259.
    for (letters, before, repeated, after, fits) in [
        (137, "biwsbj11", 45, "dSxyPVpXbG5hSFJsWlc0Z2IyTjBaWFJ6SUdGMElHeGxZWE4w", true),
        (138, "biwsbj11", 45, "dXUscj1aV2xuYUhSbFpXNGdiMk4wWlhSeklHRjBJR3hsWVhOMA==", false),
    ] {
        let (user, first) = ("u".repeat(letters), format!("{before}{}{after}", "dXV1".repeat(repeated)));
        let then = if fits { format!(" {first}") } else { format!("\nS: +\nC: {first}") };
        assert_eq!(fits, format!("AUTH SCRAM-SHA-1 {first}\r\n").len() == 255);
        let login = format!("login {user} tanstaaf");
        begins(&encrypted(), "+OK", "SASL SCRAM-SHA-1", &login, &format!("C: AUTH SCRAM-SHA-1{then}"));
    }
    let long = "x".repeat(176);
    begins(
        &encrypted(),
        "+OK",
        "SASL PLAIN",
        &format!("login ann {long}"),
        &format!("C: AUTH PLAIN\nS: +\nC: AGFubgB4{base64}eA=="),
    );
    begins(
        &encrypted(),
        "+OK",
        "SASL PLAIN",
        "login mrose tanstaaf late",
        "C: AUTH PLAIN\nS: +\nC: AG1yb3NlAHRhbnN0YWFm",
    );
}

#[test]
fn a_token_that_is_refused_is_told_with_the_servers_words() {
    // The server's JSON, then the client's word that it has read it, then the refusal.
    for (mechanism, first, read) in [
        ("XOAUTH2", "dXNlcj1hbm4BYXV0aD1CZWFyZXIgeWEyOQEB", ""),
        ("OAUTHBEARER", "bixhPWFubiwBYXV0aD1CZWFyZXIgeWEyOQEB", "AQ=="),
    ] {
        begins(
            &encrypted(),
            "+OK",
            &format!("SASL {mechanism} PLAIN\nUSER"),
            "token ann ya29",
            &format!(
                "C: AUTH {mechanism} {first}
                 S: + eyJzdGF0dXMiOiI0MDEifQ==
                 C: {read}
                 S: -ERR [AUTH] no
                 = login failed the server refuses the token: OAuthError <..>"
            ),
        );
    }
    // A token is no password.
    begins(
        &encrypted(),
        "+OK <a@b>",
        "SASL PLAIN LOGIN\nUSER",
        "token ann ya29",
        "= login failed no way to log in that both sides know and that is permitted here",
    );
}

#[test]
fn a_refusal_with_a_reason_is_not_tried_again() {
    for code in ["AUTH", "SYS/TEMP", "IN-USE", "LOGIN-DELAY"] {
        begins(
            &encrypted(),
            "+OK",
            "SASL SCRAM-SHA-256 PLAIN",
            "login mrose tanstaaf",
            &format!(
                "C: AUTH SCRAM-SHA-256 biwsbj1tcm9zZSxyPVpXbG5hSFJsWlc0Z2IyTjBaWFJ6SUdGMElHeGxZWE4w
                 S: -ERR [{code}] no
                 = login failed the server refuses the login: -ERR [{code}] no"
            ),
        );
    }
}

#[test]
fn a_mechanism_that_is_refused_before_anything_was_said_gives_way_to_the_next() {
    begins(
        &encrypted(),
        "+OK <1896.697170952@dbc.mtview.ca.us>",
        "SASL CRAM-MD5 PLAIN",
        "login mrose tanstaaf",
        "C: AUTH CRAM-MD5
         S: -ERR not for you
         C: APOP mrose c4c9334bac560ecc979e58001b3e22fb
         S: -ERR not for you either
         C: AUTH PLAIN AG1yb3NlAHRhbnN0YWFm
         S: -ERR wrong
         = login failed the server refuses the login: -ERR wrong
         > login mrose tanstaaf
         C: AUTH CRAM-MD5",
    );
    // What was said is a proof of the password: no other way is tried.
    begins(
        &encrypted(),
        "+OK",
        "SASL CRAM-MD5 PLAIN",
        "login mrose tanstaaf",
        "C: AUTH CRAM-MD5
         S: + PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+
         C: bXJvc2UgODVhMmRlYWViNTIwOWIwZjU0ZDQwNzU5ZGFjYzI0YzQ=
         S: -ERR wrong
         = login failed the server refuses the login: -ERR wrong",
    );
}

#[test]
fn what_the_client_cannot_answer_it_cancels() {
    for (challenge, error) in [
        ("!!!", "the challenge cannot be read: base64 expected at octet 0 of \"...\""),
        ("ZQ==", "the exchange failed: malformed message: expected attr-val"),
        // Iterations that would take all day, and a nonce that is not the client's.
        (
            "cj1aV2xuYUhSbFpXNGdiMk4wWlhSeklHRjBJR3hsWVhOMGFiYyxzPWMyRnNkQT09LGk9MjE0NzQ4MzY0Nw==",
            "the exchange failed: <..>",
        ),
        ("cj1zb21lYm9keSBlbHNlLHM9YzJGc2RBPT0saT00MDk2", "the exchange failed: <..>"),
    ] {
        for (answer, end) in [
            ("-ERR cancelled", ""),
            (
                "+OK welcome",
                "\n= error the server misbehaves: the server accepts the login without proving who it is",
            ),
        ] {
            let script = format!(
                "C: AUTH SCRAM-SHA-256 biwsbj1tcm9zZSxyPVpXbG5hSFJsWlc0Z2IyTjBaWFJ6SUdGMElHeGxZWE4w
                 S: + {challenge}
                 C: *
                 S: + {challenge}
                 C: *
                 S: {answer}
                 = login failed {error}{end}"
            );
            begins(&encrypted(), "+OK", "SASL SCRAM-SHA-256 PLAIN", "login mrose tanstaaf", &script);
        }
    }
}

/// Whether the next command makes sense depends on the answer, so it waits, whatever the server can pipeline.
#[test]
fn nothing_is_pipelined_around_a_password() {
    for (command, answer) in
        [("PASS tanstaaf", "-ERR no"), ("APOP mrose c4c9334bac560ecc979e58001b3e22fb", "-ERR no")]
    {
        check(
            &encrypted(),
            &format!(
                "S: +OK
                 = greeting +OK
                 > CAPA
                 C: CAPA
                 S: +OK
                 S: PIPELINING
                 S: .
                 = reply +OK ..
                 = row PIPELINING
                 = end
                 > USER mrose
                 > {command}
                 > STAT
                 > NOOP
                 C: USER mrose
                 S: +OK
                 = reply +OK
                 C: {command}
                 S: {answer}
                 = reply {answer}
                 C: STAT
                 C: NOOP
                 S: -ERR
                 S: -ERR
                 = reply -ERR
                 = reply -ERR"
            ),
        );
    }
}
