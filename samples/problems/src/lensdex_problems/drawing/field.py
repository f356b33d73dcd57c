"""Charges, currents and magnets with the lines or arrows around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Field:
    """`kind` says what `texts` are.

    charges: two charges, their distance; wire: current, distance; coil: turns, length; transformer: two numbers of
    turns, two voltages.
    """

    aspect: ClassVar[float] = 1.45
    kind: str
    texts: tuple[str, ...]

    def draw(self, canvas: Canvas) -> None:
        draw = {"charges": self._charges, "wire": self._wire, "coil": self._coil, "transformer": self._transformer}[
            self.kind
        ]
        draw(canvas, WIDTH / 2, canvas.height / 2)

    def _charges(self, canvas: Canvas, x: float, y: float) -> None:
        attract = self.texts[0].startswith("+") != self.texts[1].startswith("+")
        for place, side in enumerate((-1, 1)):
            spot = (x + side * 115, y - 10)
            towards = -side if attract else side
            canvas.arrow((spot[0] + towards * 24, spot[1]), (spot[0] + towards * 66, spot[1]), width=1.4)
            canvas.circle(spot, 24, fill=place)
            canvas.label(spot, "+" if self.texts[place].startswith("+") else "-", size=1.3, fixed=True)
            canvas.label((spot[0], spot[1] - 42), self.texts[place])
            canvas.line([(spot[0], y + 22), (spot[0], y + 72)], dashed=True, width=0.6)
        canvas.arrow((x, y + 60), (x - 115, y + 60), width=0.7)
        canvas.arrow((x, y + 60), (x + 115, y + 60), width=0.7)
        canvas.label((x, y + 78), self.texts[2])

    def _wire(self, canvas: Canvas, x: float, y: float) -> None:
        x -= 60
        canvas.line([(x, canvas.height - 20), (x, 20)], width=2.4)
        canvas.arrow((x, y + 40), (x, 26), width=1.5)
        canvas.label((x - 44, 48), self.texts[0])
        for reach in (40, 80, 125):
            canvas.ellipse((x, y + 10), reach, reach * 0.3, dashed=reach != 125)
        spot = (x + 125, y + 10)
        canvas.dot(spot, 5)
        canvas.label((spot[0] + 18, spot[1] - 14), "P")
        canvas.line([(x, y + 10), spot], width=0.7)
        canvas.label((x + 64, y + 66), self.texts[1])

    def _coil(self, canvas: Canvas, x: float, y: float) -> None:
        canvas.box(x - 120, y - 38, x + 120, y + 38, fill=0)
        for place in range(9):
            left = x - 104 + place * 25
            canvas.line([(left, y + 44), (left + 13, y - 44)], width=1.2)
            if place < 8:
                canvas.line([(left + 13, y - 44), (left + 25, y + 44)], width=0.5, dashed=True)
        canvas.arrow((x + 122, y), (x + 178, y), width=1.3)
        canvas.arrow((x - 178, y), (x - 122, y), width=1.3)
        canvas.label((x, y + 72), self.texts[0])
        canvas.label((x, y - 70), self.texts[1])

    def _transformer(self, canvas: Canvas, x: float, y: float) -> None:
        canvas.box(x - 85, y - 90, x + 85, y + 90, fill=0)
        canvas.polygon([(x - 45, y - 52), (x + 45, y - 52), (x + 45, y + 52), (x - 45, y + 52)], fill=1)
        for place in range(6):
            level = y - 40 + 16 * place
            canvas.line([(x - 95, level), (x - 38, level + 8)], width=1.2)
            if place % 2 == 0:
                canvas.line([(x + 38, level), (x + 95, level + 8)], width=1.2)
        for side, turns, volts in ((-1, 0, 2), (1, 1, 3)):
            canvas.line([(x + side * 95, y - 40), (x + side * 150, y - 40)])
            canvas.line([(x + side * 95, y + 44), (x + side * 150, y + 44)])
            canvas.label((x + side * 140, y + 2), self.texts[volts])
            canvas.label((x + side * 62, y + 108), self.texts[turns], size=0.85)
