use alloc::vec::Vec;

use super::parse::name;
use crate::{
    Atom, Octets, PartialRange, Search, annotation,
    encoder::{EncodeError, Encoder},
    fetch_attribute::{Attribute, attribute},
    grammar::{astring, close, is_closing, list, loose_spaces, open, sp, word},
    input::{Input, Parsed},
    mailbox_filter::{MailboxFilter, filter_mailboxes},
    metadata::{Entry, entry},
    partial::partial_range,
    search::program,
    value::{Value, values},
};

/// What SEARCH takes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct SearchCommand {
    /// Whether UIDs are asked for.
    pub is_uid: bool,
    /// What is asked for: nothing for `* SEARCH`, a list for `* ESEARCH`.
    pub returns: Option<Vec<Return>>,
    /// The charset of the texts. If there is none, `UTF-8` is told where the texts need it; after UTF-8 was enabled none
    /// may be told ([RFC 6855 section 3](https://www.rfc-editor.org/rfc/rfc6855#section-3)).
    pub charset: Option<Octets>,
    /// Which messages.
    pub search: Search,
}

impl SearchCommand {
    /// `UID SEARCH`, without options.
    pub fn uid(search: Search) -> Self {
        Self { is_uid: true, returns: None, charset: None, search }
    }

    /// `SEARCH`, without options.
    pub fn sequence(search: Search) -> Self {
        Self { is_uid: false, ..Self::uid(search) }
    }

    /// The same with options; with none of them at all, the answer is `* ESEARCH` with all that was found.
    ///
    /// ```
    /// use mailwire_imap::{Search, command::{Return, SearchCommand}};
    ///
    /// let count = SearchCommand::uid(Search::unseen()).returning([Return::Count]);
    /// assert_eq!(count.returns, Some(vec![Return::Count]));
    /// ```
    #[must_use]
    pub fn returning(self, options: impl IntoIterator<Item = Return>) -> Self {
        Self { returns: Some(options.into_iter().collect()), ..self }
    }
}

/// `search-return-opt`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Return {
    /// `ALL`
    All,
    /// `CONTEXT` (RFC 5267)
    Context,
    /// `COUNT`
    Count,
    /// `MAX`
    Max,
    /// `MIN`
    Min,
    /// `PARTIAL` (RFC 5267, RFC 9394)
    Partial(PartialRange),
    /// `RELEVANCY` (RFC 6203)
    Relevancy,
    /// `SAVE`
    Save,
    /// `UPDATE` (RFC 5267), and what is told of messages that come into the result (RFC 5465)
    Update(Vec<Attribute>),
}

/// What ESEARCH takes: a search in several mailboxes, whose results are UIDs
/// ([RFC 7377 section 2](https://www.rfc-editor.org/rfc/rfc7377#section-2)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct ESearch {
    /// Where to search; the selected mailbox if it is not told.
    pub source: Option<Source>,
    /// What is asked for; `ALL` if it is not told.
    pub returns: Option<Vec<Return>>,
    /// The charset of the texts. If there is none, `UTF-8` is told where the texts need it.
    pub charset: Option<Octets>,
    /// Which messages.
    pub search: Search,
}

/// `esearch-source-opts`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Source {
    /// Which mailboxes; not `selected-delayed`.
    pub mailboxes: Vec<MailboxFilter>,
    /// `scope-options`, of which none is defined yet.
    pub scope: Vec<Value>,
}

impl ESearch {
    /// A search in these mailboxes, without options.
    pub fn new(mailboxes: impl IntoIterator<Item = MailboxFilter>, search: Search) -> Self {
        let source = Source { mailboxes: mailboxes.into_iter().collect(), scope: Vec::new() };
        Self { source: Some(source), returns: None, charset: None, search }
    }

    /// The same with options.
    #[must_use]
    pub fn returning(self, options: impl IntoIterator<Item = Return>) -> Self {
        Self { returns: Some(options.into_iter().collect()), ..self }
    }
}

/// What SORT takes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Sort {
    /// The search; its charset has to be told, and is `UTF-8` if it is not given.
    pub search: SearchCommand,
    /// By what, in order; at least one.
    pub criteria: Vec<Criterion>,
}

impl Sort {
    /// `UID SORT`; the order of what is the same by the first criterion is that of the second, and so on.
    ///
    /// ```
    /// use mailwire_imap::{Search, command::{Sort, SortKey}};
    ///
    /// let sort = Sort::uid([SortKey::Date.reversed(), SortKey::Subject.into()], Search::undeleted());
    /// assert!(sort.criteria[0].reverse && !sort.criteria[1].reverse);
    /// ```
    pub fn uid(criteria: impl IntoIterator<Item = Criterion>, search: Search) -> Self {
        Self { search: SearchCommand::uid(search), criteria: criteria.into_iter().collect() }
    }
}

