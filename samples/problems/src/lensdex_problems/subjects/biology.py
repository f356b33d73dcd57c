"""Biology: cells, genetics, ecology."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, choose, explain, find
from lensdex_problems.drawing.network import Network
from lensdex_problems.drawing.pedigree import Pedigree
from lensdex_problems.drawing.plot import Plot, sampled
from lensdex_problems.drawing.pyramid import Pyramid
from lensdex_problems.drawing.table import Table
from lensdex_problems.drawing.vessel import Vessel

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _punnett(dice: Dice) -> Scene:
    letter = dice.pick("ABDRT")
    low = letter.lower()
    one, two = (letter, low), dice.pick(((letter, low), (low, low)))
    cells = tuple((first, *("".join(sorted(first + second)) for second in two)) for first in one)
    figure = Table((("", two[0], two[1]), *cells))
    return Scene({"p": "".join(one), "q": "".join(two), "d": letter, "n": 40 * dice.whole(2, 20)}, figure)


def _pedigree(dice: Dice) -> Scene:
    children = tuple((dice.chance(0.5), dice.chance(0.4)) for _ in range(dice.whole(3, 4)))
    parents = ((True, dice.chance(0.3)), (False, False))
    # At least one child shows the trait, so that healthy parents must carry it.
    children = (*children[:-1], (children[-1][0], True))
    grandchildren = tuple((dice.chance(0.5), dice.chance(0.4)) for _ in range(dice.whole(1, 2)))
    total = 3 + len(children) + len(grandchildren)
    return Scene(
        {"n": total, "k": len(children)}, Pedigree(parents, children, dice.chance(0.3), grandchildren), essential=True
    )


def _dna(dice: Dice) -> Scene:
    share = dice.whole(15, 35)
    bases = "".join(dice.pick("ATGC") for _ in range(9))
    return Scene({"a": share, "s": bases, "n": 100 * dice.whole(4, 30)})


def _enzyme(dice: Dice) -> Scene:
    best, name = dice.pick(((37, "A"), (42, "A"), (60, "A"))), dice.whole(1, 9)
    curve = sampled([(t, 10 * math.exp(-(((t - best[0]) / (16 if t < best[0] else 8)) ** 2))) for t in range(81)])
    return Scene(
        {"t": best[0], "c": name},
        Plot((curve,), (0, 80), (0, 12), "T (°C)", "rate", marks=((best[0], 10.0, f"{best[0]}°"),)),
    )


def _osmosis(dice: Dice) -> Scene:
    a, b = dice.sample(range(1, 20), 2)
    return Scene({"a": a, "b": b}, Vessel("membrane", (f"{a} %", f"{b} %")))


def _light(dice: Dice) -> Scene:
    top, low = dice.whole(8, 20), dice.whole(2, 5)
    curve = sampled([(x, (top + low) * (1 - math.exp(-x / 3)) - low) for x in (t / 4 for t in range(61))])
    return Scene({"p": top, "r": low}, Plot((curve,), (0, 15), (-low - 2, top * 1.2), "light", "CO2", grid=True))


_WEB: Final = (
    Pair("풀", "grass"),
    Pair("메뚜기", "locust"),
    Pair("토끼", "rabbit"),
    Pair("개구리", "frog"),
    Pair("뱀", "snake"),
    Pair("매", "hawk"),
)


def _food_web(dice: Dice) -> Scene:
    letters = ("P", "A", "B", "C", "D", "E")
    order = dice.shuffled(letters[1:])
    names = ("P", *order)
    places = ((0.5, 1.0), (0.1, 0.66), (0.9, 0.66), (0.1, 0.33), (0.55, 0.4), (0.6, 0.0))
    arrows = [(0, 1, ""), (0, 2, ""), (1, 3, ""), (3, 4, ""), (4, 5, ""), (2, 5, "")]
    if dice.chance(0.5):
        arrows.append((2, 4, ""))
    nodes = tuple((name, *place) for name, place in zip(names, places, strict=True))
    chains = ", ".join(f"{names[one]}→{names[other]}" for one, other, _ in arrows)
    return Scene(
        {"data": chains, "c": names[3], "top": names[5]},
        Network(nodes, tuple(arrows), rounded=dice.chance(0.5)),
        listed="data",
    )


def _energy(dice: Dice) -> Scene:
    base, rate, rate2 = 1000 * dice.whole(1, 9), dice.pick((10, 12, 15)), dice.pick((10, 15, 20))
    one = base * rate / 100
    two = one * rate2 / 100
    rows = (("P", 10.0, 10.0), ("C1", 6.5, 6.5), ("C2", 3.2, 3.2))
    return Scene({"a": base, "b": one, "c": two}, Pyramid(rows))


def _growth(dice: Dice) -> Scene:
    limit, start = 100 * dice.whole(3, 12), dice.whole(2, 9) * 5
    curve = sampled([(t, limit / (1 + (limit / start - 1) * math.exp(-0.6 * t))) for t in (x / 3 for x in range(46))])
    figure = Plot(
        (curve, ((0.0, float(limit)), (15.0, float(limit)))), (0, 15), (0, limit * 1.2), "t (day)", "N", dashed=(1,)
    )
    return Scene({"k": limit, "n": start}, figure)


SUBJECT: Final = Subject(
    "biology",
    Pair("생명과학", "Biology"),
    {"genetics": Pair("유전", "Genetics"), "cells": Pair("세포와 물질대사", "Cells and metabolism"), "ecology": Pair("생태계", "Ecology")},
    (
        Concept(
            "punnett-square", "genetics", _punnett,
            ("유전자형이 {p}인 개체와 {q}인 개체를 교배하였다. 대립유전자 {d}이(가) 완전 우성이다.", "완두의 한 형질에서 {d}은(는) 우성이다. 부모의 유전자형은 각각 {p}, {q}이다."),
            ("Individuals of genotype {p} and {q} are crossed; the allele {d} is fully dominant.", "For one trait of peas, {d} is dominant; the parents have the genotypes {p} and {q}."),
            (find("ratio", "자손에서 나타나는 표현형의 비", "the ratio of phenotypes among the offspring"), find("number", "자손이 {n}개체일 때 열성 형질을 나타내는 개체 수의 기댓값", "the expected number with the recessive trait among {n} offspring")),
        ),
        Concept(
            "pedigree", "genetics", _pedigree,
            ("3대에 걸친 어느 집안의 유전병 가계도에 {n}명이 있고, 첫 부부의 자녀는 {k}명이다. 검은 도형은 병이 있는 사람이다.", "어떤 집안 {n}명의 유전 형질을 조사하였다. 첫 세대는 자녀 {k}명을 두었으며 색칠한 사람에게 형질이 나타난다."),
            ("A pedigree over three generations shows {n} people; the first couple has {k} children. Filled shapes are affected.", "An inherited trait was traced in {n} members of a family; the first generation has {k} children, and filled symbols show the trait."),
            (explain("dominance", "이 형질이 우성인지 열성인지 판단하는 근거", "how to tell whether the trait is dominant or recessive"), choose("carriers", "유전자형을 확실히 알 수 있는 사람", "the people whose genotype is certain")),
        ),
        Concept(
            "dna-bases", "genetics", _dna,
            ("염기 {n}개로 된 이중 나선 DNA에서 아데닌(A)의 비율이 {a} %이다. 한 가닥의 일부는 {s}이다.", "어떤 DNA 두 가닥의 전체 염기 수는 {n}이고 그 가운데 A가 {a} %이며, 한쪽 가닥에서 {s}의 서열이 발견되었다."),
            ("A double-stranded DNA of {n} bases has {a} % adenine; part of one strand reads {s}.", "Of the {n} bases of both DNA strands, {a} % are A, and one strand contains the sequence {s}."),
            (find("guanine", "구아닌(G)의 비율", "the share of guanine"), find("complement", "주어진 서열에 상보적인 가닥의 염기 서열", "the sequence of the complementary strand")),
        ),
        Concept(
            "enzyme-temperature", "cells", _enzyme,
            ("농도가 {c} %인 기질에 작용하는 어떤 효소의 반응 속도는 {t} °C에서 가장 크다.", "온도를 바꾸며 효소의 활성을 측정하였더니 {t} °C에서 최대가 되었다. 기질의 농도는 {c} %로 같다."),
            ("An enzyme acting on a {c} % substrate works fastest at {t} °C.", "The activity of an enzyme, measured at many temperatures with {c} % substrate, peaks at {t} °C."),
            (explain("heat", "온도가 지나치게 높을 때 반응 속도가 줄어드는 까닭", "why the rate drops at very high temperatures"), choose("optimum", "이 효소가 가장 활발하게 작용하는 온도 범위", "the range of temperatures in which the enzyme works best")),
        ),
        Concept(
            "osmosis", "cells", _osmosis,
            ("반투과성 막을 사이에 두고 A에는 {a} %, B에는 {b} %의 설탕물을 같은 높이로 넣었다.", "물만 통과하는 막의 양쪽에 농도가 {a} %(A)와 {b} %(B)인 설탕 용액이 있다."),
            ("A semipermeable membrane separates sugar solutions of {a} % in A and {b} % in B, at equal levels.", "On the two sides of a membrane that lets only water through are sugar solutions: {a} % (A) and {b} % (B)."),
            (choose("direction", "물이 주로 이동하는 방향", "the direction in which water mainly moves"), explain("cell", "식물 세포를 더 진한 용액에 넣을 때 일어나는 변화", "what happens to a plant cell put into the stronger solution")),
        ),
        Concept(
            "photosynthesis", "cells", _light,
            ("어떤 식물의 호흡량은 {r}이고, 빛이 충분할 때 순광합성량은 {p}이다(단위는 상댓값).", "빛의 세기를 높이며 CO₂ 흡수량을 측정하니 {p}에서 더 늘지 않았고, 어두울 때에는 {r}만큼 방출되었다."),
            ("A plant respires at a rate of {r} and, in strong light, has a net photosynthesis of {p} (relative units).", "With growing light the CO₂ uptake levelled off at {p}; in the dark {r} was given off."),
            (find("gross", "빛이 충분할 때의 총광합성량", "the gross photosynthesis in strong light"), explain("compensation", "보상점이 뜻하는 것", "what the compensation point means")),
        ),
        Concept(
            "food-web", "ecology", _food_web,
            ("생물 P, A, B, C, D, E의 먹이 관계는 다음과 같다({data}). 화살표는 먹히는 쪽에서 먹는 쪽을 향한다.", "어느 초원의 먹이 그물을 조사하였다({data}). P는 생산자이다."),
            ("The feeding relations of P, A, B, C, D and E are as follows ({data}); arrows point from the eaten to the eater.", "The food web of a meadow was studied ({data}); P is the producer."),
            (choose("top", "이 먹이 그물의 최종 소비자", "the top consumer of the food web"), explain("vanish", "{c}이(가) 사라질 때 다른 생물에 미치는 영향", "how the others are affected when {c} disappears")),
        ),
        Concept(
            "energy-pyramid", "ecology", _energy,
            ("생산자, 1차 소비자, 2차 소비자의 에너지양이 각각 {a}, {b}, {c}인 생태계가 있다.", "어느 호수의 에너지 피라미드에서 에너지는 아래 단계부터 {a}, {b}, {c}이다."),
            ("In an ecosystem the energy of producers, primary and secondary consumers is {a}, {b} and {c}.", "The energy pyramid of a lake reads, from the bottom, {a}, {b} and {c}."),
            (find("efficiency", "2차 소비자의 에너지 효율", "the energy efficiency of the secondary consumers"), explain("loss", "위 단계로 갈수록 에너지양이 줄어드는 까닭", "why the energy shrinks from level to level")),
        ),
        Concept(
            "population-growth", "ecology", _growth,
            ("개체 수가 {n}에서 시작하여 환경 수용력 {k}에 가까워지는 개체군이 있다.", "어느 섬의 개체군은 처음 {n}마리였고 S자형으로 늘어 {k}마리에서 멈추었다."),
            ("A population starts at {n} and approaches a carrying capacity of {k}.", "On an island a population of {n} grew along an S-shaped curve and stopped at {k}."),
            (explain("resistance", "개체군의 생장을 억제하는 환경 저항", "the environmental resistance that limits the growth"), find("fastest", "증가 속도가 가장 클 때의 개체 수", "the size of the population when it grows fastest")),
        ),
    ),
)  # fmt: skip
