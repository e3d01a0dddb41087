//! Reads a body piece by piece: never more than the limit, counted after decompression, and never for ever.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};
use tracing::Span;

use super::fault;
use crate::model::endpoint::Endpoint;
use crate::model::fault::FetchError;
use crate::telemetry;
use crate::text::Plain;

/// A server that sends nothing for so long in the middle of an answer has stopped.
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// An error needs no more room than this to explain itself.
const MAX_ERROR: usize = 64 * 1024;
/// Larger answers are taken in one after the other: a server that floods must not get the limit times the slots.
const LARGE: usize = 4 * 1024 * 1024;

/// What an answer holds until it has been read: the room for a large one, of which there is one for all questions to a
/// source, and the reading itself as a span of our own traces.
pub type Room = Option<(Option<OwnedSemaphorePermit>, Span)>;

/// The same, from now on being read.
pub fn being_read(room: Room, bytes: usize) -> Room {
    let span = telemetry::read(bytes);
    if span.is_disabled() {
        return room;
    }
    Some((room.and_then(|(large, _)| large), span))
}

pub async fn read(
    mut response: Response,
    endpoint: &Endpoint,
    rooms: &Arc<Semaphore>,
    deadline: Instant,
) -> Result<(Vec<u8>, Room), FetchError> {
    let limit = endpoint.max_answer;
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(FetchError::TooLarge { limit });
    }
    let (mut body, mut room) = (Vec::new(), None);
    while let Some(chunk) = next(&mut response, endpoint, deadline).await? {
        let size = body.len() + chunk.len();
        if size as u64 > limit {
            return Err(FetchError::TooLarge { limit });
        }
        if size > LARGE && room.is_none() {
            room = Some(turn(endpoint, rooms, deadline).await?);
        }
        body.extend_from_slice(&chunk);
    }
    Ok((body, room.map(|large| (Some(large), Span::none()))))
}

async fn turn(
    endpoint: &Endpoint,
    rooms: &Arc<Semaphore>,
    deadline: Instant,
) -> Result<OwnedSemaphorePermit, FetchError> {
    let turn = timeout_at(deadline, Arc::clone(rooms).acquire_owned()).await;
    let turn = turn.map_err(|_| FetchError::Timeout(endpoint.timeout))?;
    turn.map_err(|_| FetchError::Broken(Plain::new("the client was closed")))
}

/// The body of an error: as much of it as is useful and as comes; the status has said the main thing.
pub async fn read_error(mut response: Response, endpoint: &Endpoint, deadline: Instant) -> Vec<u8> {
    let mut body = Vec::new();
    // How it ended does not matter here.
    while body.len() < MAX_ERROR
        && let Ok(Some(chunk)) = next(&mut response, endpoint, deadline).await
    {
        body.extend_from_slice(&chunk);
    }
    body.truncate(MAX_ERROR);
    body
}

/// The next piece; none at the end.
async fn next(
    response: &mut Response,
    endpoint: &Endpoint,
    deadline: Instant,
) -> Result<Option<impl Deref<Target = [u8]> + use<>>, FetchError> {
    let pause = MAX_PAUSE.min(endpoint.timeout);
    let by = deadline.min(Instant::now() + pause);
    match timeout_at(by, response.chunk()).await {
        Ok(chunk) => chunk.map_err(|error| fault::of(&error, endpoint)),
        Err(_) if by == deadline => Err(FetchError::Timeout(endpoint.timeout)),
        Err(_) => Err(FetchError::Stalled(pause)),
    }
}
