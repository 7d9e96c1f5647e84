//! What has become different between two states of a model.

use crate::classes::ClassCount;

/// Which samples are predicted another class than before.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Samples by their class before and after: `[before][after]`.
    pub(crate) transitions: Vec<Vec<u64>>,
    /// The class after of each sample that had another one before, `[n]`.
    pub changed: Vec<Option<u8>>,
}

impl Change {
    /// Between the predicted classes `[n]` of two states of the same samples; what is none of `classes` counts as
    /// unchanged.
    pub fn between(before: &[u8], after: &[u8], classes: ClassCount) -> Self {
        let mut transitions = vec![vec![0; classes.get()]; classes.get()];
        let changed = before.iter().zip(after).map(|(&before, &after)| {
            let row: &mut Vec<u64> = transitions.get_mut(usize::from(before))?;
            *row.get_mut(usize::from(after))? += 1;
            (before != after).then_some(after)
        });
        Self {
            changed: changed.collect(),
            transitions,
        }
    }

    /// How many classes there are.
    pub fn classes(&self) -> usize {
        self.transitions.len()
    }

    /// Samples that have another class.
    pub fn count(&self) -> usize {
        self.changed.iter().flatten().count()
    }

    /// How many samples have become of a class, and how many are of it no more.
    pub fn gained_and_lost(&self, class: usize) -> (u64, u64) {
        let others = || (0..self.classes()).filter(move |&other| other != class);
        let gained = others().map(|other| self.transitions[other][class]).sum();
        let lost = others().map(|other| self.transitions[class][other]).sum();
        (gained, lost)
    }

    /// Classes before and after with the number of samples that changed so, the most frequent first.
    pub fn flips(&self) -> Vec<(u8, u8, u64)> {
        let cells =
            (0..self.classes()).flat_map(|before| (0..self.classes()).map(move |after| (before, after)));
        let mut flips: Vec<(u8, u8, u64)> = cells
            .filter(|(before, after)| before != after)
            .map(|(before, after)| (before as u8, after as u8, self.transitions[before][after]))
            .filter(|flip| flip.2 > 0)
            .collect();
        flips.sort_by_key(|&(before, after, count)| (std::cmp::Reverse(count), before, after));
        flips
    }
}

/// The samples that have moved farthest, `most` at most, with the distances, the farthest first. Positions are `[n]`; a
/// sample without a finite one has not moved.
pub fn farthest_moves(before: &[[f32; 3]], after: &[[f32; 3]], most: usize) -> Vec<(u32, f32)> {
    let way = |(a, b): (&[f32; 3], &[f32; 3])| {
        a.iter()
            .zip(b)
            .map(|(a, b)| (a - b) * (a - b))
            .sum::<f32>()
            .sqrt()
    };
    let ways = before.iter().zip(after).map(way);
    let mut moves: Vec<(u32, f32)> = (0..)
        .zip(ways)
        .filter(|pair| pair.1.is_finite() && pair.1 > 0.0)
        .collect();
    let farther = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if moves.len() > most {
        moves.select_nth_unstable_by(most, farther);
        moves.truncate(most);
    }
    moves.sort_by(farther);
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_counted_by_class_and_by_sample() {
        let change = Change::between(&[4, 4, 4, 9, 1, 7], &[9, 9, 4, 4, 1, 200], ClassCount::default());
        assert_eq!(change.changed, [Some(9), Some(9), None, Some(4), None, None]);
        assert_eq!((change.count(), change.transitions[4][4]), (3, 1));
        assert_eq!(change.flips(), [(4, 9, 2), (9, 4, 1)]);
        assert_eq!(change.gained_and_lost(4), (1, 2));
        assert_eq!(change.gained_and_lost(9), (2, 1));
        assert_eq!(change.gained_and_lost(1), (0, 0));
        assert_eq!(Change::between(&[], &[], ClassCount::default()).count(), 0);
    }

    #[test]
    fn any_number_of_classes_is_compared() {
        for count in [3, 11, 62, 256] {
            let classes = ClassCount::new(count).unwrap();
            let change = Change::between(&[0, classes.last()], &[classes.last(), 1], classes);
            assert_eq!(change.changed, [Some(classes.last()), Some(1)]);
            assert_eq!(change.gained_and_lost(count - 1), (1, 1));
            assert_eq!(change.flips().len(), 2);
        }
    }

    #[test]
    fn the_farthest_come_first() {
        let before = [
            [0.0; 3],
            [1.0, 0.0, 0.0],
            [0.0; 3],
            [f32::NAN, 0.0, 0.0],
            [0.0; 3],
        ];
        let after = [
            [3.0, 4.0, 0.0],
            [1.0, 0.0, 0.0],
            [0.0, 0.0, 6.0],
            [0.0; 3],
            [5.0, 0.0, 0.0],
        ];
        assert_eq!(farthest_moves(&before, &after, 9), [(2, 6.0), (0, 5.0), (4, 5.0)]);
        assert_eq!(farthest_moves(&before, &after, 2), [(2, 6.0), (0, 5.0)]);
    }
}
