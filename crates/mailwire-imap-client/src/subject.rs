//! Base subjects: what is left of a subject without `Re:`, `Fwd:`, `[list]` and the like
//! ([RFC 5256 section 2.1](https://www.rfc-editor.org/rfc/rfc5256#section-2.1)).

use alloc::vec::Vec;

use mailwire_imap::{Octets, encoded_word};

use crate::collation::Key;

/// The base subject of a message. "All servers and disconnected clients MUST use exactly this algorithm".
///
/// ```
/// use mailwire_imap_client::{codec::Octets, subject::BaseSubject};
///
/// let base = BaseSubject::new(&Octets::from("Re: [mailwire] Fwd: =?UTF-8?Q?caf=C3=A9?= (fwd)"));
/// assert_eq!(base.text, "café");
/// assert!(base.is_reply);
/// assert_eq!(base.key(), BaseSubject::new(&Octets::from("CAFÉ")).key());
/// ```
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub struct BaseSubject {
    /// The text, with encoded words decoded.
    pub text: Octets,
    /// Whether what was taken away says that the message is a reply or was forwarded
    /// ([RFC 5256 section 3](https://www.rfc-editor.org/rfc/rfc5256#section-3)).
    pub is_reply: bool,
}

impl BaseSubject {
    /// Takes a subject as it stands in an envelope or a header, encoded words included. One look at each octet.
    pub fn new(subject: &Octets) -> Self {
        let spaced = single_spaced(&encoded_word::decode(subject));
        let mut left = Left { text: &spaced, is_reply: false };
        loop {
            left.drop_trailers();
            left.drop_leaders();
            if !left.unwrap_forwarded() {
                return Self { text: Octets::copy_from_slice(left.text), is_reply: left.is_reply };
            }
        }
    }

    /// What base subjects are compared by.
    pub fn key(&self) -> Key {
        Key::new(&self.text)
    }
}

/// Step 1: tabs and continuations become spaces, and several spaces one.
fn single_spaced(text: &[u8]) -> Vec<u8> {
    let mut spaced = Vec::with_capacity(text.len());
    for octet in text {
        match octet {
            b' ' | b'\t' | b'\r' | b'\n' if spaced.last() == Some(&b' ') => {}
            b' ' | b'\t' | b'\r' | b'\n' => spaced.push(b' '),
            octet => spaced.push(*octet),
        }
    }
    spaced
}

/// What is left of a subject.
struct Left<'a> {
    text: &'a [u8],
    is_reply: bool,
}

impl Left<'_> {
    /// Step 2: `subj-trailer = "(fwd)" / WSP`
    fn drop_trailers(&mut self) {
        loop {
            self.text = self.text.trim_ascii_end();
            match self.text.split_last_chunk::<5>() {
                Some((before, last)) if last.eq_ignore_ascii_case(b"(fwd)") => {
                    (self.text, self.is_reply) = (before, true);
                }
                _ => return,
            }
        }
    }

    /// Steps 3 to 5: `subj-leader = (*subj-blob subj-refwd) / WSP`, and blobs before something else.
    ///
    /// If no `subj-refwd` follows all blobs, none follows fewer of them, so that they go at once: all but the last, if
    /// nothing follows it.
    fn drop_leaders(&mut self) {
        loop {
            self.text = self.text.trim_ascii_start();
            let (mut rest, mut last) = (self.text, self.text);
            while let Some(after) = blob(rest) {
                (last, rest) = (rest, after);
            }
            match refwd(rest) {
                Some(after) => (self.text, self.is_reply) = (after, true),
                None => {
                    self.text = if rest.is_empty() { last } else { rest };
                    return;
                }
            }
        }
    }

    /// Step 6: `subj-fwd = subj-fwd-hdr subject subj-fwd-trl`
    fn unwrap_forwarded(&mut self) -> bool {
        let inner = after_word(self.text, b"[fwd:").and_then(|rest| rest.strip_suffix(b"]"));
        if let Some(inner) = inner {
            (self.text, self.is_reply) = (inner, true);
        }
        inner.is_some()
    }
}

/// `subj-blob = "[" *BLOBCHAR "]" *WSP`, and what follows it.
fn blob(text: &[u8]) -> Option<&[u8]> {
    let inner = text.strip_prefix(b"[")?;
    let end = inner.iter().position(|octet| matches!(octet, b'[' | b']'))?;
    Some(inner.get(end..)?.strip_prefix(b"]")?.trim_ascii_start())
}

