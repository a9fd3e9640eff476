//! Where boxes, catalogs and lines stand, in whole pixels.

use std::collections::BTreeMap;

use super::measure::{INSET, cut, small_width, width};
use super::order::{Columns, Order};
use crate::render::picture::model::{Class, Edge, Key, Node, Picture};

/// How many columns of a name are shown.
pub(super) const NAME: usize = 44;
/// How many columns of what is said below a name are shown.
pub(super) const DETAIL: usize = 60;
/// How many columns of what is said at a line are shown.
pub(super) const LABEL: usize = 36;

const MARGIN: i64 = 24;
const TOP: i64 = 52;
/// Between boxes of a column.
const GAP: i64 = 12;
/// Between columns, without what is said at lines.
const CHANNEL: i64 = 72;
/// The name of a catalog, and the room around what is inside.
const HEAD: i64 = 28;
const PAD: i64 = 12;
/// The room of a line that says something.
const PORT: i64 = 17;

/// Between what is said at a line and the box that it leads to: the frame of a catalog lies between them.
pub(super) const BESIDE: i64 = PAD + 6;

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Frame {
    pub(super) x: i64,
    pub(super) y: i64,
    pub(super) w: i64,
    pub(super) h: i64,
}

/// A line from a box, bending until `bend`, then straight on to another box.
#[derive(Debug)]
pub(super) struct Line<'p> {
    pub(super) from: (i64, i64),
    pub(super) bend: i64,
    pub(super) to: (i64, i64),
    pub(super) edge: &'p Edge,
}

/// Everything in its place.
#[derive(Debug)]
pub(super) struct Placed<'p> {
    pub(super) nodes: Vec<(&'p Key, Frame)>,
    pub(super) groups: Vec<(&'p Key, Frame)>,
    pub(super) lines: Vec<Line<'p>>,
    pub(super) width: i64,
    pub(super) height: i64,
}

const fn column(class: Class) -> usize {
    match class {
        Class::Organization | Class::Requestor => 0,
        Class::Policy => 1,
        Class::Package => 2,
        Class::Resource => 3,
    }
}

/// Says something, in so many pixels.
fn said(edge: &Edge) -> i64 {
    let mark = edge.mark.map_or("", |mark| mark.as_str());
    match (mark, edge.label.as_str()) {
        ("", "") => 0,
        (mark, label) => small_width(&cut(&format!("{mark}: {label}"), LABEL)) + BESIDE + 4,
    }
}

struct Drawing<'p> {
    keys: Vec<&'p Key>,
    frames: Vec<Frame>,
    /// The lines that end at each box.
    arriving: Vec<Vec<usize>>,
    edges: Vec<(usize, usize, &'p Edge)>,
    columns: Columns,
    order: Order,
}

/// Places everything.
pub(super) fn place(picture: &Picture) -> Placed<'_> {
    let mut drawing = Drawing::of(picture);
    let (groups, bottom) = drawing.rows(picture);
    let bottom = drawing.askers(bottom);
    let (lefts, right) = drawing.sides();
    let inside = (lefts[1] - PAD, right + PAD);
    let groups = groups.into_iter().map(|(key, y, h)| {
        let w = inside.1 - inside.0;
        (
            key,
            Frame {
                x: inside.0,
                y,
                w,
                h,
            },
        )
    });
    let groups = groups.collect();
    let lines = drawing.lines();
    let nodes = drawing
        .keys
        .iter()
        .copied()
        .zip(drawing.frames.iter().copied());
    Placed {
        nodes: nodes.collect(),
        groups,
        lines,
        width: (inside.1 + MARGIN)
            .max(width(&cut(&picture.title, 80)) * 16 / 13 + 2 * MARGIN)
            .max(if picture.is_empty() {
                width(&picture.nothing()) + 2 * MARGIN
            } else {
                0
            }),
        height: bottom + MARGIN,
    }
}

impl<'p> Drawing<'p> {
    fn of(picture: &'p Picture) -> Self {
        let keys: Vec<&Key> = picture.nodes.keys().collect();
        let nodes: Vec<&Node> = picture.nodes.values().collect();
        let at: BTreeMap<&Key, usize> = keys
            .iter()
            .enumerate()
            .map(|(at, key)| (*key, at))
            .collect();
        let ends = picture.edges.iter();
        let edges: Vec<(usize, usize, &Edge)> = ends
            .filter_map(|((from, to), edge)| Some((*at.get(from)?, *at.get(to)?, edge)))
            .collect();
        let mut arriving = vec![Vec::new(); nodes.len()];
        for (line, (_, to, _)) in edges.iter().enumerate() {
            arriving[*to].push(line);
        }
        let groups: BTreeMap<&Key, usize> = picture
            .groups
            .keys()
            .enumerate()
            .map(|(at, key)| (key, at))
            .collect();
        let outside = groups.len();
        let band = |node: &&Node| {
            let group = node.group.as_ref().and_then(|group| groups.get(group));
            group.copied().unwrap_or(outside)
        };
        let columns = Columns {
            column: nodes.iter().map(|node| column(node.class)).collect(),
            band: nodes.iter().map(band).collect(),
            bands: outside + 1,
            lines: edges.iter().map(|(from, to, _)| (*from, *to)).collect(),
        };
        let order = columns.order();
        let frames = nodes.iter().zip(&arriving).map(|(node, arriving)| {
            let talk = arriving.iter().any(|line| said(edges[*line].2) > 0);
            let ports = if talk {
                arriving.len() as i64 * PORT + 8
            } else {
                0
            };
            let name = width(&cut(&node.named(), NAME));
            let detail = small_width(&cut(&node.detail, DETAIL));
            let text = if node.detail.is_empty() { 30 } else { 42 };
            Frame {
                w: name.max(detail) + 2 * INSET,
                h: text.max(ports),
                ..Frame::default()
            }
        });
        Self {
            frames: frames.collect(),
            keys,
            arriving,
            edges,
            columns,
            order,
        }
    }

