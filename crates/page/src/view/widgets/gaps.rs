//! The heights of the cuts into 2, 3, ... groups as a line: where it falls steeply, a cut is natural.

use crate::actions::change;
use crate::store::Page;
use galaxy_grove::grouping::cut_gaps;
use galaxy_grove::page_model::Rated;
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
            // The silhouette, 0 to 1 over the whole height, as soon as it was measured.
            let measured = move || {
                let rating = page.insight.with(|insight| insight.rating.clone())?;
                let shown = |cut: &Rated| Some((cut.groups, cut.silhouette?));
                let points = rating.cuts.iter().filter_map(shown);
                let points = points.filter(|(groups, _)| *groups as f64 <= last);
                let points = points
                    .map(|(groups, value)| format!("{:.1},{:.1}", x(groups), y(highest * value.max(0.0))));
                let points = points.collect::<Vec<_>>().join(" ");
                Some(view! { <polyline class="line silhouette" points=points/> })
            };
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
                    {measured}
                    {dots}
                    {labels}
                </svg>
            })
        };
    view! {
        {chart}
        {move || rating(page).map(|(text, title)| view! { <p class="hint rating" title=title>{text}</p> })}
    }
}

/// How good the groups that are shown are, and what the numbers mean.
fn rating(page: Page) -> Option<(String, String)> {
    let cutting = page.cutting.get()?;
    let rating = page.insight.with(|insight| insight.rating.clone())?;
    let best = rating.best()?;
    let number = |value: f64| format!("{value:.2}").replacen("0.", ".", 1);
    let best_value = number(best.silhouette?);
    // With changes of single branches the groups are other ones than those that were rated.
    let now = rating
        .of(cutting.len())
        .filter(|_| cutting.rule.edits.is_empty())
        .and_then(|cut| cut.silhouette);
    let text = match now {
        Some(now) if best.groups != cutting.len() => format!(
            "Silhouette {} (dashed); largest, {best_value}, with {} groups.",
            number(now),
            best.groups
        ),
        Some(now) => format!("Silhouette {} (dashed): the largest of all cuts.", number(now)),
        None => format!(
            "The silhouette (dashed) is largest, {best_value}, with {} groups.",
            best.groups
        ),
    };
    let index = rating.of(cutting.len()).and_then(|cut| cut.davies_bouldin);
    let index = index.map_or_else(String::new, |index| {
        format!(" Davies-Bouldin index of this cut: {index:.2} (less is better).")
    });
    let kept = rating.cophenetic.map_or_else(String::new, |kept| {
        format!(" Cophenetic correlation: {kept:.2} (how much of the distances the tree keeps).")
    });
    let title = format!(
        "The silhouette (Rousseeuw 1987) is 1 for tight groups far apart and 0 for groups that touch.{index}{kept}"
    );
    Some((text, title))
}
