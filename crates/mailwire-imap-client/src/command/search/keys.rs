//! What a server has to announce for the keys of a search.

use mailwire_imap::Search;

use crate::{Server, Unsupported, search_keys};

/// Whether the server knows all keys.
pub(crate) fn require_keys(search: &Search, server: &Server) -> Result<(), Unsupported> {
    let mut result = Ok(());
    search_keys::any(search, |key| {
        result = capability(key).map_or(Ok(()), |capability| server.require(capability));
        result.is_err()
    });
    result
}

/// Whether something need not fit exactly, so that there is relevancy to tell.
pub(crate) fn has_fuzzy(search: &Search) -> bool {
    search_keys::any(search, |key| matches!(key, Search::Fuzzy(_)))
}

fn capability(key: &Search) -> Option<&'static str> {
    Some(match key {
        Search::Annotation(_) => "ANNOTATE-EXPERIMENT-1",
        Search::EmailId(_) | Search::ThreadId(_) => "OBJECTID",
        Search::Filter(_) => "FILTERS",
        Search::Fuzzy(_) => "SEARCH=FUZZY",
        Search::GmailLabels(_)
        | Search::GmailMessageId(_)
        | Search::GmailRaw(_)
        | Search::GmailThreadId(_) => "X-GM-EXT-1",
        Search::ModSeq(_) => "CONDSTORE",
        Search::Older(_) | Search::Younger(_) => "WITHIN",
        Search::SaveDateSupported | Search::SavedBefore(_) | Search::SavedOn(_) | Search::SavedSince(_) => {
            "SAVEDATE"
        }
        Search::Saved => "SEARCHRES",
        _ => return None,
    })
}
