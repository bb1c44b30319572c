use alloc::vec::Vec;

use super::{
    Action, Body, Command, CommandError, Fetch, Messages, QResync, Select, Store, Values,
    list::{list_command, pattern},
    search::{esearch, search, sort, thread},
};
use crate::{
    Atom, Mailbox, ModSeq, ParseError, Secret, Tag, acl,
    annotation::annotations,
    append::{append, replace},
    atom::tag_string,
    capability::capabilities,
    convert::convert,
    fetch_attribute::attributes,
    flag::{flag, flag_list},
    grammar::{
        ASTRING, Word, astring, atom, close, digits, is_closing, list, loose_spaces, nz_number, open, run,
        sp, to_end, word,
    },
    id::fields,
    input::{Context, Input, Parsed, ended, into_error},
    list as mailbox_list,
    mailbox::mailbox,
    mailbox_status, metadata,
    notify::notify,
    partial::partial_range,
    quota,
    set::sequence_set,
    uid_batches::message_batches,
    urlauth,
};

/// `command`
pub(crate) fn command(context: &Context<'_>) -> Result<Command, CommandError> {
    let input = Input::new(context);
    let (octets, rest) = input.split(run(input.rest(), ASTRING));
    if octets.is_empty() || octets.contains(&b'+') {
        return Err(CommandError { tag: None, error: without_secrets(input.error("tag"), input) });
    }
    let tag = Tag::from_parsed(input.bytes(octets));
    let error = match sp(rest).and_then(|(rest, ())| body(rest)) {
        Ok((rest, body)) => match ended(rest) {
            Ok(()) => return Ok(Command { tag, body }),
            Err(error) => error,
        },
        Err(error) => into_error(&error, context),
    };
    // A line of one word may be base64 of a SASL exchange, and no tag.
    let tag = Some(tag).filter(|_| !rest.is_empty());
    Err(CommandError { tag, error: without_secrets(error, input) })
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

fn body(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, word) = word(input)?;
    let simple = match word.as_bytes() {
        b"CAPABILITY" => Body::Capability,
        b"CHECK" => Body::Check,
        b"CLOSE" => Body::Close,
        b"EXPUNGE" => Body::Expunge(None),
        b"GETJMAPACCESS" => Body::GetJmapAccess,
        b"IDLE" => Body::Idle,
        b"LOGOUT" => Body::Logout,
        b"NAMESPACE" => Body::Namespace,
        b"NOOP" => Body::Noop,
        b"STARTTLS" => Body::StartTls,
        b"UNAUTHENTICATE" => Body::Unauthenticate,
        b"UNSELECT" => Body::Unselect,
        b"ENABLE" => {
            let (after, list) = capabilities(rest)?;
            return if list.is_empty() {
                rest.expected("capability")
            } else {
                Ok((after, Body::Enable(list)))
            };
        }
        b"COMPARATOR" => return to_end(rest, astring).map(|(rest, order)| (rest, Body::Comparator(order))),
        b"LANGUAGE" => {
            return to_end(rest, astring).map(|(rest, languages)| (rest, Body::Language(languages)));
        }
        b"CANCELUPDATE" => return cancel_update(rest),
        b"GENURLAUTH" => return urlauth::unsigned(rest).map(|(rest, urls)| (rest, Body::GenUrlAuth(urls))),
        b"RESETKEY" => return reset_key(rest),
        b"UID" => return uid(sp(rest)?.0),
        b"URLFETCH" => return urlauth::requests(rest).map(|(rest, urls)| (rest, Body::UrlFetch(urls))),
        _ => return with_arguments(input, word, rest),
    };
    Ok((rest, simple))
}

