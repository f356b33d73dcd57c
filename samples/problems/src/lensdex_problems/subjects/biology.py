"""Biology: cells, genetics, ecology."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, choose, explain, find
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
            ko=(
                "유전자형이 {p}인 개체와 {q}인 개체를 교배하였다. 대립유전자 {d}이(가) 완전 우성이다.",
                "어떤 꽃의 색은 한 쌍의 대립유전자로 결정되며, {d}은(는) 다른 대립유전자에 대하여 완전 우성이다. 유전자형이 {p}인 꽃의 암술에 {q}인 꽃의 꽃가루를 묻혔다.",
                "한 연구자가 초파리의 날개 모양 유전을 조사하려고 {p} 암컷을 {q} 수컷과 짝지었다. 이 형질은 멘델의 우열의 원리를 따르고, 우성 대립유전자는 {d}이다.",
                "우성 유전자를 {d}으로(로) 나타내는 단일 인자 형질이 있다. 이 형질의 유전자형이 각각 {p}, {q}인 두 어버이 사이에서 자손이 태어났다.",
                "완두 줄기의 키를 결정하는 유전자 가운데 {d}은(는) 큰 키 대립유전자이며 항상 우성으로 나타난다. {p} 완두와 {q} 완두를 타가 수분하여 씨를 받았다.",
            ),
            en=(
                "Individuals of genotype {p} and {q} are crossed; the allele {d} is fully dominant.",
                "A breeder mates a mouse carrying the alleles {p} with one carrying {q}. Coat colour depends on this gene alone, and a single copy of {d} is enough to produce the dominant colour.",
                "Pollen from a pea plant of genotype {q} is brushed onto the flower of a {p} plant; {d} completely masks the other allele.",
                "In fruit flies a certain wing shape is controlled by one autosomal gene with complete dominance of {d}. The female parent is {p} and the male parent is {q}.",
                "Two guinea pigs, one {p} and the other {q} for a gene with just two alleles, produce several litters. Wherever {d} is present, its effect alone is seen in the fur.",
            ),
            tasks=(
                find("ratio", "자손에서 나타나는 표현형의 비", "the ratio of phenotypes among the offspring"),
            ),
            held_out=(
                HeldOut(
                    find("number", "자손이 {n}개체일 때 열성 형질을 나타내는 개체 수의 기댓값", "the expected number with the recessive trait among {n} offspring"),
                    "완두의 한 형질에서 {d}은(는) 우성이다. 부모의 유전자형은 각각 {p}, {q}이다.",
                    "For one trait of peas, {d} is dominant; the parents have the genotypes {p} and {q}.",
                ),
                HeldOut(
                    find("gametes", "두 부모가 만드는 생식세포의 종류와 그 비율", "the kinds of gametes each parent makes and their proportions"),
                    "우성 대립유전자를 {d}으로(로) 나타낼 때, 유전자형이 {p}인 완두와 {q}인 완두를 교배하여 씨를 얻었다.",
                    "A gardener crosses a {p} pea plant with a {q} pea plant; the capital {d} stands for the dominant allele.",
                ),
            ),
        ),
        Concept(
            "pedigree", "genetics", _pedigree,
            ko=(
                "3대에 걸친 어느 집안의 유전병 가계도에 {n}명이 있고, 첫 부부의 자녀는 {k}명이다. 검은 도형은 병이 있는 사람이다.",
                "유전 상담을 받으러 온 가족의 {n}명을 세 세대로 나누어 그림으로 정리하였다. 첫째 세대의 부부는 자녀 {k}명을 두었고, 색칠한 기호는 발현자이다.",
                "다음 가계도에는 조부모부터 손주까지 모두 {n}명의 유전 형질이 기록되어 있다. 맨 위의 부부에게서 {k}명이 태어났으며, 진하게 칠한 사람에게만 형질이 나타났다.",
                "한 학생이 친척 {n}명을 대상으로 어떤 유전병의 유무를 조사하여 3대의 가계도를 작성하였다. 1세대 부부가 낳은 자녀의 수는 {k}이며, 환자는 검게 칠하였다.",
                "한 유전병이 집안에 전해지는 양상을 알아보기 위해 3세대 {n}명의 표현형을 표시하였다. 속이 빈 기호는 정상인, 속을 채운 기호는 환자이고, 1세대 부부 밑으로 {k}명의 형제자매가 있다.",
            ),
            en=(
                "A pedigree over three generations shows {n} people; the first couple has {k} children. Filled shapes are affected.",
                "Doctors traced an inherited disorder through grandparents, parents and grandchildren, {n} individuals in all. The oldest pair had {k} offspring, and shaded symbols mark those who have the disorder.",
                "The family tree drawn by a genetic counsellor contains {n} members in three rows. Dark symbols denote patients, and {k} siblings descend from the founding pair.",
                "An inherited condition was recorded for {n} relatives, the {k} sons and daughters of the man and woman at the top and their grandchildren included. Blank symbols stand for people without the condition.",
                "In a family of {n} members, those with a certain hereditary trait are coloured black in the chart. The couple in generation I are the parents of {k} members of generation II and the grandparents of generation III.",
            ),
            tasks=(
                explain("dominance", "이 형질이 우성인지 열성인지 판단하는 근거", "how to tell whether the trait is dominant or recessive"),
                explain("sex-linkage", "이 형질의 유전자가 상염색체와 X 염색체 중 어디에 있는지 알아보는 방법", "how to judge whether the gene lies on an autosome or on the X chromosome"),
                find("affected-share", "가계도에 나타난 사람 가운데 이 형질을 가진 사람의 비율", "the proportion of the people shown who have the trait"),
            ),
            held_out=(
                HeldOut(
                    choose("carriers", "유전자형을 확실히 알 수 있는 사람", "the people whose genotype is certain"),
                    "어떤 집안 {n}명의 유전 형질을 조사하였다. 첫 세대는 자녀 {k}명을 두었으며 색칠한 사람에게 형질이 나타난다.",
                    "An inherited trait was traced in {n} members of a family; the first generation has {k} children, and filled symbols show the trait.",
                ),
                HeldOut(
                    find("affected-children-share", "첫 세대의 자녀 {k}명 가운데 형질이 나타나는 사람의 비율", "the fraction of the {k} children of the first generation who show the trait"),
                    "가계도에는 {n}명이 나타나 있고, 맨 위 부부에게서 자녀 {k}명이 태어났다. 어떤 유전 형질을 나타내는 사람은 색칠한 기호로 그렸다.",
                    "A genetic counsellor draws a family tree of {n} people, shading everyone who shows a certain trait; the couple at the top had {k} children.",
                ),
            ),
        ),
        Concept(
            "dna-bases", "genetics", _dna,
            ko=(
                "염기 {n}개로 된 이중 나선 DNA에서 아데닌(A)의 비율이 {a} %이다. 한 가닥의 일부는 {s}이다.",
                "어느 세균에서 분리한 두 가닥 DNA 조각은 총 {n}개의 뉴클레오타이드로 이루어져 있으며, 그중 {a} %가 아데닌을 가진다. 한쪽 가닥 일부의 염기 서열은 {s}이다.",
                "DNA 시료의 염기 조성을 분석하니 전체 {n}개의 염기 가운데 A가 {a} %를 차지하였다. 이 이중 나선의 한 사슬에서 어느 구간을 읽으면 {s} 순서로 염기가 배열되어 있다.",
                "이중 가닥으로 된 어떤 유전자의 염기 수는 두 가닥을 합하여 {n}이고, 한 가닥의 일부 서열이 {s}으로(로) 밝혀졌다. 샤가프의 법칙을 적용하기 위해 측정한 아데닌의 함량은 {a} %이다.",
                "한 가닥에 {s} 서열이 들어 있는 이중 나선 DNA를 합성하였다. 합성된 분자는 염기 {n}개로 구성되고, 아데닌은 전체 염기의 {a} %에 해당한다.",
            ),
            en=(
                "A double-stranded DNA of {n} bases has {a} % adenine; part of one strand reads {s}.",
                "Chemical analysis of a double helix shows that {a} % of its {n} bases are adenine. On one of the strands a short stretch has the sequence {s}.",
                "A DNA fragment used in a cloning experiment consists of two complementary strands with {n} nucleotides altogether, {a} % of which carry adenine. One strand includes the sequence {s}.",
                "The sequence {s} was found in one chain of a duplex DNA molecule. Counting both chains there are {n} bases, adenine making up {a} % of them.",
                "A student models a gene as a ladder built from {n} base cards, two on each rung, and A is written on {a} % of the cards. Nine neighbouring cards along one side spell {s}.",
            ),
            tasks=(
                find("guanine", "구아닌(G)의 비율", "the share of guanine"),
            ),
            held_out=(
                HeldOut(
                    find("complement", "주어진 서열에 상보적인 가닥의 염기 서열", "the sequence of the complementary strand"),
                    "어떤 DNA 두 가닥의 전체 염기 수는 {n}이고 그 가운데 A가 {a} %이며, 한쪽 가닥에서 {s}의 서열이 발견되었다.",
                    "Of the {n} bases of both DNA strands, {a} % are A, and one strand contains the sequence {s}.",
                ),
                HeldOut(
                    find("hydrogen-bonds", "두 가닥을 잇는 수소 결합의 총수", "the total number of hydrogen bonds between the two strands"),
                    "이중 나선 DNA 조각을 분석하였더니 염기는 모두 {n}개, 아데닌의 비율은 {a} %였다. 두 가닥 중 하나의 일부 서열은 {s}이다.",
                    "Analysis of a double-stranded DNA fragment with {n} bases in total shows an adenine content of {a} %; part of one strand reads {s}.",
                ),
            ),
        ),
        Concept(
            "enzyme-temperature", "cells", _enzyme,
            ko=(
                "농도가 {c} %인 기질에 작용하는 어떤 효소의 반응 속도는 {t} °C에서 가장 크다.",
                "기질 농도를 {c} %로 고정하고 온도만 바꾸며 효소의 반응 속도를 측정하였더니 {t} °C에서 최댓값이 나타났다.",
                "어느 미생물에서 추출한 효소의 최적 온도는 {t} °C로 알려져 있다. 이 효소를 {c} % 기질 용액에 넣고 여러 온도에서 단위 시간에 생긴 생성물의 양을 비교하였다.",
                "{c} %의 기질이 든 시험관 여러 개를 서로 다른 온도의 물중탕에 담그고 같은 양의 효소를 넣었다. 기질이 가장 빨리 분해된 것은 {t} °C의 시험관이었다.",
                "어떤 가수 분해 효소의 활성을 온도에 따라 그래프로 나타내면 {t} °C에서 봉우리를 이룬다. 실험에 쓰인 기질의 농도는 모두 {c} %이다.",
            ),
            en=(
                "An enzyme acting on a {c} % substrate works fastest at {t} °C.",
                "Test tubes holding a {c} % substrate solution and equal doses of an enzyme stand in water baths of different temperatures. The reaction finishes first in the bath kept at {t} °C.",
                "The optimum temperature of a certain enzyme is {t} °C. Its activity was measured from 0 °C to 80 °C while the substrate concentration stayed at {c} %.",
                "A detergent maker tries out an enzyme on a {c} % solution of its substrate: warming speeds the reaction up as far as {t} °C, and any further warming slows it down.",
                "Plotted against temperature, the rate at which an enzyme breaks down its substrate (concentration {c} %) has a single peak at {t} °C.",
            ),
            tasks=(
                explain("heat", "온도가 지나치게 높을 때 반응 속도가 줄어드는 까닭", "why the rate drops at very high temperatures"),
                explain("low-temperature", "최적 온도보다 훨씬 낮은 온도에서 반응 속도가 느린 까닭", "why the reaction is slow far below the optimum temperature"),
            ),
            held_out=(
                HeldOut(
                    choose("optimum", "이 효소가 가장 활발하게 작용하는 온도 범위", "the range of temperatures in which the enzyme works best"),
                    "온도를 바꾸며 효소의 활성을 측정하였더니 {t} °C에서 최대가 되었다. 기질의 농도는 {c} %로 같다.",
                    "The activity of an enzyme, measured at many temperatures with {c} % substrate, peaks at {t} °C.",
                ),
                HeldOut(
                    explain("other-factors", "온도 이외에 이 효소의 활성에 영향을 주는 요인", "factors other than temperature that affect the activity of the enzyme"),
                    "{c} % 기질 용액을 담은 시험관들을 서로 다른 온도에 두고 같은 효소를 넣었더니, {t} °C의 시험관에서 반응이 가장 빨랐다.",
                    "Test tubes with the same enzyme and a {c} % substrate solution were kept at different temperatures, and the reaction ran fastest at {t} °C.",
                ),
            ),
        ),
        Concept(
            "osmosis", "cells", _osmosis,
            ko=(
                "U자관의 가운데를 물만 통과시키는 막으로 막은 뒤 A 쪽에 {a} % 설탕 수용액, B 쪽에 {b} % 설탕 수용액을 높이가 같게 채웠다.",
                "농도가 {a} %인 설탕 용액 A와 {b} %인 설탕 용액 B가 셀로판 막 하나를 두고 맞닿아 있다. 설탕 분자는 이 막을 지나지 못하며, 실험을 시작할 때 두 용액의 수면은 나란하였다.",
                "용매만 드나들 수 있는 칸막이가 수조를 A, B로 나누고 있다. 양쪽의 수면이 일치하도록 설탕물을 부었는데, 그 농도는 A가 {a} %, B가 {b} %이다.",
                "삼투 현상을 관찰하려는 모둠이 반투막으로 분리된 용기를 준비하였다. 설탕의 농도는 A 칸이 {a} %, B 칸이 {b} %이고 처음에는 두 칸의 물 높이에 차이가 없다.",
            ),
            en=(
                "A semipermeable membrane separates sugar solutions of {a} % in A and {b} % in B, at equal levels.",
                "A U-tube is divided at the bottom by a membrane that lets water through but not sucrose. Arm A is filled with a {a} % sucrose solution and arm B, to the same height, with a {b} % one.",
                "Two compartments of a tank share a wall made of selectively permeable film that holds back sugar. Compartment A contains {a} % sugar water, compartment B {b} %, and the surfaces are level at the start.",
                "To show osmosis, a teacher pours equally deep sugar solutions on the two sides of a membrane permeable only to water: {a} % on side A and {b} % on side B.",
                "Sugar molecules are too large to cross the thin barrier between chambers A and B, whereas water crosses freely. The chambers start equally full, with sugar concentrations of {a} % and {b} % respectively.",
            ),
            tasks=(
                explain("standstill", "충분한 시간이 지나면 수면의 높이가 더 이상 변하지 않는 까닭", "why the liquid levels stop changing after a long time"),
            ),
            held_out=(
                HeldOut(
                    explain("cell", "식물 세포를 더 진한 용액에 넣을 때 일어나는 변화", "what happens to a plant cell put into the stronger solution"),
                    "물만 통과하는 막의 양쪽에 농도가 {a} %(A)와 {b} %(B)인 설탕 용액이 있다.",
                    "On the two sides of a membrane that lets only water through are sugar solutions: {a} % (A) and {b} % (B).",
                ),
                HeldOut(
                    choose("rising-side", "시간이 지난 뒤 수면이 더 높아지는 쪽", "the side whose liquid level rises after a while"),
                    "용기 가운데에 반투과성 막을 설치하고 A쪽에는 {a} %, B쪽에는 {b} % 설탕물을 같은 높이로 채웠다.",
                    "A container is divided by a semipermeable membrane, with {a} % sugar water poured into side A and {b} % sugar water into side B up to the same level.",
                ),
            ),
        ),
        Concept(
            "photosynthesis", "cells", _light,
            ko=(
                "어떤 식물의 호흡량은 {r}이고, 빛이 충분할 때 순광합성량은 {p}이다(단위는 상댓값).",
                "어두운 곳에 둔 화분의 식물은 이산화 탄소를 {r}만큼 방출하였고, 같은 시간 동안 충분히 밝은 빛을 비추자 {p}만큼 흡수하였다(단위는 상댓값).",
                "강한 빛 아래에서 어떤 잎이 외부로부터 흡수하는 이산화 탄소의 양은 {p}이며 이는 순광합성량에 해당한다. 이 잎이 호흡으로 만들어 내는 이산화 탄소의 양은 상댓값으로 {r}이다.",
                "빛의 세기를 차츰 높이며 수초의 이산화 탄소 출입량을 재었더니, 빛이 없을 때 -{r}에서 출발하여 강한 빛에서는 {p}에 이르렀다. 양수는 흡수, 음수는 방출을 뜻한다.",
                "온실 작물의 광포화 상태에서 측정한 순광합성량은 상댓값으로 {p}이고, 온도가 같은 조건에서 측정한 호흡량은 {r}으로(로) 나타났다.",
            ),
            en=(
                "A plant respires at a rate of {r} and, in strong light, has a net photosynthesis of {p} (relative units).",
                "Kept in the dark, a potted plant gives off {r} units of carbon dioxide per hour; under saturating light it takes in {p} units per hour from the air.",
                "For a leaf in bright light the CO2 fixed by photosynthesis minus the CO2 released by respiration equals {p}. Respiration alone accounts for {r} in the same arbitrary units.",
                "A graph of CO2 exchange against light intensity starts at -{r} in complete darkness and levels off at {p}, where positive values mean absorption (arbitrary units).",
                "A greenhouse crop reaches a maximum net photosynthetic rate of {p} on a relative scale, while its respiration rate is steady at {r} on that scale.",
            ),
            tasks=(
                find("gross", "빛이 충분할 때의 총광합성량", "the gross photosynthesis in strong light"),
                find("respiration-share", "빛이 충분할 때 총광합성량에 대한 호흡량의 비율", "the respiration as a fraction of the gross photosynthesis in strong light"),
            ),
            held_out=(
                HeldOut(
                    explain("compensation", "보상점이 뜻하는 것", "what the compensation point means"),
                    "빛의 세기를 높이며 CO₂ 흡수량을 측정하니 {p}에서 더 늘지 않았고, 어두울 때에는 {r}만큼 방출되었다.",
                    "With growing light the CO₂ uptake levelled off at {p}; in the dark {r} was given off.",
                ),
                HeldOut(
                    explain("limiting-factor", "빛이 더 강해져도 CO₂ 흡수량이 늘지 않는 까닭", "why stronger light no longer increases the CO₂ uptake"),
                    "화분의 식물을 암실에 두자 CO₂가 {r}만큼 나왔다. 조명을 점점 밝게 하였더니 CO₂ 흡수량이 커지다가 {p}에서 일정해졌다.",
                    "A potted plant gives off {r} units of CO₂ in darkness, while under ever brighter lamps its CO₂ uptake climbs to {p} units and then stays constant.",
                ),
            ),
        ),
        Concept(
            "food-web", "ecology", _food_web,
            ko=(
                "생물 P, A, B, C, D, E의 먹이 관계는 다음과 같다({data}). 화살표는 먹히는 쪽에서 먹는 쪽을 향한다.",
                "어느 호수에 사는 여섯 종의 생물 P, A~E가 먹이 그물을 이룬다({data}). 화살표 머리 쪽의 생물이 꼬리 쪽의 생물을 먹는다.",
                "생태계에서 물질과 에너지가 전달되는 경로를 화살표로 나타내었다({data}). P는 생산자이고 A, B, C, D, E는 소비자이다.",
                "초원에서 관찰한 생물 P, A, B, C, D, E 사이의 포식과 피식 관계를 X→Y 꼴로 적었다({data}). 여기서 Y는 X를 먹고 산다.",
                "과학 동아리가 갯벌 생물 여섯 종을 조사하여 여러 먹이 사슬이 얽힌 모습을 정리하였다({data}). 에너지는 식물 플랑크톤 P에서 시작하여 화살표를 따라 소비자 A~E에게 흘러간다.",
            ),
            en=(
                "The feeding relations of P, A, B, C, D and E are as follows ({data}); arrows point from the eaten to the eater.",
                "Six species, P and A to E, live in a pond, and food energy passes among them along these arrows ({data}).",
                "Field biologists noted who eats whom in a meadow ({data}). An arrow such as X→Y means that Y feeds on X, and P is the only green plant.",
                "The links of a food web are given ({data}). P stands for the producers, the letters A, B, C, D and E for animals, and each arrow leads from the food to its consumer.",
                "In a coastal ecosystem several food chains starting from the alga P are interwoven ({data}), and the organism at an arrowhead lives on the one at the other end.",
            ),
            tasks=(
                choose("top", "이 먹이 그물의 최종 소비자", "the top consumer of the food web"),
            ),
            held_out=(
                HeldOut(
                    explain("vanish", "{c}이(가) 사라질 때 다른 생물에 미치는 영향", "how the others are affected when {c} disappears"),
                    "어느 초원의 먹이 그물을 조사하였다({data}). P는 생산자이다.",
                    "The food web of a meadow was studied ({data}); P is the producer.",
                ),
                HeldOut(
                    find("longest-chain", "P에서 시작하는 가장 긴 먹이 사슬", "the longest food chain that starts from P"),
                    "연못가에 사는 생물들이 먹고 먹히는 관계를 화살표로 이었으며({data}), 그 가운데 광합성을 하는 생물은 P뿐이다.",
                    "Among the living things of a forest, arrows run from the eaten to the eater ({data}), and only P makes its own food.",
                ),
            ),
        ),
        Concept(
            "energy-pyramid", "ecology", _energy,
            ko=(
                "생산자, 1차 소비자, 2차 소비자의 에너지양이 각각 {a}, {b}, {c}인 생태계가 있다.",
                "어느 초원의 영양 단계별 에너지양을 상댓값으로 조사한 결과 풀은 {a}, 초식 동물은 {b}, 이들을 먹는 육식 동물은 {c}이었(였)다.",
                "에너지 피라미드의 맨 아래층 생산자에는 {a}, 가운데층 1차 소비자에는 {b}, 맨 위층 2차 소비자에는 {c}의 에너지가 저장되어 있다(단위는 상댓값).",
                "식물 플랑크톤이 지닌 에너지 {a} 가운데 {b}만 동물 플랑크톤에 전달되고, 그중 다시 {c}만 2차 소비자인 작은 물고기에 전달된다.",
                "먹이 사슬을 따라 이동하는 에너지를 계산하였더니 1차 소비자가 {b}, 2차 소비자가 {c}을(를) 가지고 있었다. 이 에너지는 모두 생산자가 고정한 {a}에서 비롯되었다.",
            ),
            en=(
                "In an ecosystem the energy of producers, primary and secondary consumers is {a}, {b} and {c}.",
                "Grass in a prairie stores {a} kJ of energy per square metre each year; grasshoppers obtain {b} kJ of it and the birds that eat them {c} kJ.",
                "The three tiers of an energy pyramid are labelled, from the bottom upwards, {a}, {b} and {c}. They represent plants, herbivores and the carnivores feeding on these herbivores.",
                "Of the {a} units of energy held by phytoplankton, {b} units reach the zooplankton that graze on it, and small fish as secondary consumers end up with {c} units.",
                "Ecologists measured the energy content of successive trophic levels in a lake: {c} at the level of secondary consumers, {b} at that of primary consumers and {a} at that of producers (relative units).",
            ),
            tasks=(
                find("efficiency", "2차 소비자의 에너지 효율", "the energy efficiency of the secondary consumers"),
            ),
            held_out=(
                HeldOut(
                    explain("loss", "위 단계로 갈수록 에너지양이 줄어드는 까닭", "why the energy shrinks from level to level"),
                    "어느 호수의 에너지 피라미드에서 에너지는 아래 단계부터 {a}, {b}, {c}이다.",
                    "The energy pyramid of a lake reads, from the bottom, {a}, {b} and {c}.",
                ),
                HeldOut(
                    find("share-at-top", "생산자의 에너지 가운데 가장 높은 영양 단계까지 전달된 비율", "the percentage of the producers' energy that reaches the highest level"),
                    "습지 생태계의 생산자, 1차 소비자, 2차 소비자가 지닌 에너지양을 같은 단위로 나타내면 차례로 {a}, {b}, {c}이다.",
                    "In a marsh the producers store {a} units of energy, the plant eaters {b} units and the animals that eat them {c} units.",
                ),
            ),
        ),
        Concept(
            "population-growth", "ecology", _growth,
            ko=(
                "개체 수가 {n}에서 시작하여 환경 수용력 {k}에 가까워지는 개체군이 있다.",
                "배양액에 짚신벌레 {n}마리를 넣고 기르자 개체 수가 빠르게 늘다가 환경 수용력인 {k}마리 부근에서 거의 일정해졌다.",
                "먹이와 공간이 한정된 병 속에서 초파리 {n}마리가 번식을 시작하였다. 이 병의 환경이 오래 유지할 수 있는 최대 개체 수는 {k}이다.",
                "연못에 개구리밥 {n}개체를 띄우고 날마다 수를 세어 그린 생장 곡선은 S자 모양이며, 위쪽의 수평선 {k}에 점점 접근한다.",
                "어떤 생물 집단의 초기 크기는 {n}이고, 서식지의 자원으로 부양할 수 있는 집단 크기의 상한은 {k}으로(로) 추정된다.",
            ),
            en=(
                "A population starts at {n} and approaches a carrying capacity of {k}.",
                "Into a flask of fresh medium a biologist puts {n} paramecia. Their number climbs quickly at first, then more slowly, and finally levels off near {k}.",
                "A jar with limited food can support no more than {k} fruit flies in the long run; the colony in it was founded by {n} flies.",
                "The growth curve of duckweed on a pond is S-shaped, with an initial value of {n} plants and an upper limit of {k} plants.",
                "Resources in a habitat are sufficient to sustain {k} individuals of a species. Only {n} individuals were released there when observation began.",
            ),
            tasks=(
                explain("ideal-curve", "이 개체군의 생장 곡선과 이론적인 J자형 생장 곡선의 차이", "how the growth curve differs from the theoretical J-shaped one"),
            ),
            held_out=(
                HeldOut(
                    find("fastest", "증가 속도가 가장 클 때의 개체 수", "the size of the population when it grows fastest"),
                    "어느 섬의 개체군은 처음 {n}마리였고 S자형으로 늘어 {k}마리에서 멈추었다.",
                    "On an island a population of {n} grew along an S-shaped curve and stopped at {k}.",
                ),
                HeldOut(
                    explain("environmental-resistance", "개체 수의 증가를 억제하는 환경 저항 요인", "the factors of the environment that hold back the growth"),
                    "먹이와 공간이 한정된 어항에 물벼룩 {n}마리를 넣었더니, 개체 수가 S자 모양의 생장 곡선을 따라 환경 수용력인 {k}마리에 가까워졌다.",
                    "After {n} water fleas were put into a tank with limited food, their number followed a logistic curve towards the carrying capacity of {k}.",
                ),
            ),
        ),
    ),
)  # fmt: skip
