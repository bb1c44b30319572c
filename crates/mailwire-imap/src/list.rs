//! LIST, LSUB and XLIST: mailboxes and what is told of them.

use alloc::vec::Vec;
use core::str::FromStr;

use crate::{
    Atom, InvalidAtom, Mailbox, Octets,
    atom::valid,
    command::ListSelect,
    encoder::{EncodeError, Encoder},
    grammar::{
        ATOM, FLAG, astring, close, hash, is, is_closing, list, loose_spaces, nil, open, quoted, run, sp,
    },
    input::{Input, Parsed},
    mailbox::mailbox,
    value::{Value, value},
};

mod pattern;
mod told;

pub use pattern::Pattern;

/// `mailbox-list` ([RFC 9051 section 7.3.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.3.1))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct List {
    /// What the mailbox is like.
    pub attributes: Attributes,
    /// What stands between the levels of the hierarchy; nothing for a flat one.
    pub delimiter: Option<u8>,
    /// The name.
    pub mailbox: Mailbox,
    /// What LIST-EXTENDED tells besides.
    pub extended: Vec<Extended>,
}

impl List {
    /// A mailbox without attributes.
    pub fn new(mailbox: Mailbox, delimiter: Option<u8>) -> Self {
        Self { attributes: Attributes::default(), delimiter, mailbox, extended: Vec::new() }
    }

    /// The former name, if the mailbox was renamed: `OLDNAME`.
    pub fn old_name(&self) -> Option<&Mailbox> {
        self.extended
            .iter()
            .find_map(|item| if let Extended::OldName(name) = item { Some(name) } else { None })
    }

    /// Whether a mailbox below this one was found by this option: `CHILDINFO`.
    pub fn has_child(&self, option: &ListSelect) -> bool {
        self.extended.iter().any(|item| matches!(item, Extended::ChildInfo(found) if found.contains(option)))
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.list(self.attributes.iter(), |out, attribute| out.raw(attribute.as_bytes()).done()).sp();
        encode_delimiter(self.delimiter, out);
        out.sp().mailbox(&self.mailbox);
        if !self.extended.is_empty() {
            out.sp().list(&self.extended, |out, item| item.encode(out));
        }
    }
}

/// `mbox-list-extended-item` ([RFC 5258 section 6](https://www.rfc-editor.org/rfc/rfc5258#section-6))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Extended {
    /// `CHILDINFO`: which options find mailboxes below this one
    ChildInfo(Vec<ListSelect>),
    /// `OLDNAME`: the name before it was renamed
    /// ([RFC 9051 section 6.3.9.7](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.9.7))
    OldName(Mailbox),
    /// Any other.
    Other(Octets, Value),
}

impl Extended {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::ChildInfo(options) => {
                out.raw(b"\"CHILDINFO\" ").list(options, |out, option| out.string(option.as_bytes()).done());
            }
            Self::OldName(name) => {
                let is_utf8 = out.abilities().utf8;
                out.check_name(name);
                out.raw(b"\"OLDNAME\" (").string(&name.wire(is_utf8)).raw(b")");
            }
            Self::Other(name, value) => {
                if [&b"CHILDINFO"[..], b"OLDNAME"].iter().any(|known| known.eq_ignore_ascii_case(name)) {
                    out.refuse("word without a value of its own");
                }
                value.encode(out.string(name).sp());
            }
        }
    }
}

/// Whether it is a `QUOTED-CHAR` of one octet.
fn is_delimiter(octet: u8) -> bool {
    octet.is_ascii() && !matches!(octet, 0 | b'\r' | b'\n')
}

pub(crate) fn encode_delimiter(delimiter: Option<u8>, out: &mut Encoder) {
    match delimiter {
        Some(delimiter) if is_delimiter(delimiter) => out.string(&[delimiter]).done(),
        Some(_) => out.fail(EncodeError::Delimiter).done(),
        None => out.raw(b"NIL").done(),
    }
}

/// A set of attributes; one is the same in any case.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Attributes {
    /// One bit for each of [`NAMES`].
    known: u32,
    others: Vec<Octets>,
}

