"""Electricity and magnetism."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, choose, explain, find
from lensdex_problems.drawing.circuit import Circuit
from lensdex_problems.drawing.field import Field
from lensdex_problems.drawing.plot import Plot

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _series(dice: Dice) -> Scene:
    r, s, i = dice.whole(2, 12), dice.whole(2, 12), dice.whole(1, 3)
    v = (r + s) * i
    return Scene({"r": r, "s": s, "v": v}, Circuit(f"{v} V", (("resistor", f"{r} ohm"), ("resistor", f"{s} ohm"))))


def _parallel(dice: Dice) -> Scene:
    (r, s), v = dice.pick(((3, 6), (4, 12), (6, 12), (10, 15), (20, 30), (5, 20))), dice.pick((6, 12, 24, 60))
    parts = (("resistor", f"{r} ohm"), ("resistor", f"{s} ohm"))
    return Scene({"r": r, "s": s, "v": v}, Circuit(f"{v} V", parts, parallel=True))


def _ohm(dice: Dice) -> Scene:
    r, v = dice.pick((2, 4, 5, 8, 10)), dice.whole(2, 9)
    curves = (((0.0, 0.0), (10.0, 10 / r)), ((0.0, 0.0), (10.0, 5 / r)))
    return Scene({"r": r, "v": v}, Plot(curves, (0, 10), (0, 12 / r), "V (V)", "I (A)", names=("A", "B"), grid=True))


def _power(dice: Dice) -> Scene:
    p, h, v = 20 * dice.whole(2, 40), dice.whole(1, 8), dice.pick((110, 220))
    return Scene({"p": p, "h": h, "v": v}, Circuit(f"{v} V", (("switch", "S"), ("lamp", f"{p} W"), ("ammeter", ""))))


def _capacitors(dice: Dice) -> Scene:
    (c, d), v = dice.pick(((2, 3), (3, 6), (4, 4), (6, 12))), dice.pick((3, 6, 9, 12))
    parallel = dice.chance(0.5)
    how = Pair("병렬", "in parallel") if parallel else Pair("직렬", "in series")
    return Scene(
        {"c": c, "d": d, "v": v, "how": how},
        Circuit(f"{v} V", (("capacitor", f"{c} uF"), ("capacitor", f"{d} uF")), parallel=parallel),
    )


def _bulbs(dice: Dice) -> Scene:
    v = dice.pick((3, 6, 9))
    return Scene(
        {"v": v, "n": 3},
        Circuit(f"{v} V", (("lamp", "P"), ("lamp", "Q"), ("lamp", "R")), parallel=dice.chance(0.4)),
        essential=True,
    )


def _charges(dice: Dice) -> Scene:
    p, q, d = dice.whole(1, 9), dice.whole(1, 9), dice.whole(2, 9) * 10
    sign = dice.pick(("+", "-"))
    return Scene({"p": p, "q": f"{sign}{q}", "d": d}, Field("charges", (f"+{p} uC", f"{sign}{q} uC", f"{d} cm")))


def _wire(dice: Dice) -> Scene:
    i, d = dice.whole(1, 12), dice.whole(2, 20)
    return Scene({"i": i, "d": d}, Field("wire", (f"{i} A", f"{d} cm")))


def _coil(dice: Dice) -> Scene:
    n, i, length = 100 * dice.whole(2, 12), dice.whole(1, 5), 10 * dice.whole(1, 5)
    return Scene({"n": n, "i": i, "l": length}, Field("coil", (f"N = {n}, I = {i} A", f"{length} cm")))


def _transformer(dice: Dice) -> Scene:
    n, k, v = 100 * dice.whole(1, 5), dice.whole(2, 8), dice.pick((110, 220, 440))
    return Scene({"n": n * k, "m": n, "v": v}, Field("transformer", (f"{n * k} turns", f"{n} turns", f"{v} V", "V2")))


SUBJECT: Final = Subject(
    "electricity",
    Pair("전기와 자기", "Electricity and magnetism"),
    {"circuits": Pair("전기 회로", "Circuits"), "fields": Pair("전기장", "Electric fields"), "magnetism": Pair("자기", "Magnetism")},
    (
        Concept(
            "series-resistors", "circuits", _series,
            ("{r} Ω과 {s} Ω의 저항을 직렬로 연결하고 {v} V의 전지를 이었다.", "전압이 {v} V인 전원에 저항 {r} Ω, {s} Ω을 한 줄로 이어 회로를 만들었다."),
            ("Resistors of {r} Ω and {s} Ω are joined in series to a battery of {v} V.", "A source of {v} V drives a circuit with {r} Ω and {s} Ω one after the other."),
            (find("current", "회로에 흐르는 전류의 세기", "the current in the circuit"), find("voltage", "{r} Ω인 저항에 걸리는 전압", "the voltage across the {r} Ω resistor")),
        ),
        Concept(
            "parallel-resistors", "circuits", _parallel,
            ("{r} Ω과 {s} Ω의 저항을 병렬로 연결하여 {v} V의 전원에 이었다.", "{v} V의 전지 양 끝에 두 저항 {r} Ω, {s} Ω을 나란히 연결하였다."),
            ("Resistors of {r} Ω and {s} Ω are joined in parallel to a source of {v} V.", "Two resistors, {r} Ω and {s} Ω, are connected side by side to a battery of {v} V."),
            (find("total", "합성 저항", "the total resistance"), find("current", "전원에서 나오는 전체 전류", "the total current from the source")),
        ),
        Concept(
            "ohms-law", "circuits", _ohm,
            ("저항값이 {r} Ω인 도선 A에 걸린 전압과 전류의 관계를 측정하였다. 도선 B의 저항은 A의 두 배이다.", "두 저항 A와 B의 전류-전압 그래프가 있다. A의 저항은 {r} Ω이고 B는 그 두 배이다."),
            ("Voltage and current were measured for a wire A of {r} Ω; wire B has twice that resistance.", "Current-voltage graphs belong to two resistors: A has {r} Ω and B twice as much."),
            (find("current", "{v} V를 걸었을 때 A에 흐르는 전류", "the current in A at {v} V"), explain("slope", "그래프의 기울기와 저항의 관계", "how the slope of the graph depends on the resistance")),
        ),
        Concept(
            "electric-power", "circuits", _power,
            ("정격이 {v} V, {p} W인 전기 기구를 {h}시간 동안 사용하였다.", "소비 전력 {p} W인 기구를 {v} V 전원에 연결하여 {h}시간 켜 두었다."),
            ("A device rated {v} V and {p} W is used for {h} hours.", "A device that takes {p} W runs for {h} hours on a {v} V supply."),
            (find("energy", "사용한 전력량", "the electrical energy used"), find("current", "기구에 흐르는 전류", "the current through the device")),
        ),
        Concept(
            "capacitors", "circuits", _capacitors,
            ("전기 용량이 {c} μF, {d} μF인 두 축전기를 {how}으로(로) 연결하여 {v} V의 전원에 이었다.", "{v} V 전원에 {c} μF과 {d} μF의 축전기가 {how} 연결되어 있다."),
            ("Capacitors of {c} μF and {d} μF are connected {how} to a source of {v} V.", "A source of {v} V charges two capacitors, {c} μF and {d} μF, joined {how}."),
            (find("total", "합성 전기 용량", "the total capacitance"), find("energy", "두 축전기에 저장된 전체 에너지", "the total energy stored in both")),
        ),
        Concept(
            "bulb-brightness", "circuits", _bulbs,
            ("똑같은 전구 P, Q, R을 {v} V 전지에 연결하였다.", "{v} V의 전지 하나와 같은 종류의 전구 {n}개(P, Q, R)로 회로를 꾸몄다."),
            ("Three equal bulbs P, Q and R are connected to a battery of {v} V.", "A circuit is made of one {v} V battery and {n} bulbs of the same kind, P, Q and R."),
            (explain("brightness", "세 전구의 밝기를 비교한 결과", "how bright the three bulbs are compared with each other"), explain("removed", "전구 Q를 빼면 나머지 전구에 생기는 변화", "what happens to the other bulbs when Q is removed")),
        ),
        Concept(
            "coulomb-force", "fields", _charges,
            ("전하량이 +{p} μC인 전하와 {q} μC인 전하가 {d} cm 떨어져 있다.", "{d} cm 간격으로 놓인 두 점전하의 전하량은 각각 +{p} μC, {q} μC이다."),
            ("Charges of +{p} μC and {q} μC are {d} cm apart.", "Two point charges, +{p} μC and {q} μC, are placed at a distance of {d} cm."),
            (find("force", "두 전하 사이에 작용하는 전기력의 크기", "the electric force between the charges"), explain("change", "두 전하 사이의 거리를 두 배로 하면 힘이 어떻게 변하는지", "how the force changes when the distance is doubled")),
        ),
        Concept(
            "field-midpoint", "fields", _charges,
            ("두 점전하 +{p} μC과 {q} μC을 잇는 길이 {d} cm인 선분의 중점을 M이라 하자.", "점 M은 {d} cm 떨어진 두 전하 +{p} μC, {q} μC의 한가운데에 있다."),
            ("Let M be the midpoint of the {d} cm segment between the point charges +{p} μC and {q} μC.", "The point M is halfway between two charges, +{p} μC and {q} μC, that are {d} cm apart."),
            (find("field", "점 M에서의 전기장의 세기", "the strength of the electric field at M"), find("potential", "점 M에서의 전위", "the electric potential at M")),
        ),
        Concept(
            "wire-field", "magnetism", _wire,
            ("긴 직선 도선에 {i} A의 전류가 위로 흐르고, 점 P는 도선에서 {d} cm 떨어져 있다.", "무한히 긴 도선에 흐르는 전류는 {i} A이고 도선과 점 P 사이의 거리는 {d} cm이다."),
            ("A current of {i} A flows upwards in a long straight wire; P is {d} cm from it.", "The point P lies {d} cm from a very long wire that carries {i} A."),
            (find("field", "점 P에서 자기장의 세기", "the magnetic field strength at P"), choose("direction", "오른손 법칙에 따른 점 P에서의 자기장의 방향", "the direction of the magnetic field at P by the right-hand rule")),
        ),
        Concept(
            "solenoid", "magnetism", _coil,
            ("길이 {l} cm에 {n}번 감은 솔레노이드에 {i} A의 전류가 흐른다.", "감은 수가 {n}회이고 길이가 {l} cm인 긴 코일에 전류 {i} A를 흘렸다."),
            ("A solenoid {l} cm long with {n} turns carries a current of {i} A.", "A current of {i} A is sent through a long coil of {n} turns over {l} cm."),
            (find("field", "솔레노이드 내부의 자기장의 세기", "the magnetic field inside the solenoid"), explain("stronger", "내부의 자기장을 더 세게 하는 방법", "how to make the field inside stronger")),
        ),
        Concept(
            "transformer", "magnetism", _transformer,
            ("1차 코일이 {n}번, 2차 코일이 {m}번 감긴 변압기의 1차 쪽에 {v} V를 걸었다.", "변압기에 {v} V의 교류 전압을 넣는다. 감은 수는 입력 쪽이 {n}회, 출력 쪽이 {m}회이다."),
            ("A transformer with {n} primary and {m} secondary turns is fed with {v} V.", "An alternating voltage of {v} V enters a transformer with {n} turns at the input and {m} at the output."),
            (find("voltage", "2차 코일에 유도되는 전압", "the voltage induced in the secondary coil"), explain("direct", "직류 전압으로는 변압기가 작동하지 않는 까닭", "why a transformer does not work with direct voltage")),
        ),
    ),
)  # fmt: skip
