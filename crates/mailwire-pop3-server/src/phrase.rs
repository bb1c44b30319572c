use core::fmt;

use mailwire_pop3::language::{LanguageListing, LanguageRange, LanguageTag};

/// What a reply says to a person.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Phrase {
    /// The greeting.
    Ready,
    /// To NOOP, and wherever there is nothing to say.
    Done,
    /// To QUIT.
    Bye,
    /// To a login.
    LoggedIn,
    /// To USER, whether the user exists or not.
    SendPassword,
    /// To STLS.
    BeginTls,
    /// To UTF8.
    Utf8Mode,
    /// Before a listing.
    ListingFollows,
    /// Before a message.
    MessageFollows,
    /// To DELE.
    Deleted,
    /// To RSET.
    Reset,
    /// To LANG.
    LanguageChosen,
    /// To a line that is no command.
    BadCommand,
    /// To a command that is not known.
    UnknownCommand,
    /// To a command that does not fit the state.
    NotNow,
    /// To the name of a mechanism that is not offered.
    NoSuchMechanism,
    /// To a way to log in that needs TLS.
    NeedsTls,
    /// To a message number that there is not.
    NoSuchMessage,
    /// To the number of a message that is marked as deleted.
    AlreadyDeleted,
    /// To a language that there is not.
    NoSuchLanguage,
    /// To wrong credentials.
    WrongCredentials,
    /// To a login that the client gave up.
    Cancelled,
    /// The maildrop is in use.
    InUse,
    /// The last login was too short a time ago.
    LoginDelay,
    /// The system fails for now.
    Temporary,
    /// The system fails.
    Permanent,
    /// The message needs UTF-8 mode.
    NeedsUtf8,
    /// To QUIT, when not all deletions could be done.
    NotAllDeleted,
    /// Too many bad commands, too many failures, too long a line.
    Enough,
    /// Too long without a command.
    TooSlow,
    /// The server is going down.
    GoingDown,
}

/// A language that replies can be in.
#[derive(Clone)]
pub struct Language {
    /// Its tag and its name.
    pub listing: LanguageListing,
    /// Its words. Control characters become spaces, and what makes a line longer than 512 octets is cut.
    pub words: fn(Phrase) -> &'static str,
}

impl Language {
    /// English.
    pub fn english() -> Self {
        let listing = LanguageListing { tag: LanguageTag::english(), description: "English".into() };
        Self { listing, words: english }
    }

    pub(crate) fn is_in(&self, range: &LanguageRange) -> bool {
        range.matches(&self.listing.tag)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.listing.tag.as_str())
    }
}

fn english(phrase: Phrase) -> &'static str {
    match phrase {
        Phrase::Ready => "POP3 server ready",
        Phrase::Done => "done",
        Phrase::Bye => "bye",
        Phrase::LoggedIn => "logged in",
        Phrase::SendPassword => "send the password",
        Phrase::BeginTls => "begin TLS",
        Phrase::Utf8Mode => "UTF-8 mode",
        Phrase::ListingFollows => "the list follows",
        Phrase::MessageFollows => "the message follows",
        Phrase::Deleted => "marked as deleted",
        Phrase::Reset => "no message is marked as deleted",
        Phrase::LanguageChosen => "English it is",
        Phrase::BadCommand => "the command cannot be read",
        Phrase::UnknownCommand => "unknown command",
        Phrase::NotNow => "not in this state",
        Phrase::NoSuchMechanism => "no such mechanism here",
        Phrase::NeedsTls => "not without TLS",
        Phrase::NoSuchMessage => "no such message",
        Phrase::AlreadyDeleted => "the message is marked as deleted",
        Phrase::NoSuchLanguage => "no such language",
        Phrase::WrongCredentials => "authentication failed",
        Phrase::Cancelled => "authentication cancelled",
        Phrase::InUse => "the maildrop is in use by another session",
        Phrase::LoginDelay => "too short a time since the last login",
        Phrase::Temporary => "the system fails for now, try later",
        Phrase::Permanent => "the system fails",
        Phrase::NeedsUtf8 => "the message needs UTF-8 mode",
        Phrase::NotAllDeleted => "some deleted messages were not removed",
        Phrase::Enough => "too many errors",
        Phrase::TooSlow => "too long without a command",
        Phrase::GoingDown => "the server is going down",
    }
}
