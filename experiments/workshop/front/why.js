// The story of one campus: what held it back in the month shown, and how its buildings went.

import { clear, h } from "./dom.js";

export class Why {
  constructor(words) {
    this.words = words;
    this.name = null;
    this.element = h("section", { class: "why", "aria-live": "polite" });
  }

  choose(name) {
    this.name = name;
  }

  show({ mine, at }) {
    const { words } = this;
    const t = (key, values) => words.t(`why.${key}`, values);
    const campus = mine?.campuses.find((one) => one.name === this.name);
    if (!campus) {
      clear(this.element, h("h2", {}, t("title")), h("p", { class: "quiet" }, t("hint")));
      return;
    }
    const mw = (values) => words.n(values[at]);
    const lost = campus.lost_mw[at];
    const isHeld = lost > 0 && campus.binding[at] !== "plan";
    clear(this.element,
      h("h2", {}, t("title")),
      h("p", { class: "strong" }, t("campus", { name: campus.name, region: campus.region, zone: campus.zone, mw: words.n(campus.facility_mw) })),
      h("p", {}, t("state", { month: words.month(mine.months[at]), operating: mw(campus.operating_mw), started: mw(campus.started_mw), energised: mw(campus.energised_mw), jobs: mw(campus.jobs_onsite) })),
      h("p", {}, isHeld ? t("binding", { input: capital(words.t(`inputs.${campus.binding[at]}`)), lost: words.n(lost, 1) }) : t("nothing")),
      campus.story.length ? h("details", {}, h("summary", {}, t("story")), h("ul", {}, this.phases(campus))) : null);
  }

  phases(campus) {
    const { words } = this;
    const byPhase = new Map();
    for (const [phase, month, stage] of campus.story) byPhase.set(phase, [...(byPhase.get(phase) ?? []), `${words.t(`stages.${stage}`)} ${month}`]);
    return [...byPhase].map(([phase, stages]) => h("li", {}, words.t("why.entered", { phase, stages: stages.join(" → ") })));
  }
}

function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
