"""Chemistry: particles, reactions, solutions."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, choose, explain, find
from lensdex_problems.drawing.bars import Bars
from lensdex_problems.drawing.molecule import Molecule, Shells
from lensdex_problems.drawing.plot import Plot, sampled
from lensdex_problems.drawing.vessel import Vessel
from lensdex_problems.notation import formula, pairs

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice

_MOLECULES: Final = (
    ("H2O", 18, (("O", 0.0, 0.0), ("H", -0.8, -0.6), ("H", 0.8, -0.6)), ((0, 1, 1), (0, 2, 1))),
    ("CO2", 44, (("C", 0.0, 0.0), ("O", -1.0, 0.0), ("O", 1.0, 0.0)), ((0, 1, 2), (0, 2, 2))),
    (
        "NH3",
        17,
        (("N", 0.0, 0.0), ("H", -0.9, -0.5), ("H", 0.9, -0.5), ("H", 0.0, -1.0)),
        ((0, 1, 1), (0, 2, 1), (0, 3, 1)),
    ),
    (
        "CH4",
        16,
        (("C", 0.0, 0.0), ("H", -1.0, 0.0), ("H", 1.0, 0.0), ("H", 0.0, 1.0), ("H", 0.0, -1.0)),
        tuple((0, n, 1) for n in range(1, 5)),
    ),
    (
        "C2H4",
        28,
        (("C", -0.5, 0.0), ("C", 0.5, 0.0), ("H", -1.1, 0.8), ("H", -1.1, -0.8), ("H", 1.1, 0.8), ("H", 1.1, -0.8)),
        ((0, 1, 2), (0, 2, 1), (0, 3, 1), (1, 4, 1), (1, 5, 1)),
    ),
    (
        "C2H2",
        26,
        (("C", -0.5, 0.0), ("C", 0.5, 0.0), ("H", -1.5, 0.0), ("H", 1.5, 0.0)),
        ((0, 1, 3), (0, 2, 1), (1, 3, 1)),
    ),
    ("HCN", 27, (("C", 0.0, 0.0), ("H", -1.0, 0.0), ("N", 1.0, 0.0)), ((0, 1, 1), (0, 2, 3))),
    (
        "CH2O",
        30,
        (("C", 0.0, 0.0), ("O", 0.0, 1.0), ("H", -0.9, -0.6), ("H", 0.9, -0.6)),
        ((0, 1, 2), (0, 2, 1), (0, 3, 1)),
    ),
)
_ELEMENTS: Final = (
    ("Li", 3, 4),
    ("C", 6, 6),
    ("N", 7, 7),
    ("O", 8, 8),
    ("F", 9, 10),
    ("Na", 11, 12),
    ("Mg", 12, 12),
    ("Al", 13, 14),
    ("S", 16, 16),
    ("Cl", 17, 18),
)


def _molecule(dice: Dice) -> Scene:
    name, mass, atoms, bonds = dice.pick(_MOLECULES)
    moles = dice.whole(1, 12) / 4
    return Scene({"f": formula(name), "m": mass, "g": mass * moles}, Molecule(atoms, bonds))


def _atom(dice: Dice) -> Scene:
    symbol, protons, neutrons = dice.pick(_ELEMENTS)
    shells = tuple(count for count in (min(protons, 2), min(max(protons - 2, 0), 8), max(protons - 10, 0)) if count)
    return Scene({"s": symbol, "z": protons, "a": protons + neutrons}, Shells(f"{protons}+", shells))


def _trend(dice: Dice) -> Scene:
    names = ("Li", "Be", "B", "C", "N", "O", "F")
    energies = (520, 900, 801, 1086, 1402, 1314, 1681)
    chosen = sorted(dice.sample(range(7), 5))
    kept, values = tuple(names[place] for place in chosen), tuple(energies[place] for place in chosen)
    return Scene({"data": pairs(kept, values)}, Bars(kept, (values,), y_name="kJ/mol"), listed="data")


def _combustion(dice: Dice) -> Scene:
    n = dice.whole(1, 4)
    h = 2 * n + 2
    oxygen = (3 * n + 1) / 2
    fuel = formula(f"C{n if n > 1 else ''}H{h}")
    return Scene({"f": fuel, "n": dice.whole(1, 6), "o": oxygen})


def _profile(dice: Dice) -> Scene:
    start, barrier, end = dice.whole(30, 80), dice.whole(60, 120), dice.whole(5, 25)
    low = min(start, end)
    curve = sampled(
        [
            (
                x / 10,
                (start + (end - start) / (1 + math.exp(-(x / 10 - 5) * 1.5)))
                + barrier * math.exp(-((x / 10 - 5) ** 2) / 1.6),
            )
            for x in range(101)
        ]
    )
    top = max(y for _, y in curve)
    return Scene(
        {"a": start, "b": round(top), "c": end},
        Plot(
            (curve,),
            (0, 10),
            (min(0, low), round(top * 1.2, 2)),
            "reaction",
            "E (kJ)",
            marks=((0.3, start, f"{start}"), (9.6, end, f"{end}"), (5.0, round(top, 2), f"{round(top)}")),
            bare=True,
        ),
    )


def _rate(dice: Dice) -> Scene:
    final, half = 10 * dice.whole(3, 9), dice.whole(10, 30)
    curves = tuple(sampled([(x, final * (1 - 0.5 ** (x * k / half))) for x in range(0, 121, 3)]) for k in (1, 2))
    return Scene(
        {"v": final, "t": half},
        Plot(curves, (0, 125), (0, final * 1.2), "t (s)", "V (mL)", names=("A", "B"), grid=True),
    )


def _solutions(dice: Dice) -> Scene:
    a, b, v, w = dice.whole(1, 9) / 10, dice.whole(1, 9) / 10, 50 * dice.whole(1, 5), 50 * dice.whole(1, 5)
    return Scene({"a": a, "b": b, "v": v, "w": w}, Vessel("beakers", (f"{a} M {v} mL", f"{b} M {w} mL")))


def _titration(dice: Dice) -> Scene:
    acid, base, volume = dice.whole(1, 5) / 10, dice.whole(1, 5) / 10, 10 * dice.whole(1, 6)
    return Scene({"a": acid, "b": base, "v": volume}, Vessel("titration", (f"NaOH {base} M", f"HCl {volume} mL")))


def _electrolysis(dice: Dice) -> Scene:
    i, t = dice.whole(1, 9), 10 * dice.whole(3, 12)
    metal, mass = dice.pick((("Cu", 64), ("Ni", 59), ("Zn", 65)))
    return Scene({"i": i, "t": t, "s": metal, "m": mass}, Vessel("electrodes", ("C", metal, f"{metal}SO4")))


def _gas(dice: Dice) -> Scene:
    (p, q), v = dice.pick(((1, 2), (1, 3), (2, 4), (2, 3), (1, 4))), 12 * dice.whole(1, 6)
    return Scene({"p": p, "q": q, "v": v}, Vessel("piston", (f"{p} atm, {v} L", f"{q} atm")))


SUBJECT: Final = Subject(
    "chemistry",
    Pair("화학", "Chemistry"),
    {"particles": Pair("물질의 구성", "Particles"), "reactions": Pair("화학 반응", "Reactions"), "solutions": Pair("용액과 기체", "Solutions and gases")},
    (
        Concept(
            "molecular-structure", "particles", _molecule,
            ("분자 {f}의 구조식을 생각하자.", "{f} 분자에서 원자들은 공유 결합으로 이어져 있다."),
            ("Consider the structural formula of the molecule {f}.", "In a molecule of {f} the atoms are joined by covalent bonds."),
            (find("pairs", "분자 안의 공유 전자쌍의 수", "the number of bonding electron pairs in the molecule"), explain("shape", "분자의 모양과 극성", "the shape and the polarity of the molecule")),
        ),
        Concept(
            "molar-mass", "particles", _molecule,
            ("분자량이 {m}인 물질 {f}이(가) {g} g 있다.", "{f} {g} g을 준비하였다. 이 물질 1몰의 질량은 {m} g이다."),
            ("There are {g} g of {f}, whose molar mass is {m} g/mol.", "A sample of {f} weighs {g} g; one mole of it weighs {m} g."),
            (find("moles", "이 물질의 양(mol)", "the amount of substance in moles"), find("molecules", "들어 있는 분자의 수", "the number of molecules in it")),
        ),
        Concept(
            "atomic-structure", "particles", _atom,
            ("원자 번호가 {z}이고 질량수가 {a}인 중성 원자 {s}이(가) 있다.", "{s} 원자의 원자핵에는 양성자가 {z}개 있으며 질량수는 {a}이다."),
            ("A neutral atom of {s} has atomic number {z} and mass number {a}.", "The nucleus of {s} holds {z} protons, and its mass number is {a}."),
            (find("neutrons", "이 원자의 중성자 수", "the number of neutrons"), find("valence", "이 원자의 원자가 전자 수", "the number of valence electrons")),
        ),
        Concept(
            "periodic-trend", "particles", _trend,
            ("2주기 원소들의 제1 이온화 에너지(kJ/mol)를 비교하였다({data}).", "몇 가지 2주기 원소에서 전자 하나를 떼어 내는 데 필요한 에너지를 조사하였다({data})."),
            ("The first ionisation energies (kJ/mol) of some elements of period 2 are compared ({data}).", "The energy needed to remove one electron was looked up for elements of the second period ({data})."),
            (explain("trend", "원자 번호에 따른 이온화 에너지의 경향", "the trend of the ionisation energy with atomic number"), choose("highest", "전자를 가장 떼어 내기 어려운 원소", "the element that gives up an electron least easily")),
        ),
        Concept(
            "stoichiometry", "reactions", _combustion,
            ("탄화수소 {f} {n}몰을 완전 연소시켰다.", "{f}이(가) 산소와 반응하여 이산화 탄소와 물만 생긴다. 반응한 {f}은(는) {n}몰이다."),
            ("{n} mol of the hydrocarbon {f} is burnt completely.", "The fuel {f} reacts with oxygen to give only carbon dioxide and water; {n} mol of it is used up."),
            (find("oxygen", "필요한 산소의 양(mol)", "the amount of oxygen needed, in moles"), find("equation", "균형을 맞춘 화학 반응식", "the balanced chemical equation")),
        ),
        Concept(
            "reaction-energy", "reactions", _profile,
            ("어떤 반응에서 반응물, 전이 상태, 생성물의 에너지가 각각 {a} kJ, {b} kJ, {c} kJ이다.", "반응이 진행되는 동안 에너지는 {a} kJ에서 시작하여 최고 {b} kJ을 지나 {c} kJ이 되었다."),
            ("In a reaction the energies of reactants, transition state and products are {a} kJ, {b} kJ and {c} kJ.", "During a reaction the energy starts at {a} kJ, passes a peak of {b} kJ and ends at {c} kJ."),
            (find("activation", "정반응의 활성화 에너지", "the activation energy of the forward reaction"), explain("catalyst", "촉매를 넣었을 때 달라지는 점", "what a catalyst changes")),
        ),
        Concept(
            "reaction-rate", "reactions", _rate,
            ("조건 A와 B에서 금속과 산의 반응으로 생긴 기체의 부피를 시간에 따라 측정하였다. 두 경우 모두 결국 {v} mL가 생긴다.", "같은 양의 반응물로 실험하여 최종적으로 {v} mL의 기체를 얻었다. A에서는 그 절반을 얻는 데 {t}초가 걸렸고 B는 두 배 빠르다."),
            ("The gas from a metal and an acid was measured over time in conditions A and B; both end at {v} mL.", "Equal amounts of reactants finally give {v} mL of gas; half of it took {t} s in A, and B is twice as fast."),
            (explain("factor", "두 조건에서 반응 속도가 다른 까닭", "why the rate differs between the two conditions"), find("rate", "A에서 처음 {t}초 동안의 평균 반응 속도", "the mean rate in A over the first {t} s")),
        ),
        Concept(
            "mixing-solutions", "solutions", _solutions,
            ("비커 A의 {a} M 용액 {v} mL와 비커 B의 {b} M 용액 {w} mL를 섞었다. 용질은 같다.", "같은 용질의 두 용액 A({a} M, {v} mL), B({b} M, {w} mL)가 있다."),
            ("Solution A ({a} M, {v} mL) is mixed with solution B ({b} M, {w} mL) of the same solute.", "Two beakers hold the same solute: A has {v} mL at {a} M, B has {w} mL at {b} M."),
            (find("moles", "두 용액에 든 용질의 전체 양(mol)", "the total amount of solute in moles"), find("molarity", "두 용액을 섞은 혼합 용액의 몰 농도", "the molarity of the mixture of both")),
        ),
        Concept(
            "titration", "solutions", _titration,
            ("농도가 {a} M인 염산 {v} mL를 {b} M 수산화 나트륨 수용액으로 적정한다.", "{b} M NaOH 수용액을 뷰렛에 넣고 플라스크의 HCl({a} M, {v} mL)에 떨어뜨린다."),
            ("{v} mL of hydrochloric acid at {a} M is titrated with sodium hydroxide at {b} M.", "NaOH of {b} M is dripped from a burette into {v} mL of HCl at {a} M."),
            (find("volume", "중화점까지 넣은 염기의 부피", "the volume of base added up to the neutral point"), explain("indicator", "지시약을 사용하는 까닭과 색 변화", "why an indicator is used and how its colour changes")),
        ),
        Concept(
            "electrolysis", "reactions", _electrolysis,
            ("{s}²⁺ 이온이 든 수용액에 {i} A의 전류를 {t}분 동안 흘려 전기 분해하였다({s}의 원자량 {m}).", "전기 분해 장치에서 {t}분 동안 {i} A를 흘리자 음극에 금속 {s}이(가) 붙었다. {s} 1몰은 {m} g이다."),
            ("A solution with {s}²⁺ ions is electrolysed with {i} A for {t} minutes (atomic mass of {s}: {m}).", "After {t} minutes at {i} A the metal {s} covers the cathode; one mole of it weighs {m} g."),
            (find("mass", "음극에서 석출되는 금속의 질량", "the mass of metal deposited at the cathode"), find("charge", "흐른 전체 전하량", "the total charge that has passed")),
        ),
        Concept(
            "boyles-law", "solutions", _gas,
            ("온도가 일정할 때 {p}기압에서 부피가 {v} L인 기체를 {q}기압으로 압축하였다.", "실린더 속 기체({v} L, {p}기압)의 압력을 온도 변화 없이 {q}기압으로 높였다."),
            ("At constant temperature a gas of {v} L at {p} atm is compressed to {q} atm.", "The pressure of a gas in a cylinder ({v} L, {p} atm) is raised to {q} atm without a change of temperature."),
            (find("volume", "압축한 뒤 기체의 부피", "the volume of the gas after compression"), explain("particles", "입자의 운동으로 본 압력 증가의 까닭", "why the pressure rises, in terms of moving particles")),
        ),
    ),
)  # fmt: skip
