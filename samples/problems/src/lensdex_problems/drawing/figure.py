"""The seam between problems and pictures, and how a figure is turned into PNG bytes."""

from __future__ import annotations

import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, cast

from lensdex_problems.drawing.canvas import Canvas

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice
    from lensdex_problems.drawing.style import Style

Scale = Literal["full", "small"]


class Figure(Protocol):
    """A frozen dataclass whose fields say all that is shown.

    `aspect` is width by height; the canvas is 400 units wide whatever its size in pixels.
    """

    aspect: ClassVar[float]

    def draw(self, canvas: Canvas) -> None:
        """Draw it; equal fields on equal canvases give equal pixels."""
        ...


def describe(figure: Figure) -> dict[str, object]:
    """Return the family and the fields of a figure as plain data, for hashing without drawing."""
    return {"family": type(figure).__name__, **asdict(cast("Any", figure))}


def pixel_size(figure: Figure, dice: Dice, scale: Scale) -> tuple[int, int]:
    """Choose a size: the shorter side 220 to 470 pixels at full scale, 96 to 116 at small scale."""
    short = dice.whole(220, 470) if scale == "full" else dice.whole(96, 116)
    ratio = figure.aspect
    return (round(short * ratio), short) if ratio >= 1 else (short, round(short / ratio))


def render(figure: Figure, style: Style, dice: Dice, scale: Scale) -> bytes:
    """Return the figure as a PNG file."""
    canvas = Canvas(pixel_size(figure, dice.fork("size"), scale), style, dice.fork("hand"))
    figure.draw(canvas)
    file = io.BytesIO()
    canvas.finish().save(file, format="PNG", compress_level=4)
    return file.getvalue()
