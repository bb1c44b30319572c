//! What the IMAP examples ask for to reach an account.

use std::{error::Error as StdError, fs, path::PathBuf};

use clap::{Args, ValueEnum};
use mailwire::{
    imap::client::Method,
    sasl::{Mechanism, client::Credentials},
    tokio::{
        imap::{self, ClientConfig, Security},
        tls::{self, Roots},
    },
};
use rustls::pki_types::{CertificateDer, pem::PemObject as _};

/// A server, a user, and how to get there.
#[derive(Args)]
pub(crate) struct Account {
    /// The server.
    #[arg(long)]
    pub(crate) host: String,
    /// Its port: 993, or 143 without TLS from the first octet, if it is not given.
    #[arg(long)]
    port: Option<u16>,
    /// Who logs in.
    #[arg(long)]
    pub(crate) user: String,
    /// The password. It is better in the environment, where other users of this machine do not see it.
    #[arg(long, env = "MAILWIRE_PASSWORD", hide_env_values = true)]
    password: String,
    /// When TLS begins.
    #[arg(long, value_enum, default_value = "tls")]
    security: When,
    /// Logs in without binding the login to TLS, for servers that offer it and do not take our binding.
    #[arg(long)]
    no_binding: bool,
    /// The only certificates to trust, in PEM; otherwise whom the system trusts.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum When {
    Tls,
    Starttls,
    Plaintext,
}

impl Account {
    /// What it takes to connect.
    pub(crate) fn account(&self, compress: bool) -> Result<imap::Account<Credentials>, Box<dyn StdError>> {
        let credentials = Credentials::password(&self.user, self.password.as_str());
        let mut config = self.config()?;
        config.compress = compress;
        Ok(imap::Account { host: self.host.clone(), config, credentials })
    }

    fn config(&self) -> Result<ClientConfig, Box<dyn StdError>> {
        let mut config = ClientConfig::default();
        config.port = self.port;
        config.security = match self.security {
            When::Tls => Security::Tls,
            When::Starttls => Security::StartTls,
            When::Plaintext => Security::Plaintext,
        };
        if self.no_binding {
            let binding = Mechanism::ALL.into_iter().filter(|mechanism| mechanism.binds_channel());
            config.without = binding.map(Method::Sasl).collect();
        }
        if let Some(file) = &self.ca {
            let certificates = CertificateDer::pem_slice_iter(&fs::read(file)?).collect::<Result<_, _>>()?;
            config.tls = Some(tls::client_config(Roots::Only(certificates), None)?);
        }
        Ok(config)
    }
}
