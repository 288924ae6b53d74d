//! Places for medoids under the tree: none overlaps, large groups come first.

use super::{Area, Frame, GroupBar, Thumbnail};

/// One thumbnail a bar where there is room. A thumbnail is as large as its bar is wide, within the style's limits, and
/// stands at the bar's middle, pushed inside the picture. One that would touch another shrinks; below the smallest size
/// it is left out. `counts` are the sizes of all groups. Returns them from left to right and how many were left out.
pub(super) fn place(frame: &Frame, bars: &[GroupBar], counts: &[usize]) -> (Vec<Thumbnail>, usize) {
    let style = &frame.style;
    let count = |bar: &GroupBar| counts.get(bar.group).copied().unwrap_or(0);
    let mut by_size: Vec<&GroupBar> = bars.iter().collect();
    by_size.sort_by_key(|bar| (std::cmp::Reverse(count(bar)), bar.group));
    let top = frame.foot() + style.bar_gap + style.bar + style.thumb_gap;
    // Kept in order of x; there are at most as many as fit side by side.
    let mut placed: Vec<Thumbnail> = Vec::new();
    let (left, right) = (frame.left().min(frame.right()), frame.right());
    for bar in by_size {
        let wanted = (bar.area.width() - 4.0).clamp(style.thumb_least, style.thumb_most);
        let middle = f64::midpoint(bar.area.x0, bar.area.x1);
        let middle = middle
            .min(right - style.thumb_least / 2.0)
            .max(left + style.thumb_least / 2.0);
        let next = placed.partition_point(|other| other.area.x0 < middle);
        let room_left = next
            .checked_sub(1)
            .map_or(middle - left, |i| middle - placed[i].area.x1 - 4.0);
        let room_right = placed
            .get(next)
            .map_or(right - middle, |other| other.area.x0 - 4.0 - middle);
        let side = wanted.min(2.0 * room_left.min(room_right));
        if side + 1e-9 < style.thumb_least {
            continue;
        }
        let area = Area {
            x0: middle - side / 2.0,
            y0: top,
            x1: middle + side / 2.0,
            y1: top + side,
        };
        let (group, node, slot) = (bar.group, bar.node, bar.slot);
        placed.insert(
            next,
            Thumbnail {
                group,
                node,
                slot,
                count: count(bar),
                area,
            },
        );
    }
    let left_out = bars.len() - placed.len();
    (placed, left_out)
}
