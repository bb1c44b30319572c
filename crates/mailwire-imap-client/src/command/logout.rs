//! LOGOUT and UNAUTHENTICATE: leaving the account.

use mailwire_imap::command::Body;

use crate::{Command, Server, Unsupported};

/// `LOGOUT` ([RFC 9051 section 6.1.3](https://www.rfc-editor.org/rfc/rfc9051#section-6.1.3)): ends the session.
///
/// It ends well also if the server says BYE and closes without a completion.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Logout;

impl Command for Logout {
    type Output = ();

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Logout)
    }
}

/// `UNAUTHENTICATE` ([RFC 8437](https://www.rfc-editor.org/rfc/rfc8437)): the session goes on as if nobody had logged in,
/// for another user. Nothing is selected, enabled or compressed any more.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Unauthenticate;

impl Command for Unauthenticate {
    type Output = ();

    fn body(&self, server: &Server) -> Result<Body, Unsupported> {
        server.require("UNAUTHENTICATE")?;
        Ok(Body::Unauthenticate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{lacks, written};

    #[test]
    fn logout_and_unauthenticate() {
        assert_eq!(written(&Logout, "").as_deref(), Ok("LOGOUT"));
        assert_eq!(written(&Unauthenticate, "UNAUTHENTICATE").as_deref(), Ok("UNAUTHENTICATE"));
        assert_eq!(written(&Unauthenticate, ""), lacks("UNAUTHENTICATE"));
    }
}
