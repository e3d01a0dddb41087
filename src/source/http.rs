//! One HTTP client for one source: the questions it may ask at once, who it is there, how long it waits, how much it
//! takes in, and what it says when that fails.
//!
//! A question whose connection broke before any answer is asked once more; what changes something goes out once, see
//! `change`.

mod body;
mod build;
mod change;
mod clock;
mod deliver;
mod fault;
mod form;
mod redirect;
mod refused;
mod reply;
mod sign;
mod skew;
mod tls;
mod traced;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout, timeout_at};

use self::sign::{Signature, Signatures};
use self::traced::{joined, traced};
use crate::model::endpoint::Endpoint;
use crate::model::fault::FetchError;
use crate::text::Plain;
use crate::time::Timestamp;

pub use change::{Change, Failure};
pub use clock::Clock;
pub use deliver::Answer;
pub(super) use fault::Causes;
pub use form::encode;
pub use refused::asked_wait;
pub use reply::{Kind, Reply};
pub use skew::Skew;
pub(super) use tls::explain as explain_tls;

const MAX_REDIRECTS: usize = 5;

/// Cheap to make and to clone: nothing is read or connected before the first request.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    endpoint: Endpoint,
    http: Mutex<Option<reqwest::Client>>,
    signatures: Signatures,
    slots: Semaphore,
    /// For the one large answer.
    rooms: Arc<Semaphore>,
    /// How many answers there were, to tell a slow server from one that hangs.
    answered: AtomicU64,
    skew: Skew,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("host", &fault::host(&self.0.endpoint.url)).finish_non_exhaustive()
    }
}

/// A path below the source's URL, and what to post there.
#[derive(Clone, Copy)]
struct Request<'a> {
    path: &'a str,
    body: Body<'a>,
    /// Waits for no slot.
    ahead: bool,
}

