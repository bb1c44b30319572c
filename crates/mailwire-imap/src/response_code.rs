//! Response codes: what `[...]` says to a program before the text for people.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use crate::{
    ModSeq, Octets, SeqNum, Tag, Uid, UidValidity, annotation,
    atom::tag_string,
    capability::{Capabilities, capabilities},
    encoder::Encoder,
    filter::{FilterName, filter_name_in_code},
    flag::{PermanentFlags, permanent_flags},
    grammar::{
        astring, atom, close, digits, list, loose_nz_number, mod_sequence, nil, nz_number, open, quoted, sp,
        word,
    },
    input::{Input, Parsed},
    notify::{EventName, event_name},
    number_list::{NumberList, number_list},
    set::{NumberSet, sequence_set},
    urlauth,
};

mod shown;

macro_rules! codes {
    ($($variant:ident $word:literal,)*) => {
        /// `resp-text-code` ([RFC 9051 section 7.1](https://www.rfc-editor.org/rfc/rfc9051#section-7.1)) and those of the
        /// extensions.
        #[derive(Clone, Debug, Eq, PartialEq)]
        #[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
        #[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
        #[non_exhaustive]
        pub enum Code {
            $(
                #[doc = concat!("`", $word, "`")]
                $variant,
            )*
            /// `ANNOTATIONS`: which ones a mailbox supports (RFC 5257)
            Annotations(annotation::Support),
            /// `APPENDUID`: what became of appended messages
            AppendUid {
                /// Of the mailbox.
                uid_validity: UidValidity,
                /// One for each message, in order.
                uids: NumberList<Uid>,
            },
            /// `BADCHARSET`, and which ones are known
            BadCharset(Vec<Octets>),
            /// `BADEVENT` (RFC 5465), and which events are known; from Dovecot, which are not
            BadEvent(Vec<EventName>),
            /// `BADURL`
            BadUrl(Octets),
            /// `CAPABILITY`
            Capability(Capabilities),
            /// `COPYUID`: which messages were copied to what
            CopyUid {
                /// Of the mailbox with the copies.
                uid_validity: UidValidity,
                /// What was copied; the n-th became the n-th of the others.
                from: NumberList<Uid>,
                /// The copies.
                to: NumberList<Uid>,
            },
            /// `HIGHESTMODSEQ`
            HighestModSeq(ModSeq),
            /// `INPROGRESS` (RFC 9585)
            InProgress {
                /// Of the command that is in progress.
                tag: Option<Tag>,
                /// How much is done.
                done: Option<u64>,
                /// How much there is to do.
                goal: Option<u64>,
            },
            /// `MAILBOXID` (RFC 8474)
            MailboxId(Octets),
            /// `MAXCONVERTMESSAGES` (RFC 5259): of how many messages one CONVERT may be
            MaxConvertMessages(NonZeroU32),
            /// `MAXCONVERTPARTS` (RFC 5259): of how many parts one CONVERT may be
            MaxConvertParts(NonZeroU32),
            /// `MESSAGELIMIT` (RFC 9738): the limit, and the lowest UID that was processed
            MessageLimit(u64, Option<Uid>),
            /// `METADATA LONGENTRIES`: the size of the longest entry that was left out
            MetadataLongEntries(u64),
            /// `METADATA MAXSIZE`: the most octets of an entry
            MetadataMaxSize(u64),
            /// `MODIFIED` (RFC 7162): messages that failed UNCHANGEDSINCE
            Modified(NumberSet<core::num::NonZeroU32>),
            /// `NOUPDATE`: the tag of a search that is not kept up to date
            NoUpdate(Tag),
            /// `PERMANENTFLAGS`
            PermanentFlags(PermanentFlags),
            /// `REFERRAL`
            Referral(Vec<Octets>),
            /// `UIDNEXT`
            UidNext(Uid),
            /// `UIDVALIDITY`
            UidValidity(UidValidity),
            /// `UNDEFINED-FILTER`
            UndefinedFilter(FilterName),
            /// `URLMECH`: how URLs can be signed (RFC 4467)
            UrlMech(Vec<urlauth::Mechanism>),
            /// `UNSEEN`: the first message that has not been seen
            Unseen(SeqNum),
            /// Any other, and those whose arguments cannot be read.
            Other {
                /// Its first word.
                name: Octets,
                /// What follows the space after it.
                arguments: Option<Octets>,
            },
        }

        impl Code {
            fn simple(word: &[u8]) -> Option<Self> {
                $(
                    if word == $word.as_bytes() {
                        return Some(Self::$variant);
                    }
                )*
                None
            }

            fn simple_word(&self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                    _ => "",
                }
            }
        }
    };
}

