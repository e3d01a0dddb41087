//! Which alerts are listed and in which order: grouped, filtered, the quiet ones hidden unless they are wanted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use unicode_width::UnicodeWidthStr;

use super::order::Order;
use crate::analysis::alerts::{Row, State};
use crate::model::labels::Labels;
use crate::model::matcher::{Compiled, Matcher, all_match, compile, parse, written};
use crate::text::Plain;
use crate::time::Timestamp;

/// What the list is ordered by, below headings; urgency alone has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Group {
    #[default]
    Urgency,
    Severity,
    Label(Plain),
}

impl Group {
    pub fn name(&self) -> &str {
        match self {
            Self::Urgency => "urgency",
            Self::Severity => "severity",
            Self::Label(name) => name,
        }
    }

    fn heading(&self, row: &Row) -> Option<String> {
        match self {
            Self::Urgency => None,
            Self::Severity => Some(row.severity.word().to_owned()),
            Self::Label(name) => Some(match row.labels.get(name) {
                Some(value) if !value.is_empty() => format!("{name} {value}"),
                _ => format!("no {name}"),
            }),
        }
    }
}

/// Alertmanager matchers that were typed.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    matchers: Vec<Matcher>,
    compiled: Vec<Compiled>,
}

impl Filter {
    pub fn read(text: &str) -> Result<Self, String> {
        Self::of(parse(text)?)
    }

    pub fn of(matchers: Vec<Matcher>) -> Result<Self, String> {
        let compiled = compile(&matchers)?;
        Ok(Self { matchers, compiled })
    }

    pub fn is_empty(&self) -> bool {
        self.matchers.is_empty()
    }

    pub fn fits(&self, row: &Row) -> bool {
        all_match(&self.compiled, &row.labels)
    }

    /// As it is shown, and as it can be typed again.
    pub fn text(&self) -> String {
        written(&self.matchers)
    }
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Heading {
        text: String,
        count: usize,
    },
    /// The number of the alert.
    Alert(usize),
}

/// In which order, and what tells since when an alert is there.
pub type Sorting<'a> = (Order, &'a dyn Fn(&Row) -> Option<Timestamp>);

#[derive(Debug, Default)]
pub struct List {
    /// Every alert, the most urgent first, shown or not.
    pub rows: Vec<Row>,
    pub entries: Vec<Entry>,
    /// Where the alerts stand among the entries.
    places: Vec<usize>,
    /// So many fit the filter and are hidden for being quiet.
    pub quiet: usize,
    /// So many of the dead man's switch fit it and are hidden.
    pub alive: usize,
    /// So many do not fit the filter.
    pub unfit: usize,
    /// By name: the labels in which the alerts of that name differ.
    differing: HashMap<Plain, Vec<Plain>>,
}

impl List {
    /// `order` is the one within the groups, with what tells since when an alert is there.
    pub fn new(rows: Vec<Row>, group: &Group, order: Sorting, filter: &Filter, all: bool) -> Self {
        let mut list = Self { differing: differing(&rows), rows, ..Self::default() };
        let mut shown = Vec::new();
        for (number, row) in list.rows.iter().enumerate() {
            match (filter.fits(row), row.state.is_hidden() && !all) {
                (false, _) => list.unfit += 1,
                (true, true) if row.state == State::Alive => list.alive += 1,
                (true, true) => list.quiet += 1,
                (true, false) => shown.push(number),
            }
        }
        list.entries = grouped(&list.rows, shown, group, order);
        let is_alert = |(_, entry): &(usize, &Entry)| matches!(entry, Entry::Alert(_));
        list.places = list.entries.iter().enumerate().filter(is_alert).map(|(place, _)| place).collect();
        list
    }

    /// How many alerts are shown.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The shown alert of that place in the order.
    pub fn get(&self, nth: usize) -> Option<&Row> {
        match self.entries.get(self.entry_of(nth)?)? {
            Entry::Alert(number) => self.rows.get(*number),
            Entry::Heading { .. } => None,
        }
    }

    /// Where in the entries the shown alert of that place stands.
    pub fn entry_of(&self, nth: usize) -> Option<usize> {
        self.places.get(nth).copied()
    }

    /// Which of the shown alerts stands in this entry.
    pub fn nth_of(&self, entry: usize) -> Option<usize> {
        self.places.binary_search(&entry).ok()
    }

    /// The place of the alert with these labels; of several the one at `near`, where it was.
    pub fn find(&self, identity: &Labels, near: usize) -> Option<usize> {
        let is_it = |nth: usize| self.get(nth).is_some_and(|row| row.is(identity));
        if is_it(near) { Some(near) } else { (0..self.len()).find(|nth| is_it(*nth)) }
    }

