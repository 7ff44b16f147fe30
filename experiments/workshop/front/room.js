// The page: puts its parts together, asks the server, and says when the answer to the latest change is drawn.

import { Asking } from "./asking.js";
import { capacity, compute, equipment, jobs, wages } from "./charts.js";
import { Compare } from "./compare.js";
import { button, clear, h } from "./dom.js";
import { Frame } from "./frame.js";
import { firstTheme, keyPressed, scenarioName, setTheme } from "./habits.js";
import { Headlines } from "./headlines.js";
import { bottlenecks } from "./heat.js";
import { differenceList, Levers } from "./levers.js";
import { ledgers } from "./lights.js";
import { searchOf } from "./link.js";
import { loadOutlines, map } from "./map.js";
import { money } from "./money.js";
import { Player } from "./player.js";
import { Share } from "./share.js";
import { Shocks } from "./shocks.js";
import { keyOf, Store } from "./store.js";
import { Why } from "./why.js";
import { Words } from "./words.js";

const CHARTS = [jobs, capacity, map, bottlenecks, wages, equipment, money, compute, ledgers];
const FIRST_SIGHT = ["jobs", "capacity"];
const MESSAGE_MS = 9000;

class Room extends Asking {
  constructor({ model, el, start }) {
    super(model);
    Object.assign(this, { el, start });
    this.words = new Words(start.texts, start.language);
    this.store = new Store(start);
    this.view = start.link.view;
    this.month = start.link.month;
    this.version = 0;
    this.build();
    this.store.listen((what) => this.heard(what));
    this.greet();
    this.ask();
  }

  // ---- the parts ----

  build() {
    const { words, store } = this;
    this.levers = new Levers(store, words, (why) => this.refuse(why));
    this.shocks = new Shocks(store, words, this);
    this.headlines = new Headlines(words, store);
    this.player = new Player(words, () => this.monthMoved());
    this.why = new Why(words);
    this.frames = CHARTS.map((chart) => new Frame(chart, words, () => this.show()));
    this.compare = new Compare(words, store, this);
    this.share = new Share(words, this);
    this.root = h("div", { class: "room", "data-ready": "false" });
    this.message = h("div", { class: "message", role: "alert", hidden: true });
    this.status = h("span", { class: "status", role: "status" });
    this.differences = h("div", {});
    this.useView(this.view, true);
    this.layout();
    clear(this.el, this.root);
    this.keys = (event) => keyPressed(event, this);
    document.addEventListener("keydown", this.keys);
  }

  layout() {
    const { words, store } = this;
    const t = (key) => words.t(key);
    this.undo = button("undo", t("levers.undo"), () => store.undo(), { "data-act": "undo" });
    this.redo = button("redo", t("levers.redo"), () => store.redo(), { "data-act": "redo" });
    this.replay = button("replay", t("levers.replay"), () => this.replayLast(), { "data-act": "replay" });
    this.resetAll = h("button", { type: "button", class: "tool", "data-act": "reset-all", onclick: () => store.resetAll() }, t("levers.reset_all"));
    this.preset = h("select", { "data-act": "preset", onchange: () => store.go({ scenario: this.preset.value, set: {}, seed: store.question.seed, shocks: [] }) }, store.start.scenarios.map((scenario) => h("option", { value: scenario.name, title: scenario.why }, scenarioName(words, scenario.name))));
    this.seed = h("input", { type: "text", inputmode: "numeric", class: "typed", "data-act": "seed", onchange: () => this.typedSeed() });
    this.views = h("nav", { class: "views" }, ["start", ...CHARTS.map((chart) => chart.name), "compare", "all"].map((name) => h("button", { type: "button", "data-view": name, onclick: () => this.useView(name) }, t(`views.${name}`))));
    this.markView();
    this.foot = h("footer", {}, h("p", {}, t("page.caveat")), h("p", { class: "quiet", "data-about": "" }));
    clear(this.root, h("a", { class: "skip", href: "#results" }, t("page.skip")),
      h("header", { class: "top" }, h("div", { class: "title" }, h("h1", {}, t("page.title")), h("p", {}, t("page.subtitle"))), this.status,
        h("div", { class: "top-tools" }, button("share", t("share.title"), () => this.share.open(), { "data-act": "share" }),
          h("button", { type: "button", "data-act": "language", lang: t("page.language_code"), onclick: () => this.speak(t("page.language_code")) }, t("page.language")),
          button("theme", t("page.theme"), () => this.turnTheme(), { "data-act": "theme" }))),
      this.message,
      h("div", { class: "columns" },
        h("aside", { class: "levers", "aria-label": t("levers.title") },
          h("div", { class: "lever-top" }, h("label", {}, t("levers.preset"), this.preset), h("div", { class: "lever-tools" }, this.undo, this.redo, this.replay, this.resetAll)),
          h("section", { class: "differs-box" }, h("h2", {}, t("levers.differs")), this.differences),
          this.levers.element, this.shocks.element, h("label", { class: "switch" }, t("levers.seed"), this.seed)),
        h("main", { id: "results" }, this.headlines.element, this.player.element, this.views, h("div", { class: "frames" }, this.frames.map((frame) => frame.element), this.why.element, this.compare.element), this.foot)),
      this.share.element);
    this.face();
  }

