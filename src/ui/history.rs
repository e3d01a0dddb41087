//! Back and forward through past places, as in a browser.

/// Places kept in each direction.
const KEPT: usize = 100;

#[derive(Debug, Clone)]
pub struct History<P> {
    past: Vec<P>,
    future: Vec<P>,
}

impl<P> Default for History<P> {
    fn default() -> Self {
        Self { past: Vec::new(), future: Vec::new() }
    }
}

impl<P> History<P> {
    /// Remembers the place that is being left.
    pub fn push(&mut self, left: P) {
        if self.past.len() == KEPT {
            self.past.remove(0);
        }
        self.past.push(left);
        self.future.clear();
    }

    pub fn back(&mut self, here: P) -> Option<P> {
        let place = self.past.pop()?;
        self.future.push(here);
        Some(place)
    }

    pub fn forward(&mut self, here: P) -> Option<P> {
        let place = self.future.pop()?;
        self.past.push(here);
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_and_forward_and_a_new_way() {
        let mut history = History::default();
        history.push(1);
        history.push(2);
        assert_eq!(history.back(3), Some(2));
        assert_eq!(history.back(2), Some(1));
        assert_eq!(history.back(1), None);
        assert_eq!(history.forward(1), Some(2));
        history.push(2);
        assert_eq!(history.forward(9), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut history = History::default();
        (0..1000).for_each(|i| history.push(i));
        assert_eq!((0..).take_while(|_| history.back(0).is_some()).count(), KEPT);
    }
}
