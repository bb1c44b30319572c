//! Lists the subjects of the newest messages, with nothing but the standard library's blocking sockets below the machine.
//!
//!     cargo run --example imap_std -- --demo
//!     MAILWIRE_PASSWORD=secret cargo run --example imap_std -- --host imap.example.org --user ann
//!
//! No async runtime is here: `blocking.rs` moves octets between a socket and the `Connection`, and that is all it takes. The
//! typed commands, and what is made of several of them, run on it as they do on tokio.

mod blocking;
mod demo;

use std::{
    error::Error as StdError,
    net::TcpStream,
    path::PathBuf,
    pin::pin,
    process::ExitCode,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use clap::{Parser, ValueEnum};
use mailwire::{
    imap::{
        PORT, SeqNum, SequenceSet, TLS_PORT,
        client::{
            Config, Execute as _, Login, Session as _,
            command::{
                Logout, Select,
                fetch::{Envelope, InternalDate},
            },
        },
    },
    sasl::client::Credentials,
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

use crate::blocking::Client;

/// What goes wrong; what the server refused can be found in it.
type Failure = Box<dyn StdError + Send + Sync>;

#[derive(Parser)]
#[command(about = "Lists the subjects of the newest messages of a mailbox, without any async runtime")]
struct Arguments {
    /// Talks to a server that plays its part within this program; nothing else is needed then.
    #[arg(long, conflicts_with_all = ["host", "user", "password"])]
    demo: bool,
    /// The server.
    #[arg(long, required_unless_present = "demo")]
    host: Option<String>,
    /// Its port: 993, or 143 without TLS from the first octet, if it is not given.
    #[arg(long)]
    port: Option<u16>,
    /// Who logs in.
    #[arg(long, required_unless_present = "demo")]
    user: Option<String>,
    /// The password. It is better in the environment, where other users of this machine do not see it.
    #[arg(long, env = "MAILWIRE_PASSWORD", hide_env_values = true, required_unless_present = "demo")]
    password: Option<String>,
    /// When TLS begins; without it, the password is not shown.
    #[arg(long, value_enum, default_value = "tls")]
    security: When,
    /// The only certificates to trust, in PEM; otherwise those that Mozilla trusts.
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Which mailbox.
    #[arg(long, default_value = "INBOX")]
    mailbox: String,
    /// How many messages at most.
    #[arg(long, default_value_t = 20)]
    count: u32,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum When {
    Tls,
    Starttls,
    Plaintext,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let listed = if arguments.demo { demonstrate(&arguments) } else { list_from_host(&arguments) };
    match listed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("imap_std: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The same against the server in `demo.rs`, on a free port of this machine.
fn demonstrate(arguments: &Arguments) -> Result<(), Failure> {
    let peer = demo::Peer::start()?;
    let mut client = Client::new(TcpStream::connect(peer.address())?, Config::default())?;
    let login = Login::new(Credentials::password(demo::USER, demo::PASSWORD), random::<24>()?);
    // Nobody listens between the two.
    list(&mut client, login.allow_cleartext(), arguments)?;
    peer.join()
}

fn list_from_host(arguments: &Arguments) -> Result<(), Failure> {
    let (Some(host), Some(user), Some(password)) = (&arguments.host, &arguments.user, &arguments.password)
    else {
        return Err("--host, --user and --password are needed".into());
    };
    let usual = if arguments.security == When::Tls { TLS_PORT } else { PORT };
    let stream = TcpStream::connect((host.as_str(), arguments.port.unwrap_or(usual)))?;
    let mut config = Config::default();
    config.seed = random()?;
    config.requires_tls = arguments.security == When::Starttls;
    let mut client = match arguments.security {
        When::Tls => Client::with_tls(stream, host, tls(arguments)?, config)?,
        When::Starttls => {
            let mut client = Client::new(stream, config)?;
            client.start_tls(host, tls(arguments)?)?;
            client
        }
        When::Plaintext => Client::new(stream, config)?,
    };
    // Without TLS it is a mechanism that does not show the password, or none.
    let login = Login::new(Credentials::password(user, password.as_str()), random::<24>()?);
    list(&mut client, login, arguments)
}

fn list(client: &mut Client, login: Login, arguments: &Arguments) -> Result<(), Failure> {
    let method = client.login(login)?;
    println!("logged in by {method:?}");
    let opened = ready(client.run(Select::examine(arguments.mailbox.as_str())))?;
    println!("{} has {} messages", arguments.mailbox, opened.exists);
    let first = opened.exists.saturating_sub(arguments.count.saturating_sub(1)).max(1);
    if arguments.count > 0
        && let (Some(first), Some(last)) = (SeqNum::new(first), SeqNum::new(opened.exists))
    {
        let newest = SequenceSet::from(first..=last);
        let fetched = ready(client.fetch(newest, (InternalDate, Envelope)))?;
        for row in fetched.rows.iter().rev() {
            let (date, envelope) = &row.items;
            let date = date.map(|date| date.to_string()).unwrap_or_default();
            let subject = envelope.as_ref().and_then(mailwire::imap::Envelope::decoded_subject);
            let subject =
                subject.map_or_else(|| "(no subject)".into(), |subject| shown(&subject.to_str_lossy()));
            println!("{date:26} {subject}");
        }
    }
    ready(client.run(Logout))
}

/// A text of somebody else, who is not to control the terminal.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The answer of what never waits: the blocking client has read the socket until the answer was there.
fn ready<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err("something waits that nobody wakes".into()),
    }
}

/// Whom to trust.
fn tls(arguments: &Arguments) -> Result<Arc<ClientConfig>, Failure> {
    let mut roots = RootCertStore::empty();
    match &arguments.ca {
        Some(file) => {
            for certificate in CertificateDer::pem_file_iter(file)? {
                roots.add(certificate?)?;
            }
        }
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Octets that nobody can predict.
fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut octets = [0; N];
    let filled = rustls::crypto::ring::default_provider().secure_random.fill(&mut octets);
    filled.map_err(|_| "there are no random octets")?;
    Ok(octets)
}
