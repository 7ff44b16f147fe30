// The state of the page and its history; what it shows and what it asks come from this one object.

const MOST_HISTORY = 200;
const TOGETHER_MS = 900; // changes of one lever so soon after another are one step of undo

export const FIRST = Object.freeze({ scenario: "baseline", set: Object.freeze({}), seed: 1, shocks: Object.freeze([]) });
const MOST_SHOCKS = 12;

export function keyOf(question) {
  const names = Object.keys(question.set).sort();
  const shocks = question.shocks.map((shock) => [shock.month, shock.name, shock.value, shock.months]);
  return JSON.stringify([question.scenario, names.map((name) => [name, question.set[name]]), question.seed, ...(shocks.length ? [shocks] : [])]);
}

export class Store {
  constructor(start) {
    this.start = start;
    this.question = start.link.question;
    this.base = { ...FIRST, seed: this.question.seed };
    this.baseName = null;
    this.past = [];
    this.future = [];
    this.last = null; // the last change, to be replayed
    this.touched = { name: null, at: 0 };
    this.listeners = [];
    this.scenarios = new Map(start.scenarios.map((scenario) => [scenario.name, scenario]));
    this.numbers = { ...start.numbers, ...start.extra_numbers };
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  tell(what) {
    for (const listener of this.listeners) listener(what);
  }

  // What a number is in a question, before what the question itself sets.
  under(name, question = this.question) {
    const scenario = this.scenarios.get(question.scenario);
    return scenario?.overrides[name] ?? this.numbers[name]?.value;
  }

  value(name, question = this.question) {
    return question.set[name] ?? this.under(name, question);
  }

  switched(name, question = this.question) {
    return question.set[name] ?? this.scenarios.get(question.scenario)?.switches[name] ?? this.start.switches[name][0];
  }

  // While a lever moves: shown and asked coarsely, not yet remembered.
  drag(name, value) {
    this.tell({ kind: "drag", question: this.with(name, value), name, value });
  }

  with(name, value) {
    const set = { ...this.question.set };
    const under = name in this.start.switches ? this.switched(name, { ...this.question, set: {} }) : this.under(name);
    if (value === under) delete set[name];
    else set[name] = value;
    return { ...this.question, set };
  }

  change(name, value) {
    const now = Date.now();
    const isSame = this.touched.name === name && now - this.touched.at < TOGETHER_MS;
    this.touched = { name, at: now };
    this.go(this.with(name, value), { isSame, last: { name, from: this.valueOf(name), value } });
  }

  valueOf(name) {
    return name in this.start.switches ? this.switched(name) : this.value(name);
  }

  go(question, { isSame = false, last = null } = {}) {
    if (keyOf(question) === keyOf(this.question)) {
      this.tell({ kind: "question" });
      return;
    }
    if (!isSame || !this.past.length) this.past.push(this.question);
    this.past = this.past.slice(-MOST_HISTORY);
    this.future = [];
    this.last = last ? (isSame && this.last?.name === last.name ? { ...last, from: this.last.from } : last) : null;
    this.put(question);
  }

  put(question) {
    this.question = question;
    if (!this.baseName) this.base = { ...this.base, seed: question.seed }; // the same luck for both
    this.tell({ kind: "question" });
  }

  undo() {
    if (!this.past.length) return;
    this.touched.name = null;
    this.future.push(this.question);
    this.put(this.past.pop());
  }

  redo() {
    if (!this.future.length) return;
    this.touched.name = null;
    this.past.push(this.question);
    this.put(this.future.pop());
  }

  reset(name) {
    const set = { ...this.question.set };
    delete set[name];
    this.touched.name = null;
    this.go({ ...this.question, set });
  }

  addShock(shock) {
    const shocks = this.question.shocks.filter((one) => one.month !== shock.month || one.name !== shock.name);
    if (shocks.length >= MOST_SHOCKS) return false;
    this.touched.name = null;
    this.go({ ...this.question, shocks: [...shocks, shock].sort((a, b) => (a.month + a.name < b.month + b.name ? -1 : 1)) });
    return true;
  }

  removeShock(shock) {
    this.touched.name = null;
    this.go({ ...this.question, shocks: this.question.shocks.filter((one) => one !== shock) });
  }

  resetAll() {
    this.touched.name = null;
    this.go({ ...FIRST, seed: this.question.seed });
  }

  useBase(question, name) {
    this.base = question;
    this.baseName = name;
    this.tell({ kind: "base" });
  }

  isBase() {
    return keyOf(this.question) === keyOf(this.base);
  }
}
