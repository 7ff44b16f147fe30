// What held each campus back, month by month; runs of one input are one bar, so that the eye reads them.

import { s } from "./dom.js";
import { FAMILY, ink } from "./look.js";

const [LEFT, ROW, CELL, TOP] = [150, 30, 12, 26];
const STRIPE = "rgba(0,0,0,.55)";

export function hatches(id) {
  const pattern = (name, ...shapes) => s("pattern", { id: `${id}-${name}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, shapes);
  const stroke = (d) => s("path", { d, stroke: STRIPE, "stroke-width": 1.1, fill: "none" });
  return s("defs", {}, pattern("diagonal", stroke("M0 6L6 0M-1 1L1 -1M5 7L7 5")), pattern("vertical", stroke("M3 0V6")), pattern("horizontal", stroke("M0 3H6")), pattern("cross", stroke("M0 6L6 0M0 0L6 6")), pattern("dots", s("circle", { cx: 3, cy: 3, r: 1.2, fill: STRIPE })));
}

export function legend(words, inputs, id, y, width) {
  const look = ink();
  let x = 4;
  let row = y;
  return s("g", { class: "legend" }, [...inputs].filter((input) => FAMILY[input]).map((input) => {
    const text = words.t(`inputs.${input}`);
    const wide = 30 + text.length * 7.1;
    if (x + wide > width) {
      x = 4;
      row += 20;
    }
    const [color, hatch] = FAMILY[input];
    const g = s("g", {}, s("rect", { x, y: row - 10, width: 16, height: 11, fill: color }), hatch !== "none" && s("rect", { x, y: row - 10, width: 16, height: 11, fill: `url(#${id}-${hatch})` }), s("text", { x: x + 21, y: row, fill: look.text, "font-size": 13 }, text));
    x += wide;
    return g;
  }));
}

function runs(binding) {
  const found = [];
  binding.forEach((input, i) => {
    const last = found.at(-1);
    if (last?.input === input) last.to = i;
    else found.push({ input, from: i, to: i });
  });
  return found;
}

function campusesOf({ mine }) {
  return mine.campuses.filter((campus) => campus.program === "stargate");
}

function rowOf(context, campus, i) {
  const { words, mine, choose, chooseMonth } = context;
  const look = ink();
  const y = TOP + i * ROW;
  const begun = campus.started_mw.findIndex((mw) => mw > 0);
  const monthAt = (event) => {
    const box = event.currentTarget.ownerSVGElement.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * widthOf(mine);
    return Math.min(mine.months.length - 1, Math.max(0, Math.floor((x - LEFT) / CELL)));
  };
  return s("g", { class: "campus-row", tabindex: "0", role: "button", "aria-label": campus.name, "data-campus": campus.name,
    onclick: (event) => { chooseMonth(monthAt(event)); choose(campus.name); },
    onkeydown: (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), choose(campus.name)) },
  s("text", { x: LEFT - 8, y: y + 17, "text-anchor": "end", fill: look.text, "font-size": 13 }, campus.name.replace("OpenAI Stargate ", "")),
  s("rect", { x: LEFT, y, width: mine.months.length * CELL, height: ROW - 5, fill: look.land }),
  runs(campus.binding).map((run) => {
    const [color, hatch] = FAMILY[run.input] ?? FAMILY.plan;
    const lost = campus.lost_mw.slice(run.from, run.to + 1).reduce((a, b) => a + b, 0);
    if (run.input === "plan" || lost <= 0) return null;
    const box = { x: LEFT + run.from * CELL, y, width: (run.to - run.from + 1) * CELL - 0.6, height: ROW - 5 };
    return s("g", {}, s("title", {}, `${campus.name}: ${words.t(`inputs.${run.input}`)}, ${words.month(mine.months[run.from])} – ${words.month(mine.months[run.to])}, −${words.n(lost)} MW`), s("rect", { ...box, fill: color }), hatch !== "none" && s("rect", { ...box, fill: `url(#heat-${hatch})` }));
  }),
  begun >= 0 && s("path", { d: `M${LEFT + begun * CELL} ${y - 2}V${y + ROW - 3}`, stroke: look.quiet, "stroke-width": 1.4 }),
  campus.operating_mw.some((mw) => mw > 0) && s("path", { d: `M${LEFT + campus.operating_mw.findIndex((mw) => mw > 0) * CELL} ${y - 2}v${ROW - 1}`, stroke: look.strong, "stroke-width": 2.4 }));
}

const widthOf = (mine) => LEFT + mine.months.length * CELL + 6;

function draw(context) {
  const { mine, words, at } = context;
  const look = ink();
  const campuses = campusesOf(context);
  const height = TOP + campuses.length * ROW;
  const shown = new Set(campuses.flatMap((campus) => campus.binding.filter((input, i) => input !== "plan" && campus.lost_mw[i] > 0)));
  return s("svg", { viewBox: `0 0 ${widthOf(mine)} ${height + 52}`, class: "heat" }, hatches("heat"),
    mine.months.map((month, i) => month.endsWith("-01") && s("g", {}, s("path", { d: `M${LEFT + i * CELL} 16V${height}`, stroke: look.line }), s("text", { x: LEFT + i * CELL + 3, y: 14, fill: look.quiet, "font-size": 12.5 }, month.slice(0, 4)))),
    campuses.map((campus, i) => rowOf(context, campus, i)),
    s("rect", { x: LEFT + at * CELL, y: 16, width: CELL - 0.6, height: height - 18, fill: "none", stroke: look.strong, "stroke-width": 1.4, "pointer-events": "none" }),
    legend(words, shown, "heat", height + 24, widthOf(mine)));
}

export const bottlenecks = {
  name: "bottlenecks",
  hasNoMonths: true,
  isAtMonth: () => true,
  dom: draw,
  rows(context) {
    const campuses = campusesOf(context);
    return [[context.words.t("charts.month"), ...campuses.map((campus) => campus.name)], ...context.mine.months.map((month, i) => [month, ...campuses.map((campus) => (campus.lost_mw[i] > 0 ? context.words.t(`inputs.${campus.binding[i]}`) : ""))])];
  },
};
