use super::{Client, Fetch, Mechanism, files};
use crate::peers::process::Place;
use crate::peers::{Account, Error, Security};

pub(super) fn fetch(place: &Place, account: &Account, fetch: &Fetch) -> Result<Vec<Vec<u8>>, Error> {
    let word = Client::Fetchmail.mechanism(fetch)?;
    let directory = place.directory("messages")?;
    let delivery = place.file("deliver", DELIVERY)?;
    let Account { host, password, port, user, .. } = account;
    // Without `invisible` it adds Received; without the `no` lines it rewrites addresses, decodes MIME and strips CR.
    let configuration = format!(
        "set no bouncemail
set invisible
set no syslog
poll {host}
  {word}
  port {port}
  no dns
  uidl
  user \"{user}\" there with password \"{password}\"
  {security}
  {trust}
  {keep}
  fetchall
  no rewrite
  no mimedecode
  no stripcr
  pass8bits
  mda \"/bin/sh {delivery} {directory}\"
",
        security = match account.security {
            Security::Plain => "sslproto ''",
            // A protocol without `ssl` means: by STLS, or not at all.
            Security::Stls => "sslproto 'TLS1.2+'",
            Security::Tls => "ssl",
        },
        trust = match &account.authority {
            Some(pem) => {
                format!("sslcertck sslcertfile \"{}\"", place.file("authority.pem", pem)?.display())
            }
            None => "no sslcertck".into(),
        },
        keep = if fetch.delete { "no keep" } else { "keep" },
        delivery = delivery.display(),
        directory = directory.display(),
    );
    let configuration = place.file("fetchmailrc", configuration)?;

    let mut command = place.command("fetchmail");
    command.env("FETCHMAILHOME", place.path()).args(["--verbose", "--nodetach", "--fetchmailrc"]);
    match place.run(command.arg(configuration), fetch.deadline) {
        // Status 1: there was no mail.
        Err(Error::Failed { status, .. }) if status.code() == Some(1) => Ok(Vec::new()),
        result => result.and_then(|_| files(&directory)),
    }
}

pub(super) fn word(mechanism: Mechanism) -> Option<&'static str> {
    match mechanism {
        Mechanism::Apop => Some("protocol apop"),
        Mechanism::CramMd5 => Some("protocol pop3 auth cram-md5"),
        Mechanism::Default => Some("protocol pop3"),
        Mechanism::User => Some("protocol pop3 auth password"),
        Mechanism::Login | Mechanism::Plain | Mechanism::ScramSha1 | Mechanism::ScramSha256 => None,
    }
}

/// A mail delivery agent: one file a message, numbered.
const DELIVERY: &str = r#"set -eu
cat > "$1/$(printf %06d "$(ls "$1" | wc -l)")"
"#;
