//! The tail: by arrival where the server numbers what arrives, otherwise by time.

mod begin;
mod bodies;
mod poll;
mod read;
mod reread;
mod seconds;
mod sweep;
mod time;

use std::sync::Arc;

use self::bodies::refuses_numbers;
pub use self::bodies::{marked, without_numbers};
use self::time::Watched;
use super::cursor::Place;
use super::hits::Found;
use super::{Inner, Now};
use crate::model::fault::FetchError;
use crate::model::log::{Arrivals, Cursor, Line, Search, Way};
use crate::text::Plain;
use crate::time::Timestamp;

/// Lines that are taken in one poll: what twenty thousand a second bring in five, as long as some servers hold them back.
const CAP: u64 = 100_000;

/// What a tail remembers from one poll to the next.
enum Following {
    ByArrival(Place),
    ByTime(Watched),
}

/// What a poll has gathered.
#[derive(Default)]
struct Gathered {
    lines: Vec<Line>,
    skipped: u64,
    notes: Vec<Plain>,
    partial: bool,
}

impl Gathered {
    fn note(&mut self, found: &Found) {
        self.partial |= found.partial;
        for note in &found.notes {
            self.say(note.clone());
        }
    }

    fn say(&mut self, note: Plain) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    fn into_arrivals(mut self, anew: bool, complete_to: Option<Timestamp>, following: Following) -> Arrivals {
        self.lines.sort_by_key(|line| line.at);
        let way = match following {
            Following::ByArrival(_) => Way::Arrival,
            Following::ByTime(_) => Way::Time,
        };
        Arrivals {
            lines: self.lines,
            anew,
            skipped: self.skipped,
            complete_to,
            way,
            notes: self.notes,
            cursor: Cursor(Arc::new(following)),
        }
    }
}

impl Inner {
    pub async fn tail(
        &self,
        search: &Search,
        fill: u32,
        cursor: Option<&Cursor>,
        now: Now,
    ) -> Result<Arrivals, FetchError> {
        let held = cursor.and_then(|cursor| cursor.0.downcast_ref::<Following>());
        let arrivals = match held {
            Some(Following::ByArrival(place)) if place.shards > 0 => self.follow(search, place.clone(), now).await,
            Some(Following::ByTime(watched)) if watched.is_whole() => {
                return self.follow_by_time(search, watched.clone(), now).await;
            }
            Some(Following::ByTime(_)) => return self.begin_by_time(search, fill, None, now).await,
            _ => self.begin(search, fill, now).await,
        };
        match arrivals {
            Err(fault) if refuses_numbers(&fault) => self.begin_by_time(search, fill, Some(&fault), now).await,
            arrivals => arrivals,
        }
    }
}
