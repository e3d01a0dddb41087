//! Reports handed to a webhook: each try goes out once, no redirect is followed, and what comes back is told without the
//! address and without what we signed with.

use std::time::Duration;

use super::change::{Change, Failure};
use super::clock::Clock;
use super::reply::{Kind, Reply};
use super::sign::Signature;
use super::{Client, refused};
use crate::text::Plain;
use crate::time::Timestamp;

/// What a webhook said.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    /// The beginning of its words.
    pub words: Plain,
    /// A web page, which no webhook answers with.
    pub is_page: bool,
    /// How long it wants us to stay away.
    pub wait: Option<Duration>,
    /// The scheme, host and port it points to; the rest of a redirect is often the secret again.
    pub elsewhere: Option<Plain>,
}

/// Parts of an address shorter than this are words, and no secrets.
const SHORTEST_SECRET: usize = 6;

impl Client {
    /// Posts JSON to the source's URL itself.
    pub async fn deliver(&self, json: &str, now: Timestamp) -> Result<Answer, Failure> {
        let clock = Clock::starting(now);
        let inner = &*self.0;
        let change = Change::Post { path: "", json };
        let url = inner.url("").map_err(Failure::NotDone)?;
        let mut signature = inner.signatures.get(&inner.endpoint).await.map_err(Failure::NotDone)?;
        let mut reply = inner.carry_traced(&url, change, &signature, clock).await?;
        if reply.status == 401
            && let Some(fresh) = inner.signatures.renew(&inner.endpoint, &signature).await.map_err(Failure::NotDone)?
        {
            signature = fresh;
            reply = inner.carry_traced(&url, change, &signature, clock).await?;
        }
        Ok(answer(&reply, &url, &signature, clock.now()))
    }
}

fn answer(reply: &Reply, url: &reqwest::Url, signature: &Signature, now: Timestamp) -> Answer {
    let elsewhere = reply.header("location").filter(|_| (300..400).contains(&reply.status));
    let elsewhere = elsewhere.and_then(|to| url.join(to).ok()).map(|to| Plain::from(to.origin().ascii_serialization()));
    let parts = url.path_segments().into_iter().flatten().map(str::to_owned);
    let pairs = url.query_pairs().map(|(_, value)| value.into_owned());
    let secrets = parts.chain(pairs).filter(|part| part.len() >= SHORTEST_SECRET);
    let words = secrets.fold(reply.words(), |words, secret| words.replace(&secret, "***"));
    Answer {
        status: reply.status,
        words: signature.hide(words),
        is_page: reply.kind() == Kind::Html,
        wait: refused::asked_wait(reply, now),
        elsewhere,
    }
}
