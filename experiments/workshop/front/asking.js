// What the page asks of the server, and what it does with the answers: yours, the baseline's, the net one, the band.

import { Answers } from "./answers.js";
import { Estimates, shifted } from "./estimate.js";
import { write } from "./link.js";
import { FIRST, keyOf } from "./store.js";

export class Asking {
  constructor(model) {
    this.answers = new Answers(model, (why, kind) => this.refused(why, kind));
    this.estimates = new Estimates();
  }

  heard(what) {
    if (what.kind === "drag") return this.drag(what);
    if (what.kind === "base") this.forgetBase();
    this.answers.forget("preview", "net", "band");
    this.anchor = null;
    this.face();
    return this.ask();
  }

  ask() {
    const { question, base } = this.store;
    this.root.dataset.ready = "false";
    this.status.textContent = this.words.t(this.mine ? "page.running" : "page.loading");
    if (this.baseKey !== keyOf(base)) this.forgetBase();
    this.wanted = keyOf(question);
    this.answers.ask("mine", "whole", question, (answer) => this.answered(answer, question));
    if (!this.base) this.answers.ask("base", "base", base, (answer) => { this.base = answer; this.changed(); });
    this.writeLink();
  }

  forgetBase() {
    this.base = null;
    this.coarseBase = null;
    this.baseKey = keyOf(this.store.base);
  }

  answered(answer, question) {
    this.mine = answer;
    this.band = null;
    this.net = null;
    this.preview = null;
    this.player.load(answer.months, this.firstMonth(answer));
    this.changed();
    const isStill = () => this.wanted === keyOf(question);
    this.answers.ask("net", "net", question, (net) => isStill() && ((this.net = net), this.changed()));
    this.answers.ask("band", "band", question, (value, head) => isStill() && ((this.band = { value, head }), this.changed()));
    if (!this.coarseFirst) {
      this.answers.ask("first", "preview", FIRST, (coarse) => { this.coarseFirst = coarse; });
      this.answers.ask("ends", "ends", FIRST, ({ series }, { name, value }) => this.estimates.take(name, value, series));
    }
    if (!this.coarseBase) this.answers.ask("coarse", "preview", this.store.base, (coarse) => { this.coarseBase = coarse; });
  }

  firstMonth({ months }) {
    if (this.month === null) return undefined;
    const wished = this.month || new Date().toISOString().slice(0, 7);
    const at = months.indexOf(wished);
    const shown = at >= 0 ? at : wished < months[0] ? 0 : months.length - 1;
    if (this.month && at < 0) this.refuse(this.words.t("page.unknown_month", { month: this.month, shown: months[shown] }), true);
    this.month = null;
    return shown;
  }

  // While a lever moves: an estimate at once, and coarse runs one after the other, always of the newest position.
  drag(to) {
    this.root.dataset.ready = "false";
    this.levers.show(to);
    if (!this.base || !this.coarseBase || !this.mine) return;
    if (this.anchor?.name !== to.name) this.anchor = { name: to.name, value: this.store.value(to.name), series: this.mine.series };
    this.newest = to;
    this.estimate();
    if (!this.answers.waiting.has("preview")) this.askCoarse(to);
  }

  askCoarse(to) {
    this.answers.ask("preview", "preview", to.question, (coarse) => {
      this.anchor = { name: to.name, value: to.value, series: this.moved(coarse.series) };
      if (!this.estimate()) this.showPreview(this.anchor.series, "page.preview");
      if (this.newest !== to) this.askCoarse(this.newest);
    });
  }

  // From the last run there is to where the lever is now; false if that cannot be estimated.
  estimate() {
    const { anchor, newest } = this;
    const lever = this.store.numbers[newest.name];
    if (anchor.value === newest.value) return this.showPreview(anchor.series, "page.preview");
    const shift = lever && this.estimates.shift(lever, anchor.value, newest.value, this.coarseFirst?.series);
    return Boolean(shift) && this.showPreview(shifted(anchor.series, shift), "page.estimate");
  }

  showPreview(series, status) {
    this.preview = { ...this.mine, series };
    this.status.textContent = this.words.t(status);
    this.show();
    return true;
  }

  // The baseline moved by what the coarse pair of runs differs: the same luck, and no jump from coarse to fine.
  moved(coarse) {
    const [fine, from] = [this.base.series, this.coarseBase.series];
    return Object.fromEntries(Object.keys(fine).map((name) => [name, fine[name].map((value, i) => ([value, coarse[name][i], from[name][i]].includes(null) ? value : value + coarse[name][i] - from[name][i]))]));
  }

  refused(why, kind) {
    if (["net", "band", "preview", "ends"].includes(kind)) return;
    this.refuse(this.words.t("page.failed", { why }), true);
    this.status.textContent = "";
    if (this.mine) this.root.dataset.ready = "true";
  }

  writeLink() {
    if (this.mine) write(this.search());
  }
}
