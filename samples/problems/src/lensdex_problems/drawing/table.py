"""Tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Table:
    """Rows of short texts; the first row and the first column are heads."""

    aspect: ClassVar[float] = 1.75
    rows: tuple[tuple[str, ...], ...]

    def draw(self, canvas: Canvas) -> None:
        weights = [max(3, *(len(row[column]) for row in self.rows)) + 2 for column in range(len(self.rows[0]))]
        left, right, top = 18.0, WIDTH - 18, 18.0
        tall = min((canvas.height - 36) / len(self.rows), 46)
        top = (canvas.height - tall * len(self.rows)) / 2
        edges = [left]
        for weight in weights:
            edges.append(edges[-1] + (right - left) * weight / sum(weights))
        size = min(1.0, (right - left) / sum(weights) / 8.2)
        for number, row in enumerate(self.rows):
            for column, text in enumerate(row):
                y = top + tall * number
                canvas.box(
                    edges[column], y, edges[column + 1], y + tall, fill=0 if number == 0 or column == 0 else None
                )
                middle = ((edges[column] + edges[column + 1]) / 2, y + tall / 2)
                canvas.label(middle, text, size=size, fixed=True)
