//! Asks all servers of a pair at once, and goes on without one that is down or far slower than the other.

use std::future::Future;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::{Instant, timeout_at};

use super::Server;
use crate::model::fault::FetchError;
use crate::text::Plain;

/// Once one has answered, another has this long for it, or as long again as that one took: one that hangs must not
/// make the screen wait for its timeout.
const GRACE: Duration = Duration::from_secs(2);

/// At least one answer, each with the name of its server, in the order of the servers.
pub struct Gathered<T> {
    pub answers: Vec<(Plain, T)>,
    /// Who did not answer, and why.
    pub notes: Vec<Plain>,
}

/// The error of the first server, if none has an answer.
pub async fn gather<'a, T, F>(servers: &'a [Server], ask: impl Fn(&'a Server) -> F) -> Result<Gathered<T>, FetchError>
where
    F: Future<Output = Result<T, FetchError>>,
{
    let begun = Instant::now();
    let mut results: Vec<Option<Result<T, FetchError>>> = servers.iter().map(|_| None).collect();
    let question = |(place, server)| {
        let answer = ask(server);
        async move { (place, answer.await) }
    };
    let mut asked: FuturesUnordered<_> = servers.iter().enumerate().map(question).collect();
    let mut until: Option<Instant> = None;
    loop {
        let next = match until {
            None => asked.next().await,
            Some(until) => timeout_at(until, asked.next()).await.unwrap_or(None),
        };
        let Some((place, result)) = next else { break };
        if result.is_ok() && until.is_none() {
            until = Some(Instant::now() + begun.elapsed().max(GRACE));
        }
        if let Some(slot) = results.get_mut(place) {
            *slot = Some(result);
        }
    }
    sort_out(servers, results, begun.elapsed())
}

fn sort_out<T>(
    servers: &[Server],
    results: Vec<Option<Result<T, FetchError>>>,
    waited: Duration,
) -> Result<Gathered<T>, FetchError> {
    let (mut answers, mut faults) = (Vec::new(), Vec::new());
    for (server, result) in servers.iter().zip(results) {
        match result.unwrap_or(Err(FetchError::Timeout(waited))) {
            Ok(answer) => answers.push((server.name.clone(), answer)),
            Err(fault) => faults.push((server.name.clone(), fault)),
        }
    }
    if answers.is_empty() {
        return Err(faults.into_iter().next().map_or_else(nobody, |(_, fault)| fault));
    }
    let notes = faults.into_iter().map(|(name, fault)| Plain::from(format!("{name}: {fault}"))).collect();
    Ok(Gathered { answers, notes })
}

pub fn nobody() -> FetchError {
    FetchError::Unsupported(Plain::new("there is no Alertmanager to ask"))
}
