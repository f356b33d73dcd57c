"""Venn diagrams of two or three sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Venn:
    """`names` of two or three sets; `texts` by region: of two A only, both, B only, outside; of three each alone."""

    aspect: ClassVar[float] = 1.35
    names: tuple[str, ...]
    texts: tuple[str, ...]

    def draw(self, canvas: Canvas) -> None:
        x, y = WIDTH / 2, canvas.height / 2
        canvas.box(14, 14, WIDTH - 14, canvas.height - 14)
        canvas.label((32, 32), "U")
        if len(self.names) == 2:
            canvas.circle((x - 55, y + 6), 95, fill=0)
            canvas.circle((x + 55, y + 6), 95)
            canvas.circle((x - 55, y + 6), 95)
            spots = [(x - 100, y + 6), (x, y + 6), (x + 100, y + 6), (x + 158, canvas.height - 34)]
            canvas.label((x - 118, y - 98), self.names[0])
            canvas.label((x + 118, y - 98), self.names[1])
        else:
            for centre in ((x - 52, y - 30), (x + 52, y - 30), (x, y + 46)):
                canvas.circle(centre, 80)
            spots = [(x - 84, y - 50), (x + 84, y - 50), (x, y + 90)]
            for name, spot in zip(self.names, ((x - 140, y - 85), (x + 140, y - 85), (x + 92, y + 98)), strict=True):
                canvas.label(spot, name)
        for text, spot in zip(self.texts, spots, strict=False):
            canvas.label(spot, text)
