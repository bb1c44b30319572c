//! What a server can do: CAPABILITY, and ENABLED.

use alloc::vec::Vec;
use core::fmt;

use bytes::BytesMut;

use crate::{
    Atom, Octets,
    acl::Rights,
    atom::{InvalidAtom, valid},
    command::ThreadAlgorithm,
    encoder::Encoder,
    grammar::{ATOM, is},
    input::{Input, Parsed},
    quota::ResourceName,
};

mod shown;

/// The words after `CAPABILITY`. They are kept as they came, and read one by one when they are asked for.
///
/// ```
/// use mailwire_imap::capability::{Capabilities, Capability};
///
/// let capabilities = Capabilities::new(["IMAP4rev1", "IDLE", "AUTH=PLAIN"])?;
/// assert!(capabilities.has("idle"));
/// assert!(capabilities.iter().any(|capability| capability == Capability::Idle));
/// # Ok::<(), mailwire_imap::InvalidAtom>(())
/// ```
#[derive(Clone, Default)]
pub struct Capabilities {
    /// Words, with spaces between them.
    octets: Octets,
}

impl Capabilities {
    /// These words.
    ///
    /// # Errors
    ///
    /// [`InvalidAtom`] for a word that is no atom.
    pub fn new(words: impl IntoIterator<Item = impl AsRef<[u8]>>) -> Result<Self, InvalidAtom> {
        let mut octets = BytesMut::new();
        for word in words {
            valid(word.as_ref(), |octet| is(octet, ATOM))?;
            if !octets.is_empty() {
                octets.extend_from_slice(b" ");
            }
            octets.extend_from_slice(word.as_ref());
        }
        Ok(Self { octets: octets.freeze().into() })
    }

    /// Whether a word is there, in any case: `IDLE`, `AUTH=PLAIN`.
    pub fn has(&self, word: &str) -> bool {
        self.words().any(|known| known.eq_ignore_ascii_case(word.as_bytes()))
    }

    /// The words as they came.
    pub fn words(&self) -> impl Iterator<Item = &[u8]> {
        self.octets.split(|octet| *octet == b' ').filter(|word| !word.is_empty())
    }

    /// The capabilities one by one.
    pub fn iter(&self) -> impl Iterator<Item = Capability> + '_ {
        self.words().map(|word| Capability::read(word, |part| self.octets.part(part)))
    }

    /// The same without a word, in any case: to switch off what does not work.
    #[must_use]
    pub fn without(&self, word: &str) -> Self {
        let kept: Vec<&[u8]> =
            self.words().filter(|known| !known.eq_ignore_ascii_case(word.as_bytes())).collect();
        Self { octets: kept.join(&b' ').into() }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.words().count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words().next().is_none()
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        for word in self.words() {
            out.sp().raw(word);
        }
    }
}

impl Eq for Capabilities {}

impl PartialEq for Capabilities {
    /// The same words in the same order, in any case.
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&[u8], &[u8])| one.eq_ignore_ascii_case(other);
        self.len() == other.len() && self.words().zip(other.words()).all(same)
    }
}

impl fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Capabilities({})", self.octets.escape_ascii())
    }
}

macro_rules! capabilities {
    ($($variant:ident $word:literal,)*) => {
        /// One capability ([the registry](https://www.iana.org/assignments/imap4-capabilities)).
        #[derive(Clone, Debug, Eq, Hash, PartialEq)]
        #[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
        #[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
        #[non_exhaustive]
        pub enum Capability {
            $(
                #[doc = concat!("`", $word, "`")]
                $variant,
            )*
            /// `APPENDLIMIT`, with the limit if it is that of all mailboxes
            AppendLimit(Option<u64>),
            /// `AUTH=`
            Auth(Octets),
            /// `COMPRESS=`
            Compress(Octets),
            /// `I18NLEVEL=`
            I18nLevel(u8),
            /// `IMAPSIEVE=`, and the URL of its scripts, if that is told (RFC 6785)
            ImapSieve(Octets),
            /// `MESSAGELIMIT=`
            MessageLimit(u64),
            /// `QUOTA=RES-`: what can be limited
            QuotaResource(ResourceName),
            /// `RIGHTS=`: which rights there are beside those of RFC 2086
            Rights(Rights),
            /// `SAVELIMIT=`
            SaveLimit(u64),
            /// `THREAD=`
            Thread(ThreadAlgorithm),
            /// Any other.
            Other(Octets),
        }

        impl Capability {
            fn read(word: &[u8], bytes: impl Fn(&[u8]) -> Octets) -> Self {
                $(
                    if word.eq_ignore_ascii_case($word.as_bytes()) {
                        return Self::$variant;
                    }
                )*
                Self::read_value(word, bytes)
            }

            /// The word of one without a value.
            fn simple_word(&self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                    _ => "",
                }
            }
        }
    };
}

