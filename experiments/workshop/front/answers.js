// Asks the server and keeps what it said; only the newest answer of a lane counts.

import { keyOf } from "./store.js";

const MOST_KEPT = 40;
const decoder = new TextDecoder();

export class Answers {
  constructor(model, onRefused) {
    this.model = model;
    this.onRefused = onRefused;
    this.waiting = new Map();
    this.kept = new Map();
    this.next = 1;
    this.heard = (head, buffers) => this.hear(head, buffers);
    model.on("msg:custom", this.heard);
  }

  stop() {
    this.model.off("msg:custom", this.heard);
  }

  // kind: whole, base, preview, net or band. `done` may be called several times for a band.
  ask(lane, kind, question, done) {
    const id = this.next++;
    const key = `${kind === "base" ? "whole" : kind} ${keyOf(question)}`;
    const kept = this.kept.get(key);
    if (kept) {
      this.forget(lane);
      done(kept.value, kept.head);
      return;
    }
    this.waiting.set(lane, { id, key, done, kind });
    this.model.send({ kind, lane, id, question });
  }

  // Nobody wants it any more, so nobody need compute it.
  forget(...lanes) {
    for (const lane of lanes) {
      const wish = this.waiting.get(lane);
      if (!wish) continue;
      this.waiting.delete(lane);
      this.model.send({ kind: "drop", lane, id: wish.id });
    }
  }

  hear(head, buffers) {
    const wish = this.waiting.get(head.lane);
    if (!wish || wish.id !== head.id) return; // an answer to what nobody asks any more
    if (head.kind === "refused") {
      this.waiting.delete(head.lane);
      this.onRefused(head.why, wish.kind);
      return;
    }
    const view = buffers[0];
    const bytes = view instanceof ArrayBuffer ? new Uint8Array(view) : new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const value = JSON.parse(decoder.decode(bytes));
    if (wish.kind !== "ends" && (!head.of || head.seeds === head.of)) {
      this.waiting.delete(head.lane);
      this.keep(wish.key, { value, head });
    }
    wish.done(value, head);
  }

  keep(key, entry) {
    this.kept.set(key, entry);
    if (this.kept.size > MOST_KEPT) this.kept.delete(this.kept.keys().next().value);
  }
}
