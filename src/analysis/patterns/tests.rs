mod shapes;

use super::*;

/// The patterns of some lines, in the order of their first lines, with how many lines each has.
fn mined<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<(String, usize)> {
    let mut miner = Miner::default();
    let ids: Vec<PatternId> = lines.into_iter().map(|line| miner.add(line)).collect();
    let mut found: Vec<(PatternId, usize)> = Vec::new();
    for id in ids.into_iter().map(|id| miner.find(id)) {
        match found.iter_mut().find(|(known, _)| *known == id) {
            Some((_, count)) => *count += 1,
            None => found.push((id, 1)),
        }
    }
    assert_eq!(found.len(), miner.len(), "no pattern is without a line");
    found.into_iter().map(|(id, count)| (miner.text(id), count)).collect()
}

/// The pattern of one line alone.
fn alone(line: &str) -> String {
    mined([line]).remove(0).0
}

#[test]
fn values_are_what_has_digits_and_what_is_known_to_vary() {
    for (line, pattern) in [
        ("upstream timeout after 3000 ms", "upstream timeout after <*>"),
        ("took 1.5s, then 2 min.", "took <*>, then <*>."),
        ("block blk_-38865049064139660 terminating", "block <*> terminating"),
        ("GET /api/v2/items/7 HTTP/1.1", "GET <*>"),
        ("open /var/lib/data/file failed", "open <*> failed"),
        ("adding path /ws now", "adding path /ws now"),
        ("see https://example.com/a?b=c for more", "see <*> for more"),
        ("loaded C:\\Windows\\System32\\x.dll", "loaded <*>"),
        ("github.com:443 close", "<*> close"),
        ("class org.apache.hadoop.Server started", "class <*> started"),
        ("ready = true, stale = false", "ready = <*>, stale = <*>"),
        ("logname= uid=0 tty=ssh", "logname=<*> uid=<*> tty=ssh"),
        ("at Sun Jul 10 03:55:15 2005", "at <*>"),
        ("sent 4096 bytes (4.00 KB) to it", "sent <*> to it"),
        ("lifetime <1 sec", "lifetime <*>"),
        ("from 10.0.0.7 () at once", "from <*> at once"),
        ("ids 1, 2, 3, 4", "ids <*>"),
        ("session opened for user cyrus by root", "session opened for user <*> by root"),
        ("größe 42 in straße", "größe <*> in straße"),
        ("checksum is deadbeef, not decade", "checksum is <*>, not decade"),
        ("torus y+ wire and C++ code", "torus <*> wire and C++ code"),
        ("interrupt 0000:00:1d.0[A] and 7 [B] and x[C]", "interrupt <*> and <*> [B] and x[C]"),
        ("lock name=android, tag=ssh", "lock name=<*>, tag=ssh"),
        ("Opened \\\\nas\\team for backup", "Opened <*> for backup"),
        ("from aa:bb:cc:dd:ee:ff to it", "from <*> to it"),
        ("token=Token{78af589 Record{3b}} hides", "token=<*> hides"),
        ("search \"größe 42\" found", "search \"<*>\" found"),
        ("password for root from 10.0.0.7 again", "password for <*> from <*> again"),
        ("ids \"a1\", \"b2\" kept", "ids \"<*>\" kept"),
        ("instr. enabled.....1", "instr. enabled...<*>"),
        ("about 3 - 4 of it", "about <*> of it"),
        ("msg=\"disk full\" component=\"http api\"", "msg=\"disk full\" component=\"<*>\""),
        ("", ""),
    ] {
        assert_eq!(alone(line), pattern, "{line}");
    }
}

#[test]
fn six_words_in_one_place_are_a_value_and_five_are_not() {
    let line = |word: &str| format!("service {word} was restarted");
    let lines: Vec<String> = ["a", "b", "c", "d", "e"].map(line).to_vec();
    assert_eq!(mined(lines.iter().map(String::as_str)).len(), 5);
    let more = lines.iter().cloned().chain([line("f"), line("a"), line("g"), line("h")]).collect::<Vec<_>>();
    assert_eq!(mined(more.iter().map(String::as_str)), [("service <*> was restarted".to_owned(), 9)]);
    // One of them had a digit from the beginning.
    assert_eq!(mined(["service a1 was restarted", "service a was restarted"]).len(), 1);
}

#[test]
fn the_order_of_the_lines_does_not_matter() {
    let mut lines: Vec<String> = Vec::new();
    for word in ["red", "green", "blue", "white", "black", "pink", "grey"] {
        lines.extend([
            format!("painted it {word}"),
            format!("{word} is left in 3 pots"),
            format!("order {word} 7 done"),
        ]);
    }
    let mut sorted = mined(lines.iter().map(String::as_str));
    sorted.sort();
    assert_eq!(sorted.len(), 3);
    for turn in [1, 5, 11] {
        lines.rotate_left(turn);
        let mut again = mined(lines.iter().map(String::as_str));
        again.sort();
        assert_eq!(again, sorted, "turned by {turn}");
    }
}

#[test]
fn a_flood_of_different_lines_is_counted_and_does_not_fill_the_memory() {
    let mut miner = Miner::default();
    let word = |n: usize| -> String { (0..6).map(|i| char::from(b'a' + ((n >> (4 * i)) & 15) as u8)).collect() };
    let mut others = 0;
    for n in 0..60_000 {
        miner.add("the one that matters: 7 failed");
        let (a, b, c) = (word(n), word(n * 31 + 7), word(n * 17 + 3));
        let id = miner.add(&format!("{a} {b} {c}"));
        others += usize::from(miner.find(id) == PatternId::OTHERS);
    }
    assert!(miner.len() <= MOST && others > 0);
    assert!(miner.patterns.len() < 3 * MOST * PURGES as usize && miner.known.len() <= KNOWN);
    let id = miner.add("the one that matters: 8 failed");
    assert_eq!(miner.text(id), "the one that matters: <*> failed");
    assert_eq!(miner.patterns[id.0 as usize].lines, 60_001);
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_and_the_same_text_is_the_same_pattern(lines in proptest::collection::vec(".{0,200}", 1..20)) {
        let mut miner = Miner::default();
        for line in &lines {
            miner.add(line);
        }
        for line in &lines {
            let (one, other) = (miner.add(line), miner.add(line));
            proptest::prop_assert_eq!(miner.find(one), miner.find(other));
            miner.text(one);
        }
    }
}

#[test]
fn a_line_of_a_megabyte_is_read() {
    let text = alone(&"word ".repeat(200_000));
    assert!(text.len() < 2_000 && text.ends_with("<*>"));
}
