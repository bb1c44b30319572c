//! What is wanted of the messages that are found.

use alloc::{vec, vec::Vec};
use core::ops::Range;

use mailwire_imap::{PartialRange, command::Return, fetch_attribute::Attribute};

use super::update_attributes;
use crate::{Server, Unsupported};

/// What is wanted of the messages that are found. If it is nothing, it is all of them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Returns {
    /// All of them.
    pub all: bool,
    /// How many they are.
    pub count: bool,
    /// The last one.
    pub max: bool,
    /// The first one.
    pub min: bool,
    /// Those at these places in the result ([RFC 9394](https://www.rfc-editor.org/rfc/rfc9394)).
    pub partial: Option<PartialRange>,
    /// How well each fits a fuzzy search ([RFC 6203](https://www.rfc-editor.org/rfc/rfc6203)).
    pub relevancy: bool,
    /// That the server keeps them ([RFC 5182](https://www.rfc-editor.org/rfc/rfc5182)).
    pub save: bool,
    /// That the same search comes again ([RFC 5267 section 4.2](https://www.rfc-editor.org/rfc/rfc5267#section-4.2)): a
    /// hint, which is given only to servers that know it.
    pub context: bool,
    /// That the server tells what changes in the result, and these items of messages that come into it
    /// ([RFC 5267 section 4.3](https://www.rfc-editor.org/rfc/rfc5267#section-4.3),
    /// [RFC 5465 section 8](https://www.rfc-editor.org/rfc/rfc5465#section-8)).
    pub update: Option<Vec<Attribute>>,
}

impl Returns {
    /// Whether all messages are to be told: that is wanted, or nothing is.
    pub(crate) fn wants_all(&self) -> bool {
        self.all || !(self.count || self.max || self.min || self.partial.is_some() || self.save)
    }

    /// Whether a plain answer, with all messages in it, is not enough.
    pub(crate) fn needs_extension(&self) -> bool {
        self.save || self.relevancy || self.update.is_some()
    }

    pub(crate) fn is_save_alone(&self) -> bool {
        *self == Self { save: true, context: self.context, ..Self::default() }
    }

    /// `search-return-opt`, for a server that can tell such a part of a result, and knows contexts, or not.
    pub(crate) fn options(
        &self,
        server: &Server,
        has_partial: impl FnOnce(PartialRange) -> bool,
        has_context: bool,
        is_fuzzy: bool,
    ) -> Result<Vec<Return>, Unsupported> {
        let mut options = vec![];
        if self.save {
            options.push(Return::Save);
        }
        if self.context && has_context {
            options.push(Return::Context);
        }
        if let Some(attributes) = &self.update {
            options.push(update_attributes(attributes, server)?);
        }
        if self.min {
            options.push(Return::Min);
        }
        if self.max {
            options.push(Return::Max);
        }
        // The answer has to say something, for its tag.
        if self.count || self.update.is_some() {
            options.push(Return::Count);
        }
        // "A single command MUST NOT contain more than one PARTIAL or ALL search return option".
        match self.partial {
            Some(range) if !self.all && has_partial(range) => options.push(Return::Partial(range)),
            // What is kept would be another.
            Some(_) if self.save && !self.all => return Err(Unsupported { capability: "PARTIAL" }),
            None if !self.wants_all() && !self.relevancy => {}
            _ => options.push(Return::All),
        }
        if self.relevancy && is_fuzzy {
            server.require("SEARCH=FUZZY")?;
            options.push(Return::Relevancy);
        }
        Ok(options)
    }
}

/// Where in a result of `length` messages a part is, counted from 0.
pub(crate) fn places_of(range: PartialRange, length: u64) -> Range<u64> {
    let places = range.of(usize::try_from(length).unwrap_or(usize::MAX));
    places.start as u64..places.end as u64
}

/// Words of a sentence that say what is wanted, for each command with [`Returns`].
macro_rules! builders {
    () => {
        /// All that is found.
        #[must_use]
        pub fn all(mut self) -> Self {
            self.returns.all = true;
            self
        }

        /// How many messages are found.
        #[must_use]
        pub fn count(mut self) -> Self {
            self.returns.count = true;
            self
        }

        /// The first message that is found.
        #[must_use]
        pub fn min(mut self) -> Self {
            self.returns.min = true;
            self
        }

        /// The last message that is found.
        #[must_use]
        pub fn max(mut self) -> Self {
            self.returns.max = true;
            self
        }

        /// The messages at these places of what is found, counted from the first or from the last one
        /// ([RFC 9394](https://www.rfc-editor.org/rfc/rfc9394)).
        #[must_use]
        pub fn partial(mut self, range: mailwire_imap::PartialRange) -> Self {
            self.returns.partial = Some(range);
            self
        }

        /// How well each message fits, if a key is fuzzy ([RFC 6203](https://www.rfc-editor.org/rfc/rfc6203)).
        #[must_use]
        pub fn relevancy(mut self) -> Self {
            self.returns.relevancy = true;
            self
        }

        /// Tells the server that the same search comes again
        /// ([RFC 5267 section 4.2](https://www.rfc-editor.org/rfc/rfc5267#section-4.2)), if it wants to know.
        #[must_use]
        pub fn context(mut self) -> Self {
            self.returns.context = true;
            self
        }

        /// Also what changes in the result, from then on: see [`Live`](crate::command::Live).
        #[must_use]
        pub fn update(self) -> Self {
            self.update_with([])
        }

        /// The same, with items of the messages that come into it, which are told as [`Event::Fetch`](crate::Event::Fetch)
        /// ([RFC 5465 section 8](https://www.rfc-editor.org/rfc/rfc5465#section-8)).
        #[must_use]
        pub fn update_with(
            mut self,
            attributes: impl IntoIterator<Item = mailwire_imap::fetch_attribute::Attribute>,
        ) -> Self {
            self.returns.update = Some(attributes.into_iter().collect());
            self
        }
    };
}
pub(crate) use builders;
