"""Family trees of a trait: squares and circles over two or three generations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Pedigree:
    """Children of the first couple and grandchildren of the first child, as (male, affected)."""

    aspect: ClassVar[float] = 1.4
    parents: tuple[tuple[bool, bool], tuple[bool, bool]]
    children: tuple[tuple[bool, bool], ...]
    partner: bool
    grandchildren: tuple[tuple[bool, bool], ...]

    def draw(self, canvas: Canvas) -> None:
        rows = (45.0, canvas.height / 2, canvas.height - 48)
        step = (WIDTH - 80) / (len(self.children) + 1)
        second = [40 + step * (place + 1.5) for place in range(len(self.children))]
        middle = (second[0] + second[-1]) / 2
        father, mother = middle - 55, middle + 55
        bar = (rows[0] + rows[1]) / 2
        canvas.line([(father, rows[0]), (mother, rows[0])])
        canvas.line([(middle, rows[0]), (middle, bar)])
        canvas.line([(second[0], bar), (second[-1], bar)])
        for x in second:
            canvas.line([(x, bar), (x, rows[1])])
        partner = second[0] - step * 0.95
        couple = (partner + second[0]) / 2
        canvas.line([(partner, rows[1]), (second[0], rows[1])])
        lower = (rows[1] + rows[2]) / 2
        count = len(self.grandchildren)
        third = [couple + 74 * (place - (count - 1) / 2) + 20 for place in range(count)]
        canvas.line([(couple, rows[1]), (couple, lower)])
        canvas.line([(min(couple, third[0]), lower), (max(couple, third[-1]), lower)])
        for x in third:
            canvas.line([(x, lower), (x, rows[2])])
        people = [(father, rows[0], self.parents[0]), (mother, rows[0], self.parents[1])]
        people += [(x, rows[1], who) for x, who in zip(second, self.children, strict=True)]
        people += [(partner, rows[1], (not self.children[0][0], self.partner))]
        people += [(x, rows[2], who) for x, who in zip(third, self.grandchildren, strict=True)]
        for number, (x, y, (male, affected)) in enumerate(people, start=1):
            if male:
                canvas.polygon(
                    [(x - 15, y - 15), (x + 15, y - 15), (x + 15, y + 15), (x - 15, y + 15)], solid=affected, fill=0
                )
            else:
                canvas.circle((x, y), 16, solid=affected, fill=0)
            canvas.label((x + 2, y + 28), str(number), size=0.75)
