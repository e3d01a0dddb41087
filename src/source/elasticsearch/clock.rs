//! The server's clock. Search engines do not stamp their answers, but they know what `now` is.

use serde_json::{Value, json};
use tokio::sync::Mutex;

use super::{Inner, Now};
use crate::model::fault::FetchError;
use crate::source::http::Skew;
use crate::time::{MINUTE, Timestamp};

/// Clocks drift slowly, and are mended now and then.
const AGE: i64 = 5 * MINUTE;

#[derive(Debug, Default)]
pub struct Clock {
    skew: Skew,
    asked: Mutex<Option<Timestamp>>,
}

impl Clock {
    /// Milliseconds that the server is ahead; 0 as long as it is not known.
    pub fn skew_ms(&self) -> i64 {
        self.skew.ms()
    }
}

impl Inner {
    /// Asks what time it is there, if that is not known. Fails only where no question would be answered.
    pub async fn learn_clock(&self, now: Now) -> Result<(), FetchError> {
        let mut asked = self.clock.asked.lock().await;
        if asked.is_some_and(|at| (0..AGE).contains(&now.ours.since(at))) {
            return Ok(());
        }
        match self.server_now(now).await {
            Ok(Some(theirs)) => self.clock.skew.learn(theirs, now.ours, now.sent()),
            Err(fault) if is_far(&fault) => return Err(fault),
            Ok(None) | Err(_) => {}
        }
        *asked = Some(now.ours);
        Ok(())
    }

    /// A range that begins now, over nothing.
    async fn server_now(&self, now: Now) -> Result<Option<Timestamp>, FetchError> {
        let range = json!({ "field": self.fields.time(), "ranges": [{ "from": "now" }] });
        let body = json!({ "size": 0, "query": { "match_none": {} }, "aggs": { "now": { "date_range": range } } });
        let found = self.search(&body, now).await?;
        let from = found.aggs.pointer("/now/buckets/0/from").and_then(Value::as_f64);
        Ok(from.map(|ms| Timestamp(ms as i64)))
    }
}

/// Whoever asks again waits as long again for the same.
fn is_far(fault: &FetchError) -> bool {
    use FetchError as F;
    matches!(
        fault,
        F::ConnectTimeout(_)
            | F::Timeout(_)
            | F::Stalled(_)
            | F::Refused
            | F::Broken(_)
            | F::Dns(_)
            | F::Tls(_)
            | F::Proxy(_)
            | F::Unauthorized(_)
    )
}
