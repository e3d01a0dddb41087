//! Writes silences, of a pair to one server only, and never the same twice.
//!
//! First the servers are asked for a sign of life: what is never sent to one that hangs needs no finding out later. When
//! all the same nobody says what became of a request, the silences are listed and compared before anything is concluded.

mod draft;
mod look;
mod send;

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use self::look::{Seen, trace};
use super::decode::{self, Dated};
use super::gather::{gather, nobody};
use super::{Alertmanager, SILENCES, STATUS, Server, merge, success};
use crate::model::fault::FetchError;
use crate::model::silence::Silence;
use crate::model::write::{Write, WriteError, Written};
use crate::source::http::{Clock, Failure};
use crate::text::Plain;
use crate::time::Timestamp;

/// A sign of life is a small answer.
const KNOCK: Duration = Duration::from_secs(10);
/// Before it is believed that a request was lost, it has so long to arrive.
const SECOND_LOOK: Duration = Duration::from_secs(2);
/// So long a server may take to list what it has just taken in.
const SETTLE: Duration = Duration::from_secs(3);
const GLANCE: Duration = Duration::from_millis(200);

impl Alertmanager {
    /// Changes silences. `now` is our clock.
    pub async fn write(&self, write: &Write, now: Timestamp) -> Result<Written, WriteError> {
        let clock = Clock::starting(now);
        match write {
            Write::Again(draft) => self.again(&Write::Silence(draft.clone()), clock).await,
            write => {
                let there = gather(&self.servers, |server| server.knock(clock)).await.map_err(WriteError::NotDone)?;
                let (_, servers): (Vec<_>, Vec<_>) = there.answers.into_iter().unzip();
                self.send(servers, write, clock).await
            }
        }
    }

    /// What may have been done is looked for, and sent only to a server that can be asked for it.
    async fn again(&self, write: &Write, clock: Clock) -> Result<Written, WriteError> {
        let lists = gather(&self.servers, |server| server.listed(clock)).await;
        let lists = lists.map_err(|fault| WriteError::Unclear(fault, look::retry(write.clone())))?;
        let (there, lists): (Vec<_>, Vec<_>) = lists.answers.into_iter().map(|(_, answer)| answer).unzip();
        let skew = there.first().map_or(0, |server| server.client.skew_ms());
        match trace(write, &merge::silences(lists), clock.now().plus(skew)) {
            Seen::Done(written) => Ok(written),
            Seen::Undone | Seen::Missing => self.send(there, write, clock).await,
        }
    }

    /// To the first that takes it. What surely was not done at one is tried at the next, unless the next would say the
    /// same.
    async fn send(&self, servers: Vec<&Server>, write: &Write, clock: Clock) -> Result<Written, WriteError> {
        let mut faults = Vec::new();
        for server in servers {
            let fixed = draft::fixed(write, server.now(clock));
            match server.carry_out(&fixed, clock).await {
                Ok(written) => {
                    server.settle(&written, clock).await;
                    return Ok(written);
                }
                Err(Failure::Unclear(fault)) => return self.clear_up(server, fixed, fault, clock).await,
                Err(Failure::NotDone(fault)) => {
                    let is_final = !fault.is_outage() && fault != send::missing();
                    faults.push(fault);
                    if is_final {
                        break;
                    }
                }
            }
        }
        // The words of a server that answered say more than that another is down.
        let told = faults.iter().position(|fault| !fault.is_outage()).unwrap_or_default();
        Err(WriteError::NotDone(faults.into_iter().nth(told).unwrap_or_else(nobody)))
    }

    /// Finds out what became of a request that nobody answered.
    async fn clear_up(
        &self,
        server: &Server,
        fixed: Write,
        fault: FetchError,
        clock: Clock,
    ) -> Result<Written, WriteError> {
        let mut seen = Seen::Missing;
        for wait in [Duration::ZERO, SECOND_LOOK] {
            sleep(wait).await;
            seen = match self.look(server, &fixed, clock).await {
                Some(Seen::Done(written)) => return Ok(written),
                Some(seen) => seen,
                None => return Err(WriteError::Unclear(fault, look::retry(fixed))),
            };
        }
        Err(WriteError::NotDone(match (seen, fixed) {
            (Seen::Missing, Write::Expire(_)) => send::missing(),
            (_, Write::Expire(_)) => undone(&fault, "Alertmanager lists the silence as before"),
            _ => undone(&fault, "Alertmanager does not list it"),
        }))
    }

    /// What the servers list of it; nothing if the one that it was sent to cannot be asked, unless another has it.
    async fn look(&self, sent_to: &Server, write: &Write, clock: Clock) -> Option<Seen> {
        let lists = gather(&self.servers, |server| server.listed(clock)).await.ok()?;
        let asked = lists.answers.iter().any(|(_, (server, _))| std::ptr::eq(*server, sent_to));
        let merged = merge::silences(lists.answers.into_iter().map(|(_, (_, list))| list));
        match trace(write, &merged, sent_to.now(clock)) {
            done @ Seen::Done(_) => Some(done),
            seen => asked.then_some(seen),
        }
    }
}

impl Server {
    /// The server's clock, as far as it is known.
    fn now(&self, clock: Clock) -> Timestamp {
        clock.now().plus(self.client.skew_ms())
    }

    /// Whether anybody is there, whatever is said: it also shows the server's clock.
    async fn knock(&self, clock: Clock) -> Result<&Self, FetchError> {
        use FetchError::{Broken, ConnectTimeout, Dns, Proxy, Refused, Stalled, Timeout, Tls, Truncated};
        match timeout(KNOCK, self.client.get_ahead(STATUS, clock.now())).await {
            Err(_) => Err(Timeout(KNOCK)),
            Ok(Err(
                fault @ (Broken(_) | ConnectTimeout(_) | Dns(_) | Proxy(_) | Refused | Stalled(_) | Timeout(_) | Tls(_)
                | Truncated),
            )) => Err(fault),
            Ok(Ok(reply)) if matches!(reply.status, 502..=504) => Err(reply.fault()),
            Ok(_) => Ok(self),
        }
    }

    async fn listed(&self, clock: Clock) -> Result<(&Self, Vec<Dated>), FetchError> {
        let reply = self.client.get_ahead(SILENCES, clock.now()).await?;
        Ok((self, decode::silences(success(&reply)?)?))
    }

    /// Waits until the server shows what it has taken in, so that whoever looks next sees it; not for long.
    async fn settle(&self, written: &Written, clock: Clock) {
        let until = Instant::now() + SETTLE;
        let is_shown = |silences: &[Silence]| look::is_shown(written, silences);
        while let Ok(Ok((_, list))) = tokio::time::timeout_at(until, self.listed(clock)).await
            && !is_shown(&merge::silences([list]))
        {
            sleep(GLANCE).await;
        }
    }
}

/// As `no answer within 30s, and Alertmanager does not list it: nothing was changed`.
fn undone(fault: &FetchError, seen: &str) -> FetchError {
    let kind = Plain::from(format!("{fault}, and {seen}"));
    FetchError::Server { kind, message: Plain::new("nothing was changed") }
}