    fn middle(&self, at: usize) -> i64 {
        self.frames[at].y + self.frames[at].h / 2
    }

    /// Stacks the bands, and in each the boxes, beside those that they are joined to where there is room. Returns the
    /// catalogs and where the last band ends.
    fn rows(&mut self, picture: &'p Picture) -> (Vec<(&'p Key, i64, i64)>, i64) {
        let keys: Vec<&Key> = picture.groups.keys().collect();
        let mut stacks: Vec<[Vec<usize>; 4]> = vec![Default::default(); self.columns.bands];
        for (column, boxes) in self.order.columns.iter().enumerate().skip(1) {
            for at in boxes {
                stacks[self.columns.band[*at]][column].push(*at);
            }
        }
        let mut groups = Vec::new();
        let mut y = TOP;
        for band in self.order.bands.clone() {
            let key = keys.get(band).copied();
            let top = y + if key.is_some() { HEAD } else { 0 };
            let mut bottom = top;
            for boxes in &stacks[band][1..] {
                let mut free = top;
                for at in boxes {
                    let near: Vec<i64> = self.arriving[*at]
                        .iter()
                        .map(|line| self.edges[*line].0)
                        .filter(|from| {
                            self.columns.band[*from] == band && self.columns.column[*from] > 0
                        })
                        .map(|from| self.middle(from))
                        .collect();
                    let wish = match near.is_empty() {
                        true => free,
                        false => {
                            near.iter().sum::<i64>() / near.len() as i64 - self.frames[*at].h / 2
                        }
                    };
                    self.frames[*at].y = wish.max(free);
                    free = self.frames[*at].y + self.frames[*at].h + GAP;
                }
                bottom = bottom.max(free - GAP);
            }
            match key {
                Some(key) => {
                    let h = bottom.max(top) + PAD - y;
                    groups.push((key, y, h));
                    y += h + 2 * GAP;
                }
                None => y = bottom,
            }
        }
        (groups, y)
    }

    /// Puts those who ask beside the policies that they ask through.
    fn askers(&mut self, bottom: i64) -> i64 {
        let mut near: Vec<(i64, i64)> = vec![(0, 0); self.frames.len()];
        for (from, to, _) in &self.edges {
            near[*from].0 += self.middle(*to);
            near[*from].1 += 1;
        }
        let boxes = self.order.columns[0].clone();
        let mut free = TOP;
        for at in &boxes {
            let wish = match near[*at] {
                (_, 0) => free,
                (sum, n) => sum / n - self.frames[*at].h / 2,
            };
            self.frames[*at].y = wish.max(free);
            free = self.frames[*at].y + self.frames[*at].h + GAP;
        }
        // What hangs over the end moves up again, as far as there is room.
        let mut most = bottom.max(TOP);
        for at in boxes.iter().rev() {
            let lifted = most - self.frames[*at].h;
            if self.frames[*at].y <= lifted {
                break;
            }
            self.frames[*at].y = lifted;
            most = lifted - GAP;
        }
        // Where there is none, everybody moves down together.
        let over = boxes
            .first()
            .map_or(0, |first| TOP - self.frames[*first].y)
            .max(0);
        if over > 0 {
            let mut free = TOP;
            for at in &boxes {
                self.frames[*at].y = self.frames[*at].y.max(free);
                free = self.frames[*at].y + self.frames[*at].h + GAP;
            }
        }
        let end = boxes
            .last()
            .map_or(0, |last| self.frames[*last].y + self.frames[*last].h);
        bottom.max(end)
    }

    /// Places the columns beside each other. Returns where each starts and where the last one ends.
    fn sides(&mut self) -> ([i64; 4], i64) {
        let (mut wide, mut talk) = ([0; 4], [0; 4]);
        for (at, frame) in self.frames.iter().enumerate() {
            let column = self.columns.column[at];
            wide[column] = wide[column].max(frame.w);
        }
        for (_, to, edge) in &self.edges {
            let column = self.columns.column[*to];
            talk[column] = talk[column].max(said(edge));
        }
        let mut lefts = [MARGIN; 4];
        for column in 1..4 {
            lefts[column] = lefts[column - 1] + wide[column - 1] + CHANNEL + talk[column];
        }
        for (at, frame) in self.frames.iter_mut().enumerate() {
            let column = self.columns.column[at];
            frame.x = lefts[column];
            frame.w = wide[column];
        }
        (lefts, lefts[3] + wide[3])
    }

    fn lines(&self) -> Vec<Line<'p>> {
        let mut lines = Vec::with_capacity(self.edges.len());
        for (at, arriving) in self.arriving.iter().enumerate() {
            let frame = self.frames[at];
            let mut arriving = arriving.clone();
            arriving.sort_by_key(|line| (self.middle(self.edges[*line].0), *line));
            let longest = arriving.iter().map(|line| said(self.edges[*line].2)).max();
            let longest = longest.unwrap_or_default();
            let many = arriving.len() as i64;
            for (nth, line) in arriving.into_iter().enumerate() {
                let (from, _, edge) = self.edges[line];
                let start = self.frames[from];
                let y = match longest {
                    0 => self.middle(at),
                    _ => self.middle(at) + (2 * nth as i64 - (many - 1)) * PORT / 2,
                };
                lines.push(Line {
                    from: (start.x + start.w, self.middle(from)),
                    bend: frame.x - longest.max(12),
                    to: (frame.x, y),
                    edge,
                });
            }
        }
        lines
    }
}
