"""Algebra: equations, sequences, numbers, matrices."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, explain, find
from lensdex_problems.drawing.numberline import Numberline
from lensdex_problems.drawing.plot import Plot
from lensdex_problems.drawing.table import Table
from lensdex_problems.drawing.venn import Venn
from lensdex_problems.notation import polynomial, series, signed
from lensdex_problems.subjects.people import PEOPLE

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _linear(dice: Dice) -> Scene:
    root, a, b = dice.whole(-8, 9), dice.whole(3, 9), dice.whole(-12, 12)
    c = a - dice.whole(1, 2)
    return Scene({"left": polynomial([a, b]), "right": polynomial([c, (a - c) * root + b])})


def _two_lines(dice: Dice) -> Scene:
    x, y, slope = dice.whole(-3, 4), dice.whole(-3, 4), dice.pick((1, 2, 3))
    other = -dice.pick((1, 2))
    curves = tuple(tuple((float(t), float(y + m * (t - x))) for t in range(-7, 8)) for m in (slope, other))
    figure = Plot(curves, (-7, 7), (-7, 7), marks=((x, y, "P"),), grid=True)
    return Scene(
        {"f": f"y = {polynomial([slope, y - slope * x])}", "g": f"y = {polynomial([other, y - other * x])}"}, figure
    )


def _roots(dice: Dice) -> Scene:
    p, q = dice.sample(range(-6, 7), 2)
    curve = tuple((t / 8, round((t / 8 - p) * (t / 8 - q), 3)) for t in range(-64, 65))
    low = min(-2.0, -((p - q) ** 2) / 4 - 1)
    figure = Plot((curve,), (-8, 8), (low, max(10.0, -low)), marks=((min(p, q), 0.0, "A"), (max(p, q), 0.0, "B")))
    return Scene({"eq": polynomial([1, -(p + q), p * q]), "p": p, "q": q}, figure)


def _inequality(dice: Dice) -> Scene:
    low, wide, a = dice.whole(-6, 2), dice.whole(2, 6), dice.whole(2, 5)
    figure = Numberline(-9, 9, intervals=((low, low + wide, False, True),))
    return Scene({"one": f"{a}x {signed(3)} > {a * low + 3}", "two": f"x {signed(-low)} ≤ {wide}"}, figure)


def _absolute(dice: Dice) -> Scene:
    middle, reach = dice.whole(-4, 5), dice.whole(2, 5)
    figure = Numberline(-10, 11, points=((middle - reach, "A"), (middle, "M"), (middle + reach, "B")))
    return Scene({"eq": f"|x {signed(-middle)}|" if middle else "|x|", "k": reach}, figure)


def _arithmetic(dice: Dice) -> Scene:
    first, step, n = dice.whole(-5, 12), dice.whole(2, 9), dice.whole(10, 30)
    terms = [first + step * place for place in range(4)]
    points = (tuple((float(place + 1), float(first + step * place)) for place in range(6)),)
    figure = Plot(
        points, (0, 7), (min(0, first) - 1, first + 6 * step), x_name="n", y_name="a(n)", points_only=True, grid=True
    )
    return Scene({"terms": series(terms), "n": n}, figure)


def _geometric(dice: Dice) -> Scene:
    first, ratio, n = dice.whole(1, 6), dice.whole(2, 4), dice.whole(6, 12)
    return Scene({"a": first, "r": ratio, "terms": series([first * ratio**place for place in range(4)]), "n": n})


def _divisors(dice: Dice) -> Scene:
    g, (a, b) = dice.whole(3, 12), dice.pick(((2, 3), (3, 4), (4, 5), (5, 6), (3, 8), (5, 9)))
    return Scene({"a": g * a, "b": g * b, "who": dice.pick(PEOPLE)}, Venn(("A", "B"), (str(a), str(g), str(b), "")))


def _logs(dice: Dice) -> Scene:
    base, p, q = dice.pick((2, 3, 5)), dice.whole(2, 5), dice.whole(1, 3)
    curve = tuple((round(base ** (t / 20), 3), t / 20) for t in range(-60, 81))
    figure = Plot((curve,), (-1, 10), (-3, 4), names=(f"base {base}",), grid=True)
    return Scene({"b": base, "m": base**p, "n": base**q}, figure)


def _matrix(dice: Dice) -> Scene:
    a, b, c, d, e, f, g, h = dice.wholes(8, -4, 6)
    rows = (
        ("A", "1", "2", "B", "1", "2"),
        ("1", str(a), str(b), "1", str(e), str(f)),
        ("2", str(c), str(d), "2", str(g), str(h)),
    )
    return Scene({"a": f"({a}, {b}; {c}, {d})", "b": f"({e}, {f}; {g}, {h})"}, Table(rows))


def _ages(dice: Dice) -> Scene:
    child, times, years = dice.whole(6, 15), dice.whole(3, 4), dice.whole(4, 12)
    one, other = dice.sample(PEOPLE, 2)
    return Scene({"one": one, "times": times, "years": years, "sum": child * (times + 1) + 2 * years, "kid": other})


SUBJECT: Final = Subject(
    "algebra",
    Pair("대수", "Algebra"),
    {"equations": Pair("방정식과 부등식", "Equations and inequalities"), "sequences": Pair("수열", "Sequences"), "numbers": Pair("수와 식", "Numbers and expressions")},
    (
        Concept(
            "linear-equation", "equations", _linear,
            ("일차방정식 {left} = {right}이(가) 있다.", "x에 대한 등식 {left} = {right}을(를) 생각하자."),
            ("The linear equation {left} = {right} is given.", "Let x be a number for which {left} equals {right}."),
            (find("solution", "이 방정식의 해", "the solution of the equation"), explain("steps", "이 방정식을 이항하여 푸는 과정", "how to solve the equation by moving terms")),
        ),
        Concept(
            "simultaneous-equations", "equations", _two_lines,
            ("두 직선 {f}, {g}이(가) 점 P에서 만난다.", "연립방정식 {f}, {g}의 해를 그래프에서 점 P로 나타내었다."),
            ("The lines {f} and {g} meet at the point P.", "The solution of the system {f}, {g} is shown by the point P of the graph."),
            (find("point", "교점 P의 좌표", "the coordinates of P"), find("area", "두 직선과 y축으로 둘러싸인 삼각형의 넓이", "the area of the triangle enclosed by both lines and the y-axis")),
        ),
        Concept(
            "quadratic-roots", "equations", _roots,
            ("이차방정식 {eq} = 0의 두 실근이 있다.", "이차함수 y = {eq}의 그래프가 x축과 두 점 A, B에서 만난다."),
            ("The quadratic equation {eq} = 0 has two real roots.", "The parabola y = {eq} crosses the x-axis at two points A and B."),
            (find("roots", "두 근을 모두 포함하는 해집합", "the set of both roots"), find("square-sum", "두 근의 제곱의 합", "the sum of the squares of the roots"), find("distance", "두 근의 차의 절댓값", "the absolute difference of the roots")),
        ),
        Concept(
            "inequality-system", "equations", _inequality,
            ("연립부등식 {one}, {two}을(를) 만족하는 x의 범위를 수직선 위에 나타내려고 한다.", "두 부등식 {one}과(와) {two}이(가) 동시에 성립한다."),
            ("The range of x that satisfies both {one} and {two} is to be shown on a number line.", "The inequalities {one} and {two} hold at the same time."),
            (find("range", "x의 값의 범위", "the range of x"), find("integers", "조건을 만족하는 정수 x의 개수", "the number of integers x that satisfy the conditions")),
        ),
        Concept(
            "absolute-value", "equations", _absolute,
            ("방정식 {eq} = {k}의 두 해를 수직선 위의 점 A, B로 나타내었다.", "수직선에서 {eq} = {k}을(를) 만족하는 두 점을 각각 A, B라 하자."),
            ("The two solutions of {eq} = {k} are shown as A and B on a number line.", "Let A and B be the points of the number line for which {eq} = {k}."),
            (find("solutions", "두 해의 합", "the sum of the two solutions"), explain("meaning", "절댓값을 거리로 해석하여 이 방정식을 푸는 방법", "how to solve the equation by reading the absolute value as a distance")),
        ),
        Concept(
            "age-problem", "equations", _ages,
            ("올해 {one}의 나이는 동생 {kid}의 나이의 {times}배이고, {years}년 후에는 두 사람의 나이의 합이 {sum}살이 된다.", "{one}은(는) 현재 {kid}보다 나이가 {times}배 많으며 두 사람의 나이를 더하면 {years}년 뒤에 {sum}이 된다."),
            ("This year {one} is {times} times as old as {kid}; in {years} years their ages will add up to {sum}.", "{kid}'s age times {times} is {one}'s age now, and the sum of both ages {years} years from now is {sum}."),
            (find("age", "동생의 현재 나이", "the present age of the younger one"), explain("equation", "미지수를 정하여 방정식을 세우는 과정", "how to choose an unknown and set up an equation")),
        ),
        Concept(
            "arithmetic-sequence", "sequences", _arithmetic,
            ("등차수열 {terms}, …이 있다.", "일정한 수를 차례로 더하여 만든 수열의 처음 네 항이 {terms}이다."),
            ("An arithmetic sequence begins {terms}, ...", "A sequence made by adding the same number each time starts with {terms}."),
            (find("term", "이 수열의 제{n}항", "term number {n} of the sequence"), find("sum", "첫째항부터 제{n}항까지의 합", "the sum of the first {n} terms")),
        ),
        Concept(
            "geometric-sequence", "sequences", _geometric,
            ("첫째항이 {a}이고 공비가 {r}인 등비수열이 있다.", "각 항에 {r}을(를) 곱하면 다음 항이 되는 수열 {terms}, …을 생각하자."),
            ("A geometric sequence has first term {a} and common ratio {r}.", "In the sequence {terms}, ... each term is {r} times the one before."),
            (find("term", "이 수열의 제{n}항", "term number {n} of the sequence"), find("sum", "처음 {n}개 항의 합", "the sum of the first {n} terms")),
        ),
        Concept(
            "gcd-lcm", "numbers", _divisors,
            ("{who}은(는) 두 자연수 {a}과(와) {b}을(를) 소인수분해하였다.", "두 수 {a}, {b}의 공약수와 공배수를 조사하려고 한다."),
            ("{who} factorises the two natural numbers {a} and {b} into primes.", "The common divisors and multiples of {a} and {b} are to be studied."),
            (find("gcd", "두 수의 최대공약수", "their greatest common divisor"), find("lcm", "두 수의 최소공배수", "their least common multiple")),
        ),
        Concept(
            "logarithm", "numbers", _logs,
            ("밑이 {b}인 로그함수에 대하여 진수가 각각 {m}, {n}인 두 로그의 값을 비교한다.", "log의 밑을 {b}으로(로) 하여 {m}과(와) {n}의 로그를 각각 계산한다."),
            ("Take logarithms to the base {b} of the numbers {m} and {n}.", "The logarithm function with base {b} is evaluated at {m} and at {n}."),
            (find("sum", "두 로그의 합", "the sum of the two logarithms"), explain("rule", "두 로그의 차를 하나의 로그로 나타내는 방법", "how the difference of both logarithms becomes a single one")),
        ),
        Concept(
            "matrix-product", "numbers", _matrix,
            ("두 행렬 A = {a}, B = {b}이(가) 주어져 있다. 세미콜론은 행을 나눈다.", "2×2 행렬 A와 B의 성분이 차례로 {a}, {b}이다(행은 세미콜론으로 구분)."),
            ("Two matrices A = {a} and B = {b} are given; semicolons separate rows.", "The entries of the 2-by-2 matrices A and B are, row by row, {a} and {b}."),
            (find("product", "행렬의 곱 AB", "the matrix product AB"), find("determinant", "행렬 A의 행렬식", "the determinant of A")),
        ),
    ),
)  # fmt: skip
