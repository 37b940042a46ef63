// The charts of the dashboards: <div data-chart="id"> beside <script type="application/json" id="id"> with
//   {kind: "line"|"bar", unit, months: [...], series: [{name, values, dashed?, line?}]}
// The same numbers stand in a table beside each chart. Colours come from the tokens, so that the big screen is dark.
import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([LineChart, BarChart, GridComponent, TooltipComponent, LegendComponent, AriaComponent, SVGRenderer]);

const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function remInPixels() {
  return parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function lineOf(series, unit, colour) {
  const last = series.values.length - 1;
  return {
    type: "line",
    name: series.name,
    data: series.values,
    connectNulls: true,
    symbolSize: 6,
    showSymbol: false,
    color: colour,
    lineStyle: { width: 2.5, type: series.dashed ? "dashed" : "solid" },
    // The last point says its value.
    endLabel: { show: Boolean(unit) && !series.dashed && series.values[last] !== null, formatter: `{c}${unit}`, color: token("--ink-1") },
  };
}

function barOf(series, colour) {
  return { type: "bar", name: series.name, data: series.values, color: colour, barMaxWidth: 18 };
}

function options(spec, size) {
  const text = { color: token("--ink-2"), fontSize: size, fontFamily: getComputedStyle(document.body).fontFamily };
  const colours = [token("--larch-7"), token("--ink-3"), token("--warn-5")];
  const soft = [token("--seq-2"), token("--larch-7"), token("--ink-3")];
  const series = spec.series.map((one, place) =>
    spec.kind === "line" || one.line ? lineOf(one, one.line ? "" : spec.unit, spec.kind === "line" ? colours[place] : soft[place]) : barOf(one, soft[place]),
  );
  return {
    animation: !calm,
    animationDuration: 200,
    textStyle: text,
    aria: { enabled: true, decal: { show: spec.kind === "bar" } },
    grid: { left: 8, right: spec.kind === "line" ? size * 4.5 : 16, top: size * 2.6, bottom: 8, containLabel: true },
    legend: { top: 0, left: 8, textStyle: text, itemWidth: 22, itemHeight: 10, icon: spec.kind === "line" ? undefined : "roundRect" },
    tooltip: { trigger: "axis", renderMode: "richText", valueFormatter: (value) => (value === null ? "—" : `${value}${spec.unit}`) },
    xAxis: { type: "category", data: spec.months, axisLabel: text, axisTick: { show: false }, axisLine: { lineStyle: { color: token("--line-strong") } } },
    // A truncated axis is allowed for lines only.
    yAxis: { type: "value", scale: spec.kind === "line", max: spec.kind === "line" ? 100 : undefined, splitNumber: 4, axisLabel: text, splitLine: { lineStyle: { color: token("--snow-3") } } },
    series,
  };
}

/** ECharts writes style attributes, which the page's policy drops; by the object model they are allowed. */
function keepStyles() {
  const plain = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else plain.call(this, name, value);
  };
}

export function draw(box) {
  const spec = JSON.parse(document.getElementById(box.dataset.chart).textContent);
  const chart = init(box, null, { renderer: "svg" });
  const paint = () => chart.setOption(options(spec, Math.round(remInPixels() * 0.8)), true);
  paint();
  new ResizeObserver(() => {
    chart.resize();
    paint();
  }).observe(box);
}

keepStyles();
document.querySelectorAll("[data-chart]").forEach((box) => {
  box.replaceChildren();
  draw(box);
});
