//! Messages that have what is looked for.

use mailwire_imap::{Code, Search as Key, UidSet};

use crate::{
    CommandError, Execute,
    command::{Found, Naming, Search},
};

/// The UIDs of what is found, all of it for sure.
pub(super) async fn search<E: Execute + ?Sized>(session: &mut E, keys: Key) -> Result<UidSet, E::Error> {
    let found = search_with(session, Search::uid(keys)).await?;
    if found.unreadable.is_empty() { Ok(found.all) } else { Err(CommandError::Doubtful.into()) }
}

/// A search, once more where another form of it may do.
pub(super) async fn search_with<E: Execute + ?Sized, N: Naming>(
    session: &mut E,
    search: Search<N>,
) -> Result<Found<N>, E::Error> {
    let error = match session.run(search.clone()).await {
        Ok(found) => return Ok(found),
        Err(error) => error,
    };
    let again = E::command_error(&error).and_then(|refused| simpler(search, refused));
    match again {
        Some(search) => session.run(search).await,
        None => Err(error),
    }
}

/// The same search in a form that a server may know which refused it.
fn simpler<N: Naming>(mut search: Search<N>, refused: &CommandError) -> Option<Search<N>> {
    if is_charset_unknown(refused) && search.charset.is_some() && !search.keys.needs_charset() {
        search.charset = None;
        return Some(search);
    }
    // Some announce ESEARCH and do not know it.
    let may_be_plain = refused.is_bad() && !search.is_plain && !search.returns.needs_extension();
    may_be_plain.then(|| search.plain())
}

/// Whether the server does not know the charset of the texts.
pub(super) fn is_charset_unknown(refused: &CommandError) -> bool {
    matches!(refused.code(), Some(Code::BadCharset(_)))
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use mailwire_imap::SeqNum;

    use super::*;
    use crate::{Session as _, command::FoundBy, session::script::Script};

    #[test]
    fn one_command_where_the_server_can() {
        let steps: &[(&str, &[&str])] =
            &[("UID SEARCH RETURN (ALL) UNSEEN", &["* ESEARCH (TAG \"%\") UID ALL 2:3,9", "% OK done"])];
        let mut script = Script::new("IMAP4rev2", steps);
        let found = script.play(async |script| script.search(Key::unseen()).await).unwrap();
        assert_eq!(found.to_string(), "2:3,9");
        let steps: &[(&str, &[&str])] = &[("SEARCH UNSEEN", &["* SEARCH 2 3 9", "% OK done"])];
        let mut script = Script::new("IMAP4rev1", steps);
        let search = Search::sequence(Key::unseen()).count();
        let found = script.play(async |script| script.search_with(search).await).unwrap();
        assert_eq!((found.count, found.min, found.by), (Some(3), SeqNum::new(2), FoundBy::Search));
        assert!(script.events.is_empty());
    }

    #[test]
    fn another_form_may_do() {
        // A charset that is not needed.
        let steps: &[(&str, &[&str])] = &[
            ("UID SEARCH CHARSET UTF-8 SUBJECT for", &["% NO [BADCHARSET (US-ASCII)] no"]),
            ("UID SEARCH SUBJECT for", &["* SEARCH 9", "% OK done"]),
        ];
        let mut script = Script::new("IMAP4rev1", steps);
        let search = Search::uid(Key::subject("for")).with_charset("UTF-8");
        let found = script.play(async |script| script.search_with(search).await).unwrap();
        assert_eq!(found.all.to_string(), "9");
        // ESEARCH that is announced and not known.
        let steps: &[(&str, &[&str])] = &[
            ("UID SEARCH RETURN (ALL) UNSEEN", &["% BAD RETURN?"]),
            ("UID SEARCH UNSEEN", &["* SEARCH 9", "% OK done"]),
        ];
        let mut script = Script::new("IMAP4rev1 ESEARCH", steps);
        let found = script.play(async |script| script.search(Key::unseen()).await).unwrap();
        assert_eq!(found.to_string(), "9");
    }

    #[test]
    fn what_no_form_does_is_an_error() {
        let line = "UID SEARCH CHARSET UTF-8 SUBJECT {4}\r\nfür";
        let steps: &[(&str, &[&str])] = &[(line, &["% NO [BADCHARSET (US-ASCII)] no"])];
        let mut script = Script::new("IMAP4rev1", steps);
        let error = script.play(async |script| script.search(Key::subject("für")).await).unwrap_err();
        assert_eq!(error.code(), Some(&Code::BadCharset(["US-ASCII".into()].into())));
        let steps: &[(&str, &[&str])] = &[("UID SEARCH RETURN (SAVE) UNSEEN", &["% NO [NOTSAVED] no"])];
        let mut script = Script::new("IMAP4rev2", steps);
        let search = Search::uid(Key::unseen()).save();
        let error = script.play(async |script| script.search_with(search).await).unwrap_err();
        assert_eq!(error.code(), Some(&Code::NotSaved));
        let mut script = Script::new("IMAP4rev2", &[]);
        let error = script.play(async |script| script.search(Key::gmail_raw("x")).await).unwrap_err();
        assert!(matches!(error, CommandError::Unsupported(_)));
        // Half an answer is none.
        let steps: &[(&str, &[&str])] = &[("UID SEARCH UNSEEN", &["* SEARCH 1 2 x", "% OK done"])];
        let mut script = Script::new("IMAP4rev1", steps);
        let error = script.play(async |script| script.search(Key::unseen()).await).unwrap_err();
        assert_eq!(error, CommandError::Doubtful);
    }
}
