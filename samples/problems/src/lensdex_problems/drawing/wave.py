"""Waves on a string or in air: a sine with its measures, or a standing wave between walls."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Wave:
    """`loops` half-waves; `texts` are the span and the height; `standing` shows both extremes."""

    aspect: ClassVar[float] = 1.75
    loops: int
    texts: tuple[str, str]
    standing: bool = False
    fronts: bool = False

    def draw(self, canvas: Canvas) -> None:
        left, right, y = 55.0, WIDTH - 45, canvas.height * 0.46
        if self.fronts:
            self._fronts(canvas, y)
            return
        tall = 52.0
        canvas.line([(left - 12, y), (right + 12, y)], width=0.6, dashed=True)
        shape = [(left + (right - left) * i / 120, math.sin(math.pi * self.loops * i / 120)) for i in range(121)]
        canvas.line([(x, y - tall * up) for x, up in shape], width=1.3)
        if self.standing:
            canvas.line([(x, y + tall * up) for x, up in shape], width=1.0, dashed=True)
            for x in (left, right):
                canvas.line([(x, y - 60), (x, y + 60)], width=2.2)
        else:
            peak = left + (right - left) / self.loops / 2
            canvas.arrow((peak, y), (peak, y - tall), width=0.8)
            canvas.label((peak + 8 + 5 * len(self.texts[1]), y - 22), self.texts[1], size=0.85)
        low = canvas.height - 40
        canvas.arrow((WIDTH / 2, low), (left, low), width=0.7)
        canvas.arrow((WIDTH / 2, low), (right, low), width=0.7)
        canvas.label((WIDTH / 2, low + 19), self.texts[0])

    def _fronts(self, canvas: Canvas, y: float) -> None:
        y += 10
        for place in range(self.loops):
            radius = 16.0 + 15 * place
            canvas.circle((175 - 6 * (place - self.loops), y), radius)
        canvas.dot((185, y), 6)
        canvas.arrow((195, y), (245, y), width=1.5)
        canvas.label((232, y + 24), self.texts[0])
        canvas.circle((358, y - 14), 9, solid=True)
        canvas.line([(358, y - 6), (358, y + 26)], width=1.6)
        canvas.label((350, y + 46), self.texts[1])
