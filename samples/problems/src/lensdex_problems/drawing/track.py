"""Things on level ground: carts that meet, a lever on its pivot, a ball thrown from a height."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Track:
    """`kind` is carts (two masses, two velocities), lever (two loads, two arms) or throw (speed, height, degrees)."""

    aspect: ClassVar[float] = 1.7
    kind: str
    texts: tuple[str, ...]
    degrees: int = 0

    def draw(self, canvas: Canvas) -> None:
        {"carts": self._carts, "lever": self._lever, "throw": self._throw}[self.kind](canvas, canvas.height - 40)

    def _ground(self, canvas: Canvas, y: float) -> None:
        canvas.line([(15, y), (WIDTH - 15, y)], width=1.3)
        for place in range(19):
            canvas.line([(22 + 20 * place, y), (14 + 20 * place, y + 10)], width=0.5)

    def _carts(self, canvas: Canvas, y: float) -> None:
        self._ground(canvas, y)
        for place, (x, name) in enumerate(((75.0, "A"), (265.0, "B"))):
            canvas.box(x, y - 62, x + 78, y - 14, fill=place)
            for wheel in (x + 18, x + 60):
                canvas.circle((wheel, y - 9), 8, solid=False)
            canvas.label((x + 39, y - 38), self.texts[place], fixed=True)
            canvas.label((x + 39, y - 78), name)
            speed = self.texts[2 + place]
            if speed and not speed.startswith("0"):
                canvas.arrow((x + 12, y - 100), (x + 78, y - 100), width=1.2)
            canvas.label((x + 42, y - 120), speed)

    def _lever(self, canvas: Canvas, y: float) -> None:
        self._ground(canvas, y)
        bar, left, right, pivot = y - 62, 50.0, WIDTH - 50, 185.0
        canvas.polygon([(pivot, bar), (pivot - 26, y), (pivot + 26, y)], fill=0)
        canvas.line([(left, bar), (right, bar)], width=2.2)
        for place, x in enumerate((left + 22, right - 22)):
            canvas.box(x - 24, bar - 46, x + 24, bar - 3, fill=1 + place)
            canvas.label((x, bar - 25), self.texts[place], size=0.85, fixed=True)
        canvas.label(((left + 22 + pivot) / 2, bar + 20), self.texts[2])
        canvas.label(((right - 22 + pivot) / 2, bar + 20), self.texts[3])

    def _throw(self, canvas: Canvas, y: float) -> None:
        self._ground(canvas, y)
        tall = 88.0 if self.texts[1] else 0.0
        start = (60.0, y - tall)
        if tall:
            canvas.box(28, y - tall, 60, y, fill=0)
            canvas.label((44, y - tall / 2), self.texts[1], size=0.8)
        turn = math.radians(self.degrees)
        across = 285.0
        bend = (across * math.tan(turn) + tall) / across**2
        path = [
            (start[0] + x, start[1] - x * math.tan(turn) + bend * x * x) for x in (across * i / 30 for i in range(31))
        ]
        steep = max(1.0, (start[1] - min(py for _, py in path)) / (start[1] - 25))
        path = [(px, start[1] - (start[1] - py) / steep) for px, py in path] if not tall else path
        canvas.line(path, dashed=True)
        canvas.circle(start, 7, solid=True)
        length = 75
        canvas.arrow(start, (start[0] + length * math.cos(turn), start[1] - length * math.sin(turn)), width=1.3)
        canvas.label((start[0] + 70, start[1] - length * math.sin(turn) - 22), self.texts[0])
        if self.degrees:
            canvas.arc(start, 40, 40, 0, self.degrees, width=0.7)
            canvas.label((start[0] + 66, start[1] - 16), f"{self.degrees}°", size=0.85)
