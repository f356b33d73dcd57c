"""Drawing styles: how the same figure looks in another book. Each is for training or held out, as the table says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Style:
    """How lines, fills and paper look.

    `jitter` is the wobble of a hand in canvas units, `speckle` the number of dots a bad copy has, `tilt` the degrees a
    page may lie askew in the scanner.
    """

    name: str
    held_out: bool
    ink: Colour
    paper: Colour
    fills: tuple[Colour, ...]
    width: float = 1.8
    jitter: float = 0.0
    paper_grid: Literal["none", "squares", "dots", "ruled"] = "none"
    hatch: bool = False
    font: float = 1.0
    speckle: int = 0
    tilt: float = 0.0
    frame: bool = False


_PASTEL: Final = ((255, 214, 214), (212, 232, 255), (216, 244, 214), (255, 240, 200), (232, 218, 250))
_GREY: Final = ((224, 224, 224), (196, 196, 196), (240, 240, 240), (210, 210, 210), (180, 180, 180))
_STRONG: Final = ((255, 178, 120), (130, 190, 240), (150, 215, 150), (250, 220, 110), (200, 160, 225))
_DARK: Final = ((40, 74, 130), (30, 95, 110), (90, 60, 120), (110, 80, 50), (50, 100, 70))

STYLES: Final = (
    Style("plain", held_out=False, ink=(0, 0, 0), paper=(255, 255, 255), fills=_GREY),
    Style("bold", held_out=False, ink=(10, 10, 10), paper=(255, 255, 255), fills=_STRONG, width=3.2, font=1.12),
    Style("pencil", held_out=False, ink=(70, 70, 74), paper=(252, 251, 247), fills=_GREY, width=1.6, jitter=1.5),
    Style("pastel", held_out=False, ink=(60, 60, 90), paper=(255, 255, 255), fills=_PASTEL, width=2.2, frame=True),
    Style("notebook", held_out=False, ink=(20, 40, 130), paper=(253, 253, 250), fills=_PASTEL, jitter=1.0,
          paper_grid="squares"),
    Style("blueprint", held_out=False, ink=(235, 242, 255), paper=(24, 52, 104), fills=_DARK, paper_grid="squares"),
    Style("hatched", held_out=False, ink=(0, 0, 0), paper=(255, 255, 255), fills=_GREY, width=1.4, hatch=True),
    Style("photocopy", held_out=False, ink=(40, 40, 40), paper=(240, 240, 238), fills=_GREY, width=2.4, speckle=160,
          tilt=1.2),
    Style("fine", held_out=False, ink=(30, 30, 30), paper=(255, 255, 255), fills=_PASTEL, width=1.1, font=0.92),
    Style("textbook", held_out=False, ink=(20, 60, 90), paper=(246, 250, 253), fills=_STRONG, width=2.0, frame=True),
    Style("chalkboard", held_out=True, ink=(240, 240, 230), paper=(38, 70, 56), fills=_DARK, width=2.6, jitter=1.2),
    Style("newsprint", held_out=True, ink=(50, 44, 38), paper=(236, 228, 210), fills=((215, 203, 178), (198, 184, 156)),
          hatch=True, speckle=90, tilt=0.8),
    Style("marker", held_out=True, ink=(150, 30, 40), paper=(255, 255, 255), fills=_STRONG, width=3.6, jitter=1.4),
    Style("graph-paper", held_out=True, ink=(0, 70, 60), paper=(248, 255, 250), fills=_PASTEL, paper_grid="dots"),
    Style("legal-pad", held_out=True, ink=(40, 30, 80), paper=(255, 250, 205), fills=((240, 220, 150), (225, 205, 140)),
          jitter=0.8, paper_grid="ruled"),
)  # fmt: skip
