//! Responses: what a server sends.

use alloc::vec::Vec;
use core::num::NonZeroU32;

use memchr::memchr;

use crate::{
    Flags, Octets, ParseError, SeqNum, Tag, UidSet,
    acl::{Acl, ListRights, MyRights, acl, list_rights, my_rights},
    capability::{Capabilities, capabilities},
    comparator::{Comparator, comparator},
    convert::{Conversion, Converted, conversion, converted},
    encoder::Encoder,
    fetch::{Fetch, Message, items},
    flag::flag_list,
    grammar::{TAG, astring, digits, loose_spaces, octet, run, sp, to_end, word},
    id::{Fields, encode_fields, fields},
    input::{Input, Parsed, end},
    list::{List, Namespaces, mailbox_list, namespaces},
    mailbox_status::{MailboxStatus, mailbox_status},
    metadata::{Metadata, metadata},
    quota::{Quota, QuotaRoot, quota, quota_root},
    response_code::{Code, code},
    search_result::{ESearch, Numbers, Thread, esearch, numbers, threads},
    set::sequence_set,
    status::{Kind, Status, after_kind, encode_text, kind, resp_text},
    uid_batches::{Batches, batches},
    urlauth,
};

mod made;

/// One response ([RFC 9051 section 7](https://www.rfc-editor.org/rfc/rfc9051#section-7)).
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Response {
    /// `+ ...`: the server waits for more of the command
    Continue(Continue),
    /// `* ...`: data, or news
    Data(Data),
    /// `a1 OK ...`: the end of a command
    Tagged(Tag, Status),
    /// What cannot be read. It does not end the session.
    Unknown(Unknown),
}

/// `continue-req`
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Continue {
    /// The code, if it is a text with one.
    pub code: Option<Code>,
    /// The text for people, or a challenge in base64.
    pub text: Octets,
}

/// A response that could not be read.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
pub struct Unknown {
    /// All its octets.
    pub octets: Octets,
    /// What was expected, and where.
    pub error: ParseError,
}

impl Unknown {
    /// Whether there is a literal in it. Then the length of the literal may have been wrong, by which the server and we
    /// disagree on where responses start: up to the next tagged response, what is told may be octets of a message, and
    /// responses may have been taken for such.
    pub fn has_literal(&self) -> bool {
        memchr(b'\n', &self.octets).is_some()
    }
}

/// Untagged data.
#[derive(Clone, Debug, Eq, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum Data {
    /// `ACL`
    Acl(Acl),
    /// `CAPABILITY`
    Capability(Capabilities),
    /// `COMPARATOR` (RFC 5255)
    Comparator(Comparator),
    /// `CONVERSION` (RFC 5259)
    Conversion(Conversion),
    /// `n CONVERTED` (RFC 5259)
    Converted(Converted),
    /// `ENABLED`
    Enabled(Capabilities),
    /// `ESEARCH`
    ESearch(ESearch),
    /// `n EXISTS`
    Exists(u32),
    /// `n EXPUNGE`
    Expunge(SeqNum),
    /// `n FETCH`, `n UIDFETCH`
    Fetch(Fetch),
    /// `FLAGS`
    Flags(Flags),
    /// `GENURLAUTH` (RFC 4467)
    GenUrlAuth(Vec<Octets>),
    /// `ID`
    Id(Option<Fields>),
    /// `JMAPACCESS` (RFC 9698)
    JmapAccess(Octets),
    /// `LANGUAGE` (RFC 5255)
    Language(Vec<Octets>),
    /// `LIST`
    List(List),
    /// `LISTRIGHTS`
    ListRights(ListRights),
    /// `LSUB`
    Lsub(List),
    /// `METADATA`
    Metadata(Metadata),
    /// `MYRIGHTS`
    MyRights(MyRights),
    /// `NAMESPACE`
    Namespace(Namespaces),
    /// `QUOTA`
    Quota(Quota),
    /// `QUOTAROOT`
    QuotaRoot(QuotaRoot),
    /// `n RECENT`
    Recent(u32),
    /// `SEARCH`
    Search(Numbers),
    /// `SORT`
    Sort(Numbers),
    /// `OK`, `NO`, `BAD`, `PREAUTH`, `BYE`
    Status(Status),
    /// `STATUS`
    MailboxStatus(MailboxStatus),
    /// `THREAD`
    Thread(Vec<Thread>),
    /// `UIDBATCHES` (RFC 10022)
    UidBatches(Batches),
    /// `URLFETCH` (RFC 4467, RFC 5524)
    UrlFetch(Vec<urlauth::Fetched>),
    /// `VANISHED` (RFC 7162)
    Vanished {
        /// Whether they were expunged before this session knew of them.
        earlier: bool,
        /// Which ones.
        uids: UidSet,
    },
    /// `XLIST`
    Xlist(List),
}

