//! Which mailboxes a search or a notification is about.

use alloc::{vec, vec::Vec};

use crate::{
    Mailbox,
    encoder::{EncodeError, Encoder},
    grammar::{list, sp, word},
    input::{Input, Parsed},
    mailbox::mailbox,
};

/// `filter-mailboxes` ([RFC 5465 section 6](https://www.rfc-editor.org/rfc/rfc5465#section-6),
/// [RFC 7377 section 2.2](https://www.rfc-editor.org/rfc/rfc7377#section-2.2))
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[non_exhaustive]
pub enum MailboxFilter {
    /// `selected`: the mailbox that is selected
    Selected,
    /// `selected-delayed`: the same, but expunges are told only where a plain session would tell them; in NOTIFY only
    SelectedDelayed,
    /// `inboxes`: where messages may be delivered
    Inboxes,
    /// `personal`: all of the user's own
    Personal,
    /// `subscribed`: those that the user has subscribed to
    Subscribed,
    /// `subtree`: these, and all below them
    Subtree(Vec<Mailbox>),
    /// `subtree-one`: these, and those one level below them; in ESEARCH only
    SubtreeOne(Vec<Mailbox>),
    /// `mailboxes`: these
    Mailboxes(Vec<Mailbox>),
}

impl MailboxFilter {
    /// Whether it is about the selected mailbox, delayed or not.
    pub fn is_selected(&self) -> bool {
        matches!(self, Self::Selected | Self::SelectedDelayed)
    }

    pub(crate) fn encode(&self, out: &mut Encoder) {
        match self {
            Self::Selected => out.raw(b"selected").done(),
            Self::SelectedDelayed => out.raw(b"selected-delayed").done(),
            Self::Inboxes => out.raw(b"inboxes").done(),
            Self::Personal => out.raw(b"personal").done(),
            Self::Subscribed => out.raw(b"subscribed").done(),
            Self::Subtree(mailboxes) => encode_mailboxes(mailboxes, out.raw(b"subtree ")),
            Self::SubtreeOne(mailboxes) => encode_mailboxes(mailboxes, out.raw(b"subtree-one ")),
            Self::Mailboxes(mailboxes) => encode_mailboxes(mailboxes, out.raw(b"mailboxes ")),
        }
    }
}

fn encode_mailboxes(mailboxes: &[Mailbox], out: &mut Encoder) {
    match mailboxes {
        [] => out.fail(EncodeError::EmptyList).done(),
        [one] => out.mailbox(one).done(),
        several => out.list(several, |out, one| out.mailbox(one).done()).done(),
    }
}

/// `filter-mailboxes = filter-mailboxes-selected / filter-mailboxes-other`
pub(crate) fn filter_mailboxes(input: Input<'_>) -> Parsed<'_, MailboxFilter> {
    let (rest, name) = word(input)?;
    let named = |make: fn(Vec<Mailbox>) -> MailboxFilter| {
        one_or_more_mailbox(sp(rest)?.0).map(|(rest, mailboxes)| (rest, make(mailboxes)))
    };
    match name.as_bytes() {
        b"SELECTED" => Ok((rest, MailboxFilter::Selected)),
        b"SELECTED-DELAYED" => Ok((rest, MailboxFilter::SelectedDelayed)),
        b"INBOXES" => Ok((rest, MailboxFilter::Inboxes)),
        b"PERSONAL" => Ok((rest, MailboxFilter::Personal)),
        b"SUBSCRIBED" => Ok((rest, MailboxFilter::Subscribed)),
        b"SUBTREE" => named(MailboxFilter::Subtree),
        b"SUBTREE-ONE" => named(MailboxFilter::SubtreeOne),
        b"MAILBOXES" => named(MailboxFilter::Mailboxes),
        _ => input.expected("filter-mailboxes"),
    }
}

/// `one-or-more-mailbox = mailbox / "(" mailbox *(SP mailbox) ")"`
fn one_or_more_mailbox(input: Input<'_>) -> Parsed<'_, Vec<Mailbox>> {
    if input.first() != Some(b'(') {
        return mailbox(input).map(|(rest, one)| (rest, vec![one]));
    }
    let (rest, mailboxes) = list(input, mailbox)?;
    if mailboxes.is_empty() { input.expected("mailbox") } else { Ok((rest, mailboxes)) }
}
