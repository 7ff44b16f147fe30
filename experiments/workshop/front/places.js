// Where things lie on the map: the Albers projection with which the outlines of the states were made.

const RAD = Math.PI / 180;
const [SOUTH, NORTH, MIDDLE_LON, SCALE] = [29.5 * RAD, 45.5 * RAD, -96 * RAD, 1300];
const [CENTRE_LON, CENTRE_LAT] = [-0.6 * RAD, 38.7 * RAD];
const [X0, Y0] = [487.5, 305];

const n = (Math.sin(SOUTH) + Math.sin(NORTH)) / 2;
const c = Math.cos(SOUTH) ** 2 + 2 * n * Math.sin(SOUTH);

function raw(lon, lat) {
  const r = Math.sqrt(c - 2 * n * Math.sin(lat)) / n;
  return [r * Math.sin(n * lon), Math.sqrt(c) / n - r * Math.cos(n * lon)];
}

const centre = raw(CENTRE_LON, CENTRE_LAT);

export function project(lat, lon) {
  const [x, y] = raw(lon * RAD - MIDDLE_LON, lat * RAD);
  return [X0 + SCALE * (x - centre[0]), Y0 - SCALE * (y - centre[1])];
}
