// Options for ECharts: lines, stacked areas and bands over the months.

import { ink } from "./look.js";

const GRID = { left: 8, right: 18, top: 34, bottom: 34, containLabel: true };

export function base(words, { legend = true } = {}) {
  const look = ink();
  return {
    animation: false,
    textStyle: { color: look.text, fontFamily: "Roboto, system-ui, sans-serif", fontSize: 13 },
    grid: GRID,
    aria: { enabled: true },
    tooltip: {
      trigger: "axis", confine: true, backgroundColor: look.surface, borderColor: look.line,
      textStyle: { color: look.text, fontSize: 13 }, valueFormatter: (value) => words.short(value, 4), axisPointer: { lineStyle: { color: look.quiet } },
    },
    legend: legend ? { type: "scroll", bottom: 0, left: 0, itemWidth: 22, itemHeight: 10, textStyle: { color: look.text }, pageTextStyle: { color: look.quiet }, pageIconColor: look.quiet, pageIconInactiveColor: look.line, inactiveColor: look.line } : undefined,
  };
}

export function overMonths(words, months, series, unit, more = {}) {
  const look = ink();
  return {
    ...base(words),
    xAxis: {
      type: "category", data: months, boundaryGap: false, axisLine: { lineStyle: { color: look.quiet } }, axisTick: { show: false },
      axisLabel: { color: look.quiet, interval: (_, month) => month.endsWith("-01"), formatter: (month) => month.slice(0, 4), hideOverlap: true },
      axisPointer: { label: { formatter: ({ value }) => words.month(value) } },
    },
    yAxis: {
      type: "value", name: unit, nameLocation: "end", nameTextStyle: { color: look.quiet, align: "left", padding: [0, 0, 4, -8] }, scale: Boolean(more.scale),
      splitLine: { lineStyle: { color: look.line } }, axisLabel: { color: look.quiet, formatter: (value) => words.short(value, 4) }, splitNumber: 4,
      max: more.atLeast ? ({ max }) => (max < more.atLeast ? more.atLeast : undefined) : undefined,
    },
    series: series.flat(Infinity),
  };
}

export function line(name, data, color, more = {}) {
  return { type: "line", name, data, showSymbol: false, symbol: "circle", lineStyle: { width: more.width ?? 2.2, color, type: more.dash ?? "solid" }, itemStyle: { color }, z: more.z ?? 3, connectNulls: false, ...(more.end ? endLabel(more.end, color) : {}) };
}

function endLabel(text, color) {
  return { endLabel: { show: true, formatter: text, color } };
}

export function area(name, data, color, more = {}) {
  return { type: "line", name, data, stack: more.stack ?? "areas", showSymbol: false, symbol: "circle", lineStyle: { width: 0.8, color: ink().surface }, itemStyle: { color }, areaStyle: { color, opacity: more.opacity ?? 0.88 }, z: 2 };
}

// A band between two lines: an unseen line with an area stacked on top of it.
export function band(id, low, high, color) {
  const unseen = { type: "line", showSymbol: false, silent: true, stack: `band-${id}`, stackStrategy: "all", lineStyle: { opacity: 0 }, itemStyle: { opacity: 0 }, tooltip: { show: false }, z: 4 };
  return [
    { ...unseen, data: low },
    { ...unseen, data: high.map((value, i) => (value === null || low[i] === null ? null : value - low[i])), areaStyle: { color, opacity: 0.22 } },
  ];
}

export function level(value, text) {
  const look = ink();
  return {
    type: "line", data: [], name: "", silent: true, tooltip: { show: false },
    markLine: { symbol: "none", silent: true, animation: false, lineStyle: { color: look.strong, type: [5, 4], width: 1.2 }, label: { formatter: text, position: "insideStartTop", color: look.text }, data: [{ yAxis: value }] },
  };
}
