"""Chemistry: particles, reactions, solutions."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, choose, explain, find
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
            ko=(
                "분자 {f}의 구조식을 생각하자.",
                "{f}은(는) 원자들이 전자쌍을 공유하여 만들어진 분자이며, 그 루이스 구조를 그리려고 한다.",
                "공 막대 모형으로 {f} 분자 한 개를 조립하여 원자들이 이어진 모습을 살펴보았다.",
                "화학 시간에 한 모둠이 {f}의 원자가 전자를 점으로 표시한 루이스 전자점식을 작성하였다.",
                "비금속 원소의 원자들로 이루어진 {f} 분자에서 각 원자가 어떻게 결합하고 있는지 조사한다.",
            ),
            en=(
                "Consider the structural formula of the molecule {f}.",
                "A pupil builds a ball-and-stick model that shows how the atoms of one {f} molecule are joined.",
                "The Lewis dot diagram of {f} is drawn on the board with every valence electron marked.",
                "Covalent bonds hold the atoms together in a single molecule whose formula is {f}.",
                "A worksheet deals with {f}, a molecular substance whose atoms, bonds and outer electrons are to be sketched in full.",
            ),
            tasks=(
                find("valence-electrons", "분자를 이루는 모든 원자의 원자가 전자 수의 합", "the total number of valence electrons of all the atoms in the molecule"),
            ),
            held_out=(
                HeldOut(
                    explain("shape", "분자의 모양과 극성", "the shape and the polarity of the molecule"),
                    "{f} 분자에서 원자들은 공유 결합으로 이어져 있다.",
                    "In a molecule of {f} the atoms are joined by covalent bonds.",
                ),
                HeldOut(
                    find("shared-pairs", "분자 하나에 들어 있는 공유 전자쌍의 수", "the number of shared electron pairs in one molecule"),
                    "{f} 분자 하나를 이루는 원자들은 저마다 이웃한 원자와 전자쌍을 함께 가지며 결합해 있다.",
                    "Shared pairs of electrons hold together the atoms that make up one particle of {f}.",
                ),
            ),
        ),
        Concept(
            "molar-mass", "particles", _molecule,
            ko=(
                "분자량이 {m}인 물질 {f}이(가) {g} g 있다.",
                "순수한 {f}만 들어 있는 용기에서 용기의 무게를 뺀 내용물의 질량은 {g} g이고, 이 물질의 몰 질량은 {m} g/mol이다.",
                "{f}의 화학식량은 {m}으로(로) 주어지며, 실험에 사용할 시료의 질량은 {g} g이다.",
                "학생이 {f} 시료를 {g} g 얻었다. 구성 원자의 원자량을 모두 더한 값은 {m}이다.",
            ),
            en=(
                "There are {g} g of {f}, whose molar mass is {m} g/mol.",
                "A chemist weighs out a {f} sample with a mass of {g} g; one mole of this substance has a mass of {m} g.",
                "The relative molecular mass of {f} is {m}, and a closed vessel contains exactly {g} g of it and nothing else.",
                "Adding up the atomic masses in {f} gives {m}. The sample used in an experiment has a mass of {g} g.",
                "For a reaction {g} g of pure {f} was prepared; according to the label on the bottle, its molar mass equals {m} g/mol.",
            ),
            tasks=(
                find("moles", "이 물질의 양(mol)", "the amount of substance in moles"),
            ),
            held_out=(
                HeldOut(
                    find("molecules", "들어 있는 분자의 수", "the number of molecules in it"),
                    "{f} {g} g을 준비하였다. 이 물질 1몰의 질량은 {m} g이다.",
                    "A sample of {f} weighs {g} g; one mole of it weighs {m} g.",
                ),
                HeldOut(
                    find("one-molecule-mass", "이 물질의 분자 한 개의 질량", "the mass of a single molecule of the substance"),
                    "저울에 올린 {f}의 질량은 {g} g으로 측정되었고, 원자량에서 계산한 몰 질량은 {m} g/mol이었다.",
                    "The substance {f}, whose molar mass is {m} g/mol, was weighed out in the laboratory until the balance read {g} g.",
                ),
            ),
        ),
        Concept(
            "atomic-structure", "particles", _atom,
            ko=(
                "원자 번호가 {z}이고 질량수가 {a}인 중성 원자 {s}이(가) 있다.",
                "주기율표의 {z}번 원소인 {s}의 원자 가운데 질량수가 {a}인 것을 모형으로 나타내려고 한다.",
                "{s} 원자 하나가 이온이 되지 않은 상태로 있다. 이 원자의 핵은 핵자 {a}개로 이루어져 있고, 그중 {z}개가 양전하를 띤다.",
                "어떤 핵종의 표시에서 원소 기호 {s}의 왼쪽 위에는 {a}, 왼쪽 아래에는 {z}이(가) 적혀 있고, 이 원자는 전기적으로 중성이다.",
            ),
            en=(
                "A neutral atom of {s} has atomic number {z} and mass number {a}.",
                "A model is made of the nuclide {s}-{a}; {s} is element number {z} in the periodic table and the atom is not ionised.",
                "In the symbol of a certain neutral atom, {a} stands above {z} to the left of the chemical symbol {s}.",
                "Of the {a} nucleons in an electrically neutral atom of {s}, {z} carry a positive charge.",
            ),
            tasks=(
                find("neutrons", "이 원자의 중성자 수", "the number of neutrons"),
            ),
            held_out=(
                HeldOut(
                    find("valence", "이 원자의 원자가 전자 수", "the number of valence electrons"),
                    "{s} 원자의 원자핵에는 양성자가 {z}개 있으며 질량수는 {a}이다.",
                    "The nucleus of {s} holds {z} protons, and its mass number is {a}.",
                ),
                HeldOut(
                    explain("isotopes", "이 원소의 동위 원소끼리 서로 같은 점과 다른 점", "what isotopes of this element have in common and how they differ"),
                    "원자 번호가 {z}인 원소 {s}의 중성 원자에서 핵 속의 양성자와 중성자를 합한 수는 {a}이다.",
                    "A neutral atom of {s}, element number {z} of the periodic table, contains {a} protons and neutrons altogether.",
                ),
            ),
        ),
        Concept(
            "periodic-trend", "particles", _trend,
            ko=(
                "2주기 원소들의 제1 이온화 에너지(kJ/mol)를 비교하였다({data}).",
                "주기율표의 둘째 가로줄에서 고른 몇몇 원소에 대하여, 기체 원자 1몰에서 전자를 하나씩 떼어 내는 데 필요한 에너지를 kJ 단위로 적었다({data}).",
                "바닥상태인 2주기 원자들의 첫 번째 전자를 제거하는 데 드는 에너지(kJ/mol)를 자료집에서 찾아 원자 번호 순으로 늘어놓았다({data}).",
                "학생이 2주기에 속한 다섯 원소를 골라 제1 이온화 에너지를 막대그래프로 그렸으며, 값의 단위는 kJ/mol이다({data}).",
                "기체 상태의 중성 원자가 +1의 양이온으로 될 때 흡수하는 에너지(kJ/mol)를 같은 2주기 원소끼리 나란히 놓았다({data}).",
            ),
            en=(
                "The first ionisation energies (kJ/mol) of some elements of period 2 are compared ({data}).",
                "The energy needed to remove one electron from each atom in a mole of gaseous atoms was looked up, in kJ, for five period-2 elements ({data}).",
                "A student draws a bar chart of first ionisation energies, in kJ/mol, for elements taken from the second row of the periodic table ({data}).",
                "In order of atomic number, a data book gives these energies in kJ/mol for turning period-2 atoms in the gas phase into ions with charge +1 ({data}).",
                "Five elements between lithium and fluorine, both included, differ in how much energy (kJ/mol) it takes to detach the first electron ({data}).",
            ),
            tasks=(
                choose("easiest-to-ionise", "전자 하나를 떼어 내기가 가장 쉬운 원소", "the element whose atoms lose an electron most easily"),
            ),
            held_out=(
                HeldOut(
                    choose("highest", "전자를 가장 떼어 내기 어려운 원소", "the element that gives up an electron least easily"),
                    "몇 가지 2주기 원소에서 전자 하나를 떼어 내는 데 필요한 에너지를 조사하였다({data}).",
                    "The energy needed to remove one electron was looked up for elements of the second period ({data}).",
                ),
                HeldOut(
                    explain("overall-rise", "같은 주기에서 오른쪽 원소일수록 이온화 에너지가 대체로 커지는 까닭", "why the ionisation energy tends to rise from left to right in a period"),
                    "이온화 에너지의 주기성을 알아보려고 주기율표의 둘째 가로줄에 놓인 다섯 원소의 값을 kJ/mol 단위로 정리하였다({data}).",
                    "Five elements from the row that starts with lithium were compared by their first ionisation energies in kJ/mol ({data}).",
                ),
            ),
        ),
        Concept(
            "stoichiometry", "reactions", _combustion,
            ko=(
                "탄화수소 {f} {n}몰을 완전 연소시켰다.",
                "알케인의 한 종류인 {f} {n}몰이 충분한 산소와 반응하여 이산화 탄소와 물로 모두 변하였다.",
                "버너의 연료로 쓰인 {f} {n}몰이 그을음 없이 남김없이 타서 CO₂와 H₂O만 생겼다.",
                "밀폐된 반응 용기에 산소를 넉넉히 넣고 {f} {n}몰에 불을 붙였더니 연료가 전부 소모되었고 생성물은 이산화 탄소와 물뿐이었다.",
                "탄소와 수소로만 된 기체 {f}을(를) 과량의 산소 속에서 태웠으며, 불완전 연소 없이 반응한 {f}의 양은 {n}몰이다.",
            ),
            en=(
                "{n} mol of the hydrocarbon {f} is burnt completely.",
                "A burner uses up {n} mol of {f} with a clean flame, so that only carbon dioxide and water are produced.",
                "With more than enough oxygen present, {n} mol of the alkane {f} reacts until no fuel is left, forming CO₂ and H₂O alone.",
                "A sealed vessel holds {n} mol of {f} together with excess oxygen. After ignition all of the fuel has turned into carbon dioxide and water.",
                "Complete combustion of the fuel gas {f} is carried out in a laboratory, and the quantity consumed is {n} mol.",
            ),
            tasks=(
                find("oxygen", "필요한 산소의 양(mol)", "the amount of oxygen needed, in moles"),
            ),
            held_out=(
                HeldOut(
                    find("equation", "균형을 맞춘 화학 반응식", "the balanced chemical equation"),
                    "{f}이(가) 산소와 반응하여 이산화 탄소와 물만 생긴다. 반응한 {f}은(는) {n}몰이다.",
                    "The fuel {f} reacts with oxygen to give only carbon dioxide and water; {n} mol of it is used up.",
                ),
                HeldOut(
                    find("carbon-dioxide-mass", "생성된 이산화 탄소의 질량", "the mass of the carbon dioxide formed"),
                    "버너 속에서 탄화수소 {f} {n}몰이 남김없이 완전 연소하여 모두 CO₂와 H₂O로 바뀌었다.",
                    "Complete combustion turns {n} mol of the hydrocarbon {f} into CO₂ and H₂O, with no other product.",
                ),
            ),
        ),
        Concept(
            "reaction-energy", "reactions", _profile,
            ko=(
                "어떤 반응에서 반응물, 전이 상태, 생성물의 에너지가 각각 {a} kJ, {b} kJ, {c} kJ이다.",
                "에너지가 {a} kJ인 반응물이 {b} kJ의 에너지 언덕의 꼭대기를 넘어 에너지가 {c} kJ인 생성물로 변한다.",
                "어느 화학 변화의 반응 경로를 따라 에너지를 나타내면 처음에는 {a} kJ이고, 가장 높은 활성화 착물 상태에서 {b} kJ에 이른 뒤 {c} kJ에서 끝난다.",
                "생성물의 에너지는 {c} kJ로 반응물의 에너지 {a} kJ보다 낮지만, 반응이 일어나려면 에너지가 {b} kJ인 전이 상태를 거쳐야 한다.",
                "실험실에서 연구한 반응의 에너지 도표에 세 값이 표시되어 있다. 출발 물질은 {a} kJ, 전이 상태는 {b} kJ, 최종 물질은 {c} kJ이다.",
            ),
            en=(
                "In a reaction the energies of reactants, transition state and products are {a} kJ, {b} kJ and {c} kJ.",
                "Reactants with an energy of {a} kJ pass over a peak at {b} kJ and turn into products with an energy of {c} kJ.",
                "Along the reaction path of a chemical change the energy begins at {a} kJ, climbs to {b} kJ at the activated complex and finally drops to {c} kJ.",
                "The products of a reaction lie at {c} kJ, lower than the reactants at {a} kJ, yet the particles must first reach a transition state at {b} kJ.",
                "An energy diagram carries three labels: {a} kJ for the starting materials, {b} kJ for the highest point and {c} kJ for the final substances.",
            ),
            tasks=(
                find("activation", "정반응의 활성화 에너지", "the activation energy of the forward reaction"),
                find("reaction-enthalpy", "정반응의 반응 엔탈피와 그 부호", "the enthalpy change of the forward reaction, with its sign"),
            ),
            held_out=(
                HeldOut(
                    explain("catalyst", "촉매를 넣었을 때 달라지는 점", "what a catalyst changes"),
                    "반응이 진행되는 동안 에너지는 {a} kJ에서 시작하여 최고 {b} kJ을 지나 {c} kJ이 되었다.",
                    "During a reaction the energy starts at {a} kJ, passes a peak of {b} kJ and ends at {c} kJ.",
                ),
                HeldOut(
                    find("reverse-barrier", "역반응의 활성화 에너지", "the activation energy of the reverse reaction"),
                    "반응물이 지닌 에너지는 {a} kJ, 생성물이 지닌 에너지는 {c} kJ이며, 그 사이의 활성화 상태는 {b} kJ에 이른다.",
                    "Reactants at {a} kJ must climb to an activated state at {b} kJ before they turn into products, whose energy is {c} kJ.",
                ),
            ),
        ),
        Concept(
            "reaction-rate", "reactions", _rate,
            ko=(
                "조건 A와 B에서 금속과 산의 반응으로 생긴 기체의 부피를 시간에 따라 측정하였다. 두 경우 모두 결국 {v} mL가 생긴다.",
                "묽은 산에 금속 조각을 넣는 실험을 조건 A와 조건 B에서 하나씩 하였고, 눈금실린더에 모인 기체는 반응이 끝났을 때 각각 {v} mL이었다.",
                "같은 양의 금속을 산과 반응시키되 조건을 A와 B로 다르게 하였다. 기체가 나오는 빠르기는 서로 달랐으나 최종 부피는 {v} mL로 같았다.",
                "두 학생이 조건 A, B에서 금속과 산으로 수소 기체를 발생시키며 일정한 시간마다 부피를 읽었고, 더 이상 늘지 않을 때의 값은 모두 {v} mL이었다.",
                "주사기에 모인 기체의 부피를 초 단위로 기록하여 조건 A와 B의 그래프를 얻었다. 금속과 산의 반응에서 나온 이 기체의 부피는 두 그래프에서 모두 {v} mL에 가까워진다.",
            ),
            en=(
                "The gas from a metal and an acid was measured over time in conditions A and B; both end at {v} mL.",
                "A strip of metal is dropped into dilute acid, once under condition A and once under condition B, and in each run {v} mL of gas has formed when the fizzing stops.",
                "Two students collect hydrogen from a metal and an acid in a syringe. Their runs, A and B, proceed at different speeds but level off at the same volume, {v} mL.",
                "Readings of gas volume against time were taken for the reaction of a metal with acid; the curves for conditions A and B both approach {v} mL.",
                "Equal amounts of a metal react with acid under conditions A and B until the metal is used up, releasing gas at unequal speeds to a final volume of {v} mL each.",
            ),
            tasks=(
                explain("same-final-volume", "두 조건에서 최종 기체 부피가 같은 까닭", "why the final gas volume is the same in both conditions"),
                explain("slowing-down", "시간이 지날수록 기체가 생기는 속도가 느려지는 까닭", "why the gas forms more and more slowly as time goes on"),
            ),
            held_out=(
                HeldOut(
                    find("rate", "A에서 처음 {t}초 동안의 평균 반응 속도", "the mean rate in A over the first {t} s"),
                    "같은 양의 반응물로 실험하여 최종적으로 {v} mL의 기체를 얻었다. A에서는 그 절반을 얻는 데 {t}초가 걸렸고 B는 두 배 빠르다.",
                    "Equal amounts of reactants finally give {v} mL of gas; half of it took {t} s in A, and B is twice as fast.",
                ),
                HeldOut(
                    explain("faster-cause", "B에서 반응이 더 빠르게 일어나게 한 조건으로 가능한 것", "conditions that could have made the reaction in B faster"),
                    "반응물의 양이 같은 두 플라스크 A와 B에서 기체가 반응이 끝날 때까지 {v} mL씩 모였다. 절반이 모이기까지 A는 {t}초, B는 그 시간의 반이 걸렸다.",
                    "Two flasks with the same amounts of reactants each give off {v} mL of gas in the end; flask A needs {t} s to reach half of it, flask B only half that time.",
                ),
            ),
        ),
        Concept(
            "mixing-solutions", "solutions", _solutions,
            ko=(
                "비커 A의 {a} M 용액 {v} mL와 비커 B의 {b} M 용액 {w} mL를 섞었다. 용질은 같다.",
                "몰 농도가 {a} M인 설탕물 A {v} mL에 같은 설탕을 녹인 {b} M의 설탕물 B {w} mL를 부었다.",
                "한 학생이 부피 {v} mL, 농도 {a} M인 수용액 A와 부피 {w} mL, 농도 {b} M인 수용액 B를 큰 플라스크에 함께 넣었다. 두 수용액에는 같은 물질이 녹아 있다.",
                "동일한 용질을 녹여 만든 두 시료가 있다. 시료 A는 {a} mol/L로 {v} mL, 시료 B는 {b} mol/L로 {w} mL이며, 둘을 한 용기에 모두 옮겨 고르게 저었다.",
                "염화 나트륨 수용액이 비커 A에 {v} mL, 비커 B에 {w} mL 들어 있고 농도는 차례로 {a} M, {b} M이다. 이 두 수용액을 합하여 하나의 혼합 용액으로 만들었다.",
            ),
            en=(
                "Solution A ({a} M, {v} mL) is mixed with solution B ({b} M, {w} mL) of the same solute.",
                "Beaker A contains {v} mL of salt water at {a} M and beaker B {w} mL of salt water at {b} M; the contents of both are poured into one flask.",
                "A student adds {w} mL of sugar solution B, of concentration {b} mol/L, to {v} mL of sugar solution A, of concentration {a} mol/L, and stirs.",
                "Two samples were prepared by dissolving the same substance in water: A, with {v} mL at {a} M, and B, with {w} mL at {b} M. They are now combined completely.",
                "A technician empties two bottled solutions of the same reagent into a single tank. Bottle A held {v} mL of strength {a} M, and bottle B held {w} mL of strength {b} M.",
            ),
            tasks=(
                find("moles", "두 용액에 든 용질의 전체 양(mol)", "the total amount of solute in moles"),
                find("solute-ratio", "섞기 전 용액 A와 B에 든 용질의 양(mol)의 비", "the ratio of the amounts of solute in A and B before mixing"),
            ),
            held_out=(
                HeldOut(
                    find("molarity", "두 용액을 섞은 혼합 용액의 몰 농도", "the molarity of the mixture of both"),
                    "같은 용질의 두 용액 A({a} M, {v} mL), B({b} M, {w} mL)가 있다.",
                    "Two beakers hold the same solute: A has {v} mL at {a} M, B has {w} mL at {b} M.",
                ),
                HeldOut(
                    find("water-to-halve", "A의 몰 농도를 절반으로 낮추기 위해 더 넣어야 하는 물의 부피", "the volume of water to be added to A so that its molarity is halved"),
                    "실험대 위의 비커 A에는 몰 농도가 {a} M인 설탕물 {v} mL, 비커 B에는 {b} M인 설탕물 {w} mL가 담겨 있다.",
                    "A student prepares {v} mL of {a} M sodium chloride solution in beaker A and {w} mL of {b} M sodium chloride solution in beaker B.",
                ),
            ),
        ),
        Concept(
            "titration", "solutions", _titration,
            ko=(
                "농도가 {a} M인 염산 {v} mL를 {b} M 수산화 나트륨 수용액으로 적정한다.",
                "삼각 플라스크에 {a} M HCl 수용액 {v} mL를 넣고, 뷰렛에 채운 {b} M NaOH 수용액을 조금씩 떨어뜨린다.",
                "뷰렛에서 {b} M의 수산화 나트륨 수용액이 흘러나와 아래에 놓인 염산과 반응한다. 이 염산은 {a} M이고 처음 부피는 {v} mL이다.",
                "중화 적정 실험을 위하여 피펫으로 {a} M 염산 {v} mL를 취하였으며, 표준 용액으로는 농도가 {b} M인 NaOH 수용액을 사용한다.",
                "염산 {v} mL를 완전히 중화하려고 한다. 염산의 몰 농도는 {a} M이고, 준비된 염기는 {b} M 수산화 나트륨 수용액이다.",
            ),
            en=(
                "{v} mL of hydrochloric acid at {a} M is titrated with sodium hydroxide at {b} M.",
                "A flask contains {v} mL of {a} M HCl, and {b} M NaOH is run in from a burette drop by drop.",
                "To neutralise {v} mL of hydrochloric acid of concentration {a} mol/L, a student slowly adds sodium hydroxide solution of concentration {b} mol/L.",
                "Sodium hydroxide solution ({b} M) fills the burette, while the conical flask below it has been given {v} mL of hydrochloric acid ({a} M) by pipette.",
                "In an acid-base experiment the standard base is {b} M NaOH; the acid being analysed is HCl with a volume of {v} mL and a strength of {a} M.",
            ),
            tasks=(
                find("volume", "중화점까지 넣은 염기의 부피", "the volume of base added up to the neutral point"),
            ),
            held_out=(
                HeldOut(
                    explain("indicator", "지시약을 사용하는 까닭과 색 변화", "why an indicator is used and how its colour changes"),
                    "{b} M NaOH 수용액을 뷰렛에 넣고 플라스크의 HCl({a} M, {v} mL)에 떨어뜨린다.",
                    "NaOH of {b} M is dripped from a burette into {v} mL of HCl at {a} M.",
                ),
                HeldOut(
                    find("salt-amount", "중화점까지 생성된 염화 나트륨의 몰수", "the amount in moles of sodium chloride formed up to the point of neutralisation"),
                    "농도를 아는 염산({a} M) {v} mL를 중화하려고 {b} M 수산화 나트륨 표준 용액을 조금씩 가하며 저었다.",
                    "To neutralise {v} mL of hydrochloric acid ({a} M), a pupil adds sodium hydroxide solution ({b} M) little by little while stirring.",
                ),
            ),
        ),
        Concept(
            "electrolysis", "reactions", _electrolysis,
            ko=(
                "{s}²⁺ 이온이 든 수용액에 {i} A의 전류를 {t}분 동안 흘려 전기 분해하였다({s}의 원자량 {m}).",
                "탄소 전극과 {s} 전극을 {s}SO₄ 수용액에 담그고 {i} A의 일정한 전류를 {t}분 동안 통하게 하였다. {s}의 원자량은 {m}이다.",
                "도금 실험에서 {s}²⁺ 이온이 녹아 있는 전해액에 전원 장치를 연결하였다. 전류의 세기는 {i} A, 작동 시간은 {t}분이며 {s} 1몰의 질량은 {m} g이다.",
                "원자량이 {m}인 금속 {s}의 황산염 수용액을 전기 분해하는데, 전류계의 눈금은 {t}분 내내 {i} A를 가리켰다.",
                "전해조 속의 {s}²⁺ 이온이 전자를 얻어 금속으로 환원된다. 직류 {i} A를 {t}분간 공급하였고 {s}의 몰 질량은 {m} g/mol이다.",
            ),
            en=(
                "A solution with {s}²⁺ ions is electrolysed with {i} A for {t} minutes (atomic mass of {s}: {m}).",
                "Electrodes of carbon and {s} dip into {s}SO₄ solution, and a steady current of {i} A flows for {t} minutes. One mole of {s} has a mass of {m} g.",
                "For {t} minutes the ammeter in an electroplating circuit reads {i} A; the bath contains {s}²⁺ ions, and the molar mass of {s} is {m} g/mol.",
                "A direct current of {i} A is sent through an aqueous sulfate of the metal {s} (atomic mass {m}) and switched off after {t} minutes.",
                "In an electrolytic cell {s}²⁺ ions are reduced to the metal, whose atomic mass is {m}. The power supply delivers {i} A during a run of {t} minutes.",
            ),
            tasks=(
                find("mass", "음극에서 석출되는 금속의 질량", "the mass of metal deposited at the cathode"),
            ),
            held_out=(
                HeldOut(
                    find("charge", "흐른 전체 전하량", "the total charge that has passed"),
                    "전기 분해 장치에서 {t}분 동안 {i} A를 흘리자 음극에 금속 {s}이(가) 붙었다. {s} 1몰은 {m} g이다.",
                    "After {t} minutes at {i} A the metal {s} covers the cathode; one mole of it weighs {m} g.",
                ),
                HeldOut(
                    find("cathode-half-equation", "음극에서 일어나는 환원 반응의 반쪽 반응식", "the half-equation of the reduction at the cathode"),
                    "금속 {s}(몰 질량 {m} g/mol)의 황산염 수용액에 {i} A의 전류를 {t}분간 통하게 하여 음극에서 {s}을(를) 석출시켰다.",
                    "In a plating bath of {s} sulfate, a steady current of {i} A runs for {t} minutes and deposits {s} (molar mass {m} g/mol) on the negative electrode.",
                ),
            ),
        ),
        Concept(
            "boyles-law", "solutions", _gas,
            ko=(
                "온도가 일정할 때 {p}기압에서 부피가 {v} L인 기체를 {q}기압으로 압축하였다.",
                "피스톤이 달린 실린더에 기체 {v} L가 {p}기압으로 들어 있다. 온도를 유지하며 피스톤을 천천히 밀어 압력을 {q}기압으로 높였다.",
                "새지 않는 용기에 갇힌 기체의 압력이 등온 과정에서 {p} atm으로부터 {q} atm까지 커졌으며, 압축하기 전의 부피는 {v} L이었다.",
                "일정량의 공기가 {p}기압일 때 차지하는 부피는 {v} L이다. 주위와 같은 온도를 지키도록 서서히 압축하여 {q}기압이 되게 하였다.",
                "피스톤 위에 추를 더 올려 기체에 작용하는 압력을 {p}기압에서 {q}기압으로 바꾸었다. 추를 더 올리기 전 기체의 부피는 {v} L이고 온도는 변하지 않았다.",
            ),
            en=(
                "At constant temperature a gas of {v} L at {p} atm is compressed to {q} atm.",
                "A cylinder with a movable piston encloses {v} L of gas at {p} atm; the piston is pushed in slowly, without any change of temperature, until the pressure is {q} atm.",
                "Extra weights on a piston raise the pressure of the trapped gas from {p} atm to {q} atm. The gas took up {v} L before this, and it stays as warm as its surroundings.",
                "During an isothermal compression the pressure of a fixed amount of air goes up to {q} atm; it started from {p} atm and a volume of {v} L.",
                "An air pump squeezes {v} L of air, originally at a pressure of {p} atm, so gently that its temperature stays the same; the final pressure is {q} atm.",
            ),
            tasks=(
                find("volume", "압축한 뒤 기체의 부피", "the volume of the gas after compression"),
            ),
            held_out=(
                HeldOut(
                    explain("particles", "입자의 운동으로 본 압력 증가의 까닭", "why the pressure rises, in terms of moving particles"),
                    "실린더 속 기체({v} L, {p}기압)의 압력을 온도 변화 없이 {q}기압으로 높였다.",
                    "The pressure of a gas in a cylinder ({v} L, {p} atm) is raised to {q} atm without a change of temperature.",
                ),
                HeldOut(
                    find("density-ratio", "처음 밀도에 대한 나중 밀도의 비", "the ratio of the final to the initial density of the gas"),
                    "피스톤이 달린 용기에 {p}기압의 기체 {v} L를 가두고, 온도를 일정하게 유지하며 피스톤을 밀어 {q}기압이 되게 하였다.",
                    "A piston slowly squeezes {v} L of trapped air from {p} atm to {q} atm while its temperature stays constant.",
                ),
            ),
        ),
    ),
)  # fmt: skip
