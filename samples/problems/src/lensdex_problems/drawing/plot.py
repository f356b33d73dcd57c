"""Plots: curves on axes with ticks, marked points, shaded areas."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas, Point

Curve = tuple[tuple[float, float], ...]
Range = tuple[float, float]


def sampled(values: list[tuple[float, float]]) -> Curve:
    """Round a curve's points, so that it is described alike on every machine."""
    return tuple((round(x, 3), round(y, 3)) for x, y in values)


@dataclass(frozen=True)
class Plot:
    """Curves in the coordinates of their axes; what leaves the ranges is cut off.

    `names[i]` is written at the end of curve i; `marks` are (x, y, text); `shaded` is a closed area; `guides` are
    points joined to both axes by dashed lines. Ticks are numbered unless `bare`.
    """

    aspect: ClassVar[float] = 1.25
    curves: tuple[Curve, ...]
    xs: Range
    ys: Range
    x_name: str = "x"
    y_name: str = "y"
    names: tuple[str, ...] = ()
    marks: tuple[tuple[float, float, str], ...] = ()
    guides: tuple[tuple[float, float], ...] = ()
    shaded: Curve = ()
    dashed: tuple[int, ...] = ()
    bare: bool = False
    grid: bool = False
    points_only: bool = False

    def draw(self, canvas: Canvas) -> None:
        self._axes(canvas)
        if self.shaded:
            canvas.polygon([self._at(canvas, point) for point in self.shaded], fill=1, width=0)
        for x, y in self.guides:
            corner = self._at(canvas, (x, y))
            canvas.line([self._at(canvas, (x, self._zero(self.ys))), corner], dashed=True, width=0.6)
            canvas.line([self._at(canvas, (self._zero(self.xs), y)), corner], dashed=True, width=0.6)
        for place, curve in enumerate(self.curves):
            self._curve(canvas, curve, dashed=place in self.dashed)
        for place, name in enumerate(self.names):
            runs = self._visible(self.curves[place])
            if runs and runs[-1]:
                x, y = self._at(canvas, runs[-1][-1])
                canvas.label((x + 8, y - 12), name, size=0.9)
        for x, y, text in self.marks:
            spot = self._at(canvas, (x, y))
            canvas.dot(spot)
            canvas.label((spot[0] + 14, spot[1] - 14), text, size=0.9)

    def _curve(self, canvas: Canvas, curve: Curve, *, dashed: bool) -> None:
        if self.points_only:
            for point in curve:
                canvas.dot(self._at(canvas, point), 3.4)
            return
        for run in self._visible(curve):
            if len(run) > 1:
                canvas.line([self._at(canvas, point) for point in run], width=1.2, dashed=dashed)

    def _zero(self, ends: Range) -> float:
        return min(max(0.0, ends[0]), ends[1])

    def _at(self, canvas: Canvas, point: tuple[float, float]) -> Point:
        left, right, top, bottom = 52.0, WIDTH - 34.0, 34.0, canvas.height - 40.0
        across = (point[0] - self.xs[0]) / (self.xs[1] - self.xs[0])
        up = (point[1] - self.ys[0]) / (self.ys[1] - self.ys[0])
        return left + across * (right - left), bottom - up * (bottom - top)

    def _visible(self, curve: Curve) -> list[list[tuple[float, float]]]:
        runs: list[list[tuple[float, float]]] = [[]]
        slack = (self.ys[1] - self.ys[0]) * 0.02
        for x, y in curve:
            if self.ys[0] - slack <= y <= self.ys[1] + slack and self.xs[0] <= x <= self.xs[1] + 1e-9:
                runs[-1].append((x, y))
            elif runs[-1]:
                runs.append([])
        return [run for run in runs if run]

    def _axes(self, canvas: Canvas) -> None:
        x0, y0 = self._zero(self.xs), self._zero(self.ys)
        left, bottom = self._at(canvas, (self.xs[0], y0)), self._at(canvas, (x0, self.ys[0]))
        right, top = self._at(canvas, (self.xs[1], y0)), self._at(canvas, (x0, self.ys[1]))
        x_ticks, y_ticks = _ticks(self.xs), _ticks(self.ys)
        if self.grid and not self.bare:
            for value in x_ticks:
                ends = [self._at(canvas, (value, end)) for end in self.ys]
                canvas.line(ends, width=0.4, colour=canvas.faint)
            for value in y_ticks:
                canvas.line([self._at(canvas, (end, value)) for end in self.xs], width=0.4, colour=canvas.faint)
        canvas.arrow(left, (right[0] + 16, right[1]), width=0.9)
        canvas.arrow(bottom, (top[0], top[1] - 16), width=0.9)
        canvas.label((right[0] + 10 - 3.0 * len(self.x_name), right[1] + 31), self.x_name, size=0.9)
        canvas.label((top[0] + 12 + 4.4 * len(self.y_name), top[1] - 19), self.y_name, size=0.9)
        if self.bare:
            canvas.label((bottom[0] - 12, left[1] + 13), "O", size=0.85)
            return
        for value in x_ticks:
            x, y = self._at(canvas, (value, y0))
            canvas.line([(x, y - 4), (x, y + 4)], width=0.8)
            if value != x0 or x0 != 0:
                canvas.label((x, y + 15), f"{value:g}", size=0.75)
        for value in y_ticks:
            x, y = self._at(canvas, (x0, value))
            canvas.line([(x - 4, y), (x + 4, y)], width=0.8)
            text = f"{value:g}"
            if value != y0 or y0 != 0:
                canvas.label((x - 10 - 4.0 * len(text), y), text, size=0.75)
        if x0 == 0 and y0 == 0:
            canvas.label((bottom[0] - 11, left[1] + 14), "0", size=0.75)


def _ticks(ends: Range) -> list[float]:
    """Return four to nine round values between the ends."""
    span = ends[1] - ends[0]
    size = 10.0 ** math.floor(math.log10(span))
    step = next(size * part for part in (0.1, 0.2, 0.25, 0.5, 1, 2) if span / (size * part) <= 8)
    return [
        round(place * step, 6)
        for place in range(math.ceil(ends[0] / step - 1e-9), math.floor(ends[1] / step + 1e-9) + 1)
    ]