impl Response {
    /// Writes the response, with its line end.
    pub fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Continue(request) => {
                out.raw(b"+ ");
                if let Some(code) = &request.code {
                    code.encode(out);
                    out.sp();
                }
                encode_text(&request.text, request.code.is_some(), out);
            }
            Self::Data(data) => data.encode(out.raw(b"* ")),
            Self::Tagged(tag, status) => {
                if status.kind == Kind::PreAuth {
                    out.refuse("resp-cond-state");
                }
                status.encode(out.raw(tag.as_bytes()).sp());
            }
            // Its octets follow no rule, so nobody knows where they would end.
            Self::Unknown(_) => out.refuse("response").done(),
        }
        out.end();
    }
}

impl Data {
    fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Acl(acl) => acl.encode(out.raw(b"ACL ")),
            Self::Capability(capabilities) => capabilities.encode(out.raw(b"CAPABILITY")),
            Self::Comparator(comparator) => comparator.encode(out.raw(b"COMPARATOR ")),
            Self::Conversion(conversion) => conversion.encode(out.raw(b"CONVERSION ")),
            Self::Converted(converted) => converted.encode(out),
            Self::Enabled(capabilities) => capabilities.encode(out.raw(b"ENABLED")),
            Self::ESearch(found) => found.encode(out.raw(b"ESEARCH")),
            Self::Exists(number) => out.number((*number).into()).raw(b" EXISTS").done(),
            Self::Expunge(number) => out.number(number.get().into()).raw(b" EXPUNGE").done(),
            Self::Fetch(fetch) => fetch.encode(out),
            Self::Flags(flags) => flags.encode(out.raw(b"FLAGS ")),
            Self::GenUrlAuth(urls) => {
                out.raw(b"GENURLAUTH");
                urls.iter().for_each(|url| out.sp().string(url).done());
            }
            Self::Id(fields) => encode_fields(fields.as_ref(), out.raw(b"ID ")),
            Self::JmapAccess(url) => out.raw(b"JMAPACCESS ").string(url).done(),
            Self::Language(languages) => {
                out.raw(b"LANGUAGE ").list(languages, |out, language| out.astring(language).done());
            }
            Self::List(list) => list.encode(out.raw(b"LIST ")),
            Self::ListRights(rights) => rights.encode(out.raw(b"LISTRIGHTS ")),
            Self::Lsub(list) => list.encode(out.raw(b"LSUB ")),
            Self::Metadata(metadata) => metadata.encode(out.raw(b"METADATA ")),
            Self::MyRights(rights) => rights.encode(out.raw(b"MYRIGHTS ")),
            Self::Namespace(namespaces) => namespaces.encode(out.raw(b"NAMESPACE")),
            Self::Quota(quota) => quota.encode(out.raw(b"QUOTA ")),
            Self::QuotaRoot(roots) => roots.encode(out.raw(b"QUOTAROOT ")),
            Self::Recent(number) => out.number((*number).into()).raw(b" RECENT").done(),
            Self::Search(numbers) => numbers.encode(out.raw(b"SEARCH")),
            Self::Sort(numbers) => numbers.encode(out.raw(b"SORT")),
            Self::Status(status) => status.encode(out),
            Self::MailboxStatus(status) => status.encode(out.raw(b"STATUS ")),
            Self::Thread(threads) => {
                out.raw(if threads.is_empty() { b"THREAD" } else { b"THREAD " });
                threads.iter().for_each(|thread| thread.encode(out));
            }
            Self::UidBatches(found) => found.encode(out.raw(b"UIDBATCHES")),
            Self::UrlFetch(urls) => {
                out.raw(b"URLFETCH");
                urls.iter().for_each(|url| url.encode(out.sp()));
            }
            Self::Vanished { earlier, uids } => {
                uids.encode(out.raw(if *earlier { b"VANISHED (EARLIER) " } else { b"VANISHED " }));
            }
            Self::Xlist(list) => list.encode(out.raw(b"XLIST ")),
        }
    }
}

