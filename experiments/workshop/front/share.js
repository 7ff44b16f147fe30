// Sharing: a link that carries everything, a file of the same, and how to get the same bits without the page.

import { clear, csv, h, save } from "./dom.js";
import { address } from "./link.js";

const MOST_FILE_BYTES = 100_000;

export class Share {
  constructor(words, room) {
    Object.assign(this, { words, room });
    this.element = h("dialog", { class: "share", "aria-label": words.t("share.title") });
  }

  open() {
    this.draw();
    this.element.showModal();
  }

  draw() {
    const { words, room } = this;
    const t = (key) => words.t(`share.${key}`);
    const load = h("input", { type: "file", accept: ".json,application/json", class: "file", "data-upload": "state", onchange: () => this.load(load) });
    clear(this.element, h("header", {}, h("h2", {}, t("title")), h("button", { type: "button", class: "tool", onclick: () => this.element.close() }, t("close"))),
      this.copied(t("link"), address(room.search()), "link"),
      room.mine && this.copied(t("command"), room.mine.command, "command"), room.mine?.toml && this.copied(t("toml"), room.mine.toml, "toml"), room.mine && this.copied(t("python"), room.mine.python, "python"),
      h("div", { class: "tools" },
        h("button", { type: "button", class: "tool", "data-act": "save-state", onclick: () => this.save() }, t("file")), h("label", { class: "tool upload" }, t("load"), load),
        room.mine?.toml && h("button", { type: "button", class: "tool", "data-act": "save-toml", onclick: () => save("workshop.toml", [room.mine.toml], "application/toml") }, "workshop.toml"),
        h("button", { type: "button", class: "tool", "data-act": "save-series", onclick: () => this.saveSeries() }, t("download")),
        h("button", { type: "button", class: "tool", onclick: () => { this.element.close(); window.print(); } }, t("print"))));
  }

  copied(label, text, name) {
    const box = h("textarea", { readonly: true, rows: text.split("\n").length > 2 ? 5 : 2, "data-share": name, value: text, onfocus: () => box.select() });
    const copy = h("button", { type: "button", class: "tool", onclick: async () => {
      box.select();
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        document.execCommand("copy"); // the clipboard needs https or this machine; selected text does not
      }
      copy.textContent = this.words.t("share.copied");
    } }, this.words.t("share.copy"));
    return h("label", { class: "shared" }, h("span", {}, label, copy), box);
  }

  save() {
    const { question, month, view, language, model } = this.room.state();
    save("stargate-scenario.json", [JSON.stringify({ stargate_workshop: 1, search: this.room.search(), question, month, view, language, model }, null, 2) + "\n"], "application/json");
  }

  async load(input) {
    const file = input.files[0];
    input.value = "";
    try {
      if (file.size > MOST_FILE_BYTES) throw new Error(`${file.name}: ${Math.ceil(file.size / 1000)} kB > 100 kB`);
      const told = JSON.parse(await file.text());
      if (told?.stargate_workshop !== 1 || typeof told.search !== "string" || !told.search.startsWith("?")) throw new Error(`${file.name}?`);
      location.assign(location.pathname + told.search); // the server reads it as it reads any link
    } catch (error) {
      this.room.refuse(this.words.t("page.refused", { why: error.message }));
    }
  }

  saveSeries() {
    const { mine, words } = this.room;
    const names = Object.keys(mine.series);
    const about = [["# " + mine.command], ["# " + words.t("page.about", this.room.about())], [words.t("page.caveat")]];
    save("stargate-series.csv", ["\ufeff", csv([...about, ["month", ...names], ...mine.months.map((month, i) => [month, ...names.map((name) => mine.series[name][i])])])], "text/csv;charset=utf-8");
  }
}
