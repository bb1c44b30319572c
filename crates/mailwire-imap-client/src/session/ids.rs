//! Ids that messages keep in all mailboxes: OBJECTID, or those of Gmail.

use alloc::{string::ToString as _, vec::Vec};

use crate::{
    CommandError, Execute, Unsupported,
    codec::{Octets, command::Messages},
    command::{
        Fetch,
        fetch::{EmailId, GmailMessageId, GmailThreadId, Row, ThreadId},
    },
};

/// What [`Session::ids`](crate::Session::ids) brings of each message.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct MessageIds {
    /// The same for all copies of the message in the account.
    pub email: Option<Octets>,
    /// The same for all messages of the conversation.
    pub thread: Option<Octets>,
    /// Whether they are those of Gmail (`X-GM-MSGID`, `X-GM-THRID`, in digits), and not those of
    /// [RFC 8474](https://www.rfc-editor.org/rfc/rfc8474).
    pub is_gmail: bool,
}

pub(super) async fn ids<E: Execute + ?Sized>(
    session: &mut E,
    messages: Messages,
) -> Result<Vec<Row<MessageIds>>, E::Error> {
    let server = session.server().await?;
    if server.has("OBJECTID") {
        let fetched = session.run(Fetch::new(messages, (EmailId, ThreadId))).await?;
        let ids = |(email, thread)| MessageIds { email, thread, is_gmail: false };
        return Ok(fetched.rows.into_iter().map(|row| row.map(ids)).collect());
    }
    if server.has("X-GM-EXT-1") {
        let fetched = session.run(Fetch::new(messages, (GmailMessageId, GmailThreadId))).await?;
        let digits = |id: Option<u64>| id.map(|id| Octets::from(id.to_string()));
        let ids =
            |(email, thread)| MessageIds { email: digits(email), thread: digits(thread), is_gmail: true };
        return Ok(fetched.rows.into_iter().map(|row| row.map(ids)).collect());
    }
    Err(CommandError::from(Unsupported { capability: "OBJECTID" }).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Session as _, codec::UidSet, session::script::Script};

    fn ids(words: &str, steps: &[(&str, &[&str])]) -> Result<Vec<Row<MessageIds>>, CommandError> {
        Script::new(words, steps).play(async |session| session.ids(UidSet::all()).await)
    }

    #[test]
    fn of_three_kinds_of_servers() {
        let answer = ["* 1 FETCH (UID 7 EMAILID (M6d) THREADID NIL)", "% OK done"];
        let rows = ids("IMAP4rev1 OBJECTID X-GM-EXT-1", &[("UID FETCH 1:* (UID EMAILID THREADID)", &answer)])
            .unwrap();
        assert_eq!(rows[0].items, MessageIds { email: Some("M6d".into()), thread: None, is_gmail: false });
        let answer =
            ["* 1 FETCH (UID 7 X-GM-MSGID 1278455344230334865 X-GM-THRID 1266894439832287888)", "% OK done"];
        let rows =
            ids("IMAP4rev1 X-GM-EXT-1", &[("UID FETCH 1:* (UID X-GM-MSGID X-GM-THRID)", &answer)]).unwrap();
        assert_eq!(
            (rows[0].items.email.as_ref().unwrap(), rows[0].items.is_gmail),
            (&"1278455344230334865".into(), true)
        );
        assert_eq!(ids("IMAP4rev1", &[]), Err(Unsupported { capability: "OBJECTID" }.into()));
    }
}
