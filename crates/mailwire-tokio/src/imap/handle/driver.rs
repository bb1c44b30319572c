//! The task that has the client.

use std::{
    future::poll_fn,
    sync::Weak,
    task::{Context, Poll},
};

use tokio::sync::mpsc::UnboundedReceiver;

use super::{
    Shared,
    job::{Job, Progress},
};
use crate::imap::{Client, Error};

struct Driver {
    client: Client,
    /// Nothing when all handles are gone.
    received: Option<UnboundedReceiver<Box<dyn Job>>>,
    jobs: Vec<(Box<dyn Job>, Progress)>,
    shared: Weak<Shared>,
}

pub(super) async fn drive(client: Client, received: UnboundedReceiver<Box<dyn Job>>, shared: Weak<Shared>) {
    let mut driver = Driver { client, received: Some(received), jobs: Vec::new(), shared };
    // What was begun before may have to come to its end first.
    let result = match driver.client.settle().await {
        Ok(()) => poll_fn(|cx| driver.poll(cx)).await,
        Err(error) => Err(error),
    };
    if let Err(error) = result {
        driver.fail(&error);
    }
    // How the connection closes changes nothing.
    let _ = driver.client.driver.shut_down().await;
}

impl Driver {
    /// Ready when the session is over, or nobody needs it any more.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        loop {
            self.poll_received(cx);
            self.client.dispatch();
            self.poll_jobs(cx);
            if self.received.is_none() && self.jobs.is_empty() {
                return Poll::Ready(Ok(()));
            }
            let is_stalled = self.jobs.iter().all(|(_, progress)| *progress == Progress::Stalled);
            if is_stalled && !self.jobs.is_empty() {
                // Who takes from a job wakes this task up, and so does who has another one.
                return Poll::Pending;
            }
            match self.client.poll_step(cx, None) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => {
                    self.client.dispatch();
                    self.poll_jobs(cx);
                    return Poll::Ready(Err(error));
                }
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_received(&mut self, cx: &mut Context<'_>) {
        while let Some(received) = &mut self.received {
            match received.poll_recv(cx) {
                Poll::Ready(Some(mut job)) => {
                    let progress = job.start(&mut self.client);
                    if progress != Progress::Done {
                        self.jobs.push((job, progress));
                    }
                }
                Poll::Ready(None) => self.received = None,
                Poll::Pending => return,
            }
        }
    }

    fn poll_jobs(&mut self, cx: &mut Context<'_>) {
        let client = &mut self.client;
        self.jobs.retain_mut(|(job, progress)| {
            *progress = job.poll(cx, client);
            *progress != Progress::Done
        });
        while let Some(event) = client.waiting.pop() {
            if let (Ok(event), Some(shared)) = (event, self.shared.upgrade()) {
                shared.tell(event);
            }
        }
    }

    fn fail(&mut self, error: &Error) {
        if let Some(shared) = self.shared.upgrade() {
            shared.end(error);
        }
        for (mut job, _) in self.jobs.drain(..) {
            job.fail(error);
        }
        if let Some(mut received) = self.received.take() {
            received.close();
            while let Ok(mut job) = received.try_recv() {
                job.fail(error);
            }
        }
    }
}
