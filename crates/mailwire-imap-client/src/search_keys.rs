//! The keys of a search, those in others included.

use alloc::vec;

use mailwire_imap::Search;

/// Whether one of the keys is such a one.
pub(crate) fn any(search: &Search, mut is: impl FnMut(&Search) -> bool) -> bool {
    let mut waiting = vec![search];
    while let Some(key) = waiting.pop() {
        if is(key) {
            return true;
        }
        match key {
            Search::And(all) => waiting.extend(all),
            Search::Fuzzy(inner) | Search::Not(inner) => waiting.push(inner),
            Search::Or(one, other) => waiting.extend([&**one, &**other]),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_wherever_they_are() {
        let is_seen = |key: &Search| *key == Search::Seen;
        for (text, expected) in [
            ("SEEN", true),
            ("ALL", false),
            ("DRAFT SEEN", true),
            ("NOT SEEN", true),
            ("FUZZY (DRAFT SEEN)", true),
            ("OR DRAFT (OR NOT SEEN ALL)", true),
            ("OR DRAFT (OR NOT UNSEEN ALL)", false),
        ] {
            assert_eq!(any(&text.parse().unwrap(), is_seen), expected, "{text}");
        }
    }
}
