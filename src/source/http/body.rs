//! Reads a body piece by piece: never more than the limit, counted after decompression, and never for ever.

use std::time::Duration;

use reqwest::Response;
use tokio::time::{Instant, timeout_at};

use super::fault;
use crate::model::endpoint::Endpoint;
use crate::model::fault::FetchError;

/// A server that sends nothing for so long in the middle of an answer has stopped.
const MAX_PAUSE: Duration = Duration::from_secs(10);
/// An error needs no more room than this to explain itself.
const MAX_ERROR: usize = 64 * 1024;

pub async fn read(response: Response, endpoint: &Endpoint, deadline: Instant) -> Result<Vec<u8>, FetchError> {
    let limit = endpoint.max_answer;
    if response.content_length().is_some_and(|length| length > limit) {
        return Err(FetchError::TooLarge { limit });
    }
    let mut body = Vec::new();
    pump(response, endpoint, deadline, |chunk| {
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(FetchError::TooLarge { limit });
        }
        body.extend_from_slice(chunk);
        Ok(())
    })
    .await?;
    Ok(body)
}

/// The body of an error: as much of it as is useful and as comes; the status has said the main thing.
pub async fn read_error(response: Response, endpoint: &Endpoint, deadline: Instant) -> Vec<u8> {
    let mut body = Vec::new();
    let full = FetchError::TooLarge { limit: MAX_ERROR as u64 };
    let cut = pump(response, endpoint, deadline, |chunk| {
        body.extend_from_slice(chunk);
        if body.len() < MAX_ERROR { Ok(()) } else { Err(full.clone()) }
    });
    // How it ended does not matter here.
    let _ = cut.await;
    body.truncate(MAX_ERROR);
    body
}

async fn pump(
    mut response: Response,
    endpoint: &Endpoint,
    deadline: Instant,
    mut take: impl FnMut(&[u8]) -> Result<(), FetchError>,
) -> Result<(), FetchError> {
    let pause = MAX_PAUSE.min(endpoint.timeout);
    loop {
        let by = deadline.min(Instant::now() + pause);
        match timeout_at(by, response.chunk()).await {
            Ok(Ok(Some(chunk))) => take(&chunk)?,
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(error)) => return Err(fault::of(&error, endpoint)),
            Err(_) if by == deadline => return Err(FetchError::Timeout(endpoint.timeout)),
            Err(_) => return Err(FetchError::Stalled(pause)),
        }
    }
}
