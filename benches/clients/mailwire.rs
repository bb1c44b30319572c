//! Ours.

use mailwire_tokio::imap::{
    Client, ClientConfig, Security,
    codec::{BodyStructure, Uid, UidSet, body_structure::Kind, section::Section},
    command::{
        Select,
        fetch::{self, Body, Envelope, Flags},
    },
};

use super::{Failure, PASSWORD, Sums, Task};

pub(super) async fn run(task: Task, user: &str, port: u16) -> Result<Sums, Failure> {
    let mut config = ClientConfig::default();
    (config.security, config.port) = (Security::Plaintext, Some(port));
    let mut client = Client::connect("127.0.0.1", config).await?;
    client.login(user, PASSWORD).await?;
    client.run(Select::examine("INBOX")).await?;
    let sums = match task {
        Task::Bodies => bodies(&mut client).await?,
        Task::Structures => structures(&mut client).await?,
        Task::Large => large(&mut client).await?,
    };
    client.logout().await?;
    Ok(sums)
}

async fn bodies(client: &mut Client) -> Result<Sums, Failure> {
    let mut sums = Sums::default();
    let mut rows = client.fetch(UidSet::all(), (Flags, Body::whole())).await?;
    while let Some(row) = rows.try_next().await? {
        let (Some(flags), Some(body)) = row.items else { return Err("an item is missing".into()) };
        sums.messages += 1;
        sums.flags += flags.iter().count() as u64;
        sums.octets += body.len() as u64;
    }
    Ok(sums)
}

async fn structures(client: &mut Client) -> Result<Sums, Failure> {
    let mut sums = Sums::default();
    let mut rows = client.fetch(UidSet::all(), (Envelope, Flags, fetch::BodyStructure)).await?;
    while let Some(row) = rows.try_next().await? {
        let (Some(envelope), Some(flags), Some(structure)) = row.items else {
            return Err("an item is missing".into());
        };
        sums.messages += 1;
        sums.flags += flags.iter().count() as u64;
        sums.octets += envelope.subject.map_or(0, |subject| subject.len() as u64) + octets(&structure);
    }
    Ok(sums)
}

async fn large(client: &mut Client) -> Result<Sums, Failure> {
    let uid = Uid::new(1).ok_or("1 is a UID")?;
    let mut sums = Sums { messages: 1, ..Sums::default() };
    let mut body = client.fetch_body(uid, Section::whole()).await?;
    while let Some(chunk) = body.chunk().await? {
        sums.octets += chunk.len() as u64;
    }
    Ok(sums)
}

fn octets(structure: &BodyStructure) -> u64 {
    match structure {
        BodyStructure::Multipart(multipart) => multipart.parts.iter().map(octets).sum(),
        BodyStructure::Single(single) => match &single.kind {
            Kind::Message { body, .. } => octets(body),
            _ => single.octets,
        },
        _ => 0,
    }
}
