// The charts over the months: what each draws and what its table says.

import { area, band, level, line, overMonths } from "./lines.js";
import { COLOURS, DASHES, ink, PALETTE } from "./look.js";

const KINDS = { onsite: COLOURS.blue, offsite: COLOURS.sky, supplier: COLOURS.green, energy: COLOURS.orange, permanent: COLOURS.red, induced: COLOURS.purple };
const CLASSES_SHOWN = ["heavy_turbine", "substation_transformer", "switchgear", "genset", "building_transformer", "accelerator"];
const MOST_NAMED = 6;

const scaled = (values, by) => values.map((value) => (value === null ? null : value / by));
const sum = (values) => values.reduce((a, b) => a + (b ?? 0), 0);
const added = (lists, count) => Array.from({ length: count }, (_, i) => sum(lists.map((list) => list[i])));

// The largest by their sum, the others together.
function ranked(lists, words, group) {
  const names = Object.keys(lists).filter((name) => sum(lists[name]) > 0).sort((a, b) => sum(lists[b]) - sum(lists[a]));
  const shown = names.slice(0, MOST_NAMED).map((name) => [group ? words.t(`${group}.${name}`) : name, lists[name]]);
  const rest = names.slice(MOST_NAMED);
  if (rest.length) shown.push([words.t("charts.others"), added(rest.map((name) => lists[name]), lists[rest[0]].length)]);
  return shown;
}

function table(context, columns) {
  const { mine, words } = context;
  return [[words.t("charts.month"), ...columns.map(([name]) => name)], ...mine.months.map((month, i) => [month, ...columns.map(([, values]) => values[i] ?? null)])];
}

function pinned(context, pick, by) {
  return context.pins.filter((pin) => pin.answer).map((pin, i) => line(pin.name, scaled(pick(pin.answer), by), PALETTE[(i + 2) % PALETTE.length], { width: 1.8, dash: DASHES[(i + 2) % DASHES.length] }));
}

function bands(context, name, by, color) {
  const found = context.band;
  return found ? band(name, scaled(found.value.low[name], by), scaled(found.value.high[name], by), color) : [];
}

function bandNote(context) {
  return context.band ? context.words.t("charts.band_note", { seeds: context.band.head.seeds, of: context.band.head.of }) : "";
}

function jobsLists({ mine, words }, mode) {
  if (mode === "kind") return Object.keys(KINDS).map((kind) => [words.t(`kinds.${kind}`), mine.series[`jobs_${kind}`], KINDS[kind]]);
  const lists = mode === "trade" ? ranked(mine.jobs_by_trade, words, "trades") : ranked(mine.jobs_by_region, words);
  return lists.map(([name, values], i) => [name, values, i < PALETTE.length ? PALETTE[i] : "#C8C8C8"]);
}

export const jobs = {
  name: "jobs",
  modes: ["kind", "trade", "region"],
  option(context, mode) {
    const { mine, base, words } = context;
    const claim = context.claims.jobs;
    const series = jobsLists(context, mode).map(([name, values, color]) => area(name, scaled(values, 1000), color));
    if (mode !== "trade") {
      series.push(bands(context, "jobs_total", 1000, ink().strong), line(words.t("charts.total"), scaled(mine.series.jobs_total, 1000), ink().strong, { width: 1.6 }));
      if (base) series.push(line(context.baseName, scaled(base.series.jobs_total, 1000), ink().base, { dash: [6, 4], width: 1.8 }));
      series.push(pinned(context, (answer) => answer.series.jobs_total, 1000), level(claim / 1000, words.t("charts.claim", { n: words.n(claim) })));
    }
    return overMonths(words, mine.months, series, words.t("charts.thousand_jobs"), { atLeast: mode === "trade" ? 0 : (claim / 1000) * 1.2 });
  },
  note: (context, mode) => (mode === "trade" ? "" : bandNote(context)),
  rows: (context, mode) => table(context, [...jobsLists(context, mode), [context.words.t("charts.total"), context.mine.series.jobs_total], ...(context.base ? [[context.baseName, context.base.series.jobs_total]] : [])]),
};

