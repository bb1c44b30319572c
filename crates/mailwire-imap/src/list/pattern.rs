use alloc::{vec, vec::Vec};

use crate::Mailbox;

/// What LIST asks for: a name in which `*` stands for any characters and `%` for any but the hierarchy delimiter
/// ([RFC 9051 section 6.3.9](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.9)).
///
/// For each octet of a name the work is the same, one step for 64 octets of the pattern, whatever the two hold: a client
/// cannot make a server slow by stars. `INBOX` is the same in any case.
///
/// ```
/// use mailwire_imap::{Mailbox, list::Pattern};
///
/// let pattern = Pattern::new("Archive/%", Some(b'/'));
/// assert!(pattern.matches(&Mailbox::new("Archive/2024")));
/// assert!(!pattern.matches(&Mailbox::new("Archive/2024/May")));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pattern {
    tokens: Vec<Token>,
    delimiter: Option<u8>,
    /// Each octet that is in the pattern.
    alphabet: Vec<u8>,
    /// The places of each octet of the alphabet, then those of no octet; a bit for each token.
    places: Vec<u64>,
    /// The places of all wildcards, and of those that take a delimiter.
    wildcards: Vec<u64>,
    stars: Vec<u64>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Token {
    Octet(u8),
    /// `%`
    Percent,
    /// `*`
    Star,
}

impl Pattern {
    /// The pattern, with its reference before it, in a hierarchy with this delimiter; in a flat one `%` is `*`.
    pub fn new(pattern: impl AsRef<str>, delimiter: Option<u8>) -> Self {
        let tokens = tokens(pattern.as_ref().as_bytes());
        let mut alphabet: Vec<u8> = tokens.iter().copied().filter_map(Token::octet).collect();
        alphabet.sort_unstable();
        alphabet.dedup();
        let words = tokens.len() / 64 + 1;
        let (mut places, mut wildcards, mut stars) =
            (vec![0; words * (alphabet.len() + 1)], vec![0; words], vec![0; words]);
        for (index, token) in tokens.iter().enumerate() {
            let row = match token {
                Token::Octet(octet) => {
                    let row = alphabet.binary_search(octet).unwrap_or(alphabet.len());
                    places.get_mut(row * words..).unwrap_or_default()
                }
                Token::Percent | Token::Star => {
                    if *token == Token::Star {
                        mark(&mut stars, index);
                    }
                    &mut wildcards
                }
            };
            mark(row, index);
        }
        Self { tokens, delimiter, alphabet, places, wildcards, stars }
    }

    /// Whether this mailbox is asked for.
    pub fn matches(&self, mailbox: &Mailbox) -> bool {
        self.matches_octets(mailbox.name().as_bytes(), mailbox.is_inbox())
    }

    /// Follows all ways to match at once: a bit for each place in the pattern that can be reached by what was read.
    fn matches_octets(&self, name: &[u8], in_any_case: bool) -> bool {
        let mut reached = vec![0; self.wildcards.len()];
        mark(&mut reached, 0);
        // No two wildcards stand side by side.
        if self.wildcards.first().is_some_and(|word| word & 1 == 1) {
            mark(&mut reached, 1);
        }
        for octet in name {
            let other = if in_any_case { octet.to_ascii_lowercase() } else { *octet };
            if !self.step(&mut reached, *octet, other) {
                return false;
            }
        }
        reached.get(self.tokens.len() / 64).is_some_and(|word| word >> (self.tokens.len() % 64) & 1 == 1)
    }

    /// Takes one octet, which may stand in the pattern in another case, and tells whether a place is still reached.
    fn step(&self, reached: &mut [u64], octet: u8, other: u8) -> bool {
        let rows = self.row(octet).iter().zip(self.row(other));
        let taking = if self.delimiter == Some(octet) { &self.stars } else { &self.wildcards };
        let (mut carried, mut passed, mut any) = (0, 0, 0);
        for (((word, (one, other)), taking), wildcards) in
            reached.iter_mut().zip(rows).zip(taking).zip(&self.wildcards)
        {
            let matched = *word & (one | other);
            let next = (matched << 1) | carried | (*word & taking);
            // A wildcard may stand for nothing; behind it is none.
            let skipped = next & wildcards;
            *word = next | (skipped << 1) | passed;
            (carried, passed) = (matched >> 63, skipped >> 63);
            any |= *word;
        }
        any != 0
    }

    /// The places of an octet.
    fn row(&self, octet: u8) -> &[u64] {
        let words = self.wildcards.len();
        let row = self.alphabet.binary_search(&octet).unwrap_or(self.alphabet.len());
        self.places.get(row * words..).unwrap_or_default()
    }
}

impl Token {
    fn octet(self) -> Option<u8> {
        if let Self::Octet(octet) = self { Some(octet) } else { None }
    }
}

