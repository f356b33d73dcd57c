"""Functions and calculus."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, explain, find
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
            ko=(
                "일차함수 y = {f}의 그래프가 있다.",
                "좌표평면에 그려진 한 직선은 일차함수 y = {f}을(를) 나타낸다.",
                "실수 전체의 집합에서 정의된 함수 f는 x에 {f}을(를) 대응시키며, 그 그래프는 직선이다.",
                "어떤 학생이 모눈종이 위에 자를 대고 f(x) = {f}의 그래프를 그렸다.",
                "두 변수 x, y 사이에는 y = {f}인 일차 관계가 성립하고, 이 관계를 함수의 그래프로 나타내었다.",
            ),
            en=(
                "The graph of the linear function y = {f} is given.",
                "In the coordinate plane a straight line represents the function f(x) = {f}.",
                "The rule of a function turns each real number x into {f}, so plotting output against input gives a line.",
                "On squared paper a student has used a ruler to plot the function y = {f}.",
                "Two variables obey the first-degree relation y = {f}, which makes y a function of x.",
            ),
            tasks=(
                find("intercepts", "x절편과 y절편의 합", "the sum of the x-intercept and the y-intercept"),
                find("inverse", "이 함수의 역함수", "the inverse of the function"),
                find("value-at", "x = {k}에서의 함숫값", "the value of the function at x = {k}"),
            ),
            held_out=(
                HeldOut(
                    find("shift", "이 그래프를 y축의 방향으로 {k}만큼 평행이동한 그래프의 식", "the equation of the graph moved up by {k}"),
                    "직선 y = {f}을(를) 좌표평면 위에 그렸다.",
                    "The line y = {f} is drawn in the coordinate plane.",
                ),
                HeldOut(
                    find("reflection", "이 그래프와 y축에 대하여 대칭인 직선의 식", "the equation of the line obtained by reflecting the graph in the y-axis"),
                    "규칙 y = {f}에 따라 x의 값마다 y의 값이 하나씩 정해지는 일차함수의 그래프를 살펴보자.",
                    "A straight graph shows how y depends on x according to the rule y = {f}.",
                ),
            ),
        ),
        Concept(
            "quadratic-vertex", "functions", _vertex,
            ko=(
                "이차함수 y = {f}의 그래프의 꼭짓점을 V라 하자.",
                "좌표평면 위의 포물선 y = {f}은(는) 점 V를 꼭짓점으로 한다.",
                "함수 f(x) = {f}의 그래프는 포물선이며, 이 포물선이 그 대칭축과 만나는 점은 V이다.",
                "x에 대한 이차식 {f}의 값을 y라 할 때, y가 최댓값 또는 최솟값이 되는 그래프 위의 점을 V로 나타낸다.",
                "컴퓨터 화면에 이차함수 y = {f}의 그래프를 띄우고, 증가와 감소가 바뀌는 점에 V라는 이름을 붙였다.",
            ),
            en=(
                "Let V be the vertex of the graph of y = {f}.",
                "A quadratic function is defined by f(x) = {f}; its graph meets its own axis of symmetry at the point V.",
                "On a graphing calculator the curve y = {f} is displayed, and the vertex is labelled V.",
                "For real x the expression {f} takes its extreme value at a single point, marked V on the graph.",
            ),
            tasks=(
                find("vertex", "점 V의 좌표", "the coordinates of V"),
            ),
            held_out=(
                HeldOut(
                    find("axis", "대칭축의 방정식", "the equation of the axis of symmetry"),
                    "포물선 y = {f}의 꼭짓점이 V이다.",
                    "The parabola y = {f} has its vertex at V.",
                ),
                HeldOut(
                    find("x-axis-points", "이 그래프가 x축과 만나는 점의 개수", "the number of points that the graph shares with the x-axis"),
                    "이차함수 f(x) = {f}의 그래프에서 증가와 감소가 서로 바뀌는 점을 V로 표시하였다.",
                    "On the graph of the quadratic function f(x) = {f}, the turning point is labelled V.",
                ),
            ),
        ),
        Concept(
            "exponential-growth", "functions", _exponential,
            ko=(
                "처음에 {n}마리이던 세균이 한 시간마다 {b}배로 늘어난다.",
                "배양 접시에 세균 {n}마리를 넣었더니, 그 수가 매시간 직전의 {b}배가 되었다.",
                "실온에 둔 우유 한 컵에 세균이 {n}마리 들어 있다. 한 시간이 지날 때마다 세균의 수에 {b}이(가) 곱해진다.",
                "어떤 세균은 1시간을 주기로 개체 수가 {b}배씩 불어나며, 관찰을 시작한 시각의 개체 수는 {n}이었(였)다.",
                "매시 정각에 센 세균의 수는 공비가 {b}인 등비수열을 이루고, 처음 센 값은 {n}마리이다.",
            ),
            en=(
                "A culture of {n} bacteria multiplies by {b} every hour.",
                "At noon a petri dish holds {n} bacteria; with each hour that passes their number becomes {b} times as large.",
                "A glass of milk left in a warm room contains {n} bacteria at first. The count grows by a factor of {b} per hour.",
                "Hourly counts of bacteria in a water sample form a geometric sequence with first term {n} and common ratio {b}.",
                "The growth factor of a bacterial colony is {b} per hour, and the colony started with {n} cells.",
            ),
            tasks=(
                find("number", "{t}시간 후의 세균의 수", "the number of bacteria after {t} hours"),
            ),
            held_out=(
                HeldOut(
                    find("formula", "t시간 후의 세균의 수 N을 t에 대한 식으로 나타낸 것", "a formula for the number N after t hours"),
                    "어떤 배양액에서 세균의 수는 매시간 {b}배가 되며, 관찰을 시작할 때에는 {n}마리였다.",
                    "Every hour the number of bacteria becomes {b} times as large; there were {n} at the start.",
                ),
                HeldOut(
                    find("thousandfold", "세균의 수가 처음의 1000배를 넘을 때까지 걸리는 시간", "the time needed for the number of bacteria to exceed 1000 times its initial value"),
                    "실험실에서 {n}마리의 세균을 배양하기 시작하였더니, 한 시간이 지날 때마다 개체 수가 {b}배로 불어났다.",
                    "A laboratory culture begins with {n} bacteria, and its population is multiplied by {b} as each hour passes.",
                ),
            ),
        ),
        Concept(
            "sine-function", "functions", _sine,
            ko=(
                "삼각함수 y = {f}의 그래프를 생각하자.",
                "주기함수 f(x) = {f}이(가) 실수 전체에서 정의되어 있고, x의 단위는 라디안이다.",
                "오실로스코프 화면에 나타난 파형을 식으로 옮기면 함수 y = {f}이(가) 된다.",
                "물결에 따라 오르내리는 부표의 높이 y는 시각 x의 함수이며 y = {f}을(를) 따른다.",
                "좌표평면에 그린 물결 모양의 곡선은 함수 y = {f}의 그래프이다.",
            ),
            en=(
                "Consider the graph of the trigonometric function y = {f}.",
                "A function is defined for all real x, measured in radians, by f(x) = {f}.",
                "The trace on an oscilloscope screen follows the function y = {f}.",
                "The height y of a float bobbing on the water is a function of the time x, namely y = {f}.",
                "A wave-shaped curve in the coordinate plane belongs to the function with equation y = {f}.",
            ),
            tasks=(
                find("period", "이 함수의 주기", "the period of the function"),
                find("first-peak", "함수가 최대가 되는 가장 작은 양수 x의 값", "the smallest positive x at which the function is greatest"),
            ),
            held_out=(
                HeldOut(
                    find("maximum", "이 함수의 최댓값과 최솟값의 곱", "the product of its greatest and least values"),
                    "함수 y = {f}은(는) 일정한 간격으로 같은 모양을 되풀이한다.",
                    "The function y = {f} repeats its shape at equal intervals.",
                ),
                HeldOut(
                    find("initial-slope", "x = 0인 점에서 이 그래프에 그은 접선의 기울기", "the slope of the tangent to the graph at the point where x = 0"),
                    "x의 값이 0에서 2π까지 커질 때 y = {f}의 그래프를 그렸더니 물결 모양의 곡선이 나타났다.",
                    "A wave-shaped curve with the equation y = {f} is plotted while x runs from 0 to 2π.",
                ),
            ),
        ),
        Concept(
            "rational-function", "functions", _rational,
            ko=(
                "유리함수 y = {f}의 그래프와 두 점근선이 있다.",
                "쌍곡선 y = {f}은(는) 한없이 가까워지지만 만나지 않는 두 직선, 곧 두 점근선을 가진다.",
                "함수 f(x) = {f}의 그래프를 실선으로, 그 점근선 두 개를 점선으로 그렸다.",
                "분모가 0이 되는 x를 제외한 모든 실수에서 함수 y = {f}을(를) 정의하였다. 그래프에는 축에 평행하거나 축과 겹치는 점근선이 두 개 있다.",
                "어떤 분수함수의 식은 y = {f}이고, 그래프는 두 점근선에 의하여 나뉜 두 갈래의 곡선이다.",
            ),
            en=(
                "The graph of the rational function y = {f} has two asymptotes.",
                "The hyperbola y = {f} approaches two straight lines, its asymptotes, without ever meeting them.",
                "A teacher sketches f(x) = {f} as a solid curve and adds the two asymptotes as dashed lines.",
                "The function y = {f} is defined for every real x that does not make the denominator zero; its graph has one vertical and one horizontal asymptote.",
                "The two branches of the curve with equation y = {f} are separated by a pair of perpendicular asymptotes.",
            ),
            tasks=(
                find("asymptotes", "두 점근선의 교점의 좌표", "the coordinates of the point where the asymptotes cross"),
                find("x-intercept", "그래프가 x축과 만나는 점의 x좌표", "the x-coordinate of the point where the graph meets the x-axis"),
            ),
            held_out=(
                HeldOut(
                    explain("domain", "이 함수의 정의역과 치역", "the domain and the range of the function"),
                    "함수 y = {f}의 그래프는 두 직선에 한없이 가까워진다.",
                    "The graph of y = {f} comes ever closer to two straight lines.",
                ),
                HeldOut(
                    find("inverse", "이 함수의 역함수", "the inverse of the function"),
                    "유리함수 y = {f}의 그래프는 두 개의 곡선으로 나뉘어 있으며 점근선을 두 개 가진다.",
                    "The hyperbola y = {f} consists of two branches and has a pair of asymptotes.",
                ),
            ),
        ),
        Concept(
            "piecewise-limit", "functions", _steps,
            ko=(
                "함수 f(x)는 x < {a}일 때 {low}이고 x ≥ {a}일 때 {high} + (x - ({a}))/2이다.",
                "함수 y = f(x)의 그래프는 x < {a}에서 직선 y = {low}의 일부이고, x ≥ {a}에서는 점 ({a}, {high})에서 시작하는 기울기 1/2인 반직선이다.",
                "구간별로 정의된 함수 f가 있다. {a}보다 작은 x에서는 f(x) = {low}, 그 밖의 x에서는 f(x) = (x - ({a}))/2 + {high}이다.",
                "x의 값이 {a}보다 작은 동안 f(x)는 상수 {low}을(를) 유지하고, x = {a}에서 값이 {high}이(가) 된 뒤로는 x가 1 커질 때마다 1/2씩 커지며 직선을 이룬다.",
                "함수 f를 반열린구간 [{a}, ∞)에서는 f(x) = {high} + (x - ({a}))/2로, 열린구간 (-∞, {a})에서는 f(x) = {low}으로(로) 정의한다.",
            ),
            en=(
                "The function f equals {low} for x < {a} and {high} + (x - ({a}))/2 for x ≥ {a}.",
                "To the left of x = {a} the graph of f is the horizontal line y = {low}; from x = {a} on it is a ray of slope 1/2 starting at the point ({a}, {high}).",
                "A function f is defined in two pieces: f(x) = (x - ({a}))/2 + {high} if x is at least {a}, and f(x) = {low} otherwise.",
                "While x stays below {a}, f(x) keeps the constant value {low}; at x = {a} the value is {high}, and beyond that it rises linearly by 1/2 per unit of x.",
                "On the interval (-∞, {a}) let f(x) = {low}, and on [{a}, ∞) let f(x) = {high} + (x - ({a}))/2.",
            ),
            tasks=(
                find("one-sided", "x = {a}에서의 좌극한과 우극한의 차", "the difference between the left and right limits at x = {a}"),
            ),
            held_out=(
                HeldOut(
                    explain("continuity", "f(x)가 x = {a}에서 연속인지 아닌지", "whether f is continuous at x = {a}"),
                    "x = {a}을(를) 경계로 왼쪽에서는 값이 {low}, 오른쪽에서는 {high}에서 시작하여 기울기 1/2로 커지는 함수 f가 있다.",
                    "To the left of x = {a} a function f is constantly {low}; from there on it starts at {high} and rises with slope 1/2.",
                ),
                HeldOut(
                    find("range", "함수 f의 치역", "the range of f"),
                    "함수 f의 식은 x < {a}일 때 f(x) = {low}이고, x ≥ {a}일 때는 f({a}) = {high}이며 기울기가 1/2인 일차식이다.",
                    "A function f equals {low} for every x less than {a}; at x = {a} its value jumps to {high}, and beyond that point its graph is a straight line of slope 1/2.",
                ),
            ),
        ),
        Concept(
            "tangent-line", "differentiation", _tangent,
            ko=(
                "곡선 y = {f} 위의 점 T의 x좌표가 {t}이다.",
                "함수 f(x) = {f}의 그래프에서 x = {t}에 대응하는 점을 T로 나타내고, 그 점에서 접선을 그었다.",
                "어떤 직선이 포물선 y = {f}에 점 T에서 접하며, 접점의 x좌표는 {t}이다.",
                "직선 x = {t}이(가) 곡선 y = {f}과(와) 만나는 점을 T라 하자.",
                "점 T는 곡선 y = {f}을(를) 따라 움직이다가 x좌표가 {t}이(가) 되는 순간 멈추었다.",
            ),
            en=(
                "The point T on the curve y = {f} has x-coordinate {t}.",
                "The vertical line x = {t} cuts the graph of f(x) = {f} in a point called T.",
                "A point T travels along the curve with equation y = {f} and stops when its x-coordinate is {t}.",
                "Let f(x) = {f}. On its graph T is the point ({t}, f({t})), and the tangent there has been drawn.",
            ),
            tasks=(
                find("equation", "점 T에서의 접선의 방정식", "the equation of the tangent at T"),
                find("tangent-intercept", "점 T에서의 접선이 y축과 만나는 점의 좌표", "the coordinates of the point where the tangent at T meets the y-axis"),
                find("level-point", "접선이 x축에 평행하거나 x축과 일치하게 되는 곡선 위의 점의 좌표", "the coordinates of the point of the curve at which the tangent has slope zero"),
            ),
            held_out=(
                HeldOut(
                    find("slope", "점 T에서의 접선의 기울기", "the slope of the tangent at T"),
                    "x = {t}인 점 T에서 곡선 y = {f}에 접하는 직선을 그었다.",
                    "A line touches the curve y = {f} at the point T where x = {t}.",
                ),
                HeldOut(
                    find("normal", "점 T를 지나고 접선에 수직인 직선의 방정식", "the equation of the line through T perpendicular to the tangent"),
                    "포물선 y = {f} 위에 x좌표가 {t}인 점 T를 잡고, 그 점을 지나는 접선을 포물선과 함께 나타내었다.",
                    "T is the point of the parabola y = {f} whose x-coordinate is {t}; the tangent there has been drawn together with the parabola.",
                ),
            ),
        ),
        Concept(
            "cubic-extrema", "differentiation", _cubic,
            ko=(
                "삼차함수 f(x) = {f}은(는) 극댓값과 극솟값을 하나씩 갖는다.",
                "곡선 y = f(x)의 식은 f(x) = {f}이며, 이 곡선에는 극대인 점과 극소인 점이 각각 하나 있다.",
                "실수 전체에서 정의된 함수 f(x) = {f}의 도함수는 서로 다른 두 실수에서만 부호가 바뀐다.",
                "다항함수 f(x) = {f}은(는) 증가하다가 감소하고 다시 증가한다.",
                "어느 학생이 f(x) = {f}을(를) 미분하여 증감표를 만들었더니 극값이 두 개 나타났다.",
            ),
            en=(
                "The cubic function f(x) = {f} has one local maximum and one local minimum.",
                "The graph of f(x) = {f} rises, then falls, and then rises again.",
                "For the polynomial f(x) = {f} the derivative changes sign at exactly two real numbers.",
                "A student differentiates f(x) = {f}, draws up a sign table and finds a local maximum and a local minimum.",
                "On the curve y = f(x) with f(x) = {f} there are two turning points, one high and one low.",
            ),
            tasks=(
                find("extrema", "극댓값과 극솟값의 차", "the difference between the local maximum and minimum"),
                find("decreasing", "함수 f(x)가 감소하는 x의 값의 범위", "the interval on which f is decreasing"),
            ),
            held_out=(
                HeldOut(
                    find("roots", "방정식 f(x) = 0의 서로 다른 실근의 개수", "the number of distinct real roots of f(x) = 0"),
                    "함수 f(x) = {f}의 증가와 감소를 표로 조사하였다.",
                    "The function f(x) = {f} is examined for where it rises and falls.",
                ),
                HeldOut(
                    find("inflection", "이 곡선의 변곡점의 좌표", "the coordinates of the point of inflection of the curve"),
                    "삼차함수 f(x) = {f}의 그래프에서 극대인 점을 M, 극소인 점을 m으로 표시하였다.",
                    "The curve y = f(x), where f(x) = {f}, has a local maximum at M and a local minimum at m.",
                ),
            ),
        ),
        Concept(
            "optimal-box", "differentiation", _box,
            ko=(
                "한 변의 길이가 {s} cm인 정사각형 종이의 네 귀퉁이에서 한 변이 x cm인 정사각형을 잘라 내고 접어 뚜껑 없는 상자를 만든다.",
                "한 변이 {s} cm인 정사각형 양철판이 있다. 모서리마다 한 변이 x cm인 정사각형을 오려 낸 다음 옆면을 세워 윗면이 열린 상자를 만든다.",
                "미술 시간에 가로와 세로가 모두 {s} cm인 색지의 네 모퉁이를 x cm씩 정사각형으로 도려내고 접어, 높이가 x cm인 뚜껑 없는 상자를 만들기로 하였다.",
                "높이가 x cm이고 뚜껑이 없는 상자의 전개도를 한 변의 길이가 {s} cm인 정사각형 골판지에서 얻으려 한다. 이때 버려지는 것은 네 귀퉁이의 합동인 정사각형뿐이다.",
                "밑면이 한 변 ({s} - 2x) cm인 정사각형이고 높이가 x cm인 열린 상자를, 한 변 {s} cm의 정사각형 종이에서 네 귀를 잘라 내고 접어서 만들었다.",
            ),
            en=(
                "Squares of side x cm are cut from the corners of a square sheet of side {s} cm, which is folded into an open box.",
                "An open tray of height x cm is made from a square tin plate measuring {s} cm by {s} cm by removing equal squares at the corners and bending up the sides.",
                "In an art lesson a pupil takes a square card with edges of {s} cm, snips a square of x cm by x cm out of each corner and folds the flaps into a box without a lid.",
                "A lidless box with a square base of side ({s} - 2x) cm and height x cm is folded from a square sheet {s} cm wide after its corners have been cut away.",
                "The net of a topless box fits a cardboard square of side {s} cm; the only waste is four small squares, x cm on each side, at the corners.",
            ),
            tasks=(
                find("best", "상자의 부피가 최대가 되는 x의 값", "the value of x for which the volume is greatest"),
                find("greatest-volume", "만들 수 있는 상자의 부피의 최댓값", "the greatest volume that the box can have"),
            ),
            held_out=(
                HeldOut(
                    explain("model", "상자의 부피 V를 x의 함수로 나타내고 x의 범위를 정하는 과정", "how to write the volume V as a function of x, and the range of x"),
                    "가로와 세로가 모두 {s} cm인 판지의 모서리마다 크기가 같은 정사각형(한 변 x cm)을 오려 내어 열린 상자를 만들었다.",
                    "An open box is made from cardboard of {s} cm by {s} cm by removing an x cm square from each corner.",
                ),
                HeldOut(
                    find("base-side", "상자의 부피가 최대일 때 밑면의 한 변의 길이", "the side of the base when the volume is greatest"),
                    "정사각형 양철판({s} cm × {s} cm)의 네 귀퉁이를 x cm × x cm 크기로 잘라 내고 남은 부분을 접어 올려 뚜껑이 없는 상자를 만든다.",
                    "Squares of side x cm are cut off at the four corners of a square metal sheet, {s} cm wide, and the flaps are folded up to give a box without a lid.",
                ),
            ),
        ),
        Concept(
            "definite-integral", "integration", _area,
            ko=(
                "곡선 y = {f}과(와) x축 및 두 직선 x = {a}, x = {b}이(가) 둘러싸는 도형이 있다.",
                "네 개의 선, 곧 x = {a}, x = {b}, y = 0, y = {f}으로(로) 경계가 정해진 도형을 생각하자.",
                "직선 x = {a}에서 직선 x = {b}까지 곡선 y = {f} 아래, x축 위에 있는 부분을 도형 D라 하자.",
                "어느 화단의 모양은 좌표평면에서 0 ≤ y ≤ {f}, {a} ≤ x ≤ {b}을(를) 만족시키는 점 전체로 이루어진 도형과 같다.",
            ),
            en=(
                "A region is bounded by y = {f}, the x-axis and the lines x = {a} and x = {b}.",
                "The part of the plane that lies under the graph of f(x) = {f} and above the x-axis for {a} ≤ x ≤ {b} forms a shaded region.",
                "Four lines or curves, x = {a}, x = {b}, y = 0 and y = {f}, form the boundary of a region.",
                "A flower bed has the shape of the region of all points with {a} ≤ x ≤ {b} and 0 ≤ y ≤ {f}.",
                "Between x = {a} and x = {b} the curve y = {f} stays above the x-axis, and the region underneath it is coloured.",
            ),
            tasks=(
                find("area", "이 도형의 넓이", "the area of the region"),
                find("revolution", "이 도형을 x축의 둘레로 회전시킨 입체의 부피", "the volume of the solid formed when the region is turned about the x-axis"),
            ),
            held_out=(
                HeldOut(
                    find("mean", "이 구간에서 함수의 평균값", "the mean value of the function on the interval"),
                    "구간 [{a}, {b}]에서 함수 y = {f}의 그래프 아래에 놓인 부분을 색칠하였다.",
                    "The part below the graph of y = {f} over the interval [{a}, {b}] is shaded.",
                ),
                HeldOut(
                    explain("rectangles", "이 영역의 넓이를 직사각형의 넓이의 합으로 어림하는 방법", "how to approximate the area of the region by a sum of rectangles"),
                    "x가 {a}에서 {b}까지 변하는 구간에서 곡선 y = {f}과(와) x축 사이에 놓인 영역을 생각하자.",
                    "While x runs through the interval from {a} to {b}, the curve y = {f} and the x-axis enclose a region between them.",
                ),
            ),
        ),
        Concept(
            "area-between", "integration", _between,
            ko=(
                "포물선 y = x²과 직선 y = {line}이(가) 원점과 점 A에서 만난다.",
                "원점을 지나는 직선 y = {line}이(가) 곡선 y = x²과 만나는 다른 한 점을 A라 하자.",
                "두 함수 f(x) = x²과 g(x) = {line}의 그래프는 두 점에서 만나며, 그중 원점이 아닌 점이 A이다.",
                "좌표평면에서 점 A는 포물선 y = x² 위에 있는 동시에 직선 y = {line} 위에도 있고, 원점과는 다른 점이다.",
                "이차함수 y = x²의 그래프가 직선 y = {line}에 의하여 원점 O와 점 A에서 잘려 활꼴 모양의 부분이 생긴다.",
            ),
            en=(
                "The graphs of f(x) = x² and g(x) = {line} have two points in common: the origin and a second point A.",
                "A line through the origin with equation y = {line} cuts the curve y = x² again at the point A.",
                "Point A, different from the origin, lies both on the parabola y = x² and on the straight line y = {line}.",
                "The equation x² = {line} has two solutions; the non-zero one belongs to the point A where the parabola y = x² and the line y = {line} cross.",
            ),
            tasks=(
                find("area", "두 그래프로 둘러싸인 도형의 넓이", "the area enclosed by the two graphs"),
                find("chord-length", "원점과 점 A 사이의 거리", "the distance from the origin to A"),
            ),
            held_out=(
                HeldOut(
                    find("volume", "이 도형을 x축 둘레로 회전시킨 입체의 부피", "the volume of the solid made by turning the region about the x-axis"),
                    "직선 y = {line}이(가) 곡선 y = x²을 잘라 닫힌 도형을 만든다.",
                    "The line y = {line} cuts a closed region from the curve y = x².",
                ),
                HeldOut(
                    find("widest", "이 도형에서 직선과 곡선 사이의 세로 방향 거리의 최댓값", "the greatest vertical distance between the line and the curve within the region"),
                    "포물선 y = x²과 원점을 지나는 직선 y = {line}은(는) 점 A에서 다시 만나며, 둘 사이에 갇힌 도형을 색칠하였다.",
                    "Between the parabola y = x² and the line y = {line}, which meet at the origin and again at A, a region is shaded.",
                ),
            ),
        ),
    ),
)  # fmt: skip
