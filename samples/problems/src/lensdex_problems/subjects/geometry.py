"""Geometry: triangles, polygons, circles, solids."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, explain, find
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
            ko=(
                "∠B = 90°인 직각삼각형 ABC에서 AB = {b} cm, BC = {a} cm이다.",
                "두 선분 AB와 BC가 점 B에서 수직으로 만나 삼각형 ABC의 두 변을 이룬다. 두 변의 길이는 차례로 {b} cm, {a} cm이다.",
                "직각을 낀 두 변이 AB = {b} cm, BC = {a} cm인 삼각형 모양의 색종이 ABC를 오려 냈다.",
                "직사각형 모양의 카드를 대각선 AC를 따라 잘라 ∠B가 직각인 삼각형 ABC를 얻었다. 카드의 가로 BC는 {a} cm, 세로 AB는 {b} cm이다.",
                "모눈종이의 한 점 A에서 아래로 {b} cm 내려온 점을 B, 다시 B에서 오른쪽으로 {a} cm 옮긴 점을 C라 하고 세 점을 이어 삼각형을 그렸다.",
            ),
            en=(
                "In the right triangle ABC with angle B = 90°, AB = {b} cm and BC = {a} cm.",
                "The segments AB and BC are perpendicular and form two sides of triangle ABC. Their lengths are {b} cm and {a} cm respectively.",
                "A paper set square has its right angle at the corner B; the legs BA and BC that enclose this angle measure {b} cm and {a} cm.",
                "Cutting a rectangular card along its diagonal AC gives a triangle ABC with a right angle at B. The card was {a} cm long (BC) and {b} cm wide (AB).",
                "On squared paper, B lies {b} cm straight below A, and C lies {a} cm to the right of B. The three points are joined to make a triangle.",
            ),
            tasks=(
                find("hypotenuse", "빗변 AC의 길이", "the length of the hypotenuse AC"),
                find("inradius", "삼각형 ABC의 내접원의 반지름", "the radius of the inscribed circle of triangle ABC"),
                find("tangent-ratio", "tan A의 값", "the value of tan A"),
            ),
            held_out=(
                HeldOut(
                    find("perimeter", "삼각형 ABC의 둘레의 길이", "the perimeter of triangle ABC"),
                    "직각을 낀 두 변 AB, BC의 길이가 각각 {b} cm, {a} cm인 직각삼각형 ABC가 있다.",
                    "A triangle ABC has a right angle at B, and its legs AB and BC measure {b} cm and {a} cm.",
                ),
                HeldOut(
                    find("altitude-again", "점 B에서 빗변 AC에 내린 수선의 길이", "the length of the perpendicular from B to the hypotenuse AC"),
                    "삼각형 ABC에서 ∠B = 90°이며, 꼭짓점 B에서 A까지의 거리는 {b} cm, C까지의 거리는 {a} cm이다.",
                    "Segments BA of length {b} cm and BC of length {a} cm are perpendicular, and joining A to C completes a triangle.",
                ),
            ),
        ),
        Concept(
            "law-of-cosines", "triangles", _three_sides,
            ko=(
                "세 변의 길이가 BC = {a}, CA = {b}, AB = {c}인 삼각형 ABC가 있다.",
                "꼭짓점 A, B, C와 각각 마주 보는 변의 길이가 차례로 {a}, {b}, {c}인 삼각형 ABC를 그렸다.",
                "막대 세 개의 끝을 맞대어 삼각형 ABC를 만들었다. 길이가 {a}인 막대는 BC, 길이가 {b}인 막대는 CA, 길이가 {c}인 막대는 AB가 된다.",
                "길이가 {a}인 선분 BC를 먼저 그었다. 그리고 B에서 {c}, C에서 {b}만큼 떨어진 한 점 A를 컴퍼스로 찾아 삼각형 ABC를 작도하였다.",
            ),
            en=(
                "Triangle ABC has sides BC = {a}, CA = {b} and AB = {c}.",
                "Straight roads connect three villages A, B and C. The road from A to B has length {c}, the one from B to C length {a}, and the one from C to A length {b}.",
                "In a triangle, the sides opposite the vertices A, B and C have lengths {a}, {b} and {c}, in that order.",
                "Three rods are joined end to end so that they form triangle ABC: the rod of length {a} becomes BC, that of length {b} becomes CA, and that of length {c} becomes AB.",
                "A segment BC of length {a} is drawn first. With compasses a point A is then constructed at distance {c} from B and distance {b} from C, and triangle ABC is completed.",
            ),
            tasks=(
                find("cosine", "cos B의 값", "the value of cos B"),
                find("median-length", "꼭짓점 A와 변 BC의 중점을 이은 선분의 길이", "the length of the segment from A to the midpoint of BC"),
            ),
            held_out=(
                HeldOut(
                    find("area", "삼각형 ABC의 넓이", "the area of triangle ABC"),
                    "삼각형 ABC의 변의 길이를 재었더니 AB는 {c}, BC는 {a}, CA는 {b}였다.",
                    "The sides AB, BC and CA of a triangle measure {c}, {a} and {b}.",
                ),
                HeldOut(
                    find("inradius", "삼각형 ABC의 내접원의 반지름의 길이", "the radius of the circle inscribed in triangle ABC"),
                    "세 말뚝 A, B, C를 꼭짓점으로 하는 삼각형 모양의 밭이 있다. A와 B 사이는 {c}, B와 C 사이는 {a}, C와 A 사이는 {b}만큼 떨어져 있다.",
                    "Three posts A, B and C mark out a triangular field: from A to B it is {c}, from B to C it is {a}, and from C back to A it is {b}.",
                ),
            ),
        ),
        Concept(
            "angle-sum", "triangles", _two_angles,
            ko=(
                "삼각형 ABC에서 ∠B = {p}°, ∠C = {q}°이다.",
                "선분 BC의 왼쪽 끝 B에서 {p}°, 오른쪽 끝 C에서 {q}°를 각도기로 재어 같은 쪽에 두 반직선을 긋고, 그 교점을 A라 하여 삼각형을 만들었다.",
                "삼각형 모양의 깃발 ABC가 있다. 꼭짓점 B의 내각과 꼭짓점 C의 내각을 재었더니 각각 {p}°와 {q}°였다.",
                "곧은 해안 도로 위의 두 지점 B와 C에서 섬의 등대 A를 바라보았다. 선분 BC를 기준으로 잰 각은 ∠ABC = {p}°, ∠ACB = {q}°이다.",
                "삼각형 ABC의 세 내각 가운데 두 각의 크기가 알려져 있다. 변 AB와 BC가 이루는 각은 {p}°, 변 BC와 CA가 이루는 각은 {q}°이다.",
            ),
            en=(
                "In triangle ABC, angle B = {p}° and angle C = {q}°.",
                "From the end B of a segment BC a ray is drawn at {p}° to it, and from the end C another at {q}°, on the same side. The rays meet at A to complete a triangle.",
                "Two interior angles of a triangular pennant ABC have been measured with a protractor: the one at corner B is {p}°, the one at corner C {q}°.",
                "Observers at two points B and C of a straight coast sight a lighthouse A. Measured from the line BC, their angles are ABC = {p}° and ACB = {q}°.",
                "The sides AB and BC of a triangle ABC enclose {p}°, while the sides BC and CA enclose {q}°; the angle at A has not been measured.",
            ),
            tasks=(
                find("third", "∠A의 크기", "the size of angle A"),
            ),
            held_out=(
                HeldOut(
                    find("exterior", "꼭짓점 A에서의 외각의 크기", "the exterior angle at A"),
                    "어떤 삼각형의 두 내각의 크기가 {p}°와 {q}°이고 나머지 한 각은 ∠A이다.",
                    "Two interior angles of a triangle are {p}° and {q}°; the third one is at A.",
                ),
                HeldOut(
                    find("bisectors", "크기가 주어진 두 내각의 이등분선이 이루는 둔각의 크기", "the obtuse angle between the bisectors of the two given interior angles"),
                    "삼각형 ABC의 밑변 BC의 양 끝에서 각을 재었더니 B에서는 {p}°, C에서는 {q}°였다.",
                    "A triangle ABC stands on the base BC; the side BA makes an angle of {p}° with the base, and the side CA makes {q}°.",
                ),
            ),
        ),
        Concept(
            "similar-triangles", "triangles", _parallel_cut,
            ko=(
                "삼각형 ABC에서 DE와 BC가 평행하고 AD = {ad}, DB = {db}, DE = {de}이다.",
                "삼각형 ABC의 변 AB 위의 점 D에서 변 BC에 평행한 직선을 그어 변 AC와 만나는 점을 E라 하였다. 점 D는 AB를 {ad}과(와) {db}으로(로) 나누고, 선분 DE의 길이는 {de}이다.",
                "삼각형 ABC 모양의 사다리 틀에 받침대 BC와 나란하게 가로대 DE를 달았다. 한쪽 다리 AB는 가로대에 의해 AD = {ad}, DB = {db}으로(로) 나뉘고 가로대의 길이는 {de}이다.",
                "두 변 AB, AC 위에 각각 점 D, E가 있고 ∠ADE와 ∠ABC의 크기가 같다. 세 선분 AD, DB, DE의 길이는 차례로 {ad}, {db}, {de}이다.",
                "삼각형 ABC를 밑변 BC에 평행한 직선으로 잘라 작은 삼각형 ADE를 떼어 냈다. 작은 삼각형에서 AD = {ad}, DE = {de}이고, 남은 사각형의 변 DB의 길이는 {db}이다.",
            ),
            en=(
                "In triangle ABC, DE is parallel to BC, AD = {ad}, DB = {db} and DE = {de}.",
                "Through a point D on side AB of triangle ABC a line parallel to BC is drawn, meeting AC at E. It divides AB into AD = {ad} and DB = {db}, and the segment DE has length {de}.",
                "A frame in the shape of triangle ABC has a crossbar DE running level with its base BC. On the leg AB the bar is fixed {ad} from A and {db} from B; the bar itself is {de} long.",
                "D is a point on side AB and E a point on side AC of a triangle ABC such that angles ADE and ABC are equal. The lengths of AD, DB and DE are {ad}, {db} and {de}.",
                "A cut parallel to the base BC removes the small triangle ADE from the top of triangle ABC. The removed piece has AD = {ad} and DE = {de}; on the remaining piece, DB = {db}.",
            ),
            tasks=(
                find("side", "변 BC의 길이", "the length of BC"),
                explain("why-similar", "삼각형 ADE와 삼각형 ABC가 닮음인 이유", "why triangles ADE and ABC are similar"),
            ),
            held_out=(
                HeldOut(
                    find("area-ratio", "삼각형 ADE와 삼각형 ABC의 넓이의 비", "the ratio of the areas of triangles ADE and ABC"),
                    "변 AB 위의 점 D를 지나 BC에 평행한 직선이 AC와 만나는 점을 E라 하자. AD = {ad}, DB = {db}, DE = {de}이다.",
                    "A line through D on AB, parallel to BC, meets AC at E. Here AD = {ad}, DB = {db} and DE = {de}.",
                ),
                HeldOut(
                    find("side-ratio", "선분 AE와 선분 EC의 길이의 비", "the ratio of the lengths AE and EC"),
                    "삼각형 ABC의 두 변 AB, AC 위에 각각 점 D, E를 잡아 선분 DE가 밑변 BC와 나란하도록 하였다. 선분의 길이는 DE가 {de}, AD가 {ad}, DB가 {db}이다.",
                    "Points D on AB and E on AC of a triangle ABC are joined by a segment of length {de} parallel to BC, and D divides AB into parts AD = {ad} and DB = {db}.",
                ),
            ),
        ),
        Concept(
            "trapezoid", "polygons-circles", _trapezoid,
            ko=(
                "윗변의 길이가 {top} cm, 아랫변의 길이가 {bottom} cm, 높이가 {h} cm인 사다리꼴 ABCD가 있다.",
                "사각형 ABCD에서 두 변 AD와 BC는 평행하고 길이가 각각 {top} cm, {bottom} cm이다. 이 두 변 사이의 거리는 {h} cm이다.",
                "옆에서 본 화분의 모양은 한 쌍의 대변이 나란한 사각형 ABCD이다. 나란한 두 변은 {top} cm와 {bottom} cm이며 서로 {h} cm 떨어져 있다.",
                "폭이 {h} cm인 종이띠를 비스듬히 두 번 잘라 사다리꼴 ABCD를 만들었다. 띠의 위쪽 가장자리에 놓인 변은 {top} cm, 아래쪽 가장자리에 놓인 변은 {bottom} cm이다.",
                "사다리꼴 ABCD의 꼭짓점 A에서 밑변 BC에 내린 수선의 길이가 {h} cm이다. 이 밑변은 {bottom} cm이고 그와 평행한 변은 {top} cm이다.",
            ),
            en=(
                "The trapezoid ABCD has parallel sides of {top} cm and {bottom} cm and a height of {h} cm.",
                "AD and BC are the parallel sides of a quadrilateral ABCD. They measure {top} cm and {bottom} cm, and the distance between the lines they lie on is {h} cm.",
                "Two slanting cuts across a strip of paper {h} cm wide leave a trapezoid ABCD whose upper edge is {top} cm and whose lower edge is {bottom} cm.",
                "The longer base of the trapezoid ABCD is {bottom} cm. A perpendicular of {h} cm joins it to the shorter base, which is only {top} cm in length.",
                "Seen from the side, a table lamp has a shade shaped like a trapezoid ABCD: {top} cm across the top, {bottom} cm across the bottom, with {h} cm between these parallel edges.",
            ),
            tasks=(
                find("area", "사다리꼴의 넓이", "the area of the trapezoid"),
            ),
            held_out=(
                HeldOut(
                    find("midline", "두 옆변의 중점을 이은 선분의 길이", "the length of the segment joining the midpoints of the legs"),
                    "평행한 두 변이 {top} cm와 {bottom} cm이고 그 사이의 거리가 {h} cm인 사다리꼴을 생각하자.",
                    "Two parallel sides of a trapezoid, {top} cm and {bottom} cm long, lie {h} cm apart.",
                ),
                HeldOut(
                    find("diagonal-ratio", "한 대각선이 이 사다리꼴을 나누어 생긴 두 삼각형의 넓이의 비", "the ratio of the areas of the two triangles into which one diagonal divides the trapezoid"),
                    "종이를 오려 사다리꼴을 만들었다. 윗변은 {top} cm, 아랫변은 {bottom} cm, 높이는 {h} cm이다.",
                    "A sheet of paper is cut into a trapezium of height {h} cm whose shorter base measures {top} cm and whose longer base measures {bottom} cm.",
                ),
            ),
        ),
        Concept(
            "regular-polygon", "polygons-circles", _regular,
            ko=(
                "한 변의 길이가 {s}인 정{n}각형이 있다.",
                "모든 변의 길이가 같고 모든 내각의 크기가 같은 {n}각형에서 이웃한 두 꼭짓점 사이의 거리는 {s}이다.",
                "한 원에 내접하는 다각형의 변이 모두 {n}개이고 어느 변이나 그 길이가 {s}으로(로) 일정하다.",
                "광장의 바닥에 정다각형 모양의 화단을 만들려고 한다. 화단의 꼭짓점은 {n}개, 변 하나의 길이는 {s}이다.",
            ),
            en=(
                "A regular polygon has {n} sides, each of length {s}.",
                "In an equilateral and equiangular polygon with {n} vertices, neighbouring vertices are a distance of {s} apart.",
                "Rods of equal length {s}, {n} of them in all, are joined end to end into a closed convex frame whose angles are all the same size.",
                "A circle is divided into {n} equal arcs, and the points of division are joined in order by chords, each of which has length {s}.",
                "The floor of a pavilion is a regular polygon. It has {n} corners, and each straight edge between two corners is {s} long.",
            ),
            tasks=(
                find("interior", "한 내각의 크기", "the size of one interior angle"),
                find("perimeter", "이 다각형의 둘레의 길이", "the perimeter of the polygon"),
            ),
            held_out=(
                HeldOut(
                    find("diagonals", "대각선의 총 개수", "the total number of diagonals"),
                    "변이 {n}개이고 모든 변의 길이가 {s}인 정다각형을 그렸다.",
                    "Consider a regular {n}-gon whose side measures {s}.",
                ),
                HeldOut(
                    find("central-angle", "외접원의 중심에서 이웃한 두 꼭짓점을 바라본 각의 크기", "the angle that one side subtends at the centre of the polygon"),
                    "길이가 {s}인 막대 {n}개를 끝과 끝이 닿게 이어 붙여, 내각의 크기가 모두 같은 다각형을 만들었다.",
                    "With {n} rods, each of length {s}, a closed polygonal frame is built whose interior angles are all equal.",
                ),
            ),
        ),
        Concept(
            "circle-sector", "polygons-circles", _sector,
            ko=(
                "반지름의 길이가 {r}이고 중심각의 크기가 {t}°인 부채꼴 OAB가 있다.",
                "점 O를 중심으로 하는 원에서 두 반지름 OA, OB가 {t}°의 각을 이루며 부채꼴 OAB를 만든다. 이 원의 반지름은 {r}이다.",
                "길이가 {r}인 자동차 와이퍼가 점 O를 중심으로 {t}°만큼 회전하면서 끝점이 A에서 B까지 움직인다. 와이퍼가 쓸고 지나간 부분은 부채꼴 OAB이다.",
                "반지름이 {r}인 둥근 피자를 중심 O에서 두 번 곧게 잘라 한 조각 OAB를 떼어 냈다. 조각의 뾰족한 끝에서 두 직선 OA와 OB는 {t}°를 이룬다.",
                "부채꼴 OAB에서 OA = OB = {r}이고, 호 AB에 대한 중심각은 360° 가운데 {t}°를 차지한다.",
            ),
            en=(
                "The sector OAB has radius {r} and central angle {t}°.",
                "Two radii OA and OB of a circle with centre O enclose {t}° and cut off the sector OAB. The circle has radius {r}.",
                "A windscreen wiper of length {r} turns through {t}° about the point O, its tip moving along an arc from A to B, so that it sweeps the sector OAB.",
                "From a round pizza with centre O and radius {r}, a slice OAB is cut; the angle AOB at its tip is {t}°.",
                "Points A and B lie at the same distance {r} from O, and angle AOB = {t}°. Joining them by an arc centred at O gives the sector OAB.",
            ),
            tasks=(
                find("arc", "호 AB의 길이", "the length of the arc AB"),
                find("sector-perimeter", "부채꼴 OAB의 둘레의 길이", "the perimeter of the sector OAB"),
            ),
            held_out=(
                HeldOut(
                    find("area", "부채꼴의 넓이", "the area of the sector"),
                    "중심이 O인 원에서 반지름 {r}, 중심각 {t}°로 부채꼴을 잘라 내었다.",
                    "A sector with a central angle of {t}° is cut from a circle of radius {r}.",
                ),
                HeldOut(
                    find("cone", "이 부채꼴을 옆면으로 하는 원뿔의 밑면의 반지름의 길이", "the base radius of the cone whose lateral surface is this sector"),
                    "피자 한 조각의 모양은 두 반지름 OA, OB와 호 AB로 둘러싸인 부채꼴이다. OA의 길이는 {r}, ∠AOB의 크기는 {t}°이다.",
                    "Two radii OA and OB of length {r} meet at an angle of {t}° and, together with the arc AB, bound a sector shaped like a slice of pizza.",
                ),
            ),
        ),
        Concept(
            "inscribed-angle", "polygons-circles", _inscribed,
            ko=(
                "원 O 위의 세 점 P, A, B에 대하여 ∠APB = {t}°이다.",
                "중심이 O인 원에서 호 AB에 대한 원주각 중 하나가 ∠APB이며 그 크기는 {t}°이다. 점 P는 A, B와 다른 원 위의 점이다.",
                "원 O의 두 현 PA와 PB가 원 위의 점 P에서 만난다. 이 두 현이 이루는 각은 {t}°이다.",
                "삼각형 PAB가 점 O를 중심으로 하는 원에 내접하고, 변 AB와 마주 보는 각 ∠APB의 크기가 {t}°이다.",
                "중심이 O인 원형 공연장의 둘레에 관람석 P와 무대의 양 끝 A, B가 있다. P에서 무대의 양 끝을 바라본 각 ∠APB는 {t}°이다.",
            ),
            en=(
                "The points P, A and B lie on a circle with centre O, and angle APB = {t}°.",
                "Two chords PA and PB of a circle centred at O start from the same point P on the circle and enclose {t}°.",
                "In a circle with centre O, the arc AB subtends {t}° at a point P of the circumference, so that angle APB has this size.",
                "Triangle PAB is inscribed in a circle whose centre is O. Its angle opposite the side AB, that is angle APB, measures {t}°.",
                "A spectator P sits on the edge of a circular arena with centre O. The ends A and B of the stage are on the same edge and appear to P under an angle APB of {t}°.",
            ),
            tasks=(
                find("central", "중심각 ∠AOB의 크기", "the size of the central angle AOB"),
                find("opposite-angle", "점 P를 포함하지 않는 호 AB 위의 점 Q에 대하여 ∠AQB의 크기", "the size of angle AQB for a point Q on the arc AB that does not contain P"),
            ),
            held_out=(
                HeldOut(
                    explain("reason", "원주각과 중심각 사이의 관계가 성립하는 까닭", "why the inscribed angle and the central angle are related as they are"),
                    "호 AB에 대한 원주각 ∠APB의 크기가 {t}°인 원 O가 있다.",
                    "In a circle with centre O, the inscribed angle APB on the arc AB measures {t}°.",
                ),
                HeldOut(
                    find("base-angle", "이등변삼각형 OAB의 한 밑각의 크기", "the base angle OAB of the isosceles triangle OAB"),
                    "원 O의 둘레 위에 세 점 A, B, P를 잡았더니, 두 현 PA와 PB가 이루는 각이 {t}°였다.",
                    "Three points A, B and P lie on a circle about O in such a way that the chords PA and PB meet at an angle of {t}°.",
                ),
            ),
        ),
        Concept(
            "tangent-length", "polygons-circles", _tangent,
            ko=(
                "반지름이 {r}인 원 O 밖의 한 점 P에서 원에 그은 접선의 접점을 T라 하자. OP = {d}이다.",
                "직선 PT가 중심이 O이고 반지름의 길이가 {r}인 원과 한 점 T에서만 만난다. 원의 외부에 있는 점 P와 중심 사이의 거리는 OP = {d}이다.",
                "원 O의 중심에서 {d}만큼 떨어진 점을 P라 하고, P를 지나면서 원과 점 T에서 접하는 직선을 그었다. 선분 OT의 길이는 {r}이다.",
                "반지름이 {r}인 원 모양의 연못 밖에 기둥 P가 있고, 연못의 중심 O에서 기둥까지의 거리는 {d}이다. P에서 팽팽하게 당긴 줄이 연못 가장자리에 점 T에서 접한다.",
                "원 O 위의 점 T에서의 접선 위에 점 P를 잡아 삼각형 OTP를 만들었더니 OT = {r}, OP = {d}이었(였)다.",
            ),
            en=(
                "From a point P outside a circle with centre O and radius {r}, a tangent touches it at T; OP = {d}.",
                "The line PT has only the point T in common with a circle of radius {r} centred at O. The point P lies at distance {d} from the centre.",
                "A point P is chosen on the tangent to a circle at the point T. With O the centre of the circle, the radius OT is {r} and the segment OP is {d}.",
                "A taut rope runs from a post P to a round pond and just touches its rim at T. The pond has centre O and radius {r}, and the post stands {d} from O.",
                "OP = {d} for a point P in the plane of a circle with centre O. One of the two lines through P that touch the circle does so at T, where OT = {r}.",
            ),
            tasks=(
                find("length", "접선 PT의 길이", "the length of the tangent PT"),
                find("nearest-distance", "점 P에서 원 위의 점까지의 거리의 최솟값", "the shortest distance from P to a point of the circle"),
            ),
            held_out=(
                HeldOut(
                    find("area", "삼각형 OPT의 넓이", "the area of triangle OPT"),
                    "점 P는 원 O의 중심에서 {d}만큼 떨어져 있고 원의 반지름은 {r}이다. 직선 PT는 점 T에서 원에 접한다.",
                    "P lies {d} from the centre O of a circle of radius {r}, and the line PT touches the circle at T.",
                ),
                HeldOut(
                    find("sine", "∠OPT의 사인의 값", "the sine of angle OPT"),
                    "원 밖의 한 점 P에서 원 O에 접선을 그어 접점을 T라 하고 두 선분을 재었더니 OT = {r}, OP = {d}이었(였)다.",
                    "From an external point P a tangent is drawn to a circle with centre O, and T is the point of contact; OT measures {r} and OP measures {d}.",
                ),
            ),
        ),
        Concept(
            "cuboid", "solids", _cuboid,
            ko=(
                "가로 {a} cm, 세로 {b} cm, 높이 {c} cm인 직육면체 모양의 상자가 있다.",
                "뚜껑이 있는 나무 상자를 만들었다. 바닥은 두 변이 {a} cm와 {b} cm인 직사각형이고, 네 기둥은 바닥에 수직이며 길이가 모두 {c} cm이다.",
                "택배 상자의 한 꼭짓점에 모이는 세 모서리를 재었더니 길이가 각각 {a} cm, {b} cm, {c} cm였고, 세 모서리는 서로 수직이었다.",
                "직육면체 모양의 선물 상자를 책상에 놓았더니 닿은 면의 크기가 {a} cm × {b} cm이고 윗면은 책상에서 {c} cm 높이에 있다.",
                "모든 면이 직사각형인 상자의 안내표에 크기가 가로, 세로, 높이의 순서로 {a} × {b} × {c}(단위: cm)라고 적혀 있다.",
            ),
            en=(
                "A box is {a} cm wide, {b} cm deep and {c} cm high.",
                "Three mutually perpendicular edges meet at a corner of a parcel box, and they measure {a} cm, {b} cm and {c} cm.",
                "The base of a closed wooden box is a rectangle of {a} cm by {b} cm, and its vertical edges are all {c} cm long.",
                "According to the label, a carton has the dimensions {a} × {b} × {c} (width, depth and height in cm). Every face of this box is a rectangle.",
                "Placed on a desk, a gift box in the form of a rectangular prism covers {a} cm by {b} cm of the surface, and its lid is {c} cm above the desk.",
            ),
            tasks=(
                find("volume", "상자의 부피", "the volume of the box"),
                find("diagonal", "가장 긴 대각선의 길이", "the length of its longest diagonal"),
            ),
            held_out=(
                HeldOut(
                    find("surface", "겉넓이", "the surface area"),
                    "세 모서리의 길이가 {a} cm, {b} cm, {c} cm인 직육면체를 생각하자.",
                    "Three edges of a rectangular prism measure {a} cm, {b} cm and {c} cm.",
                ),
                HeldOut(
                    find("edges", "모든 모서리의 길이의 합", "the total length of all the edges"),
                    "직육면체 모양의 선물 상자를 포장하려고 한다. 상자의 가로는 {a} cm, 세로는 {b} cm, 높이는 {c} cm이다.",
                    "A gift box in the shape of a cuboid is {a} cm long, {b} cm wide and {c} cm high.",
                ),
            ),
        ),
        Concept(
            "cylinder-cone", "solids", _round_solid,
            ko=(
                "밑면의 반지름이 {r}, 높이가 {h}인 {solid}이(가) 있다.",
                "{solid} 모양의 나무 조각이 탁자 위에 똑바로 서 있다. 탁자에 닿은 원의 반지름은 {r}이고 탁자에서 가장 높은 곳까지의 높이는 {h}이다.",
                "어떤 회전체를 만들었더니 {solid}이(가) 되었다. 이 입체의 밑면은 반지름의 길이가 {r}인 원이며 높이는 {h}이다.",
                "미술 시간에 찰흙으로 {solid}을(를) 빚었다. 높이를 {h}으로(로) 맞추고, 밑면에는 반지름 {r}인 원판을 꼭 맞게 붙였다.",
                "축이 밑면에 수직인 {solid}의 높이는 {h}이다. 밑면인 원의 지름은 {r}의 두 배이다.",
            ),
            en=(
                "A {solid} has base radius {r} and height {h}.",
                "A wooden {solid} stands upright on a table. The circle touching the table has radius {r}, and the highest part of the solid is at a height of {h}.",
                "Rotating a plane figure about an axis produced a right circular {solid} of height {h}, whose base is a circle with radius {r}.",
                "In an art lesson a {solid} is shaped out of clay: a disc of radius {r} fits its base exactly, and its height is {h}.",
                "The height of a {solid} with its axis perpendicular to the base is {h}, while the diameter of the base is twice {r}.",
            ),
            tasks=(
                find("volume", "이 입체도형의 부피", "the volume of the solid"),
            ),
            held_out=(
                HeldOut(
                    find("surface", "이 입체도형의 겉넓이", "the surface area of the solid"),
                    "높이가 {h}이고 밑면이 반지름 {r}인 원으로 된 {solid}을(를) 생각하자.",
                    "The base of a {solid} of height {h} is a circle of radius {r}.",
                ),
                HeldOut(
                    find("axial-section", "회전축을 포함하는 평면으로 이 입체도형을 자른 단면의 넓이", "the area of the cross-section of the solid through its axis"),
                    "나무를 깎아 {solid} 모양의 장식을 만들었다. 밑면인 원의 반지름의 길이는 {r}, 높이는 {h}이다.",
                    "A wooden {solid} stands {h} tall on a flat circular bottom whose radius is {r}.",
                ),
            ),
        ),
        Concept(
            "sphere", "solids", _sphere,
            ko=(
                "반지름의 길이가 {r} cm인 구가 있다.",
                "반지름이 {r} cm인 반원을 그 지름을 축으로 하여 한 바퀴 돌렸더니 구가 만들어졌다.",
                "구 모양의 유리 장식이 있다. 이것을 중심을 지나는 평면으로 자르면 단면은 반지름 {r} cm의 원이 된다.",
                "공간의 한 점 O에서 {r} cm만큼 떨어져 있는 모든 점이 모여 구의 겉면을 이룬다.",
                "속이 꽉 찬 쇠구슬은 완전한 구이며, 구슬의 중심에서 표면까지의 거리는 어디서나 {r} cm이다.",
            ),
            en=(
                "A sphere has a radius of {r} cm.",
                "Turning a semicircle of radius {r} cm once about its diameter generates a sphere.",
                "A solid steel ball is a perfect sphere, and every point of its surface is {r} cm from the centre.",
                "A sphere made of glass is cut by a plane through its centre, and the cut face is a circle with radius {r} cm.",
                "All points of space whose distance from a fixed point O equals {r} cm together make up the surface of a sphere.",
            ),
            tasks=(
                find("volume", "구의 부피", "the volume of the sphere"),
            ),
            held_out=(
                HeldOut(
                    find("surface", "구의 겉넓이", "the surface area of the sphere"),
                    "속이 꽉 찬 공의 반지름을 재었더니 {r} cm였다.",
                    "The radius of a solid ball was measured as {r} cm.",
                ),
                HeldOut(
                    find("enclosing-cube", "이 구가 꼭 맞게 들어가는 정육면체의 부피", "the volume of the smallest cube that can hold the sphere"),
                    "겉면의 어느 점을 잡아도 중심까지의 거리가 {r} cm인 쇠구슬이 하나 있다.",
                    "Every point on the surface of a steel sphere is {r} cm away from its centre.",
                ),
            ),
        ),
        Concept(
            "pyramid", "solids", _polyhedron,
            ko=(
                "밑면이 한 변의 길이가 {s}인 정사각형이고 높이가 {h}인 정사각뿔이 있다.",
                "한 변의 길이가 {s}인 정사각형의 대각선의 교점에서 수직으로 {h}만큼 올라간 점을 네 꼭짓점과 이어 정사각뿔을 만들었다.",
                "유리로 만든 정사각뿔 모양의 지붕이 있다. 바닥의 네 변은 모두 {s}이고 꼭대기는 바닥의 중심에서 {h} 높이에 있다.",
                "정사각형 밑면과 서로 합동인 이등변삼각형 네 개로 둘러싸인 사각뿔이 있다. 밑면의 모서리의 길이는 {s}이고, 꼭짓점에서 밑면에 내린 수선의 길이는 {h}이다.",
                "높이가 {h}인 정사각뿔 모양의 초를 상자에 담았다. 초가 상자의 바닥에 닿은 면은 가로와 세로가 모두 {s}이다.",
            ),
            en=(
                "A right pyramid of height {h} stands on a square with side {s}.",
                "The apex of a pyramid is a distance {h} directly above the centre of its base, which is a square whose edges are all {s} long.",
                "A glass roof has four congruent isosceles triangles as its faces, rising from a square floor of side {s} to a tip at height {h}; it thus forms a pyramid.",
                "From the point where the diagonals of a square meet, a perpendicular of length {h} is erected, and its upper end is joined to the corners to make a pyramid. The square has side {s}.",
                "A candle is cast as a square-based right pyramid. Its base measures {s} by {s}, and its perpendicular height is {h}.",
            ),
            tasks=(
                find("volume", "정사각뿔의 부피", "the volume of the pyramid"),
                find("half-height-section", "높이의 절반이 되는 곳에서 밑면에 평행하게 자른 단면의 넓이", "the area of the section parallel to the base at half the height"),
            ),
            held_out=(
                HeldOut(
                    find("slant", "옆면인 이등변삼각형의 높이", "the slant height of a side face"),
                    "정사각뿔의 높이는 {h}이고 밑면의 한 변은 {s}이다.",
                    "The height of a square pyramid is {h} and the side of its base is {s}.",
                ),
                HeldOut(
                    find("lateral-edge", "밑면의 꼭짓점과 뿔의 꼭짓점을 잇는 옆모서리의 길이", "the length of a lateral edge of the pyramid"),
                    "정사각뿔 모양의 천막이 있다. 바닥은 한 변의 길이가 {s}인 정사각형이고, 꼭대기는 바닥의 중심에서 수직으로 {h}만큼 위에 있다.",
                    "A tent shaped like a pyramid has a square floor of side {s}, and its tip lies vertically above the centre of the floor at a height of {h}.",
                ),
            ),
        ),
    ),
)  # fmt: skip
