//! Asks all servers of a pair at once, and goes on without one that is down or far slower than the other.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::time::{Instant, timeout, timeout_at};

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

/// What matters, and what is good to know beside it: that may fail, or take too long, without harm.
pub async fn beside<A, B>(
    main: impl Future<Output = Result<A, FetchError>>,
    side: impl Future<Output = Result<B, FetchError>>,
) -> Result<(A, Result<B, FetchError>), FetchError> {
    let begun = Instant::now();
    let (mut main, mut side) = (pin!(main), pin!(side));
    let mut early = None;
    let main = loop {
        tokio::select! {
            main = &mut main => break main?,
            side = &mut side, if early.is_none() => early = Some(side),
        }
    };
    let side = match early {
        Some(side) => side,
        // Less than other servers wait for this one.
        None => match timeout(begun.elapsed().max(GRACE / 2), side).await {
            Ok(side) => side,
            Err(_) => Err(FetchError::Timeout(begun.elapsed())),
        },
    };
    Ok((main, side))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::endpoint::Endpoint;
    use crate::source::http::Client;
    use std::future::pending;
    use tokio::time::sleep;

    type Answer = Result<&'static str, FetchError>;

    async fn after(seconds: u64, answer: Answer) -> Answer {
        sleep(Duration::from_secs(seconds)).await;
        answer
    }

    /// What is gathered of servers that answer so many seconds later, and when.
    async fn gathered(all: &[(u64, Answer)]) -> (Result<(Vec<&'static str>, usize), FetchError>, u64) {
        let server = |number: usize| Server {
            name: Plain::from(number.to_string()),
            client: Client::new(Endpoint::new("http://am")),
        };
        let servers: Vec<Server> = (0..all.len()).map(server).collect();
        let begun = Instant::now();
        let ask = |server: &Server| {
            let (seconds, answer) = all[server.name.parse::<usize>().unwrap()].clone();
            after(seconds, answer)
        };
        let found = gather(&servers, ask).await;
        let found = found.map(|found| (found.answers.iter().map(|(_, answer)| *answer).collect(), found.notes.len()));
        (found, begun.elapsed().as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_one_has_as_long_again_and_two_seconds_at_least() {
        assert_eq!(gathered(&[(1, Ok("a")), (3, Ok("b"))]).await, (Ok((vec!["a", "b"], 0)), 3));
        assert_eq!(gathered(&[(30, Ok("a")), (0, Ok("b"))]).await, (Ok((vec!["b"], 1)), 2));
        assert_eq!(gathered(&[(9, Ok("a")), (5, Ok("b"))]).await, (Ok((vec!["a", "b"], 0)), 9));
        assert_eq!(gathered(&[(11, Ok("a")), (5, Ok("b"))]).await, (Ok((vec!["b"], 1)), 10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_no_reason_to_hurry() {
        let refused = || Err(FetchError::Refused);
        assert_eq!(gathered(&[(0, refused()), (20, Ok("b"))]).await, (Ok((vec!["b"], 1)), 20));
        let late = Err(FetchError::Stopping);
        assert_eq!(gathered(&[(20, late.clone()), (0, refused())]).await, (Err(FetchError::Stopping), 20));
        assert!(matches!(gathered(&[]).await.0, Err(FetchError::Unsupported(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_beside_may_be_late_or_fail_but_not_what_matters() {
        let begun = Instant::now();
        let (main, side) = beside(after(4, Ok("main")), after(1, Ok("side"))).await.unwrap();
        assert_eq!((main, side), ("main", Ok("side")));
        let (main, side) = beside(after(0, Ok("main")), after(0, Err(FetchError::Refused))).await.unwrap();
        assert_eq!((main, side), ("main", Err(FetchError::Refused)));
        assert_eq!(begun.elapsed().as_secs(), 4);
        let (main, side) = beside(after(0, Ok("main")), pending::<Answer>()).await.unwrap();
        assert_eq!((main, side), ("main", Err(FetchError::Timeout(Duration::from_secs(1)))));
        let failed = beside(after(0, Err(FetchError::Refused)), pending::<Answer>()).await;
        assert_eq!(failed, Err(FetchError::Refused));
    }
}