fn with_arguments<'a>(input: Input<'a>, word: Word, rest: Input<'a>) -> Parsed<'a, Body> {
    let known: fn(Input<'_>) -> Parsed<'_, Body> = match word.as_bytes() {
        b"APPEND" => |input| append(input).map(|(rest, append)| (rest, Body::Append(append))),
        b"AUTHENTICATE" => authenticate,
        b"COMPRESS" => |input| name(input).map(|(rest, algorithm)| (rest, Body::Compress(algorithm))),
        b"CONVERSIONS" => conversions,
        b"CREATE" => create,
        b"DELETE" => |input| mailbox(input).map(|(rest, mailbox)| (rest, Body::Delete(mailbox))),
        b"DELETEACL" => {
            |input| mailbox_and(input, astring).map(|(rest, (a, b))| (rest, Body::DeleteAcl(a, b)))
        }
        b"ESEARCH" => esearch,
        b"EXAMINE" => |input| select(input).map(|(rest, select)| (rest, Body::Examine(select))),
        b"GETACL" => |input| mailbox(input).map(|(rest, mailbox)| (rest, Body::GetAcl(mailbox))),
        b"GETMETADATA" => {
            |input| metadata::get_metadata(input).map(|(rest, command)| (rest, Body::GetMetadata(command)))
        }
        b"GETQUOTA" => |input| astring(input).map(|(rest, root)| (rest, Body::GetQuota(root))),
        b"GETQUOTAROOT" => |input| mailbox(input).map(|(rest, mailbox)| (rest, Body::GetQuotaRoot(mailbox))),
        b"ID" => |input| fields(input).map(|(rest, fields)| (rest, Body::Id(fields))),
        b"LIST" => |input| list_command(input).map(|(rest, list)| (rest, Body::List(list))),
        b"LISTRIGHTS" => {
            |input| mailbox_and(input, astring).map(|(rest, (a, b))| (rest, Body::ListRights(a, b)))
        }
        b"LOGIN" => login,
        b"LSUB" => |input| mailbox_and(input, pattern).map(|(rest, (a, b))| (rest, Body::Lsub(a, b))),
        b"MYRIGHTS" => |input| mailbox(input).map(|(rest, mailbox)| (rest, Body::MyRights(mailbox))),
        b"NOTIFY" => |input| notify(input).map(|(rest, notify)| (rest, Body::Notify(notify))),
        b"RENAME" => |input| mailbox_and(input, mailbox).map(|(rest, (a, b))| (rest, Body::Rename(a, b))),
        b"RLIST" => |input| mailbox_and(input, pattern).map(|(rest, (a, b))| (rest, Body::Rlist(a, b))),
        b"RLSUB" => |input| mailbox_and(input, pattern).map(|(rest, (a, b))| (rest, Body::Rlsub(a, b))),
        b"SELECT" => |input| select(input).map(|(rest, select)| (rest, Body::Select(select))),
        b"SETACL" => set_acl,
        b"SETMETADATA" => |input| {
            mailbox_and(input, metadata::entry_values).map(|(rest, (a, b))| (rest, Body::SetMetadata(a, b)))
        },
        b"SETQUOTA" => set_quota,
        b"STATUS" => status,
        b"SUBSCRIBE" => |input| mailbox(input).map(|(rest, mailbox)| (rest, Body::Subscribe(mailbox))),
        b"UIDBATCHES" => {
            |input| message_batches(input).map(|(rest, batches)| (rest, Body::UidBatches(batches)))
        }
        b"UNSUBSCRIBE" => |input| mailbox(input).map(|(rest, mailbox)| (rest, Body::Unsubscribe(mailbox))),
        b"XLIST" => |input| mailbox_and(input, pattern).map(|(rest, (a, b))| (rest, Body::Xlist(a, b))),
        _ => return numbered(input, word, rest, false),
    };
    known(sp(rest)?.0)
}

fn uid(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, word) = word(input)?;
    if word.as_bytes() == b"EXPUNGE" {
        let (rest, messages) = messages(sp(rest)?.0, true)?;
        return Ok((rest, Body::Expunge(Some(messages))));
    }
    numbered(input, word, rest, true)
}

/// What exists with `UID` before it and without.
fn numbered<'a>(input: Input<'a>, word: Word, rest: Input<'a>, is_uid: bool) -> Parsed<'a, Body> {
    let known: fn(Input<'_>, bool) -> Parsed<'_, Body> = match word.as_bytes() {
        b"CONVERT" => |input, is_uid| {
            let (rest, messages) = messages(input, is_uid)?;
            convert(sp(rest)?.0, messages).map(|(rest, convert)| (rest, Body::Convert(convert)))
        },
        b"COPY" => |input, is_uid| {
            messages_and(input, is_uid, mailbox).map(|(rest, (a, b))| (rest, Body::Copy(a, b)))
        },
        b"FETCH" => fetch,
        b"MOVE" => |input, is_uid| {
            messages_and(input, is_uid, mailbox).map(|(rest, (a, b))| (rest, Body::Move(a, b)))
        },
        b"REPLACE" => {
            |input, is_uid| replace(input, is_uid).map(|(rest, replace)| (rest, Body::Replace(replace)))
        }
        b"SEARCH" => search,
        b"SORT" => sort,
        b"STORE" => store,
        b"THREAD" => thread,
        _ => return input.expected("command"),
    };
    known(sp(rest)?.0, is_uid)
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
fn cancel_update(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, tags) = to_end(input, tag_string)?;
    if tags.is_empty() { input.expected("SP") } else { Ok((rest, Body::CancelUpdate(tags))) }
}

/// `"CONVERSIONS" SP from-mime-type-req SP to-mime-type-req`, after the first space
fn conversions(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, source) = astring(input)?;
    let (rest, target) = astring(sp(rest)?.0)?;
    Ok((rest, Body::Conversions(source, target)))
}

