// The four numbers of first sight, one sentence each.

import { clear, h } from "./dom.js";

const NAMES = ["jobs", "capacity", "spent", "binding"];
const YEAR = 12;

export function peak(values) {
  return values.reduce((best, value, at) => (value > values[best] ? at : best), 0);
}

// The input that cost most in the twelve months to a month, and its share of all that was lost.
export function binding(answer, at) {
  const sums = Object.entries(answer.lost_by_input).map(([input, lost]) => [input, lost.slice(Math.max(0, at - YEAR + 1), at + 1).reduce((a, b) => a + b, 0)]);
  const total = sums.reduce((sum, [, lost]) => sum + lost, 0);
  const [input, lost] = sums.reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0]);
  return { input, share: total > 0 ? lost / total : 0 };
}

export class Headlines {
  constructor(words, store) {
    Object.assign(this, { words, store });
    this.element = h("section", { class: "headlines", "aria-live": "polite" });
    this.draw();
  }

  draw() {
    this.cards = {};
    clear(this.element, NAMES.map((name) => {
      const card = { value: h("div", { class: "big", "data-headline": name }), delta: h("div", { class: "delta" }), text: h("p", {}), more: h("p", { class: "quiet" }) };
      this.cards[name] = card;
      return h("article", { class: "headline", title: this.words.t(`headline.isnt_${name}`) }, h("h2", {}, this.words.t(`headline.${name}`)), card.value, card.delta, card.text, card.more);
    }));
  }

  show({ mine, base, net, netBase, band, at, isPreview }) {
    if (!mine) return;
    const { words } = this;
    this.element.classList.toggle("preview", Boolean(isPreview));
    const month = words.month(mine.months[at]);
    const values = { jobs: mine.series.jobs_total, capacity: mine.series.stargate_operating_mw.map((mw) => mw / 1000), spent: mine.series.stargate_spent_total_usd.map((usd) => usd / 1e9) };
    const bases = base && { jobs: base.series.jobs_total, capacity: base.series.stargate_operating_mw.map((mw) => mw / 1000), spent: base.series.stargate_spent_total_usd.map((usd) => usd / 1e9) };
    const top = peak(values.jobs);
    this.put("jobs", words.n(values.jobs[at]), words.t("headline.jobs_sentence", { month, peak: words.n(values.jobs[top]), peak_month: words.month(mine.months[top]) }), [this.net(mine, net, at), this.band(band, "jobs_total", at, (x) => words.n(x))].filter(Boolean).join(" "));
    const gw = (value) => words.n(value, 2);
    this.put("capacity", `${gw(values.capacity[at])} GW`, words.t("headline.capacity_sentence", { month, plan: gw(mine.series.stargate_announced_mw[at] / 1000) }), this.band(band, "stargate_operating_mw", at, (x) => gw(x / 1000)));
    const claims = this.store.start.claims;
    this.put("spent", words.t("headline.spent_value", { n: words.n(values.spent[at]) }), words.t("headline.spent_sentence", { claim: words.n(claims.usd_bn), due: words.month(claims.due) }), this.band(band, "stargate_spent_total_usd", at, (x) => words.n(x / 1e9)));
    if (!isPreview) this.bound(mine, base, at, month);
    const digits = { jobs: 0, capacity: 2, spent: 0 };
    for (const name of Object.keys(values)) this.delta(name, bases && values[name][at] - bases[name][at], digits[name]);
  }

  net(mine, net, at) {
    if (!net) return this.words.t("headline.net_pending");
    const difference = (...names) => this.words.signed(names.reduce((sum, name) => sum + mine.series[name][at] - net.series[name][at], 0));
    return this.words.t("headline.net_sentence", { now: difference("jobs_total", "rival_jobs_total"), people: difference("trades_employed") });
  }

  bound(mine, base, at, month) {
    const { words } = this;
    const found = binding(mine, at);
    if (!found.input) return this.put("binding", words.t("headline.binding_none"), words.t("headline.binding_none_sentence", { month }), "");
    this.put("binding", words.t(`inputs.${found.input}`), words.t("headline.binding_sentence", { share: words.share(found.share), month }), "");
    const before = base && binding(base, at);
    const name = this.baseName();
    this.cards.binding.delta.textContent = !before ? "" : before.input === found.input
      ? words.t("headline.same", { base: name })
      : `${name}${words.language === "fr" ? " : " : ": "}${before.input ? words.t(`inputs.${before.input}`) : words.t("headline.binding_none")}`;
    return undefined;
  }

  band(band, name, at, format) {
    if (!band) return "";
    return this.words.t("headline.band", { low: format(band.value.low[name][at]), high: format(band.value.high[name][at]), seeds: band.head.seeds });
  }

  baseName() {
    return this.store.baseName ?? this.words.t("headline.baseline");
  }

  delta(name, difference, digits) {
    const { words } = this;
    const element = this.cards[name].delta;
    if (difference === null || difference === undefined || !Number.isFinite(difference)) {
      element.textContent = "";
      return;
    }
    const isSame = Math.abs(difference) < 0.5 * 10 ** -digits;
    element.textContent = isSame ? words.t("headline.same", { base: this.baseName() }) : words.t("headline.delta", { delta: words.signed(difference, digits), base: this.baseName() });
    element.dataset.sign = isSame ? "0" : difference > 0 ? "+" : "-";
  }

  put(name, value, text, more) {
    const card = this.cards[name];
    card.value.textContent = value.charAt(0).toUpperCase() + value.slice(1);
    card.text.textContent = text;
    card.more.textContent = more;
  }
}
