use alloc::{boxed::Box, vec::Vec};

use nom::Err;

use super::{
    Action, Body, Command, CommandError, Fetch, Messages, QResync, Select, Store, Values,
    list::{list_command, pattern},
    search::{esearch, search, sort, thread},
};
use crate::{
    Atom, Capabilities, Mailbox, ModSeq, Octets, ParseError, Secret, Tag, acl,
    annotation::annotations,
    append::{append, replace},
    atom::tag_string,
    capability::capabilities,
    convert::convert,
    fetch_attribute::attributes,
    flag::{flag, flag_list},
    grammar::{
        TAG, Word, astring, atom, close, digits, is_closing, list, loose_spaces, nz_number, open, run, sp,
        to_end, word,
    },
    id::fields,
    input::{Context, Input, Mismatch, Parsed, end},
    list as mailbox_list,
    mailbox::mailbox,
    mailbox_status, metadata,
    notify::notify,
    partial::partial_range,
    quota,
    set::sequence_set,
    uid_batches::message_batches,
    urlauth,
    value::value,
};

/// `command`, to the end of the frame. This and what it calls make the command where it stays: what is handed on from rule to
/// rule is copied each time.
pub(crate) fn command(context: &Context<'_>) -> Result<Command, CommandError> {
    let octets = context.octets;
    let tag = octets.get(..run(octets, TAG)).unwrap_or_default();
    let context = Context { tag, ..*context };
    let input = Input::new(&context);
    if tag.is_empty() || octets.get(tag.len()) == Some(&b'+') {
        return Err(CommandError { tag: None, error: without_secrets(input.error("tag"), input) });
    }
    body(sp(input.skip(tag.len()))?.0)
}

impl From<Err<Mismatch<'_>>> for CommandError {
    #[cold]
    fn from(error: Err<Mismatch<'_>>) -> Self {
        let (Err::Error(Mismatch { place, .. }) | Err::Failure(Mismatch { place, .. })) = error else {
            return Self { tag: None, error: error.into() };
        };
        let (tag, input) = (place.context.tag, Input::new(place.context));
        // A line of one word may be base64 of a SASL exchange, and no tag.
        let tag = Some(tag).filter(|tag| tag.len() < input.rest().len());
        let tag = tag.map(|tag| Tag::from_parsed(input.bytes(tag)));
        Self { tag, error: without_secrets(error.into(), input) }
    }
}

/// Shows nothing of what may be a secret: what follows these two words wherever they stand, what follows a word that is no
/// command and may be meant to be one of them, and a line of one word.
fn without_secrets(error: ParseError, input: Input<'_>) -> ParseError {
    let octets = input.rest();
    let words = [&b"LOGIN"[..], b"AUTHENTICATE"].map(|word| {
        let place = octets.windows(word.len()).position(|part| part.eq_ignore_ascii_case(word));
        place.map(|place| place + word.len())
    });
    let keyword = if error.rule() == "command" { word_after(octets, error.offset()) } else { None };
    let lone = memchr::memchr(b' ', octets).is_none().then_some(0);
    match words.into_iter().chain([keyword, lone]).flatten().min() {
        Some(length) => error.redacted(octets, length),
        None => error,
    }
}

/// Where the word ends that starts at `place`.
fn word_after(octets: &[u8], place: usize) -> Option<usize> {
    let rest = octets.get(place..)?;
    Some(place + rest.iter().position(|octet| *octet == b' ').unwrap_or(rest.len()))
}