macro_rules! attributes {
    ($($variant:ident $word:literal,)*) => {
        /// What a mailbox is like or is for.
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[non_exhaustive]
        pub enum Attribute {
            $(
                #[doc = concat!("`", $word, "`")]
                $variant,
            )*
            /// Any other, with its backslash.
            Other(Atom),
        }

        /// The same without the others: the places in [`NAMES`].
        enum Place {
            $($variant,)*
        }

        /// In the order of their bits.
        const NAMES: &[&str] = &[$($word),*];

        /// The place in [`NAMES`] of this one, in any case.
        fn known(name: &[u8]) -> Option<usize> {
            let found = hash(name);
            $(
                if found == const { hash($word.as_bytes()) } {
                    return name.eq_ignore_ascii_case($word.as_bytes()).then_some(Place::$variant as usize);
                }
            )*
            None
        }

        impl Attribute {
            fn nth(index: usize) -> Option<Self> {
                $(
                    if index == Place::$variant as usize {
                        return Some(Self::$variant);
                    }
                )*
                None
            }

            /// The octets on the wire.
            pub fn as_bytes(&self) -> &[u8] {
                match self {
                    $(Self::$variant => $word.as_bytes(),)*
                    Self::Other(name) => name.as_bytes(),
                }
            }
        }
    };
}

attributes! {
    HasNoChildren "\\HasNoChildren",
    HasChildren "\\HasChildren",
    NoSelect "\\Noselect",
    NoInferiors "\\Noinferiors",
    Marked "\\Marked",
    Unmarked "\\Unmarked",
    NoAccess "\\NoAccess",
    NonExistent "\\NonExistent",
    Subscribed "\\Subscribed",
    Remote "\\Remote",
    All "\\All",
    Archive "\\Archive",
    Drafts "\\Drafts",
    Flagged "\\Flagged",
    Important "\\Important",
    Inbox "\\Inbox",
    Junk "\\Junk",
    Sent "\\Sent",
    Trash "\\Trash",
    Spam "\\Spam",
    Starred "\\Starred",
    AllMail "\\AllMail",
    Memos "\\Memos",
    Scheduled "\\Scheduled",
    Snoozed "\\Snoozed",
}

impl Attribute {
    fn read(word: &[u8]) -> Option<Self> {
        known(word).and_then(Self::nth)
    }
}

impl FromStr for Attribute {
    type Err = InvalidAtom;

    fn from_str(name: &str) -> Result<Self, InvalidAtom> {
        let is_part = |octet| is(octet, FLAG) && octet.is_ascii();
        valid(name.as_bytes(), is_part)?;
        Ok(Self::read(name.as_bytes()).unwrap_or_else(|| Self::Other(Atom::from_parsed(name.into()))))
    }
}

impl Attributes {
    /// Adds one.
    pub fn insert(&mut self, attribute: Attribute) {
        match NAMES.iter().position(|name| attribute.as_bytes() == name.as_bytes()) {
            Some(index) => self.known |= 1 << index,
            None => {
                if let Attribute::Other(name) = attribute {
                    self.insert_other(Octets::copy_from_slice(name.as_bytes()));
                }
            }
        }
    }

    fn insert_other(&mut self, name: Octets) {
        if !self.others.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            self.others.push(name);
        }
    }

    /// Whether one is there.
    pub fn contains(&self, attribute: &Attribute) -> bool {
        self.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(attribute.as_bytes()))
    }

    /// All attributes.
    pub fn iter(&self) -> impl Iterator<Item = Attribute> + '_ {
        let known = (0..NAMES.len()).filter(|index| self.known & (1 << index) != 0);
        let others = self.others.iter().map(|name| Attribute::Other(Atom::from_parsed(name.clone())));
        known.filter_map(Attribute::nth).chain(others)
    }
}

impl FromIterator<Attribute> for Attributes {
    fn from_iter<I: IntoIterator<Item = Attribute>>(attributes: I) -> Self {
        let mut set = Self::default();
        attributes.into_iter().for_each(|attribute| set.insert(attribute));
        set
    }
}