/// `sort-criterion`
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Criterion {
    /// Whether the order is reversed.
    pub reverse: bool,
    /// By what.
    pub key: SortKey,
}

/// `sort-key`
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum SortKey {
    /// `ANNOTATION`: one of the values of an entry (RFC 5257)
    Annotation(Entry, annotation::Attribute),
    /// `ARRIVAL`
    Arrival,
    /// `CC`
    Cc,
    /// `DATE`
    Date,
    /// `DISPLAYFROM` (RFC 5957)
    DisplayFrom,
    /// `DISPLAYTO` (RFC 5957)
    DisplayTo,
    /// `FROM`
    From,
    /// `RELEVANCY` (RFC 6203)
    Relevancy,
    /// `SIZE`
    Size,
    /// `SUBJECT`
    Subject,
    /// `TO`
    To,
}

impl SortKey {
    /// From the greatest to the least.
    pub const fn reversed(self) -> Criterion {
        Criterion { reverse: true, key: self }
    }
}

impl From<SortKey> for Criterion {
    fn from(key: SortKey) -> Self {
        Self { reverse: false, key }
    }
}

/// What THREAD takes.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Thread {
    /// The search; its charset has to be told, and is `UTF-8` if it is not given.
    pub search: SearchCommand,
    /// How messages are put together.
    pub algorithm: ThreadAlgorithm,
}

/// `thread-alg`: how messages are put together ([RFC 5256 section 3](https://www.rfc-editor.org/rfc/rfc5256#section-3))
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum ThreadAlgorithm {
    /// `ORDEREDSUBJECT`: by subject
    OrderedSubject,
    /// `REFERENCES`: by what they refer to, and by subject
    References,
    /// `REFS`: by what they refer to alone; of Dovecot
    Refs,
    /// Any other.
    Other(Atom),
}

impl ThreadAlgorithm {
    /// The name as on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::OrderedSubject => "ORDEREDSUBJECT",
            Self::References => "REFERENCES",
            Self::Refs => "REFS",
            Self::Other(name) => name.as_str(),
        }
    }

    pub(crate) fn read(name: Atom) -> Self {
        [Self::OrderedSubject, Self::References, Self::Refs]
            .into_iter()
            .find(|known| name.is(known.as_str()))
            .unwrap_or(Self::Other(name))
    }
}

impl Thread {
    /// `UID THREAD`
    pub fn uid(algorithm: ThreadAlgorithm, search: Search) -> Self {
        Self { search: SearchCommand::uid(search), algorithm }
    }
}

impl SearchCommand {
    pub(super) fn encode(&self, out: &mut Encoder) {
        encode_returns(self.returns.as_deref(), out);
        encode_program(self.charset.as_deref(), &self.search, out.sp());
    }
}

impl ESearch {
    pub(super) fn encode(&self, out: &mut Encoder) {
        if let Some(source) = &self.source {
            source.encode(out.raw(b" IN "));
        }
        encode_returns(self.returns.as_deref(), out);
        encode_program(self.charset.as_deref(), &self.search, out.sp());
    }
}

impl Source {
    fn encode(&self, out: &mut Encoder) {
        if self.mailboxes.is_empty() {
            out.fail(EncodeError::EmptyList);
        }
        if self.mailboxes.contains(&MailboxFilter::SelectedDelayed) {
            out.fail(EncodeError::Conflict);
        }
        out.raw(b"(").separated(&self.mailboxes, |out, one| one.encode(out));
        if !self.scope.is_empty() {
            out.sp().list(&self.scope, |out, one| one.encode(out));
        }
        out.raw(b")");
    }
}

impl Return {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::All => out.raw(b"ALL").done(),
            Self::Context => out.raw(b"CONTEXT").done(),
            Self::Count => out.raw(b"COUNT").done(),
            Self::Max => out.raw(b"MAX").done(),
            Self::Min => out.raw(b"MIN").done(),
            Self::Partial(range) => range.encode(out.raw(b"PARTIAL ")),
            Self::Relevancy => out.raw(b"RELEVANCY").done(),
            Self::Save => out.raw(b"SAVE").done(),
            Self::Update(attributes) if attributes.is_empty() => out.raw(b"UPDATE").done(),
            Self::Update(attributes) => {
                out.raw(b"UPDATE ").list(attributes, |out, one| one.encode(out)).done();
            }
        }
    }
}

fn encode_returns(returns: Option<&[Return]>, out: &mut Encoder) {
    if let Some(returns) = returns {
        out.raw(b" RETURN ").list(returns, |out, one| one.encode(out));
    }
}

