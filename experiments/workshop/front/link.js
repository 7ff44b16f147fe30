// The address carries the whole state: what differs, month, view, language, version of the model and seed.

export function searchOf({ question, month, view, language, model }) {
  const words = [];
  if (question.scenario !== "baseline") words.push(["scenario", question.scenario]);
  for (const name of Object.keys(question.set).sort()) words.push(["set", `${name}=${question.set[name]}`]);
  for (const shock of question.shocks) words.push(["at", `${shock.month}:${shock.name}=${shock.value}${shock.months ? `:${shock.months}` : ""}`]);
  words.push(["seed", question.seed], ["month", month], ["view", view], ["lang", language], ["model", model]);
  return "?" + words.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%3D", "=").replaceAll("%3A", ":")}`).join("&");
}

export function write(search) {
  // Only in our own page: in a notebook the address is the notebook's.
  if (window.solara?.rootPath === undefined) return;
  if (location.search !== search) history.replaceState(history.state, "", location.pathname + search);
}

export function address(search) {
  return location.origin + location.pathname + search;
}