/// `subj-refwd = ("re" / ("fw" ["d"])) *WSP [subj-blob] ":"`, and what follows it.
fn refwd(text: &[u8]) -> Option<&[u8]> {
    let rest = [&b"re"[..], b"fwd", b"fw"].iter().find_map(|word| after_word(text, word))?;
    let rest = rest.trim_ascii_start();
    blob(rest).unwrap_or(rest).strip_prefix(b":")
}

/// What follows a word in any case.
fn after_word<'a>(text: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let (start, rest) = text.split_at_checked(word.len())?;
    start.eq_ignore_ascii_case(word).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(subject: &str) -> (alloc::string::String, bool) {
        let base = BaseSubject::new(&subject.into());
        (alloc::string::String::from_utf8(base.text.to_vec()).unwrap(), base.is_reply)
    }

    #[test]
    fn what_is_no_part_of_the_subject_goes() {
        for (subject, text, is_reply) in [
            ("", "", false),
            ("hello", "hello", false),
            ("  hello \t there\r\n you ", "hello there you", false),
            ("Re: hello", "hello", true),
            ("RE:hello", "hello", true),
            ("re : hello", "hello", true),
            ("re[5]: hello", "hello", true),
            ("Re [5] : hello", "hello", true),
            ("Re: Re: RE:re:hello", "hello", true),
            ("Fw: hello", "hello", true),
            ("FWD: hello", "hello", true),
            ("Fwd[list]: hello", "hello", true),
            ("hello (fwd)", "hello", true),
            ("hello (FWD) (fwd)(fwd)  ", "hello", true),
            ("(fwd) hello", "(fwd) hello", false),
            ("[fwd: hello]", "hello", true),
            ("[Fwd: Re: hello (fwd) ] (fwd)", "hello", true),
            ("[fwd: [fwd: hello]]", "hello", true),
            ("[fwd: hello] there", "there", false),
            ("[list] hello", "hello", false),
            ("[list] [other]hello", "hello", false),
            ("[list] Re: hello", "hello", true),
            ("Re: [list] hello", "hello", true),
            ("[a] [b] Re[c]: [d] Fwd: [e] hello", "hello", true),
            // A blob that is the whole subject is the subject.
            ("[list]", "[list]", false),
            ("Re: [list]", "[list]", true),
            ("[a] [b]", "[b]", false),
            ("[a] [b] Re:", "", true),
            ("[a] (fwd)", "[a]", true),
            ("Re:", "", true),
            ("Re: (fwd)", "", true),
            ("(fwd)", "", true),
            ("[fwd:]", "", true),
            ("[fwd: ]", "", true),
            ("[Fwd: [list] hello]", "hello", true),
            // What only looks like it stays.
            ("Regarding: hello", "Regarding: hello", false),
            ("re hello", "re hello", false),
            ("re", "re", false),
            ("Re;", "Re;", false),
            ("re[5: hello", "re[5: hello", false),
            ("re[a][b]: hello", "re[a][b]: hello", false),
            ("[list hello", "[list hello", false),
            ("[[list]] hello", "[[list]] hello", false),
            ("list] hello", "list] hello", false),
            ("[fwd hello]", "[fwd hello]", false),
            ("hello [list]", "hello [list]", false),
            ("AW: hello", "AW: hello", false),
            ("=?UTF-8?Q?Re:_hello?=", "hello", true),
            ("=?ISO-8859-1?Q?Re:?= =?UTF-8?B?IGNhZsOp?=", "café", true),
            ("[fwd: hello", "[fwd: hello", false),
            // A blob before something.
            ("[fwd: a]]", "]", false),
            ("[]hello", "hello", false),
        ] {
            assert_eq!(base(subject), (text.into(), is_reply), "{subject}");
            // A base subject is its own base subject, but for what spaces and blobs that are gone had hidden.
            assert_eq!(base(text), (text.into(), false), "{subject}");
        }
        let latin1 = BaseSubject::new(&Octets::from(&b"Re: caf\xE9"[..]));
        assert_eq!((&*latin1.text, latin1.is_reply), (&b"caf\xE9"[..], true));
    }

    #[test]
    fn long_subjects_take_one_look() {
        let count = 200_000;
        for (repeated, tail, left) in [
            ("[a] ", "x", "x"),
            ("[a]", "", "[a]"),
            ("Re: ", "x", "x"),
            ("[", "x", ""),
            ("[fwd:", "x", ""),
            ("(fwd)", "", ""),
            ("re[", "", ""),
        ] {
            let subject = repeated.repeat(count) + tail;
            let left = if left.is_empty() && !repeated.starts_with('(') { &subject } else { left };
            assert!(base(&subject).0 == *left, "{repeated}");
        }
        let wrapped = "[fwd:".repeat(count) + "x" + &"]".repeat(count);
        assert_eq!(base(&wrapped), ("x".into(), true));
    }
}