    /// In what an alert differs from the others of its name; what they all have says nothing. One alone says what it is
    /// about.
    pub fn difference(&self, row: &Row) -> String {
        let names = self.differing.get(&row.name()).map_or(&[][..], Vec::as_slice);
        let words = names.iter().map(|name| match row.labels.get(name) {
            Some(value) if value.starts_with('/') => value.to_string(),
            Some(value) => format!("{name} {value}"),
            None => format!("no {name}"),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// The same in so many cells: where not all has room, the values say more than the names of their labels.
    pub fn difference_in(&self, row: &Row, width: usize) -> String {
        let whole = self.difference(row);
        if whole.width() <= width {
            return whole;
        }
        let names = self.differing.get(&row.name()).map_or(&[][..], Vec::as_slice);
        let words =
            names.iter().map(|name| row.labels.get(name).map_or_else(|| format!("no {name}"), Plain::to_string));
        words.collect::<Vec<_>>().join(" ")
    }

    /// Every label that one can group by, and how many alerts have it; the most frequent first.
    pub fn labels(&self) -> Vec<(Plain, usize)> {
        let mut count: BTreeMap<&Plain, usize> = BTreeMap::new();
        for (name, _) in self.rows.iter().flat_map(|row| row.labels.iter()) {
            *count.entry(name).or_default() += 1;
        }
        let mut labels: Vec<_> = count.into_iter().map(|(name, count)| (name.clone(), count)).collect();
        labels.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        labels
    }
}

/// Groups come in the order of their most urgent alert.
fn grouped(rows: &[Row], mut shown: Vec<usize>, group: &Group, (order, since): Sorting) -> Vec<Entry> {
    let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    for &number in &shown {
        let Some(text) = rows.get(number).and_then(|row| group.heading(row)) else {
            order.sort(&mut shown, rows, since);
            return shown.into_iter().map(Entry::Alert).collect();
        };
        let at = *place.entry(text.clone()).or_insert_with(|| {
            groups.push((text, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(number);
    }
    let mut entries = Vec::with_capacity(shown.len() + groups.len());
    for (text, mut numbers) in groups {
        order.sort(&mut numbers, rows, since);
        entries.push(Entry::Heading { text, count: numbers.len() });
        entries.extend(numbers.into_iter().map(Entry::Alert));
    }
    entries
}

/// Labels that say where, in the order in which they help; the others stand behind them.
const WHERE: &[&str] = &["endpoint", "pod", "instance", "host", "service", "namespace", "cluster"];
/// These have columns of their own.
const SHOWN: &[&str] = &["alertname", "severity"];

fn differing(rows: &[Row]) -> HashMap<Plain, Vec<Plain>> {
    let mut first: HashMap<Plain, (&Labels, BTreeSet<&Plain>, usize)> = HashMap::new();
    for row in rows {
        let (of, names, count) = first.entry(row.name()).or_insert_with(|| (&row.labels, BTreeSet::new(), 0));
        *count += 1;
        let (other, own) = (*of, &row.labels);
        names.extend(own.iter().filter(|(name, value)| other.get(name) != Some(value)).map(|(name, _)| name));
        names.extend(other.iter().filter(|(name, _)| own.get(name).is_none()).map(|(name, _)| name));
    }
    let rank = |name: &Plain| WHERE.iter().position(|known| *known == name.as_str()).unwrap_or(WHERE.len());
    let sorted = |names: BTreeSet<&Plain>| {
        let mut names: Vec<Plain> = names.into_iter().filter(|name| !SHOWN.contains(&name.as_str())).cloned().collect();
        names.sort_by_key(rank);
        names
    };
    // One alone differs from none; what it is about is said all the same.
    let about = |labels: &Labels| WHERE.iter().find(|known| labels.get(known).is_some()).map(|known| Plain::new(known));
    let told = |(labels, names, count): (&Labels, BTreeSet<&Plain>, usize)| match count {
        1 => about(labels).into_iter().collect(),
        _ => sorted(names),
    };
    first.into_iter().map(|(name, of)| (name, told(of))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::alerts::Told;
    use crate::model::alert::Severity;

    fn row(labels: &[(&str, &str)], state: State) -> Row {
        let labels = Labels::of(labels);
        Row {
            severity: Severity::of(&labels),
            own: Some(labels.clone()),
            labels,
            annotations: Labels::default(),
            state,
            since: None,
            value: None,
            told: Told::Unknown,
            held: None,
            rule: None,
        }
    }

    fn rows() -> Vec<Row> {
        vec![
            row(&[("alertname", "A"), ("severity", "critical"), ("team", "x")], State::Firing),
            row(&[("alertname", "B"), ("pod", "b-0"), ("team", "y")], State::Firing),
            row(&[("alertname", "B"), ("pod", "b-1"), ("zone", "1")], State::Pending),
            row(&[("alertname", "C"), ("team", "x")], State::Silenced),
        ]
    }

    fn list(group: Group, filter: &str, all: bool) -> List {
        List::new(rows(), &group, (Order::Urgency, &|_| None), &Filter::read(filter).unwrap(), all)
    }

    fn names(list: &List) -> Vec<String> {
        let name = |entry: &Entry| match entry {
            Entry::Heading { text, count } => format!("[{text} {count}]"),
            Entry::Alert(number) => list.rows[*number].name().to_string(),
        };
        list.entries.iter().map(name).collect()
    }

    #[test]
    fn quiet_ones_are_hidden_and_counted() {
        let list = list(Group::Urgency, "", false);
        assert_eq!((names(&list).join(" "), list.quiet, list.unfit), ("A B B".to_owned(), 1, 0));
        assert_eq!(self::list(Group::Urgency, "", true).len(), 4);
    }

    #[test]
    fn the_filter_hides_what_does_not_fit() {
        let list = list(Group::Urgency, "team=x", false);
        assert_eq!((names(&list).join(" "), list.quiet, list.unfit), ("A".to_owned(), 1, 2));
        assert!(Filter::read("team").unwrap_err().contains("one of = != =~ !~"));
    }

    #[test]
    fn groups_keep_urgency_and_the_places_of_alerts() {
        let list = list(Group::Label("team".into()), "", true);
        assert_eq!(names(&list), ["[team x 2]", "A", "C", "[team y 1]", "B", "[no team 1]", "B"]);
        assert_eq!(list.get(2).unwrap().labels.get("pod").unwrap(), "b-0");
        assert_eq!((list.entry_of(3), list.nth_of(6), list.nth_of(0)), (Some(6), Some(3), None));
        assert_eq!(list.get(4), None);
        assert_eq!(names(&self::list(Group::Severity, "", false)), ["[critical 1]", "A", "[other 2]", "B", "B"]);
    }

    #[test]
    fn the_order_is_one_within_the_groups() {
        let minutes = [3, 9, 0, 5];
        let mut rows = rows();
        for (row, minutes) in rows.iter_mut().zip(minutes) {
            row.since = (minutes > 0).then_some(Timestamp(minutes));
        }
        let ordered = |order, group| {
            let list = List::new(rows.clone(), &group, (order, &|row: &Row| row.since), &Filter::default(), true);
            let name = |nth| list.get(nth).map(|row| row.since.map_or("?".to_owned(), |at| at.0.to_string()));
            (0..4).filter_map(name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(ordered(Order::Urgency, Group::Urgency), "3 9 ? 5");
        assert_eq!(ordered(Order::Newest, Group::Urgency), "9 5 3 ?");
        assert_eq!(ordered(Order::Oldest, Group::Urgency), "3 5 9 ?");
        assert_eq!(ordered(Order::Name, Group::Urgency), "3 9 ? 5");
        assert_eq!(ordered(Order::State, Group::Urgency), "3 9 ? 5");
        // Groups of their own: x holds 3 and 5, y 9, none the one without a time.
        assert_eq!(ordered(Order::Newest, Group::Label("team".into())), "5 3 9 ?");
    }

    #[test]
    fn only_what_differs_is_told() {
        let list = list(Group::Urgency, "", true);
        let told: Vec<String> = list.rows.iter().map(|row| list.difference(row)).collect();
        assert_eq!(told, ["", "pod b-0 team y no zone", "pod b-1 no team zone 1", ""]);
        let brief = |width| list.difference_in(&list.rows[1], width);
        assert_eq!(
            [22, 21].map(brief),
            ["pod b-0 team y no zone", "b-0 y no zone"],
            "the values where there is no room"
        );
    }

    #[test]
    fn an_alert_is_found_by_its_labels_and_of_twins_the_one_that_was_meant() {
        let twin = row(&[("alertname", "T")], State::Firing);
        let list = List::new(
            vec![twin.clone(), twin.clone()],
            &Group::Urgency,
            (Order::Urgency, &|_| None),
            &Filter::default(),
            false,
        );
        assert_eq!((list.find(&twin.labels, 1), list.find(&twin.labels, 7)), (Some(1), Some(0)));
        assert_eq!(list.find(&Labels::default(), 0), None);
    }
}
