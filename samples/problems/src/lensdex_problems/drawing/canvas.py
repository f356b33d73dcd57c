"""A small drawing surface: 400 units wide, y downwards, in one style.

It keeps labels inside the picture and off each other, wobbles lines for hand-drawn styles and draws at twice the size
to smooth edges. Text is limited to what Pillow's bundled font can show. Knows nothing of what is drawn.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lensdex_problems.dice import Dice
    from lensdex_problems.drawing.style import Colour, Style

Point = tuple[float, float]

WIDTH: Final = 400.0
_FINER: Final = 2
_SMALLEST_TEXT_PX: Final = 9
_NUDGES: Final = tuple(
    (round(ring * math.cos(turn * math.pi / 4), 4), round(ring * math.sin(turn * math.pi / 4), 4))
    for ring in (0.0, 0.5, 0.9, 1.4, 2.0)
    for turn in ((0,) if ring == 0 else (6, 2, 0, 4, 7, 5, 1, 3))
)


class UnprintableLabelError(ValueError):
    """A label holds a character that the bundled font cannot show."""


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.load_default(size=size)
    assert isinstance(font, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return font


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """Return the colour that lies that share of the way from one to the other."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


class Canvas:
    """One picture in the making; `finish` gives the image."""

    def __init__(self, size_px: tuple[int, int], style: Style, dice: Dice) -> None:
        self.style = style
        self.height = WIDTH * size_px[1] / size_px[0]
        self._size_px = size_px
        self._scale = size_px[0] * _FINER / WIDTH
        self._dice = dice
        self._taken: list[tuple[float, float, float, float]] = []
        self._image = Image.new("RGB", (size_px[0] * _FINER, size_px[1] * _FINER), style.paper)
        self._draw = ImageDraw.Draw(self._image)
        self._rule_paper()

    @property
    def faint(self) -> Colour:
        """The colour of guide lines."""
        return blend(self.style.ink, self.style.paper, 0.6)

    def fill(self, place: int) -> Colour:
        """Return the fill colour of that place in the palette, which repeats."""
        return self.style.fills[place % len(self.style.fills)]

    def line(
        self, points: Sequence[Point], *, width: float = 1.0, dashed: bool = False, colour: Colour | None = None
    ) -> None:
        """Draw through the points in turn; width is relative to the style's."""
        wide = max(_FINER, round(self.style.width * width * self._scale))
        ink = colour or self.style.ink
        path = self._wobbled(points) if self.style.jitter else list(points)
        if dashed:
            for piece in _dashes(path, 7.0, 5.0):
                self._draw.line(self._px(piece), fill=ink, width=wide)
        else:
            self._draw.line(self._px(path), fill=ink, width=wide, joint="curve")

    def polygon(
        self, points: Sequence[Point], *, fill: int | None = None, solid: bool = False, width: float = 1.0
    ) -> None:
        """Draw a closed outline; `fill` is a place in the palette, `solid` fills with ink."""
        if solid:
            self._draw.polygon(self._px(points), fill=self.style.ink)
        elif fill is not None and self.style.hatch:
            self._hatch(self._px(points), fill)
        elif fill is not None:
            self._draw.polygon(self._px(points), fill=self.fill(fill))
        if width:
            self.line([*points, points[0]], width=width)

    def box(self, left: float, top: float, right: float, bottom: float, *, fill: int | None = None) -> None:
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], fill=fill)

    def circle(
        self, centre: Point, radius: float, *, fill: int | None = None, solid: bool = False, dashed: bool = False
    ) -> None:
        self.ellipse(centre, radius, radius, fill=fill, solid=solid, dashed=dashed)

    def ellipse(
        self,
        centre: Point,
        across: float,
        down: float,
        *,
        fill: int | None = None,
        solid: bool = False,
        dashed: bool = False,
    ) -> None:
        points = arc_points(centre, across, down, 0, 360)
        if fill is not None or solid:
            self.polygon(points, fill=fill, solid=solid)
        else:
            self.line(points, dashed=dashed)

    def arc(
        self,
        centre: Point,
        across: float,
        down: float,
        start: float,
        end: float,
        *,
        dashed: bool = False,
        width: float = 1.0,
    ) -> None:
        """Draw part of an ellipse; angles in degrees, anticlockwise from the right."""
        self.line(arc_points(centre, across, down, start, end), dashed=dashed, width=width)

    def dot(self, centre: Point, radius: float = 4.0) -> None:
        self._draw.polygon(self._px(arc_points(centre, radius, radius, 0, 360)), fill=self.style.ink)

    def arrow(self, start: Point, end: Point, *, width: float = 1.0, dashed: bool = False, head: float = 10.0) -> None:
        """Draw a line that ends in a filled head."""
        length = math.hypot(end[0] - start[0], end[1] - start[1])
        if length < 1:
            return
        ux, uy = (end[0] - start[0]) / length, (end[1] - start[1]) / length
        head = min(head + self.style.width, length * 0.8)
        neck = (end[0] - ux * head, end[1] - uy * head)
        self.line([start, neck], width=width, dashed=dashed)
        wing = head * 0.42
        barb = [end, (neck[0] - uy * wing, neck[1] + ux * wing), (neck[0] + uy * wing, neck[1] - ux * wing)]
        self._draw.polygon(self._px(barb), fill=self.style.ink)

    def label(self, at: Point, text: str, *, size: float = 1.0, fixed: bool = False) -> None:
        """Write centred on a point, moved a little where it would leave the picture or cover another label.

        `fixed` text stays where it is put, for cells and bars that are its own place.
        """
        if not text:
            return
        if any(not (" " <= letter <= "~") and letter not in "°·±" for letter in text):
            raise UnprintableLabelError(f"the bundled font cannot show {text!r}")
        pixels = max(_SMALLEST_TEXT_PX, round(17 * size * self.style.font * self._scale / _FINER)) * _FINER
        font = _font(pixels)
        left, top, right, bottom = font.getbbox(text, anchor="lt")
        wide, high = right - left, max(bottom - top, pixels * 0.6)
        x, y = at[0] * self._scale, at[1] * self._scale
        spot = self._place(x, y, wide, high, pixels, fixed=fixed)
        self._taken.append(_around(*spot, wide, high))
        self._draw.text(
            spot,
            text,
            font=font,
            anchor="mm",
            fill=self.style.ink,
            stroke_width=0 if fixed and not self.style.hatch else _FINER,
            stroke_fill=self.style.paper,
        )

    def finish(self) -> Image.Image:
        """Return the picture at its final size; call once."""
        wide, high = self._image.size
        for _ in range(self.style.speckle):
            x, y = self._dice.unit() * wide, self._dice.unit() * high
            spot = 0.5 + self._dice.unit() * _FINER
            self._draw.ellipse((x, y, x + spot, y + spot), fill=self.style.ink)
        if self.style.frame:
            self._draw.rectangle((2, 2, wide - 3, high - 3), outline=self.style.ink, width=_FINER)
        image = self._image
        if self.style.tilt:
            turn = (self._dice.unit() * 2 - 1) * self.style.tilt
            image = image.rotate(turn, resample=Image.Resampling.BILINEAR, fillcolor=self.style.paper)
        return image.reduce(_FINER)

    def _rule_paper(self) -> None:
        kind, step = self.style.paper_grid, 20.0 * self._scale
        wide, high = self._image.size
        faint = blend(self.style.ink, self.style.paper, 0.87)
        across = [step * place for place in range(1, int(wide / step) + 1)]
        down = [step * place for place in range(1, int(high / step) + 1)]
        if kind in ("squares", "ruled"):
            for y in down:
                self._draw.line((0, y, wide, y), fill=faint, width=1)
        if kind == "squares":
            for x in across:
                self._draw.line((x, 0, x, high), fill=faint, width=1)
        if kind == "dots":
            spot = _FINER * 0.8
            for y in down:
                for x in across:
                    self._draw.ellipse((x - spot, y - spot, x + spot, y + spot), fill=faint)

    def _px(self, points: Sequence[Point]) -> list[Point]:
        return [(x * self._scale, y * self._scale) for x, y in points]

    def _wobbled(self, points: Sequence[Point]) -> list[Point]:
        amount = self.style.jitter
        path = [points[0]]
        for (ax, ay), (bx, by) in pairwise(points):
            pieces = max(1, round(math.hypot(bx - ax, by - ay) / 32))
            for piece in range(1, pieces + 1):
                share = piece / pieces
                # Corners stay put, so that outlines close and labels stay beside what they name.
                loose = 0.0 if piece == pieces else amount
                dx, dy = ((self._dice.unit() * 2 - 1) * loose for _ in range(2))
                path.append((ax + (bx - ax) * share + dx, ay + (by - ay) * share + dy))
        return path

    def _hatch(self, points: list[Point], place: int) -> None:
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = max(0, int(min(xs))), max(0, int(min(ys)))
        wide, high = int(max(xs)) - left + 1, int(max(ys)) - top + 1
        if wide < 2 or high < 2:
            return
        mask = Image.new("1", (wide, high))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=1)
        layer = Image.new("RGB", (wide, high), self.style.paper)
        pen = ImageDraw.Draw(layer)
        step = max(6, round((7 + 3 * (place % 3)) * self._scale))
        for start in range(-high, wide, step):
            ends = (start, high, start + high, 0) if place % 2 == 0 else (start, 0, start + high, high)
            pen.line(ends, fill=blend(self.style.ink, self.style.paper, 0.45), width=_FINER)
        self._image.paste(layer, (left, top), mask)

    def _place(self, x: float, y: float, wide: float, high: float, step: float, *, fixed: bool) -> Point:
        frame_wide, frame_high = self._image.size
        edge = 3.0 * _FINER

        def inside(value: float, half: float, end: float) -> float:
            return end / 2 if 2 * (half + edge) > end else min(max(value, half + edge), end - half - edge)

        best, least = (x, y), math.inf
        for dx, dy in _NUDGES[:1] if fixed else _NUDGES:
            spot = (inside(x + dx * step, wide / 2, frame_wide), inside(y + dy * step, high / 2, frame_high))
            covered = sum(_overlap(_around(*spot, wide, high), other) for other in self._taken)
            if covered < least:
                best, least = spot, covered
            if covered == 0:
                break
        return best