capabilities! {
    Acl "ACL",
    Annotate "ANNOTATE-EXPERIMENT-1",
    Binary "BINARY",
    Catenate "CATENATE",
    Children "CHILDREN",
    CondStore "CONDSTORE",
    ContextSearch "CONTEXT=SEARCH",
    ContextSort "CONTEXT=SORT",
    Convert "CONVERT",
    CreateSpecialUse "CREATE-SPECIAL-USE",
    Enable "ENABLE",
    ESearch "ESEARCH",
    ESort "ESORT",
    Filters "FILTERS",
    Gmail "X-GM-EXT-1",
    Id "ID",
    Idle "IDLE",
    Imap4 "IMAP4",
    Imap4Rev1 "IMAP4rev1",
    Imap4Rev2 "IMAP4rev2",
    InProgress "INPROGRESS",
    JmapAccess "JMAPACCESS",
    Language "LANGUAGE",
    ListExtended "LIST-EXTENDED",
    ListMetadata "LIST-METADATA",
    ListMyRights "LIST-MYRIGHTS",
    ListStatus "LIST-STATUS",
    LiteralMinus "LITERAL-",
    LiteralPlus "LITERAL+",
    LoginDisabled "LOGINDISABLED",
    LoginReferrals "LOGIN-REFERRALS",
    MailboxReferrals "MAILBOX-REFERRALS",
    Metadata "METADATA",
    MetadataServer "METADATA-SERVER",
    Move "MOVE",
    MultiAppend "MULTIAPPEND",
    MultiSearch "MULTISEARCH",
    Namespace "NAMESPACE",
    Notify "NOTIFY",
    ObjectId "OBJECTID",
    Partial "PARTIAL",
    Preview "PREVIEW",
    QResync "QRESYNC",
    Quota "QUOTA",
    QuotaSet "QUOTASET",
    Replace "REPLACE",
    SaslIr "SASL-IR",
    SaveDate "SAVEDATE",
    SearchFuzzy "SEARCH=FUZZY",
    SearchRes "SEARCHRES",
    Sort "SORT",
    SortDisplay "SORT=DISPLAY",
    SpecialUse "SPECIAL-USE",
    StartTls "STARTTLS",
    StatusSize "STATUS=SIZE",
    UidBatches "UIDBATCHES",
    UidOnly "UIDONLY",
    UidPlus "UIDPLUS",
    Unauthenticate "UNAUTHENTICATE",
    Unselect "UNSELECT",
    UrlAuth "URLAUTH",
    UrlAuthBinary "URLAUTH=BINARY",
    UrlPartial "URL-PARTIAL",
    Utf8Accept "UTF8=ACCEPT",
    Utf8All "UTF8=ALL",
    Utf8Append "UTF8=APPEND",
    Utf8Only "UTF8=ONLY",
    Utf8User "UTF8=USER",
    Within "WITHIN",
    Xlist "XLIST",
}

impl Capability {
    fn read_value(word: &[u8], bytes: impl Fn(&[u8]) -> Octets) -> Self {
        let after = |name: &str| {
            let (start, value) = word.split_at_checked(name.len())?;
            (start.eq_ignore_ascii_case(name.as_bytes()) && !value.is_empty()).then_some(value)
        };
        let number = |value: &[u8]| core::str::from_utf8(value).ok()?.parse::<u64>().ok();
        if word.eq_ignore_ascii_case(b"APPENDLIMIT") {
            return Self::AppendLimit(None);
        }
        if let Some(limit) = after("APPENDLIMIT=").and_then(number) {
            return Self::AppendLimit(Some(limit));
        }
        if let Some(value) = after("AUTH=") {
            return Self::Auth(bytes(value));
        }
        if let Some(value) = after("COMPRESS=") {
            return Self::Compress(bytes(value));
        }
        if let Some(level) = after("I18NLEVEL=").and_then(number).and_then(|level| u8::try_from(level).ok()) {
            return Self::I18nLevel(level);
        }
        if let Some(value) = after("IMAPSIEVE=") {
            return Self::ImapSieve(bytes(value));
        }
        if word.eq_ignore_ascii_case(b"IMAPSIEVE=") {
            return Self::ImapSieve(Octets::new());
        }
        if let Some(limit) = after("MESSAGELIMIT=").and_then(number) {
            return Self::MessageLimit(limit);
        }
        if let Some(value) = after("QUOTA=RES-") {
            return Self::QuotaResource(ResourceName::read(value, || Atom::from_parsed(bytes(value))));
        }
        if let Some(rights) = after("RIGHTS=").and_then(|value| Rights::new(value).ok()) {
            return Self::Rights(rights);
        }
        if let Some(limit) = after("SAVELIMIT=").and_then(number) {
            return Self::SaveLimit(limit);
        }
        if let Some(value) = after("THREAD=") {
            return Self::Thread(ThreadAlgorithm::read(Atom::from_parsed(bytes(value))));
        }
        Self::Other(bytes(word))
    }
}

/// `*(SP capability)`, up to the end or to `]`.
pub(crate) fn capabilities(input: Input<'_>) -> Parsed<'_, Capabilities> {
    let is_part = |octet: u8| octet == b' ' || is(octet, ATOM);
    let end = input.rest().iter().position(|octet| !is_part(*octet)).unwrap_or(input.rest().len());
    let (octets, rest) = input.split(end);
    let is_loose = input.quirks().loose_spaces;
    if octets.first().is_some_and(|first| *first != b' ') {
        return input.expected("SP");
    }
    let octets = octets.get(1..).unwrap_or_default();
    if !is_loose && octets.split(|octet| *octet == b' ').any(<[u8]>::is_empty) && !octets.is_empty() {
        return input.expected("capability");
    }
    Ok((rest, Capabilities { octets: input.bytes(octets.trim_ascii()) }))
}

#[cfg(test)]
mod tests;
