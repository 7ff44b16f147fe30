// Levers made from the numbers of the model: a range, a typed value, and what it means and does not mean.

import { button, clear, h, icon } from "./dom.js";
import { shockText } from "./shocks.js";

const EPSILON = 1e-9;

export class Levers {
  constructor(store, words, refuse) {
    Object.assign(this, { store, words, refuse });
    this.rows = new Map();
    this.element = h("div", { class: "lever-groups" });
    this.open = new Set([store.start.levers.en.groups[0].key]);
    this.draw();
  }

  draw() {
    const { levers, groups } = this.store.start.levers[this.words.language];
    this.rows.clear();
    clear(
      this.element,
      groups.map((group) => {
        const rows = levers.filter((lever) => lever.group === group.key).map((lever) => this.row(lever));
        const count = h("span", { class: "count" });
        const details = h("details", { class: "group", open: this.open.has(group.key) }, h("summary", {}, group.title, count), rows);
        details.addEventListener("toggle", () => (details.open ? this.open.add(group.key) : this.open.delete(group.key)));
        for (const lever of levers) if (lever.group === group.key) this.rows.get(lever.name).count = count;
        return details;
      }),
      this.switches(),
    );
    this.show();
  }

  row(lever) {
    const { words, store } = this;
    const t = (key, values) => words.t(`levers.${key}`, values);
    const id = `lever-${lever.name.replaceAll(".", "-")}`;
    const range = h("input", {
      type: "range", id, min: lever.low, max: lever.high, step: lever.step, "data-lever": lever.name,
      oninput: () => store.drag(lever.name, Number(range.value)),
      onchange: () => store.change(lever.name, Number(range.value)),
    });
    const typed = h("input", {
      type: "text", inputmode: "decimal", class: "typed", "aria-label": `${lever.title}, ${lever.unit}`, "data-typed": lever.name,
      onchange: () => this.typed(lever, typed),
      onkeydown: (event) => event.key === "Enter" && typed.blur(),
    });
    const reset = button("reset", t("reset"), () => store.reset(lever.name), { class: "tiny", "data-reset": lever.name });
    const mark = h("span", { class: "mark", title: t("default", { value: words.value(lever.value, lever) }) });
    mark.style.setProperty("--at", (lever.value - lever.low) / (lever.high - lever.low));
    const value = h("output", { for: id, class: "lever-value" });
    const about = h("div", { class: "about", hidden: true, id: `${id}-about` },
      h("p", {}, t("means", { about: lever.about })), h("p", {}, t("isnt", { isnt: lever.isnt })),
      h("p", { class: "quiet" }, `${t("default", { value: words.value(lever.value, lever) })} · ${t("range", { low: words.value(lever.low, lever), high: words.value(lever.high, lever) })}`),
      h("p", { class: "quiet" }, t("source", { source: lever.source }), ` (${t("known", { month: lever.known_from })})`));
    const info = button("info", t("explain"), () => {
      about.hidden = !about.hidden;
      info.setAttribute("aria-expanded", String(!about.hidden));
    }, { class: "tiny", "aria-expanded": "false", "aria-controls": `${id}-about` });
    this.rows.set(lever.name, { lever, range, typed, value, reset });
    return h("div", { class: "lever" },
      h("div", { class: "lever-head" }, h("label", { for: id }, lever.title), value, info, reset),
      h("div", { class: "lever-body" }, h("div", { class: "track" }, range, mark), typed),
      about);
  }

  switches() {
    const { words, store } = this;
    const rows = Object.entries(store.start.switches).map(([name, positions]) => {
      const select = h("select", { "data-lever": name, onchange: () => store.change(name, select.value) },
        positions.map((position) => h("option", { value: position }, words.t(`switches.${position}`))));
      this.rows.set(name, { select });
      return h("label", { class: "switch" }, words.t(`switches.${name}`), select);
    });
    return h("div", { class: "switches" }, rows);
  }

