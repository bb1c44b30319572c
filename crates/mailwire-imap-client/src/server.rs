//! What is known of the server: its capabilities, and what was enabled.

use alloc::{string::String, vec::Vec};

use mailwire_imap::{
    Capabilities,
    capability::Capability,
    encoder::{Abilities, Literals},
};

use crate::Unsupported;

/// What the server can do, as far as it told and the application believes it.
#[derive(Clone, Debug, Default)]
pub struct Server {
    capabilities: Option<Capabilities>,
    /// What the application switched off, in upper case.
    switched_off: Vec<String>,
    enabled: Enabled,
}

/// What was enabled ([RFC 5161](https://www.rfc-editor.org/rfc/rfc5161)), by ENABLE or by what implies it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Enabled {
    /// `CONDSTORE`: FETCH responses to changes have MODSEQ.
    pub condstore: bool,
    /// `IMAP4rev2`
    pub imap4rev2: bool,
    /// `QRESYNC`: VANISHED in place of EXPUNGE.
    pub qresync: bool,
    /// `UIDONLY`: no sequence numbers any more.
    pub uid_only: bool,
    /// `UTF8=ACCEPT`
    pub utf8: bool,
}

impl Server {
    /// Believes no longer, from now on, that the server can do this: a word as CAPABILITY has it, in any case.
    ///
    /// For an extension that is announced and does not work. It stays off whatever the server announces later.
    pub fn switch_off(&mut self, word: &str) {
        let word = word.to_ascii_uppercase();
        if !self.switched_off.contains(&word) {
            self.switched_off.push(word);
        }
    }

    /// Takes [`switch_off`](Self::switch_off) back.
    pub fn switch_on(&mut self, word: &str) {
        self.switched_off.retain(|off| !off.eq_ignore_ascii_case(word));
    }

    /// The capabilities as the server told them last; nothing before it did, and after TLS began.
    pub fn capabilities(&self) -> Option<&Capabilities> {
        self.capabilities.as_ref()
    }

    /// Whether the server can do this: it said so, or it follows from what it said, and nobody switched it off.
    ///
    /// What IMAP4rev2 includes ([RFC 9051 appendix E](https://www.rfc-editor.org/rfc/rfc9051#appendix-E)) follows from
    /// IMAP4rev2, CONDSTORE and ENABLE from QRESYNC.
    pub fn has(&self, word: &str) -> bool {
        if self.switched_off.iter().any(|off| off.eq_ignore_ascii_case(word)) {
            return false;
        }
        let Some(capabilities) = &self.capabilities else { return false };
        let follows = |from: &str, words: &[&str]| {
            words.iter().any(|implied| implied.eq_ignore_ascii_case(word))
                && self.has_word(capabilities, from)
        };
        self.has_word(capabilities, word)
            || follows("IMAP4rev2", IMAP4REV2)
            || follows("QRESYNC", &["CONDSTORE", "ENABLE"])
            || follows("LITERAL+", &["LITERAL-"])
            || follows("UTF8=ONLY", &["UTF8=ACCEPT"])
    }

    /// The same as an error.
    ///
    /// # Errors
    ///
    /// [`Unsupported`] with the word.
    pub fn require(&self, word: &'static str) -> Result<(), Unsupported> {
        if self.has(word) { Ok(()) } else { Err(Unsupported { capability: word }) }
    }

