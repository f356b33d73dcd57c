"""Polygons with named corners, measured sides and angles, fitted into the picture. Coordinates have y upwards."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas, Point


def sss(a: float, b: float, c: float) -> tuple[tuple[float, float], ...]:
    """Return corners A, B, C of a triangle whose sides opposite to them are a, b and c."""
    x = (a * a + c * c - b * b) / (2 * a)
    return ((round(x, 4), round(math.sqrt(max(c * c - x * x, 0.0)), 4)), (0.0, 0.0), (float(a), 0.0))


def regular(count: int) -> tuple[tuple[float, float], ...]:
    start = 90 + (180 / count if count % 2 == 0 else 0)
    turns = [math.radians(start + 360 * place / count) for place in range(count)]
    return tuple((round(math.cos(turn), 4), round(math.sin(turn), 4)) for turn in turns)


@dataclass(frozen=True)
class Polygon:
    """`sides[i]` is written beside the side from corner i to the next; `right` marks the corner with a right angle.

    `lines` are further segments, by coordinates, with a text each.
    """

    aspect: ClassVar[float] = 1.3
    corners: tuple[tuple[float, float], ...]
    names: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    angles: tuple[str, ...] = ()
    right: int = -1
    lines: tuple[tuple[tuple[float, float], tuple[float, float], str], ...] = ()
    filled: bool = True

    def draw(self, canvas: Canvas) -> None:
        points = self._fitted(canvas, [*self.corners, *(end for line in self.lines for end in line[:2])])
        corners, ends = points[: len(self.corners)], points[len(self.corners) :]
        centre = (sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners))
        canvas.polygon(corners, fill=0 if self.filled else None)
        for place, (_, _, text) in enumerate(self.lines):
            start, end = ends[2 * place], ends[2 * place + 1]
            canvas.line([start, end], dashed=True, width=0.8)
            canvas.label(((start[0] + end[0]) / 2 + 14, (start[1] + end[1]) / 2), text)
        if self.right >= 0:
            self._mark_right(canvas, corners)
        for corner, name in zip(corners, self.names, strict=False):
            canvas.label(_away(corner, centre, 18), name)
        for place, text in enumerate(self.sides):
            start, end = corners[place], corners[(place + 1) % len(corners)]
            canvas.label(_beside(start, end, centre, 13 + 4 * len(text) * _steep(start, end)), text)
        for place, text in enumerate(self.angles):
            if text:
                self._mark_angle(canvas, corners, place, text)

    def _fitted(self, canvas: Canvas, points: list[tuple[float, float]]) -> list[Point]:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        margin_x, margin_y = 75.0, 42.0
        scale = min(
            (WIDTH - 2 * margin_x) / max(max(xs) - min(xs), 1e-6),
            (canvas.height - 2 * margin_y) / max(max(ys) - min(ys), 1e-6),
        )
        mid_x, mid_y = (max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2
        return [(WIDTH / 2 + (x - mid_x) * scale, canvas.height / 2 - (y - mid_y) * scale) for x, y in points]

    def _mark_right(self, canvas: Canvas, corners: list[Point]) -> None:
        at = corners[self.right]
        one, other = (_towards(at, corners[(self.right + step) % len(corners)], 13) for step in (1, -1))
        canvas.line([one, (one[0] + other[0] - at[0], one[1] + other[1] - at[1]), other], width=0.7)

    def _mark_angle(self, canvas: Canvas, corners: list[Point], place: int, text: str) -> None:
        at = corners[place]
        before, after = corners[place - 1], corners[(place + 1) % len(corners)]
        one, other = (math.degrees(math.atan2(at[1] - end[1], end[0] - at[0])) for end in (before, after))
        sweep = (other - one + 180) % 360 - 180
        canvas.arc(at, 20, 20, one, one + sweep, width=0.7)
        middle = math.radians(one + sweep / 2)
        canvas.label((at[0] + 40 * math.cos(middle), at[1] - 36 * math.sin(middle)), text, size=0.85)


def _towards(start: Point, end: Point, length: float) -> Point:
    full = math.hypot(end[0] - start[0], end[1] - start[1]) or 1.0
    return start[0] + (end[0] - start[0]) * length / full, start[1] + (end[1] - start[1]) * length / full


def _away(point: Point, centre: Point, length: float) -> Point:
    return _towards(point, (2 * point[0] - centre[0], 2 * point[1] - centre[1]), length)


def _steep(start: Point, end: Point) -> float:
    return abs(end[1] - start[1]) / (math.hypot(end[0] - start[0], end[1] - start[1]) or 1.0)


def _beside(start: Point, end: Point, centre: Point, length: float) -> Point:
    middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    across = (-(end[1] - start[1]), end[0] - start[0])
    outward = (middle[0] - centre[0]) * across[0] + (middle[1] - centre[1]) * across[1]
    sign = 1 if outward >= 0 else -1
    return _towards(middle, (middle[0] + sign * across[0], middle[1] + sign * across[1]), length)
