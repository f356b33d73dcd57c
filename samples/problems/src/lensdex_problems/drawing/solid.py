"""Solids: box, cylinder, cone, pyramid, sphere, with their measures written beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Solid:
    """`kind` is box, cylinder, cone, pyramid or sphere; `texts` are its measures, the height last."""

    aspect: ClassVar[float] = 1.1
    kind: str
    texts: tuple[str, ...]

    def draw(self, canvas: Canvas) -> None:
        draw = {
            "box": self._box, "cylinder": self._cylinder, "cone": self._cone, "pyramid": self._pyramid,
            "sphere": self._sphere,
        }[self.kind]  # fmt: skip
        draw(canvas, WIDTH / 2, canvas.height / 2)

    def _box(self, canvas: Canvas, x: float, y: float) -> None:
        left, right, top, bottom, dx, dy = x - 110, x + 60, y - 50, y + 90, 65, -50
        canvas.box(left, top, right, bottom, fill=0)
        canvas.polygon([(left, top), (left + dx, top + dy), (right + dx, top + dy), (right, top)], fill=1)
        canvas.polygon([(right, top), (right + dx, top + dy), (right + dx, bottom + dy), (right, bottom)], fill=2)
        hidden = (left + dx, bottom + dy)
        for end in ((left, bottom), (left + dx, top + dy), (right + dx, bottom + dy)):
            canvas.line([hidden, end], dashed=True, width=0.6)
        canvas.label(((left + right) / 2, bottom + 20), self.texts[0])
        canvas.label((right + dx / 2 + 26, bottom + dy / 2 + 14), self.texts[1])
        canvas.label((left - 32, (top + bottom) / 2), self.texts[2])

    def _cylinder(self, canvas: Canvas, x: float, y: float) -> None:
        radius, flat, top, bottom = 85, 24, y - 95, y + 95
        canvas.ellipse((x, top), radius, flat, fill=0)
        canvas.line([(x - radius, top), (x - radius, bottom)])
        canvas.line([(x + radius, top), (x + radius, bottom)])
        canvas.arc((x, bottom), radius, flat, 180, 360)
        canvas.arc((x, bottom), radius, flat, 0, 180, dashed=True, width=0.7)
        canvas.line([(x, top), (x + radius, top)], width=0.8)
        canvas.dot((x, top), 3)
        canvas.label((x + radius / 2, top - 13), self.texts[0])
        canvas.label((x + radius + 36, y), self.texts[1])

    def _cone(self, canvas: Canvas, x: float, y: float) -> None:
        radius, flat, top, bottom = 100, 26, y - 115, y + 90
        canvas.line([(x - radius, bottom), (x, top), (x + radius, bottom)])
        canvas.arc((x, bottom), radius, flat, 180, 360)
        canvas.arc((x, bottom), radius, flat, 0, 180, dashed=True, width=0.7)
        canvas.line([(x, top), (x, bottom)], dashed=True, width=0.8)
        canvas.line([(x, bottom), (x + radius, bottom)], dashed=True, width=0.8)
        canvas.label((x + radius / 2, bottom - 13), self.texts[0])
        canvas.label((x - 30, y + 25), self.texts[1])

    def _pyramid(self, canvas: Canvas, x: float, y: float) -> None:
        base = [(x - 115, y + 90), (x + 45, y + 90), (x + 115, y + 35), (x - 45, y + 35)]
        tip = (x, y - 120)
        canvas.polygon([base[0], base[1], tip], fill=0)
        canvas.polygon([base[1], base[2], tip], fill=1)
        canvas.line([base[0], base[3], base[2]], dashed=True, width=0.7)
        canvas.line([base[3], tip], dashed=True, width=0.7)
        canvas.line([tip, (x, y + 62)], dashed=True, width=0.8)
        canvas.label((x - 35, y + 108), self.texts[0])
        canvas.label((x + 20, y + 25), self.texts[1])

    def _sphere(self, canvas: Canvas, x: float, y: float) -> None:
        radius = 115
        canvas.circle((x, y), radius, fill=0)
        canvas.arc((x, y), radius, 32, 180, 360)
        canvas.arc((x, y), radius, 32, 0, 180, dashed=True, width=0.7)
        canvas.line([(x, y), (x + radius, y)])
        canvas.dot((x, y), 3)
        canvas.label((x + radius / 2, y - 14), self.texts[0])
