use alloc::{boxed::Box, string::String};
use core::fmt;

/// Octets that do not follow the grammar: which rule failed, at which octet, and what stood there.
///
/// An error about a command that carries a secret (`PASS`, `APOP`, `AUTH`) shows its keyword alone.
#[derive(Clone, Eq, PartialEq, thiserror::Error)]
#[error("{rule} expected at octet {offset} of \"{}\"", excerpt.escape_ascii())]
pub struct ParseError {
    rule: &'static str,
    offset: usize,
    excerpt: Box<[u8]>,
}

impl ParseError {
    pub(crate) fn new(rule: &'static str, offset: usize, line: &[u8]) -> Self {
        Self { rule, offset, excerpt: line.get(..MAX_EXCERPT).unwrap_or(line).into() }
    }

    /// The ABNF rule that could not be read.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Where in the line the rule should have matched, in octets from its start.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The line, without its line end, or its first 256 octets.
    pub fn octets(&self) -> &[u8] {
        &self.excerpt
    }

    /// The line in printable ASCII.
    pub fn escaped(&self) -> String {
        use alloc::string::ToString as _;
        self.excerpt.escape_ascii().to_string()
    }

    pub(crate) fn redacted(mut self, keyword_length: usize) -> Self {
        let shown = self.excerpt.get(..keyword_length).unwrap_or_default();
        self.excerpt = [shown, b" ..."].concat().into();
        self
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParseError({self})")
    }
}

const MAX_EXCERPT: usize = 256;