fn body(input: Input<'_>) -> Result<Command, CommandError> {
    let (rest, word) = word(input)?;
    match word.as_bytes() {
        b"CAPABILITY" => made(rest, || Body::Capability),
        b"CHECK" => made(rest, || Body::Check),
        b"CLOSE" => made(rest, || Body::Close),
        b"EXPUNGE" => made(rest, || Body::Expunge(None)),
        b"GETJMAPACCESS" => made(rest, || Body::GetJmapAccess),
        b"IDLE" => made(rest, || Body::Idle),
        b"LOGOUT" => made(rest, || Body::Logout),
        b"NAMESPACE" => made(rest, || Body::Namespace),
        b"NOOP" => made(rest, || Body::Noop),
        b"STARTTLS" => made(rest, || Body::StartTls),
        b"UNAUTHENTICATE" => made(rest, || Body::Unauthenticate),
        b"UNSELECT" => made(rest, || Body::Unselect),
        b"CANCELUPDATE" => read(rest, cancel_update, Body::CancelUpdate),
        b"COMPARATOR" => read(rest, |rest| to_end(rest, astring), Body::Comparator),
        b"ENABLE" => read(rest, enable, Body::Enable),
        b"GENURLAUTH" => read(rest, urlauth::unsigned, Body::GenUrlAuth),
        b"LANGUAGE" => read(rest, |rest| to_end(rest, astring), Body::Language),
        b"RESETKEY" => read(rest, reset_key, Body::ResetKey),
        b"UID" => uid(sp(rest)?.0),
        b"URLFETCH" => read(rest, urlauth::requests, Body::UrlFetch),
        _ => with_arguments(input, word, rest),
    }
}

fn with_arguments(input: Input<'_>, word: Word, rest: Input<'_>) -> Result<Command, CommandError> {
    let known: fn(Input<'_>) -> Result<Command, CommandError> = match word.as_bytes() {
        b"APPEND" => |input| read(input, append, Body::Append),
        b"AUTHENTICATE" => |input| {
            read(input, authenticate, |(mechanism, initial_response)| Body::Authenticate {
                mechanism,
                initial_response,
            })
        },
        b"COMPRESS" => |input| read(input, name, Body::Compress),
        b"CONVERSIONS" => |input| read(input, conversions, |(a, b)| Body::Conversions(a, b)),
        b"CREATE" => |input| read(input, create, |(a, b)| Body::Create(a, b)),
        b"DELETE" => |input| read(input, mailbox, Body::Delete),
        b"DELETEACL" => {
            |input| read(input, |input| mailbox_and(input, astring), |(a, b)| Body::DeleteAcl(a, b))
        }
        b"ESEARCH" => |input| read(input, esearch, Body::ESearch),
        b"EXAMINE" => |input| select(input, Body::Examine),
        b"GETACL" => |input| read(input, mailbox, Body::GetAcl),
        b"GETMETADATA" => |input| read(input, metadata::get_metadata, Body::GetMetadata),
        b"GETQUOTA" => |input| read(input, astring, Body::GetQuota),
        b"GETQUOTAROOT" => |input| read(input, mailbox, Body::GetQuotaRoot),
        b"ID" => |input| read(input, fields, Body::Id),
        b"LIST" => |input| read(input, list_command, Body::List),
        b"LISTRIGHTS" => {
            |input| read(input, |input| mailbox_and(input, astring), |(a, b)| Body::ListRights(a, b))
        }
        b"LOGIN" => |input| read(input, login, |(user, password)| Body::Login(user, password)),
        b"LSUB" => |input| read(input, |input| mailbox_and(input, pattern), |(a, b)| Body::Lsub(a, b)),
        b"MYRIGHTS" => |input| read(input, mailbox, Body::MyRights),
        b"NOTIFY" => |input| read(input, notify, Body::Notify),
        b"RENAME" => |input| read(input, |input| mailbox_and(input, mailbox), |(a, b)| Body::Rename(a, b)),
        b"RLIST" => |input| read(input, |input| mailbox_and(input, pattern), |(a, b)| Body::Rlist(a, b)),
        b"RLSUB" => |input| read(input, |input| mailbox_and(input, pattern), |(a, b)| Body::Rlsub(a, b)),
        b"SELECT" => |input| select(input, Body::Select),
        b"SETACL" => |input| read(input, set_acl, |(a, b, c)| Body::SetAcl(a, b, c)),
        b"SETMETADATA" => |input| {
            read(input, |input| mailbox_and(input, metadata::entry_values), |(a, b)| Body::SetMetadata(a, b))
        },
        b"SETQUOTA" => |input| read(input, set_quota, |(a, b)| Body::SetQuota(a, b)),
        b"STATUS" => |input| read(input, status, |(a, b)| Body::Status(a, b)),
        b"SUBSCRIBE" => |input| read(input, mailbox, Body::Subscribe),
        b"UIDBATCHES" => |input| read(input, message_batches, Body::UidBatches),
        b"UNSUBSCRIBE" => |input| read(input, mailbox, Body::Unsubscribe),
        b"XLIST" => |input| read(input, |input| mailbox_and(input, pattern), |(a, b)| Body::Xlist(a, b)),
        _ if is_experimental(input.rest()) => return experimental(input, rest),
        _ => return numbered(input, word, rest, false),
    };
    known(sp(rest)?.0)
}

