// The frame of a chart: title, sentence, modes, table, CSV, PNG, SVG; folded until somebody wants it.

import { clear, csv, h, save } from "./dom.js";
import { ink } from "./look.js";

const CDN = new URL((window.solara && window.solara.cdn) || "/_solara/cdn", location.href).href;
let library = null;
const echarts = () => (library ??= import(`${CDN}/echarts@5.4.0/dist/echarts.esm.min.js`));
const PNG_SCALE = 2;

export class Frame {
  constructor(chart, words, onOpen) {
    Object.assign(this, { chart, words, onOpen });
    this.mode = chart.modes?.[0] ?? null;
    this.isOpen = false;
    this.isTable = false;
    this.context = null;
    this.instance = null;
    this.element = h("section", { class: "frame", "data-chart": chart.name, tabindex: "-1" });
    this.observer = new ResizeObserver(() => { this.instance?.resize(); if (this.instance) this.moveCursor(); });
    this.draw();
  }

  draw() {
    const { words, chart } = this;
    const t = (key) => words.t(`charts.${key}`);
    this.instance?.dispose();
    this.instance = null;
    this.drawn = null;
    const id = `chart-${chart.name}`;
    this.body = h("div", { class: "chart-body", id });
    this.canvas = h("div", { class: `canvas ${chart.dom ? "dom" : ""}`, role: "img", "aria-label": `${words.t(`views.${chart.name}`)}. ${t(`about_${chart.name}`)}` });
    if (chart.dom) this.canvas.removeAttribute("role");
    this.cursor = h("div", { class: "cursor", hidden: true });
    this.note = h("p", { class: "note quiet" });
    this.table = h("div", { class: "table", hidden: true, tabindex: "0" });
    clear(this.body, h("div", { class: "canvas-box" }, this.canvas, this.cursor), this.note, this.table);
    this.toggle = h("button", { type: "button", class: "fold", "aria-controls": id, onclick: () => this.open(!this.isOpen, true) });
    const tool = (key, act) => h("button", { type: "button", class: "tool", "data-tool": key, onclick: act }, t(key));
    this.tools = h("div", { class: "tools" }, chart.modes && this.modes(),
      tool("table", () => this.showTable(!this.isTable)), tool("csv", () => this.saveCsv()), tool("png", () => this.savePng()), tool("svg", () => this.saveSvg()));
    clear(this.element, h("header", {}, h("div", {}, h("h2", {}, words.t(`views.${chart.name}`)), h("p", { class: "quiet" }, t(`about_${chart.name}`))), this.toggle), this.tools, this.body);
    this.open(this.isOpen);
  }

  modes() {
    const select = h("div", { class: "modes", role: "group" }, this.chart.modes.map((mode) =>
      h("button", { type: "button", "data-mode": mode, "aria-pressed": String(mode === this.mode), onclick: () => this.use(mode) }, this.words.t(`charts.${mode}`))));
    return select;
  }

  use(mode) {
    this.mode = mode;
    for (const one of this.tools.querySelectorAll("[data-mode]")) one.setAttribute("aria-pressed", String(one.dataset.mode === mode));
    this.drawn = null;
    this.show(this.context);
  }

  open(isOpen, isAsked = false) {
    this.isOpen = isOpen;
    this.element.classList.toggle("folded", !isOpen);
    this.body.hidden = !isOpen;
    this.tools.hidden = !isOpen;
    this.toggle.textContent = this.words.t(isOpen ? "charts.close" : "charts.open");
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen && this.context) this.show(this.context);
    if (isAsked) this.onOpen?.();
  }

  // Draws what changed; a month alone moves the cursor where the chart shows the whole horizon.
  async show(context) {
    this.context = context;
    if (!this.isOpen || !context?.mine) return;
    const isSame = this.drawn && this.drawn.version === context.version;
    if (isSame && this.drawn.at === context.at) return;
    const needsDrawing = !isSame || this.chart.isAtMonth?.(this.mode);
    this.drawn = { version: context.version, at: context.at };
    if (needsDrawing) await this.paint(context);
    this.moveCursor();
    if (this.isTable) this.fillTable();
  }

  async paint(context) {
    const { chart, mode } = this;
    this.note.textContent = chart.note?.(context, mode) ?? "";
    if (chart.dom) {
      clear(this.canvas, chart.dom(context, mode));
      return;
    }
    const option = chart.option(context, mode);
    if (!this.instance) {
      const { init } = await echarts();
      if (this.instance) return this.instance.setOption(chart.option(this.context, this.mode), true);
      this.instance = init(this.canvas, null, { renderer: "svg" });
      this.observer.observe(this.canvas);
    }
    this.instance.setOption(option, true);
    return undefined;
  }

  moveCursor() {
    const { chart, instance, context } = this;
    this.cursor.hidden = !instance || Boolean(chart.isAtMonth?.(this.mode)) || chart.hasNoMonths === true;
    if (this.cursor.hidden) return;
    const x = instance.convertToPixel({ xAxisIndex: 0 }, context.mine.months[context.at]);
    if (Number.isFinite(x)) this.cursor.style.transform = `translateX(${x}px)`;
  }

  rows() {
    return this.chart.rows(this.context, this.mode);
  }

  showTable(isShown) {
    this.isTable = isShown;
    this.table.hidden = !isShown;
    this.tools.querySelector('[data-tool="table"]').setAttribute("aria-pressed", String(isShown));
    if (isShown) this.fillTable();
  }

  fillTable() {
    const [head, ...rows] = this.rows();
    clear(this.table, h("table", {}, h("caption", {}, this.words.t(`views.${this.chart.name}`)), h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, i) => (i ? h("td", {}, typeof cell === "number" ? this.words.short(cell, 5) : cell ?? "–") : h("th", { scope: "row" }, cell))))))));
  }

  saveCsv() {
    save(`stargate-${this.chart.name}.csv`, ["\ufeff", csv(this.rows())], "text/csv;charset=utf-8");
  }

  picture() {
    const svg = this.canvas.querySelector("svg").cloneNode(true);
    const box = this.canvas.querySelector("svg").getBoundingClientRect();
    svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    svg.setAttribute("width", Math.round(box.width));
    svg.setAttribute("height", Math.round(box.height));
    const look = ink();
    svg.style.background = look.surface;
    svg.style.color = look.text;
    svg.style.fontFamily = "Roboto, system-ui, sans-serif";
    return { text: new XMLSerializer().serializeToString(svg), width: Math.round(box.width), height: Math.round(box.height) };
  }

  saveSvg() {
    save(`stargate-${this.chart.name}.svg`, [this.picture().text], "image/svg+xml");
  }

  async savePng() {
    const { text, width, height } = this.picture();
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    await image.decode();
    const canvas = h("canvas", { width: width * PNG_SCALE, height: height * PNG_SCALE });
    const pen = canvas.getContext("2d");
    pen.fillStyle = ink().surface;
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(`stargate-${this.chart.name}.png`, [blob], "image/png"), "image/png");
  }

  dispose() {
    this.observer.disconnect();
    this.instance?.dispose();
  }
}
