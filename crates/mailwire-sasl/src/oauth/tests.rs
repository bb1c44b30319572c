use std::format;

use super::*;

fn message(user: Option<&str>, host: Option<&str>, port: Option<u16>, token: &str) -> Message {
    Message { user: user.map(String::from), host: host.map(String::from), port, token: token.into() }
}

const TOKEN: &str = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==";

#[test]
fn bearer_both_directions() {
    for (wire, message) in [
        // RFC 7628 section 4.1.
        (
            format!(
                "n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer {TOKEN}\x01\x01"
            ),
            message(Some("user@example.com"), Some("server.example.com"), Some(143), TOKEN),
        ),
        (format!("n,,\x01auth=Bearer {TOKEN}\x01\x01"), message(None, None, None, TOKEN)),
        (format!("n,a==2C=3D,\x01auth=Bearer {TOKEN}\x01\x01"), message(Some(",="), None, None, TOKEN)),
    ] {
        assert_eq!(Message::decode_bearer(wire.as_bytes()), Ok(message.clone()), "{wire:?}");
        assert_eq!(message.encode_bearer().expose(), wire.as_bytes());
    }
}

#[test]
fn bearer_read_only() {
    for (wire, read) in [
        // Section 4.3: the client asks for the scope.
        (
            "n,a=u,\x01host=server.example.com\x01port=143\x01auth=\x01\x01",
            message(Some("u"), Some("server.example.com"), Some(143), ""),
        ),
        ("y,,\x01auth=bEARER t\x01\x01", message(None, None, None, "t")),
        // "Unknown key/value pairs MUST be ignored by the server."
        ("n,,\x01mthd=POST\x01auth=Bearer t\x01x=\x01\x01", message(None, None, None, "t")),
    ] {
        assert_eq!(Message::decode_bearer(wire.as_bytes()), Ok(read), "{wire:?}");
    }
}

#[test]
fn bearer_refuses_what_the_grammar_does_not_know() {
    for wire in [
        "",
        "\x01",
        "n,,",
        "n,,\x01",
        "n,,\x01\x01",
        "n,,auth=Bearer t\x01\x01",
        "n,,\x01auth=Bearer t\x01",
        "n,,\x01auth=Bearer t",
        "n,,\x01auth=Bearer t\x01\x01\x01",
        "n,,\x01auth=Bearer t\x01\x01x=y\x01\x01",
        "n,,\x01auth=Bearer\x01\x01",
        "n,,\x01auth=Bearer \x01\x01",
        "n,,\x01auth=Basic t\x01\x01",
        "n,,\x01auth=Bearer t u\x01\x01",
        "n,,\x01auth=Bearer t\0\x01\x01",
        "n,,\x01auth=Bearer t\r\n\x01\x01",
        "n,,\x01auth=Bearer t\x01auth=Bearer u\x01\x01",
        "n,,\x01auth=Bearer t\x01AUTH=Bearer u\x01\x01",
        "n,,\x01auth=Bearer t\x01=x\x01\x01",
        "n,,\x01auth=Bearer t\x01a-b=x\x01\x01",
        "n,,\x01auth=Bearer t\x01x\x01\x01",
        "n,,\x01port=0\x01auth=Bearer t\x01\x01",
        "n,,\x01port=0143\x01auth=Bearer t\x01\x01",
        "n,,\x01port=+143\x01auth=Bearer t\x01\x01",
        "n,,\x01port=65536\x01auth=Bearer t\x01\x01",
        "n,,\x01port=\x01auth=Bearer t\x01\x01",
        "p=tls-exporter,,\x01auth=Bearer t\x01\x01",
        "n,user=u,\x01auth=Bearer t\x01\x01",
        "n,a=,\x01auth=Bearer t\x01\x01",
        "n,a=\u{7},\x01auth=Bearer t\x01\x01",
    ] {
        assert!(Message::decode_bearer(wire.as_bytes()).is_err(), "{wire:?}");
    }
    assert!(Message::decode_bearer(b"n,,\x01auth=Bearer \xff\x01\x01").is_err());
}

#[test]
fn keys_are_bounded() {
    let wire = |keys: usize| {
        let keys: String = (1..keys).map(|length| format!("{}=\x01", "k".repeat(length))).collect();
        format!("n,,\x01{keys}auth=Bearer t\x01\x01")
    };
    assert!(Message::decode_bearer(wire(MAX_PAIRS).as_bytes()).is_ok());
    assert!(Message::decode_bearer(wire(MAX_PAIRS + 1).as_bytes()).is_err());
}

#[test]
fn xoauth2_both_directions() {
    let wire = format!("user=someuser@example.com\x01auth=Bearer {TOKEN}\x01\x01");
    let message = message(Some("someuser@example.com"), None, None, TOKEN);
    assert_eq!(Message::decode_xoauth2(wire.as_bytes()), Ok(message.clone()));
    assert_eq!(message.encode_xoauth2().expose(), wire.as_bytes());
    for wire in [
        "",
        "\x01",
        "user=u\x01\x01",
        "auth=Bearer t\x01\x01",
        "user=\x01auth=Bearer t\x01\x01",
        "user=u\x01auth=Bearer t\x01",
    ] {
        assert!(Message::decode_xoauth2(wire.as_bytes()).is_err(), "{wire:?}");
    }
}

#[test]
fn errors_are_read_as_far_as_they_can_be() {
    let some = |text: &str| Some(String::from(text));
    for (challenge, status, schemes, scope) in [
        // RFC 7628 section 4.4.
        (
            r#"{"status":"invalid_token","schemes":"bearer mac","scope":"https://mail.example.com/"}"#,
            some("invalid_token"),
            some("bearer mac"),
            some("https://mail.example.com/"),
        ),
        (r#"{ "status" : 401 , "scope" : null }"#, some("401"), None, None),
        (r#"{"x":{"status":"inner"},"y":["status",":"],"status":"outer"}"#, some("outer"), None, None),
        (r#"{"x":"status","status":"\u0041\"\\\/\n\ud800"}"#, some("A\"\\/\n\u{fffd}"), None, None),
        (r#"{"status":"400","#, some("400"), None, None),
        (r#"{"status":"400"#, None, None, None),
        (r#"{"status":{"a":1}}"#, None, None, None),
        (r#"{"status" "400"}"#, None, None, None),
        (r#"}{"status":"400"}"#, None, None, None),
        (r#""status":"400""#, None, None, None),
        (r#"{"status":"\u12"#, None, None, None),
        ("", None, None, None),
        ("Invalid token", None, None, None),
    ] {
        let error = OAuthError::decode(challenge.as_bytes());
        assert_eq!((error.status, error.schemes, error.scope), (status, schemes, scope), "{challenge}");
        assert_eq!(error.raw, challenge);
    }
    let url = "https://example.com/.well-known/openid-config";
    let error = OAuthError::decode(format!(r#"{{"openid-configuration":"{url}"}}"#).as_bytes());
    assert_eq!(error.openid_configuration.as_deref(), Some(url));
    assert_eq!(OAuthError::decode(b"\xff").raw, "\u{fffd}");
}
