//! Requests that change something: each goes out once, and one that fails says whether it may have been carried out.
//!
//! It takes a connection of its own: an idle one may be closed by the server in the moment it is used, and nobody could
//! tell whether the request arrived. It waits behind no question: a person waits for it.

use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use tokio::time::{Instant, timeout_at};

use super::clock::Clock;
use super::reply::Reply;
use super::sign::Signature;
use super::traced::{joined, traced};
use super::{Client, Inner, build, fault, redirect, refused};
use crate::model::fault::FetchError;
use crate::text::Plain;
use crate::time::Timestamp;

/// What is to be changed, at a path below the source's URL.
#[derive(Debug, Clone, Copy)]
pub enum Change<'a> {
    Post { path: &'a str, json: &'a str },
    Delete { path: &'a str },
}

/// Why a change failed.
#[derive(Debug, Clone, PartialEq)]
pub enum Failure {
    /// It surely was not carried out: it never arrived, or it was refused.
    NotDone(FetchError),
    /// It was sent, and nobody said what became of it.
    Unclear(FetchError),
}

impl Change<'_> {
    fn method(&self) -> &'static str {
        match self {
            Self::Post { .. } => "POST",
            Self::Delete { .. } => "DELETE",
        }
    }

    fn path(&self) -> &str {
        match self {
            Self::Post { path, .. } | Self::Delete { path } => path,
        }
    }
}

impl Client {
    /// Sends a change. An answer is a success or a refusal in the server's own words, which are for the caller to read.
    pub async fn change(&self, change: Change<'_>, now: Timestamp) -> Result<Reply, Failure> {
        let clock = Clock::starting(now);
        let inner = &*self.0;
        let endpoint = &inner.endpoint;
        let url = inner.url(change.path()).map_err(Failure::NotDone)?;
        let mut signature = inner.signatures.get(endpoint).await.map_err(Failure::NotDone)?;
        let mut reply = inner.carry_traced(&url, change, &signature, clock).await?;
        // Who was turned away at the door has changed nothing.
        if reply.status == 401
            && let Some(fresh) = inner.signatures.renew(endpoint, &signature).await.map_err(Failure::NotDone)?
        {
            signature = fresh;
            reply = inner.carry_traced(&url, change, &signature, clock).await?;
        }
        if let Some(fault) = refused::refused(&reply, endpoint, &signature, clock.now()) {
            return Err(Failure::NotDone(fault));
        }
        if let Some(fault) = redirect::of_change(&url, change.path(), &reply) {
            return Err(Failure::NotDone(fault));
        }
        match reply.status {
            // Of a gateway, which may have handed it on; 500 may be the server's own word.
            501.. => Err(Failure::Unclear(reply.fault())),
            _ => Ok(reply),
        }
    }
}

impl Inner {
    pub(super) async fn carry_traced(
        &self,
        url: &Url,
        change: Change<'_>,
        signature: &Signature,
        clock: Clock,
    ) -> Result<Reply, Failure> {
        traced(change.method(), url, change.path(), self.carry(url, change, signature, clock)).await
    }

    async fn carry(
        &self,
        url: &Url,
        change: Change<'_>,
        signature: &Signature,
        clock: Clock,
    ) -> Result<Reply, Failure> {
        let deadline = Instant::now() + self.endpoint.timeout;
        let http = timeout_at(deadline, self.single_use()).await;
        let http = http.unwrap_or(Err(FetchError::Timeout(self.endpoint.timeout))).map_err(Failure::NotDone)?;
        let request = match change {
            Change::Post { json, .. } => {
                http.post(url.clone()).header(CONTENT_TYPE, "application/json").body(json.to_owned())
            }
            Change::Delete { .. } => http.delete(url.clone()),
        };
        let sent = clock.now();
        let response = match timeout_at(deadline, joined(signature.apply(request)).send()).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if fault::is_unsent(&error) => {
                return Err(Failure::NotDone(fault::of(&error, &self.endpoint)));
            }
            Ok(Err(error)) => return Err(Failure::Unclear(fault::of(&error, &self.endpoint))),
            Err(_) => return Err(Failure::Unclear(FetchError::Timeout(self.endpoint.timeout))),
        };
        self.take_in(response, sent, clock, deadline).await.map_err(Failure::Unclear)
    }

    async fn single_use(&self) -> Result<reqwest::Client, FetchError> {
        let endpoint = self.endpoint.clone();
        let built = tokio::task::spawn_blocking(move || build::single_use(&endpoint)).await;
        built.map_err(|_| FetchError::Broken(Plain::new("the client could not be set up")))?
    }
}
