//! Whatever is typed is answered or refused: never a panic, never an overflow.

use proptest::prelude::*;

use super::*;
use crate::model::promql::MAX_TEXT;

#[test]
fn deep_nesting_does_not_overflow() {
    let half = MAX_TEXT / 2 - 1;
    for text in [
        format!("{}1{}", "(".repeat(half), ")".repeat(half)),
        format!("{}1", "-".repeat(MAX_TEXT - 1)),
        format!("1{}", "+1".repeat(half)),
        format!("{}1{}", "2^(".repeat(half / 3), ")".repeat(half / 3)),
        format!("{}x{}", "abs(".repeat(half / 3), ")".repeat(half / 3)),
        "(".repeat(MAX_TEXT + 1),
    ] {
        let answer = instant(&text, 0, &|_, _, _, _| Vec::new());
        assert!(matches!(answer, Ok(_) | Err(EvalError::Parse(_) | EvalError::Unsupported(_))), "{answer:?}");
    }
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "x",
        "sum",
        "by",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "5m",
        "1e30",
        "1e-30",
        "0",
        "-",
        "+",
        "*",
        "offset",
        "@",
        "start()",
        "bool",
        "on",
        "group_left",
        ",",
        ":",
        "\"a\"",
        "'",
        "=~",
        "=",
        "rate",
        "topk",
        "and",
        "NaN",
        "inf",
        "0x1f",
        "é",
        "\\",
        "`",
        "#",
        " ",
        "quantile",
        "1y",
        "count_values",
        "label_replace",
        "==",
        "^",
    ]);
    prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.join(" ").replace(" ^", "^"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn nothing_typed_panics(text in soup(), any in "\\PC{0,30}", glue in any::<bool>()) {
        let text = if glue { text.replace(' ', "") } else { text };
        for text in [&text, &any] {
            let _ = instant(text, 1_000_000, &|_, _, _, _| Vec::new());
        }
    }
}
