// Money as a Sankey chart, from where it comes from to what it buys and where that goes, up to the month shown.

import { base } from "./lines.js";
import { COLOURS, ink, PALETTE } from "./look.js";

const NODES = ["campuses", "rent", "IT", "equipment", "buildings", "power", "land and permits", "returns", "running", "makers", "abroad", "China", "home"];
const NODE_COLOURS = { campuses: COLOURS.blue, rent: COLOURS.sky, IT: COLOURS.red, equipment: COLOURS.orange, buildings: COLOURS.green, power: COLOURS.sky, makers: "#9aa3ad", returns: COLOURS.purple, abroad: COLOURS.purple, China: COLOURS.red, home: COLOURS.green };
const LEAST_SHARE = 0.0005;

function links({ mine, at }) {
  const all = mine.money.map((link) => ({ source: link.from, target: link.to, value: link.usd_bn[at] }));
  const into = all.filter((link) => link.target === "campuses").reduce((sum, link) => sum + link.value, 0);
  return all.filter((link) => link.value > into * LEAST_SHARE && link.value > 0);
}

const named = (words, node) => (NODES.includes(node) ? words.t(`nodes.${node}`) : node);

export const money = {
  name: "money",
  isAtMonth: () => true,
  option(context) {
    const { words } = context;
    const look = ink();
    const found = links(context);
    const nodes = [...new Set(found.flatMap((link) => [link.source, link.target]))];
    return {
      ...base(words, { legend: false }),
      tooltip: { ...base(words).tooltip, trigger: "item", valueFormatter: (value) => `${words.short(value, 3)} ${words.t("charts.usd_bn")}` },
      series: [{
        type: "sankey", left: 4, right: 150, top: 8, bottom: 8, nodeGap: 11, nodeWidth: 13, draggable: false, layoutIterations: 48, emphasis: { focus: "adjacency" },
        label: { color: look.text, fontSize: 12.5, textBorderWidth: 0, formatter: ({ name }) => named(words, name) },
        lineStyle: { color: "gradient", opacity: 0.34, curveness: 0.5 },
        data: nodes.map((name, i) => ({ name, itemStyle: { color: NODE_COLOURS[name] ?? PALETTE[i % PALETTE.length] } })),
        links: found,
      }],
    };
  },
  note: (context) => context.words.month(context.mine.months[context.at]),
  rows: (context) => [["from", "to", context.words.t("charts.usd_bn")], ...links(context).map((link) => [named(context.words, link.source), named(context.words, link.target), link.value])],
};