codes! {
    ReadWrite "READ-WRITE",
    ReadOnly "READ-ONLY",
    Closed "CLOSED",
    Alert "ALERT",
    AlreadyExists "ALREADYEXISTS",
    AnnotateTooBig "ANNOTATE TOOBIG",
    AnnotateTooMany "ANNOTATE TOOMANY",
    AuthenticationFailed "AUTHENTICATIONFAILED",
    AuthorizationFailed "AUTHORIZATIONFAILED",
    BadComparator "BADCOMPARATOR",
    Cannot "CANNOT",
    ClientBug "CLIENTBUG",
    CompressionActive "COMPRESSIONACTIVE",
    ContactAdmin "CONTACTADMIN",
    Corruption "CORRUPTION",
    Expired "EXPIRED",
    ExpungeIssued "EXPUNGEISSUED",
    HasChildren "HASCHILDREN",
    InUse "INUSE",
    Limit "LIMIT",
    MetadataNoPrivate "METADATA NOPRIVATE",
    MetadataTooMany "METADATA TOOMANY",
    NoModSeq "NOMODSEQ",
    NonExistent "NONEXISTENT",
    NoPerm "NOPERM",
    NotSaved "NOTSAVED",
    NotificationOverflow "NOTIFICATIONOVERFLOW",
    OverQuota "OVERQUOTA",
    Parse "PARSE",
    PrivacyRequired "PRIVACYREQUIRED",
    ServerBug "SERVERBUG",
    TempFail "TEMPFAIL",
    TooBig "TOOBIG",
    TooFew "TOOFEW",
    TooMany "TOOMANY",
    TryCreate "TRYCREATE",
    UidNotSticky "UIDNOTSTICKY",
    UidRequired "UIDREQUIRED",
    Unavailable "UNAVAILABLE",
    UnknownCte "UNKNOWN-CTE",
    UseAttr "USEATTR",
}

impl Code {
    pub(crate) fn encode(&self, out: &mut Encoder) {
        out.raw(b"[").begin_text().raw(self.word().as_bytes());
        self.encode_arguments(out);
        out.raw(b"]").end_text();
    }

    /// The name, with what stands before its arguments.
    fn word(&self) -> &'static str {
        match self {
            Self::Annotations(_) => "ANNOTATIONS ",
            Self::AppendUid { .. } => "APPENDUID ",
            Self::BadCharset(charsets) if charsets.is_empty() => "BADCHARSET",
            Self::BadCharset(_) => "BADCHARSET ",
            Self::BadEvent(names) if names.is_empty() => "BADEVENT",
            Self::BadEvent(_) => "BADEVENT ",
            Self::BadUrl(_) => "BADURL ",
            Self::Capability(_) => "CAPABILITY",
            Self::CopyUid { .. } => "COPYUID ",
            Self::HighestModSeq(_) => "HIGHESTMODSEQ ",
            Self::InProgress { .. } => "INPROGRESS",
            Self::MailboxId(_) => "MAILBOXID (",
            Self::MaxConvertMessages(_) => "MAXCONVERTMESSAGES ",
            Self::MaxConvertParts(_) => "MAXCONVERTPARTS ",
            Self::MessageLimit(..) => "MESSAGELIMIT ",
            Self::MetadataLongEntries(_) => "METADATA LONGENTRIES ",
            Self::MetadataMaxSize(_) => "METADATA MAXSIZE ",
            Self::Modified(_) => "MODIFIED ",
            Self::NoUpdate(_) => "NOUPDATE ",
            Self::PermanentFlags(_) => "PERMANENTFLAGS ",
            Self::Referral(_) => "REFERRAL",
            Self::UidNext(_) => "UIDNEXT ",
            Self::UidValidity(_) => "UIDVALIDITY ",
            Self::UndefinedFilter(_) => "UNDEFINED-FILTER ",
            Self::Unseen(_) => "UNSEEN ",
            Self::UrlMech(_) => "URLMECH",
            Self::Other { .. } => "",
            simple => simple.simple_word(),
        }
    }

    fn encode_arguments(&self, out: &mut Encoder) {
        match self {
            Self::Annotations(support) => support.encode(out),
            Self::AppendUid { uid_validity, uids } => {
                uids.encode(out.number(uid_validity.get().into()).sp());
            }
            Self::BadCharset(charsets) if charsets.is_empty() => {}
            Self::BadCharset(charsets) => {
                out.list(charsets, |out, charset| out.text_string(charset).done()).done();
            }
            Self::BadEvent(names) if names.is_empty() => {}
            Self::BadEvent(names) => out.list(names, |out, name| name.encode(out)).done(),
            Self::Capability(capabilities) => capabilities.encode(out),
            Self::CopyUid { uid_validity, from, to } => {
                from.encode(out.number(uid_validity.get().into()).sp());
                to.encode(out.sp());
            }
            Self::HighestModSeq(value) => out.number(value.get()).done(),
            Self::InProgress { tag: None, done: None, goal: None } => {}
            Self::InProgress { tag, done, goal } => {
                match tag {
                    Some(tag) => out.raw(b" (").tag_string(tag),
                    None => out.raw(b" (NIL"),
                };
                for number in [done, goal] {
                    match number {
                        Some(number) => out.sp().number(*number),
                        None => out.raw(b" NIL"),
                    };
                }
                out.raw(b")");
            }
            Self::MailboxId(id) => out.text_string(id).raw(b")").done(),
            Self::MaxConvertMessages(limit) | Self::MaxConvertParts(limit) => {
                out.number(limit.get().into());
            }
            Self::MessageLimit(limit, uid) => {
                out.number(*limit);
                if let Some(uid) = uid {
                    out.sp().number(uid.get().into());
                }
            }
            Self::MetadataLongEntries(number) | Self::MetadataMaxSize(number) => out.number(*number).done(),
            Self::Modified(set) => set.encode(out),
            Self::NoUpdate(tag) => out.tag_string(tag).done(),
            Self::PermanentFlags(flags) => flags.encode(out),
            Self::BadUrl(url) => inside_url(url, out),
            Self::Referral(urls) => {
                for url in urls {
                    inside_url(url, out.sp());
                }
            }
            Self::UidNext(uid) => out.number(uid.get().into()).done(),
            Self::UidValidity(value) => out.number(value.get().into()).done(),
            Self::UndefinedFilter(name) => name.encode(out),
            Self::UrlMech(mechanisms) => mechanisms.iter().for_each(|one| one.encode(out.sp())),
            Self::Unseen(number) => out.number(number.get().into()).done(),
            Self::Other { name, arguments } => {
                if name.is_empty() || !name.iter().all(|octet| octet.is_ascii_graphic() && *octet != b']') {
                    out.refuse("resp-text-code");
                }
                inside(name, out);
                if let Some(arguments) = arguments {
                    inside(arguments, out.sp());
                }
            }
            _ => {}
        }
    }
}

