// Makes elements. Text always goes in as text, never as markup: names and links come from strangers.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "hidden") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return element;
}

export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

// Icons are drawn, not taken from a font: fonts lack some of the signs.
const ICONS = {
  play: "M6 4l14 8-14 8z",
  pause: "M6 4h4v16H6zM14 4h4v16h-4z",
  step: "M5 4l10 8-10 8zM16 4h3v16h-3z",
  back: "M19 4L9 12l10 8zM5 4h3v16H5z",
  first: "M20 4l-8 8 8 8zM12 4l-8 8 8 8z",
  last: "M4 4l8 8-8 8zM12 4l8 8-8 8z",
  undo: "M9 5L3 11l6 6v-4h6a3.5 3.5 0 010 7h-3v2h3a5.500 5.500 0 000-11H9z",
  redo: "M15 5l6 6-6 6v-4H9a3.500 3.500 0 000 7h3v2H9a5.500 5.500 0 010-11h6z",
  replay: "M12 5V1L6 7l6 6V8a5 5 0 11-5 5H5a7 7 0 107-8z",
  reset: "M6 6l12 12M18 6L6 18",
  share: "M4 12v8h16v-8h-2v6H6v-6zM12 3l-5 5h4v8h2V8h4z",
  theme: "M12 3a9 9 0 100 18V3z",
  pin: "M8 3h8l-1 7 3 4h-5v7h-2v-7H6l3-4z",
  info: "M12 2a10 10 0 100 20 10 10 0 000-20zm0 2a8 8 0 110 16 8 8 0 010-16zm-1.200 6.500h2.400V17h-2.400zm0-3.500h2.400v2.200h-2.400z",
};

export function icon(name) {
  const stroke = name === "reset" ? { fill: "none", stroke: "currentColor", "stroke-width": 2.2 } : { fill: "currentColor" };
  return s("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, s("path", { d: ICONS[name], ...stroke }));
}

export function button(name, label, onclick, more) {
  return h("button", { type: "button", title: label, "aria-label": label, onclick, ...more }, icon(name));
}

export function clear(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

// A spreadsheet takes a cell that begins with one of these for a formula.
const FORMULA = /^[=+\-@\t\r]/;

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csv(rows) {
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function save(name, parts, type) {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
