// Colours everybody can tell apart (Okabe and Ito 2008), with dashes and hatches beside them, for light and dark.

export const COLOURS = { blue: "#0072B2", sky: "#56B4E9", green: "#009E73", orange: "#E69F00", red: "#D55E00", purple: "#CC79A7", yellow: "#F0E442" };
export const PALETTE = [COLOURS.blue, COLOURS.orange, COLOURS.green, COLOURS.red, COLOURS.sky, COLOURS.purple, COLOURS.yellow];
export const DASHES = ["solid", [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], [12, 4]];

// The inputs in eight families; within a family the tooltip and the table tell which.
export const FAMILY = {
  plan: ["#C8C8C8", "none"], demand: [COLOURS.yellow, "none"], capital: [COLOURS.purple, "none"], land: [COLOURS.green, "diagonal"],
  permits: [COLOURS.green, "none"], grid_power: [COLOURS.sky, "none"], onsite_power: [COLOURS.sky, "diagonal"],
  substation_transformer: [COLOURS.orange, "none"], building_transformer: [COLOURS.orange, "dots"], switchgear: [COLOURS.orange, "diagonal"],
  genset: [COLOURS.orange, "cross"], cooling: [COLOURS.orange, "vertical"], structure: [COLOURS.orange, "horizontal"],
  accelerator: [COLOURS.red, "none"], network: [COLOURS.red, "diagonal"], cpu: [COLOURS.red, "dots"], labour: [COLOURS.blue, "none"],
};

export function isDark() {
  return document.documentElement.dataset.theme === "dark";
}

export function ink() {
  return isDark()
    ? { mine: COLOURS.sky, text: "#eceff2", quiet: "#a3adb8", line: "#333b44", surface: "#1d2228", base: "#a3adb8", strong: "#f4f6f8", land: "#2a313a", landLine: "#3d4752" }
    : { mine: COLOURS.blue, text: "#1c1f23", quiet: "#5b6470", line: "#e3e2dc", surface: "#ffffff", base: "#767676", strong: "#1a1a1a", land: "#eceae3", landLine: "#cfccc2" };
}
