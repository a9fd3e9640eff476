//! A set of small numbers, dense: sorts of people by their position, of which a large tree has tens of thousands.

use std::cmp::Ordering;

/// Bits of a word.
pub(super) const BITS: usize = u64::BITS as usize;

/// A set of positions, as of sorts of people in [`Census::bases`](crate::impact::Census::bases).
#[derive(Debug, Clone, Default)]
pub struct Crowd {
    words: Vec<u64>,
}

impl Crowd {
    /// Adds a position.
    pub(in crate::impact) fn insert(&mut self, at: usize) {
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

    /// Returns the bits of 64 positions from one on.
    pub(super) fn window(&self, from: usize) -> u64 {
        let word = |at: usize| self.words.get(at).copied().unwrap_or_default();
        let (at, shift) = (from / BITS, from % BITS);
        match shift {
            0 => word(at),
            _ => word(at) >> shift | word(at + 1) << (BITS - shift),
        }
    }

    /// Adds positions as the bits of a word; `at` counts words.
    pub(super) fn add_word(&mut self, at: usize, bits: u64) {
        if self.words.len() <= at {
            self.words.resize(at + 1, 0);
        }
        if let Some(word) = self.words.get_mut(at) {
            *word |= bits;
        }
    }

    /// Adds every position of another.
    pub(in crate::impact) fn add(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine |= theirs;
        }
    }

    /// Takes every position of another out.
    pub(in crate::impact) fn take(&mut self, other: &Self) {
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= !theirs;
        }
    }

    /// Takes every position out that is not in another.
    pub(in crate::impact) fn keep(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        for (mine, theirs) in self.words.iter_mut().zip(&other.words) {
            *mine &= theirs;
        }
    }

    /// Returns true where a position is in both.
    pub(in crate::impact) fn meets(&self, other: &Self) -> bool {
        let mut both = self.words.iter().zip(&other.words);
        both.any(|(mine, theirs)| mine & theirs != 0)
    }

    /// Returns true where every position is in another, or in one of those that do not count.
    pub(in crate::impact) fn is_within(&self, other: &Self, uncounted: &[&Self]) -> bool {
        let mut words = self.words.iter().enumerate();
        words.all(|(at, word)| {
            let of = |crowd: &Self| crowd.words.get(at).copied().unwrap_or_default();
            let covered = uncounted.iter().fold(of(other), |all, it| all | of(it));
            word & !covered == 0
        })
    }

    /// Returns true for a position that is in it.
    pub(super) fn contains(&self, at: usize) -> bool {
        let word = self.words.get(at / BITS).copied().unwrap_or_default();
        word >> (at % BITS) & 1 == 1
    }

    /// Returns true when nothing is in it.
    pub(in crate::impact) fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Returns how many positions are in it.
    pub(super) fn count(&self) -> usize {
        let ones = self.words.iter().map(|word| word.count_ones() as usize);
        ones.sum()
    }

    /// Returns the positions, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        let words = self.words.iter().enumerate();
        words.flat_map(|(at, word)| ones(at, *word))
    }

    /// Returns the positions, in order, and keeps nothing of it.
    pub(super) fn into_iter(self) -> impl Iterator<Item = usize> {
        let words = self.words.into_iter().enumerate();
        words.flat_map(|(at, word)| ones(at, word))
    }
}

impl Crowd {
    /// Returns the words as far as something is in them.
    fn filled(&self) -> &[u64] {
        let last = self.words.iter().rposition(|word| *word != 0);
        last.and_then(|last| self.words.get(..=last)).unwrap_or(&[])
    }
}

impl PartialEq for Crowd {
    fn eq(&self, other: &Self) -> bool {
        self.filled() == other.filled()
    }
}

impl Eq for Crowd {}

impl PartialOrd for Crowd {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// In some order, for maps.
impl Ord for Crowd {
    fn cmp(&self, other: &Self) -> Ordering {
        self.filled().cmp(other.filled())
    }
}

/// Returns the positions of the bits that are set in a word.
fn ones(at: usize, word: u64) -> impl Iterator<Item = usize> {
    let some = |left: u64| (left != 0).then_some(left);
    let left = std::iter::successors(some(word), move |left| some(left & (left - 1)));
    left.map(move |left| at * BITS + left.trailing_zeros() as usize)
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
    fn what_is_in_one_is_in_it_with_another() {
        let mut one: Crowd = [1, 70].into_iter().collect();
        let other: Crowd = [70, 300].into_iter().collect();
        let far: Crowd = [400].into_iter().collect();
        assert!(one.meets(&other) && !one.meets(&far));
        assert!(!one.is_within(&other, &[]));
        assert!(one.is_within(&other, &[&far, &[1].into_iter().collect()]));
        assert!(!other.is_within(&one, &[&far]));
        one.add(&other);
        assert_eq!(one.iter().collect::<Vec<_>>(), [1, 70, 300]);
        one.take(&other);
        assert_eq!(one.into_iter().collect::<Vec<_>>(), [1]);
    }

    #[test]
    fn a_window_shows_what_is_from_there_on() {
        let crowd: Crowd = [3, 64, 66, 130].into_iter().collect();
        assert_eq!(crowd.window(0), 1 << 3);
        assert_eq!(crowd.window(64), 0b101);
        assert_eq!(crowd.window(3), 1 | 1 << 61 | 1 << 63);
        assert_eq!(crowd.window(67), 1 << 63);
        assert_eq!(crowd.window(500), 0);
        let mut other = Crowd::default();
        other.add_word(1, 0b101);
        assert_eq!(other.iter().collect::<Vec<_>>(), [64, 66]);
    }

    #[test]
    fn what_is_put_in_is_in_it_until_it_is_taken_out() {
        let mut crowd: Crowd = [200, 0, 63, 64, 0].into_iter().collect();
        assert_eq!(crowd.iter().collect::<Vec<_>>(), [0, 63, 64, 200]);
        assert_eq!(crowd.count(), 4);
        assert!(crowd.contains(64) && !crowd.contains(65) && !crowd.contains(1_000));
        for at in [0, 64, 200, 1_000] {
            crowd.remove(at);
        }
        assert_eq!(crowd.iter().collect::<Vec<_>>(), [63]);
        crowd.remove(63);
        assert!(crowd.is_empty());
    }
}
