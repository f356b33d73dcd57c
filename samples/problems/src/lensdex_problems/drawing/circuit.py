"""Electric circuits: a source and parts in series or side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas, Point


@dataclass(frozen=True)
class Circuit:
    """`parts` are (kind, text) with kind resistor, lamp, capacitor, ammeter or switch.

    In a parallel circuit each part has a branch of its own; otherwise the last is on the right, the others on top.
    """

    aspect: ClassVar[float] = 1.35
    source: str
    parts: tuple[tuple[str, str], ...]
    parallel: bool = False

    def draw(self, canvas: Canvas) -> None:
        left, right, top, bottom = 70.0, WIDTH - 55, 58.0, canvas.height - 50
        self._battery(canvas, left, (top + bottom) / 2, top, bottom)
        if self.parallel:
            canvas.line([(left, top), (right, top)])
            canvas.line([(left, bottom), (right, bottom)])
            count = len(self.parts)
            for place, (kind, text) in enumerate(self.parts):
                x = left + (right - left) * (place + 1) / count
                self._down(canvas, x, (top, bottom), kind, text)
                if place < count - 1:
                    canvas.dot((x, top), 4)
                    canvas.dot((x, bottom), 4)
            return
        last = self.parts[-1] if len(self.parts) > 1 else None
        along = self.parts[:-1] if last else self.parts
        step = (right - left) / len(along)
        for place, (kind, text) in enumerate(along):
            self._part(canvas, (left + step * place, top), (left + step * (place + 1), top), kind)
            canvas.label((left + step * (place + 0.5), top - 27), text, size=0.9)
        canvas.line([(left, bottom), (right, bottom)])
        if last:
            self._down(canvas, right, (top, bottom), *last)
        else:
            canvas.line([(right, top), (right, bottom)])

    def _battery(self, canvas: Canvas, x: float, y: float, top: float, bottom: float) -> None:
        canvas.line([(x, top), (x, y - 6)])
        canvas.line([(x, y + 6), (x, bottom)])
        canvas.line([(x - 20, y - 6), (x + 20, y - 6)])
        canvas.line([(x - 10, y + 6), (x + 10, y + 6)], width=2.2)
        canvas.label((x - 38, y), self.source, size=0.9)
        canvas.label((x + 17, y - 20), "+", size=0.9)

    def _down(self, canvas: Canvas, x: float, ends: tuple[float, float], kind: str, text: str) -> None:
        top, bottom = ends
        self._part(canvas, (x, top), (x, bottom), kind)
        canvas.label((x - 20 - 4.6 * len(text), (top + bottom) / 2), text, size=0.9)

    def _part(self, canvas: Canvas, start: Point, end: Point, kind: str) -> None:
        mx, my = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        ux, uy = (1.0, 0.0) if start[1] == end[1] else (0.0, 1.0)

        def at(along: float, across: float) -> Point:
            return mx + ux * along + uy * across, my + uy * along - ux * across

        reach = {"capacitor": 6.0, "switch": 20.0, "resistor": 30.0}.get(kind, 16.0)
        canvas.line([start, at(-reach, 0)])
        canvas.line([at(reach, 0), end])
        if kind == "resistor":
            teeth = [at(-24 + 8 * place, 10 if place % 2 else -10) for place in range(7)]
            canvas.line([at(-30, 0), *teeth, at(30, 0)])
        elif kind == "capacitor":
            for side in (-6, 6):
                canvas.line([at(side, -18), at(side, 18)], width=1.6)
        elif kind == "switch":
            canvas.line([at(-20, 0), at(16, 16)])
            canvas.dot(at(-20, 0))
            canvas.dot(at(20, 0))
        else:
            canvas.circle((mx, my), 16, fill=1)
            if kind == "lamp":
                canvas.line([at(-11, -11), at(11, 11)])
                canvas.line([at(-11, 11), at(11, -11)])
            else:
                canvas.label((mx, my), "A" if kind == "ammeter" else "V", size=0.8, fixed=True)