/// `mailbox-list = "(" [mbx-list-flags] ")" SP (DQUOTE QUOTED-CHAR DQUOTE / nil) SP mailbox [SP mbox-list-extended]`
pub(crate) fn mailbox_list(input: Input<'_>) -> Parsed<'_, List> {
    let (input, attributes) = attributes(input)?;
    let (input, delimiter) = delimiter(sp(input)?.0)?;
    let (input, mailbox) = name(sp(input)?.0)?;
    let mut list = List { attributes, delimiter, mailbox, extended: Vec::new() };
    if loose_spaces(input).is_empty() {
        return Ok((loose_spaces(input), list));
    }
    let (input, extended) = crate::grammar::list(sp(input)?.0, extended_item)?;
    list.extended = extended;
    Ok((input, list))
}

/// The name, or all octets that are left where they are no astring.
fn name(input: Input<'_>) -> Parsed<'_, Mailbox> {
    match mailbox(input) {
        Ok((rest, mailbox))
            if rest.is_empty() || rest.rest().starts_with(b" (") || !input.quirks().raw_names =>
        {
            Ok((rest, mailbox))
        }
        Ok((rest, mailbox)) if loose_spaces(rest).is_empty() => Ok((rest, mailbox)),
        Err(error) if !input.quirks().raw_names => Err(error),
        // A literal whose octets are not there is no name.
        _ if input.is_empty() || memchr::memchr(b'\n', input.rest()).is_some() => input.expected("mailbox"),
        _ => {
            let octets = input.bytes(input.rest());
            let mailbox = Mailbox::from_wire(octets, input.context.is_utf8);
            Ok((input.skip(input.rest().len()), mailbox))
        }
    }
}

/// `use-attr`
pub(crate) fn attribute(input: Input<'_>) -> Parsed<'_, Attribute> {
    let (octets, rest) = input.split(run(input.rest(), FLAG));
    match Attribute::read(octets) {
        Some(known) => Ok((rest, known)),
        None if octets.is_empty() => input.expected("use-attr"),
        None => Ok((rest, Attribute::Other(Atom::from_parsed(input.bytes(octets))))),
    }
}

/// `"(" [mbx-list-flags] ")"`
pub(crate) fn attributes(input: Input<'_>) -> Parsed<'_, Attributes> {
    let is_loose = input.quirks().loose_flags && !input.context.is_command;
    let (mut set, mut others) = (Attributes::default(), Vec::new());
    if let Some(rest) = nil(input).filter(|_| is_loose) {
        return Ok((rest, set));
    }
    let (mut input, ()) = open(input)?;
    input = loose_spaces(input);
    while !is_closing(input) {
        let (octets, rest) = input.split(run(input.rest(), FLAG));
        match known(octets) {
            Some(index) => set.known |= 1 << index,
            None if octets.is_empty() => return input.expected("mbx-list-flags"),
            None if !(is_attribute(octets) || is_loose) => return input.expected("mbx-list-flags"),
            None if octets.eq_ignore_ascii_case(b"NIL") => {}
            None => others.push(input.bytes(octets)),
        }
        input = if is_closing(rest) { rest } else { sp(rest)?.0 };
    }
    set.others = without_doubles(&others);
    Ok((close(input)?.0, set))
}

/// `"\" atom`
fn is_attribute(octets: &[u8]) -> bool {
    octets.strip_prefix(b"\\").is_some_and(|name| !name.is_empty() && run(name, ATOM) == name.len())
}

/// The first of each name that is there several times; however many there are, they are sorted once.
fn without_doubles(names: &[Octets]) -> Vec<Octets> {
    let mut sorted: Vec<(Vec<u8>, usize)> =
        names.iter().enumerate().map(|(place, name)| (name.to_ascii_lowercase(), place)).collect();
    sorted.sort_unstable();
    sorted.dedup_by(|later, first| later.0 == first.0);
    let mut places: Vec<usize> = sorted.into_iter().map(|(_, place)| place).collect();
    places.sort_unstable();
    places.into_iter().filter_map(|place| names.get(place).cloned()).collect()
}

/// `DQUOTE QUOTED-CHAR DQUOTE / nil`
pub(crate) fn delimiter(input: Input<'_>) -> Parsed<'_, Option<u8>> {
    if let Some(rest) = nil(input) {
        return Ok((rest, None));
    }
    // The most frequent one, at once.
    if let [b'"', delimiter, b'"', ..] = input.rest()
        && is_delimiter(*delimiter)
        && !matches!(delimiter, b'"' | b'\\')
    {
        return Ok((input.skip(3), Some(*delimiter)));
    }
    // A backslash that should have been escaped: no other reading of these octets is a delimiter.
    if input.rest().starts_with(br#""\" "#) && input.quirks().unescaped_quotes && !input.context.is_command {
        return Ok((input.skip(3), Some(b'\\')));
    }
    let (rest, octets) = quoted(input)?;
    match octets.as_ref() {
        [] if input.quirks().raw_names => Ok((rest, None)),
        [one] if is_delimiter(*one) => Ok((rest, Some(*one))),
        _ => input.expected("one character"),
    }
}

/// `mbox-list-extended-item = mbox-list-extended-item-tag SP tagged-ext-val`
fn extended_item(input: Input<'_>) -> Parsed<'_, Extended> {
    let (rest, name) = astring(input)?;
    let (after, ()) = sp(rest)?;
    let known = match &*name {
        name if name.eq_ignore_ascii_case(b"CHILDINFO") => child_info(after),
        name if name.eq_ignore_ascii_case(b"OLDNAME") => old_name(after),
        _ => after.expected("mbox-list-extended-item"),
    };
    known.or_else(|_| value(after, 0).map(|(rest, value)| (rest, Extended::Other(name, value))))
}

/// `childinfo-extended-item`
fn child_info(input: Input<'_>) -> Parsed<'_, Extended> {
    let (rest, options) = list(input, |input| {
        let (rest, name) = astring(input)?;
        match ListSelect::from_name(&name) {
            Some(option) => Ok((rest, option)),
            None => input.expected("list-select-base-opt"),
        }
    })?;
    Ok((rest, Extended::ChildInfo(options)))
}

/// `oldname-extended-item`
fn old_name(input: Input<'_>) -> Parsed<'_, Extended> {
    let (rest, name) = mailbox(loose_spaces(open(input)?.0))?;
    Ok((close(rest)?.0, Extended::OldName(name)))
}

/// One namespace ([RFC 9051 section 6.3.10](https://www.rfc-editor.org/rfc/rfc9051#section-6.3.10))
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Namespace {
    /// What its mailboxes' names start with.
    pub prefix: Mailbox,
    /// What stands between the levels of the hierarchy.
    pub delimiter: Option<u8>,
    /// `TRANSLATION`: the prefix in the language of the user, for people alone
    /// ([RFC 5255 section 3.4](https://www.rfc-editor.org/rfc/rfc5255#section-3.4))
    pub translation: Option<Mailbox>,
    /// Other extensions: names and values.
    pub extensions: Vec<(Octets, Vec<Octets>)>,
}

impl Namespace {
    /// A namespace without extensions.
    pub fn new(prefix: impl Into<Mailbox>, delimiter: Option<u8>) -> Self {
        Self { prefix: prefix.into(), delimiter, translation: None, extensions: Vec::new() }
    }
}

/// The namespaces of a user.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Namespaces {
    /// The user's own.
    pub personal: Vec<Namespace>,
    /// Those of other users.
    pub other_users: Vec<Namespace>,
    /// Those of all.
    pub shared: Vec<Namespace>,
}

impl Namespaces {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        let is_utf8 = out.abilities().utf8;
        for namespaces in [&self.personal, &self.other_users, &self.shared] {
            out.sp();
            if namespaces.is_empty() {
                out.raw(b"NIL");
                continue;
            }
            out.raw(b"(");
            for namespace in namespaces {
                out.check_name(&namespace.prefix);
                out.raw(b"(").string(&namespace.prefix.wire(is_utf8)).sp();
                encode_delimiter(namespace.delimiter, out);
                if let Some(translation) = &namespace.translation {
                    out.check_name(translation);
                    out.raw(b" \"TRANSLATION\" (").string(&translation.wire(is_utf8)).raw(b")");
                }
                for (name, values) in &namespace.extensions {
                    out.sp().string(name).sp().list(values, |out, value| out.string(value).done());
                }
                out.raw(b")");
            }
            out.raw(b")");
        }
    }
}

/// `namespace SP namespace SP namespace`
pub(crate) fn namespaces(input: Input<'_>) -> Parsed<'_, Namespaces> {
    let (input, personal) = namespace(input)?;
    let (input, other_users) = namespace(sp(input)?.0)?;
    let (input, shared) = namespace(sp(input)?.0)?;
    Ok((input, Namespaces { personal, other_users, shared }))
}

/// `namespace = nil / "(" 1*namespace-descr ")"`
fn namespace(input: Input<'_>) -> Parsed<'_, Vec<Namespace>> {
    if let Some(rest) = nil(input) {
        return Ok((rest, Vec::new()));
    }
    let (mut input, ()) = open(input)?;
    let mut all = Vec::new();
    while !is_closing(input) {
        let (rest, one) = namespace_descr(loose_spaces(input))?;
        all.push(one);
        input = rest;
    }
    Ok((close(input)?.0, all))
}

/// `namespace-descr = "(" string SP (DQUOTE QUOTED-CHAR DQUOTE / nil) [namespace-response-extensions] ")"`
fn namespace_descr(input: Input<'_>) -> Parsed<'_, Namespace> {
    let (rest, prefix) = mailbox(open(input)?.0)?;
    let (mut rest, delimiter) = delimiter(sp(rest)?.0)?;
    let mut namespace = Namespace::new(prefix, delimiter);
    while !is_closing(rest) {
        let (after, name) = astring(sp(rest)?.0)?;
        let (before, ()) = sp(after)?;
        let (after, mut values) = list(before, astring)?;
        if name.eq_ignore_ascii_case(b"TRANSLATION") && values.len() == 1 && namespace.translation.is_none() {
            let translation = values.pop().unwrap_or_default();
            namespace.translation = Some(Mailbox::from_wire(translation, input.context.is_utf8));
        } else {
            namespace.extensions.push((name, values));
        }
        rest = after;
    }
    Ok((close(rest)?.0, namespace))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Decoder, Limits, Quirks,
        response::{Data, Response},
        table::{COMMAND, RESPONSE},
    };

    fn read(decoder: &Decoder, wire: &str) -> Option<List> {
        match decoder.response(wire.as_bytes()) {
            Response::Data(Data::List(list)) => Some(list),
            _ => None,
        }
    }

    #[test]
    fn attributes_are_a_set() {
        let many: Vec<Octets> =
            (0..50_000).map(|number| alloc::format!("\\X{}", number % 30_000).into()).collect();
        let wire =
            alloc::format!("({})", many.iter().map(Octets::to_str_lossy).collect::<Vec<_>>().join(" "));
        let set = RESPONSE.read(attributes, &wire).unwrap();
        let names: Vec<Octets> = set.iter().map(|one| Octets::from(one.as_bytes())).collect();
        assert_eq!(names, many[..30_000]);
        let set = RESPONSE.read(attributes, "(\\X \\sent \\x \\SENT)").unwrap();
        assert_eq!(set.iter().count(), 2);
        assert!(set.contains(&Attribute::Sent) && !set.contains(&Attribute::Drafts));
        for wire in ["(x)", "(\\)", "(\\a%)", "(\\\\a)", "(\\a[ b)"] {
            assert!(COMMAND.lenient().read(attributes, wire).is_err(), "{wire}");
            assert!(RESPONSE.read(attributes, wire).is_err(), "{wire}");
            assert!(RESPONSE.lenient().read(attributes, wire).is_ok(), "{wire}");
        }
    }

    #[test]
    fn what_is_told_besides() {
        let decoder = Decoder::default();
        let list =
            read(&decoder, "* LIST () \"/\" b (OLDNAME (\"a&-c\") childinfo (\"subscribed\" X-A) X (1 (2)))")
                .unwrap();
        assert_eq!(list.old_name(), Some(&Mailbox::new("a&c")));
        assert!(list.has_child(&ListSelect::Subscribed) && !list.has_child(&ListSelect::Remote));
        assert!(matches!(&list.extended[2], Extended::Other(name, Value::List(_)) if name == "X"));
        // What has another form is kept as it is.
        let list = read(&decoder, "* LIST () \"/\" b (OLDNAME (a b) CHILDINFO NIL OLDNAME x)").unwrap();
        assert_eq!((list.old_name(), list.extended.len()), (None, 3));
        assert!(!list.has_child(&ListSelect::Subscribed));
        let mut utf8 = Decoder::new(Limits::client(), Quirks::strict());
        utf8.set_utf8(true);
        let list = read(&utf8, "* LIST () \"/\" b (\"OLDNAME\" (\"é&-\"))").unwrap();
        assert_eq!(list.old_name(), Some(&Mailbox::new("é&-")));
    }

    #[test]
    fn prefixes_have_translations() {
        let wire = "* NAMESPACE ((\"\" \"/\" \"translation\" (\"Andere Ben&APw-tzer\") \"TRANSLATION\" (\"x\"))) NIL ((\"a\" \"/\" \"TRANSLATION\" (\"x\" \"y\")))";
        let Response::Data(Data::Namespace(all)) = Decoder::default().response(wire.as_bytes()) else {
            panic!()
        };
        assert_eq!(all.personal[0].translation, Some(Mailbox::new("Andere Benützer")));
        assert_eq!((all.personal[0].extensions.len(), all.shared[0].extensions.len()), (1, 1));
    }
}
