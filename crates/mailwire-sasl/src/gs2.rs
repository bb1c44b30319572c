//! The GS2 header in front of SCRAM and OAUTHBEARER messages
//! ([RFC 5801 section 4](https://www.rfc-editor.org/rfc/rfc5801#section-4)).

use alloc::string::String;

use crate::Error;

/// `gs2-header = gs2-cbind-flag "," [ authzid ] ","`
/// ([RFC 5802 section 7](https://www.rfc-editor.org/rfc/rfc5802#section-7))
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Header {
    pub(crate) flag: Flag,
    pub(crate) authorization: Option<String>,
}

impl Header {
    /// Reads the header at the front of `message`, and returns what follows it.
    pub(crate) fn decode(message: &str) -> Result<(Self, &str), Error> {
        let (flag, rest) = message.split_once(',').ok_or(MALFORMED)?;
        let (authorization, rest) = rest.split_once(',').ok_or(MALFORMED)?;
        let authorization = match authorization.strip_prefix("a=") {
            Some(name) => Some(decode_name(name)?),
            None if authorization.is_empty() => None,
            None => return Err(MALFORMED),
        };
        Ok((Self { flag: Flag::decode(flag)?, authorization }, rest))
    }

    pub(crate) fn encode(&self) -> String {
        let mut out = String::new();
        match &self.flag {
            Flag::Bound(name) => {
                out.push_str("p=");
                out.push_str(name);
            }
            Flag::NotOffered => out.push('y'),
            Flag::Unsupported => out.push('n'),
        }
        out.push(',');
        if let Some(authorization) = &self.authorization {
            out.push_str("a=");
            encode_name(authorization, &mut out);
        }
        out.push(',');
        out
    }
}

/// `gs2-cbind-flag = ("p=" cb-name) / "n" / "y"`
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Flag {
    /// `p`: the client binds to the channel, in this way.
    Bound(String),
    /// `y`: the client could, but believes that the server cannot.
    NotOffered,
    /// `n`: the client cannot.
    Unsupported,
}

impl Flag {
    fn decode(text: &str) -> Result<Self, Error> {
        match text {
            "n" => Ok(Self::Unsupported),
            "y" => Ok(Self::NotOffered),
            _ => text
                .strip_prefix("p=")
                .filter(|name| is_cb_name(name))
                .map(|name| Self::Bound(name.into()))
                .ok_or(MALFORMED),
        }
    }
}

/// `saslname = 1*(value-safe-char / "=2C" / "=3D")`
pub(crate) fn decode_name(text: &str) -> Result<String, Error> {
    let error = Error::malformed("saslname");
    if text.is_empty() || text.contains(['\0', ',']) {
        return Err(error);
    }
    let mut parts = text.split('=');
    let mut name = String::from(parts.next().unwrap_or_default());
    for part in parts {
        // "If the server receives a username that contains '=' not followed by either '2C' or '3D', then the server
        // MUST fail the authentication."
        if let Some(rest) = part.strip_prefix("2C") {
            name.push(',');
            name.push_str(rest);
        } else if let Some(rest) = part.strip_prefix("3D") {
            name.push('=');
            name.push_str(rest);
        } else {
            return Err(error);
        }
    }
    Ok(name)
}

/// The reverse of [`decode_name`]: "the characters ',' or '=' in usernames are sent as '=2C' and '=3D'".
pub(crate) fn encode_name(name: &str, out: &mut String) {
    for c in name.chars() {
        match c {
            ',' => out.push_str("=2C"),
            '=' => out.push_str("=3D"),
            _ => out.push(c),
        }
    }
}

/// `cb-name = 1*(ALPHA / DIGIT / "." / "-")`
fn is_cb_name(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'.' | b'-'))
}

const MALFORMED: Error = Error::malformed("gs2-header");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions() {
        for (wire, flag, authorization) in [
            ("n,,", Flag::Unsupported, None),
            ("y,,", Flag::NotOffered, None),
            ("p=tls-exporter,,", Flag::Bound("tls-exporter".into()), None),
            ("n,a=ann,", Flag::Unsupported, Some("ann")),
            ("n,a==2C=3D=3D2C,", Flag::Unsupported, Some(",==2C")),
        ] {
            let header = Header { flag, authorization: authorization.map(String::from) };
            assert_eq!(Header::decode(wire), Ok((header.clone(), "")), "{wire}");
            assert_eq!(header.encode(), wire);
        }
    }

    #[test]
    fn refuses_what_the_grammar_does_not_know() {
        for wire in [
            "",
            "n",
            "n,",
            "N,,",
            "x,,",
            "p,,",
            "p=,,",
            "p=tls_unique,,",
            "n,ann,",
            "n,a=,",
            "n,n=ann,",
            "n,a=a\0b,",
            "n,a=a=b,",
            "n,a=a=2c,",
            "n,a=a=3d,",
            "n,a=a=,",
            "n,a=a=2",
            " n,,",
            ",,",
        ] {
            assert!(Header::decode(wire).is_err(), "{wire:?}");
        }
    }
}
