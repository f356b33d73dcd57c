"""Circles with points, chords, a sector or a tangent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas, Point


@dataclass(frozen=True)
class Circle:
    """`points` are (name, degrees) on the circle; `segments` join names, with O for the centre and a text each.

    `sector` fills between two directions; `tangent` is the name of the point where a tangent to P touches.
    """

    aspect: ClassVar[float] = 1.2
    points: tuple[tuple[str, float], ...]
    segments: tuple[tuple[str, str, str], ...] = ()
    angles: tuple[tuple[str, str, str, str], ...] = ()
    sector: tuple[float, float] | None = None
    tangent: str = ""

    def draw(self, canvas: Canvas) -> None:
        radius = canvas.height * 0.33
        centre = (WIDTH / 2, canvas.height / 2)
        if self.tangent:
            # The circle and the point P, which lies radius / cos(turn) from the centre, have to fit side by side.
            reach = 1 / math.cos(math.radians(dict(self.points)[self.tangent]))
            radius = min(radius, (WIDTH - 90) / (1 + reach))
            centre = ((WIDTH - radius * (1 + reach)) / 2 + radius, canvas.height / 2)
        if self.sector is not None:
            canvas.polygon([centre, *_arc(centre, radius, *self.sector)], fill=1)
        canvas.circle(centre, radius)
        at: dict[str, Point] = {"O": centre}
        for name, turn in self.points:
            at[name] = _on(centre, radius, turn)
        if self.tangent:
            turn = math.radians(dict(self.points)[self.tangent])
            # The tangent meets the horizontal through the centre at P.
            at["P"] = (centre[0] + radius / math.cos(turn), centre[1])
        for start, end, _ in self.segments:
            canvas.line([at[start], at[end]])
        for name, spot in at.items():
            canvas.dot(spot, 3)
            outward = math.atan2(centre[1] - spot[1], spot[0] - centre[0]) if name != "O" else math.radians(250)
            canvas.label((spot[0] + 17 * math.cos(outward), spot[1] - 17 * math.sin(outward)), name)
        for start, end, text in self.segments:
            (ax, ay), (bx, by) = at[start], at[end]
            length = math.hypot(bx - ax, by - ay) or 1
            canvas.label(
                ((ax + bx) / 2 + 15 * (by - ay) / length, (ay + by) / 2 - 13 * abs(bx - ax) / length), text, size=0.9
            )
        for vertex, one, other, text in self.angles:
            self._mark(canvas, at[vertex], at[one], at[other], text)

    def _mark(self, canvas: Canvas, at: Point, one: Point, other: Point, text: str) -> None:
        first, second = (math.degrees(math.atan2(at[1] - end[1], end[0] - at[0])) for end in (one, other))
        sweep = (second - first + 180) % 360 - 180
        canvas.arc(at, 22, 22, first, first + sweep, width=0.7)
        middle = math.radians(first + sweep / 2)
        canvas.label((at[0] + 42 * math.cos(middle), at[1] - 42 * math.sin(middle)), text, size=0.85)


def _on(centre: Point, radius: float, turn: float) -> Point:
    return centre[0] + radius * math.cos(math.radians(turn)), centre[1] - radius * math.sin(math.radians(turn))


def _arc(centre: Point, radius: float, start: float, end: float) -> list[Point]:
    count = max(4, round((end - start) / 6))
    return [_on(centre, radius, start + (end - start) * place / count) for place in range(count + 1)]
