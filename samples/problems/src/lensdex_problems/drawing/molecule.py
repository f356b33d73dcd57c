"""Structural formulas, and atoms as shells of electrons."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from lensdex_problems.drawing.canvas import WIDTH

if TYPE_CHECKING:
    from lensdex_problems.drawing.canvas import Canvas


@dataclass(frozen=True)
class Molecule:
    """Atoms as (symbol, x, y) in bond lengths and bonds as (atom, atom, order)."""

    aspect: ClassVar[float] = 1.35
    atoms: tuple[tuple[str, float, float], ...]
    bonds: tuple[tuple[int, int, int], ...]

    def draw(self, canvas: Canvas) -> None:
        xs, ys = [x for _, x, _ in self.atoms], [y for _, _, y in self.atoms]
        scale = min((WIDTH - 110) / max(max(xs) - min(xs), 1), (canvas.height - 90) / max(max(ys) - min(ys), 1), 100)
        middle = ((max(xs) + min(xs)) / 2, (max(ys) + min(ys)) / 2)
        spots = [
            (WIDTH / 2 + (x - middle[0]) * scale, canvas.height / 2 - (y - middle[1]) * scale) for _, x, y in self.atoms
        ]
        for one, other, order in self.bonds:
            (ax, ay), (bx, by) = spots[one], spots[other]
            length = math.hypot(bx - ax, by - ay)
            dx, dy = -(by - ay) / length, (bx - ax) / length
            for line in range(order):
                shift = (line - (order - 1) / 2) * 8
                canvas.line([(ax + dx * shift, ay + dy * shift), (bx + dx * shift, by + dy * shift)])
        for (symbol, _, _), spot in zip(self.atoms, spots, strict=True):
            canvas.circle(spot, min(19.0, scale * 0.3), fill=sum(map(ord, symbol)) % 5)
            canvas.label(spot, symbol, size=min(1.0, scale / 55), fixed=True)


@dataclass(frozen=True)
class Shells:
    """An atom: its nucleus text and the electrons on each shell."""

    aspect: ClassVar[float] = 1.0
    nucleus: str
    electrons: tuple[int, ...]

    def draw(self, canvas: Canvas) -> None:
        centre = (WIDTH / 2, canvas.height / 2)
        canvas.circle(centre, 34, fill=0)
        canvas.label(centre, self.nucleus, fixed=True)
        for place, count in enumerate(self.electrons):
            radius = 34 + 140 * (place + 1) / len(self.electrons)
            canvas.circle(centre, radius)
            for number in range(count):
                turn = math.radians(90 + 360 * number / count)
                canvas.dot((centre[0] + radius * math.cos(turn), centre[1] - radius * math.sin(turn)), 6.5)
