//! One change at one server, and what its answer means.

use super::draft;
use crate::model::fault::FetchError;
use crate::model::write::{Draft, Write, Written};
use crate::source::alertmanager::{EXPECTED, SILENCES, Server, decode, refusal};
use crate::source::http::{Change, Clock, Failure, Kind, Reply};
use crate::text::Plain;

/// Of a silence that was to be changed or ended, and has been forgotten since.
pub fn missing() -> FetchError {
    FetchError::Server { kind: Plain::new("not found"), message: Plain::new("there is no such silence any more") }
}

impl Server {
    pub async fn carry_out(&self, write: &Write, clock: Clock) -> Result<Written, Failure> {
        match write {
            Write::Silence(draft) | Write::Again(draft) => self.post(draft, clock).await,
            Write::Expire(id) => self.delete(id, clock).await,
        }
    }

    async fn post(&self, draft: &Draft, clock: Clock) -> Result<Written, Failure> {
        let json = draft::body(draft, self.now(clock));
        let reply = self.client.change(Change::Post { path: SILENCES, json: &json }, clock.now()).await?;
        if !reply.is_success() {
            return Err(refused(&reply, draft.id.is_some()));
        }
        // Whoever shows a page in place of the server has not asked it.
        let body = reply.json(EXPECTED).map_err(|fault| match reply.kind() {
            Kind::Html => Failure::NotDone(fault),
            _ => Failure::Unclear(fault),
        })?;
        decode::kept_as(body).map(Written::Silenced).map_err(Failure::Unclear)
    }

    async fn delete(&self, id: &str, clock: Clock) -> Result<Written, Failure> {
        // It becomes part of an address: one with a slash or dots would name something else.
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(Failure::NotDone(FetchError::Unsupported(Plain::from(format!(
                "`{id}` is no id of a silence"
            )))));
        }
        let path = format!("/api/v2/silence/{id}");
        let reply = self.client.change(Change::Delete { path: &path }, clock.now()).await?;
        match reply.kind() {
            _ if refusal::is_over(&reply) => Ok(Written::Expired(id.to_owned())),
            _ if !reply.is_success() => Err(refused(&reply, true)),
            Kind::Html => Err(Failure::NotDone(foreign(&reply))),
            _ => Ok(Written::Expired(id.to_owned())),
        }
    }
}

fn foreign(reply: &Reply) -> FetchError {
    match reply.json(EXPECTED) {
        Err(fault) => fault,
        Ok(_) => reply.fault(),
    }
}

/// `about_one`: the request was about a silence that should be there.
fn refused(reply: &Reply, about_one: bool) -> Failure {
    if about_one && refusal::is_missing(reply) {
        return Failure::NotDone(missing());
    }
    match reply.status {
        // Of a server that failed without a word, or of whatever stands before it.
        500 if !refusal::is_spoken(reply) => Failure::Unclear(reply.fault()),
        _ => Failure::NotDone(refusal::refusal(reply)),
    }
}
