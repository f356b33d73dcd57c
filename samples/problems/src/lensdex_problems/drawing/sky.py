"""Bodies in the sky: the moon around the earth, an ellipse around the sun, a near star against far ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH, arc_points

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Sky:
    """`kind` is moon, ellipse or seasons, whose texts are letters along the way, or parallax, with its angle."""

    aspect: ClassVar[float] = 1.35
    kind: str
    texts: tuple[str, ...]

    def draw(self, canvas: Canvas) -> None:
        draw = {"moon": self._moon, "ellipse": self._ellipse, "parallax": self._parallax, "seasons": self._seasons}[
            self.kind
        ]
        draw(canvas, WIDTH / 2, canvas.height / 2)

    def _moon(self, canvas: Canvas, x: float, y: float) -> None:
        x -= 25
        canvas.circle((x, y), 26, fill=1)
        canvas.label((x, y), "E", fixed=True)
        canvas.circle((x, y), 98, dashed=True)
        for place, text in enumerate(self.texts):
            turn = 360 * place / len(self.texts)
            spot = (x + 98 * math.cos(math.radians(turn)), y - 98 * math.sin(math.radians(turn)))
            canvas.circle(spot, 13, fill=3)
            # The half away from the light is dark; the light comes from the right.
            canvas.polygon(arc_points(spot, 13, 13, 90, 270), solid=True, width=0.5)
            far = 1.28
            canvas.label((x + (spot[0] - x) * far, y + (spot[1] - y) * far), text, size=0.9)
        for level in (-70, 0, 70):
            canvas.arrow((WIDTH - 15, y + level), (WIDTH - 70, y + level), width=1.2)
        canvas.label((WIDTH - 42, y - 35), "Sun")

    def _ellipse(self, canvas: Canvas, x: float, y: float) -> None:
        canvas.ellipse((x, y), 165, 100)
        sun = (x - 105, y)
        canvas.circle(sun, 17, fill=3)
        canvas.label((sun[0], sun[1] + 32), "Sun", size=0.85)
        for place, text in enumerate(self.texts):
            turn = math.radians((180, 140, 35, 0, 285)[place])
            spot = (x + 165 * math.cos(turn), y - 100 * math.sin(turn))
            canvas.line([sun, spot], width=0.6, dashed=True)
            canvas.circle(spot, 8, solid=True)
            canvas.label((x + 190 * math.cos(turn), y - 124 * math.sin(turn)), text)

    def _parallax(self, canvas: Canvas, x: float, y: float) -> None:
        low = y + y - 55
        canvas.ellipse((x, low), 110, 24, dashed=True)
        canvas.circle((x, low), 12, fill=3)
        star = (x, 70.0)
        for side, name in ((-110, "E1"), (110, "E2")):
            spot = (x + side, low)
            canvas.circle(spot, 8, solid=True)
            canvas.label((spot[0], spot[1] + 22), name, size=0.85)
            canvas.line([spot, (star[0] - side * 0.22, 24)], width=0.8)
        canvas.line([(x, low - 12), star], dashed=True, width=0.6)
        canvas.circle(star, 9, fill=2)
        canvas.label((x + 36, 70), "S")
        canvas.arc(star, 60, 60, 241, 270, width=0.8)
        canvas.label((x - 50, 148), self.texts[0], size=0.9)

    def _seasons(self, canvas: Canvas, x: float, y: float) -> None:
        canvas.ellipse((x, y), 150, 85, dashed=True)
        canvas.circle((x, y), 24, fill=3)
        canvas.label((x, y), "Sun", size=0.8, fixed=True)
        for (dx, dy), text in zip(((-150, 0), (0, 85), (150, 0), (0, -85)), self.texts, strict=True):
            spot = (x + dx, y + dy)
            canvas.circle(spot, 18, fill=1)
            canvas.line([(spot[0] - 11, spot[1] - 27), (spot[0] + 11, spot[1] + 27)], width=0.8)
            canvas.label((spot[0] + 32, spot[1] - 18), text)