/// Whether the name of a command or of what FETCH asks for is one of no standard.
pub(crate) fn is_experimental(name: &[u8]) -> bool {
    matches!(name, [b'X' | b'x', ..])
}

/// `x-command = "X" atom <experimental command arguments>`
/// ([RFC 3501 section 9](https://www.rfc-editor.org/rfc/rfc3501#section-9))
fn experimental(input: Input<'_>, rest: Input<'_>) -> Result<Command, CommandError> {
    let name = Atom::from_parsed(input.bytes(input.up_to(rest)));
    let arguments = |input| to_end(input, |input| value(input, 0));
    read(rest, arguments, |arguments| Body::Experimental { name, arguments })
}

fn uid(input: Input<'_>) -> Result<Command, CommandError> {
    let (rest, word) = word(input)?;
    if word.as_bytes() == b"EXPUNGE" {
        return read(sp(rest)?.0, |input| messages(input, true), |messages| Body::Expunge(Some(messages)));
    }
    numbered(input, word, rest, true)
}

/// What exists with `UID` before it and without.
fn numbered(input: Input<'_>, word: Word, rest: Input<'_>, is_uid: bool) -> Result<Command, CommandError> {
    let known: fn(Input<'_>, bool) -> Result<Command, CommandError> = match word.as_bytes() {
        b"CONVERT" => |input, is_uid| {
            let (rest, messages) = messages(input, is_uid)?;
            read(sp(rest)?.0, |input| convert(input, messages), Body::Convert)
        },
        b"COPY" => |input, is_uid| {
            read(input, |input| messages_and(input, is_uid, mailbox), |(a, b)| Body::Copy(a, b))
        },
        b"FETCH" => |input, is_uid| read(input, |input| fetch(input, is_uid), Body::Fetch),
        b"MOVE" => |input, is_uid| {
            read(input, |input| messages_and(input, is_uid, mailbox), |(a, b)| Body::Move(a, b))
        },
        b"REPLACE" => |input, is_uid| read(input, |input| replace(input, is_uid), Body::Replace),
        b"SEARCH" => |input, is_uid| read(input, |input| search(input, is_uid), Body::Search),
        b"SORT" => |input, is_uid| read(input, |input| sort(input, is_uid), Body::Sort),
        b"STORE" => |input, is_uid| read(input, |input| store(input, is_uid), Body::Store),
        b"THREAD" => |input, is_uid| read(input, |input| thread(input, is_uid), Body::Thread),
        _ => return Err(input.mismatch("command").into()),
    };
    known(sp(rest)?.0, is_uid)
}

/// The command that `parser` reads.
#[inline]
fn read<'a, T>(
    input: Input<'a>,
    parser: impl FnOnce(Input<'a>) -> Parsed<'a, T>,
    body: impl FnOnce(T) -> Body,
) -> Result<Command, CommandError> {
    let (rest, value) = parser(input)?;
    made(rest, || body(value))
}

/// A command after which nothing follows.
#[inline]
fn made(rest: Input<'_>, body: impl FnOnce() -> Body) -> Result<Command, CommandError> {
    end(rest)?;
    Ok(Command { tag: Tag::from_parsed(rest.bytes(rest.context.tag)), body: body() })
}

