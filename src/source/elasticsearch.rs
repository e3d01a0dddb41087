//! Elasticsearch and OpenSearch: log lines as they arrive, as they were, and counted.
//!
//! A success may be half an answer: what shards failed or ran out of time is noted, and no cursor moves past it.

mod caps;
mod clock;
mod count;
mod cursor;
mod document;
mod fields;
mod hits;
mod level;
mod line;
mod page;
mod probe;
mod query;
mod refusal;
mod request;
mod seen;
mod survey;
mod tail;
mod turns;

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tokio::sync::Mutex;

use self::caps::Caps;
use self::clock::Clock;
use self::fields::Fields;
use self::hits::Reading;
pub use self::probe::Probe;
use self::query::Terms;
use self::request::{OPEN, Pace};
use super::http::{Client, Clock as Stopwatch, Reply};
use crate::model::engine::Engine;
use crate::model::fault::FetchError;
use crate::model::query::{Answer, Query};
use crate::model::window::Progress;
use crate::text::Plain;
use crate::time::{MINUTE, SECOND, Timestamp};

const EXPECTED: &str = "a search engine's API";
/// Fields change when an index appears, which the tail notices; without one they are looked at again so often.
const CAPS_AGE: i64 = 5 * MINUTE;
/// A new index learns its fields from its first documents, soon after it appeared.
const NO_CAPS_AGE: i64 = 10 * SECOND;

/// Cheap to clone: all of them share what was learned of the fields.
#[derive(Debug, Clone)]
pub struct Elasticsearch(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    client: Client,
    /// As the context names it.
    index: String,
    /// As it stands in a path.
    path: String,
    fields: Fields,
    caps: Mutex<Option<(Timestamp, Arc<Caps>)>>,
    clock: Clock,
    pace: Pace,
    /// Documents come without what they hold: values are asked for beside them.
    sourceless: AtomicBool,
}

/// The moment of a question, by both clocks.
#[derive(Debug, Clone, Copy)]
struct Now {
    ours: Timestamp,
    server: Timestamp,
    /// Our clock while it is answered: it takes several requests.
    watch: Stopwatch,
}

impl Now {
    /// As long as nothing is known of the server's clock.
    fn at(ours: Timestamp) -> Self {
        Self { ours, server: ours, watch: Stopwatch::starting(ours) }
    }

    /// When a request is sent. With the moment of the question instead, the server's clock would look ahead of ours by
    /// all the time that the requests before it took.
    fn sent(self) -> Timestamp {
        self.watch.now()
    }

    /// What no line of today is behind, in ns.
    fn ns(self) -> i64 {
        self.server.ns()
    }
}

impl Elasticsearch {
    pub fn new(engine: Engine) -> Self {
        let Engine { endpoint, index, fields } = engine;
        let path = in_path(&index);
        let fields = Fields::new(&fields);
        Self(Arc::new(Inner {
            client: Client::new(endpoint),
            index,
            path,
            fields,
            caps: Mutex::default(),
            clock: Clock::default(),
            pace: Pace::default(),
            sourceless: AtomicBool::default(),
        }))
    }

    /// Milliseconds that the server's clock is ahead of ours, 0 if they agree well enough.
    pub fn skew_ms(&self) -> i64 {
        match self.0.client.skew_ms() {
            0 => self.0.clock.skew_ms(),
            told => told,
        }
    }

    /// Answers one question. `now` is our clock.
    pub async fn ask(&self, query: &Query, progress: Progress, now: Timestamp) -> Result<Answer, FetchError> {
        let inner = &*self.0;
        let begun = Now::at(now);
        inner.learn_clock(begun).await?;
        let now = Now { server: now.plus(self.skew_ms()), ..begun };
        match query {
            Query::Tail { search, fill } => {
                Ok(Answer::Arrivals(inner.tail(search, *fill, progress.cursor.as_ref(), now).await?))
            }
            Query::Lines { search, span, before, limit } => {
                Ok(Answer::Lines(inner.lines(search, *span, *before, *limit, now).await?))
            }
            Query::Around { place, at, count } => Ok(Answer::Lines(inner.around(place, *at, *count, now).await?)),
            Query::Volume { search, span, step } => Ok(Answer::Volume(inner.volume(search, *span, *step, now).await?)),
            Query::Tallies { search, span } => Ok(Answer::Tallies(inner.tallies(search, *span, now).await?)),
            Query::Document { index, id } => Ok(Answer::Document(inner.document(index, id, now).await?)),
            _ => Err(FetchError::Unsupported(Plain::new("a search engine does not know that"))),
        }
    }
}

impl Inner {
    fn reading(&self, now: Now) -> Reading<'_> {
        Reading { fields: &self.fields, now: now.ns() }
    }

    fn terms<'a>(&'a self, caps: &'a Caps) -> Terms<'a> {
        Terms { fields: &self.fields, caps }
    }

    /// What is known of the fields; nothing if the server does not tell.
    async fn caps(&self, now: Now) -> Result<Arc<Caps>, FetchError> {
        let mut held = self.caps.lock().await;
        if let Some((at, caps)) = &*held
            && (0..if caps.has_fields() { CAPS_AGE } else { NO_CAPS_AGE }).contains(&now.ours.since(*at))
        {
            return Ok(Arc::clone(caps));
        }
        let caps = match self.caps_of("*", now).await {
            // Of so many fields only those that are needed.
            Err(FetchError::TooLarge { .. }) => self.caps_of(&self.fields.query(), now).await?,
            caps => caps?,
        };
        let caps = Arc::new(caps);
        *held = Some((now.ours, Arc::clone(&caps)));
        Ok(caps)
    }

    async fn caps_of(&self, names: &str, now: Now) -> Result<Caps, FetchError> {
        let parts = "filter_path=fields.*.*.searchable,fields.*.*.aggregatable";
        let path = format!("/{}/_field_caps?fields={names}&{OPEN}&{parts}", self.path);
        let reply = self.client.post_json(&path, "{}", now.sent()).await?;
        match reply.status {
            400 | 403 | 404 | 405 => Ok(Caps::default()),
            _ => Caps::read(success(&reply, now)?, |name| self.fields.is_named(name)),
        }
    }

    /// An index has come or gone.
    async fn forget_caps(&self) {
        *self.caps.lock().await = None;
    }
}

/// The body of a success; anything else in terms of what is wrong.
fn success(reply: &Reply, now: Now) -> Result<&[u8], FetchError> {
    if reply.is_success() { reply.json(EXPECTED) } else { Err(refusal::of_reply(reply, now.ours)) }
}

/// Date math and spaces need quoting; stars and commas must stay.
fn in_path(index: &str) -> String {
    let mut path = String::new();
    for byte in index.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.*,:~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(path, "%{byte:02X}");
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_indices_are_quoted_in_a_path() {
        assert_eq!(in_path("agent360-*,x:logs-1"), "agent360-*,x:logs-1");
        assert_eq!(in_path("<a-{now/d}>"), "%3Ca-%7Bnow%2Fd%7D%3E");
    }
}
