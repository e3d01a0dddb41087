//! The answer to `silences`.

use crate::model::fault::FetchError;
use crate::model::matcher::{Matcher, Op};
use crate::model::silence::{Exact, Silence, SilenceState};
use crate::source::json::value::{exact, is_true, moment};
use crate::source::json::{Fault, Scanner};
use crate::text::Plain;
use crate::time::Timestamp;

use super::{items, list};

/// No server has so many; memory stays bounded.
const MAX_SILENCES: usize = 100_000;

/// A silence and when it was changed last, which tells the newer of two servers' words.
#[derive(Debug, Clone, PartialEq)]
pub struct Dated {
    pub updated_at: Option<Timestamp>,
    pub silence: Silence,
}

/// All of them, or an error: a silence that cannot be read must not be taken for one that is not there.
pub fn silences(body: &[u8]) -> Result<Vec<Dated>, FetchError> {
    let (mut silences, mut wrong) = (Vec::new(), None);
    list(body, |scan| {
        if silences.len() == MAX_SILENCES {
            return scan.bad("no more than 100,000 silences");
        }
        match draft(scan)?.finish() {
            Ok(dated) => silences.push(dated),
            Err(why) => wrong = wrong.take().or(Some(why)),
        }
        Ok(())
    })?;
    match wrong {
        None => Ok(silences),
        Some(why) => Err(FetchError::Decode(why)),
    }
}

/// The id under which the server keeps what was sent to it.
pub fn kept_as(body: &[u8]) -> Result<String, FetchError> {
    let (mut scan, mut id) = (Scanner::new(body), None);
    scan.object(|key, scan| {
        match key {
            b"silenceID" => id = exact(scan)?,
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    scan.finish()?;
    id.filter(|id| !id.is_empty()).ok_or_else(|| FetchError::Decode(Plain::new("there is no id of the silence in it")))
}

/// A silence while its keys come in.
#[derive(Default)]
struct Draft {
    id: String,
    state: Plain,
    matchers: Vec<Matcher>,
    starts_at: Option<Timestamp>,
    ends_at: Option<Timestamp>,
    updated_at: Option<Timestamp>,
    created_by: Exact,
    comment: Exact,
}

fn draft(scan: &mut Scanner) -> Result<Draft, Fault> {
    let mut draft = Draft::default();
    scan.object(|key, scan| {
        match key {
            b"id" => draft.id = exact(scan)?.unwrap_or_default(),
            b"status" => scan.object(|key, scan| {
                match key {
                    b"state" => draft.state = scan.text()?.unwrap_or_default(),
                    _ => drop(scan.skip()?),
                }
                Ok(())
            })?,
            b"matchers" => draft.matchers = items(scan, matcher)?,
            b"startsAt" => draft.starts_at = moment(scan)?,
            b"endsAt" => draft.ends_at = moment(scan)?,
            b"updatedAt" => draft.updated_at = moment(scan)?,
            b"createdBy" => draft.created_by = Exact::new(&exact(scan)?.unwrap_or_default()),
            b"comment" => draft.comment = Exact::new(&exact(scan)?.unwrap_or_default()),
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok(draft)
}

/// `isEqual` came with 0.22, and means true where it is missing.
fn matcher(scan: &mut Scanner) -> Result<Option<Matcher>, Fault> {
    let (mut name, mut value, mut is_regex, mut is_positive) = (String::new(), String::new(), false, true);
    scan.object(|key, scan| {
        match key {
            b"name" => name = exact(scan)?.unwrap_or_default(),
            b"value" => value = exact(scan)?.unwrap_or_default(),
            b"isRegex" => is_regex = is_true(scan)?,
            b"isEqual" => is_positive = scan.skip()? != b"false",
            _ => drop(scan.skip()?),
        }
        Ok(())
    })?;
    Ok(Some(Matcher::new(&name, Op::of(is_regex, is_positive), &value)))
}

impl Draft {
    fn finish(self) -> Result<Dated, Plain> {
        let wrong = |what: &str| Plain::from(format!("silence `{}` {what}", self.id));
        let state = match self.state.as_str() {
            "active" => SilenceState::Active,
            "pending" => SilenceState::Pending,
            "expired" => SilenceState::Expired,
            other => return Err(wrong(&format!("is in the unknown state `{other}`"))),
        };
        let (Some(starts_at), Some(ends_at)) = (self.starts_at, self.ends_at) else {
            return Err(wrong("has no start or no end"));
        };
        // None would match every alert: this is another kind of silence, of a version to come.
        if self.id.is_empty() || self.matchers.is_empty() {
            return Err(wrong("has no id or no matchers"));
        }
        let Self { id, matchers, created_by, comment, updated_at, .. } = self;
        let silence = Silence { id, state, matchers, starts_at, ends_at, created_by, comment };
        Ok(Dated { updated_at, silence })
    }
}
