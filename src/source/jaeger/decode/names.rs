//! Lists of services and of operations, in the forms of all versions.

use super::{foreign, value};
use crate::model::fault::FetchError;
use crate::source::json::Scanner;

/// What is in a list of names, exactly as it was sent: it is sent back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names(pub Vec<String>);

/// Reads the list that stands under `key`: texts, or objects with a `name`. They come in order, each once. The list
/// must be there, but v3 leaves an empty one out, and nothing else is left then.
pub fn names(body: &[u8], key: &[u8]) -> Result<Names, FetchError> {
    let mut scan = Scanner::new(body);
    let (mut names, mut is_there, mut others) = (Vec::new(), false, key == b"data" || scan.peek()? != b'{');
    value::fields(&mut scan, |found, scan| {
        if found != key {
            others = true;
            return scan.raw().map(drop);
        }
        is_there = true;
        value::list(scan, |scan| {
            let mut name = Vec::new();
            match scan.peek()? {
                b'{' => scan.object(|key, scan| {
                    match key {
                        b"name" => name = value::text(scan)?.into_owned(),
                        _ => drop(scan.raw()?),
                    }
                    Ok(())
                })?,
                _ => name = value::text(scan)?.into_owned(),
            }
            names.push(String::from_utf8_lossy(&name).into_owned());
            Ok(())
        })
    })?;
    scan.finish()?;
    if !is_there && others {
        return Err(foreign());
    }
    names.retain(|name| !name.is_empty());
    names.sort();
    names.dedup();
    Ok(Names(names))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_list_is_read() {
        let expected = Ok(Names(vec!["a".to_owned(), "b".to_owned()]));
        assert_eq!(names(br#"{"services":["b","a","b",""]}"#, b"services"), expected);
        assert_eq!(names(br#"{"data":["a",null,"b"],"total":2,"errors":null}"#, b"data"), expected);
        let operations = br#"{"operations":[{"name":"b","spanKind":"server"},{"spanKind":"","name":"a"},{}]}"#;
        assert_eq!(names(operations, b"operations"), expected);
        assert_eq!(names(br#"{"data":null}"#, b"data"), Ok(Names::default()));
        assert_eq!(names(b"{}", b"services"), Ok(Names::default()));
        for other in [&b"{}"[..], b"[]", br#"{"status":"success"}"#] {
            assert_eq!(names(other, b"data"), Err(foreign()));
            assert!(other == b"{}" || names(other, b"services") == Err(foreign()));
        }
        assert_eq!(names(br#"{"data":["a""#, b"data"), Err(FetchError::Truncated));
    }
}
