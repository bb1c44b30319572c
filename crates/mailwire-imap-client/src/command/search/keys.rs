//! What a server has to announce for the keys of a search.

use alloc::vec;

use mailwire_imap::Search;

use crate::{Server, Unsupported};

/// Whether the server knows all keys.
pub(crate) fn require_keys(search: &Search, server: &Server) -> Result<(), Unsupported> {
    let mut keys = vec![search];
    while let Some(key) = keys.pop() {
        if let Some(capability) = capability(key) {
            server.require(capability)?;
        }
        match key {
            Search::And(all) => keys.extend(all),
            Search::Fuzzy(inner) | Search::Not(inner) => keys.push(inner),
            Search::Or(one, other) => keys.extend([&**one, &**other]),
            _ => {}
        }
    }
    Ok(())
}

/// Whether something need not fit exactly, so that there is relevancy to tell.
pub(crate) fn has_fuzzy(search: &Search) -> bool {
    let mut keys = vec![search];
    while let Some(key) = keys.pop() {
        match key {
            Search::Fuzzy(_) => return true,
            Search::And(all) => keys.extend(all),
            Search::Not(inner) => keys.push(inner),
            Search::Or(one, other) => keys.extend([&**one, &**other]),
            _ => {}
        }
    }
    false
}

fn capability(key: &Search) -> Option<&'static str> {
    Some(match key {
        Search::Annotation { .. } => "ANNOTATE-EXPERIMENT-1",
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
