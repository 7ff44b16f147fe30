// An estimate drawn at once while a lever moves: between coarse runs of the baseline with that lever at a few values.
// It is not a run, and is marked so; the coarse run that follows takes its place.

export class Estimates {
  constructor() {
    this.points = new Map();
  }

  take(name, value, series) {
    const points = this.points.get(name) ?? [];
    points.push({ value, series });
    this.points.set(name, points.sort((a, b) => a.value - b.value));
  }

  // How the baseline's series would move if the lever went from one value to another; null if too little is known.
  shift(lever, from, to, base) {
    const known = this.points.get(lever.name);
    if (!known || !base) return null;
    const points = [...known, { value: lever.value, series: base }].sort((a, b) => a.value - b.value);
    const [a, b] = [between(points, from), between(points, to)];
    if (!a || !b) return null;
    return Object.fromEntries(Object.keys(known[0].series).map((name) => [name, known[0].series[name].map((_, i) => b(name, i) - a(name, i))]));
  }
}

// The line between the two known points around a value.
function between(points, value) {
  const above = points.findIndex((point) => point.value >= value);
  if (above < 0 || (above === 0 && points[0].value > value)) return null;
  const [low, high] = [points[Math.max(0, above - 1)], points[above]];
  const weight = high.value === low.value ? 0 : (value - low.value) / (high.value - low.value);
  return (name, i) => low.series[name][i] * (1 - weight) + high.series[name][i] * weight;
}

export function shifted(series, shift) {
  const moved = { ...series };
  for (const [name, by] of Object.entries(shift)) moved[name] = series[name].map((value, i) => (value === null ? null : Math.max(0, value + by[i])));
  return moved;
}
