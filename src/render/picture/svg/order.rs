//! In which order boxes stand below each other, so that few lines cross.

/// How often the columns are gone through.
const SWEEPS: usize = 8;

/// Boxes in columns, each in a band: boxes of a band stay together in every column but the first.
#[derive(Debug)]
pub(super) struct Columns {
    /// The column of each box: 0 to 3.
    pub(super) column: Vec<usize>,
    /// The band of each box.
    pub(super) band: Vec<usize>,
    /// How many bands there are; the last one stays last.
    pub(super) bands: usize,
    /// The lines, each from a column to the next.
    pub(super) lines: Vec<(usize, usize)>,
}

/// An order of boxes and bands.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// The boxes of each column, from the top.
    pub(super) columns: [Vec<usize>; 4],
    /// The bands, from the top.
    pub(super) bands: Vec<usize>,
}

impl Columns {
    /// Finds an order: each box goes to the middle of those that it is joined to, again and again, and the order with the
    /// fewest crossings is kept.
    pub(super) fn order(&self) -> Order {
        let count = self.column.len();
        let (mut left, mut right) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        for (from, to) in &self.lines {
            right[*from].push(*to);
            left[*to].push(*from);
        }
        let mut order = Order {
            columns: Default::default(),
            bands: (0..self.bands).collect(),
        };
        let mut boxes: Vec<usize> = (0..count).collect();
        boxes.sort_by_key(|at| (self.band[*at], *at));
        for at in boxes {
            order.columns[self.column[at]].push(at);
        }
        order.columns[0].sort_unstable();
        let mut best = (self.crossings(&order), order.clone());
        for sweep in 0..SWEEPS {
            let mut place = self.places(&order);
            let forward = sweep % 2 == 0;
            let near = if forward { &left } else { &right };
            self.sort_bands(&mut order, &place, if forward { &left } else { &right });
            let steps: [usize; 4] = if forward { [1, 2, 3, 0] } else { [2, 1, 0, 3] };
            for column in steps {
                let joined = match column {
                    0 => &right,
                    3 => &left,
                    _ => near,
                };
                self.sort_column(&mut order, column, &mut place, joined);
            }
            let crossings = self.crossings(&order);
            if crossings < best.0 {
                best = (crossings, order.clone());
            }
        }
        best.1
    }

    /// Where each box stands in its column, from 0 to 1.
    fn places(&self, order: &Order) -> Vec<f64> {
        let mut place = vec![0.0; self.column.len()];
        for column in &order.columns {
            for (at, one) in column.iter().enumerate() {
                place[*one] = (at as f64 + 0.5) / column.len() as f64;
            }
        }
        place
    }

    fn sort_bands(&self, order: &mut Order, place: &[f64], joined: &[Vec<usize>]) {
        let mut sums = vec![(0.0, 0_u32); self.bands];
        for (at, band) in self.band.iter().enumerate() {
            if self.column[at] > 0 {
                for other in &joined[at] {
                    if self.band[*other] != *band || self.column[*other] == 0 {
                        sums[*band].0 += place[*other];
                        sums[*band].1 += 1;
                    }
                }
            }
        }
        let last = self.bands.saturating_sub(1);
        let mean = |band: usize| match sums[band] {
            (_, 0) => 0.5,
            (sum, n) => sum / f64::from(n),
        };
        order.bands.sort_by(|a, b| {
            let late = (*a == last).cmp(&(*b == last));
            late.then(mean(*a).total_cmp(&mean(*b))).then(a.cmp(b))
        });
    }

    fn sort_column(
        &self,
        order: &mut Order,
        column: usize,
        place: &mut [f64],
        joined: &[Vec<usize>],
    ) {
        let mut rank = vec![0; self.bands];
        for (at, band) in order.bands.iter().enumerate() {
            rank[*band] = at;
        }
        let middle = |at: usize| {
            let near = &joined[at];
            match near.is_empty() {
                // Who is joined to nobody goes last among those who ask, and stays elsewhere.
                true if column == 0 => 2.0,
                true => place[at],
                false => near.iter().map(|other| place[*other]).sum::<f64>() / near.len() as f64,
            }
        };
        let mut keyed: Vec<(usize, f64, usize)> = order.columns[column]
            .iter()
            .map(|at| {
                let band = if column == 0 { 0 } else { rank[self.band[*at]] };
                (band, middle(*at), *at)
            })
            .collect();
        keyed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.cmp(&b.2)));
        order.columns[column] = keyed.into_iter().map(|(_, _, at)| at).collect();
        let many = order.columns[column].len() as f64;
        for (at, one) in order.columns[column].iter().enumerate() {
            place[*one] = (at as f64 + 0.5) / many;
        }
    }

    /// Counts how many pairs of lines cross.
    pub(super) fn crossings(&self, order: &Order) -> u64 {
        let mut rank = vec![0; self.column.len()];
        for column in &order.columns {
            for (at, one) in column.iter().enumerate() {
                rank[*one] = at;
            }
        }
        let mut total = 0;
        for column in 0..3 {
            let lines = self.lines.iter();
            let mut between: Vec<(usize, usize)> = lines
                .filter(|(from, _)| self.column[*from] == column)
                .map(|(from, to)| (rank[*from], rank[*to]))
                .collect();
            between.sort_unstable();
            total += inversions(&between, order.columns[column + 1].len());
        }
        total
    }
}

/// Counts pairs whose second parts stand the other way round, with a tree of partial sums.
fn inversions(lines: &[(usize, usize)], size: usize) -> u64 {
    let mut sums = vec![0_u64; size + 1];
    let mut found = 0;
    for (seen, (_, to)) in lines.iter().enumerate() {
        let mut at = to + 1;
        let mut before = 0;
        while at > 0 {
            before += sums[at];
            at &= at - 1;
        }
        found += seen as u64 - before;
        let mut at = to + 1;
        while at <= size {
            sums[at] += 1;
            at += at & at.wrapping_neg();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uncrosses_what_can_be_uncrossed() {
        // Three who ask, three policies, joined the other way round.
        let columns = Columns {
            column: vec![0, 0, 0, 1, 1, 1],
            band: vec![0, 0, 0, 0, 0, 0],
            bands: 1,
            lines: vec![(0, 5), (1, 4), (2, 3)],
        };
        let first = Order {
            columns: [vec![0, 1, 2], vec![3, 4, 5], Vec::new(), Vec::new()],
            bands: vec![0],
        };
        assert_eq!(columns.crossings(&first), 3);
        assert_eq!(columns.crossings(&columns.order()), 0);
    }

    #[test]
    fn counts_inversions() {
        assert_eq!(inversions(&[(0, 0), (1, 1), (2, 2)], 3), 0);
        assert_eq!(inversions(&[(0, 2), (1, 1), (2, 0)], 3), 3);
        assert_eq!(inversions(&[(0, 1), (0, 1), (1, 0)], 2), 2);
    }

    #[test]
    fn bands_stay_together() {
        let columns = Columns {
            column: vec![0, 0, 1, 1, 1, 1],
            band: vec![0, 0, 0, 1, 0, 1],
            bands: 3,
            lines: vec![(0, 3), (0, 5), (1, 2), (1, 4)],
        };
        let order = columns.order();
        let bands: Vec<usize> = order.columns[1]
            .iter()
            .map(|at| columns.band[*at])
            .collect();
        let mut once = bands.clone();
        once.dedup();
        assert_eq!(once.len(), 2, "{bands:?}");
        assert_eq!(order.bands.last(), Some(&2));
    }
}
