// The map: campuses by planned size, filled by what operates, coloured by what binds.

import { hatches, legend } from "./heat.js";
import { s } from "./dom.js";
import { FAMILY, ink } from "./look.js";
import { project } from "./places.js";

let outlines = null;

export async function loadOutlines() {
  outlines ??= await (await fetch(new URL("states.json", import.meta.url))).json();
}

const radius = (mw) => Math.max(3.5, Math.sqrt(mw) * 0.52);

// Campuses somebody adds in the run lie at the middle of their state; a spiral keeps them apart.
function placed(campuses) {
  const seen = new Map();
  return campuses.map((campus) => {
    const [x, y] = project(campus.lat, campus.lon);
    const key = `${campus.lat},${campus.lon}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    const turn = count * 2.4;
    const far = 13 * Math.sqrt(count);
    return { campus, x: x + far * Math.cos(turn), y: y + far * Math.sin(turn) };
  });
}

function circle(context, { campus, x, y }) {
  const { at, words, choose } = context;
  const look = ink();
  const r = radius(campus.facility_mw);
  const input = campus.binding[at];
  const isOurs = campus.program === "stargate";
  const [color, hatch] = FAMILY[input] ?? FAMILY.plan;
  const filled = r * Math.sqrt(Math.min(1, campus.operating_mw[at] / campus.facility_mw));
  const label = `${campus.name}, ${campus.region}: ${words.n(campus.operating_mw[at])} / ${words.n(campus.facility_mw)} MW, ${words.t(`inputs.${input}`)}`;
  return s("g", { class: `campus ${isOurs ? "ours" : "rival"}`, tabindex: isOurs ? "0" : null, role: isOurs ? "button" : null, "aria-label": isOurs ? label : null, "data-campus": campus.name,
    onclick: () => choose(campus.name), onkeydown: (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), choose(campus.name)) },
  s("title", {}, label),
  isOurs && s("circle", { cx: x, cy: y, r: r + 2.2, fill: "none", stroke: look.strong, "stroke-width": 1.6 }),
  s("circle", { cx: x, cy: y, r, fill: color, "fill-opacity": isOurs ? 0.5 : 0.22, stroke: isOurs ? color : look.quiet, "stroke-opacity": isOurs ? 1 : 0.5 }),
  hatch !== "none" && isOurs && s("circle", { cx: x, cy: y, r, fill: `url(#map-${hatch})` }),
  filled > 0.4 && s("circle", { cx: x, cy: y, r: filled, fill: isOurs ? look.strong : look.quiet, "fill-opacity": isOurs ? 0.82 : 0.35 }));
}

function names(points) {
  const look = ink();
  const taken = [];
  return points.filter(({ campus }) => campus.program === "stargate").sort((a, b) => a.y - b.y).map(({ campus, x, y }) => {
    const right = x < 760;
    let down = y + 4;
    while (taken.some(([tx, ty]) => Math.abs(tx - x) < 150 && Math.abs(ty - down) < 15)) down += 15;
    taken.push([x, down]);
    const away = radius(campus.facility_mw) + 6;
    return s("text", { x: right ? x + away : x - away, y: down, "text-anchor": right ? "start" : "end", fill: look.text, "font-size": 13, "font-weight": 600, "paint-order": "stroke", stroke: look.surface, "stroke-width": 3, class: "place" }, campus.name.replace("OpenAI Stargate ", ""));
  });
}

function draw(context) {
  const look = ink();
  if (!outlines) return s("svg", {});
  const points = placed(context.mine.campuses.filter((campus) => campus.operating_mw.some(Boolean) || campus.started_mw.some(Boolean) || campus.program === "stargate"));
  const shown = new Set(context.mine.campuses.filter((campus) => campus.program === "stargate").map((campus) => campus.binding[context.at]));
  const rivals = points.filter(({ campus }) => campus.program !== "stargate" && (campus.started_mw[context.at] > 0 || campus.operating_mw[context.at] > 0));
  const ours = points.filter(({ campus }) => campus.program === "stargate");
  return s("svg", { viewBox: `0 0 ${outlines.width} ${outlines.height + 40}`, class: "map" }, hatches("map"),
    s("g", { fill: look.land, stroke: look.landLine, "stroke-width": 0.8 }, Object.entries(outlines.paths).map(([name, d]) => s("path", { d }, s("title", {}, name)))),
    rivals.map((point) => circle(context, point)), ours.map((point) => circle(context, point)), names(points), legend(context.words, shown, "map", outlines.height + 24, outlines.width));
}

export const map = {
  name: "map",
  hasNoMonths: true,
  isAtMonth: () => true,
  dom: draw,
  note: (context) => context.words.month(context.mine.months[context.at]),
  rows(context) {
    const { mine, at, words } = context;
    const t = (key) => words.t(`charts.${key}`);
    return [["campus", t("region"), "program", `${t("planned")}, MW`, `${t("operating")}, MW`, words.t("headline.binding")], ...mine.campuses.filter((campus) => campus.program === "stargate" || campus.started_mw[at] > 0).map((campus) => [campus.name, campus.region, campus.program, campus.facility_mw, campus.operating_mw[at], words.t(`inputs.${campus.binding[at]}`)])];
  },
};
