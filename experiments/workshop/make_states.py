"""Writes `front/states.json`, the outlines of the states, from `states-albers-10m.json` of the npm package us-atlas.

`npm pack us-atlas@3.0.1`, unpack, then `python -m experiments.workshop.make_states package/states-albers-10m.json`.
"""

import itertools
import json
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

type Point = tuple[float, float]

OUT = Path(__file__).parent / "front" / "states.json"
SOURCE = (
    "US Census Bureau, cartographic boundary files 2017, public domain; by way of us-atlas 3.0.1 (ISC), "
    "Albers projection of 975 by 610; simplified to half a unit; without Alaska, Hawaii and the territories"
)
_LEFT_OUT = {"Alaska", "Hawaii", "Puerto Rico"}
_TOLERANCE = 0.5
_LEAST_AREA = 3.0


def main() -> None:
    """Read the topology, keep the contiguous states, simplify, write."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs = [_simple(points) for points in _points(topology)]
    shapes = {
        shape["properties"]["name"]: _path(shape, arcs)
        for shape in topology["objects"]["states"]["geometries"]
        if shape["properties"]["name"] not in _LEFT_OUT
    }
    told = {
        "source": SOURCE,
        "width": 975,
        "height": 610,
        "paths": {name: path for name, path in shapes.items() if path},
    }
    OUT.write_text(json.dumps(told, separators=(",", ":")) + "\n", encoding="utf-8")


def _points(topology: dict[str, Any]) -> Iterator[list[Point]]:
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        along = itertools.accumulate(arc, lambda a, b: (a[0] + b[0], a[1] + b[1]))
        yield [(x * kx + x0, y * ky + y0) for x, y in along]


def _simple(points: Sequence[Point]) -> list[Point]:
    """Douglas and Peucker's line: no point left out lies further from it than the tolerance."""
    if len(points) <= 2:
        return list(points)
    first, last = points[0], points[-1]
    far, at = max((_distance(point, first, last), i) for i, point in enumerate(points[1:-1], 1))
    if far <= _TOLERANCE:
        return [first, last]
    return _simple(points[: at + 1])[:-1] + _simple(points[at:])


def _distance(point: Point, a: Point, b: Point) -> float:
    length = math.dist(a, b)
    if length == 0:
        return math.dist(point, a)
    return abs((b[0] - a[0]) * (a[1] - point[1]) - (a[0] - point[0]) * (b[1] - a[1])) / length


def _path(shape: dict[str, Any], arcs: Sequence[Sequence[Point]]) -> str:
    polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
    rings = (_ring(ring, arcs) for polygon in polygons for ring in polygon)
    return "".join(
        "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in ring) + "Z" for ring in rings if _area(ring) >= _LEAST_AREA
    )


def _ring(indices: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    ring: list[Point] = []
    for index in indices:
        points = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += points[1:] if ring else points
    return ring


def _area(ring: Sequence[Point]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


if __name__ == "__main__":
    main()
