//! Mailboxes, whatever LIST can tell on this server.

use alloc::{vec, vec::Vec};

use mailwire_imap::{
    Mailbox,
    command::{ListReturn, ListSelect},
    list::{Attribute, Extended},
    mailbox_status::Attribute as Figure,
    metadata::Entry,
};

use crate::{
    Command, Execute, Server,
    command::{GetMetadata, List, Listed, Listing, Lsub, MyRights, Status},
};

/// Mailboxes, and what it took to list them.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Mailboxes {
    /// The mailboxes, in the order in which the server told them.
    pub listing: Listing,
    /// What LIST could not tell, and was found in other ways.
    pub fallbacks: Vec<Fallback>,
}

/// What took the place of an option of LIST.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Fallback {
    /// Whether there are mailboxes below is not told, unless the server does so unasked; one that does to a plain LIST need not
    /// to one with options.
    Children,
    /// LSUB told what is subscribed.
    Lsub,
    /// GETMETADATA for each mailbox, in place of LIST-METADATA.
    Metadata,
    /// One LIST for each pattern.
    Patterns,
    /// LIST with options was refused, or found nothing with a special use: LIST without options.
    Plain,
    /// MYRIGHTS for each mailbox, in place of LIST-MYRIGHTS.
    Rights,
    /// What mailboxes are for is not told, unless the server does so unasked; what has no use that is told is left out
    /// where only such mailboxes were asked for.
    SpecialUse,
    /// STATUS for each mailbox, in place of LIST-STATUS.
    Status,
}

pub(super) async fn list<E: Execute + ?Sized>(session: &mut E, list: List) -> Result<Mailboxes, E::Error> {
    let mut server = session.server().await?;
    let plan = Plan::new(&list, &server);
    let is_extended = plan.is_extended();
    match plan.follow(session).await {
        Err(error) if !(is_extended && was_refused::<E>(&error)) => Err(error),
        // Some announce SPECIAL-USE and find nothing by it.
        Ok(found)
            if !(is_extended
                && list.select.contains(&ListSelect::SpecialUse)
                && found.listing.mailboxes.is_empty()) =>
        {
            Ok(found)
        }
        _ => {
            for word in EXTENSIONS {
                server.switch_off(word);
            }
            let mut plan = Plan::new(&list, &server);
            plan.fallbacks.insert(0, Fallback::Plain);
            plan.follow(session).await
        }
    }
}

/// What is sent, and what is done after that.
struct Plan {
    lists: Vec<List>,
    /// Told by LSUB.
    lsub: Vec<Lsub>,
    only_subscribed: bool,
    with_parents: bool,
    only_special_use: bool,
    status: Option<Vec<Figure>>,
    rights: bool,
    metadata: Option<Vec<Entry>>,
    fallbacks: Vec<Fallback>,
}

impl Plan {
    fn new(list: &List, server: &Server) -> Self {
        let mut plan = Self {
            lists: Vec::new(),
            lsub: Vec::new(),
            only_subscribed: false,
            with_parents: false,
            only_special_use: false,
            status: None,
            rights: false,
            metadata: None,
            fallbacks: Vec::new(),
        };
        let mut command = list.clone();
        command.select.retain(|option| !plan.selects_itself(option, list, server));
        command.returns.retain(|option| !plan.tells_itself(option, list, server));
        let is_child_info_hidden = list.returns.contains(&ListReturn::Children)
            && !server.has("LIST-EXTENDED")
            && !(command.select.is_empty() && command.returns.is_empty());
        if is_child_info_hidden && !plan.fallbacks.contains(&Fallback::Children) {
            plan.fallbacks.push(Fallback::Children);
        }
        let is_several = command.patterns.len() > 1 && !server.has("LIST-EXTENDED");
        plan.lists = if is_several { plan.by_pattern(&command) } else { vec![command] };
        plan
    }

