//! Commands with the types of their answers: each folds its part of the events into one value.
//!
//! [`Connection`](crate::Connection) speaks events. An adapter sends [`Request::command`], gives each event of that
//! command to the request, and has a typed answer at the end.

use alloc::vec::Vec;

use mailwire_pop3::{
    Capabilities, Command, MessageNumber, ParseError, Reply,
    language::{LanguageListing, LanguageRange, LanguageTag},
    listing::{DropListing, ScanListing, UniqueIdListing},
};

use crate::Row;

/// A command with the type of its answer.
pub trait Request {
    /// The answer.
    type Output: Default;

    /// What is sent.
    fn command(&self) -> Command;

    /// Takes the first line of a positive answer.
    ///
    /// # Errors
    ///
    /// [`ParseError`] if it does not say what it has to say.
    fn on_reply(&self, _reply: &Reply, _output: &mut Self::Output) -> Result<(), ParseError> {
        Ok(())
    }

    /// Takes a row of a listing.
    fn on_row(&self, _row: Row, _output: &mut Self::Output) {}
}

/// The rows of a listing: those that can be read, and those that cannot.
///
/// A server that sends one bad row does not hide the others.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listing<T> {
    /// What was read, in the order of the server.
    pub rows: Vec<T>,
    /// What was not.
    pub unreadable: Vec<ParseError>,
}

impl<T> Listing<T> {
    fn add(&mut self, row: Result<T, Row>) {
        match row {
            Ok(row) => self.rows.push(row),
            Err(Row::Unparsed(error)) => self.unreadable.push(error),
            Err(_) => {}
        }
    }
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), unreadable: Vec::new() }
    }
}

impl<T> IntoIterator for Listing<T> {
    type Item = T;
    type IntoIter = alloc::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.into_iter()
    }
}

/// `CAPA`
#[derive(Clone, Copy, Debug)]
pub struct Capa;

impl Request for Capa {
    type Output = Capabilities;

    fn command(&self) -> Command {
        Command::Capa
    }

    fn on_row(&self, row: Row, output: &mut Capabilities) {
        if let Row::Capability(capability) = row {
            output.insert(capability);
        }
    }
}

/// `STAT`
#[derive(Clone, Copy, Debug)]
pub struct Stat;

impl Request for Stat {
    type Output = DropListing;

    fn command(&self) -> Command {
        Command::Stat
    }

    fn on_reply(&self, reply: &Reply, output: &mut DropListing) -> Result<(), ParseError> {
        *output = DropListing::parse(reply.text())?;
        Ok(())
    }
}

/// `LIST`, of all messages.
#[derive(Clone, Copy, Debug)]
pub struct List;

impl Request for List {
    type Output = Listing<ScanListing>;

    fn command(&self) -> Command {
        Command::List(None)
    }

    fn on_row(&self, row: Row, output: &mut Listing<ScanListing>) {
        output.add(match row {
            Row::Scan(row) => Ok(row),
            other => Err(other),
        });
    }
}

/// `LIST msg`
#[derive(Clone, Copy, Debug)]
pub struct ListOne(
    /// Which message.
    pub MessageNumber,
);

impl Request for ListOne {
    type Output = Option<ScanListing>;

    fn command(&self) -> Command {
        Command::List(Some(self.0))
    }

    fn on_reply(&self, reply: &Reply, output: &mut Option<ScanListing>) -> Result<(), ParseError> {
        *output = Some(ScanListing::parse(reply.text())?);
        Ok(())
    }
}

/// `UIDL`, of all messages.
#[derive(Clone, Copy, Debug)]
pub struct Uidl;

impl Request for Uidl {
    type Output = Listing<UniqueIdListing>;

    fn command(&self) -> Command {
        Command::Uidl(None)
    }

    fn on_row(&self, row: Row, output: &mut Listing<UniqueIdListing>) {
        output.add(match row {
            Row::UniqueId(row) => Ok(row),
            other => Err(other),
        });
    }
}

/// `UIDL msg`
#[derive(Clone, Copy, Debug)]
pub struct UidlOne(
    /// Which message.
    pub MessageNumber,
);

impl Request for UidlOne {
    type Output = Option<UniqueIdListing>;

    fn command(&self) -> Command {
        Command::Uidl(Some(self.0))
    }

    fn on_reply(&self, reply: &Reply, output: &mut Option<UniqueIdListing>) -> Result<(), ParseError> {
        *output = Some(UniqueIdListing::parse(reply.text())?);
        Ok(())
    }
}

/// `LANG`: which languages there are.
#[derive(Clone, Copy, Debug)]
pub struct Languages;

impl Request for Languages {
    type Output = Listing<LanguageListing>;

    fn command(&self) -> Command {
        Command::Lang(None)
    }

    fn on_row(&self, row: Row, output: &mut Listing<LanguageListing>) {
        output.add(match row {
            Row::Language(row) => Ok(row),
            other => Err(other),
        });
    }
}

/// `LANG range`: the tag that the server chose, if it tells.
#[derive(Clone, Debug)]
pub struct Lang(
    /// What is asked for.
    pub LanguageRange,
);

impl Request for Lang {
    type Output = Option<LanguageTag>;

    fn command(&self) -> Command {
        Command::Lang(Some(self.0.clone()))
    }

    fn on_reply(&self, reply: &Reply, output: &mut Option<LanguageTag>) -> Result<(), ParseError> {
        *output = LanguageTag::chosen_by(reply);
        Ok(())
    }
}

/// Any command whose answer has nothing but its status: `DELE`, `NOOP`, `RSET`, `UTF8`, `QUIT`.
#[derive(Clone, Debug)]
pub struct Plain(
    /// The command.
    pub Command,
);

impl Request for Plain {
    type Output = ();

    fn command(&self) -> Command {
        self.0.clone()
    }
}