/// `response`, to the end of the frame. This and what it calls make the response where it stays: what is handed on from rule to
/// rule is copied each time.
pub(crate) fn response(input: Input<'_>) -> Result<Response, ParseError> {
    match input.rest() {
        [b'*', b' ', ..] => data(input.skip(2)),
        [b'+', ..] => continuation(input),
        _ => tagged(input),
    }
}

/// `continue-req = "+" SP (resp-text / base64)`
fn continuation(input: Input<'_>) -> Result<Response, ParseError> {
    let rest = input.skip(1);
    let rest = match rest.first() {
        Some(b' ') => rest.skip(1),
        None if input.quirks().missing_text => rest,
        _ => return Err(rest.error("SP")),
    };
    let (rest, code) = match code(rest).filter(|_| rest.first() == Some(b'[')) {
        Some((after, code)) => (if after.first() == Some(b' ') { after.skip(1) } else { after }, Some(code)),
        None => (rest, None),
    };
    Ok(Response::Continue(Continue { code, text: rest.bytes(rest.rest()) }))
}

/// `response-tagged = tag SP resp-cond-state`
fn tagged(input: Input<'_>) -> Result<Response, ParseError> {
    let (octets, rest) = input.split(run(input.rest(), TAG));
    if octets.is_empty() || rest.first() == Some(b'+') {
        return Err(input.error("response"));
    }
    let (after, kind) = kind(sp(rest)?.0)?;
    if kind == Kind::PreAuth {
        return Err(rest.error("resp-cond-state"));
    }
    resp_text(after, kind, |status| Response::Tagged(Tag::from_parsed(input.bytes(octets)), status))
}

/// `response-data`, after the asterisk
fn data(input: Input<'_>) -> Result<Response, ParseError> {
    let input = loose_spaces(input);
    match input.first() {
        Some(b'0'..=b'9') => numbered(input),
        Some(b'[') => {
            let (rest, kind) = kind(input)?;
            resp_text(rest, kind, |status| Response::Data(Data::Status(status)))
        }
        _ => named(input),
    }
}

/// `nz-number SP ("EXPUNGE" / "FETCH" SP msg-att)`, `number SP ("EXISTS" / "RECENT")`
fn numbered(input: Input<'_>) -> Result<Response, ParseError> {
    let (rest, number) = digits(input)?;
    let Ok(number) = u32::try_from(number) else { return Err(input.error("number of 32 bits")) };
    let before = sp(rest)?.0;
    let (rest, name) = word(before)?;
    match (name.as_bytes(), NonZeroU32::new(number)) {
        (b"EXISTS", _) => made(rest, || Data::Exists(number)),
        (b"RECENT", _) => made(rest, || Data::Recent(number)),
        (b"FETCH", Some(number)) => fetch(rest, Message::Sequence(number.into())),
        (b"UIDFETCH", Some(number)) => fetch(rest, Message::Uid(number.into())),
        (b"EXPUNGE", Some(number)) => made(rest, || Data::Expunge(number.into())),
        (b"CONVERTED", Some(number)) => read(sp(rest)?.0, |input| converted(input, number), Data::Converted),
        (b"FETCH" | b"UIDFETCH" | b"EXPUNGE" | b"CONVERTED", None) => {
            Err(input.error("number from 1 to 4294967295"))
        }
        _ => Err(before.error("message-data")),
    }
}

fn fetch(input: Input<'_>, message: Message) -> Result<Response, ParseError> {
    read(sp(input)?.0, items, |items| Data::Fetch(Fetch { message, items }))
}