/// What can end neither the line nor the brackets.
fn inside<'a>(octets: &[u8], out: &'a mut Encoder) -> &'a mut Encoder {
    if octets.iter().any(|octet| octet.is_ascii_control() || *octet == b']') {
        out.refuse("resp-text-code");
    }
    out.text(octets)
}

/// The same, but the brackets of an address stay: `imap://[2001:db8::1]/`.
fn inside_url(url: &[u8], out: &mut Encoder) {
    // A space is no part of a URL, but it may be why one is bad.
    let is_text = url
        .split(|octet| *octet == b' ')
        .all(|part| !part.is_empty() && part.iter().all(u8::is_ascii_graphic));
    if !is_text || url.first() == Some(&b'"') || url_length(url) < url.len() || ends_inside_brackets(url) {
        out.refuse("URL");
    }
    out.text(url);
}

fn ends_inside_brackets(url: &[u8]) -> bool {
    memchr::memrchr2(b'[', b']', url).is_some_and(|last| url.get(last) == Some(&b'['))
}

/// How many octets are before the bracket that ends the code.
fn url_length(octets: &[u8]) -> usize {
    let mut is_open = false;
    let end = octets.iter().position(|octet| match octet {
        b'[' => {
            is_open = true;
            false
        }
        b']' => !core::mem::take(&mut is_open),
        _ => false,
    });
    end.unwrap_or(octets.len())
}

/// `"[" resp-text-code "]"`; nothing if the brackets are part of the text.
pub(crate) fn code(input: Input<'_>) -> Option<(Input<'_>, Code)> {
    let inner = input.skip(1);
    if let Ok((rest, code)) = known(inner) {
        let rest = if rest.first() == Some(b' ') { crate::grammar::loose_spaces(rest) } else { rest };
        if rest.first() == Some(b']') {
            return Some((rest.skip(1), code));
        }
    }
    let (octets, rest) = inner.split(memchr::memchr(b']', inner.rest())?);
    let end = octets.iter().position(|octet| *octet == b' ').unwrap_or(octets.len());
    let (name, arguments) = octets.split_at_checked(end)?;
    let name_is_word = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    name_is_word.then(|| {
        let arguments = arguments.get(1..).map(|arguments| inner.bytes(arguments));
        (rest.skip(1), Code::Other { name: inner.bytes(name), arguments })
    })
}

