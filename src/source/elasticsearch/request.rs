//! Questions on their way out: about which copies, how much at once, and again in another way where documents come
//! without what they hold.

use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};

use super::fields::Role;
use super::hits::Found;
use super::{Inner, Now, success};
use crate::model::fault::FetchError;
use crate::text::Plain;

/// What an answer says that nobody reads. Left out only where no lines come: a server reads each line for it once more.
const SPARE: &str = "&filter_path=-took,-responses.took,-responses._shards.*ed,-responses.hits.max_score";
pub const OPEN: &str = "ignore_unavailable=true&allow_no_indices=true";
/// Lines of one request: what a server gives at most, and fewer where lines are large or the server is busy.
const PAGE_SIZES: [usize; 5] = [10_000, 1_000, 100, 10, 1];
/// After so many answers it is tried with more again.
const PATIENCE: usize = 20;

/// Which shards are asked.
#[derive(Debug, Clone)]
pub enum Shards {
    All,
    /// Those of one number in each index.
    Number(u32),
    /// The same copies each time the same word is said.
    Copies(Arc<str>),
}

impl Shards {
    fn preference(&self) -> Option<String> {
        match self {
            Self::All => None,
            Self::Number(number) => Some(format!("_shards:{number}")),
            Self::Copies(word) => Some(word.to_string()),
        }
    }
}

/// How many lines are asked for at once, shared by all questions to a server.
#[derive(Debug, Default)]
pub struct Pace {
    /// A place in `PAGE_SIZES`.
    step: AtomicUsize,
    /// Answers since it was changed.
    calm: AtomicUsize,
}

impl Pace {
    fn step(&self) -> usize {
        self.step.load(Ordering::Relaxed)
    }

    pub fn size(&self) -> usize {
        PAGE_SIZES.get(self.step()).copied().unwrap_or(1)
    }

    /// The next smaller size; false if there is none.
    pub fn slower(&self) -> bool {
        self.calm.store(0, Ordering::Relaxed);
        let next = self.step() + 1;
        if next >= PAGE_SIZES.len() {
            return false;
        }
        self.step.store(next, Ordering::Relaxed);
        true
    }

    fn answered(&self) {
        if self.step() > 0 && self.calm.fetch_add(1, Ordering::Relaxed) >= PATIENCE {
            self.calm.store(0, Ordering::Relaxed);
            self.step.store(self.step() - 1, Ordering::Relaxed);
        }
    }
}

impl Inner {
    pub async fn search(&self, body: &Value, now: Now) -> Result<Found, FetchError> {
        self.search_at(&Shards::All, body, now).await
    }

    pub async fn search_at(&self, shards: &Shards, body: &Value, now: Now) -> Result<Found, FetchError> {
        let mut found = self.searches(&[(shards.clone(), body.clone())], now).await?;
        found.pop().unwrap_or(Err(FetchError::Truncated))
    }

    /// Asks with as many lines at once as can be had; `body` is told how many.
    pub async fn paged(
        &self,
        shards: &Shards,
        most: usize,
        now: Now,
        body: impl Fn(usize) -> Value,
    ) -> Result<Paged, FetchError> {
        loop {
            let size = self.pace.size().min(most);
            match self.search_at(shards, &body(size), now).await {
                Err(FetchError::TooLarge { .. }) if self.pace.slower() => {}
                Err(fault @ FetchError::TooLarge { .. }) => return self.bare(shards, &body(1), now, fault).await,
                found => {
                    return Ok(Paged {
                        full: found.as_ref().is_ok_and(|found| found.hits.len() >= size),
                        found: found?,
                    });
                }
            }
        }
    }

    /// One line that no answer holds is taken without its text.
    async fn bare(&self, shards: &Shards, body: &Value, now: Now, fault: FetchError) -> Result<Paged, FetchError> {
        let mut body = body.clone();
        let texts: Vec<&String> =
            [Role::Message, Role::Envelope].iter().flat_map(|role| self.fields.names(*role)).collect();
        body["_source"] = json!({ "excludes": texts });
        let mut found = self.search_at(shards, &body, now).await.map_err(|_| fault)?;
        let text = "a line is too large to be taken in: it is shown without its text (max_answer allows more)";
        found.notes.push(Plain::new(text));
        Ok(Paged { full: !found.hits.is_empty(), found })
    }