function campusRows({ mine, at }) {
  return mine.campuses.filter((campus) => campus.program === "stargate").map((campus) => ({ name: campus.name.replace("OpenAI Stargate ", ""), operating: campus.operating_mw[at], started: Math.max(0, campus.started_mw[at] - campus.operating_mw[at]), planned: Math.max(0, campus.facility_mw - Math.max(campus.started_mw[at], campus.operating_mw[at])) })).sort((a, b) => a.operating + a.started + a.planned - (b.operating + b.started + b.planned));
}

export const capacity = {
  name: "capacity",
  modes: ["together", "campus"],
  isAtMonth: (mode) => mode === "campus",
  option(context, mode) {
    return mode === "campus" ? byCampus(context) : together(context);
  },
  note: (context, mode) => (mode === "together" ? bandNote(context) : context.words.month(context.mine.months[context.at])),
  rows(context, mode) {
    const { words, mine, base } = context;
    const t = (key) => words.t(`charts.${key}`);
    if (mode === "campus") return [["campus", t("operating"), t("building"), t("planned")], ...campusRows(context).map((row) => [row.name, row.operating, row.started, row.planned])];
    return table(context, [[t("mine"), scaled(mine.series.stargate_operating_mw, 1000)], [t("plan"), scaled(mine.series.stargate_announced_mw, 1000)], ...(base ? [[context.baseName, scaled(base.series.stargate_operating_mw, 1000)]] : [])]);
  },
};

function together(context) {
  const { mine, base, words } = context;
  const t = (key) => words.t(`charts.${key}`);
  const series = [bands(context, "stargate_operating_mw", 1000, ink().mine), line(t("mine"), scaled(mine.series.stargate_operating_mw, 1000), ink().mine, { width: 3 })];
  if (base) series.push(line(context.baseName, scaled(base.series.stargate_operating_mw, 1000), ink().base, { dash: [6, 4], width: 1.8 }));
  series.push(line(t("plan"), scaled(mine.series.stargate_announced_mw, 1000), ink().strong, { dash: [2, 3], width: 1.8 }), pinned(context, (answer) => answer.series.stargate_operating_mw, 1000));
  for (const overlay of context.overlays) series.push(line(overlay.name, mine.months.map((month) => overlay.values[month] ?? null), COLOURS.purple, { dash: [4, 3] }));
  return overMonths(words, mine.months, series, t("gw"));
}

function byCampus(context) {
  const { words } = context;
  const rows = campusRows(context);
  const look = ink();
  const bar = (key, color, more) => ({ type: "bar", stack: "campus", name: words.t(`charts.${key}`), data: rows.map((row) => row[{ operating: "operating", building: "started", planned: "planned" }[key]] / 1000), itemStyle: { color, ...more }, barWidth: "62%" });
  const option = overMonths(words, rows.map((row) => row.name), [bar("operating", COLOURS.blue), bar("building", COLOURS.orange), bar("planned", look.line)], "");
  return {
    ...option,
    grid: { ...option.grid, top: 10 },
    yAxis: { type: "category", data: rows.map((row) => row.name), axisLabel: { color: look.text }, axisTick: { show: false }, axisLine: { show: false } },
    xAxis: { type: "value", name: words.t("charts.gw"), nameTextStyle: { color: look.quiet }, splitLine: { lineStyle: { color: look.line } }, axisLabel: { color: look.quiet, formatter: (value) => words.short(value, 3) } },
    tooltip: { ...option.tooltip, axisPointer: { type: "shadow" } },
  };
}

