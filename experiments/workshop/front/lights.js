// The lights of the four ledgers: they close, or the run would have stopped.

import { s } from "./dom.js";
import { COLOURS, ink } from "./look.js";

const LEDGERS = { money: "residual_money_cents", people: "residual_people_workers", power: "residual_power_kw", equipment: "residual_equipment_kw" };

function worst(values) {
  return values.reduce((best, value, at) => (Math.abs(value) > Math.abs(values[best]) ? at : best), 0);
}

function draw({ mine, words }) {
  const look = ink();
  return s("svg", { viewBox: "0 0 640 132", class: "lights" }, Object.entries(LEDGERS).map(([name, column], i) => {
    const values = mine.series[column];
    const at = worst(values);
    const closes = values[at] === 0;
    const y = 22 + i * 31;
    const text = closes ? words.t("ledgers.closes", { months: mine.months.length }) : words.t("ledgers.breaks", { n: `${words.n(values[at])} ${words.t(`ledgers.unit_${name}`)}`, month: words.month(mine.months[at]) });
    return s("g", { "data-ledger": name, "data-closes": String(closes) },
      s("circle", { cx: 16, cy: y - 5, r: 10, fill: closes ? COLOURS.green : COLOURS.red }),
      s("path", { d: closes ? `M11 ${y - 5}l4 4l7 -8` : `M12 ${y - 9}l8 8m0 -8l-8 8`, stroke: "#fff", "stroke-width": 2.2, fill: "none" }),
      s("text", { x: 38, y, fill: look.text, "font-size": 15, "font-weight": 600 }, words.t(`ledgers.${name}`)),
      s("text", { x: 150, y, fill: look.quiet, "font-size": 15 }, text));
  }));
}

export const ledgers = {
  name: "ledgers",
  hasNoMonths: true,
  dom: draw,
  rows: ({ mine, words }) => [[words.t("charts.month"), ...Object.keys(LEDGERS).map((name) => `${words.t(`ledgers.${name}`)}, ${words.t(`ledgers.unit_${name}`)}`)], ...mine.months.map((month, i) => [month, ...Object.values(LEDGERS).map((column) => mine.series[column][i])])],
};