    /// The capabilities one by one, without those that are switched off.
    pub fn iter(&self) -> impl Iterator<Item = Capability> + '_ {
        self.capabilities.iter().flat_map(|capabilities| {
            capabilities.words().zip(capabilities.iter()).filter_map(|(word, capability)| {
                let off = self.switched_off.iter().any(|off| off.as_bytes().eq_ignore_ascii_case(word));
                (!off).then_some(capability)
            })
        })
    }

    /// What was enabled.
    pub fn enabled(&self) -> Enabled {
        self.enabled
    }

    /// Whether mailbox names and strings are UTF-8 on the wire: after `ENABLE IMAP4rev2` or `ENABLE UTF8=ACCEPT`.
    pub fn is_utf8(&self) -> bool {
        self.enabled.utf8 || self.enabled.imap4rev2
    }

    /// What the encoder may use.
    pub fn abilities(&self) -> Abilities {
        let mut abilities = Abilities::default();
        abilities.literals = if self.has("LITERAL+") {
            Literals::Plus
        } else if self.has("LITERAL-") {
            Literals::Minus
        } else {
            Literals::Synchronising
        };
        abilities.binary = self.has("BINARY") || self.is_utf8();
        abilities.utf8 = self.is_utf8();
        abilities
    }

    pub(crate) fn set_capabilities(&mut self, capabilities: Option<Capabilities>) {
        self.capabilities = capabilities;
    }

    /// Takes what was enabled. QRESYNC enables CONDSTORE too
    /// ([RFC 7162 section 3.2.3](https://www.rfc-editor.org/rfc/rfc7162#section-3.2.3)).
    pub(crate) fn enable(&mut self, capabilities: &Capabilities) {
        self.enabled.qresync |= capabilities.has("QRESYNC");
        self.enabled.condstore |= capabilities.has("CONDSTORE") || self.enabled.qresync;
        self.enabled.imap4rev2 |= capabilities.has("IMAP4rev2");
        self.enabled.uid_only |= capabilities.has("UIDONLY");
        self.enabled.utf8 |= capabilities.has("UTF8=ACCEPT") || capabilities.has("UTF8=ONLY");
    }

    /// CONDSTORE is enabled by any command that uses it
    /// ([RFC 7162 section 3.1](https://www.rfc-editor.org/rfc/rfc7162#section-3.1)).
    pub(crate) fn enable_condstore(&mut self) {
        self.enabled.condstore = true;
    }

    /// Nothing is enabled any more: after UNAUTHENTICATE.
    pub(crate) fn disable_all(&mut self) {
        self.enabled = Enabled::default();
    }

    fn has_word(&self, capabilities: &Capabilities, word: &str) -> bool {
        capabilities.has(word) && !self.switched_off.iter().any(|off| off.eq_ignore_ascii_case(word))
    }
}

/// What a server of IMAP4rev2 can do without saying so. BINARY is not whole there: FETCH has it, APPEND does not.
const IMAP4REV2: &[&str] = &[
    "ENABLE",
    "ESEARCH",
    "ID",
    "IDLE",
    "LIST-EXTENDED",
    "LIST-STATUS",
    "LITERAL-",
    "MOVE",
    "NAMESPACE",
    "SASL-IR",
    "SEARCHRES",
    "SPECIAL-USE",
    "STATUS=SIZE",
    "UIDPLUS",
    "UNSELECT",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn server(words: &[&str]) -> Server {
        let mut server = Server::default();
        server.set_capabilities(Some(Capabilities::new(words).unwrap()));
        server
    }

    #[test]
    fn what_follows_from_what() {
        let rev2 = server(&["IMAP4rev2"]);
        assert!(rev2.has("move") && rev2.has("ESEARCH") && !rev2.has("QRESYNC") && !rev2.has("CONDSTORE"));
        let qresync = server(&["IMAP4rev1", "QRESYNC"]);
        assert!(qresync.has("CONDSTORE") && qresync.has("ENABLE") && !qresync.has("MOVE"));
        assert_eq!(server(&["LITERAL+"]).abilities().literals, Literals::Plus);
        assert_eq!(rev2.abilities().literals, Literals::Minus);
        assert!(!Server::default().has("IMAP4rev1"), "nothing is believed before it was said");
    }

    #[test]
    fn what_is_switched_off_stays_off_with_what_follows_from_it() {
        let mut server = server(&["IMAP4rev2", "QRESYNC", "MOVE"]);
        server.switch_off("qresync");
        assert!(!server.has("QRESYNC") && !server.has("CONDSTORE"));
        server.switch_off("MOVE");
        assert_eq!(server.require("MOVE"), Err(Unsupported { capability: "MOVE" }));
        server.set_capabilities(Some(Capabilities::new(["MOVE", "QRESYNC"]).unwrap()));
        assert!(!server.has("MOVE") && server.iter().count() == 0);
        server.switch_on("Move");
        assert!(server.has("MOVE"));
    }
}
