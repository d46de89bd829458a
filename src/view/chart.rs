//! Draws the chart of offsets, and its table for those who read.

use super::element::{Anchor, El, el, group, path, text as words};
use super::pick::Pick;
use super::run::Run;
use super::sequence_view::{go_there, table_switch};
use super::sizes::use_size;
use super::stage::canvas;
use super::words as say;
use crate::scene::Focus;
use crate::scene::chart::{Chart, Line, Plot, Row, Shape, Table, name_width};
use crate::scene::geometry::{Size, px};
use crate::time::Time;
use std::rc::Rc;
use yew::prelude::*;
use yew::virtual_dom::ListenerKind;

#[derive(Properties, PartialEq)]
pub struct ChartProps {
    pub run: Rc<Run>,
    pub at: Time,
    pub focus: Focus,
    pub pick: Callback<Pick>,
    /// The frame's size until the browser has told.
    pub first: Size,
}

/// Moments in the table, before the one shown and behind it.
const ROWS: usize = 30;

#[component]
pub fn ChartView(props: &ChartProps) -> Html {
    let as_table = use_state_eq(|| false);
    let (frame, size) = use_size(props.first);
    let content = if *as_table {
        table(&props.run.chart_table(props.at, ROWS), &props.pick)
    } else {
        let chart = Rc::new(props.run.chart(props.at, props.focus.node, size));
        let go = go_there(&props.pick, {
            let chart = chart.clone();
            move |x, _| Some(chart.moment(x))
        });
        picture(&chart, &props.pick).on(ListenerKind::onclick, go)
    };
    let corner = el("div").class("corner").child(table_switch(&as_table));
    let scroller = el("div").class("scroller").reference(&frame).child(content);
    el("div").class("big-view chart-view").child(scroller).child(corner).into()
}

/// Both plots, over one line of time.
fn picture(chart: &Chart, pick: &Callback<Pick>) -> El {
    let plots = chart.plots.iter().zip(say::PLOTS).map(|(plot, title)| self::plot(plot, title, chart, pick));
    let foot = chart.plots[1].bottom;
    let times = chart.times.iter().map(|(x, label)| {
        let tick = el("line").at("x1", *x).at("x2", *x).at("y1", foot).at("y2", foot + 5.0);
        group("time").child(tick).child(words("number", Anchor::Middle, *x, foot + 20.0, label.clone()))
    });
    let x = chart.now;
    let top = chart.plots[0].top - 14.0;
    let veil = el("rect").class("veil").rect(x, top + 6.0, (chart.right - x).max(0.0), foot - top - 6.0, 0.0);
    let anchor = if x > chart.right - 90.0 { Anchor::End } else { Anchor::Start };
    let aside = if anchor == Anchor::End { -6.0 } else { 6.0 };
    let now = group("now").child(el("line").at("x1", x).at("x2", x).at("y1", top).at("y2", foot)).child(words(
        "now-label",
        anchor,
        x + aside,
        top + 4.0,
        chart.now_label.clone(),
    ));
    canvas("chart", Size { width: chart.width, height: chart.height })
        .attr("role", "group")
        .attr("aria-label", say::CHART)
        .children(plots)
        .child(veil)
        .child(group("times").children(times))
        .child(now)
}

fn plot(plot: &Plot, title: &'static str, chart: &Chart, pick: &Callback<Pick>) -> El {
    let levels = plot.levels.iter().map(|(y, label)| {
        let line = el("line").at("x1", chart.left).at("x2", chart.right).at("y1", *y).at("y2", *y);
        group("level").child(line).child(words("number", Anchor::End, chart.left - 8.0, y + 4.0, label.clone()))
    });
    let lines = plot.lines.iter().map(|line| self::line(line, chart, pick));
    group("plot")
        .child(words("plot-title", Anchor::Start, 16.0, plot.top - 20.0, title))
        .children(levels)
        .children(lines)
}

fn line(line: &Line, chart: &Chart, pick: &Callback<Pick>) -> El {
    let stretch = |corners: &Vec<(f64, f64)>| {
        let mut d = String::new();
        for (n, (x, y)) in corners.iter().enumerate() {
            d += &format!("{}{} {}", if n == 0 { "M" } else { "L" }, px(*x), px(*y));
        }
        d
    };
    let d: String = line.stretches.iter().map(stretch).collect();
    let shapes: String = line.shapes.iter().map(|(x, y)| shape(line.shape, *x, *y)).collect();
    let x = chart.right + 18.0;
    let name = say::line_of(&line.name, &line.value);
    let lead = format!("M{} {} L{} {}", px(chart.right), px(line.end_y), px(x - 8.0), px(line.name_y));
    let reach = el("rect").class("reach").rect(x - 8.0, line.name_y - 8.5, name_width(&line.name) + 24.0, 17.0, 3.0);
    let key = group("key")
        .attr("aria-pressed", if line.is_selected { "true" } else { "false" })
        .picks(pick, Pick::Node(line.node), name.clone())
        .child(el("title").text(name))
        .child(reach)
        .child(path("shape", shape(line.shape, x, line.name_y)))
        .child(words("line-name", Anchor::Start, x + 10.0, line.name_y + 4.0, line.name.clone()));
    group(format!("{} {}", if line.is_selected { "line-of selected" } else { "line-of" }, line.hue.class()))
        .child(path("lead", lead))
        .child(path("steps", d))
        .child(path("shape", shapes))
        .child(key)
}

fn shape(shape: Shape, x: f64, y: f64) -> String {
    match shape {
        Shape::Circle => format!("M{} {} a4 4 0 1 0 8 0 a4 4 0 1 0 -8 0 z", px(x - 4.0), px(y)),
        Shape::Square => format!("M{} {} h7 v7 h-7 z", px(x - 3.5), px(y - 3.5)),
        Shape::Triangle => format!("M{} {} l5 8.5 h-10 z", px(x), px(y - 5.0)),
        Shape::Diamond => format!("M{} {} l5 5 l-5 5 l-5 -5 z", px(x), px(y - 5.0)),
    }
}

fn table(table: &Table, pick: &Callback<Pick>) -> El {
    let names = [say::MOMENT.to_owned()].into_iter().chain(table.names.iter().cloned());
    let heads = names.map(|name| el("th").attr("scope", "col").text(name));
    let rows = table.rows.iter().enumerate().map(|(n, row)| self::row(row, Some(n) == table.current, pick));
    let more =
        |count: usize, said: fn(usize) -> String| (count > 0).then(|| el("p").class("nothing").text(said(count)));
    let caption = el("caption").text(say::CHART_TABLE);
    let head = el("thead").child(el("tr").children(heads));
    el("div")
        .class("view-table")
        .children(more(table.earlier, say::earlier_moments))
        .child(el("table").child(caption).child(head).child(el("tbody").children(rows)))
        .children(more(table.later, say::later_moments))
}

fn row(row: &Row, is_current: bool, pick: &Callback<Pick>) -> El {
    let at = row.at;
    let go = pick.reform(move |_: Event| Pick::Moment(at));
    let go = el("button").class("go").attr("type", "button").on(ListenerKind::onclick, go).text(row.clock.clone());
    let cells = row.cells.iter().map(|(offset, behind)| {
        let cell = el("td").text(offset.clone());
        if behind == "–" { cell } else { cell.child(el("small").text(say::behind(behind))) }
    });
    el("tr")
        .class(if is_current { "selected" } else { "" })
        .maybe("aria-current", is_current.then_some("true"))
        .child(el("th").attr("scope", "row").child(go))
        .children(cells)
}
