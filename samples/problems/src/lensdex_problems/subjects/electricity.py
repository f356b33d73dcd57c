"""Electricity and magnetism."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, choose, explain, find
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
            ko=(
                "{r} Ω과 {s} Ω의 저항을 직렬로 연결하고 {v} V의 전지를 이었다.",
                "갈림길이 없는 회로에 {v} V의 건전지와 저항 두 개가 들어 있고, 저항값은 각각 {r} Ω, {s} Ω이다.",
                "저항값이 {r} Ω인 저항기 뒤에 {s} Ω인 저항기를 한 줄로 잇고, 양 끝에 {v} V의 전압을 걸었다.",
                "실험대 위의 회로는 {v} V 전지 하나와 직렬로 이어진 두 저항체로 되어 있다. 한 저항체는 {r} Ω, 나머지는 {s} Ω이다.",
            ),
            en=(
                "Resistors of {r} Ω and {s} Ω are joined in series to a battery of {v} V.",
                "A single-loop circuit without branches contains a {v} V cell and two resistors, one of {r} Ω and one of {s} Ω.",
                "Two resistors, {r} Ω and {s} Ω, are placed end to end, and a voltage of {v} V is applied across the pair.",
                "On the bench a pupil wires a {v} V battery to a chain of two resistances, {r} Ω followed by {s} Ω.",
            ),
            tasks=(
                find("current", "회로에 흐르는 전류의 세기", "the current in the circuit"),
                find("total-power", "회로 전체에서 소비되는 전력", "the total power dissipated in the circuit"),
            ),
            held_out=(
                HeldOut(
                    find("voltage", "{r} Ω인 저항에 걸리는 전압", "the voltage across the {r} Ω resistor"),
                    "전압이 {v} V인 전원에 저항 {r} Ω, {s} Ω을 한 줄로 이어 회로를 만들었다.",
                    "A source of {v} V drives a circuit with {r} Ω and {s} Ω one after the other.",
                ),
                HeldOut(
                    find("power-ratio", "두 저항이 소비하는 전력의 비", "the ratio of the powers used by the two resistors"),
                    "{v} V 전지에서 나온 전류가 {r} Ω인 저항을 거친 뒤 {s} Ω인 저항까지 차례로 지나 전지로 되돌아온다.",
                    "The current from a {v} V battery passes first through a resistor of {r} Ω and then through one of {s} Ω before returning.",
                ),
            ),
        ),
        Concept(
            "parallel-resistors", "circuits", _parallel,
            ko=(
                "{r} Ω과 {s} Ω의 저항을 병렬로 연결하여 {v} V의 전원에 이었다.",
                "전압이 {v} V로 일정한 전원의 두 단자에 {r} Ω의 저항과 {s} Ω의 저항이 따로따로 갈라져 연결되어 있다.",
                "회로의 한 점에서 전류가 둘로 나뉘어 하나는 {r} Ω, 다른 하나는 {s} Ω의 저항을 지난 뒤 다시 합쳐진다. 전원의 전압은 {v} V이다.",
                "나란히 이은 두 저항기의 저항값은 {r} Ω과 {s} Ω이며, 두 저항기에는 똑같이 {v} V의 전압이 걸린다.",
                "온실 바닥에 깔린 두 전열선이 {v} V 전원에 병렬로 연결되어 함께 작동하며, 전열선의 저항은 하나가 {r} Ω, 다른 하나가 {s} Ω이다.",
            ),
            en=(
                "Resistors of {r} Ω and {s} Ω are joined in parallel to a source of {v} V.",
                "Across the terminals of a {v} V battery two resistors are placed side by side, so that {r} Ω and {s} Ω have the same voltage.",
                "To warm a greenhouse, two heating wires with resistances {r} Ω and {s} Ω run in parallel from one {v} V supply.",
                "Each of two parallel branches has {v} V across it; the resistance is {r} Ω in the first branch and {s} Ω in the second.",
            ),
            tasks=(
                find("total", "합성 저항", "the total resistance"),
                find("power-ratio", "두 저항에서 소비되는 전력의 비", "the ratio of the powers dissipated in the two resistors"),
            ),
            held_out=(
                HeldOut(
                    find("current", "전원에서 나오는 전체 전류", "the total current from the source"),
                    "{v} V의 전지 양 끝에 두 저항 {r} Ω, {s} Ω을 나란히 연결하였다.",
                    "Two resistors, {r} Ω and {s} Ω, are connected side by side to a battery of {v} V.",
                ),
                HeldOut(
                    find("heat", "{r} Ω인 저항에서 1분 동안 발생하는 열량", "the heat given off by the {r} Ω resistor in one minute"),
                    "전압이 {v} V인 전원에서 나온 도선이 두 갈래로 갈라져, 한쪽은 {r} Ω, 다른 쪽은 {s} Ω의 저항을 지난 뒤 다시 합쳐진다.",
                    "The current of a {v} V source splits into two branches, one holding {r} Ω and the other {s} Ω, and joins again behind them.",
                ),
            ),
        ),
        Concept(
            "ohms-law", "circuits", _ohm,
            ko=(
                "저항값이 {r} Ω인 도선 A에 걸린 전압과 전류의 관계를 측정하였다. 도선 B의 저항은 A의 두 배이다.",
                "니크롬선 A, B에 걸리는 전압을 바꾸어 가며 전류를 재었더니, A의 저항은 {r} Ω이고 B의 저항은 그 2배로 나타났다.",
                "재질과 굵기가 같은 두 금속선이 있는데, B는 A보다 길이가 두 배 길다. 온도가 일정할 때 A의 저항은 {r} Ω이다.",
                "두 저항체 A와 B의 전류-전압 관계를 조사하였다. A는 {r} Ω이며, 같은 전압을 걸면 B에는 A의 절반만큼의 전류가 흐른다.",
                "옴의 법칙을 따르는 도선 A와 B 가운데 A의 저항값 {r} Ω은 B의 저항값의 1/2에 해당한다.",
            ),
            en=(
                "Voltage and current were measured for a wire A of {r} Ω; wire B has twice that resistance.",
                "Wires A and B are of the same metal and thickness, but B is twice as long; the resistance of A is {r} Ω.",
                "In a school experiment the current through two resistors was plotted against the voltage. A has {r} Ω, and at any voltage B carries only half the current of A.",
                "Two conductors obey Ohm's law: A has a resistance of {r} Ω, which is half the resistance of B.",
                "While the voltage was raised step by step, the currents in A and B were recorded, giving {r} Ω for A and double that value for B.",
            ),
            tasks=(
                find("current", "{v} V를 걸었을 때 A에 흐르는 전류", "the current in A at {v} V"),
                find("same-current-voltage", "A에 {v} V를 걸었을 때와 같은 세기의 전류를 B에 흐르게 하는 전압", "the voltage that drives through B the same current as {v} V drives through A"),
            ),
            held_out=(
                HeldOut(
                    explain("slope", "그래프의 기울기와 저항의 관계", "how the slope of the graph depends on the resistance"),
                    "두 저항 A와 B의 전류-전압 그래프가 있다. A의 저항은 {r} Ω이고 B는 그 두 배이다.",
                    "Current-voltage graphs belong to two resistors: A has {r} Ω and B twice as much.",
                ),
                HeldOut(
                    find("series-total", "A와 B를 직렬로 연결하였을 때의 합성 저항", "the total resistance when A and B are joined in series"),
                    "전압을 바꾸어 가며 두 저항체에 흐르는 전류를 재어 그래프로 그렸다. A는 {r} Ω이고, B의 저항값은 A의 두 배이다.",
                    "The current in two resistors was read while the voltage was raised step by step, giving a graph for each: A offers {r} Ω, B double that resistance.",
                ),
            ),
        ),
        Concept(
            "electric-power", "circuits", _power,
            ko=(
                "정격이 {v} V, {p} W인 전기 기구를 {h}시간 동안 사용하였다.",
                "어느 집의 콘센트 전압은 {v} V이고, 여기에 꽂은 {v} V용 {p} W짜리 전기 제품이 {h}시간 작동하였다.",
                "스위치 S를 닫아 {v} V 전원으로 {p} W의 전구에 정격대로 불을 켰고, {h}시간이 지난 뒤 스위치를 열었다.",
                "명판에 {v} V - {p} W라고 적힌 가전제품이 하루 동안 정격 전압에서 모두 {h}시간 가동되었다.",
            ),
            en=(
                "A device rated {v} V and {p} W is used for {h} hours.",
                "The label on an appliance reads {v} V, {p} W, and the appliance runs at its rated voltage for {h} h in one day.",
                "A {p} W lamp made for the {v} V mains is left switched on for {h} h.",
                "Switch S is closed for {h} h, so that a load drawing {p} W operates from the {v} V supply for which it was designed.",
                "In a workshop a machine that takes {p} W when connected to its rated {v} V works for {h} h without a break.",
            ),
            tasks=(
                find("energy", "사용한 전력량", "the electrical energy used"),
                find("resistance", "정격 전압에서 작동할 때의 전기 저항", "the electrical resistance during operation at the rated voltage"),
            ),
            held_out=(
                HeldOut(
                    find("current", "기구에 흐르는 전류", "the current through the device"),
                    "소비 전력 {p} W인 기구를 {v} V 전원에 연결하여 {h}시간 켜 두었다.",
                    "A device that takes {p} W runs for {h} hours on a {v} V supply.",
                ),
                HeldOut(
                    find("cost", "1 kWh의 요금이 100원일 때 내야 할 전기 요금", "the cost of the energy used at 100 won per kWh"),
                    "‘{v} V, {p} W’라고 적힌 전기 기구를 정격 전압의 콘센트에 꽂아 {h}시간 내내 사용하였다.",
                    "An appliance labelled {v} V, {p} W is plugged into a socket of its rated voltage and stays on for {h} hours.",
                ),
            ),
        ),
        Concept(
            "capacitors", "circuits", _capacitors,
            ko=(
                "{v} V의 전지로 두 축전기를 충전한다. 축전기의 전기 용량은 {c} μF과 {d} μF이고, 연결 방식은 {how}이다.",
                "{how}으로(로) 이은 두 축전기의 양 끝에 {v} V의 전압을 걸어 완전히 충전하였다. 두 축전기의 전기 용량은 각각 {c} μF, {d} μF이다.",
                "전기 용량이 {c} μF인 축전기에 {d} μF인 축전기를 {how}으로(로) 더하여 만든 회로가 {v} V 전원에 연결되어 있다.",
                "전자 회로 기판에 {c} μF과 {d} μF이라고 표시된 축전기가 {how} 연결되어 있으며, 이 축전기 묶음에 걸린 전압은 {v} V이다.",
            ),
            en=(
                "Capacitors of {c} μF and {d} μF are connected {how} to a source of {v} V.",
                "On a circuit board two components marked {c} μF and {d} μF are joined {how}, and a voltage of {v} V is kept across the combination.",
                "A student puts a {c} μF capacitor and a {d} μF capacitor together {how} and charges them fully with a {v} V supply.",
                "The combination of two capacitors placed {how} is held at {v} V; one has a capacitance of {c} μF and the other {d} μF.",
            ),
            tasks=(
                find("total", "합성 전기 용량", "the total capacitance"),
                find("each-charge", "각 축전기에 충전된 전하량", "the charge on each capacitor"),
            ),
            held_out=(
                HeldOut(
                    find("energy", "두 축전기에 저장된 전체 에너지", "the total energy stored in both"),
                    "{v} V 전원에 {c} μF과 {d} μF의 축전기가 {how} 연결되어 있다.",
                    "A source of {v} V charges two capacitors, {c} μF and {d} μF, joined {how}.",
                ),
                HeldOut(
                    explain("dielectric", "전원을 연결한 채 한 축전기를 유전체로 채울 때 저장되는 전하의 변화", "how the stored charge changes when one capacitor is filled with a dielectric while the source stays connected"),
                    "전기 용량이 {c} μF, {d} μF인 두 축전기를 {how}로 이은 다음 {v} V의 전지로 완전히 충전하였다.",
                    "Connected {how}, capacitors of {c} μF and {d} μF are charged fully by a battery of {v} V.",
                ),
            ),
        ),
        Concept(
            "bulb-brightness", "circuits", _bulbs,
            ko=(
                "규격이 같은 전구 세 개 P, Q, R과 전압이 {v} V인 건전지로 회로를 꾸몄다.",
                "전구 P, Q, R은 저항이 모두 같으며, 이들이 들어 있는 회로의 전원 전압은 {v} V이다.",
                "모형 집의 세 방에 단 전구 P, Q, R은 같은 제품이고, 모두 {v} V 전지 하나에서 전기를 공급받는다.",
                "과학 시간에 {v} V 전원으로 전구 P, Q, R에 동시에 불을 켰다. 세 전구는 종류와 저항이 똑같다.",
            ),
            en=(
                "Three equal bulbs P, Q and R are connected to a battery of {v} V.",
                "A {v} V battery lights the lamps P, Q and R, all of which have the same resistance.",
                "Each room of a model house with three rooms has a bulb, P, Q or R; the bulbs are identical and share one {v} V battery.",
                "In a science lesson a circuit was built from one {v} V supply and three lamps of the same type, labelled P, Q and R.",
                "Bulbs P, Q and R are taken from the same box, so they do not differ, and a {v} V cell feeds them all.",
            ),
            tasks=(
                explain("brightness", "세 전구의 밝기를 비교한 결과", "how bright the three bulbs are compared with each other"),
                find("voltage-on-bulb", "전구 P에 걸리는 전압", "the voltage across bulb P"),
            ),
            held_out=(
                HeldOut(
                    explain("removed", "전구 Q를 빼면 나머지 전구에 생기는 변화", "what happens to the other bulbs when Q is removed"),
                    "{v} V의 전지 하나와 같은 종류의 전구 {n}개(P, Q, R)로 회로를 꾸몄다.",
                    "A circuit is made of one {v} V battery and {n} bulbs of the same kind, P, Q and R.",
                ),
                HeldOut(
                    choose("brightest-way", "직렬과 병렬 가운데 세 전구를 더 밝게 켜는 연결 방법", "the connection, series or parallel, that makes all three bulbs brighter"),
                    "똑같은 전구 {n}개에 P, Q, R이라는 이름을 붙이고 {v} V 전지에 연결하여 불을 켰다.",
                    "Labelled P, Q and R, {n} identical lamps light up in a circuit that is fed by a single {v} V battery.",
                ),
            ),
        ),
        Concept(
            "coulomb-force", "fields", _charges,
            ko=(
                "전하량이 +{p} μC인 전하와 {q} μC인 전하가 {d} cm 떨어져 있다.",
                "진공 속에 두 점전하가 고정되어 있다. 전하량은 각각 +{p} μC, {q} μC이고 둘 사이의 거리는 {d} cm이다.",
                "+{p} μC으로 대전된 작은 구에서 {d} cm 떨어진 곳에 전하량이 {q} μC인 또 다른 작은 구가 놓여 있다.",
                "길이 {d} cm인 절연 막대의 한쪽 끝에는 +{p} μC, 다른 쪽 끝에는 {q} μC의 전하를 띤 작은 구슬을 붙였다.",
                "x축의 원점에 +{p} μC의 점전하를 두고, x = {d} cm인 점에는 {q} μC의 점전하를 두었다.",
            ),
            en=(
                "Charges of +{p} μC and {q} μC are {d} cm apart.",
                "Two point charges, one of +{p} μC and the other of {q} μC, are held at rest in a vacuum with a gap of {d} cm between them.",
                "At a distance of {d} cm from a small sphere carrying a charge of +{p} μC there is a second small sphere carrying {q} μC.",
                "Small beads with charges +{p} μC and {q} μC are glued to the two ends of an insulating rod {d} cm long.",
                "On the x-axis a charge of +{p} μC sits at the origin and a charge of {q} μC at x = {d} cm.",
            ),
            tasks=(
                find("force", "두 전하 사이에 작용하는 전기력의 크기", "the electric force between the charges"),
                explain("attract-or-repel", "두 전하가 서로 당기는지 미는지와 그 까닭", "whether the two charges attract or repel each other, and why"),
            ),
            held_out=(
                HeldOut(
                    explain("change", "두 전하 사이의 거리를 두 배로 하면 힘이 어떻게 변하는지", "how the force changes when the distance is doubled"),
                    "{d} cm 간격으로 놓인 두 점전하의 전하량은 각각 +{p} μC, {q} μC이다.",
                    "Two point charges, +{p} μC and {q} μC, are placed at a distance of {d} cm.",
                ),
                HeldOut(
                    find("potential-energy", "두 전하의 전기 퍼텐셜 에너지", "the electric potential energy of the two charges"),
                    "작은 대전 구슬 두 개가 {d} cm 떨어져 고정되어 있다. 하나는 +{p} μC, 다른 하나는 {q} μC으로 대전되어 있다.",
                    "A tiny sphere charged with +{p} μC is held {d} cm away from another tiny sphere whose charge is {q} μC.",
                ),
            ),
        ),
        Concept(
            "field-midpoint", "fields", _charges,
            ko=(
                "서로 {d} cm 떨어져 고정된 +{p} μC과 {q} μC의 두 점전하로부터 같은 거리에 있는 두 전하 사이의 점이 M이다.",
                "점전하 +{p} μC과 점전하 {q} μC 사이의 거리는 {d} cm이고, 점 M은 두 전하를 잇는 직선 위에서 그 한가운데에 있다.",
                "수직선의 원점에 +{p} μC, 좌표가 {d} cm인 점에 {q} μC의 점전하를 놓고, 두 점의 중점을 M으로 나타내었다.",
                "두 점전하의 전하량은 +{p} μC과 {q} μC이다. 둘을 잇는 {d} cm의 선분을 이등분하는 점 M에 전기장 측정기를 두었다.",
            ),
            en=(
                "Let M be the midpoint of the {d} cm segment between the point charges +{p} μC and {q} μC.",
                "Point charges of +{p} μC and {q} μC are fixed {d} cm apart, and M lies on the line joining them, equally far from both.",
                "A charge of +{p} μC is placed at the origin of a number line and one of {q} μC at {d} cm; M is the point halfway between.",
                "Halfway along the straight path of {d} cm from a +{p} μC point charge to a {q} μC point charge is the point M.",
                "A small probe sits at M, the point that bisects the {d} cm line between two point charges whose values are +{p} μC and {q} μC.",
            ),
            tasks=(
                find("field", "점 M에서의 전기장의 세기", "the strength of the electric field at M"),
                find("field-ratio", "두 전하가 점 M에 각각 만드는 전기장의 세기의 비", "the ratio of the strengths of the fields that the two charges produce separately at M"),
            ),
            held_out=(
                HeldOut(
                    find("potential", "점 M에서의 전위", "the electric potential at M"),
                    "점 M은 {d} cm 떨어진 두 전하 +{p} μC, {q} μC의 한가운데에 있다.",
                    "The point M is halfway between two charges, +{p} μC and {q} μC, that are {d} cm apart.",
                ),
                HeldOut(
                    find("test-charge", "점 M에 놓은 +1 μC의 전하가 받는 전기력", "the force on a charge of +1 μC placed at M"),
                    "전하량이 +{p} μC인 점전하와 {q} μC인 점전하를 잇는 선분의 길이는 {d} cm이고, 이 선분의 중점을 M이라 한다.",
                    "A segment of {d} cm joins a point charge of +{p} μC to one of {q} μC, and the midpoint of this segment is called M.",
                ),
            ),
        ),
        Concept(
            "wire-field", "magnetism", _wire,
            ko=(
                "긴 직선 도선에 {i} A의 전류가 위로 흐르고, 점 P는 도선에서 {d} cm 떨어져 있다.",
                "연직으로 세운 긴 도선을 따라 {i} A의 전류가 위쪽으로 흐르며, 도선과 점 P 사이의 거리는 {d} cm이다.",
                "점 P로부터 {d} cm 되는 곳에 곧고 긴 전선이 있고, 이 전선에는 아래에서 위로 {i} A의 전류가 흐른다.",
                "세기 {i} A의 일정한 전류가 위를 향하여 흐르는 긴 직선 전선이 있다. 점 P는 이 전선을 축으로 하는 반지름 {d} cm의 원 위에 있다.",
            ),
            en=(
                "A current of {i} A flows upwards in a long straight wire; P is {d} cm from it.",
                "A very long vertical wire carries {i} A towards the top, and the point P lies at a perpendicular distance of {d} cm from the wire.",
                "A magnetic sensor stands at P, {d} cm away from a straight cable in which a steady {i} A runs from bottom to top.",
                "The point P is on a circle of radius {d} cm whose axis is a long straight conductor with an upward current of {i} A.",
                "Charge moves up a long straight wire at a steady rate of {i} A. The shortest distance from the wire to the point P is {d} cm.",
            ),
            tasks=(
                find("field", "점 P에서 자기장의 세기", "the magnetic field strength at P"),
            ),
            held_out=(
                HeldOut(
                    choose("direction", "오른손 법칙에 따른 점 P에서의 자기장의 방향", "the direction of the magnetic field at P by the right-hand rule"),
                    "무한히 긴 도선에 흐르는 전류는 {i} A이고 도선과 점 P 사이의 거리는 {d} cm이다.",
                    "The point P lies {d} cm from a very long wire that carries {i} A.",
                ),
                HeldOut(
                    find("half-field", "자기장의 세기가 점 P에서의 절반이 되는 곳까지의 도선으로부터의 거리", "the distance from the wire at which the field is half as strong as at P"),
                    "곧고 긴 전선에 {i} A의 전류가 일정하게 흐르고, 전선에서 {d} cm 떨어진 점 P에 자기장 센서를 두었다.",
                    "A long straight cable carries a steady current of {i} A, and a magnetic field sensor sits at P, {d} cm away from it.",
                ),
            ),
        ),
        Concept(
            "solenoid", "magnetism", _coil,
            ko=(
                "길이 {l} cm에 {n}번 감은 솔레노이드에 {i} A의 전류가 흐른다.",
                "도선을 원통에 고르게 {n}번 감아 길이가 {l} cm인 솔레노이드를 만들고, 전원을 이어 {i} A의 전류를 흘렸다.",
                "전류의 세기가 {i} A인 긴 원통형 코일, 곧 솔레노이드가 있다. 이 코일의 총 감은 수는 {n}회이고 길이는 {l} cm이다.",
                "속이 빈 솔레노이드의 {l} cm 구간에 에나멜선이 {n}회 촘촘히 감겨 있으며, 에나멜선에 흐르는 전류는 {i} A이다.",
                "전자석을 만들려고 준비한 솔레노이드는 감은 수가 {n}, 길이가 {l} cm이다. 전류계로 재었더니 흐르는 전류는 {i} A였다.",
            ),
            en=(
                "A solenoid {l} cm long with {n} turns carries a current of {i} A.",
                "Wire is wound evenly {n} times around a tube to make a solenoid of length {l} cm, and {i} A is passed through it.",
                "An ammeter in series with a solenoid shows {i} A; the solenoid is {l} cm in length and its winding has {n} turns.",
                "To build an electromagnet, a pupil prepares an air-filled solenoid with {n} loops spread over {l} cm and sends {i} A through the wire.",
                "A steady current of {i} A flows in the {n} closely wound loops that make up a solenoid extending over {l} cm.",
            ),
            tasks=(
                find("field", "솔레노이드 내부의 자기장의 세기", "the magnetic field inside the solenoid"),
                find("turns-per-metre", "1 m당 감은 수", "the number of turns per metre"),
            ),
            held_out=(
                HeldOut(
                    explain("stronger", "내부의 자기장을 더 세게 하는 방법", "how to make the field inside stronger"),
                    "감은 수가 {n}회이고 길이가 {l} cm인 긴 코일에 전류 {i} A를 흘렸다.",
                    "A current of {i} A is sent through a long coil of {n} turns over {l} cm.",
                ),
                HeldOut(
                    explain("poles", "코일의 양 끝 가운데 어느 쪽이 N극인지 알아내는 방법", "how to tell which end of the coil is its north pole"),
                    "{l} cm 길이의 원통에 에나멜선을 {n}번 촘촘히 감아 솔레노이드를 만들고, {i} A의 전류가 흐르게 하였다.",
                    "Insulated wire is wound {n} times around a tube {l} cm long to form a solenoid, which then carries {i} A.",
                ),
            ),
        ),
        Concept(
            "transformer", "magnetism", _transformer,
            ko=(
                "1차 코일이 {n}번, 2차 코일이 {m}번 감긴 변압기의 1차 쪽에 {v} V를 걸었다.",
                "교류 {v} V를 입력 전압으로 쓰는 이상적인 변압기에서 1차 코일의 감은 수는 {n}회, 2차 코일의 감은 수는 {m}회이다.",
                "철심의 한쪽에는 도선이 {n}번, 다른 쪽에는 {m}번 감겨 있다. {n}번 감긴 1차 코일에 {v} V의 교류 전원을 연결하고 2차 코일에서 전압을 얻는다.",
                "전봇대에 달린 변압기가 {v} V의 교류 전압을 바꾸어 준다. 이 변압기의 1차 코일과 2차 코일은 감은 수가 각각 {n}, {m}이다.",
                "충전기 속의 변압기는 2차 코일이 {m}번, 1차 코일이 {n}번 감긴 것으로, {v} V의 교류를 받아 전압을 낮춘다.",
            ),
            en=(
                "A transformer with {n} primary and {m} secondary turns is fed with {v} V.",
                "An alternating voltage of {v} V is applied to the primary coil of an ideal transformer; this coil has {n} turns and the secondary has {m}.",
                "Two coils share one iron core. The primary, wound {n} times, is connected to {v} V alternating current, while the secondary is wound {m} times.",
                "Inside a charger a step-down transformer receives {v} V from an AC supply, with {m} turns on its secondary and {n} turns on its primary.",
                "The input of a transformer is {v} V of alternating current, and its numbers of primary and secondary turns are {n} and {m}.",
            ),
            tasks=(
                find("voltage", "2차 코일에 유도되는 전압", "the voltage induced in the secondary coil"),
            ),
            held_out=(
                HeldOut(
                    explain("direct", "직류 전압으로는 변압기가 작동하지 않는 까닭", "why a transformer does not work with direct voltage"),
                    "변압기에 {v} V의 교류 전압을 넣는다. 감은 수는 입력 쪽이 {n}회, 출력 쪽이 {m}회이다.",
                    "An alternating voltage of {v} V enters a transformer with {n} turns at the input and {m} at the output.",
                ),
                HeldOut(
                    find("current-ratio", "에너지 손실이 없을 때 1차 코일과 2차 코일에 흐르는 전류의 비", "the ratio of the primary current to the secondary current when there are no losses"),
                    "변압기의 철심에 코일 두 개가 감겨 있다. {v} V의 교류 전원에 이어진 1차 코일은 {n}번, 2차 코일은 {m}번 감은 것이다.",
                    "Around the iron core of a transformer run a primary coil of {n} turns, fed with {v} V alternating voltage, and a secondary coil of {m} turns.",
                ),
            ),
        ),
    ),
)  # fmt: skip