/// `login = "LOGIN" SP userid SP password`
fn login(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, user) = astring(input)?;
    let (rest, password) = astring(sp(rest)?.0)?;
    Ok((rest, Body::Login(user, Secret::new(password))))
}

/// `authenticate = "AUTHENTICATE" SP auth-type [SP initial-resp]`
fn authenticate(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, mechanism) = name(input)?;
    if loose_spaces(rest).is_empty() {
        return Ok((rest, Body::Authenticate { mechanism, initial_response: None }));
    }
    let (rest, ()) = sp(rest)?;
    let is_base64 = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/' | b'=');
    let (octets, after) = rest.split(rest.rest().iter().take_while(|octet| is_base64(octet)).count());
    if octets.is_empty() {
        return rest.expected("initial-resp");
    }
    Ok((after, Body::Authenticate { mechanism, initial_response: Some(Secret::new(octets)) }))
}

/// `"CREATE" SP mailbox [SP "(" "USE" SP "(" use-attr *(SP use-attr) ")" ")"]`
fn create(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, mailbox) = mailbox(input)?;
    if loose_spaces(rest).is_empty() {
        return Ok((rest, Body::Create(mailbox, Vec::new())));
    }
    let (rest, ()) = open(sp(rest)?.0)?;
    let (after, word) = word(rest)?;
    if word.as_bytes() != b"USE" {
        return rest.expected("USE");
    }
    let (rest, uses) = list(sp(after)?.0, mailbox_list::attribute)?;
    Ok((close(rest)?.0, Body::Create(mailbox, uses)))
}

/// `mailbox [select-params]`
fn select(input: Input<'_>) -> Parsed<'_, Select> {
    let (mut input, mailbox) = mailbox(input)?;
    let mut select = Select { mailbox, condstore: false, annotate: false, qresync: None };
    if loose_spaces(input).is_empty() {
        return Ok((input, select));
    }
    input = open(sp(input)?.0)?.0;
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
                select.qresync = Some(known);
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
fn fetch(input: Input<'_>, is_uid: bool) -> Parsed<'_, Body> {
    let (input, (messages, attributes)) = messages_and(input, is_uid, attributes)?;
    let mut fetch = Fetch::new(messages, attributes);
    if loose_spaces(input).is_empty() {
        return Ok((input, Body::Fetch(fetch)));
    }
    let (mut input, ()) = open(sp(input)?.0)?;
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
    Ok((close(input)?.0, Body::Fetch(fetch)))
}

/// `sequence-set [SP store-modifiers] SP store-att-flags`
fn store(input: Input<'_>, is_uid: bool) -> Parsed<'_, Body> {
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
    Ok((rest, Body::Store(Store { messages, unchanged_since, action, silent, values })))
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

/// `resetkey = "RESETKEY" [SP mailbox *(SP mechanism)]`
fn reset_key(input: Input<'_>) -> Parsed<'_, Body> {
    if loose_spaces(input).is_empty() {
        return Ok((input, Body::ResetKey(None)));
    }
    let (rest, mailbox) = mailbox(sp(input)?.0)?;
    let (rest, mechanisms) = to_end(rest, urlauth::mechanism)?;
    Ok((rest, Body::ResetKey(Some((mailbox, mechanisms)))))
}

/// `"SETACL" SP mailbox SP identifier SP mod-rights`
fn set_acl(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, (mailbox, identifier)) = mailbox_and(input, astring)?;
    let (rest, change) = acl::change(sp(rest)?.0)?;
    Ok((rest, Body::SetAcl(mailbox, identifier, change)))
}

/// `"SETQUOTA" SP quota-root-name SP setquota-list`
fn set_quota(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, root) = astring(input)?;
    let (rest, limits) = quota::limits(sp(rest)?.0)?;
    Ok((rest, Body::SetQuota(root, limits)))
}

/// `mailbox SP "(" status-att *(SP status-att) ")"`
fn status(input: Input<'_>) -> Parsed<'_, Body> {
    let (rest, (mailbox, attributes)) = mailbox_and(input, |input| list(input, mailbox_status::attribute))?;
    if attributes.is_empty() {
        input.expected("status-att")
    } else {
        Ok((rest, Body::Status(mailbox, attributes)))
    }
}
