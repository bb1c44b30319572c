//! A POP3 server with mail in memory, for trying out clients.
//!
//!     cargo run --example mailserver -- --pop3 127.0.0.1:0 --pop3s 127.0.0.1:0 --user ann:secret --import mail/
//!
//! It prints `listening pop3 127.0.0.1:PORT` for each listener, then `ready`, on standard output. SIGTERM and Ctrl-C end it
//! when the transfers that are on their way have ended. `RUST_LOG=mailwire=trace` shows the dialogue, secrets masked.

use std::{error::Error, fs, io::Write as _, net::SocketAddr, path::Path, path::PathBuf};

use clap::Parser;
use mailwire::{
    sasl::Mechanism,
    service::MemoryDirectory,
    store::MemoryStore,
    tokio::{
        pop3::{Listener, Server, ServerConfig, ServerTls},
        tls::Identity,
    },
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

#[derive(Parser)]
#[command(about = "A POP3 server with mail in memory")]
struct Arguments {
    /// Where to listen for POP3, with STLS.
    #[arg(long, value_name = "ADDRESS")]
    pop3: Vec<SocketAddr>,
    /// Where to listen for POP3 with TLS from the first octet.
    #[arg(long, value_name = "ADDRESS")]
    pop3s: Vec<SocketAddr>,
    /// Who may log in.
    #[arg(long, value_name = "NAME:PASSWORD", required = true)]
    user: Vec<String>,
    /// Mail for each user: Maildir folders, mbox files, and single messages that end with `.eml`. If there is a folder
    /// with the name of a user in it, that folder is for this user.
    #[arg(long, value_name = "FOLDER")]
    import: Vec<PathBuf>,
    /// The certificate with its chain, in PEM. A self-signed one for localhost and 127.0.0.1 is made otherwise.
    #[arg(long, requires = "key")]
    cert: Option<PathBuf>,
    /// The key of the certificate, in PEM.
    #[arg(long, requires = "cert")]
    key: Option<PathBuf>,
    /// Where to write the self-signed certificate, for clients to trust it.
    #[arg(long, value_name = "FILE", conflicts_with = "cert")]
    write_cert: Option<PathBuf>,
    /// Lets passwords cross connections without TLS.
    #[arg(long)]
    allow_plaintext: bool,
    /// Sends messages with UTF-8 headers to clients that did not ask for UTF-8, too.
    #[arg(long)]
    send_utf8: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();

    let (store, mut directory) = (MemoryStore::new(), MemoryDirectory::new());
    for user in &arguments.user {
        let (name, password) = user.split_once(':').ok_or("--user needs NAME:PASSWORD")?;
        directory = directory.with_user(name, password, &mailwire::tokio::random::<16>()?)?;
        store.add_user(name);
        for folder in &arguments.import {
            let own = folder.join(name);
            for message in messages_in(if own.is_dir() { &own } else { folder })? {
                store.deliver(name, message)?;
            }
        }
    }

    let mut config = ServerConfig::new()?;
    config.apop_host = Some("localhost".into());
    config.protocol.implementation = Some("Mailwire".into());
    config.protocol.login.allow_cleartext = arguments.allow_plaintext;
    config.protocol.login.mechanisms.extend([
        Mechanism::ScramSha512Plus,
        Mechanism::ScramSha512,
        Mechanism::CramMd5,
        Mechanism::Login,
    ]);
    config.options.send_utf8_unasked = arguments.send_utf8;
    config.tls = Some(ServerTls::new(identity(&arguments)?)?);

    let mut listeners = Vec::new();
    for (name, addresses) in [("pop3", &arguments.pop3), ("pop3s", &arguments.pop3s)] {
        for address in addresses {
            let socket = TcpListener::bind(address).await?;
            println!("listening {name} {}", socket.local_addr()?);
            listeners.push(if name == "pop3" { Listener::plain(socket) } else { Listener::tls(socket) });
        }
    }
    let mut terminate = signal(SignalKind::terminate())?;
    println!("ready");
    std::io::stdout().flush()?;
    let shutdown = async {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        }
    };
    Ok(Server::new(store, directory, config).serve(listeners, shutdown).await?)
}

/// The certificate that the user has, or a fresh one.
fn identity(arguments: &Arguments) -> Result<Identity, Box<dyn Error>> {
    if let (Some(certificate), Some(key)) = (&arguments.cert, &arguments.key) {
        let chain = CertificateDer::pem_file_iter(certificate)?.collect::<Result<_, _>>()?;
        return Ok(Identity { chain, key: PrivateKeyDer::from_pem_file(key)? });
    }
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let rcgen::CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(names)?;
    if let Some(file) = &arguments.write_cert {
        fs::write(file, cert.pem())?;
    }
    let key = PrivateKeyDer::try_from(signing_key.serialize_der())?;
    Ok(Identity { chain: vec![cert.der().clone()], key })
}

/// All messages in a folder: a Maildir if it has `cur` or `new`, else mbox and `.eml` files, in the order of their names.
fn messages_in(folder: &Path) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut parts: Vec<_> =
        ["cur", "new"].iter().map(|part| folder.join(part)).filter(|part| part.is_dir()).collect();
    let is_maildir = !parts.is_empty();
    if !is_maildir {
        parts.push(folder.to_owned());
    }
    let mut files = Vec::new();
    for part in parts {
        for entry in fs::read_dir(part)? {
            files.push(entry?.path());
        }
    }
    files.sort();
    let mut messages = Vec::new();
    for file in files.iter().filter(|file| file.is_file()) {
        let octets = fs::read(file)?;
        let is_single = is_maildir || file.extension().is_some_and(|extension| extension == "eml");
        match () {
            () if is_single => messages.push(octets),
            () if octets.starts_with(b"From ") => messages.extend(split_mbox(&octets)),
            () => eprintln!("{} is no message and no mbox", file.display()),
        }
    }
    Ok(messages)
}

/// The messages of an mbox: each begins after a line that starts with `From `, and `>From ` in it stands for `From `.
fn split_mbox(mbox: &[u8]) -> Vec<Vec<u8>> {
    let mut messages: Vec<Vec<u8>> = Vec::new();
    let mut after_empty_line = true;
    for line in mbox.split_inclusive(|octet| *octet == b'\n') {
        let is_separator = after_empty_line && line.starts_with(b"From ");
        after_empty_line = matches!(line, b"\n" | b"\r\n");
        match messages.last_mut() {
            _ if is_separator => messages.push(Vec::new()),
            Some(message) => {
                let quoted = line.iter().skip_while(|octet| **octet == b'>').copied();
                let is_quoted = line.starts_with(b">") && quoted.take(5).eq(*b"From ");
                message.extend_from_slice(line.get(usize::from(is_quoted)..).unwrap_or_default());
            }
            None => {}
        }
    }
    for message in &mut messages {
        // The empty line before the next separator belongs to the mbox.
        if message.ends_with(b"\n\n") {
            message.pop();
        } else if message.ends_with(b"\r\n\r\n") {
            message.truncate(message.len() - 2);
        }
    }
    messages
}