/// `search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)`
pub(crate) fn encode_program(charset: Option<&[u8]>, search: &Search, out: &mut Encoder) {
    // Many servers refuse any charset: it is told only where it has to be.
    let automatic = !out.abilities().utf8 && search.needs_charset();
    if let Some(charset) = charset.or(automatic.then_some(b"UTF-8")) {
        out.raw(b"CHARSET ").astring(charset).sp();
    }
    search.encode_program(out);
}

/// `search-criteria = charset 1*(SP search-key)`
fn encode_criteria(search: &SearchCommand, out: &mut Encoder) {
    out.astring(search.charset.as_deref().unwrap_or(b"UTF-8")).sp();
    search.search.encode_program(out);
}

impl Sort {
    pub(super) fn encode(&self, out: &mut Encoder) {
        if self.criteria.is_empty() {
            out.fail(EncodeError::EmptyList);
        }
        encode_returns(self.search.returns.as_deref(), out);
        out.sp().list1(&self.criteria, |out, one| {
            one.key.encode(out.raw(if one.reverse { b"REVERSE " } else { b"" }));
        });
        encode_criteria(&self.search, out.sp());
    }
}

impl SortKey {
    fn encode(&self, out: &mut Encoder) {
        out.raw(self.as_bytes());
        if let Self::Annotation(entry, attribute) = self {
            if !attribute.is_for_sort() {
                out.fail(EncodeError::Conflict);
            }
            attribute.encode(out.sp().astring(entry.as_bytes()).sp());
        }
    }

    fn as_bytes(&self) -> &'static [u8] {
        match self {
            Self::Annotation(..) => b"ANNOTATION",
            Self::Arrival => b"ARRIVAL",
            Self::Cc => b"CC",
            Self::Date => b"DATE",
            Self::DisplayFrom => b"DISPLAYFROM",
            Self::DisplayTo => b"DISPLAYTO",
            Self::From => b"FROM",
            Self::Relevancy => b"RELEVANCY",
            Self::Size => b"SIZE",
            Self::Subject => b"SUBJECT",
            Self::To => b"TO",
        }
    }
}

impl Thread {
    pub(super) fn encode(&self, out: &mut Encoder) {
        encode_returns(self.search.returns.as_deref(), out);
        encode_criteria(&self.search, out.sp().raw(self.algorithm.as_str().as_bytes()).sp());
    }
}

