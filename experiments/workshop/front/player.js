// Month by month; the whole horizon is here already, so no server is needed.

import { button, clear, h, icon } from "./dom.js";

const SPEEDS = [2, 4, 8, 16];

export class Player {
  constructor(words, onMonth) {
    Object.assign(this, { words, onMonth });
    this.months = [];
    this.at = 0;
    this.speed = SPEEDS[1];
    this.timer = null;
    this.element = h("section", { class: "player" });
    this.draw();
  }

  draw() {
    const t = (key, values) => this.words.t(`play.${key}`, values);
    this.range = h("input", { type: "range", min: 0, max: Math.max(0, this.months.length - 1), step: 1, "aria-label": t("month"), "data-play": "month", oninput: () => this.jump(Number(this.range.value)) });
    this.label = h("output", { class: "month", "data-month": "" });
    this.playButton = button("play", t("play"), () => this.toggle(), { class: "round", "data-play": "toggle" });
    const speed = h("select", { "aria-label": t("speed"), "data-play": "speed", onchange: () => this.atSpeed(Number(speed.value)) },
      SPEEDS.map((n) => h("option", { value: n }, t("times", { n }))));
    speed.value = String(this.speed);
    clear(this.element, this.playButton,
      button("first", t("first"), () => this.jump(0), { "data-play": "first" }), button("back", t("back"), () => this.jump(this.at - 1), { "data-play": "back" }),
      button("step", t("step"), () => this.jump(this.at + 1), { "data-play": "step" }), button("last", t("last"), () => this.jump(this.months.length - 1), { "data-play": "last" }),
      this.range, this.label, speed);
    this.show();
  }

  load(months, at) {
    this.months = months;
    this.range.max = months.length - 1;
    this.at = Math.min(Math.max(at ?? this.at, 0), months.length - 1);
    this.show();
  }

  jump(to, isPlaying = false) {
    if (!isPlaying) this.pause();
    const at = Math.min(Math.max(to, 0), this.months.length - 1);
    if (at === this.at || !this.months.length) return;
    this.at = at;
    this.show();
    this.onMonth();
  }

  toggle() {
    if (this.timer) return this.pause();
    if (this.at >= this.months.length - 1) this.jump(0);
    return this.run();
  }

  run() {
    this.timer = setInterval(() => {
      if (this.at >= this.months.length - 1) this.pause();
      else this.jump(this.at + 1, true);
    }, 1000 / this.speed);
    this.face();
  }

  pause() {
    clearInterval(this.timer);
    this.timer = null;
    this.face();
  }

  atSpeed(speed) {
    this.speed = speed;
    if (this.timer) {
      this.pause();
      this.run();
    }
  }

  face() {
    const name = this.timer ? "pause" : "play";
    clear(this.playButton, icon(name));
    this.playButton.title = this.words.t(`play.${name}`);
    this.playButton.setAttribute("aria-label", this.playButton.title);
  }

  show() {
    if (!this.months.length) return;
    const month = this.months[this.at];
    this.range.value = String(this.at);
    this.label.textContent = this.words.month(month);
    this.label.dataset.month = month;
    this.range.setAttribute("aria-valuetext", this.label.textContent);
  }
}
