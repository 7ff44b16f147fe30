// Small habits of the page: keys, light and dark, what a scenario is called.

const THEME = "stargate-theme";

// Ctrl-Z and Ctrl-Y undo and redo; the space bar plays, unless something else has the keys.
export function keyPressed(event, { store, player }) {
  const isTyping = event.target.matches?.("input:not([type=range]), textarea, select");
  if (event.key === " " && event.target === document.body) {
    event.preventDefault();
    player.toggle();
  }
  const key = event.key.toLowerCase();
  if (isTyping || !(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) return;
  event.preventDefault();
  if (key === "y" || event.shiftKey) store.redo();
  else store.undo();
}

export function scenarioName(words, name) {
  const input = name.match(/^abundant_(.+)$/)?.[1];
  return input ? words.t("scenarios.abundant_of", { input: words.t(`inputs.${input}`) }) : words.t(`scenarios.${name}`);
}

export function setTheme(theme, isKept) {
  document.documentElement.dataset.theme = theme;
  if (isKept) localStorage.setItem(THEME, theme);
}

// What was chosen before, else what the system prefers.
export function firstTheme() {
  return localStorage.getItem(THEME) ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}
