"""Light: a lens, a mirror, a surface between two media, a double slit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Optics:
    """`kind` is lens or mirror (numbers: object distance, focal length), surface (two angles) or slits (none)."""

    aspect: ClassVar[float] = 1.6
    kind: str
    numbers: tuple[float, ...]
    texts: tuple[str, ...]

    def draw(self, canvas: Canvas) -> None:
        {"lens": self._lens, "mirror": self._mirror, "surface": self._surface, "slits": self._slits}[self.kind](canvas)

    def _lens(self, canvas: Canvas) -> None:
        away, focal = self.numbers
        image = away * focal / (away - focal)
        x, y = WIDTH / 2, canvas.height / 2
        scale = 165 / max(away, abs(image), focal)
        tall = min(42.0, 80 / max(abs(image / away), 1.0))
        canvas.line([(10, y), (WIDTH - 10, y)], width=0.7)
        canvas.polygon(
            [
                (x + 11 * math.cos(turn), y - 96 * math.sin(turn))
                for turn in (place * math.pi / 16 for place in range(32))
            ],
            fill=1,
        )
        for side in (-1, 1):
            spot = (x + side * focal * scale, y)
            canvas.dot(spot, 4)
            canvas.label((spot[0], y + 17), "F", size=0.9)
        start = (x - away * scale, y - tall)
        canvas.arrow((start[0], y), start, width=1.6)
        canvas.label((start[0] - 4, start[1] - 14), self.texts[0], size=0.9)
        end = (x + image * scale, y + tall * image / away)
        canvas.line(
            [start, (x, start[1]), end] if image > 0 else [start, (x, start[1]), (x + focal * scale, y)], width=0.7
        )
        canvas.line([start, end] if image > 0 else [start, (x + 120, y + tall * 120 / away / scale)], width=0.7)
        if image > 0:
            canvas.arrow((end[0], y), end, width=1.2, dashed=True)
        canvas.label(((start[0] + x) / 2, canvas.height - 18), self.texts[1], size=0.9)
        canvas.label((x + focal * scale / 2, 16), self.texts[2], size=0.9)

    def _mirror(self, canvas: Canvas) -> None:
        away, focal = self.numbers
        x, y = WIDTH - 50, canvas.height / 2
        scale = (WIDTH - 120) / max(away, 2 * focal)
        canvas.line([(10, y), (WIDTH - 10, y)], width=0.7)
        canvas.line([(x - up * up / 330, y - up) for up in range(-100, 101, 10)], width=1.8)
        for share, name in ((1, "F"), (2, "C")):
            spot = (x - share * focal * scale, y)
            canvas.dot(spot, 4)
            canvas.label((spot[0], y + 17), name, size=0.9)
        start = (x - away * scale, y - 45)
        canvas.arrow((start[0], y), start, width=1.6)
        canvas.line([start, (x - 6, y - 45), (x - focal * scale, y)], width=0.7)
        canvas.label((start[0], start[1] - 15), self.texts[0], size=0.9)
        canvas.label(((start[0] + x) / 2, canvas.height - 16), self.texts[1], size=0.9)

    def _surface(self, canvas: Canvas) -> None:
        into, out = self.numbers
        x, y = WIDTH / 2, canvas.height / 2
        canvas.box(10, y, WIDTH - 10, canvas.height - 10, fill=1)
        canvas.line([(x, 12), (x, canvas.height - 12)], dashed=True, width=0.7)
        reach = y - 18
        for degrees, side, down in ((into, -1, -1), (out, 1, 1)):
            end = (x + side * reach * math.tan(math.radians(degrees)), y + down * reach)
            if abs(end[0] - x) > 165:
                end = (x + side * 165, y + down * 165 / math.tan(math.radians(degrees)))
            canvas.arrow(end, (x, y), width=1.2) if down < 0 else canvas.arrow((x, y), end, width=1.2)
            start = 90 if down < 0 else 270
            canvas.arc((x, y), 42, 42, start, start + degrees, width=0.7)
            middle = math.radians(start + degrees / 2)
            canvas.label((x + 62 * math.cos(middle), y - 62 * math.sin(middle)), f"{degrees:g}°", size=0.85)
        canvas.label((WIDTH - 60, y - 22), self.texts[0])
        canvas.label((60, y + 24), self.texts[1])

    def _slits(self, canvas: Canvas) -> None:
        y = canvas.height / 2
        for x in (40.0, 52.0, 64.0, 76.0):
            canvas.line([(x, y - 70), (x, y + 70)], width=0.6)
        for low, high in ((12.0, y - 26), (y - 16, y + 16), (y + 26, canvas.height - 12)):
            canvas.line([(120, low), (120, high)], width=2.6)
        canvas.line([(340, 14), (340, canvas.height - 14)], width=2)
        for place in range(-3, 4):
            spot = y + 26 * place
            canvas.box(343, spot - 7, 356, spot + 7, fill=abs(place))
        canvas.line([(120, y - 21), (340, y - 52)], width=0.6, dashed=True)
        canvas.line([(120, y + 21), (340, y - 52)], width=0.6, dashed=True)
        canvas.label((92, y), self.texts[0], size=0.85)
        canvas.label((230, canvas.height - 24), self.texts[1], size=0.85)
        canvas.label((372, y - 13), self.texts[2], size=0.85)
