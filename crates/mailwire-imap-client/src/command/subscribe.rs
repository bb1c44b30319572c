//! SUBSCRIBE and UNSUBSCRIBE: which names are in the user's list.

use mailwire_imap::{Mailbox, command::Body};

use crate::{Command, Server, Unsupported};

/// `SUBSCRIBE` ([RFC 9051 section 6.3.7](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.7)).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Subscribe {
    /// Which name.
    pub mailbox: Mailbox,
}

impl Subscribe {
    /// This name.
    pub fn new(mailbox: impl Into<Mailbox>) -> Self {
        Self { mailbox: mailbox.into() }
    }
}

impl Command for Subscribe {
    type Output = ();

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Subscribe(self.mailbox.clone()))
    }
}

/// `UNSUBSCRIBE` ([RFC 9051 section 6.3.8](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.8)).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unsubscribe {
    /// Which name.
    pub mailbox: Mailbox,
}

impl Unsubscribe {
    /// This name.
    pub fn new(mailbox: impl Into<Mailbox>) -> Self {
        Self { mailbox: mailbox.into() }
    }
}

impl Command for Unsubscribe {
    type Output = ();

    fn body(&self, _: &Server) -> Result<Body, Unsupported> {
        Ok(Body::Unsubscribe(self.mailbox.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::dialogue::{answer, written};

    #[test]
    fn subscriptions() {
        assert_eq!(written(&Subscribe::new("#news.a"), "").as_deref(), Ok("SUBSCRIBE #news.a"));
        assert_eq!(written(&Unsubscribe::new("inbox"), "").as_deref(), Ok("UNSUBSCRIBE INBOX"));
        let lines = [r#"* LIST (\Subscribed) "/" a"#];
        assert_eq!(answer(&Subscribe::new("a"), &lines).1, lines, "news, if it comes");
        assert_eq!(answer(&Unsubscribe::new("a"), &lines).1, lines);
    }
}
