"""Things that hang from a ceiling: pendulums, springs, pulleys with two masses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Hanging:
    """`kind` is pendulum (length, mass, degrees), spring (stretch, mass) or pulley (two masses)."""

    aspect: ClassVar[float] = 0.95
    kind: str
    texts: tuple[str, ...]
    degrees: int = 25

    def draw(self, canvas: Canvas) -> None:
        x, top = WIDTH / 2, 45.0
        canvas.line([(x - 110, top), (x + 110, top)], width=1.6)
        for place in range(11):
            canvas.line([(x - 110 + 22 * place, top), (x - 100 + 22 * place, top - 14)], width=0.6)
        {"pendulum": self._pendulum, "spring": self._spring, "pulley": self._pulley}[self.kind](canvas, x, top)

    def _pendulum(self, canvas: Canvas, x: float, top: float) -> None:
        length, turn = canvas.height - 140, math.radians(self.degrees)
        bob = (x + length * math.sin(turn), top + length * math.cos(turn))
        canvas.line([(x, top), (x, top + length + 20)], dashed=True, width=0.7)
        canvas.line([(x, top), bob])
        canvas.arc((x, top), length, length, 270 - 3, 270 + self.degrees, dashed=True, width=0.6)
        canvas.circle(bob, 18, fill=1)
        canvas.arc((x, top), 60, 60, 270, 270 + self.degrees, width=0.8)
        canvas.label((x + 78 * math.sin(turn / 2), top + 88), f"{self.degrees}°", size=0.9)
        canvas.label((x + length * 0.6 * math.sin(turn) + 32, top + length * 0.55), self.texts[0])
        canvas.label((bob[0] + 10, bob[1] + 32), self.texts[1])

    def _spring(self, canvas: Canvas, x: float, top: float) -> None:
        end = top + 190
        coil = [(x, top), (x, top + 18)]
        coil += [(x + (26 if place % 2 else -26), top + 26 + place * 12.0) for place in range(12)]
        canvas.line([*coil, (x, end - 16), (x, end)])
        canvas.box(x - 42, end, x + 42, end + 62, fill=1)
        canvas.label((x, end + 31), self.texts[1], fixed=True)
        canvas.line([(x + 95, top + 110), (x + 125, top + 110)], dashed=True, width=0.7)
        canvas.line([(x + 45, end), (x + 125, end)], dashed=True, width=0.7)
        canvas.arrow((x + 110, top + 110), (x + 110, end), width=0.8)
        canvas.label((x + 148, (top + 110 + end) / 2), self.texts[0])

    def _pulley(self, canvas: Canvas, x: float, top: float) -> None:
        wheel = (x, top + 75)
        canvas.line([(x, top), wheel])
        canvas.circle(wheel, 45, fill=0)
        canvas.dot(wheel)
        for side, drop, text in ((-45, 190, self.texts[0]), (45, 130, self.texts[1])):
            end = wheel[1] + drop
            canvas.line([(x + side, wheel[1]), (x + side, end)])
            wide = 38
            canvas.box(x + side - wide, end, x + side + wide, end + 50, fill=1 if side < 0 else 2)
            canvas.label((x + side, end + 25), text, size=0.9, fixed=True)
