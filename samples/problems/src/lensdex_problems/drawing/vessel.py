"""Vessels: beakers, a burette above a flask, two electrodes, halves with a membrane between, a gas with a piston."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Vessel:
    """`kind` is beakers (a text each), titration, electrodes, membrane or piston (two texts, electrodes a third)."""

    aspect: ClassVar[float] = 1.3
    kind: str
    texts: tuple[str, ...]

    def draw(self, canvas: Canvas) -> None:
        {
            "beakers": self._beakers, "titration": self._titration, "electrodes": self._electrodes,
            "membrane": self._membrane, "piston": self._piston,
        }[self.kind](canvas, canvas.height - 40)  # fmt: skip

    def _beaker(self, canvas: Canvas, sides: tuple[float, float], ends: tuple[float, float], level: float) -> None:
        (left, right), (top, bottom) = sides, ends
        surface = bottom - (bottom - top) * level
        filling = [(left, surface), (right, surface), (right, bottom), (left, bottom)]
        canvas.polygon(filling, fill=round(left) % 3, width=0.6)
        canvas.line([(left - 8, top - 4), (left, top + 4), (left, bottom), (right, bottom)])
        canvas.line([(right, bottom), (right, top + 4), (right + 8, top - 4)])

    def _beakers(self, canvas: Canvas, bottom: float) -> None:
        step = (WIDTH - 30) / len(self.texts)
        for place, text in enumerate(self.texts):
            middle = 15 + step * (place + 0.5)
            half = min(62.0, step * 0.36)
            self._beaker(canvas, (middle - half, middle + half), (70, bottom - 20), 0.45 + 0.13 * (place % 3))
            canvas.label((middle, bottom - 50), "ABCDE"[place], size=1.1, fixed=True)
            canvas.label(
                (middle, bottom + 6 - (26 if place % 2 and len(text) > 9 and len(self.texts) > 2 else 0)),
                text,
                size=0.8,
            )

    def _titration(self, canvas: Canvas, bottom: float) -> None:
        x = WIDTH / 2 - 30
        canvas.polygon([(x - 11, 20), (x + 11, 20), (x + 11, 130), (x - 11, 130)], fill=1)
        canvas.line([(x, 130), (x, 165)], width=1.6)
        for place in range(8):
            canvas.line([(x + 3, 32 + 12 * place), (x + 11, 32 + 12 * place)], width=0.5)
        canvas.line([(x - 12, 180), (x - 12, 195), (x - 62, bottom), (x + 62, bottom), (x + 12, 195), (x + 12, 180)])
        canvas.polygon([(x - 40, bottom - 28), (x + 40, bottom - 28), (x + 62, bottom), (x - 62, bottom)], fill=2)
        canvas.label((x + 100, 70), self.texts[0], size=0.9)
        canvas.label((x + 125, bottom - 30), self.texts[1], size=0.9)

    def _electrodes(self, canvas: Canvas, bottom: float) -> None:
        x = WIDTH / 2
        self._beaker(canvas, (x - 115, x + 115), (105, bottom), 0.7)
        for side, text in ((-60, self.texts[0]), (60, self.texts[1])):
            canvas.box(x + side - 13, 80, x + side + 13, bottom - 35, fill=3)
            canvas.line([(x + side, 80), (x + side, 40), (x + (12 if side > 0 else -12), 40)])
            canvas.label((x + side * 2.35, 90), text, size=0.9)
        canvas.line([(x - 12, 24), (x - 12, 56)])
        canvas.line([(x + 12, 32), (x + 12, 48)], width=2.2)
        canvas.label((x - 26, 24), "+")
        canvas.label((x + 26, 24), "-")
        if len(self.texts) > 2:
            canvas.label((x, bottom + 18), self.texts[2], size=0.9)

    def _membrane(self, canvas: Canvas, bottom: float) -> None:
        x = WIDTH / 2
        for place, (left, right, top) in enumerate(((x - 130, x - 2, 120.0), (x + 2, x + 130, 105.0))):
            canvas.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], fill=place, width=0.6)
            canvas.label(((left + right) / 2, (top + bottom) / 2), self.texts[place])
            canvas.label(((left + right) / 2, top - 22), "AB"[place])
        canvas.line([(x - 130, 70), (x - 130, bottom), (x + 130, bottom), (x + 130, 70)], width=1.4)
        canvas.line([(x, 70), (x, bottom)], dashed=True, width=2)

    def _piston(self, canvas: Canvas, bottom: float) -> None:
        x = WIDTH / 2
        for side, top, text in ((-90, 90.0, self.texts[0]), (90, 150.0, self.texts[1])):
            left, right = x + side - 58, x + side + 58
            canvas.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], fill=1, width=0)
            canvas.line([(left, 55), (left, bottom), (right, bottom), (right, 55)], width=1.3)
            canvas.box(left + 2, top - 14, right - 2, top, fill=3)
            canvas.line([(x + side, top - 14), (x + side, top - 44)], width=2)
            canvas.label((x + side, bottom + 19), text, size=0.85)
        canvas.arrow((x - 24, 40), (x + 24, 40))