    /// Several questions at once.
    pub async fn searches(
        &self,
        items: &[(Shards, Value)],
        now: Now,
    ) -> Result<Vec<Result<Found, FetchError>>, FetchError> {
        let known = self.sourceless.load(Ordering::Relaxed);
        let mut found = self.ask_all(items, known, now).await?;
        let is_bare = |((_, body), found): (&(Shards, Value), &Result<Found, FetchError>)| {
            body["_source"] != false && found.as_ref().is_ok_and(|found| found.sourceless)
        };
        if !known && items.iter().zip(&found).any(is_bare) {
            self.sourceless.store(true, Ordering::Relaxed);
            found = self.ask_all(items, true, now).await?;
        }
        for ((_, body), found) in items.iter().zip(&mut found) {
            if let Ok(found) = found
                && found.sourceless
                && body["_source"] != false
            {
                let text = "documents come without `_source`: of their lines only what the index holds as values \
                    is shown; let the index keep `_source`";
                found.notes.push(Plain::new(text));
            }
        }
        Ok(found)
    }

    async fn ask_all(
        &self,
        items: &[(Shards, Value)],
        values: bool,
        now: Now,
    ) -> Result<Vec<Result<Found, FetchError>>, FetchError> {
        let values = if values { Some(self.values(now).await?) } else { None };
        let with_values = |body: &Value| {
            let mut body = body.clone();
            if let Some(values) = values.as_ref().filter(|_| body["size"] != 0 && body["_source"] != false) {
                body["docvalue_fields"] = values.clone();
            }
            body
        };
        let found = match items {
            [(shards, body)] => self.one(shards, &with_values(body), now).await.map(|found| vec![Ok(found)]),
            _ => self.several(items.iter().map(|(shards, body)| (shards, with_values(body))), items.len(), now).await,
        };
        let found = found.map_err(|fault| self.noting(fault))?;
        self.pace.answered();
        Ok(found.into_iter().map(|found| found.map_err(|fault| self.noting(fault))).collect())
    }

    async fn one(&self, shards: &Shards, body: &Value, now: Now) -> Result<Found, FetchError> {
        let preference = shards.preference().map_or_else(String::new, |word| format!("&preference={word}"));
        let path = format!("/{}/_search?{OPEN}{preference}", self.path);
        let reply = self.client.post_json(&path, &body.to_string(), now.sent()).await?;
        self.reading(now).one(success(&reply, now)?)
    }

    async fn several(
        &self,
        items: impl Iterator<Item = (&'_ Shards, Value)>,
        count: usize,
        now: Now,
    ) -> Result<Vec<Result<Found, FetchError>>, FetchError> {
        let (mut lines, mut spare) = (String::new(), SPARE);
        for (shards, body) in items {
            if body["size"] != 0 {
                spare = "";
            }
            let head = shards.preference().map_or_else(|| json!({}), |preference| json!({ "preference": preference }));
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "{head}\n{body}");
        }
        let path = format!("/{}/_msearch?{OPEN}{spare}", self.path);
        let reply = self.client.post_json_lines(&path, &lines, now.sent()).await?;
        let found = self.reading(now).several(success(&reply, now)?)?;
        if found.len() == count {
            return Ok(found);
        }
        let text = format!("{} answers to {count} questions", found.len());
        Err(FetchError::Decode(Plain::from(text)))
    }

    /// A server that is busy is asked for less from then on.
    fn noting(&self, fault: FetchError) -> FetchError {
        if matches!(fault, FetchError::TooMany { .. } | FetchError::Status { code: 429, .. }) {
            self.pace.slower();
        }
        fault
    }

    /// What is known of a line without its source.
    async fn values(&self, now: Now) -> Result<Value, FetchError> {
        let caps = self.caps(now).await?;
        let mut names: Vec<String> = self.fields.all().filter_map(|name| caps.countable(name)).collect();
        names.sort();
        names.dedup();
        Ok(json!(names))
    }
}

/// A page of lines; after a full one there may be more.
pub struct Paged {
    pub found: Found,
    pub full: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_server_is_asked_for_less_and_in_time_for_more() {
        let pace = Pace::default();
        assert_eq!(pace.size(), 10_000);
        assert!(pace.slower() && pace.slower());
        assert_eq!(pace.size(), 100);
        for _ in 0..=PATIENCE {
            pace.answered();
        }
        assert_eq!(pace.size(), 1_000);
        assert!((0..3).all(|_| pace.slower()) && !pace.slower());
        assert_eq!(pace.size(), 1);
    }
}