    /// Whether we do what the server cannot do.
    fn selects_itself(&mut self, option: &ListSelect, list: &List, server: &Server) -> bool {
        match option {
            ListSelect::SpecialUse if !server.has("SPECIAL-USE") => {
                self.only_special_use = true;
                self.fallbacks.push(Fallback::SpecialUse);
            }
            ListSelect::Subscribed if !server.has("LIST-EXTENDED") => {
                self.only_subscribed = true;
                self.ask_lsub(list);
            }
            ListSelect::RecursiveMatch
                if !server.has("LIST-EXTENDED") && list.select.contains(&ListSelect::Subscribed) =>
            {
                self.with_parents = true;
            }
            _ => return false,
        }
        true
    }

    fn tells_itself(&mut self, option: &ListReturn, list: &List, server: &Server) -> bool {
        match option {
            ListReturn::Children if !server.has("LIST-EXTENDED") => {
                if !server.has("CHILDREN") {
                    self.fallbacks.push(Fallback::Children);
                }
            }
            ListReturn::Metadata(entries) if !server.has("LIST-METADATA") => {
                self.metadata = Some(entries.clone());
                self.fallbacks.push(Fallback::Metadata);
            }
            ListReturn::MyRights if !server.has("LIST-MYRIGHTS") => {
                self.rights = true;
                self.fallbacks.push(Fallback::Rights);
            }
            ListReturn::SpecialUse if !server.has("SPECIAL-USE") => {
                self.fallbacks.push(Fallback::SpecialUse);
            }
            ListReturn::Status(attributes) if !server.has("LIST-STATUS") => {
                self.status = Some(attributes.clone());
                self.fallbacks.push(Fallback::Status);
            }
            ListReturn::Subscribed if !server.has("LIST-EXTENDED") => self.ask_lsub(list),
            _ => return false,
        }
        true
    }

    fn ask_lsub(&mut self, list: &List) {
        if self.lsub.is_empty() {
            let reference = list.reference.clone().unwrap_or_else(|| Mailbox::new(""));
            let lsub = |pattern: &Mailbox| Lsub { reference: reference.clone(), pattern: pattern.clone() };
            self.lsub = list.patterns.iter().map(lsub).collect();
            self.fallbacks.push(Fallback::Lsub);
        }
    }

    fn by_pattern(&mut self, command: &List) -> Vec<List> {
        self.fallbacks.push(Fallback::Patterns);
        let one = |pattern: &Mailbox| List { patterns: vec![pattern.clone()], ..command.clone() };
        command.patterns.iter().map(one).collect()
    }

    fn is_extended(&self) -> bool {
        let has_options = |list: &List| !list.select.is_empty() || !list.returns.is_empty();
        self.lists.iter().any(|list| has_options(list) || list.patterns.len() > 1)
    }

    async fn follow<E: Execute + ?Sized>(self, session: &mut E) -> Result<Mailboxes, E::Error> {
        let mut listing = Listing::default();
        for list in &self.lists {
            listing.extend(session.run(list.clone()).await?);
        }
        if !self.lsub.is_empty() {
            let mut subscribed = Listing::default();
            for lsub in &self.lsub {
                subscribed.extend(session.run(lsub.clone()).await?);
            }
            listing = self.subscribed(listing, subscribed);
        }
        if self.only_special_use {
            listing.retain(|row| row.attributes.iter().any(|attribute| is_use(&attribute)));
        }
        self.fill(session, &mut listing).await?;
        Ok(Mailboxes { listing, fallbacks: self.fallbacks })
    }