  greet() {
    const { start, words } = this;
    if (start.trouble) this.refuse(words.t("page.bad_link", { why: start.trouble }), true);
    else if (start.link.model && start.link.model !== start.model) this.refuse(words.t("page.other_version", { theirs: start.link.model, ours: start.model }), true);
  }

  // ---- showing ----

  context() {
    const { mine, base, band, net, words, store, player, compare } = this;
    return {
      mine: this.preview ?? mine, base, band: this.preview ? null : band, net: this.preview ? null : net, at: player.at, words, version: this.version, pins: compare.pins, overlays: compare.overlays,
      claims: store.start.claims, isPreview: Boolean(this.preview), isBase: store.isBase(), baseName: store.baseName ?? words.t("charts.base"),
      choose: (name) => { this.why.choose(name); this.why.show(this.context()); }, chooseMonth: (at) => this.player.jump(at),
    };
  }

  changed() {
    this.show();
  }

  async show() {
    this.version += 1;
    const version = this.version;
    if (!this.mine) return;
    const context = this.context();
    this.headlines.show(context);
    this.why.show(context);
    this.compare.show();
    await Promise.all(this.frames.map((frame) => frame.show(context)));
    const isDrawn = version === this.version && this.base && !this.preview && keyOf(this.mine.question) === this.wanted;
    if (!isDrawn) return;
    requestAnimationFrame(() => {
      if (version !== this.version) return;
      this.root.dataset.ready = "true";
      this.root.dataset.key = this.wanted;
      this.status.textContent = "";
    });
  }

  monthMoved() {
    const context = this.context();
    this.headlines.show(context);
    this.why.show(context);
    this.compare.show();
    for (const frame of this.frames) frame.show(context);
    clearTimeout(this.linkLater);
    this.linkLater = setTimeout(() => this.writeLink(), 250);
  }

  get at() {
    return this.player.at;
  }

  face() {
    const { store, words } = this;
    this.undo.disabled = !store.past.length;
    this.redo.disabled = !store.future.length;
    this.replay.disabled = !store.last;
    this.preset.value = store.question.scenario;
    this.seed.value = String(store.question.seed);
    this.levers.show();
    clear(this.differences, differenceList(store, words));
    this.root.querySelector("[data-about]").textContent = words.t("page.about", this.about());
  }

  about() {
    return { model: this.start.model, seed: this.store.question.seed, scale: 100 };
  }

  useView(name, isFirst = false) {
    this.view = name;
    this.root.dataset.view = name;
    for (const frame of this.frames) {
      const isWanted = name === "all" || frame.chart.name === name || (name === "start" && FIRST_SIGHT.includes(frame.chart.name));
      frame.element.classList.toggle("focus", frame.chart.name === name);
      frame.open(isWanted);
    }
    if (isFirst) return;
    this.markView();
    this.show();
    this.writeLink();
    (name === "compare" ? this.compare.element : this.frames.find((frame) => frame.chart.name === name)?.element)?.scrollIntoView({ block: "nearest" });
  }

  markView() {
    for (const one of this.views.children) one.setAttribute("aria-pressed", String(one.dataset.view === this.view));
  }

  // ---- doing ----

  replayLast() {
    const { last, question } = this.store;
    if (!last) return;
    this.store.drag(last.name, last.from);
    const before = this.store.with(last.name, last.from);
    this.store.put(before);
    setTimeout(() => this.store.put(question), 1200);
  }

  typedSeed() {
    const seed = Number(this.seed.value.trim());
    if (!Number.isInteger(seed) || seed < 0 || seed > 2 ** 31 - 1) {
      this.refuse(this.words.t("levers.bad_number", { text: this.seed.value }));
      this.face();
    } else this.store.go({ ...this.store.question, seed });
  }

  speak(language) {
    this.words.use(language);
    for (const part of [this.levers, this.shocks, this.headlines, this.player, this.compare, ...this.frames]) part.draw();
    this.layout();
    this.useView(this.view);
  }

  turnTheme() {
    setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark", true);
    this.show();
  }

  refuse(why, isLasting = false) {
    clear(this.message, document.createTextNode(why), button("reset", this.words.t("share.close"), () => { this.message.hidden = true; }, { class: "tiny" }));
    this.message.hidden = false;
    clearTimeout(this.messageTimer);
    if (!isLasting) this.messageTimer = setTimeout(() => { this.message.hidden = true; }, MESSAGE_MS);
  }

  state() {
    const { store, player, view, words, start } = this;
    return { question: store.question, month: player.months[player.at] ?? this.month ?? "", view, language: words.language, model: start.model };
  }

  search() {
    return searchOf(this.state());
  }

  dispose() {
    this.answers.stop();
    this.player.pause();
    document.removeEventListener("keydown", this.keys);
    for (const frame of this.frames) frame.dispose();
  }
}

export async function mount({ model, el, start }) {
  setTheme(firstTheme(), false);
  const sheet = h("link", { rel: "stylesheet", href: new URL("room.css", import.meta.url).href });
  await Promise.all([new Promise((resolve) => { sheet.onload = sheet.onerror = resolve; document.head.append(sheet); }), loadOutlines()]);
  const room = new Room({ model, el, start });
  return () => {
    room.dispose();
    sheet.remove();
  };
}
