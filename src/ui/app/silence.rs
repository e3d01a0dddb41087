//! Making, changing and ending silences: from the key to the form, from the form to the request, and what became of it.

use crossterm::event::KeyEvent;
use jiff::tz::TimeZone;

use super::{App, Effect};
use crate::model::query::Source;
use crate::model::silence::{Silence, SilenceState};
use crate::model::write::{Job, Outcome, Write, WriteError, Written};
use crate::text::Plain;
use crate::time::{SECOND, Timestamp};
use crate::ui::action::Action;
use crate::ui::overlay::Overlay;
use crate::ui::silence_form::{Clock, Form, Step, done, short, wanted};
use crate::ui::view::ViewId;

/// What was sent and has no outcome yet.
struct Sent {
    ticket: u64,
    context: usize,
    write: Write,
    /// What is told when it is done, and what it is when it is not.
    done: String,
    wanted: String,
}

/// The requests that change something, and the last number that one was given.
#[derive(Default)]
pub struct Writes {
    sent: Vec<Sent>,
    last: u64,
    /// Leaving was asked for once while one was under way.
    leaving: bool,
}

impl Writes {
    /// What must be over before this one is sent: two at once arrive in any order, and an extension that comes after the
    /// end would make another silence.
    fn in_the_way(&self, context: usize, write: &Write) -> Option<&'static str> {
        let mut here = self.sent.iter().filter(|sent| sent.context == context);
        let is_of_one = |sent: &Sent| write.of().is_some() && sent.write.of() == write.of();
        let other = here.clone().any(is_of_one).then_some("another change of this silence");
        here.any(|sent| sent.write == *write).then_some("the same").or(other)
    }
}

/// Whoever closed the form may look elsewhere: what went wrong stands longer.
const BAD_NEWS_FOR: i64 = 60 * SECOND;

/// The clock by which silences begin and end.
fn server_now(app: &App) -> Timestamp {
    app.now.plus(app.links.get(&Source::Alertmanager).map_or(0, |link| link.skew_ms))
}