    /// What LIST with LIST-EXTENDED would tell.
    fn subscribed(&self, mut listing: Listing, subscribed: Listing) -> Listing {
        // "a flag of \Noselect [is for] a parent of what is subscribed" (RFC 3501 section 6.3.9).
        let is_parent = |row: &Listed| row.has(&Attribute::NoSelect);
        for row in subscribed.iter().filter(|row| !is_parent(row)) {
            if let Some(known) = listing.find_mut(&row.mailbox) {
                known.attributes.insert(Attribute::Subscribed);
            }
        }
        if !self.only_subscribed {
            return listing;
        }
        let mut found = Listing::default();
        for mut row in subscribed {
            let known = listing.find(&row.mailbox).cloned();
            if is_parent(&row) {
                row = known.unwrap_or(row);
                row.extended.push(Extended::ChildInfo(vec![ListSelect::Subscribed]));
                // One that is subscribed itself, and cannot be selected, cannot be told apart.
                if !self.with_parents {
                    continue;
                }
            } else if let Some(known) = known {
                row = known;
            } else {
                row.attributes.insert(Attribute::Subscribed);
                row.attributes.insert(Attribute::NonExistent);
            }
            found.extend([row]);
        }
        found
    }

    /// Asks what LIST did not tell, mailbox by mailbox. What is refused stays unknown.
    async fn fill<E: Execute + ?Sized>(
        &self,
        session: &mut E,
        listing: &mut Listing,
    ) -> Result<(), E::Error> {
        if let Some(attributes) = &self.status {
            let status = |mailbox: Mailbox| Status::new(mailbox, attributes.iter().copied());
            ask(session, listing, status, |row, figures| row.status = Some(figures)).await?;
        }
        if self.rights {
            ask(
                session,
                listing,
                |mailbox: Mailbox| MyRights::new(mailbox),
                |row, rights| row.rights = Some(rights),
            )
            .await?;
        }
        if let Some(entries) = &self.metadata {
            let metadata = |mailbox: Mailbox| GetMetadata::new(mailbox, entries.iter().cloned());
            ask(session, listing, metadata, |row, found| row.metadata = found.annotations).await?;
        }
        Ok(())
    }
}

/// Sends a command for each mailbox that can be selected, and takes what is answered.
async fn ask<E: Execute + ?Sized, C: Command>(
    session: &mut E,
    listing: &mut Listing,
    command: impl Fn(Mailbox) -> C + Send,
    take: impl Fn(&mut Listed, C::Output) + Send,
) -> Result<(), E::Error> {
    let rows = listing.iter().filter(|row| row.is_selectable());
    let mailboxes: Vec<Mailbox> = rows.map(|row| row.mailbox.clone()).collect();
    let commands = mailboxes.iter().cloned().map(command).collect();
    let answers = session.run_all(commands).await;
    for (mailbox, answer) in mailboxes.iter().zip(answers) {
        if let Some(answer) = unless_refused::<E, _>(answer)?
            && let Some(row) = listing.find_mut(mailbox)
        {
            take(row, answer);
        }
    }
    Ok(())
}

/// What a server answered with OK, or nothing if it refused. Other errors end the procedure.
pub(super) fn unless_refused<E: Execute + ?Sized, T>(
    answer: Result<T, E::Error>,
) -> Result<Option<T>, E::Error> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if was_refused::<E>(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the server said NO or BAD.
pub(super) fn was_refused<E: Execute + ?Sized>(error: &E::Error) -> bool {
    E::command_error(error).is_some_and(|error| error.status().is_some())
}

/// What a mailbox can be for: the attributes of RFC 6154 and those that were registered later.
fn is_use(attribute: &Attribute) -> bool {
    matches!(
        attribute,
        Attribute::All
            | Attribute::Archive
            | Attribute::Drafts
            | Attribute::Flagged
            | Attribute::Important
            | Attribute::Junk
            | Attribute::Memos
            | Attribute::Scheduled
            | Attribute::Sent
            | Attribute::Snoozed
            | Attribute::Trash
    )
}

/// What makes LIST more than plain.
const EXTENSIONS: &[&str] =
    &["LIST-EXTENDED", "LIST-METADATA", "LIST-MYRIGHTS", "LIST-STATUS", "SPECIAL-USE"];

#[cfg(test)]
mod tests;
