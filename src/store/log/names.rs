//! Words that many lines share, held once: services, places, endpoints, kinds of errors.

use std::collections::HashMap;
use std::sync::Arc;

#[derive(Debug, Default)]
pub struct Names {
    all: Vec<Arc<str>>,
    known: HashMap<Arc<str>, u32>,
}

impl Names {
    /// The number of a word; it gets one when it is seen first.
    pub fn number(&mut self, word: &str) -> u32 {
        if let Some(number) = self.known.get(word) {
            return *number;
        }
        // 2^32 different words do not fit into memory: they are given up long before.
        let number = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        let word: Arc<str> = word.into();
        self.all.push(Arc::clone(&word));
        self.known.insert(word, number);
        number
    }

    pub fn get(&self, number: u32) -> &str {
        self.all.get(number as usize).map_or("", |word| word)
    }

    pub fn shared(&self, number: u32) -> Arc<str> {
        self.all.get(number as usize).map_or_else(|| "".into(), Arc::clone)
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|word| &**word)
    }
}