/// `[search-return-opts] SP search-program`
pub(super) fn search(input: Input<'_>, is_uid: bool) -> Parsed<'_, SearchCommand> {
    let (rest, returns) = returns(input)?;
    let (rest, (charset, search)) = search_program(rest)?;
    Ok((rest, SearchCommand { is_uid, returns, charset, search }))
}

/// `search-program = ["CHARSET" SP charset SP] search-key *(SP search-key)`
pub(crate) fn search_program(input: Input<'_>) -> Parsed<'_, (Option<Octets>, Search)> {
    let (input, charset) = match after(input, b"CHARSET ") {
        Some(rest) => {
            let (rest, charset) = astring(loose_spaces(rest))?;
            (sp(rest)?.0, Some(charset))
        }
        None => (input, None),
    };
    let (rest, search) = program(input)?;
    // What is told because it has to be is not said twice.
    let is_implied = !input.context.is_utf8 && search.needs_charset();
    let charset = charset.filter(|charset| !(is_implied && charset.eq_ignore_ascii_case(b"UTF-8")));
    Ok((rest, (charset, search)))
}

/// `esearch = "ESEARCH" [SP esearch-source-opts] [SP search-return-opts] SP search-program`
pub(super) fn esearch(input: Input<'_>) -> Parsed<'_, ESearch> {
    let (input, source) = match after(input, b"IN ") {
        Some(rest) => {
            let (rest, source) = source(loose_spaces(rest))?;
            (sp(rest)?.0, Some(source))
        }
        None => (input, None),
    };
    let (rest, returns) = returns(input)?;
    let (rest, (charset, search)) = search_program(rest)?;
    Ok((rest, ESearch { source, returns, charset, search }))
}

/// `"(" source-mbox [SP "(" scope-options ")"] ")"`, `source-mbox = filter-mailboxes *(SP filter-mailboxes)`
fn source(input: Input<'_>) -> Parsed<'_, Source> {
    let (mut input, ()) = open(input)?;
    let mut source = Source { mailboxes: Vec::new(), scope: Vec::new() };
    loop {
        let (rest, one) = filter_mailboxes(input)?;
        if one == MailboxFilter::SelectedDelayed {
            return input.expected("filter-mailboxes of ESEARCH");
        }
        source.mailboxes.push(one);
        if is_closing(rest) {
            return Ok((close(rest)?.0, source));
        }
        input = sp(rest)?.0;
        if input.first() == Some(b'(') {
            let (rest, scope) = values(input, 0)?;
            source.scope = scope;
            return Ok((close(rest)?.0, source));
        }
    }
}

/// What follows a word and its space, in any case, if they are there.
fn after<'a>(input: Input<'a>, word: &[u8]) -> Option<Input<'a>> {
    let start = input.rest().get(..word.len())?;
    start.eq_ignore_ascii_case(word).then(|| input.skip(word.len()))
}

/// `["RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")" SP]`
fn returns(input: Input<'_>) -> Parsed<'_, Option<Vec<Return>>> {
    let Some(rest) = after(input, b"RETURN ") else { return Ok((input, None)) };
    let (rest, options) = list(loose_spaces(rest), search_return_opt)?;
    Ok((sp(rest)?.0, Some(options)))
}

/// `search-return-opt`
fn search_return_opt(input: Input<'_>) -> Parsed<'_, Return> {
    let (rest, word) = word(input)?;
    let option = match word.as_bytes() {
        b"ALL" => Return::All,
        b"CONTEXT" => Return::Context,
        b"COUNT" => Return::Count,
        b"MAX" => Return::Max,
        b"MIN" => Return::Min,
        b"PARTIAL" => {
            return partial_range(sp(rest)?.0).map(|(rest, range)| (rest, Return::Partial(range)));
        }
        b"RELEVANCY" => Return::Relevancy,
        b"SAVE" => Return::Save,
        b"UPDATE" => return update(rest),
        _ => return input.expected("search-return-opt"),
    };
    Ok((rest, option))
}

/// `modifier-update = "UPDATE" ["(" fetch-att *(SP fetch-att) ")"]`, with a space before the parenthesis in all examples
/// ([RFC 5465 section 8](https://www.rfc-editor.org/rfc/rfc5465#section-8))
fn update(input: Input<'_>) -> Parsed<'_, Return> {
    let list_starts = match loose_spaces(input).first() {
        Some(b'(') => loose_spaces(input),
        _ if input.rest().starts_with(b" (") => input.skip(1),
        _ => return Ok((input, Return::Update(Vec::new()))),
    };
    let (rest, attributes) = list(list_starts, attribute)?;
    if attributes.is_empty() {
        return list_starts.expected("fetch-att");
    }
    Ok((rest, Return::Update(attributes)))
}

/// `[RETURN ...] sort-criteria SP charset 1*(SP search-key)`
pub(super) fn sort(input: Input<'_>, is_uid: bool) -> Parsed<'_, Sort> {
    let (input, returns) = returns(input)?;
    let (rest, criteria) = list(input, criterion)?;
    if criteria.is_empty() {
        return input.expected("sort-criterion");
    }
    let (rest, charset) = astring(sp(rest)?.0)?;
    let (rest, search) = program(sp(rest)?.0)?;
    let search = SearchCommand { is_uid, returns, charset: Some(charset), search };
    Ok((rest, Sort { search, criteria }))
}

/// `["REVERSE" SP] sort-key`
fn criterion(input: Input<'_>) -> Parsed<'_, Criterion> {
    let (mut rest, mut name) = word(input)?;
    let reverse = name.as_bytes() == b"REVERSE";
    if reverse {
        (rest, name) = word(sp(rest)?.0)?;
    }
    let key = match name.as_bytes() {
        b"ANNOTATION" => {
            let (after, entry) = entry(sp(rest)?.0)?;
            let (after, attribute) = annotation::att_sort(sp(after)?.0)?;
            return Ok((after, Criterion { reverse, key: SortKey::Annotation(entry, attribute) }));
        }
        b"ARRIVAL" => SortKey::Arrival,
        b"CC" => SortKey::Cc,
        b"DATE" => SortKey::Date,
        b"DISPLAYFROM" => SortKey::DisplayFrom,
        b"DISPLAYTO" => SortKey::DisplayTo,
        b"FROM" => SortKey::From,
        b"RELEVANCY" => SortKey::Relevancy,
        b"SIZE" => SortKey::Size,
        b"SUBJECT" => SortKey::Subject,
        b"TO" => SortKey::To,
        _ => return input.expected("sort-key"),
    };
    Ok((rest, Criterion { reverse, key }))
}

/// `[RETURN ...] thread-alg SP charset 1*(SP search-key)`
pub(super) fn thread(input: Input<'_>, is_uid: bool) -> Parsed<'_, Thread> {
    let (input, returns) = returns(input)?;
    let (rest, algorithm) = name(input)?;
    let (rest, charset) = astring(sp(rest)?.0)?;
    let (rest, search) = program(sp(rest)?.0)?;
    let search = SearchCommand { is_uid, returns, charset: Some(charset), search };
    Ok((rest, Thread { search, algorithm: ThreadAlgorithm::read(algorithm) }))
}

#[cfg(test)]
mod tests;
