//! A set of small numbers, dense: sorts of people by their position, of which a large tree has tens of thousands.

/// Bits of a word.
const BITS: usize = u64::BITS as usize;

/// A set of positions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Crowd {
    words: Vec<u64>,
}

impl Crowd {
    /// Adds a position.
    pub(super) fn insert(&mut self, at: usize) {
        let word = at / BITS;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        if let Some(word) = self.words.get_mut(word) {
            *word |= 1 << (at % BITS);
        }
    }

    /// Takes a position out.
    pub(super) fn remove(&mut self, at: usize) {
        if let Some(word) = self.words.get_mut(at / BITS) {
            *word &= !(1 << (at % BITS));
        }
    }

    /// Returns true for a position that is in it.
    pub(super) fn contains(&self, at: usize) -> bool {
        let word = self.words.get(at / BITS).copied().unwrap_or_default();
        word >> (at % BITS) & 1 == 1
    }

    /// Returns true when nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Returns the positions, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.words.iter().enumerate();
        words.flat_map(|(at, word)| {
            let bits = (0..BITS).filter(move |bit| word >> bit & 1 == 1);
            bits.map(move |bit| at * BITS + bit)
        })
    }
}

impl Extend<usize> for Crowd {
    fn extend<I: IntoIterator<Item = usize>>(&mut self, all: I) {
        for at in all {
            self.insert(at);
        }
    }
}

impl FromIterator<usize> for Crowd {
    fn from_iter<I: IntoIterator<Item = usize>>(all: I) -> Self {
        let mut crowd = Self::default();
        crowd.extend(all);
        crowd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_in_it_until_it_is_taken_out() {
        let mut crowd: Crowd = [200, 0, 63, 64, 0].into_iter().collect();
        assert_eq!(crowd.iter().collect::<Vec<_>>(), [0, 63, 64, 200]);
        assert!(crowd.contains(64) && !crowd.contains(65) && !crowd.contains(1_000));
        for at in [0, 64, 200, 1_000] {
            crowd.remove(at);
        }
        assert_eq!(crowd.iter().collect::<Vec<_>>(), [63]);
        crowd.remove(63);
        assert!(crowd.is_empty());
    }
}