function wageLists({ mine, words }, mode) {
  if (mode === "pay") return [[words.t("charts.site_pay"), mine.series.site_wage_electrician_usd_per_hour.map((pay) => pay || null)], [words.t("charts.market_pay"), mine.series.site_market_wage_electrician_usd_per_hour.map((pay) => pay || null)]];
  return ranked(mode === "vacancies" ? mine.unfilled_by_trade : mine.wage_by_trade, words, "trades").filter(([name]) => mode === "vacancies" || name !== words.t("charts.others"));
}

export const wages = {
  name: "wages",
  modes: ["pay", "vacancies", "pay_trades"],
  option(context, mode) {
    const { mine, base, words } = context;
    const series = wageLists(context, mode).map(([name, values], i) => line(name, values, mode === "pay" ? [COLOURS.red, ink().strong][i] : PALETTE[i % PALETTE.length], { dash: mode === "pay" ? "solid" : DASHES[i % DASHES.length] }));
    if (mode === "pay") {
      series.push(bands(context, "site_wage_electrician_usd_per_hour", 1, COLOURS.red).map((one) => ({ ...one, data: one.data.map((value) => value || null) })));
      if (base) series.push(line(context.baseName, base.series.site_wage_electrician_usd_per_hour.map((pay) => pay || null), ink().base, { dash: [6, 4], width: 1.8 }));
    }
    return overMonths(words, mine.months, series, words.t(mode === "vacancies" ? "charts.open_jobs" : "charts.usd_hour"), { scale: mode !== "vacancies" });
  },
  note: (context, mode) => (mode === "pay" ? bandNote(context) : ""),
  rows: (context, mode) => table(context, wageLists(context, mode)),
};

const EQUIPMENT = { lead: ["lead_months", "months"], price: ["price_usd_per_kw", "usd_kw"], backlog: ["backlog_mw", "mw"] };
const klass = (words, name) => (words.texts[words.language].classes[name] ? words.t(`classes.${name}`) : words.t(`inputs.${name}`));

export const equipment = {
  name: "equipment",
  modes: ["lead", "price", "backlog"],
  option(context, mode) {
    const { mine, base, words } = context;
    const [column, unit] = EQUIPMENT[mode];
    const lists = mine.equipment[column];
    const series = CLASSES_SHOWN.filter((name) => mode !== "price" || name !== "accelerator").map((name, i) => [
      line(klass(words, name), lists[name], PALETTE[i % PALETTE.length]),
      base && !context.isBase ? { ...line(`${klass(words, name)}, ${context.baseName}`, base.equipment[column][name], PALETTE[i % PALETTE.length], { dash: [3, 3], width: 1.2 }), legendHoverLink: false } : [],
    ]);
    const option = overMonths(words, mine.months, series, words.t(`charts.${unit}`));
    option.legend.data = CLASSES_SHOWN.map((name) => klass(words, name));
    return option;
  },
  rows: (context, mode) => table(context, Object.entries(context.mine.equipment[EQUIPMENT[mode][0]]).map(([name, values]) => [klass(context.words, name), values])),
};

function computeLists({ mine, words }) {
  const { openai_compute_mw: all, openai_microsoft_share: microsoft, openai_stargate_share: stargate } = mine.series;
  const name = (key) => words.t(`suppliers.${key}`);
  return [[name("microsoft"), all.map((mw, i) => mw * microsoft[i]), COLOURS.orange], [name("stargate"), all.map((mw, i) => mw * stargate[i]), COLOURS.blue], [name("others"), all.map((mw, i) => mw * Math.max(0, 1 - microsoft[i] - stargate[i])), "#9aa3ad"]];
}

export const compute = {
  name: "compute",
  option(context) {
    const { mine, base, words } = context;
    const series = computeLists(context).map(([name, values, color]) => area(name, values, color));
    if (base) series.push(line(context.baseName, base.series.openai_compute_mw, ink().base, { dash: [6, 4], width: 1.8 }));
    return overMonths(words, mine.months, series, words.t("charts.mw_it"));
  },
  rows: (context) => table(context, computeLists(context)),
};