impl App {
    /// By the server's clock, in the zone that is shown.
    pub fn silence_clock(&self) -> Clock<'_> {
        Clock { now: server_now(self), zone: &self.setup.zone }
    }

    /// Why nothing can be silenced now, in one line.
    fn why_not(&self) -> Option<String> {
        let scene = self.scene();
        if scene.read_only {
            return Some("this context is read-only: nothing can be silenced from here".to_owned());
        }
        if !scene.alertmanager {
            return Some("this context has no Alertmanager: nothing can be silenced".to_owned());
        }
        match self.alerting.alertmanager_known() {
            Ok(()) => None,
            Err(Some(error)) => Some(format!("alertmanager: {error}; nothing can be silenced")),
            Err(None) => Some("alertmanager has not answered yet: nothing can be silenced".to_owned()),
        }
    }

    /// Whether silences can be made and ended here and now.
    pub fn can_silence(&self) -> bool {
        self.why_not().is_none()
    }

    /// One of the keys that make, change or end a silence.
    pub(super) fn silencing(&mut self, action: Action) {
        if !matches!(self.view, ViewId::Alerts | ViewId::Silences) {
            return;
        }
        if let Some(why) = self.why_not() {
            return self.say(&why);
        }
        match (action, self.view) {
            (Action::Acknowledge, ViewId::Alerts) => self.acknowledge(),
            (Action::Silence, ViewId::Alerts) => {
                self.open_form(Form::silence(self.alerting.row(), self.setup.author.as_ref()));
            }
            (Action::Silence, _) => match self.alerting.selected_silence() {
                Some(silence) => {
                    self.open_form(Form::change(silence, self.setup.author.as_ref(), self.silence_clock()));
                }
                None => self.open_form(Form::silence(None, self.setup.author.as_ref())),
            },
            (Action::Expire | Action::Extend, ViewId::Silences) => match self.alerting.selected_silence().cloned() {
                Some(silence) => self.end_or_extend(action, &silence),
                None => self.say("no silence is selected"),
            },
            (Action::Expire | Action::Extend, _) => self.of_the_alert(action),
            _ => {}
        }
    }

    fn acknowledge(&mut self) {
        match self.alerting.row() {
            Some(row) => {
                self.open_form(Form::acknowledge(row, self.setup.author.as_ref(), self.silence_clock()));
            }
            None => self.say("no alert is selected"),
        }
    }

    /// Ends or extends what keeps the selected alert quiet; of several one is chosen first.
    fn of_the_alert(&mut self, action: Action) {
        let Some(row) = self.alerting.row() else { return self.say("no alert is selected") };
        let ids = row.held.as_ref().map_or(&[][..], |held| &held.silenced_by);
        let known: Vec<Silence> =
            self.alerting.silences().iter().filter(|silence| ids.contains(&silence.id)).cloned().collect();
        match (known.as_slice(), ids) {
            (_, []) => self.say(&format!("no silence keeps {} quiet", row.name())),
            ([], [id, ..]) => {
                let why = self.alerting.silences_fail().map_or_else(String::new, |error| format!(": {error}"));
                self.say(&format!("the silence {} is not known yet{why}", short(id)));
            }
            ([one], _) => self.end_or_extend(action, one),
            (several, _) => self.overlay = Some(Overlay::of_several(action, several, self.silence_clock())),
        }
    }

    pub(super) fn end_or_extend(&mut self, action: Action, silence: &Silence) {
        let clock = self.silence_clock();
        if silence.state == SilenceState::Expired {
            return self.say("this silence is over already");
        }
        let form = if action == Action::Expire { Form::expire(silence, clock) } else { Form::extend(silence, clock) };
        self.open_form(form);
    }

    /// The silence of this id, if it is still there.
    pub(super) fn end_or_extend_by_id(&mut self, action: Action, id: &str) {
        match self.alerting.silences().iter().find(|silence| silence.id == id).cloned() {
            Some(silence) => self.end_or_extend(action, &silence),
            None => self.say(&format!("the silence {} is no longer there", short(id))),
        }
    }

    fn open_form(&mut self, mut form: Form) {
        form.look(&self.alerting);
        self.notice = None;
        self.overlay = Some(Overlay::Silence(Box::new(form)));
    }

    /// After the alerts or the silences are known anew, or something was pasted.
    pub(super) fn look_again(&mut self) {
        if let Some(Overlay::Silence(form)) = &mut self.overlay {
            form.look(&self.alerting);
        }
    }

    pub(super) fn form_key(&mut self, mut form: Box<Form>, key: KeyEvent) -> Option<Effect> {
        let zone: &TimeZone = &self.setup.zone;
        let step = form.key(key, Clock { now: server_now(self), zone });
        let effect = match step {
            Step::Stay => None,
            Step::Close => {
                if form.is_unclear() {
                    self.say_bad(&format!("it is not certain what became of {}: look at :silences", wanted(&form)));
                }
                return None;
            }
            Step::Send(write) => self.send(&mut form, write),
        };
        if form.is_changed() {
            form.look(&self.alerting);
        }
        self.overlay = Some(Overlay::Silence(form));
        effect
    }

    /// Sends what was reviewed, once.
    fn send(&mut self, form: &mut Form, write: Write) -> Option<Effect> {
        if let Some(why) = self.why_not() {
            form.not_done(why);
            return None;
        }
        if let Some(what) = self.writes.in_the_way(self.context, &write) {
            form.not_done(format!("{what} was sent a moment ago, and its outcome is not known yet"));
            return None;
        }
        if let Some(author) = form.author() {
            self.setup.author = Some(author);
        }
        self.writes.last += 1;
        let ticket = self.writes.last;
        self.writes.sent.push(Sent {
            ticket,
            context: self.context,
            write: write.clone(),
            done: done(form, self.silence_clock()),
            wanted: wanted(form),
        });
        form.sent(ticket, server_now(self));
        Some(Effect::Write(Box::new(Job { ticket, write })))
    }

    pub(super) fn written(&mut self, outcome: Outcome) {
        let Some(at) = self.writes.sent.iter().position(|sent| sent.ticket == outcome.ticket) else { return };
        let sent = self.writes.sent.remove(at);
        self.writes.leaving &= !self.writes.sent.is_empty();
        let elsewhere = self.elsewhere(&sent);
        let form = match &mut self.overlay {
            Some(Overlay::Silence(form)) if form.awaits(outcome.ticket) => Some(form),
            _ => None,
        };
        match (outcome.result, form) {
            (Ok(written), form) => {
                if form.is_some() {
                    self.overlay = None;
                }
                self.is_done(&sent, &written, &elsewhere);
            }
            (Err(WriteError::NotDone(error)), Some(form)) => form.not_done(error.to_string()),
            (Err(WriteError::Unclear(error, write)), Some(form)) => form.unclear(error.to_string(), write),
            (Err(WriteError::NotDone(error)), None) => {
                self.say_bad(&format!("✖ {elsewhere}NOT DONE: {}: {error}", sent.wanted));
            }
            (Err(WriteError::Unclear(error, _)), None) => {
                let what = format!("✖ {elsewhere}NOT CERTAIN: {} may be done, look at :silences", sent.wanted);
                self.say_bad(&format!("{what} ({error})"));
            }
        }
    }

    fn is_done(&mut self, sent: &Sent, written: &Written, elsewhere: &str) {
        let (Written::Silenced(id) | Written::Expired(id)) = written;
        if let (Written::Silenced(id), true) = (written, sent.context == self.context) {
            self.in_alerts(|alerting, _, area| alerting.follow_silence(id, area));
        }
        self.say(&format!("{elsewhere}{} (id {})", sent.done, short(id)));
    }

    /// `prod: ` where it was sent from another context than the one that is shown now.
    fn elsewhere(&self, sent: &Sent) -> String {
        let other = self.setup.contexts.get(sent.context).filter(|_| sent.context != self.context);
        other.map_or_else(String::new, |context| format!("in {}: ", context.name))
    }

    fn say_bad(&mut self, text: &str) {
        self.notice = Some((Plain::new(text), self.now.plus(BAD_NEWS_FOR)));
    }

    /// What was told of this context is not true of another one; what went wrong here is still worth knowing there.
    pub(super) fn keep_bad_news(&mut self) {
        let bad = self.notice.take().filter(|(text, _)| text.starts_with('✖'));
        let here = self.context().map(|context| context.name.to_string()).unwrap_or_default();
        self.notice = bad.map(|(text, until)| {
            let is_placed = text.starts_with("✖ in ");
            (
                if is_placed {
                    text
                } else {
                    Plain::new(&format!("✖ in {here}: {}", text.trim_start_matches("✖ ")))
                },
                until,
            )
        });
    }

    /// Leaves at once, but not without a word while an outcome is awaited.
    pub(super) fn quit(&mut self) -> Option<Effect> {
        if let (Some(sent), false) = (self.writes.sent.first(), self.writes.leaving) {
            let text = format!("again to quit: the answer to {} is still awaited", sent.wanted);
            self.say(&text);
            self.writes.leaving = true;
            return None;
        }
        Some(Effect::Quit)
    }
}