  typed(lever, input) {
    const { words } = this;
    const text = input.value.trim().replace(/\s/g, "").replace(",", ".");
    const value = text === "" ? Number.NaN : Number(text);
    if (!Number.isFinite(value)) this.refuse(words.t("levers.bad_number", { text: input.value }));
    else if (value < lever.low - EPSILON || value > lever.high + EPSILON) {
      const range = { value: words.short(value, 6), low: words.short(lever.low, 6), high: words.short(lever.high, 6) };
      this.refuse(words.t("levers.out_of_range", range));
    } else return this.store.change(lever.name, value);
    this.show();
    return undefined;
  }

  show(moved) {
    const { store, words } = this;
    const counts = new Map();
    for (const [name, row] of this.rows) {
      if (row.select) {
        row.select.value = store.switched(name);
        continue;
      }
      const value = moved?.name === name ? moved.value : store.value(name);
      if (moved?.name !== name) row.range.value = value; // the browser moves the one that is dragged
      row.typed.value = String(value);
      row.value.textContent = words.value(value, row.lever);
      row.range.setAttribute("aria-valuetext", row.value.textContent);
      row.reset.disabled = !(name in store.question.set);
      row.reset.classList.toggle("idle", row.reset.disabled);
      const differs = value !== row.lever.value;
      row.range.closest(".lever").classList.toggle("differs", differs);
      counts.set(row.count, (counts.get(row.count) || 0) + (differs ? 1 : 0));
    }
    for (const [count, n] of counts) count.textContent = n ? String(n) : "";
  }
}

// What differs, as sentences, always computed against the shipped baseline.
export function sentences(store, words, question = store.question) {
  const told = [];
  const t = (key, values) => words.t(`levers.${key}`, values);
  const titles = new Map(store.start.levers[words.language].levers.map((lever) => [lever.name, lever.title]));
  const scenario = store.scenarios.get(question.scenario);
  const name = (number) => titles.get(number) ?? store.numbers[number]?.about ?? number;
  if (scenario && scenario.name !== "baseline") told.push({ text: t("scenario", { why: scenario.why }) });
  for (const [number, value] of Object.entries({ ...scenario?.overrides, ...question.set })) {
    if (number in store.start.switches) continue;
    const known = store.numbers[number];
    if (!known || value === known.value) continue;
    told.push({ text: t("sentence", { title: name(number), from: words.value(known.value, known), to: words.value(value, known) }), name: number in question.set ? number : null });
  }
  for (const [which, positions] of Object.entries(store.start.switches)) {
    const at = store.switched(which, question);
    if (at !== positions[0]) {
      told.push({ text: t("switch", { name: words.t(`switches.${which}`), from: words.t(`switches.${positions[0]}`), to: words.t(`switches.${at}`) }), name: which in question.set ? which : null });
    }
  }
  if (scenario?.abundant.length) told.push({ text: t("abundant", { inputs: scenario.abundant.map((input) => words.t(`inputs.${input}`)).join(", ") }) });
  const changes = (scenario?.changes ?? []).map((change) => ({ ...change, month: monthAfter("2024-05", change.month) }));
  for (const change of changes) told.push({ text: shockText(change, store, words, name) });
  for (const shock of question.shocks) told.push({ text: shockText(shock, store, words, name), shock });
  return told;
}

function monthAfter(first, count) {
  const [year, month] = first.split("-").map(Number);
  const date = new Date(Date.UTC(year, month - 1 + count, 1));
  return `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, "0")}`;
}

export function differenceList(store, words) {
  const told = sentences(store, words);
  if (!told.length) return h("p", { class: "quiet" }, words.t("levers.same"));
  return h("ul", { class: "differs-list", "data-differs": told.length },
    told.map((one) => h("li", {}, one.text, (one.name || one.shock) && h("button", { type: "button", class: "link", onclick: () => (one.shock ? store.removeShock(one.shock) : store.reset(one.name)), "aria-label": words.t("levers.reset") }, icon("reset")))));
}
