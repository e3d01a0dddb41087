//! As much of JSON Schema as the report's schema uses; a keyword that is not known here is a failure, not a pass.

use serde_json::Value;

/// Panics with the path of the first value that the schema does not allow.
pub fn check(value: &Value, schema: &Value) {
    hold(value, schema, schema, "$");
}

fn hold(value: &Value, rule: &Value, root: &Value, at: &str) {
    for (keyword, wanted) in rule.as_object().unwrap() {
        match keyword.as_str() {
            "$ref" => {
                let pointer = wanted.as_str().unwrap().trim_start_matches('#');
                hold(value, root.pointer(pointer).unwrap_or_else(|| panic!("no {pointer}")), root, at);
            }
            "const" => assert_eq!(value, wanted, "{at}"),
            "enum" => assert!(wanted.as_array().unwrap().contains(value), "{at}: {value} is none of {wanted}"),
            "type" => assert!(types(wanted).any(|one| is(value, one)), "{at}: {value} is not {wanted}"),
            "required" => {
                let Some(object) = value.as_object() else { continue };
                for key in wanted.as_array().unwrap() {
                    assert!(object.contains_key(key.as_str().unwrap()), "{at}: {key} is missing");
                }
            }
            "properties" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    if let Some(rule) = wanted.get(key) {
                        hold(value, rule, root, &format!("{at}.{key}"));
                    }
                }
            }
            "additionalProperties" => {
                for (key, value) in value.as_object().into_iter().flatten() {
                    if rule.get("properties").and_then(|all| all.get(key)).is_none() {
                        assert_ne!(wanted, &Value::Bool(false), "{at}: {key} is not in the schema");
                        hold(value, wanted, root, &format!("{at}.{key}"));
                    }
                }
            }
            "items" => {
                for (i, value) in value.as_array().into_iter().flatten().enumerate() {
                    hold(value, wanted, root, &format!("{at}[{i}]"));
                }
            }
            "format" => {
                assert_eq!(wanted, "date-time");
                if let Some(text) = value.as_str() {
                    text.parse::<jiff::Timestamp>().unwrap_or_else(|error| panic!("{at}: {error}"));
                    assert!(text.ends_with('Z'), "{at}: {text} is not UTC");
                }
            }
            "$schema" | "$defs" | "title" | "description" => {}
            unknown => panic!("{at}: the check does not know `{unknown}`"),
        }
    }
}

fn types(wanted: &Value) -> impl Iterator<Item = &str> {
    let many = wanted.as_array().map(Vec::as_slice).unwrap_or(std::slice::from_ref(wanted));
    many.iter().filter_map(Value::as_str)
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64() || value.is_i64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        unknown => panic!("no type {unknown}"),
    }
}
