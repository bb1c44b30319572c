use std::{sync::Arc, time::Duration};

use mailwire_pop3_client::{Config, Method};
use rustls::pki_types::ServerName;

/// How a [`Client`](super::Client) connects.
///
/// ```
/// use mailwire_tokio::pop3::{ClientConfig, Security};
///
/// let mut config = ClientConfig::default();
/// assert_eq!(config.security, Security::Tls);
/// config.security = Security::Stls;
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ClientConfig {
    /// The deadline for everything from the name look-up to the answer to CAPA, in one. Default 60 s.
    pub connect_timeout: Option<Duration>,
    /// Sends nothing along with AUTH, for servers that announce this and cannot do it. Default false.
    pub no_initial_response: bool,
    /// The port; nothing means 995 with [`Security::Tls`], otherwise 110.
    pub port: Option<u16>,
    /// Limits, deadlines, departures from the standards.
    pub protocol: Config,
    /// TLS, or when it begins. Default [`Security::Tls`].
    pub security: Security,
    /// The name in the server's certificate, if it is not the host that is connected to.
    pub server_name: Option<ServerName<'static>>,
    /// Whom to trust, client certificates and all else of TLS. Nothing means: whom the platform trusts.
    pub tls: Option<Arc<rustls::ClientConfig>>,
    /// Ways to log in that are never used.
    pub without: Vec<Method>,
}

impl Default for ClientConfig {
    fn default() -> Self {
        Self {
            connect_timeout: Some(Duration::from_secs(60)),
            no_initial_response: false,
            port: None,
            protocol: Config::default(),
            security: Security::default(),
            server_name: None,
            tls: None,
            without: Vec::new(),
        }
    }
}

/// When TLS begins.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Security {
    /// With the first octet, as on port 995 ([RFC 8314 section 3](https://www.rfc-editor.org/rfc/rfc8314#section-3)).
    #[default]
    Tls,
    /// After STLS, without which nothing is done ([RFC 2595 section 4](https://www.rfc-editor.org/rfc/rfc2595#section-4)).
    Stls,
    /// After STLS if the server offers it. Who sits on the line can take the offer away, so this protects from nobody
    /// who tries: passwords are shown to nobody without TLS here.
    StlsIfOffered,
    /// Never. Passwords cross the line as they are if the server has nothing better.
    Plaintext,
}
