//! Posts to a chat or a program, and what its answers mean.
//!
//! Tried again: no connection, too many requests, and a server's own trouble. Not tried again: a refusal, which would
//! come again, and a lost answer, because the post may have arrived. A gateway that says that it lost the answer says
//! just that: only where a key lets the other side take a post once is it tried again.

use std::hash::{DefaultHasher, Hash, Hasher};

use tokio::time::sleep;

use super::Patience;
use crate::model::endpoint::{Endpoint, HeaderValue};
use crate::model::fault::FetchError;
use crate::model::format::Format;
use crate::model::target::Hook;
use crate::report::document::Report;
use crate::report::render::render;
use crate::source::hook::endpoint;
use crate::source::http::{Answer, Client, Failure};
use crate::source::poll::Clock;
use crate::text::Plain;

/// The messages of one report, one after the other.
pub async fn slack(hook: &Hook, messages: &[String], patience: &Patience, clock: Clock) -> Result<Plain, Plain> {
    let client = Client::new(endpoint(hook).await.map_err(|error| Plain::from(error.to_string()))?);
    for (done, message) in messages.iter().enumerate() {
        post(&client, message, patience, clock, Twice::Seen, slack_says).await.map_err(|why| match done {
            0 => why,
            done => Plain::from(format!("{why}; {done} of {} messages arrived", messages.len())),
        })?;
    }
    Ok(Plain::from(match messages.len() {
        1 => "1 message".to_owned(),
        count => format!("{count} messages"),
    }))
}

/// The report as JSON. The same key on every try lets the other side take it once.
pub async fn json(hook: &Hook, name: &str, report: &Report, patience: &Patience, clock: Clock) -> Result<Plain, Plain> {
    const KEY: &str = "Idempotency-Key";
    let mut endpoint = endpoint(hook).await.map_err(|error| Plain::from(error.to_string()))?;
    let body = render(report, Format::Json, false);
    if !endpoint.headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(KEY)) {
        endpoint.headers.push((KEY.to_owned(), HeaderValue::Text(key(&[name, &body]))));
    }
    let insecure = endpoint.tls.insecure;
    let said = |answer: &Answer| webhook_says(answer, &endpoint);
    post(&Client::new(endpoint.clone()), &body, patience, clock, Twice::TakenOnce, said).await?;
    let note = if insecure { ", to a server that nobody vouches for (insecure)" } else { "" };
    Ok(Plain::from(format!("{} bytes of JSON{note}", body.len())))
}

/// The same for the same texts, another for others.
pub fn key(texts: &[&str]) -> String {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, texts).hash(&mut hasher);
        hasher.finish()
    };
    format!("{:016x}{:016x}", half(0), half(1))
}

/// What becomes of a post that comes twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Twice {
    /// Everybody sees it twice.
    Seen,
    /// Its key tells that it is the same.
    TakenOnce,
}

const NOT_AGAIN: &str = "it may have arrived, so it was not sent again";

async fn post(
    client: &Client,
    json: &str,
    patience: &Patience,
    clock: Clock,
    twice: Twice,
    refusal: impl Fn(&Answer) -> Option<String>,
) -> Result<(), Plain> {
    let mut tries = 0;
    loop {
        tries += 1;
        let (why, wait) = match client.deliver(json, clock()).await {
            Ok(answer) => match (refusal(&answer), answer.status) {
                (None, _) => return Ok(()),
                (Some(why), 502 | 504) if twice == Twice::Seen => {
                    return Err(Plain::from(format!("{why}; {NOT_AGAIN}")));
                }
                (Some(why), 429 | 500..) => (why, answer.wait),
                (Some(why), _) => return Err(Plain::from(why)),
            },
            Err(Failure::Unclear(fault)) => {
                let text = format!("{fault}, after it was sent: {NOT_AGAIN}");
                return Err(Plain::from(text));
            }
            Err(Failure::NotDone(fault)) if may_connect_later(&fault) => (fault.to_string(), None),
            Err(Failure::NotDone(fault)) => return Err(Plain::from(fault.to_string())),
        };
        match patience.pause(tries, wait) {
            Some(pause) => sleep(pause).await,
            None => return Err(Plain::from(format!("{why} (tried {tries} times)"))),
        }
    }
}