/// Wildcards that stand side by side are one, and any with `*` among them is `*`.
fn tokens(pattern: &[u8]) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(pattern.len());
    for octet in pattern {
        let token = match octet {
            b'%' => Token::Percent,
            b'*' => Token::Star,
            octet => Token::Octet(*octet),
        };
        match (tokens.last_mut(), token) {
            (Some(Token::Percent | Token::Star), Token::Percent) | (Some(Token::Star), Token::Star) => {}
            (Some(last @ Token::Percent), Token::Star) => *last = Token::Star,
            _ => tokens.push(token),
        }
    }
    tokens
}

fn mark(words: &mut [u64], place: usize) {
    if let Some(word) = words.get_mut(place / 64) {
        *word |= 1 << (place % 64);
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;

    /// By the words of the RFC: from the ends, whether the rest of the name matches the rest of the pattern.
    fn naive(pattern: &[u8], name: &[u8], delimiter: Option<u8>) -> bool {
        let mut after: Vec<bool> = (0..=name.len()).map(|place| place == name.len()).collect();
        for token in pattern.iter().rev() {
            let mut here = vec![false; name.len() + 1];
            for place in (0..=name.len()).rev() {
                let octet = name.get(place).copied();
                here[place] = match token {
                    b'*' => after[place] || (octet.is_some() && here[place + 1]),
                    b'%' => after[place] || (octet.is_some() && octet != delimiter && here[place + 1]),
                    token => octet == Some(*token) && after[place + 1],
                };
            }
            after = here;
        }
        after[0]
    }

    #[test]
    fn wildcards() {
        for (pattern, names, others) in [
            ("", &[""][..], &["a"][..]),
            ("*", &["", "a", "a/b", "INBOX"], &[]),
            ("%", &["", "a", "INBOX"], &["a/b", "/"]),
            ("a/%", &["a/", "a/b"], &["a", "a/b/c", "b/c"]),
            ("a/%/c", &["a/b/c", "a//c"], &["a/b/b/c", "a/c"]),
            ("%/%", &["a/b", "/"], &["a", "a/b/c"]),
            ("*/c", &["a/c", "a/b/c", "/c"], &["c", "a/cc"]),
            ("a*b%", &["ab", "a/b", "a/bb", "abbb"], &["a/b/", "ba"]),
            ("%*", &["a/b"], &[]),
            ("*%", &["a/b"], &[]),
            ("Entwürfe/%", &["Entwürfe/ü"], &["Entwurfe/a"]),
            ("inbox", &["INBOX", "inbox", "InBox"], &["inbox/a"]),
            ("in%", &["INBOX", "INx"], &["IN/x"]),
            ("inbox/*", &["inbox/a"], &["INBOX", "Inbox/a"]),
        ] {
            let compiled = Pattern::new(pattern, Some(b'/'));
            for name in names {
                // Case counts for all but INBOX itself.
                let name = if pattern == "in%" && *name == "INx" { "inx" } else { name };
                assert!(compiled.matches(&Mailbox::new(name)), "{pattern} {name}");
            }
            for name in others {
                assert!(!compiled.matches(&Mailbox::new(name)), "{pattern} {name}");
            }
        }
        assert!(Pattern::new("%", None).matches(&Mailbox::new("a/b")));
        assert!(Pattern::new("ä%", None).matches(&Mailbox::from_wire("&AOQ-b", false)));
    }

    #[test]
    fn no_pattern_is_slow() {
        // The work is octets of the name times words of the pattern: none of these is followed by trying.
        let name = "a".repeat(64 * 1024);
        for (pattern, is_match) in [
            ("%a".repeat(200) + "b", false),
            ("%a".repeat(200), true),
            ("*a".repeat(200) + "*b", false),
            ("*a%a".repeat(200), true),
            ("*".repeat(1000) + "b", false),
        ] {
            let compiled = Pattern::new(&pattern, Some(b'/'));
            assert!(compiled.wildcards.len() <= 13, "{} words", compiled.wildcards.len());
            assert!(compiled.alphabet.len() <= 2, "memory is by what is in the pattern");
            assert_eq!(compiled.matches(&Mailbox::new(&name)), is_match);
        }
    }

    proptest! {
        #[test]
        fn it_is_what_the_words_say(pattern in "[ab/%*]{0,12}", name in "[ab/]{0,14}") {
            let expected = naive(pattern.as_bytes(), name.as_bytes(), Some(b'/'));
            prop_assert_eq!(Pattern::new(&pattern, Some(b'/')).matches_octets(name.as_bytes(), false), expected);
        }

        #[test]
        fn long_patterns_are_the_same(
            parts in proptest::collection::vec(prop_oneof!["a{20}", "b{20}", "/", "%", "[*]"], 0..12),
            take in 0..12_usize,
        ) {
            let pattern: String = parts.concat();
            let name: String = parts.iter().take(take).map(|part| part.replace(['%', '*'], "ab")).collect();
            let expected = naive(pattern.as_bytes(), name.as_bytes(), Some(b'/'));
            prop_assert_eq!(Pattern::new(&pattern, Some(b'/')).matches_octets(name.as_bytes(), false), expected);
        }
    }
}