fn known(input: Input<'_>) -> Parsed<'_, Code> {
    let (rest, word) = word(input)?;
    let argument = || sp(rest).map(|(rest, ())| rest);
    match word.as_bytes() {
        b"UIDVALIDITY" => nz_number(argument()?).map(|(rest, value)| (rest, Code::UidValidity(value.into()))),
        b"UIDNEXT" => nz_number(argument()?).map(|(rest, value)| (rest, Code::UidNext(value.into()))),
        b"UNSEEN" => nz_number(argument()?).map(|(rest, value)| (rest, Code::Unseen(value.into()))),
        b"HIGHESTMODSEQ" => mod_sequence(argument()?).map(|(rest, value)| (rest, Code::HighestModSeq(value))),
        b"PERMANENTFLAGS" => {
            permanent_flags(argument()?).map(|(rest, flags)| (rest, Code::PermanentFlags(flags)))
        }
        b"CAPABILITY" => {
            capabilities(rest).map(|(rest, capabilities)| (rest, Code::Capability(capabilities)))
        }
        b"ANNOTATE" => annotate(argument()?),
        b"ANNOTATIONS" => {
            annotation::support(argument()?).map(|(rest, support)| (rest, Code::Annotations(support)))
        }
        b"APPENDUID" => append_uid(argument()?),
        b"COPYUID" => copy_uid(argument()?),
        b"BADCHARSET" => bad_charset(rest),
        b"BADEVENT" => bad_event(rest),
        b"INPROGRESS" => in_progress(rest),
        b"MAILBOXID" => {
            let (rest, ()) = open(argument()?)?;
            let (rest, id) = astring(rest)?;
            Ok((close(rest)?.0, Code::MailboxId(id)))
        }
        b"MAXCONVERTMESSAGES" => {
            nz_number(argument()?).map(|(rest, limit)| (rest, Code::MaxConvertMessages(limit)))
        }
        b"MAXCONVERTPARTS" => {
            nz_number(argument()?).map(|(rest, limit)| (rest, Code::MaxConvertParts(limit)))
        }
        b"MESSAGELIMIT" => {
            let (rest, limit) = digits(argument()?)?;
            if rest.first() != Some(b' ') {
                return Ok((rest, Code::MessageLimit(limit, None)));
            }
            let (rest, uid) = loose_nz_number(sp(rest)?.0)?;
            Ok((rest, Code::MessageLimit(limit, uid.map(Uid::from))))
        }
        b"METADATA" => metadata(argument()?),
        b"MODIFIED" => sequence_set(argument()?).map(|(rest, set)| (rest, Code::Modified(set))),
        b"NOUPDATE" => tag_string(argument()?).map(|(rest, tag)| (rest, Code::NoUpdate(tag))),
        b"BADURL" => bad_url(argument()?).map(|(rest, url)| (rest, Code::BadUrl(url))),
        b"URLMECH" => urlauth::mechanisms(rest).map(|(rest, mechanisms)| (rest, Code::UrlMech(mechanisms))),
        b"UNDEFINED-FILTER" => {
            filter_name_in_code(argument()?).map(|(rest, name)| (rest, Code::UndefinedFilter(name)))
        }
        b"REFERRAL" => referral(rest),
        other => match Code::simple(other) {
            Some(code) => Ok((rest, code)),
            None => input.expected("resp-text-code"),
        },
    }
}

/// `"BADCHARSET" [SP "(" charset *(SP charset) ")"]`; the parentheses may be missing, as in an example of
/// [RFC 9051 section 6.4.4.4](https://www.rfc-editor.org/rfc/rfc9051#section-6.4.4.4).
fn bad_charset(input: Input<'_>) -> Parsed<'_, Code> {
    if input.rest().starts_with(b" (") {
        return list(input.skip(1), astring).map(|(rest, charsets)| (rest, Code::BadCharset(charsets)));
    }
    let (mut charsets, mut input) = (Vec::new(), input);
    while input.first() == Some(b' ') {
        let (rest, name) = atom(input.skip(1))?;
        charsets.push(input.bytes(name));
        input = rest;
    }
    Ok((input, Code::BadCharset(charsets)))
}

/// `"BADEVENT" SP "(" event-name *(SP event-name) ")"`; the parentheses are missing in what Dovecot sends.
fn bad_event(input: Input<'_>) -> Parsed<'_, Code> {
    if input.rest().starts_with(b" (") {
        return list(input.skip(1), event_name).map(|(rest, names)| (rest, Code::BadEvent(names)));
    }
    let (mut names, mut input) = (Vec::new(), input);
    while input.first() == Some(b' ') {
        let (rest, name) = event_name(input.skip(1))?;
        names.push(name);
        input = rest;
    }
    Ok((input, Code::BadEvent(names)))
}

/// `"APPENDUID" SP nz-number SP append-uid`
fn append_uid(input: Input<'_>) -> Parsed<'_, Code> {
    let (input, uid_validity) = nz_number(input)?;
    let (input, uids) = number_list::<Uid>(sp(input)?.0)?;
    Ok((input, Code::AppendUid { uid_validity: uid_validity.into(), uids: uids.rising() }))
}

/// `"COPYUID" SP nz-number SP uid-set SP uid-set`, both of the same length.
fn copy_uid(input: Input<'_>) -> Parsed<'_, Code> {
    let (rest, uid_validity) = nz_number(input)?;
    let (rest, from) = number_list::<Uid>(sp(rest)?.0)?;
    let (rest, to) = number_list::<Uid>(sp(rest)?.0)?;
    if from.len() != to.len() {
        return input.expected("two sets of the same length");
    }
    Ok((rest, Code::CopyUid { uid_validity: uid_validity.into(), from: from.rising(), to: to.rising() }))
}

fn in_progress(input: Input<'_>) -> Parsed<'_, Code> {
    if input.first() != Some(b' ') {
        return Ok((input, Code::InProgress { tag: None, done: None, goal: None }));
    }
    let number = |input| match nil(input) {
        Some(rest) => Ok((rest, None)),
        None => digits(input).map(|(rest, number)| (rest, Some(number))),
    };
    let (input, ()) = open(sp(input)?.0)?;
    let (input, tag) = match nil(input) {
        Some(rest) => (rest, None),
        None => tag_string(input).map(|(rest, tag)| (rest, Some(tag)))?,
    };
    let (input, done) = number(sp(input)?.0)?;
    let (input, goal) = number(sp(input)?.0)?;
    Ok((close(input)?.0, Code::InProgress { tag, done, goal }))
}

fn metadata(input: Input<'_>) -> Parsed<'_, Code> {
    let (rest, word) = word(input)?;
    match word.as_bytes() {
        b"LONGENTRIES" => digits(sp(rest)?.0).map(|(rest, number)| (rest, Code::MetadataLongEntries(number))),
        b"MAXSIZE" => digits(sp(rest)?.0).map(|(rest, number)| (rest, Code::MetadataMaxSize(number))),
        b"NOPRIVATE" => Ok((rest, Code::MetadataNoPrivate)),
        b"TOOMANY" => Ok((rest, Code::MetadataTooMany)),
        _ => input.expected("METADATA code"),
    }
}

/// `"ANNOTATE" SP ("TOOBIG" / "TOOMANY")`
fn annotate(input: Input<'_>) -> Parsed<'_, Code> {
    let (rest, word) = word(input)?;
    match word.as_bytes() {
        b"TOOBIG" => Ok((rest, Code::AnnotateTooBig)),
        b"TOOMANY" => Ok((rest, Code::AnnotateTooMany)),
        _ => input.expected("ANNOTATE code"),
    }
}

/// `url-resp-text = 1*(TEXT-CHAR without "]")`; the examples of
/// [RFC 4469](https://www.rfc-editor.org/rfc/rfc4469#section-4) have it in quotes.
fn bad_url(input: Input<'_>) -> Parsed<'_, Octets> {
    if input.first() == Some(b'"') {
        return quoted(input);
    }
    let (octets, rest) = input.split(url_length(input.rest()));
    if octets.is_empty() || rest.is_empty() {
        input.expected("url-resp-text")
    } else {
        Ok((rest, input.bytes(octets)))
    }
}

fn referral(mut input: Input<'_>) -> Parsed<'_, Code> {
    let mut urls = Vec::new();
    while input.first() == Some(b' ') {
        let (rest, one) = url(sp(input)?.0)?;
        urls.push(one);
        input = rest;
    }
    Ok((input, Code::Referral(urls)))
}

/// Octets up to a space or the bracket that ends the code; a URL has none of both.
fn url(input: Input<'_>) -> Parsed<'_, Octets> {
    let length = input.rest().iter().take_while(|octet| octet.is_ascii_graphic()).count();
    let (octets, rest) = input.split(url_length(input.rest().get(..length).unwrap_or_default()));
    if octets.is_empty() { input.expected("URL") } else { Ok((rest, input.bytes(octets))) }
}

#[cfg(test)]
mod tests;