fn may_connect_later(fault: &FetchError) -> bool {
    use FetchError::{Broken, ConnectTimeout, Dns, Refused, Timeout};
    matches!(fault, ConnectTimeout(_) | Timeout(_) | Refused | Broken(_) | Dns(_))
}

/// Nothing where the answer says that all is well.
fn slack_says(answer: &Answer) -> Option<String> {
    let mend = match (answer.status, answer.words.as_str()) {
        (200..300, _) if !answer.is_page => return None,
        (200..300, _) => return Some(page(answer)),
        (300..400, _) => return Some(redirect(answer)),
        (400, "user_not_found" | "channel_not_found") => "it goes to nobody: make a new webhook in Slack",
        (400, _) => "this is a mistake of a360: please report it with these words",
        (403, "action_prohibited") => "an admin of the workspace does not allow it: ask one",
        (403, _) => "the webhook is not valid any more: make a new one in Slack",
        (404, "channel_not_found") => "its channel is gone: make a new webhook in Slack",
        (404, _) => "the webhook or its workspace is gone: make a new one in Slack",
        (410, _) => "its channel is archived: open it again, or make a webhook for another",
        (413, _) => "the message is too large for it",
        (429, _) => "it takes no more messages now",
        (502 | 504, _) => "a gateway in front of it lost its answer",
        (500.., _) => "the chat has trouble of its own",
        _ => "is the address that of an incoming webhook?",
    };
    Some(format!("{}: {mend}", said(answer)))
}

fn webhook_says(answer: &Answer, endpoint: &Endpoint) -> Option<String> {
    use crate::model::endpoint::Auth;
    let mend = match answer.status {
        200..=299 if !answer.is_page => return None,
        200..=299 => return Some(page(answer)),
        300..=399 => return Some(redirect(answer)),
        401 | 403 if endpoint.auth == Auth::None => {
            "it wants to know who posts: set `token`, or `username` and `password`"
        }
        401 | 403 => "it refuses who we are: mend the secret of this target",
        404 | 410 => "nothing takes reports at this address: mend `url`",
        413 => "the report is too large for it",
        429 => "it takes no more now",
        500.. => "the server has trouble of its own",
        _ => "it does not take our report",
    };
    Some(format!("{}: {mend}", said(answer)))
}

fn said(answer: &Answer) -> String {
    let words = if answer.words.is_empty() || answer.is_page { "" } else { answer.words.as_str() };
    format!("HTTP {} {words}", answer.status).trim_end().to_owned()
}

fn page(answer: &Answer) -> String {
    format!(
        "HTTP {} with a web page: a login in front of it, or another server? It was not taken for sent",
        answer.status
    )
}

fn redirect(answer: &Answer) -> String {
    let to = answer.elsewhere.as_ref().map_or_else(|| "elsewhere".to_owned(), |to| format!("to {to}"));
    format!("HTTP {}: redirected {to}, which is not followed; set the address it has now", answer.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, words: &str) -> Answer {
        Answer { status, words: words.into(), is_page: words.starts_with('<'), wait: None, elsewhere: None }
    }

    #[test]
    fn every_refusal_of_slack_has_its_mend() {
        for (status, words, part) in [
            (400, "no_text", "mistake of a360"),
            (400, "invalid_blocks", "mistake of a360"),
            (400, "invalid_payload", "mistake of a360"),
            (400, "user_not_found", "nobody"),
            (403, "action_prohibited", "admin"),
            (403, "invalid_token", "new one"),
            (404, "no_service", "gone"),
            (404, "channel_not_found", "channel is gone"),
            (410, "channel_is_archived", "archived"),
            (500, "rollup_error", "trouble"),
            (302, "", "redirected"),
            (200, "<html>", "web page"),
        ] {
            let said = slack_says(&answer(status, words)).unwrap();
            assert!(said.starts_with(&format!("HTTP {status}")) && said.contains(part), "{said}");
        }
        assert_eq!(slack_says(&answer(200, "ok")), None);
    }

    #[test]
    fn a_key_is_the_same_for_the_same_report_and_target_only() {
        assert_eq!(key(&["a", "b"]), key(&["a", "b"]));
        assert_ne!(key(&["a", "b"]), key(&["b", "b"]));
        assert!(key(&["a"]).len() == 32 && key(&["a"]).bytes().all(|b| b.is_ascii_hexdigit()));
    }
}