/// `sequence-set`, `$`
fn messages(input: Input<'_>, is_uid: bool) -> Parsed<'_, Messages> {
    if input.first() == Some(b'$') {
        return Ok((input.skip(1), Messages::Saved { is_uid }));
    }
    if is_uid {
        return sequence_set(input).map(|(rest, set)| (rest, Messages::Uid(set)));
    }
    sequence_set(input).map(|(rest, set)| (rest, Messages::Sequence(set)))
}

fn messages_and<'a, T>(
    input: Input<'a>,
    is_uid: bool,
    other: impl FnOnce(Input<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, (Messages, T)> {
    let (rest, messages) = messages(input, is_uid)?;
    let (rest, other) = other(sp(rest)?.0)?;
    Ok((rest, (messages, other)))
}

fn mailbox_and<'a, T>(
    input: Input<'a>,
    other: impl FnOnce(Input<'a>) -> Parsed<'a, T>,
) -> Parsed<'a, (Mailbox, T)> {
    let (rest, mailbox) = mailbox(input)?;
    let (rest, other) = other(sp(rest)?.0)?;
    Ok((rest, (mailbox, other)))
}

pub(super) fn name(input: Input<'_>) -> Parsed<'_, Atom> {
    atom(input).map(|(rest, octets)| (rest, Atom::from_parsed(input.bytes(octets))))
}

/// `"CANCELUPDATE" 1*(SP quoted)` ([RFC 5267 section 5](https://www.rfc-editor.org/rfc/rfc5267#section-5))
fn cancel_update(input: Input<'_>) -> Parsed<'_, Vec<Tag>> {
    let (rest, tags) = to_end(input, tag_string)?;
    if tags.is_empty() { input.expected("SP") } else { Ok((rest, tags)) }
}

/// `"CONVERSIONS" SP from-mime-type-req SP to-mime-type-req`, after the first space
fn conversions(input: Input<'_>) -> Parsed<'_, (Octets, Octets)> {
    let (rest, source) = astring(input)?;
    let (rest, target) = astring(sp(rest)?.0)?;
    Ok((rest, (source, target)))
}

/// `login = "LOGIN" SP userid SP password`
#[inline]
fn login(input: Input<'_>) -> Parsed<'_, (Octets, Secret)> {
    let (rest, user) = astring(input)?;
    let (rest, password) = astring(sp(rest)?.0)?;
    Ok((rest, (user, Secret::new(password))))
}

/// `authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp]`
fn authenticate(input: Input<'_>) -> Parsed<'_, (Atom, Option<Secret>)> {
    let (rest, mechanism) = name(input)?;
    if loose_spaces(rest).is_empty() {
        return Ok((rest, (mechanism, None)));
    }
    let (rest, ()) = sp(rest)?;
    let is_base64 = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    let (octets, after) = rest.split(rest.rest().iter().take_while(|octet| is_base64(octet)).count());
    if octets.is_empty() {
        return rest.expected("initial-resp");
    }
    Ok((after, (mechanism, Some(Secret::new(octets)))))
}

/// `"CREATE" SP mailbox [SP "(" "USE" SP "(" use-attr *(SP use-attr) ")" ")"]`
fn create(input: Input<'_>) -> Parsed<'_, (Mailbox, Vec<mailbox_list::Attribute>)> {
    let (rest, mailbox) = mailbox(input)?;
    if loose_spaces(rest).is_empty() {
        return Ok((rest, (mailbox, Vec::new())));
    }
    let (rest, ()) = open(sp(rest)?.0)?;
    let (after, word) = word(rest)?;
    if word.as_bytes() != b"USE" {
        return rest.expected("USE");
    }
    let (rest, uses) = list(sp(after)?.0, mailbox_list::attribute)?;
    Ok((close(rest)?.0, (mailbox, uses)))
}

/// `mailbox [select-params]`
#[inline]
fn select(input: Input<'_>, body: impl FnOnce(Select) -> Body) -> Result<Command, CommandError> {
    let (rest, mailbox) = mailbox(input)?;
    if loose_spaces(rest).is_empty() {
        return made(rest, || body(Select { mailbox, condstore: false, annotate: false, qresync: None }));
    }
    read(sp(rest)?.0, |input| select_params(input, mailbox), body)
}

/// `"(" select-param *(SP select-param) ")"`
fn select_params(input: Input<'_>, mailbox: Mailbox) -> Parsed<'_, Select> {
    let mut select = Select { mailbox, condstore: false, annotate: false, qresync: None };
    let (mut input, ()) = open(input)?;
    while !is_closing(input) {
        let (rest, word) = word(input)?;
        input = match word.as_bytes() {
            b"ANNOTATE" => {
                select.annotate = true;
                rest
            }
            b"CONDSTORE" => {
                select.condstore = true;
                rest
            }
            b"QRESYNC" => {
                let (rest, known) = qresync(sp(rest)?.0)?;
                select.qresync = Some(Box::new(known));
                rest
            }
            _ => return input.expected("select-param"),
        };
        if !is_closing(input) {
            input = sp(input)?.0;
        }
    }
    if !select.annotate && !select.condstore && select.qresync.is_none() {
        return input.expected("select-param");
    }
    Ok((close(input)?.0, select))
}

/// `"(" uidvalidity SP mod-sequence-value [SP known-uids] [SP seq-match-data] ")"`
fn qresync(input: Input<'_>) -> Parsed<'_, QResync> {
    let (input, ()) = open(input)?;
    let (input, uid_validity) = nz_number(input)?;
    let (mut input, mod_seq) = mod_seq(sp(input)?.0)?;
    let (mut known_uids, mut sequence_match) = (None, None);
    if !is_closing(input) && sp(input)?.0.first() != Some(b'(') {
        let (rest, uids) = sequence_set(sp(input)?.0)?;
        (input, known_uids) = (rest, Some(uids));
    }
    if !is_closing(input) {
        let (rest, ()) = open(sp(input)?.0)?;
        let (rest, numbers) = sequence_set(rest)?;
        let (rest, uids) = sequence_set(sp(rest)?.0)?;
        (input, sequence_match) = (close(rest)?.0, Some((numbers, uids)));
    }
    let known = QResync { uid_validity: uid_validity.into(), mod_seq, known_uids, sequence_match };
    Ok((close(input)?.0, known))
}

fn mod_seq(input: Input<'_>) -> Parsed<'_, ModSeq> {
    let (rest, value) = digits(input)?;
    match ModSeq::new(value) {
        Some(value) => Ok((rest, value)),
        None => input.expected("number of 63 bits"),
    }
}

/// `sequence-set SP (macro / fetch-att / list) [fetch-modifiers]`
#[inline]
fn fetch(input: Input<'_>, is_uid: bool) -> Parsed<'_, Fetch> {
    let (rest, messages) = messages(input, is_uid)?;
    let (rest, attributes) = attributes(sp(rest)?.0)?;
    let fetch = Fetch::new(messages, attributes);
    if loose_spaces(rest).is_empty() {
        Ok((rest, fetch))
    } else {
        fetch_modifiers(sp(rest)?.0, is_uid, fetch)
    }
}

/// `"(" fetch-modifier *(SP fetch-modifier) ")"`
fn fetch_modifiers(input: Input<'_>, is_uid: bool, mut fetch: Fetch) -> Parsed<'_, Fetch> {
    let (mut input, ()) = open(input)?;
    while !is_closing(input) {
        let (rest, word) = word(input)?;
        input = match word.as_bytes() {
            b"CHANGEDSINCE" => {
                let (rest, value) = mod_seq(sp(rest)?.0)?;
                fetch.changed_since = Some(value);
                rest
            }
            b"PARTIAL" => {
                let (rest, range) = partial_range(sp(rest)?.0)?;
                fetch.partial = Some(range);
                rest
            }
            b"VANISHED" if is_uid => {
                fetch.vanished = true;
                rest
            }
            _ => return input.expected("fetch-modifier"),
        };
        if !is_closing(input) {
            input = sp(input)?.0;
        }
    }
    // VANISHED "MUST only be specified together with the CHANGEDSINCE UID FETCH modifier" (RFC 7162 section 3.2.6).
    if fetch.changed_since.is_none() && (fetch.vanished || fetch.partial.is_none()) {
        return input.expected("CHANGEDSINCE");
    }
    Ok((close(input)?.0, fetch))
}

/// `sequence-set [SP store-modifiers] SP store-att-flags`
fn store(input: Input<'_>, is_uid: bool) -> Parsed<'_, Store> {
    let (rest, messages) = messages(input, is_uid)?;
    let (mut input, mut unchanged_since) = (sp(rest)?.0, None);
    if input.first() == Some(b'(') {
        let (rest, word) = word(input.skip(1))?;
        if word.as_bytes() != b"UNCHANGEDSINCE" {
            return input.expected("store-modifier");
        }
        let (rest, value) = mod_seq(sp(rest)?.0)?;
        (input, unchanged_since) = (sp(close(rest)?.0)?.0, Some(value));
    }
    let (action, before) = match input.first() {
        Some(b'+') => (Action::Add, input.skip(1)),
        Some(b'-') => (Action::Remove, input.skip(1)),
        _ => (Action::Replace, input),
    };
    let (rest, word) = word(before)?;
    let silent = word.as_bytes().ends_with(b".SILENT");
    let (rest, values) = match word.as_bytes() {
        b"FLAGS" | b"FLAGS.SILENT" => flags(sp(rest)?.0)?,
        b"ANNOTATION" if action == Action::Replace => {
            annotations(sp(rest)?.0).map(|(rest, values)| (rest, Values::Annotations(values)))?
        }
        b"X-GM-LABELS" | b"X-GM-LABELS.SILENT" => list(sp(rest)?.0, crate::fetch::label)
            .map(|(rest, labels)| (rest, Values::GmailLabels(labels)))?,
        _ => return input.expected("store-att-flags"),
    };
    Ok((rest, Store { messages, unchanged_since, action, silent, values }))
}

/// `flag-list / (flag *(SP flag))`
fn flags(input: Input<'_>) -> Parsed<'_, Values> {
    if input.first() == Some(b'(') {
        return flag_list(input).map(|(rest, flags)| (rest, Values::Flags(flags)));
    }
    let (rest, first) = flag(input)?;
    let (rest, others) = to_end(rest, flag)?;
    Ok((rest, Values::Flags(first.into_iter().chain(others.into_iter().flatten()).collect())))
}

/// `enable = "ENABLE" 1*(SP capability)`
fn enable(input: Input<'_>) -> Parsed<'_, Capabilities> {
    match capabilities(input)? {
        (_, list) if list.is_empty() => input.expected("capability"),
        read => Ok(read),
    }
}

/// `resetkey = "RESETKEY" [SP mailbox *(SP mechanism)]`
fn reset_key(input: Input<'_>) -> Parsed<'_, Option<(Mailbox, Vec<Atom>)>> {
    if loose_spaces(input).is_empty() {
        return Ok((input, None));
    }
    let (rest, mailbox) = mailbox(sp(input)?.0)?;
    let (rest, mechanisms) = to_end(rest, urlauth::mechanism)?;
    Ok((rest, Some((mailbox, mechanisms))))
}

/// `"SETACL" SP mailbox SP identifier SP mod-rights`
fn set_acl(input: Input<'_>) -> Parsed<'_, (Mailbox, Octets, acl::Change)> {
    let (rest, (mailbox, identifier)) = mailbox_and(input, astring)?;
    let (rest, change) = acl::change(sp(rest)?.0)?;
    Ok((rest, (mailbox, identifier, change)))
}

/// `"SETQUOTA" SP quota-root-name SP setquota-list`
fn set_quota(input: Input<'_>) -> Parsed<'_, (Octets, Vec<quota::Limit>)> {
    let (rest, root) = astring(input)?;
    let (rest, limits) = quota::limits(sp(rest)?.0)?;
    Ok((rest, (root, limits)))
}

/// `mailbox SP "(" status-att *(SP status-att) ")"`
fn status(input: Input<'_>) -> Parsed<'_, (Mailbox, Vec<mailbox_status::Attribute>)> {
    let (rest, (mailbox, attributes)) = mailbox_and(input, |input| list(input, mailbox_status::attribute))?;
    if attributes.is_empty() { input.expected("status-att") } else { Ok((rest, (mailbox, attributes))) }
}
