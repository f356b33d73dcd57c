"""Geometry: triangles, polygons, circles, solids."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, explain, find
from lensdex_problems.drawing.circle import Circle
from lensdex_problems.drawing.polygon import Polygon, regular, sss
from lensdex_problems.drawing.solid import Solid
from lensdex_problems.notation import number

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice

_TRIPLES: Final = ((3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29), (9, 40, 41))


def _right_triangle(dice: Dice) -> Scene:
    times = dice.whole(1, 4)
    a, b, c = (side * times for side in dice.pick(_TRIPLES[:4]))
    corners = ((0.0, float(b)), (0.0, 0.0), (float(a), 0.0))
    figure = Polygon(corners, ("A", "B", "C"), (f"{b} cm", f"{a} cm", ""), right=1)
    return Scene({"a": a, "b": b, "c": c}, figure)


def _three_sides(dice: Dice) -> Scene:
    a, b = dice.whole(6, 14), dice.whole(6, 14)
    c = dice.whole(abs(a - b) + 3, a + b - 3)
    return Scene({"a": a, "b": b, "c": c}, Polygon(sss(a, b, c), ("A", "B", "C"), (f"{c}", f"{a}", f"{b}")))


def _two_angles(dice: Dice) -> Scene:
    one, two = dice.whole(32, 75), dice.whole(32, 75)
    apex = math.radians(180 - one - two)
    c = 10 * math.sin(math.radians(two)) / math.sin(apex)
    corners = (
        (round(c * math.cos(math.radians(one)), 4), round(c * math.sin(math.radians(one)), 4)),
        (0.0, 0.0),
        (10.0, 0.0),
    )
    return Scene({"p": one, "q": two}, Polygon(corners, ("A", "B", "C"), angles=("x", f"{one}°", f"{two}°")))


def _parallel_cut(dice: Dice) -> Scene:
    ad, times = dice.whole(2, 6), dice.whole(2, 4)
    de, ab = dice.whole(3, 8), ad * times
    bc = de * times
    share = 1 / times
    apex, left, right = (4.0, 7.0), (0.0, 0.0), (10.0, 0.0)
    cut = tuple(
        (round(apex[0] + (end[0] - apex[0]) * share, 3), round(apex[1] + (end[1] - apex[1]) * share, 3))
        for end in (left, right)
    )
    figure = Polygon((apex, left, right), ("A", "B", "C"), ("", f"{bc}", ""), lines=((cut[0], cut[1], f"{de}"),))
    return Scene({"ad": ad, "db": ab - ad, "ab": ab, "de": de, "bc": bc}, figure)


def _trapezoid(dice: Dice) -> Scene:
    top, more, height = dice.whole(4, 9), dice.whole(3, 8), dice.whole(4, 9)
    bottom, lean = top + more, dice.whole(1, more - 1)
    corners = ((float(lean), float(height)), (0.0, 0.0), (float(bottom), 0.0), (float(lean + top), float(height)))
    figure = Polygon(
        corners,
        ("A", "B", "C", "D"),
        ("", f"{bottom} cm", "", f"{top} cm"),
        lines=(((lean, height), (lean, 0.0), f"{height} cm"),),
    )
    return Scene({"top": top, "bottom": bottom, "h": height}, figure)


def _regular(dice: Dice) -> Scene:
    count, side = dice.pick((5, 6, 8, 9, 10, 12)), dice.whole(3, 12)
    return Scene({"n": count, "s": side}, Polygon(regular(count), sides=(f"{side}",)))


def _sector(dice: Dice) -> Scene:
    radius, angle = dice.whole(3, 15), dice.pick((30, 40, 45, 60, 72, 90, 120, 135, 150))
    start = 90 - angle // 2
    points = (("B", float(start)), ("A", float(start + angle)))
    figure = Circle(
        points,
        (("O", "A", ""), ("O", "B", f"{radius}")),
        (("O", "B", "A", f"{angle}°"),),
        sector=(start, start + angle),
    )
    return Scene({"r": radius, "t": angle}, figure)


def _inscribed(dice: Dice) -> Scene:
    angle = dice.whole(35, 70)
    points = (("P", 90.0 + dice.whole(-15, 15)), ("A", 270.0 - angle), ("B", 270.0 + angle))
    segments = (("P", "A", ""), ("P", "B", ""), ("O", "A", ""), ("O", "B", ""))
    return Scene({"t": angle, "c": 2 * angle}, Circle(points, segments, (("P", "A", "B", f"{angle}°"),)))


def _tangent(dice: Dice) -> Scene:
    radius, length, away = dice.pick(((6, 8, 10), (5, 12, 13), (9, 12, 15), (8, 15, 17)))
    turn = round(math.degrees(math.acos(radius / away)), 2)
    figure = Circle((("T", turn),), (("O", "T", f"{radius}"), ("O", "P", f"{away}"), ("P", "T", "")), tangent="T")
    return Scene({"r": radius, "d": away, "l": length}, figure)


def _cuboid(dice: Dice) -> Scene:
    a, b, c = dice.wholes(3, 3, 14)
    return Scene({"a": a, "b": b, "c": c}, Solid("box", (f"{a} cm", f"{b} cm", f"{c} cm")))


def _round_solid(dice: Dice) -> Scene:
    kind, name = dice.pick((("cylinder", Pair("원기둥", "cylinder")), ("cone", Pair("원뿔", "cone"))))
    r, h, _ = dice.pick(_TRIPLES)
    return Scene({"r": r, "h": h, "solid": name}, Solid(kind, (f"{r}", f"{h}")))


def _sphere(dice: Dice) -> Scene:
    r = dice.whole(2, 15)
    return Scene({"r": r}, Solid("sphere", (f"r = {r} cm",)))


def _polyhedron(dice: Dice) -> Scene:
    side, tall = 2 * dice.whole(2, 7), dice.whole(5, 14)
    return Scene({"s": side, "h": tall, "v": number(side * side * tall / 3)}, Solid("pyramid", (f"{side}", f"{tall}")))


SUBJECT: Final = Subject(
    "geometry",
    Pair("기하", "Geometry"),
    {"triangles": Pair("삼각형", "Triangles"), "polygons-circles": Pair("다각형과 원", "Polygons and circles"), "solids": Pair("입체도형", "Solids")},
    (
        Concept(
            "pythagoras", "triangles", _right_triangle,
            ("∠B = 90°인 직각삼각형 ABC에서 AB = {b} cm, BC = {a} cm이다.", "직각을 낀 두 변 AB, BC의 길이가 각각 {b} cm, {a} cm인 직각삼각형 ABC가 있다."),
            ("In the right triangle ABC with angle B = 90°, AB = {b} cm and BC = {a} cm.", "A triangle ABC has a right angle at B, and its legs AB and BC measure {b} cm and {a} cm."),
            (find("hypotenuse", "빗변 AC의 길이", "the length of the hypotenuse AC"), find("altitude", "꼭짓점 B에서 빗변에 내린 수선의 길이", "the length of the altitude from B to the hypotenuse"), find("perimeter", "삼각형 ABC의 둘레의 길이", "the perimeter of triangle ABC")),
        ),
        Concept(
            "law-of-cosines", "triangles", _three_sides,
            ("세 변의 길이가 BC = {a}, CA = {b}, AB = {c}인 삼각형 ABC가 있다.", "삼각형 ABC의 변의 길이를 재었더니 AB는 {c}, BC는 {a}, CA는 {b}였다."),
            ("Triangle ABC has sides BC = {a}, CA = {b} and AB = {c}.", "The sides AB, BC and CA of a triangle measure {c}, {a} and {b}."),
            (find("cosine", "cos B의 값", "the value of cos B"), find("area", "삼각형 ABC의 넓이", "the area of triangle ABC")),
        ),
        Concept(
            "angle-sum", "triangles", _two_angles,
            ("삼각형 ABC에서 ∠B = {p}°, ∠C = {q}°이다.", "어떤 삼각형의 두 내각의 크기가 {p}°와 {q}°이고 나머지 한 각은 ∠A이다."),
            ("In triangle ABC, angle B = {p}° and angle C = {q}°.", "Two interior angles of a triangle are {p}° and {q}°; the third one is at A."),
            (find("third", "∠A의 크기", "the size of angle A"), find("exterior", "꼭짓점 A에서의 외각의 크기", "the exterior angle at A")),
        ),
        Concept(
            "similar-triangles", "triangles", _parallel_cut,
            ("삼각형 ABC에서 DE와 BC가 평행하고 AD = {ad}, DB = {db}, DE = {de}이다.", "변 AB 위의 점 D를 지나 BC에 평행한 직선이 AC와 만나는 점을 E라 하자. AD = {ad}, DB = {db}, DE = {de}이다."),
            ("In triangle ABC, DE is parallel to BC, AD = {ad}, DB = {db} and DE = {de}.", "A line through D on AB, parallel to BC, meets AC at E. Here AD = {ad}, DB = {db} and DE = {de}."),
            (find("side", "변 BC의 길이", "the length of BC"), find("area-ratio", "삼각형 ADE와 삼각형 ABC의 넓이의 비", "the ratio of the areas of triangles ADE and ABC")),
        ),
        Concept(
            "trapezoid", "polygons-circles", _trapezoid,
            ("윗변의 길이가 {top} cm, 아랫변의 길이가 {bottom} cm, 높이가 {h} cm인 사다리꼴 ABCD가 있다.", "평행한 두 변이 {top} cm와 {bottom} cm이고 그 사이의 거리가 {h} cm인 사다리꼴을 생각하자."),
            ("The trapezoid ABCD has parallel sides of {top} cm and {bottom} cm and a height of {h} cm.", "Two parallel sides of a trapezoid, {top} cm and {bottom} cm long, lie {h} cm apart."),
            (find("area", "사다리꼴의 넓이", "the area of the trapezoid"), find("midline", "두 옆변의 중점을 이은 선분의 길이", "the length of the segment joining the midpoints of the legs")),
        ),
        Concept(
            "regular-polygon", "polygons-circles", _regular,
            ("한 변의 길이가 {s}인 정{n}각형이 있다.", "변이 {n}개이고 모든 변의 길이가 {s}인 정다각형을 그렸다."),
            ("A regular polygon has {n} sides, each of length {s}.", "Consider a regular {n}-gon whose side measures {s}."),
            (find("interior", "한 내각의 크기", "the size of one interior angle"), find("diagonals", "대각선의 총 개수", "the total number of diagonals")),
        ),
        Concept(
            "circle-sector", "polygons-circles", _sector,
            ("반지름의 길이가 {r}이고 중심각의 크기가 {t}°인 부채꼴 OAB가 있다.", "중심이 O인 원에서 반지름 {r}, 중심각 {t}°로 부채꼴을 잘라 내었다."),
            ("The sector OAB has radius {r} and central angle {t}°.", "A sector with a central angle of {t}° is cut from a circle of radius {r}."),
            (find("arc", "호 AB의 길이", "the length of the arc AB"), find("area", "부채꼴의 넓이", "the area of the sector")),
        ),
        Concept(
            "inscribed-angle", "polygons-circles", _inscribed,
            ("원 O 위의 세 점 P, A, B에 대하여 ∠APB = {t}°이다.", "호 AB에 대한 원주각 ∠APB의 크기가 {t}°인 원 O가 있다."),
            ("The points P, A and B lie on a circle with centre O, and angle APB = {t}°.", "In a circle with centre O, the inscribed angle APB on the arc AB measures {t}°."),
            (find("central", "중심각 ∠AOB의 크기", "the size of the central angle AOB"), explain("reason", "원주각과 중심각 사이의 관계가 성립하는 까닭", "why the inscribed angle and the central angle are related as they are")),
        ),
        Concept(
            "tangent-length", "polygons-circles", _tangent,
            ("반지름이 {r}인 원 O 밖의 한 점 P에서 원에 그은 접선의 접점을 T라 하자. OP = {d}이다.", "점 P는 원 O의 중심에서 {d}만큼 떨어져 있고 원의 반지름은 {r}이다. 직선 PT는 점 T에서 원에 접한다."),
            ("From a point P outside a circle with centre O and radius {r}, a tangent touches it at T; OP = {d}.", "P lies {d} from the centre O of a circle of radius {r}, and the line PT touches the circle at T."),
            (find("length", "접선 PT의 길이", "the length of the tangent PT"), find("area", "삼각형 OPT의 넓이", "the area of triangle OPT")),
        ),
        Concept(
            "cuboid", "solids", _cuboid,
            ("가로 {a} cm, 세로 {b} cm, 높이 {c} cm인 직육면체 모양의 상자가 있다.", "세 모서리의 길이가 {a} cm, {b} cm, {c} cm인 직육면체를 생각하자."),
            ("A box is {a} cm wide, {b} cm deep and {c} cm high.", "Three edges of a rectangular prism measure {a} cm, {b} cm and {c} cm."),
            (find("volume", "상자의 부피", "the volume of the box"), find("diagonal", "가장 긴 대각선의 길이", "the length of its longest diagonal"), find("surface", "겉넓이", "the surface area")),
        ),
        Concept(
            "cylinder-cone", "solids", _round_solid,
            ("밑면의 반지름이 {r}, 높이가 {h}인 {solid}이(가) 있다.", "높이가 {h}이고 밑면이 반지름 {r}인 원으로 된 {solid}을(를) 생각하자."),
            ("A {solid} has base radius {r} and height {h}.", "The base of a {solid} of height {h} is a circle of radius {r}."),
            (find("volume", "이 입체도형의 부피", "the volume of the solid"), find("surface", "이 입체도형의 겉넓이", "the surface area of the solid")),
        ),
        Concept(
            "sphere", "solids", _sphere,
            ("반지름의 길이가 {r} cm인 구가 있다.", "속이 꽉 찬 공의 반지름을 재었더니 {r} cm였다."),
            ("A sphere has a radius of {r} cm.", "The radius of a solid ball was measured as {r} cm."),
            (find("volume", "구의 부피", "the volume of the sphere"), find("surface", "구의 겉넓이", "the surface area of the sphere")),
        ),
        Concept(
            "pyramid", "solids", _polyhedron,
            ("밑면이 한 변의 길이가 {s}인 정사각형이고 높이가 {h}인 정사각뿔이 있다.", "정사각뿔의 높이는 {h}이고 밑면의 한 변은 {s}이다."),
            ("A right pyramid of height {h} stands on a square with side {s}.", "The height of a square pyramid is {h} and the side of its base is {s}."),
            (find("volume", "정사각뿔의 부피", "the volume of the pyramid"), find("slant", "옆면인 이등변삼각형의 높이", "the slant height of a side face")),
        ),
    ),
)  # fmt: skip
