// Up to four pinned scenarios side by side; any of them can be the baseline.

import { button, clear, h } from "./dom.js";
import { binding, peak } from "./headlines.js";
import { sentences } from "./levers.js";
import { FIRST, keyOf } from "./store.js";

const MOST = 4;
const MOST_NAME = 40;
const MOST_FILE_BYTES = 1_000_000;
const MOST_ROWS = 500;

export class Compare {
  constructor(words, store, room) {
    Object.assign(this, { words, store, room });
    this.pins = [];
    this.overlays = [];
    this.element = h("section", { class: "frame compare", id: "compare" });
    this.draw();
  }

  pin() {
    if (this.pins.length >= MOST) return this.room.refuse(this.words.t("compare.full"));
    const { question } = this.store;
    if (this.pins.some((pin) => keyOf(pin.question) === keyOf(question))) return undefined;
    const pin = { question, name: this.words.t("compare.unnamed", { n: this.pins.length + 1 }), answer: this.room.mine };
    this.pins.push(pin);
    this.room.changed();
    return this.draw();
  }

  remove(pin) {
    this.pins = this.pins.filter((one) => one !== pin);
    this.room.changed();
    this.draw();
  }

  draw() {
    const { words, store } = this;
    const t = (key, values) => words.t(`compare.${key}`, values);
    const upload = h("input", { type: "file", accept: ".csv,text/csv", class: "file", "data-upload": "overlay", onchange: () => this.upload(upload) });
    this.body = h("div", { class: "table-scroll" });
    clear(this.element, h("header", {}, h("div", {}, h("h2", {}, words.t("views.compare")), !this.pins.length && h("p", { class: "quiet" }, t("empty"))),
      h("button", { type: "button", class: "main", "data-act": "pin", onclick: () => this.pin() }, t("pin"))),
    this.body,
    h("div", { class: "tools" }, h("label", { class: "tool upload" }, t("uploaded"), upload), store.baseName && h("button", { type: "button", class: "tool", onclick: () => store.useBase({ ...FIRST, seed: store.question.seed }, null) }, t("shipped_base"))));
    this.show();
  }

  show() {
    const { words, store, room } = this;
    if (!this.pins.length || !room.mine) return clear(this.body);
    const t = (key) => words.t(`compare.${key}`);
    const rows = [{ name: t("this"), answer: room.mine, question: store.question }, ...this.pins];
    const head = ["", t("jobs"), t("peak"), t("capacity"), t("spent"), t("binding"), ""];
    return clear(this.body, h("table", { class: "compare-table" }, h("thead", {}, h("tr", {}, head.map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, rows.map((row) => this.row(row)))));
  }

  row(pin) {
    const { words, room, store } = this;
    const { at, base } = room;
    const value = (answer, name, by, i = at) => answer.series[name][i] / by;
    const cell = (name, by, digits, pick = () => at) => {
      const mine = value(pin.answer, name, by, pick(pin.answer));
      const theirs = base && value(base, name, by, pick(base));
      return h("td", {}, words.n(mine, digits), base && h("small", {}, words.signed(mine - theirs, digits)));
    };
    const isPinned = this.pins.includes(pin);
    const name = isPinned ? h("input", { type: "text", value: pin.name, maxlength: MOST_NAME, "aria-label": words.t("compare.name"), onchange: (event) => this.rename(pin, event.target.value) }) : pin.name;
    return h("tr", {}, h("th", { scope: "row", title: sentences(store, words, pin.question).map((one) => one.text).join("\n") || words.t("levers.same") }, name),
      cell("jobs_total", 1, 0), cell("jobs_total", 1, 0, (answer) => peak(answer.series.jobs_total)), cell("stargate_operating_mw", 1000, 2), cell("stargate_spent_total_usd", 1e9, 0),
      h("td", {}, words.t(`inputs.${binding(pin.answer, at).input}`)),
      h("td", { class: "row-tools" }, isPinned && [
        h("button", { type: "button", class: "tool", onclick: () => store.go(pin.question) }, words.t("compare.open")),
        h("button", { type: "button", class: "tool", disabled: keyOf(store.base) === keyOf(pin.question), onclick: () => store.useBase(pin.question, pin.name) }, words.t("compare.use_base")),
        button("reset", words.t("compare.remove"), () => this.remove(pin), { class: "tiny" })]));
  }

  rename(pin, name) {
    pin.name = name.trim().slice(0, MOST_NAME) || pin.name;
    this.room.changed();
    this.show();
  }

  async upload(input) {
    const file = input.files[0];
    input.value = "";
    if (!file) return;
    try {
      if (file.size > MOST_FILE_BYTES) throw new Error(`${file.name}: ${Math.round(file.size / 1e6)} MB > 1 MB`);
      this.overlays = [{ name: file.name.slice(0, MOST_NAME), values: readOverlay(await file.text(), file.name) }];
      this.room.changed();
    } catch (error) {
      this.room.refuse(this.words.t("page.refused", { why: error.message }));
    }
  }
}

// A CSV of two columns, month as YYYY-MM and a number; anything else is refused, whole.
export function readOverlay(text, name) {
  const values = {};
  const rows = text.replace(/^\ufeff/, "").split(/\r?\n/).filter((row) => row.trim());
  if (rows.length > MOST_ROWS) throw new Error(`${name}: ${rows.length} > ${MOST_ROWS} rows`);
  rows.forEach((row, i) => {
    const cells = row.split(/[,;\t]/).map((cell) => cell.trim());
    if (i === 0 && cells.length === 2 && !/^\d{4}-\d{2}/.test(cells[0])) return; // a header
    if (cells.length !== 2 || !/^\d{4}-(0[1-9]|1[0-2])(-\d{2})?$/.test(cells[0]) || cells[1] === "" || !Number.isFinite(Number(cells[1]))) throw new Error(`${name}, ${i + 1}: "${row.slice(0, 40)}" (2027-01,1.5)`);
    values[cells[0].slice(0, 7)] = Number(cells[1]);
  });
  if (!Object.keys(values).length) throw new Error(`${name}: 0 rows`);
  return values;
}