fn named(input: Input<'_>) -> Result<Response, ParseError> {
    let (rest, word) = word(input)?;
    let word = word.as_bytes();
    if let Some(kind) = Kind::read(word) {
        return resp_text(after_kind(rest)?.0, kind, |status| Response::Data(Data::Status(status)));
    }
    // What may have no arguments.
    match word {
        b"SEARCH" => return read(rest, numbers, Data::Search),
        b"SORT" => return read(rest, numbers, Data::Sort),
        b"CAPABILITY" => return read(rest, capabilities, Data::Capability),
        b"ENABLED" => return read(rest, capabilities, Data::Enabled),
        b"ESEARCH" => return read(rest, esearch, Data::ESearch),
        b"THREAD" => return read(rest, threads, Data::Thread),
        b"UIDBATCHES" => return read(rest, batches, Data::UidBatches),
        b"GENURLAUTH" => return read(rest, |rest| to_end(rest, astring), Data::GenUrlAuth),
        b"URLFETCH" => {
            return read(rest, |rest| to_end(rest, urlauth::fetched), Data::UrlFetch);
        }
        _ => {}
    }
    let known: fn(Input<'_>) -> Result<Response, ParseError> = match word {
        b"CONVERSION" => |rest| read(rest, conversion, Data::Conversion),
        b"COMPARATOR" => |rest| read(rest, comparator, Data::Comparator),
        b"LIST" => |rest| read(rest, mailbox_list, Data::List),
        b"LSUB" => |rest| read(rest, mailbox_list, Data::Lsub),
        b"XLIST" => |rest| read(rest, mailbox_list, Data::Xlist),
        b"FLAGS" => |rest| read(rest, flag_list, Data::Flags),
        b"STATUS" => |rest| read(rest, mailbox_status, Data::MailboxStatus),
        b"VANISHED" => |rest| read(rest, vanished, |(earlier, uids)| Data::Vanished { earlier, uids }),
        b"NAMESPACE" => |rest| read(rest, namespaces, Data::Namespace),
        b"ID" => |rest| read(rest, fields, Data::Id),
        b"QUOTA" => |rest| read(rest, quota, Data::Quota),
        b"QUOTAROOT" => |rest| read(rest, quota_root, Data::QuotaRoot),
        b"ACL" => |rest| read(rest, acl, Data::Acl),
        b"LISTRIGHTS" => |rest| read(rest, list_rights, Data::ListRights),
        b"MYRIGHTS" => |rest| read(rest, my_rights, Data::MyRights),
        b"METADATA" => |rest| read(rest, metadata, Data::Metadata),
        b"LANGUAGE" => |rest| read(rest, |rest| crate::grammar::list(rest, astring), Data::Language),
        b"JMAPACCESS" => |rest| read(rest, astring, Data::JmapAccess),
        _ => return Err(input.error("response-data")),
    };
    known(sp(rest)?.0)
}

/// The data that `parser` reads.
#[inline]
fn read<'a, T>(
    input: Input<'a>,
    parser: impl FnOnce(Input<'a>) -> Parsed<'a, T>,
    data: impl FnOnce(T) -> Data,
) -> Result<Response, ParseError> {
    let (rest, value) = parser(input)?;
    made(rest, || data(value))
}

/// Data after which nothing follows.
#[inline]
fn made(rest: Input<'_>, data: impl FnOnce() -> Data) -> Result<Response, ParseError> {
    end(rest)?;
    Ok(Response::Data(data()))
}

/// `"VANISHED" [SP "(EARLIER)"] SP known-uids`
fn vanished(input: Input<'_>) -> Parsed<'_, (bool, UidSet)> {
    let mut rest = input;
    let earlier = input.first() == Some(b'(');
    if earlier {
        let (after, name) = word(input.skip(1))?;
        if name.as_bytes() != b"EARLIER" {
            return input.expected("EARLIER");
        }
        rest = sp(octet(after, b')', "\")\"")?.0)?.0;
    }
    let (after, uids) = sequence_set(rest)?;
    if UidSet::has_star(&uids) {
        return rest.expected("known-uids");
    }
    Ok((after, (earlier, uids)))
}

#[cfg(test)]
pub(crate) mod tests;
