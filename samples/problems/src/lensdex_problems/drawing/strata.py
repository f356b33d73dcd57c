"""Rock layers with a fault or an intrusion, and waves under the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Strata:
    """Layer letters from top to bottom; `fault` shifts the right side, `dike` cuts up to that layer (-1: none)."""

    aspect: ClassVar[float] = 1.3
    layers: tuple[str, ...]
    fault: bool = False
    dike: int = -1

    def draw(self, canvas: Canvas) -> None:
        left, right, top, bottom = 30.0, WIDTH - 30, 45.0, canvas.height - 25
        step = (bottom - top) / len(self.layers)
        middle, lean, shift = 225.0, 34.0, 22.0 if self.fault else 0.0
        for place, text in enumerate(self.layers):
            high, low = top + step * place, top + step * (place + 1)

            def crack(y: float) -> float:
                return middle + lean * (1 - (y - top) / (bottom - top))

            canvas.polygon([(left, high), (crack(high), high), (crack(low), low), (left, low)], fill=place, width=0.8)
            high_r, low_r = min(high + shift, bottom), min(low + shift, bottom)
            canvas.polygon(
                [(crack(high_r), high_r), (right, high_r), (right, low_r), (crack(low_r), low_r)], fill=place, width=0.8
            )
            self._texture(canvas, place, high, low)
            canvas.label((left + 34, (high + low) / 2), text, fixed=True)
        if self.fault:
            canvas.line([(middle + lean, top - 8), (middle, bottom)], width=2)
            canvas.label((middle + lean + 6, top - 24), "f-f'")
        if self.dike >= 0:
            high = top + step * self.dike
            canvas.polygon([(290, bottom), (318, high + 3), (346, high + 3), (330, bottom)], fill=4)
            canvas.label((328, (high + bottom) / 2 + 10), "P")

    def _texture(self, canvas: Canvas, place: int, high: float, low: float) -> None:
        y = (high + low) / 2
        for number in range(6):
            x = 95 + 22.0 * number
            if place % 3 == 0:
                canvas.dot((x, y), 1.8)
            elif place % 3 == 1:
                canvas.line([(x - 6, y), (x + 6, y)], width=0.5)
            else:
                canvas.line([(x - 4, y - 5), (x + 4, y + 5)], width=0.5)
