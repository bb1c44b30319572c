use std::{sync::Arc, time::Duration};

use mailwire_imap_client::{Config, Method, codec::id::Fields, command::Extension};
use rustls::pki_types::ServerName;

/// How a [`Client`](super::Client) connects.
///
/// ```
/// use mailwire_tokio::imap::{ClientConfig, Security, command::Extension};
///
/// let mut config = ClientConfig::default();
/// assert_eq!(config.security, Security::Tls);
/// config.security = Security::StartTls;
/// config.enable = vec![Extension::QResync];
/// config.compress = true;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientConfig {
    /// Whether the octets are compressed after login, where the server can
    /// ([RFC 4978](https://www.rfc-editor.org/rfc/rfc4978)). Default false.
    pub compress: bool,
    /// The deadline for everything from the name look-up to the session that can be used, in one; the login is in it if it is
    /// part of the same call. Default 60 s.
    pub connect_timeout: Option<Duration>,
    /// What is enabled after login, as far as the server has it. Default nothing.
    pub enable: Vec<Extension>,
    /// The most octets of events that wait for [`next_event`](super::Client::next_event); beyond, the oldest are lost, which
    /// is [told](super::Error::EventsLost). Default 16 MiB.
    pub events: usize,
    /// What is told of this program after login, where the server asks for it ([`Id`](super::command::Id)). Some servers do
    /// nothing before they know. Default nothing, and then the server is not asked either.
    pub id: Option<Fields>,
    /// Whether the server is asked after login where mailboxes are (NAMESPACE). Default false.
    pub namespace: bool,
    /// Sends nothing along with AUTHENTICATE, for servers that announce this and cannot do it. Default false.
    pub no_initial_response: bool,
    /// The port; nothing means 993 with [`Security::Tls`], otherwise 143.
    pub port: Option<u16>,
    /// Limits, deadlines, departures from the standards. The seed, and whether TLS is there or required, are set by the client.
    pub protocol: Config,
    /// The most octets that are kept of a transfer that nobody reads from, while another command is waited for. Default
    /// 64 MiB.
    pub read_ahead: u64,
    /// TLS, or when it begins. Default [`Security::Tls`].
    pub security: Security,
    /// The name in the server's certificate, if it is not the host that is connected to.
    pub server_name: Option<ServerName<'static>>,
    /// Capabilities that the server announces and that are not believed: `NAMESPACE` for an Exchange 2003, which hangs up on
    /// it, if the session is [set up](super::Client::set_up) on a stream of the caller. What would use them goes other ways:
    /// [`namespaces`](super::Session::namespaces) by LIST.
    pub switched_off: Vec<String>,
    /// Whom to trust, client certificates and all else of TLS. Nothing means: whom the platform trusts.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// Ways to log in that are never used: SCRAM with channel binding (`-PLUS`) for a Cyrus on a line with TLS, which announces it
    /// and knows no binding but `tls-unique`, which TLS 1.3 does not have. To go on without by itself is what an attacker would
    /// want, so such a login fails.
    pub without: Vec<Method>,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            compress: false,
            connect_timeout: Some(Duration::from_secs(60)),
            enable: Vec::new(),
            events: 16 << 20,
            id: None,
            namespace: false,
            no_initial_response: false,
            port: None,
            protocol: Config::default(),
            read_ahead: 64 << 20,
            security: Security::default(),
            server_name: None,
            switched_off: Vec::new(),
            tls: None,
            without: Vec::new(),
        }
    }
}

/// When TLS begins.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Security {
    /// With the first octet, as on port 993 ([RFC 8314 section 3](https://www.rfc-editor.org/rfc/rfc8314#section-3)).
    #[default]
    Tls,
    /// After STARTTLS, without which nothing is done
    /// ([RFC 9051 section 6.2.1](https://www.rfc-editor.org/rfc/rfc9051#section-6.2.1)).
    StartTls,
    /// After STARTTLS if the server offers it. Who sits on the line can take the offer away, so this protects from nobody
    /// who tries: passwords are shown to nobody without TLS here.
    StartTlsIfOffered,
    /// Never. Passwords cross the line as they are if the server has nothing better.
    Plaintext,
}
