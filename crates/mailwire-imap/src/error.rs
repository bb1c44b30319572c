use alloc::{borrow::Cow, boxed::Box, string::String};
use core::fmt;

/// Octets that do not follow the grammar: which rule failed, at which octet, and what stood there.
///
/// An error about a command that carries a secret (`LOGIN`, `AUTHENTICATE`) shows its keyword alone.
#[derive(Clone, Eq, PartialEq, thiserror::Error)]
#[error("{} expected at octet {} of \"{}\"", self.rule(), self.offset(), self.octets().escape_ascii())]
pub struct ParseError(Box<Inner>);

#[derive(Clone, Eq, PartialEq)]
struct Inner {
    rule: Cow<'static, str>,
    offset: usize,
    excerpt_start: usize,
    excerpt: Box<[u8]>,
}

impl ParseError {
    /// The excerpt is what stands around `offset`.
    pub(crate) fn new(rule: &'static str, offset: usize, frame: &[u8]) -> Self {
        let excerpt_start = if frame.len() <= MAX_EXCERPT {
            0
        } else {
            offset.saturating_sub(MAX_EXCERPT / 2).min(frame.len())
        };
        let rest = frame.get(excerpt_start..).unwrap_or_default();
        let excerpt = rest.get(..MAX_EXCERPT).unwrap_or(rest).into();
        Self(Box::new(Inner { rule: Cow::Borrowed(rule), offset, excerpt_start, excerpt }))
    }

    #[cfg(feature = "serde")]
    pub(crate) fn from_parts(
        rule: Cow<'static, str>,
        offset: usize,
        excerpt_start: usize,
        excerpt: &[u8],
    ) -> Self {
        let excerpt = excerpt.get(..MAX_EXCERPT).unwrap_or(excerpt).into();
        Self(Box::new(Inner { rule, offset, excerpt_start, excerpt }))
    }

    /// The ABNF rule that could not be read.
    pub fn rule(&self) -> &str {
        &self.0.rule
    }

    /// Where in the frame the rule should have matched, in octets from its start.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The frame, or the 256 octets around [`offset`](Self::offset) if it is longer.
    pub fn octets(&self) -> &[u8] {
        &self.0.excerpt
    }

    /// Where in the frame [`octets`](Self::octets) starts.
    pub fn octets_start(&self) -> usize {
        self.0.excerpt_start
    }

    /// [`octets`](Self::octets) in printable ASCII.
    pub fn escaped(&self) -> String {
        use alloc::string::ToString as _;
        self.0.excerpt.escape_ascii().to_string()
    }

    /// Shows nothing beyond the first `length` octets.
    pub(crate) fn redacted(mut self, frame: &[u8], length: usize) -> Self {
        let Inner { excerpt, excerpt_start, .. } = &mut *self.0;
        if length < excerpt_start.saturating_add(excerpt.len()) {
            *excerpt_start = (*excerpt_start).min(length.saturating_sub(MAX_EXCERPT));
            let shown = frame.get(*excerpt_start..length).unwrap_or_default();
            *excerpt = [shown, b" ..."].concat().into();
        }
        self
    }
}

impl fmt::Debug for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ParseError({self})")
    }
}

const MAX_EXCERPT: usize = 256;
