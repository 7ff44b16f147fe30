// Dated shocks: a number or the structure of finance from a month on, or an event for some months.

import { clear, h } from "./dom.js";

const EVENT_MONTHS = 12;
const MOST_MONTHS = 120;

export class Shocks {
  constructor(store, words, room) {
    Object.assign(this, { store, words, room });
    this.element = h("details", { class: "group shocks" });
    this.draw();
  }

  draw() {
    const { words, store } = this;
    const t = (key) => words.t(`shocks.${key}`);
    const option = (value, text) => h("option", { value }, text);
    const levers = store.start.levers[words.language].levers;
    this.what = h("select", { "aria-label": t("what"), "data-shock": "what", onchange: () => this.value() },
      h("optgroup", { label: t("numbers") }, levers.map((lever) => option(lever.name, lever.title)), option("finance_structure", words.t("switches.finance_structure"))),
      h("optgroup", { label: t("events") }, Object.keys(store.start.events).map((event) => option(event, t(event)))));
    this.month = h("input", { type: "text", class: "typed", value: "2027-01", "aria-label": t("month"), placeholder: "2027-01", "data-shock": "month" });
    this.place = h("span", {});
    clear(this.element, h("summary", {}, t("title")), h("div", { class: "shock-form" },
      h("label", {}, t("month"), this.month), this.what, this.place,
      h("button", { type: "button", class: "tool", "data-shock": "add", onclick: () => this.add() }, t("add"))));
    this.value();
  }

  // The field for the value, as what is chosen needs it.
  value() {
    const { store, words } = this;
    const name = this.what.value;
    const choices = store.start.events[name] ?? store.start.switches[name];
    const label = words.t("shocks.value");
    this.input = choices
      ? h("select", { "aria-label": label, "data-shock": "value" }, choices.map((choice) => h("option", { value: choice }, this.said(name, choice))))
      : h("input", { type: "text", inputmode: "decimal", class: "typed", "aria-label": label, "data-shock": "value", value: String(store.numbers[name].value) });
    this.months = name in store.start.events ? h("input", { type: "text", inputmode: "numeric", class: "typed", "aria-label": words.t("shocks.months"), "data-shock": "months", value: String(EVENT_MONTHS) }) : null;
    const number = store.numbers[name];
    clear(this.place, h("label", {}, number ? `${words.short(number.low, 4)} – ${words.short(number.high, 4)}` : label, this.input), this.months && h("label", {}, words.t("shocks.months"), this.months));
  }

  said(name, choice) {
    if (name === "finance_structure") return this.words.t(`switches.${choice}`);
    return name === "factory_outage" ? className(this.words, choice) : choice;
  }

  add() {
    const { store, words, room } = this;
    const name = this.what.value;
    const month = this.month.value.trim();
    const number = store.numbers[name];
    const value = number ? Number(this.input.value.trim().replace(",", ".") || Number.NaN) : this.input.value;
    const months = this.months ? Number(this.months.value) : 0;
    if (room.mine && !room.mine.months.includes(month)) return room.refuse(words.t("shocks.bad_month", { month }));
    if (number && !(value >= number.low && value <= number.high)) return room.refuse(words.t("levers.out_of_range", { value: this.input.value, low: words.short(number.low, 6), high: words.short(number.high, 6) }));
    if (this.months && !(Number.isInteger(months) && months >= 1 && months <= MOST_MONTHS)) return room.refuse(words.t("levers.bad_number", { text: this.months.value }));
    if (!store.addShock({ month, name, value, months })) room.refuse(words.t("shocks.full"));
    return undefined;
  }
}

export function className(words, name) {
  return words.texts[words.language].classes[name] ? words.t(`classes.${name}`) : words.t(`inputs.${name}`);
}

// One shock as a sentence; `name` says what a number is called.
export function shockText(shock, store, words, name) {
  const month = words.month(shock.month);
  const known = store.numbers[shock.name];
  if (shock.months) {
    const value = shock.name === "factory_outage" ? className(words, shock.value) : shock.value;
    return words.t("levers.event", { month, months: shock.months, name: words.t(`shocks.${shock.name}`), value });
  }
  if (!known) return words.t("levers.dated", { month, name: words.t(`switches.${shock.name}`), from: words.t(`switches.${store.switched(shock.name)}`), to: words.t(`switches.${shock.value}`) });
  return words.t("levers.dated", { month, name: name(shock.name), from: words.value(store.value(shock.name), known), to: words.value(shock.value, known) });
}
