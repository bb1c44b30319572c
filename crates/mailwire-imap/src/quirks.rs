/// Which departures from the standards are tolerated.
///
/// The default is [`lenient`](Self::lenient): real servers and clients send all of these.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Quirks {
    /// A line that ends with LF alone, as scripts and telnet users send it: `a NOOP\n`.
    pub bare_line_feed: bool,
    /// An empty line between commands or responses: `\r\na NOOP`.
    pub empty_line: bool,
    /// NUL octets before a response, as older Exchange sends them: `\0\0* OK`.
    pub leading_nul: bool,
    /// A response code with no status before it, as Office 365 and home.pl send it: `* [COPYUID 38505 304 3956]`.
    pub missing_status: bool,
    /// A status with no text, or with text in another charset than UTF-8: `a1 OK`.
    pub missing_text: bool,
    /// More than one space between items, and spaces at the end: `* SEARCH 1  2 `, `CAPABILITY IMAP4rev1  IDLE `.
    pub loose_spaces: bool,
    /// Numbers that are negative, in floating point or over the range, as mail.ru and Zoho send them: `-1`,
    /// `9.3736e+06`; they are clamped or absent. Zero where the standard wants a number from 1: `[UIDNEXT 0]`.
    pub loose_numbers: bool,
    /// Quotes inside of a quoted string that are not escaped, as 163.com sends them: `"a="_006_""`.
    pub unescaped_quotes: bool,
    /// Flags of a server in forms that the grammar does not have: `NIL`, `[`, `\*` outside of PERMANENTFLAGS.
    pub loose_flags: bool,
    /// Body structures with missing, superfluous or swapped fields, as Gmail, Exchange, QQ and Domino send them; and
    /// what cannot be read at all becomes an invalid structure, beside the other items of its FETCH.
    pub loose_structure: bool,
    /// Envelopes with fields missing at the end, NIL among addresses, and the like: they are mended.
    pub loose_envelope: bool,
    /// FETCH items in one more pair of parentheses, and dates that are none, as Domino sends them; what URLFETCH tells
    /// in one pair in place of several, as Dovecot sends it: `(BODYPARTSTRUCTURE (..) BINARY ~{3}`.
    pub loose_fetch: bool,
    /// Octets over 0x7F in quoted strings and mailbox names without UTF8=ACCEPT, control characters in names, and the
    /// noise that Cyrus 3.6 sends as a MAILBOXID in the answer to STATUS.
    pub raw_names: bool,
}

impl Quirks {
    /// All departures are tolerated.
    pub const fn lenient() -> Self {
        Self::all(true)
    }

    /// None is.
    pub const fn strict() -> Self {
        Self::all(false)
    }

    const fn all(on: bool) -> Self {
        Self {
            bare_line_feed: on,
            empty_line: on,
            leading_nul: on,
            missing_status: on,
            missing_text: on,
            loose_spaces: on,
            loose_numbers: on,
            unescaped_quotes: on,
            loose_flags: on,
            loose_structure: on,
            loose_envelope: on,
            loose_fetch: on,
            raw_names: on,
        }
    }
}

impl Default for Quirks {
    fn default() -> Self {
        Self::lenient()
    }
}
