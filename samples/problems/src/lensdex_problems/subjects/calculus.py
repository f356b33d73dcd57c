"""Functions and calculus."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, explain, find
from lensdex_problems.drawing.plot import Plot, sampled
from lensdex_problems.notation import polynomial, signed

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _span(low: float, high: float, count: int = 120) -> list[float]:
    return [low + (high - low) * place / count for place in range(count + 1)]


def _line(dice: Dice) -> Scene:
    m, c, k = dice.pick((-3, -2, -1, 1, 2, 3)), dice.whole(-5, 5), dice.whole(2, 9)
    figure = Plot((sampled([(x, m * x + c) for x in _span(-6, 6, 12)]),), (-6, 6), (-8, 8), grid=True)
    return Scene({"f": polynomial([m, c]), "k": k}, figure)


def _vertex(dice: Dice) -> Scene:
    a, p, q = dice.pick((-2, -1, 1, 2)), dice.whole(-3, 3), dice.whole(-4, 4)
    curve = sampled([(x, a * (x - p) ** 2 + q) for x in _span(-7, 7)])
    figure = Plot((curve,), (-7, 7), (-9, 9), marks=((p, q, "V"),), grid=dice.chance(0.5))
    return Scene({"f": polynomial([a, -2 * a * p, a * p * p + q])}, figure)


def _exponential(dice: Dice) -> Scene:
    base, start, hours = dice.pick((2, 3)), dice.whole(2, 9) * 100, dice.whole(3, 8)
    curve = sampled([(x, base ** (x / 2)) for x in _span(0, 8)])
    return Scene({"n": start, "b": base, "t": hours}, Plot((curve,), (0, 8), (0, base**3.2), "t", "N", bare=True))


def _sine(dice: Dice) -> Scene:
    a, b, c = dice.whole(1, 4), dice.whole(1, 3), dice.whole(-2, 2)
    curve = sampled([(x, a * math.sin(b * x) + c) for x in _span(0, 6.28)])
    form = f"{a if a > 1 else ''} sin {b if b > 1 else ''}x".strip() + (f" {signed(c)}" if c else "")
    return Scene({"f": form}, Plot((curve,), (0, 6.5), (c - a - 1, c + a + 1), grid=dice.chance(0.5)))


def _rational(dice: Dice) -> Scene:
    p, q, k = dice.whole(-3, 3), dice.pick((-2, -1, 1, 2, 3)), dice.whole(1, 5)
    curve = sampled([(x, k / (x - p) + q if abs(x - p) > 0.02 else 1e6) for x in _span(-8, 8, 240)])
    guides = (((p, -8.0), (p, 8.0)), ((-8.0, q), (8.0, q)))
    below = f"(x {signed(-p)})" if p else "x"
    return Scene({"f": f"{k}/{below} {signed(q)}"}, Plot((curve, *guides), (-8, 8), (-8, 8), dashed=(1, 2)))


def _tangent(dice: Dice) -> Scene:
    a, b, t = dice.pick((1, 2)), dice.whole(-3, 3), dice.whole(-1, 2)
    curve = sampled([(x, a * x * x + b * x) for x in _span(-5, 5)])
    slope = 2 * a * t + b
    line = sampled([(x, a * t * t + b * t + slope * (x - t)) for x in _span(-5, 5, 10)])
    figure = Plot((curve, line), (-5, 5), (-6, 14), marks=((t, a * t * t + b * t, "T"),))
    return Scene({"f": polynomial([a, b, 0]), "t": t}, figure)


def _cubic(dice: Dice) -> Scene:
    p, c = dice.whole(1, 2), dice.whole(-2, 3)
    curve = sampled([(x, x**3 - 3 * p * p * x + c) for x in _span(-4.5, 4.5)])
    peak = 2 * p**3
    figure = Plot((curve,), (-4.5, 4.5), (c - peak - 4, c + peak + 4), marks=((-p, c + peak, "M"), (p, c - peak, "m")))
    return Scene({"f": polynomial([1, 0, -3 * p * p, c])}, figure)


def _area(dice: Dice) -> Scene:
    a, b = dice.whole(0, 2), dice.whole(3, 5)
    curve = sampled([(x, x * x / 2 + 1) for x in _span(-1, 6)])
    shaded = sampled([(a, 0), *((x, x * x / 2 + 1) for x in _span(a, b, 30)), (b, 0)])
    return Scene({"f": "x²/2 + 1", "a": a, "b": b}, Plot((curve,), (-1, 6), (-1, 19), shaded=shaded))


def _between(dice: Dice) -> Scene:
    k = dice.whole(2, 5)
    curve = sampled([(x, x * x) for x in _span(-1, 6)])
    line = sampled([(x, k * x) for x in _span(-1, 6, 14)])
    shaded = sampled([*((x, x * x) for x in _span(0, k, 40)), (0, 0)])
    figure = Plot((curve, line), (-1, k + 1), (-k, k * k * 1.4), shaded=shaded, marks=((k, k * k, "A"),))
    return Scene({"line": polynomial([k, 0])}, figure)


def _box(dice: Dice) -> Scene:
    side = 6 * dice.whole(2, 7)
    curve = sampled([(x, x * (side - 2 * x) ** 2 / 100) for x in _span(0, side / 2)])
    peak = side / 6 * (side * 2 / 3) ** 2 / 100
    return Scene({"s": side}, Plot((curve,), (0, side / 2), (0, round(peak * 1.3, 3)), "x", "V", bare=True))


def _steps(dice: Dice) -> Scene:
    jump, low, high = dice.whole(-2, 2), dice.whole(-3, 0), dice.whole(2, 4)
    curves = (sampled([(-5, low), (jump, low)]), sampled([(x, high + (x - jump) / 2) for x in _span(jump, 5, 4)]))
    figure = Plot(curves, (-5, 5), (-5, 7), marks=((jump, high, "P"),), grid=True)
    return Scene({"a": jump, "low": low, "high": high}, figure)


SUBJECT: Final = Subject(
    "calculus",
    Pair("함수와 미적분", "Functions and calculus"),
    {"functions": Pair("함수", "Functions"), "differentiation": Pair("미분", "Differentiation"), "integration": Pair("적분", "Integration")},
    (
        Concept(
            "linear-function", "functions", _line,
            ("일차함수 y = {f}의 그래프가 있다.", "직선 y = {f}을(를) 좌표평면 위에 그렸다."),
            ("The graph of the linear function y = {f} is given.", "The line y = {f} is drawn in the coordinate plane."),
            (find("intercepts", "x절편과 y절편의 합", "the sum of the x-intercept and the y-intercept"), find("shift", "이 그래프를 y축의 방향으로 {k}만큼 평행이동한 그래프의 식", "the equation of the graph moved up by {k}")),
        ),
        Concept(
            "quadratic-vertex", "functions", _vertex,
            ("이차함수 y = {f}의 그래프의 꼭짓점을 V라 하자.", "포물선 y = {f}의 꼭짓점이 V이다."),
            ("Let V be the vertex of the graph of y = {f}.", "The parabola y = {f} has its vertex at V."),
            (find("vertex", "점 V의 좌표", "the coordinates of V"), find("axis", "대칭축의 방정식", "the equation of the axis of symmetry")),
        ),
        Concept(
            "exponential-growth", "functions", _exponential,
            ("처음에 {n}마리이던 세균이 한 시간마다 {b}배로 늘어난다.", "어떤 배양액에서 세균의 수는 매시간 {b}배가 되며, 관찰을 시작할 때에는 {n}마리였다."),
            ("A culture of {n} bacteria multiplies by {b} every hour.", "Every hour the number of bacteria becomes {b} times as large; there were {n} at the start."),
            (find("number", "{t}시간 후의 세균의 수", "the number of bacteria after {t} hours"), find("formula", "t시간 후의 세균의 수 N을 t에 대한 식으로 나타낸 것", "a formula for the number N after t hours")),
        ),
        Concept(
            "sine-function", "functions", _sine,
            ("삼각함수 y = {f}의 그래프를 생각하자.", "함수 y = {f}은(는) 일정한 간격으로 같은 모양을 되풀이한다."),
            ("Consider the graph of the trigonometric function y = {f}.", "The function y = {f} repeats its shape at equal intervals."),
            (find("period", "이 함수의 주기", "the period of the function"), find("maximum", "이 함수의 최댓값과 최솟값의 곱", "the product of its greatest and least values")),
        ),
        Concept(
            "rational-function", "functions", _rational,
            ("유리함수 y = {f}의 그래프와 두 점근선이 있다.", "함수 y = {f}의 그래프는 두 직선에 한없이 가까워진다."),
            ("The graph of the rational function y = {f} has two asymptotes.", "The graph of y = {f} comes ever closer to two straight lines."),
            (find("asymptotes", "두 점근선의 교점의 좌표", "the coordinates of the point where the asymptotes cross"), explain("domain", "이 함수의 정의역과 치역", "the domain and the range of the function")),
        ),
        Concept(
            "piecewise-limit", "functions", _steps,
            ("함수 f(x)는 x < {a}일 때 {low}이고 x ≥ {a}일 때 {high} + (x - ({a}))/2이다.", "x = {a}을(를) 경계로 왼쪽에서는 값이 {low}, 오른쪽에서는 {high}에서 시작하여 기울기 1/2로 커지는 함수 f가 있다."),
            ("The function f equals {low} for x < {a} and {high} + (x - ({a}))/2 for x ≥ {a}.", "To the left of x = {a} a function f is constantly {low}; from there on it starts at {high} and rises with slope 1/2."),
            (find("one-sided", "x = {a}에서의 좌극한과 우극한의 차", "the difference between the left and right limits at x = {a}"), explain("continuity", "f(x)가 x = {a}에서 연속인지 아닌지", "whether f is continuous at x = {a}")),
        ),
        Concept(
            "tangent-line", "differentiation", _tangent,
            ("곡선 y = {f} 위의 점 T의 x좌표가 {t}이다.", "x = {t}인 점 T에서 곡선 y = {f}에 접하는 직선을 그었다."),
            ("The point T on the curve y = {f} has x-coordinate {t}.", "A line touches the curve y = {f} at the point T where x = {t}."),
            (find("equation", "점 T에서의 접선의 방정식", "the equation of the tangent at T"), find("slope", "점 T에서의 접선의 기울기", "the slope of the tangent at T")),
        ),
        Concept(
            "cubic-extrema", "differentiation", _cubic,
            ("삼차함수 f(x) = {f}은(는) 극댓값과 극솟값을 하나씩 갖는다.", "함수 f(x) = {f}의 증가와 감소를 표로 조사하였다."),
            ("The cubic function f(x) = {f} has one local maximum and one local minimum.", "The function f(x) = {f} is examined for where it rises and falls."),
            (find("extrema", "극댓값과 극솟값의 차", "the difference between the local maximum and minimum"), find("roots", "방정식 f(x) = 0의 서로 다른 실근의 개수", "the number of distinct real roots of f(x) = 0")),
        ),
        Concept(
            "optimal-box", "differentiation", _box,
            ("한 변의 길이가 {s} cm인 정사각형 종이의 네 귀퉁이에서 한 변이 x cm인 정사각형을 잘라 내고 접어 뚜껑 없는 상자를 만든다.", "가로와 세로가 모두 {s} cm인 판지의 모서리마다 크기가 같은 정사각형(한 변 x cm)을 오려 내어 열린 상자를 만들었다."),
            ("Squares of side x cm are cut from the corners of a square sheet of side {s} cm, which is folded into an open box.", "An open box is made from cardboard of {s} cm by {s} cm by removing an x cm square from each corner."),
            (find("best", "상자의 부피가 최대가 되는 x의 값", "the value of x for which the volume is greatest"), explain("model", "상자의 부피 V를 x의 함수로 나타내고 x의 범위를 정하는 과정", "how to write the volume V as a function of x, and the range of x")),
        ),
        Concept(
            "definite-integral", "integration", _area,
            ("곡선 y = {f}과(와) x축 및 두 직선 x = {a}, x = {b}이(가) 둘러싸는 도형이 있다.", "구간 [{a}, {b}]에서 함수 y = {f}의 그래프 아래에 놓인 부분을 색칠하였다."),
            ("A region is bounded by y = {f}, the x-axis and the lines x = {a} and x = {b}.", "The part below the graph of y = {f} over the interval [{a}, {b}] is shaded."),
            (find("area", "이 도형의 넓이", "the area of the region"), find("mean", "이 구간에서 함수의 평균값", "the mean value of the function on the interval")),
        ),
        Concept(
            "area-between", "integration", _between,
            ("포물선 y = x²과 직선 y = {line}이(가) 원점과 점 A에서 만난다.", "직선 y = {line}이(가) 곡선 y = x²을 잘라 닫힌 도형을 만든다."),
            ("The parabola y = x² and the line y = {line} meet at the origin and at A.", "The line y = {line} cuts a closed region from the curve y = x²."),
            (find("area", "두 그래프로 둘러싸인 도형의 넓이", "the area enclosed by the two graphs"), find("volume", "이 도형을 x축 둘레로 회전시킨 입체의 부피", "the volume of the solid made by turning the region about the x-axis")),
        ),
    ),
)  # fmt: skip
