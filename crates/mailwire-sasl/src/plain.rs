use alloc::string::String;

use crate::{
    Error, Secret,
    saslprep::{self, Use},
};

/// `message = [authzid] UTF8NUL authcid UTF8NUL passwd`
/// ([RFC 4616 section 2](https://www.rfc-editor.org/rfc/rfc4616#section-2))
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Message {
    pub(crate) authorization: Option<String>,
    pub(crate) user: String,
    pub(crate) password: Secret,
}

impl Message {
    /// Reads a client's message, and prepares all parts as query strings.
    pub(crate) fn decode(message: &[u8]) -> Result<Self, Error> {
        let text = core::str::from_utf8(message).map_err(|_| Error::malformed("UTF-8"))?;
        let mut parts = text.split('\0');
        let (Some(authorization), Some(user), Some(password), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Error::malformed("[authzid] NUL authcid NUL passwd"));
        };
        Ok(Self {
            authorization: match authorization {
                "" => None,
                name => Some(saslprep::prepare(name, Use::Query)?.into_owned()),
            },
            user: saslprep::prepare(user, Use::Query)?.into_owned(),
            password: saslprep::prepare(password, Use::Query)?.into_owned().into(),
        })
    }
}

/// Writes the message as it is given: preparation is the server's.
pub(crate) fn encode(authorization: &str, user: &str, password: &Secret) -> Secret {
    [authorization.as_bytes(), user.as_bytes(), password.expose()].join(&b"\0"[..]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions() {
        for (wire, authorization, user, password) in [
            (&b"\0tim\0tanstaaftanstaaf"[..], None, "tim", "tanstaaftanstaaf"),
            (b"Ursel\0Kurt\0xipj3plmq", Some("Ursel"), "Kurt", "xipj3plmq"),
            ("\0J\u{fc}rgen\0stra\u{df}e 7".as_bytes(), None, "J\u{fc}rgen", "stra\u{df}e 7"),
        ] {
            let message = Message {
                authorization: authorization.map(String::from),
                user: user.into(),
                password: password.into(),
            };
            assert_eq!(Message::decode(wire), Ok(message), "{}", wire.escape_ascii());
            assert_eq!(encode(authorization.unwrap_or_default(), user, &password.into()).expose(), wire);
        }
    }

    #[test]
    fn all_parts_are_prepared() {
        let message = Message::decode("\u{2168}\0I\u{ad}X\0\u{aa}".as_bytes()).unwrap();
        assert_eq!(message.authorization.as_deref(), Some("IX"));
        assert_eq!(message.user, "IX");
        assert_eq!(message.password, "a".into());
    }

    #[test]
    fn refuses_what_the_grammar_does_not_know() {
        for wire in [
            &b""[..],
            b"\0",
            b"\0\0",
            b"tim",
            b"\0tim",
            b"\0tim\0",
            b"\0\0password",
            b"a\0b\0c\0d",
            b"\0tim\0a\0",
            b"\0\xff\0a",
            b"\0tim\0\xff",
            b"\0ti\rm\0a",
            b"\xc2\xad\0tim\0a",
        ] {
            assert!(Message::decode(wire).is_err(), "{}", wire.escape_ascii());
        }
    }

    #[test]
    fn takes_parts_of_255_octets_and_more() {
        let [long, longer] = [255, 1000].map(|length| "x".repeat(length));
        for part in [long, longer] {
            let message = encode(&part, &part, &Secret::from(&*part));
            assert_eq!(Message::decode(message.expose()).map(|message| message.user), Ok(part));
        }
    }
}
