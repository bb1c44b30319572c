//! Dovecot and Cyrus with all that they can do, and the same users: Ann, Bob, and at Cyrus an administrator.
#![allow(dead_code, reason = "each test uses a part of it")]

use mailwire_testkit::peers::{Cyrus, Dovecot, Protocol, Settings, cyrus};

use crate::imap_blocking::Session;

/// A server that is running.
#[derive(Debug)]
pub(crate) enum Peer {
    Cyrus(Cyrus),
    Dovecot(Dovecot),
}

impl Peer {
    /// Runs a scenario against each server. What is in the scenario tells where they differ.
    pub(crate) fn each(scenario: impl Fn(&Self)) {
        for peer in [Self::dovecot(""), Self::cyrus("")] {
            scenario(&peer);
        }
    }

    /// Dovecot with these lines beside.
    pub(crate) fn dovecot(lines: &str) -> Self {
        let settings = Settings::new().user("ann", "secret").user("bob", "secret");
        Self::Dovecot(Dovecot::start(settings.lines(DOVECOT).lines(lines)).unwrap())
    }

    /// Cyrus with these lines beside.
    pub(crate) fn cyrus(lines: &str) -> Self {
        let settings =
            cyrus::Settings::new().user("ann", "secret").user("bob", "secret").admin("cyrus", "secret");
        Self::Cyrus(Cyrus::start(settings.lines(CYRUS).lines(lines)).unwrap())
    }

    /// A session of a user.
    pub(crate) fn connect(&self, user: &str) -> Session {
        Session::connect(self.port(Protocol::Imap), user, "secret")
    }

    pub(crate) fn port(&self, protocol: Protocol) -> u16 {
        match self {
            Self::Cyrus(server) => server.port(protocol).unwrap(),
            Self::Dovecot(server) => server.port(protocol),
        }
    }

    pub(crate) fn is_cyrus(&self) -> bool {
        matches!(self, Self::Cyrus(_))
    }

    /// One of two, where they differ.
    pub(crate) fn pick<T>(&self, dovecot: T, cyrus: T) -> T {
        if self.is_cyrus() { cyrus } else { dovecot }
    }
}

/// Everybody's mailboxes can be shared, and show below `Users`. 200 messages are the limit.
const DOVECOT: &str = "
mail_plugins = $mail_plugins acl quota zlib
mail_attribute_dict = file:%h/attributes
mailbox_list_index = yes
mailbox_list_index_include_inbox = yes
protocol imap {
  mail_plugins = $mail_plugins imap_acl imap_quota imap_zlib
  imap_metadata = yes
  imap_urlauth_host = localhost
}
plugin {
  acl = vfile
  acl_shared_dict = file:%h/../shared-mailboxes
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=10M:messages=200
  quota_rule2 = Trash:ignore
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Sent {
    special_use = \\Sent
    auto = subscribe
  }
  mailbox Trash {
    special_use = \\Trash
    auto = create
  }
}
namespace users {
  type = shared
  separator = /
  prefix = Users/%%u/
  location = maildir:%%h/Maildir:INDEXPVT=~/Users/%%u
  subscriptions = no
  list = children
}
namespace public {
  type = public
  separator = /
  prefix = Public/
  location = maildir:~/Public
  subscriptions = no
}
";

const CYRUS: &str = "
annotation_allow_undefined: yes
conversations: yes
";
