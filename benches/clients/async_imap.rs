//! `async-imap`, on tokio.

use std::pin::{Pin, pin};

use async_imap::{Client, Session, types::Fetch};
use futures_core::Stream;
use imap_proto_17::BodyStructure;
use tokio::net::TcpStream;

use super::{Failure, PASSWORD, Sums, Task};

pub(super) async fn run(task: Task, user: &str, port: u16) -> Result<Sums, Failure> {
    let mut client = Client::new(TcpStream::connect(("127.0.0.1", port)).await?);
    client.read_response().await?.ok_or("no greeting")?;
    let mut session = client.login(user, PASSWORD).await.map_err(|(error, _)| error)?;
    session.examine("INBOX").await?;
    let sums = match task {
        Task::Bodies => fetch(&mut session, "1:*", "(FLAGS BODY.PEEK[])", body).await?,
        Task::Structures => fetch(&mut session, "1:*", "(ENVELOPE FLAGS BODYSTRUCTURE)", structure).await?,
        Task::Large => fetch(&mut session, "1", "BODY.PEEK[]", body).await?,
    };
    session.logout().await?;
    Ok(sums)
}

async fn fetch(
    session: &mut Session<TcpStream>,
    uids: &str,
    items: &str,
    octets: fn(&Fetch) -> Option<u64>,
) -> Result<Sums, Failure> {
    let mut sums = Sums::default();
    let mut rows = pin!(session.uid_fetch(uids, items).await?);
    while let Some(row) = next(rows.as_mut()).await {
        let row = row?;
        sums.messages += 1;
        sums.flags += row.flags().count() as u64;
        sums.octets += octets(&row).ok_or("an item is missing")?;
    }
    Ok(sums)
}

fn body(row: &Fetch) -> Option<u64> {
    row.body().map(|body| body.len() as u64)
}

fn structure(row: &Fetch) -> Option<u64> {
    let subject = row.envelope()?.subject.as_ref();
    Some(subject.map_or(0, |subject| subject.len() as u64) + octets(row.bodystructure()?))
}

fn octets(structure: &BodyStructure<'_>) -> u64 {
    match structure {
        BodyStructure::Basic { other, .. } | BodyStructure::Text { other, .. } => other.octets.into(),
        BodyStructure::Message { body, .. } => octets(body),
        BodyStructure::Multipart { bodies, .. } => bodies.iter().map(octets).sum(),
    }
}

async fn next<S: Stream>(mut stream: Pin<&mut S>) -> Option<S::Item> {
    std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await
}
