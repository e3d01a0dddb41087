//! Writes documents by bulk into Elasticsearch or OpenSearch.

use serde::Deserialize;
use serde_json::json;

use crate::documents::Document;
use crate::outbox::{Carrier, Sent};

pub struct Elastic {
    pub client: reqwest::Client,
    /// Without a slash at its end.
    pub url: String,
    pub login: Option<(String, Option<String>)>,
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    create: Outcome,
}

#[derive(Deserialize)]
struct Outcome {
    status: u16,
    error: Option<serde_json::Value>,
}

/// `create` writes a document once: another try finds it there.
fn body(batch: &[Document]) -> String {
    let mut text = String::with_capacity(batch.iter().map(|document| document.body.len() + 120).sum());
    for Document { index, id, body } in batch {
        text.push_str(&json!({"create": {"_index": index, "_id": id}}).to_string());
        text.push('\n');
        text.push_str(body);
        text.push('\n');
    }
    text
}

impl Carrier<Document> for Elastic {
    const BATCH: usize = 1_000;

    async fn send(&self, batch: Vec<Document>) -> Sent<Document> {
        let request = self.client.post(format!("{}/_bulk", self.url)).header("content-type", "application/x-ndjson");
        let request = match &self.login {
            Some((user, password)) => request.basic_auth(user, password.as_deref()),
            None => request,
        };
        let answer = match request.body(body(&batch)).send().await {
            Ok(answer) => answer,
            Err(error) => return Sent::nothing(batch, error.without_url().to_string()),
        };
        let status = answer.status();
        if !status.is_success() {
            return Sent::nothing(batch, format!("the search engine answered {status}"));
        }
        let bytes = match answer.bytes().await {
            Ok(bytes) => bytes,
            Err(error) => return Sent::nothing(batch, error.without_url().to_string()),
        };
        match serde_json::from_slice::<Answer>(&bytes) {
            Ok(answer) if answer.items.len() == batch.len() => sort(batch, answer.items),
            Ok(_) => Sent::nothing(batch, "the search engine answered for other documents".to_owned()),
            Err(error) => Sent::nothing(batch, format!("not the answer of a search engine: {error}")),
        }
    }
}

fn sort(batch: Vec<Document>, items: Vec<Item>) -> Sent<Document> {
    let mut sent = Sent { written: 0, known: 0, refused: 0, again: Vec::new(), error: None };
    for (document, Item { create }) in batch.into_iter().zip(items) {
        match create.status {
            200..300 => sent.written += 1,
            409 => sent.known += 1,
            429 | 500.. => {
                sent.error = Some(format!("the search engine put off a document with {}", create.status));
                sent.again.push(document);
            }
            _ => {
                sent.refused += 1;
                eprintln!("refused with {}: {}", create.status, create.error.unwrap_or_default());
            }
        }
    }
    sent
}