/// Nothing to post is a GET.
#[derive(Clone, Copy)]
enum Body<'a> {
    None,
    Form(&'a [(&'a str, &'a str)]),
    /// Whoever asks so reads refusals himself: they carry the server's reasons.
    Json(&'a str),
    /// Several of them, one a line.
    JsonLines(&'a str),
    /// Spans, as OTLP has them.
    Protobuf(&'a [u8]),
}

impl Body<'_> {
    fn method(&self) -> &'static str {
        if matches!(self, Self::None) { "GET" } else { "POST" }
    }

    fn is_json(&self) -> bool {
        matches!(self, Self::Json(_) | Self::JsonLines(_))
    }
}

impl Client {
    pub fn new(endpoint: Endpoint) -> Self {
        let slots = Semaphore::new(endpoint.concurrency.clamp(1, Semaphore::MAX_PERMITS));
        Self(Arc::new(Inner {
            endpoint,
            http: Mutex::default(),
            signatures: Signatures::default(),
            slots,
            rooms: Arc::new(Semaphore::new(1)),
            answered: AtomicU64::default(),
            skew: Skew::default(),
        }))
    }

    pub async fn get(&self, path: &str, now: Timestamp) -> Result<Reply, FetchError> {
        self.ask(Request { path, body: Body::None, ahead: false }, now).await
    }

    /// As `get`, ahead of all that waits or hangs: a person waits for this one.
    pub async fn get_ahead(&self, path: &str, now: Timestamp) -> Result<Reply, FetchError> {
        self.ask(Request { path, body: Body::None, ahead: true }, now).await
    }

    pub async fn post_form(&self, path: &str, form: &[(&str, &str)], now: Timestamp) -> Result<Reply, FetchError> {
        self.ask(Request { path, body: Body::Form(form), ahead: false }, now).await
    }

    /// A question in JSON. What is refused comes back as it is, but for who may not ask at all.
    pub async fn post_json(&self, path: &str, json: &str, now: Timestamp) -> Result<Reply, FetchError> {
        self.ask(Request { path, body: Body::Json(json), ahead: false }, now).await
    }

    /// As `post_json`, with several questions, one a line.
    pub async fn post_json_lines(&self, path: &str, lines: &str, now: Timestamp) -> Result<Reply, FetchError> {
        self.ask(Request { path, body: Body::JsonLines(lines), ahead: false }, now).await
    }

    /// Spans of our own. They go out as they are: the answer to it is of no interest but that it is one.
    pub async fn post_protobuf(&self, path: &str, bytes: &[u8], now: Timestamp) -> Result<Reply, FetchError> {
        self.ask(Request { path, body: Body::Protobuf(bytes), ahead: false }, now).await
    }

    /// Milliseconds that the server's clock is ahead of ours, 0 if they agree within two seconds.
    pub fn skew_ms(&self) -> i64 {
        self.0.skew.ms()
    }

    async fn ask(&self, request: Request<'_>, now: Timestamp) -> Result<Reply, FetchError> {
        let clock = Clock::starting(now);
        let inner = &*self.0;
        let endpoint = &inner.endpoint;
        let (_slot, left) = match request.ahead {
            true => (None, endpoint.timeout),
            false => inner.slot().await.map(|(slot, left)| (Some(slot), left))?,
        };
        let mut signature = inner.signatures.get(endpoint).await?;
        let mut reply = inner.exchange(request, &signature, clock, left).await?;
        if reply.status == 401
            && let Some(fresh) = inner.signatures.renew(endpoint, &signature).await?
        {
            signature = fresh;
            reply = inner.exchange(request, &signature, clock, left).await?;
        }
        let by_itself = request.body.is_json() && matches!(reply.status, 403 | 429);
        match refused::refused(&reply, endpoint, &signature, clock.now()) {
            Some(fault) if !by_itself => Err(fault),
            _ => Ok(reply.being_read()),
        }
    }
}

impl Inner {
    /// A slot, and how much of the timeout is left. The wait for it counts, unless somebody was answered meanwhile:
    /// behind questions that hang nobody waits unseen, and a slow server is given its time for each.
    async fn slot(&self) -> Result<(SemaphorePermit<'_>, Duration), FetchError> {
        let all = self.endpoint.timeout;
        let (begun, answered) = (Instant::now(), self.answered.load(Ordering::Relaxed));
        let closed = || FetchError::Broken(Plain::new("the client was closed"));
        let slot = timeout(all, self.slots.acquire()).await.map_err(|_| FetchError::Timeout(all))?;
        let slot = slot.map_err(|_| closed())?;
        let alive = self.answered.load(Ordering::Relaxed) != answered;
        Ok((slot, if alive { all } else { all.saturating_sub(begun.elapsed()) }))
    }

    /// Asks and follows redirects, all within the time that is left.
    async fn exchange(
        &self,
        request: Request<'_>,
        signature: &Signature,
        clock: Clock,
        left: Duration,
    ) -> Result<Reply, FetchError> {
        let deadline = Instant::now() + left;
        let mut url = self.url(request.path)?;
        for _ in 0..=MAX_REDIRECTS {
            let sent = clock.now();
            let asked = async {
                let response = self.send_patiently(&url, request, signature, deadline).await?;
                self.take_in(response, sent, clock, deadline).await
            };
            let reply = traced(request.body.method(), &url, request.path, asked).await?;
            match redirect::next(&url, request.path, !matches!(request.body, Body::None), &reply)? {
                Some(next) => url = next,
                None => return Ok(reply),
            }
        }
        Err(redirect::endless())
    }

    fn url(&self, path: &str) -> Result<Url, FetchError> {
        Url::parse(&format!("{}{path}", self.endpoint.url))
            .map_err(|error| FetchError::Unsupported(Plain::from(format!("the URL is not an address: {error}"))))
    }

    /// Reads an answer to its end.
    async fn take_in(
        &self,
        response: reqwest::Response,
        sent: Timestamp,
        clock: Clock,
        deadline: Instant,
    ) -> Result<Reply, FetchError> {
        self.learn_skew(&response, sent, clock.now());
        let (status, headers) = (response.status(), response.headers().clone());
        let (body, room) = match status.is_success() {
            true => body::read(response, &self.endpoint, &self.rooms, deadline).await?,
            false => (body::read_error(response, &self.endpoint, deadline).await, None),
        };
        self.answered.fetch_add(1, Ordering::Relaxed);
        Ok(Reply { status: status.as_u16(), headers, body, room })
    }

    /// Sends; and once more if the connection broke, which an idle one does when the server closed it meanwhile.
    async fn send_patiently(
        &self,
        url: &Url,
        request: Request<'_>,
        signature: &Signature,
        deadline: Instant,
    ) -> Result<reqwest::Response, FetchError> {
        match self.send(url, request, signature, deadline).await {
            Err(FetchError::Broken(_)) => self.send(url, request, signature, deadline).await,
            // A certificate may have been renewed on disk: read them again next time.
            Err(fault @ FetchError::Tls(_)) => {
                *self.http.lock().await = None;
                Err(fault)
            }
            result => result,
        }
    }

    async fn send(
        &self,
        url: &Url,
        request: Request<'_>,
        signature: &Signature,
        deadline: Instant,
    ) -> Result<reqwest::Response, FetchError> {
        let asked = async {
            // Its files may lie on a share that is gone.
            let http = self.http().await?;
            let post = |kind: &str, body: Vec<u8>| http.post(url.clone()).header(CONTENT_TYPE, kind).body(body);
            let builder = match request.body {
                Body::None => http.get(url.clone()),
                Body::Form(pairs) => post("application/x-www-form-urlencoded", form::encode(pairs).into()),
                Body::Json(json) => post("application/json", json.into()),
                Body::JsonLines(lines) => post("application/x-ndjson", lines.into()),
                Body::Protobuf(bytes) => post("application/x-protobuf", bytes.to_owned()),
            };
            joined(signature.apply(builder)).send().await.map_err(|error| fault::of(&error, &self.endpoint))
        };
        timeout_at(deadline, asked).await.unwrap_or(Err(FetchError::Timeout(self.endpoint.timeout)))
    }

    async fn http(&self) -> Result<reqwest::Client, FetchError> {
        let mut held = self.http.lock().await;
        if let Some(client) = &*held {
            return Ok(client.clone());
        }
        let endpoint = self.endpoint.clone();
        let built = tokio::task::spawn_blocking(move || build::client(&endpoint)).await;
        let client = built.map_err(|_| FetchError::Broken(Plain::new("the client could not be set up")))??;
        *held = Some(client.clone());
        Ok(client)
    }

    fn learn_skew(&self, response: &reqwest::Response, sent: Timestamp, received: Timestamp) {
        // An answer with an `Age` was stamped when a cache took it in.
        if response.headers().contains_key("age") {
            return;
        }
        let date = response.headers().get("date").and_then(|date| date.to_str().ok());
        if let Some(date) = date.and_then(refused::http_date) {
            self.skew.learn(date, sent, received);
        }
    }
}

#[cfg(test)]
mod tests;
