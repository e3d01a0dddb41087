//! The name that was probably meant: the mend that stands in every complaint about an unknown word.

/// `; did you mean …?` when a name is close, otherwise `; LIST: a, b, c`.
pub fn did_you_mean<'a>(typed: &str, names: impl Iterator<Item = &'a str> + Clone, list: &str) -> String {
    let allowed = (typed.chars().count() / 3).clamp(1, 3);
    let nearest = names.clone().map(|name| (distance(typed, name), name)).min();
    let begins_alike =
        names.clone().find(|name| typed.len() > 2 && (name.starts_with(typed) || typed.starts_with(name)));
    match nearest.filter(|(far, _)| *far <= allowed).or(begins_alike.map(|name| (0, name))) {
        Some((_, name)) => format!("; did you mean `{name}`?"),
        _ => format!("; {list}: {}", names.collect::<Vec<_>>().join(", ")),
    }
}

/// How many letters must be added, dropped, changed or swapped with their neighbour; case does not count.
fn distance(a: &str, b: &str) -> usize {
    let a: Vec<char> = a.to_lowercase().chars().collect();
    let b: Vec<char> = b.to_lowercase().chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let change = last[j] + usize::from(a[i] != b[j]);
            let mut best = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_counted() {
        let far = |a, b| distance(a, b);
        assert_eq!(far("prometheus", "prometheus"), 0);
        assert_eq!(far("promethius", "prometheus"), 1);
        assert_eq!(far("PROD", "prod"), 0);
        assert_eq!(far("rnage", "range"), 1);
        assert_eq!(far("", "abc"), 3);
        assert_eq!(far("abc", ""), 3);
    }

    #[test]
    fn only_what_is_close_is_proposed() {
        let hint = |typed| did_you_mean(typed, ["range", "refresh"].into_iter(), "the keys are");
        assert_eq!(hint("refrehs"), "; did you mean `refresh`?");
        assert_eq!(hint("range_seconds"), "; did you mean `range`?");
        assert_eq!(hint("colour"), "; the keys are: range, refresh");
    }
}
