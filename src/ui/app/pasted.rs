//! The id of a trace in what somebody pastes: bare, in quotes, as a UUID, with its name, in a header or in an address.

use crate::model::trace::TraceId;

/// More text than this is no id with something around it.
const LONGEST: usize = 2_000;

pub fn trace_id(text: &str) -> Option<TraceId> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    // After its name stands the trace's own id; without one, whatever looks like an id.
    let named = ["trace_id", "traceid", "trace-id", "trace.id", "/trace/", "trace"];
    let after = named.iter().find_map(|name| lower.split_once(name).map(|(_, after)| after));
    after.and_then(sought).or_else(|| sought(&lower))
}

/// The first 32 hexadecimal digits, else the first 16.
fn sought(text: &str) -> Option<TraceId> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    uuid(&words).or_else(|| jaeger(text)).or_else(|| of_length(&words, 32)).or_else(|| of_length(&words, 16))
}

fn of_length(words: &[&str], length: usize) -> Option<TraceId> {
    words.iter().filter(|word| word.len() == length).find_map(|word| TraceId::parse(word))
}

/// `4bf92f35-77b3-4da6-a3ce-929d0e0e4736`
fn uuid(words: &[&str]) -> Option<TraceId> {
    let lengths = [8, 4, 4, 4, 12];
    let fits = |part: &&[&str]| part.iter().zip(lengths).all(|(word, length)| word.len() == length);
    words.windows(lengths.len()).filter(fits).find_map(|part| TraceId::parse(&part.concat()))
}

/// `4bf92f3577b34da6:00f067aa0ba902b7:0:1`: trace, span, parent, flags, without the zeros in front.
fn jaeger(text: &str) -> Option<TraceId> {
    let word = text.split_whitespace().find(|word| word.matches(':').count() >= 3)?;
    let word = word.trim_matches(|c: char| !c.is_ascii_hexdigit());
    let parts: Vec<&str> = word.split(':').collect();
    let [.., trace, span, parent, flags] = parts.as_slice() else { return None };
    let is_hex =
        |part: &str, most: usize| (1..=most).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_hexdigit());
    let is_header = is_hex(span, 16) && is_hex(parent, 16) && is_hex(flags, 2);
    // A time of day has colons too.
    (is_header && trace.len() >= 8).then(|| TraceId::parse(trace)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_is_found_in_whatever_stands_around_it() {
        let long = TraceId(0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736);
        for text in [
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "  4BF92F3577B34DA6A3CE929D0E0E4736\n",
            "\"4bf92f3577b34da6a3ce929d0e0e4736\",",
            "trace_id=4bf92f3577b34da6a3ce929d0e0e4736",
            "\"trace_id\": \"4bf92f3577b34da6a3ce929d0e0e4736\", \"span_id\": \"00f067aa0ba902b7\"",
            "span_id=00f067aa0ba902b7 trace_id=4bf92f3577b34da6a3ce929d0e0e4736",
            "traceID:4bf92f3577b34da6a3ce929d0e0e4736",
            "4bf92f35-77b3-4da6-a3ce-929d0e0e4736",
            "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "uber-trace-id: 4bf92f3577b34da6a3ce929d0e0e4736:f067aa0ba902b7:0:1",
            "4bf92f3577b34da6a3ce929d0e0e4736:f067aa0ba902b7:0:1",
            "http://jaeger:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736?uiFind=x",
        ] {
            assert_eq!(trace_id(text), Some(long), "{text}");
        }
        for text in ["a3ce929d0e0e4736", "trace=a3ce929d0e0e4736", "uber-trace-id: a3ce929d0e0e4736:1:0:1"] {
            assert_eq!(trace_id(text), Some(TraceId(0xa3ce_929d_0e0e_4736)), "{text}");
        }
        // An old client leaves out the zeros in front.
        assert_eq!(trace_id("uber-trace-id: 3ce929d0e0e4736:1f:0:1"), Some(TraceId(0x03ce_929d_0e0e_4736)));
    }

    #[test]
    fn rubbish_is_no_id() {
        for text in [
            "",
            "q",
            "hello world",
            "cafe",
            "00000000000000000000000000000000",
            "14:03:27:00 x",
            "trace",
            "g".repeat(32).as_str(),
        ] {
            assert_eq!(trace_id(text), None, "{text}");
        }
        assert_eq!(trace_id(&"4bf92f3577b34da6 ".repeat(1_000)), None);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let _ = trace_id(&text);
        }
    }
}
