//! How well log lines are grouped: the share of lines whose group holds exactly the lines of their true event, over the
//! sets of real logs in the folder that `A360_LOGHUB` names, in files `NAME_2k.csv` with the columns `Content` and
//! `EventId`. One setting for all sets: what the product ships.

#![cfg(test)]

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use a360::analysis::patterns::Miner;

/// The least mean over all sets.
const LEAST: f64 = 0.90;

#[test]
fn lines_are_grouped_as_by_those_who_know_the_programs() {
    let Some(folder) = std::env::var_os("A360_LOGHUB").map(PathBuf::from) else {
        println!("skipped: A360_LOGHUB names no folder of log sets");
        return;
    };
    let mut sets: Vec<PathBuf> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    sets.retain(|path| path.extension().is_some_and(|ending| ending == "csv"));
    sets.sort();
    assert!(!sets.is_empty(), "{} holds no .csv", folder.display());
    let scores: Vec<f64> = sets.iter().map(|path| score(path)).collect();
    let mean = scores.iter().sum::<f64>() / scores.len() as f64;
    println!("{:<24} {mean:.4}", "mean");
    assert!(mean >= LEAST, "{mean:.4} is below {LEAST}");
}

fn score(path: &Path) -> f64 {
    let lines = lines(&fs::read_to_string(path).unwrap());
    let mut miner = Miner::default();
    let ids: Vec<_> = lines.iter().map(|(content, _)| miner.add(content)).collect();
    let found = groups(ids.into_iter().map(|id| miner.find(id)));
    let truth = groups(lines.iter().map(|(_, event)| event));
    let truth: HashSet<Vec<usize>> = truth.into_iter().collect();
    let count = found.len();
    let right: usize = found.into_iter().filter(|group| truth.contains(group)).map(|group| group.len()).sum();
    let score = right as f64 / lines.len() as f64;
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    println!("{name:<24} {score:.4}  {count} groups, {} events, {} lines", truth.len(), lines.len());
    score
}

/// The places of what is equal.
fn groups<T: Eq + std::hash::Hash>(of: impl Iterator<Item = T>) -> Vec<Vec<usize>> {
    let mut groups: HashMap<T, Vec<usize>> = HashMap::new();
    for (place, one) in of.enumerate() {
        groups.entry(one).or_default().push(place);
    }
    groups.into_values().collect()
}

/// Content and event of each record.
fn lines(csv: &str) -> Vec<(String, String)> {
    let mut records = records(csv).into_iter();
    let head = records.next().unwrap();
    let column = |name: &str| head.iter().position(|field| field == name).unwrap_or_else(|| panic!("no column {name}"));
    let (content, event) = (column("Content"), column("EventId"));
    records.map(|record| (record[content].clone(), record[event].clone())).collect()
}

/// Fields in quotes may hold commas, line breaks and doubled quotes.
fn records(csv: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = csv.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => field.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut field)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut field));
                records.push(std::mem::take(&mut record));
            }
            c => field.push(c),
        }
    }
    if !field.is_empty() || !record.is_empty() {
        record.push(field);
        records.push(record);
    }
    records
}
