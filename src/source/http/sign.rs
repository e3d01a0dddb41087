//! Who we are to a server: its headers with the secrets filled in, fetched when first needed and again when refused.

use std::sync::Arc;
use std::time::Duration;

use reqwest::RequestBuilder;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::model::endpoint::{self, Auth, Endpoint};
use crate::model::fault::FetchError;
use crate::source::secret;
use crate::text::Plain;

/// A refused secret is not fetched anew more often than this: every chart asks, and a command may be slow.
const PAUSE: Duration = Duration::from_secs(10);

/// What is added to a request. It cannot be printed.
#[derive(PartialEq)]
pub struct Signature {
    headers: HeaderMap,
    authorization: Authorization,
    /// The values that must not show up in an error.
    secrets: Vec<String>,
}

#[derive(PartialEq)]
enum Authorization {
    None,
    Basic { username: String, password: String },
    Bearer(String),
}

impl Signature {
    async fn resolve(endpoint: &Endpoint) -> Result<Self, FetchError> {
        let mut secrets = Vec::new();
        let mut headers = HeaderMap::new();
        for (name, value) in &endpoint.headers {
            let (name, value) = header(name, value, &mut secrets).await?;
            headers.append(name, value);
        }
        let authorization = match &endpoint.auth {
            Auth::None => Authorization::None,
            Auth::Basic { username, password } => {
                let password = fetch(password, &mut secrets).await?;
                Authorization::Basic { username: username.clone(), password }
            }
            Auth::Bearer(token) => Authorization::Bearer(usable(token, &mut secrets).await?),
        };
        Ok(Self { headers, authorization, secrets })
    }

    pub fn apply(&self, request: RequestBuilder) -> RequestBuilder {
        let request = request.headers(self.headers.clone());
        match &self.authorization {
            Authorization::None => request,
            Authorization::Basic { username, password } => request.basic_auth(username, Some(password)),
            Authorization::Bearer(token) => request.bearer_auth(token),
        }
    }

    /// A server's words, in case it repeats what it was told.
    pub fn hide(&self, words: String) -> Plain {
        let hidden = self.secrets.iter().fold(words, |words, secret| words.replace(secret.as_str(), "***"));
        Plain::from(hidden)
    }
}

async fn fetch(from: &endpoint::Secret, secrets: &mut Vec<String>) -> Result<String, FetchError> {
    let value = secret::resolve(from).await?;
    secrets.push(value.clone());
    Ok(value)
}

/// A secret that can be sent as it is.
async fn usable(from: &endpoint::Secret, secrets: &mut Vec<String>) -> Result<String, FetchError> {
    let value = fetch(from, secrets).await?;
    if HeaderValue::from_str(&value).is_err() {
        let text = format!("{} holds characters that no header may have, such as a line break", secret::place(from));
        return Err(FetchError::Unauthorized(Plain::from(text)));
    }
    Ok(value)
}

async fn header(
    name: &str,
    value: &endpoint::HeaderValue,
    secrets: &mut Vec<String>,
) -> Result<(HeaderName, HeaderValue), FetchError> {
    let bad = || FetchError::Unsupported(Plain::from(format!("`{name}` is not a header that can be sent")));
    let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
    let value = match value {
        endpoint::HeaderValue::Text(text) => HeaderValue::from_str(text).map_err(|_| bad())?,
        endpoint::HeaderValue::Secret(from) => {
            let mut value = HeaderValue::from_str(&usable(from, secrets).await?).map_err(|_| bad())?;
            value.set_sensitive(true);
            value
        }
    };
    Ok((key, value))
}

/// The signature of one source, shared by its requests.
#[derive(Default)]
pub struct Signatures(Mutex<Held>);

#[derive(Default)]
struct Held {
    current: Option<Arc<Signature>>,
    /// When a refused one was last fetched anew.
    renewed: Option<Instant>,
    /// How the last try ended, and when.
    failed: Option<(Instant, FetchError)>,
}

impl Signatures {
    pub async fn get(&self, endpoint: &Endpoint) -> Result<Arc<Signature>, FetchError> {
        let came = Instant::now();
        let mut held = self.0.lock().await;
        if let Some(current) = &held.current {
            return Ok(current.clone());
        }
        // Whoever waited while it failed has had his try: a command that hangs must not hang for each in turn.
        if let Some((at, error)) = &held.failed
            && *at >= came
        {
            return Err(error.clone());
        }
        match Signature::resolve(endpoint).await {
            Ok(fresh) => {
                let fresh = Arc::new(fresh);
                held.current = Some(fresh.clone());
                Ok(fresh)
            }
            Err(error) => {
                held.failed = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// After a 401: another signature than the one that was refused, if there is one to be had.
    pub async fn renew(
        &self,
        endpoint: &Endpoint,
        refused: &Arc<Signature>,
    ) -> Result<Option<Arc<Signature>>, FetchError> {
        let mut held = self.0.lock().await;
        if let Some(current) = held.current.as_ref().filter(|current| !Arc::ptr_eq(current, refused)) {
            return Ok(Some(current.clone()));
        }
        let soon = held.renewed.is_some_and(|at| at.elapsed() < PAUSE);
        if soon || refused.secrets.is_empty() {
            return Ok(None);
        }
        held.renewed = Some(Instant::now());
        let fresh = Arc::new(Signature::resolve(endpoint).await?);
        if fresh == *refused {
            return Ok(None);
        }
        held.current = Some(fresh.clone());
        Ok(Some(fresh))
    }
}
