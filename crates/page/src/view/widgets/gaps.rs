//! The heights of the cuts into 2, 3, ... groups as a line: where it falls steeply, a cut is natural.

use crate::actions::change;
use crate::store::Page;
use galaxy_grove::grouping::cut_gaps;
use leptos::prelude::*;

const WIDTH: f64 = 760.0;
const TOP: f64 = 6.0;
const BOTTOM: f64 = 34.0;

/// A small chart below the tree. A click cuts into that many groups.
#[component]
pub fn Gaps() -> impl IntoView {
    let page = Page::current();
    let chart =
        move || {
            let grove = page.tree.get()?;
            let gaps = cut_gaps(&grove.tree, 31);
            if gaps.len() < 3 {
                return None;
            }
            let highest = gaps.first().map_or(1.0, |gap| gap.above).max(f64::MIN_POSITIVE);
            let last = gaps.last().map_or(2, |gap| gap.groups) as f64;
            let x =
                move |groups: usize| 64.0 + (groups as f64 - 2.0) / (last - 2.0).max(1.0) * (WIDTH - 74.0);
            let y = move |height: f64| BOTTOM - height / highest * (BOTTOM - TOP);
            let line = gaps
                .iter()
                .map(|gap| format!("{:.1},{:.1}", x(gap.groups), y(gap.above)))
                .collect::<Vec<_>>();
            let best = grove.suggested.clone();
            let dots = gaps
            .iter()
            .map(|gap| {
                let groups = gap.groups;
                let now = move || page.cutting.get().is_some_and(|cutting| cutting.len() == groups);
                let note = if best.contains(&groups) { " (a wide gap)" } else { "" };
                view! {
                    <circle cx=x(groups) cy=y(gap.above) r=move || if now() { 5.0 } else { 2.6 } class:now=now
                        on:click=move |_| change(page, |s| s.groups = Some(groups))>
                        <title>{format!("{groups} groups, up to height {:.2}{note}", gap.above)}</title>
                    </circle>
                }
            })
            .collect_view();
            let labels = gaps
                .iter()
                .filter(|gap| gap.groups == 2 || gap.groups % 5 == 0)
                .map(|gap| view! { <text x=x(gap.groups) y="51" text-anchor="middle">{gap.groups}</text> })
                .collect_view();
            Some(view! {
                <svg class="gaps" viewBox=format!("0 0 {WIDTH} 54") role="img"
                    aria-label="Height at which each number of groups begins; a steep fall is a natural cut">
                    <text x="0" y=TOP + 8.0>"height"</text>
                    <polyline class="line" points=line.join(" ")/>
                    {dots}
                    {labels}
                </svg>
            })
        };
    view! { {chart} }
}
