//! How the client's machine logs in: which way it takes, and what it says to a server that does not play by the rules.

use mailwire::pop3::client::Config;
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