def _around(x: float, y: float, wide: float, high: float) -> tuple[float, float, float, float]:
    pad = _FINER
    return x - wide / 2 - pad, y - high / 2 - pad, x + wide / 2 + pad, y + high / 2 + pad


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def _dashes(path: Sequence[Point], on: float, off: float) -> list[list[Point]]:
    """Cut a path into its drawn pieces, keeping the rhythm across corners."""
    pieces: list[list[Point]] = []
    current: list[Point] = [path[0]]
    drawn, left = True, on
    for (ax, ay), (bx, by) in pairwise(path):
        length = math.hypot(bx - ax, by - ay)
        done = 0.0
        while length - done > left:
            done += left
            at = (ax + (bx - ax) * done / length, ay + (by - ay) * done / length)
            if drawn:
                pieces.append([*current, at])
            current, drawn = [at], not drawn
            left = on if drawn else off
        left -= length - done
        current.append((bx, by))
    if drawn and len(current) > 1:
        pieces.append(current)
    return pieces


def arc_points(centre: Point, across: float, down: float, start: float, end: float) -> list[Point]:
    """Return points along an ellipse; angles in degrees, anticlockwise from the right."""
    count = max(6, math.ceil(abs(end - start) / 7.5))
    turns = [math.radians(start + (end - start) * place / count) for place in range(count + 1)]
    return [(centre[0] + across * math.cos(turn), centre[1] - down * math.sin(turn)) for turn in turns]
