"""Algebra: equations, sequences, numbers, matrices."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, explain, find
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
            ko=(
                "일차방정식 {left} = {right}이(가) 있다.",
                "미지수가 x인 두 일차식 {left}과(와) {right}의 값이 서로 같다고 놓아 방정식을 세웠다.",
                "칠판에 등식 {left} = {right}이(가) 적혀 있고, 학생들은 x에 대한 이 방정식을 정리하려고 한다.",
                "등식 {left} = {right}은(는) x가 어떤 한 값일 때에만 참이 되는 방정식이다.",
                "한 학생이 두 일차함수 y = {left}, y = {right}의 함숫값을 같게 놓아 x에 대한 방정식을 만들었다.",
            ),
            en=(
                "The linear equation {left} = {right} is given.",
                "A teacher writes {left} = {right} on the board as an equation in the single unknown x.",
                "Two number machines turn an input x into {left} and {right}; setting their outputs equal produces an equation.",
                "In the equation {left} = {right} the unknown x stands on both sides, each time to the first power.",
            ),
            tasks=(
                find("solution", "이 방정식의 해", "the solution of the equation"),
                find("common-value", "해를 대입하였을 때 양변이 공통으로 가지는 값", "the common value of both sides when the solution is substituted"),
            ),
            held_out=(
                HeldOut(
                    explain("steps", "이 방정식을 이항하여 푸는 과정", "how to solve the equation by moving terms"),
                    "x에 대한 등식 {left} = {right}을(를) 생각하자.",
                    "Let x be a number for which {left} equals {right}.",
                ),
                HeldOut(
                    explain("check", "구한 해가 옳은지 대입하여 확인하는 방법", "how to check the solution by substituting it into both sides"),
                    "어떤 수 x를 넣어 계산하였더니 {left}의 값과 {right}의 값이 서로 같았다.",
                    "The two expressions {left} and {right} take the same value for exactly one number x.",
                ),
            ),
        ),
        Concept(
            "simultaneous-equations", "equations", _two_lines,
            ko=(
                "두 직선 {f}, {g}이(가) 점 P에서 만난다.",
                "좌표평면에서 {f}의 그래프와 {g}의 그래프는 오직 한 점 P를 함께 지난다.",
                "연립방정식 {f}, {g}을(를) 그래프로 풀기 위하여 두 직선을 그렸더니 점 P에서 서로 엇갈렸다.",
                "오른쪽 위로 올라가는 직선 {f}과(와) 오른쪽 아래로 내려가는 직선 {g}의 교점을 P라고 한다.",
                "점 P의 x좌표와 y좌표는 두 일차방정식 {f}과(와) {g}을(를) 동시에 만족한다.",
            ),
            en=(
                "The lines {f} and {g} meet at the point P.",
                "A rising line {f} crosses a falling line {g}, and the crossing is labelled P.",
                "The point P lies on the graph of {f} and also on the graph of {g}.",
                "A student solves the pair of equations {f} and {g} by drawing both graphs and marking their common point P.",
                "On a map grid two straight roads run along {f} and {g}, and their junction is named P.",
            ),
            tasks=(
                find("point", "교점 P의 좌표", "the coordinates of P"),
                find("above-range", "직선 {f}이(가) 직선 {g}보다 위쪽에 있는 x의 값의 범위", "the values of x for which the line {f} lies above the line {g}"),
            ),
            held_out=(
                HeldOut(
                    find("area", "두 직선과 y축으로 둘러싸인 삼각형의 넓이", "the area of the triangle enclosed by both lines and the y-axis"),
                    "연립방정식 {f}, {g}의 해를 그래프에서 점 P로 나타내었다.",
                    "The solution of the system {f}, {g} is shown by the point P of the graph.",
                ),
                HeldOut(
                    find("origin-distance", "원점과 점 P 사이의 거리", "the distance between the origin and P"),
                    "지도의 좌표평면에서 두 도로가 각각 직선 {f}, {g}을(를) 따라 뻗어 있고, 두 도로는 점 P에서 교차한다.",
                    "On a map with coordinates, one path follows the line {f} and another the line {g}; the two paths cross at P.",
                ),
            ),
        ),
        Concept(
            "quadratic-roots", "equations", _roots,
            ko=(
                "이차방정식 {eq} = 0의 두 실근이 있다.",
                "포물선 y = {eq}은(는) x축과 서로 다른 두 점에서 만나며, 두 점의 x좌표는 방정식 {eq} = 0의 근이다.",
                "이차식 {eq}의 값이 0이 되게 하는 실수 x는 꼭 두 개이며, 이들을 근이라고 한다.",
                "판별식이 양수인 이차방정식 {eq} = 0은 서로 다른 두 정수를 근으로 가진다.",
                "어떤 학생이 방정식 {eq} = 0의 좌변을 두 일차식의 곱으로 고쳐 두 근을 얻었다.",
            ),
            en=(
                "The quadratic equation {eq} = 0 has two real roots.",
                "The parabola y = {eq} cuts the x-axis at two different points, which show the roots of {eq} = 0.",
                "Setting the expression {eq} equal to zero gives an equation with a positive discriminant and two distinct roots.",
                "A pupil splits the left side of {eq} = 0 into two linear factors and reads off both roots.",
                "Exactly two integers satisfy the condition {eq} = 0, and they are called its roots.",
            ),
            tasks=(
                find("roots", "두 근을 모두 포함하는 해집합", "the set of both roots"),
                find("minimum", "이차함수 y = {eq}의 최솟값", "the minimum value of the function y = {eq}"),
            ),
            held_out=(
                HeldOut(
                    find("distance", "두 근의 차의 절댓값", "the absolute difference of the roots"),
                    "이차함수 y = {eq}의 그래프가 x축과 두 점 A, B에서 만난다.",
                    "The parabola y = {eq} crosses the x-axis at two points A and B.",
                ),
                HeldOut(
                    find("squares", "두 근의 제곱의 합", "the sum of the squares of the roots"),
                    "이차방정식 {eq} = 0은 서로 다른 두 실근을 가지며, 이 두 근을 x축 위의 점 A, B로 표시하였다.",
                    "The quadratic equation {eq} = 0 has two different real solutions, which are marked on the x-axis as A and B.",
                ),
            ),
        ),
        Concept(
            "inequality-system", "equations", _inequality,
            ko=(
                "연립부등식 {one}, {two}을(를) 만족하는 x의 범위를 수직선 위에 나타내려고 한다.",
                "실수 x는 두 조건 {one}과(와) {two}을(를) 모두 충족하며, 그러한 x를 수직선에 색칠하여 나타낸다.",
                "어느 학생이 부등식 {one}의 해와 부등식 {two}의 해가 겹치는 부분을 수직선에서 찾는다.",
                "수직선 위의 점 x는 {one}을(를) 만족하는 동시에 {two}도 만족하는 곳에서만 움직인다.",
                "두 일차부등식 {one}, {two}을(를) 각각 풀어 얻은 공통부분을 하나의 구간으로 수직선에 그린다.",
            ),
            en=(
                "The range of x that satisfies both {one} and {two} is to be shown on a number line.",
                "A real number x has to obey {one} and, at the same time, {two}.",
                "The solution sets of {one} and {two} overlap in one interval, which a student marks on a number line.",
                "A point x slides along a number line but may stay only where {one} and {two} are true together.",
                "Solving the simultaneous inequalities {one} and {two} leaves a single stretch of the number line for x.",
            ),
            tasks=(
                find("range", "x의 값의 범위", "the range of x"),
            ),
            held_out=(
                HeldOut(
                    find("integers", "조건을 만족하는 정수 x의 개수", "the number of integers x that satisfy the conditions"),
                    "두 부등식 {one}과(와) {two}이(가) 동시에 성립한다.",
                    "The inequalities {one} and {two} hold at the same time.",
                ),
                HeldOut(
                    explain("endpoints", "수직선에서 해의 양 끝 점을 서로 다르게 표시하는 까닭", "why the two ends of the solution set are drawn differently on the number line"),
                    "연립부등식 {one}, {two}의 해를 구하여 수직선 위에 굵은 선으로 나타내었다.",
                    "A number x has to satisfy {one} as well as {two}, and all such numbers are shown on a number line.",
                ),
            ),
        ),
        Concept(
            "absolute-value", "equations", _absolute,
            ko=(
                "방정식 {eq} = {k}의 두 해를 수직선 위의 점 A, B로 나타내었다.",
                "수직선 위의 두 점 A, B의 좌표는 모두 방정식 {eq} = {k}을(를) 만족하는 x의 값이다.",
                "절댓값 기호를 포함한 방정식 {eq} = {k}은(는) 두 해를 가지며, 작은 해부터 차례로 점 A, B에 대응시킨다.",
                "수직선에서 어떤 한 점으로부터 거리가 똑같이 {k}인 두 점 A, B는 방정식 {eq} = {k}의 해에 해당한다.",
                "어떤 학생은 {eq}의 값이 {k}이(가) 되게 하는 두 해를 찾아 수직선에 A와 B로 표시하였다.",
            ),
            en=(
                "The two solutions of {eq} = {k} are shown as A and B on a number line.",
                "The points A and B of a number line are the only places where the equation {eq} = {k} holds.",
                "The equation {eq} = {k} splits into two cases, and their solutions are plotted as A and B.",
                "Two points A and B of a number line both lie at the distance {k} from the place where {eq} is zero, so they solve {eq} = {k}.",
                "Removing the absolute value signs from {eq} = {k} yields a smaller solution A and a larger solution B.",
            ),
            tasks=(
                find("solutions", "두 해의 합", "the sum of the two solutions"),
                find("inside-range", "부등식 {eq} < {k}의 해", "the solution of the inequality {eq} < {k}"),
            ),
            held_out=(
                HeldOut(
                    explain("meaning", "절댓값을 거리로 해석하여 이 방정식을 푸는 방법", "how to solve the equation by reading the absolute value as a distance"),
                    "수직선에서 {eq} = {k}을(를) 만족하는 두 점을 각각 A, B라 하자.",
                    "Let A and B be the points of the number line for which {eq} = {k}.",
                ),
                HeldOut(
                    find("product", "두 해의 곱", "the product of the two solutions"),
                    "절댓값 기호가 들어 있는 방정식 {eq} = {k}의 두 해를 수직선에 점 A와 점 B로 표시하였다.",
                    "The equation {eq} = {k} has two solutions; one is marked A and the other B on a number line.",
                ),
            ),
        ),
        Concept(
            "age-problem", "equations", _ages,
            ko=(
                "올해 {one}의 나이는 동생 {kid}의 나이의 {times}배이고, {years}년 후에는 두 사람의 나이의 합이 {sum}살이 된다.",
                "{one}의 현재 나이를 {times}으로(로) 나누면 동생 {kid}의 현재 나이가 되고, {years}년이 지난 뒤 두 사람의 나이를 더하면 {sum}이다.",
                "앞으로 {years}년이 흐르면 {one}과(와) 동생 {kid}의 나이를 합하여 {sum}살이 되지만, 지금은 {one}이(가) 동생 나이의 {times}배를 살았다.",
                "동생 {kid}의 올해 나이에 {times}을(를) 곱하면 {one}의 올해 나이와 같다. 두 사람이 {years}살씩 더 먹으면 나이의 합은 {sum}이다.",
                "{kid}은(는) {one}의 늦둥이 동생이어서 현재 나이가 {one}의 {times}분의 1에 지나지 않으며, {years}년 뒤 두 사람 나이의 총합은 {sum}살이다.",
            ),
            en=(
                "This year {one} is {times} times as old as {kid}; in {years} years their ages will add up to {sum}.",
                "{kid} is now only 1/{times} as old as {one}. After {years} more years the two ages total {sum}.",
                "Multiplying the present age of {kid} by {times} gives the present age of {one}, and {years} years from now the sum of the two will be {sum}.",
                "A family photo taken today shows {one}, whose age is {times} times that of {kid}; when they repeat it {years} years later, their combined age will be {sum}.",
            ),
            tasks=(
                find("age", "동생의 현재 나이", "the present age of the younger one"),
                find("double-age", "{one}의 나이가 {kid}의 나이의 2배가 될 때까지 걸리는 햇수", "the number of years until {one} is twice as old as {kid}"),
            ),
            held_out=(
                HeldOut(
                    explain("equation", "미지수를 정하여 방정식을 세우는 과정", "how to choose an unknown and set up an equation"),
                    "{one}은(는) 현재 {kid}보다 나이가 {times}배 많으며 두 사람의 나이를 더하면 {years}년 뒤에 {sum}이 된다.",
                    "{kid}'s age times {times} is {one}'s age now, and the sum of both ages {years} years from now is {sum}.",
                ),
                HeldOut(
                    find("difference", "두 사람의 나이의 차", "the difference between the two ages"),
                    "올해 {one}의 나이를 {kid}의 나이로 나눈 몫은 {times}이고 나머지는 없다. 앞으로 {years}년이 흐르면 두 사람 나이의 합은 {sum}세가 된다.",
                    "In {years} years the combined age of {kid} and {one} will be {sum}; today {one} has lived {times} times as long as {kid}.",
                ),
            ),
        ),
        Concept(
            "arithmetic-sequence", "sequences", _arithmetic,
            ko=(
                "등차수열 {terms}, …이 있다.",
                "이웃한 두 항의 차가 항상 같은 수열이 있고, 그 처음 네 항은 차례로 {terms}이다.",
                "수직선 위의 말을 매번 같은 칸수만큼 오른쪽으로 옮기며 그 위치를 적었더니 {terms}으로(로) 시작하는 수열이 되었다.",
                "처음 몇 항이 {terms}인 수열에서 뒤의 항은 바로 앞의 항보다 언제나 일정한 수만큼 크다.",
                "어느 게임에서는 한 판이 끝날 때마다 똑같은 점수가 더해지며, 누적 점수를 나열한 수열은 {terms}으로(로) 시작한다.",
            ),
            en=(
                "An arithmetic sequence begins {terms}, ...",
                "Each term of a sequence exceeds the one before by the same number, and the first four terms are {terms}.",
                "A counter moves along a number line in equal steps to the right; its successive positions form a sequence starting with {terms}.",
                "Plotted against their place numbers, the terms {terms} of a sequence and all later ones lie on one straight line.",
                "A game total rises by a fixed amount with every round, and the totals after rounds one to four open the sequence {terms}.",
            ),
            tasks=(
                find("term", "이 수열의 제{n}항", "term number {n} of the sequence"),
            ),
            held_out=(
                HeldOut(
                    find("sum", "첫째항부터 제{n}항까지의 합", "the sum of the first {n} terms"),
                    "일정한 수를 차례로 더하여 만든 수열의 처음 네 항이 {terms}이다.",
                    "A sequence made by adding the same number each time starts with {terms}.",
                ),
                HeldOut(
                    find("exceed", "처음으로 200보다 커지는 항의 번호", "the position of the first term greater than 200"),
                    "이웃한 두 항의 차가 늘 같은 수열을 {terms}, …의 순서로 계속 써 나간다.",
                    "A list of numbers opens with {terms} and goes on so that neighbouring terms always differ by the same amount.",
                ),
            ),
        ),
        Concept(
            "geometric-sequence", "sequences", _geometric,
            ko=(
                "첫째항이 {a}이고 공비가 {r}인 등비수열이 있다.",
                "어느 수열은 {a}에서 시작하며, 각 항에 {r}을(를) 곱하면 바로 다음 항이 된다.",
                "이웃한 두 항의 비가 어디서나 1 : {r}인 수열이 있고, 맨 앞의 항은 {a}이다.",
                "세균의 수를 {a}마리일 때부터 한 시간마다 적었더니 매번 바로 앞의 수의 {r}배가 되는 수열이 나타났다.",
                "종이의 첫 칸에 {a}을(를) 적고 이어지는 칸마다 왼쪽 수의 {r}배를 적어 수열을 만든다.",
            ),
            en=(
                "A geometric sequence has first term {a} and common ratio {r}.",
                "Starting from {a}, every further term of a sequence is {r} times the term before it.",
                "A cell culture is counted once an hour; the counts form a sequence that opens with {a} and is multiplied by {r} each time.",
                "Any term of a certain sequence divided by its predecessor gives {r}, and the opening term equals {a}.",
                "Along a row of squares a player writes {a} in the first one and then always {r} times the number to the left, forming a sequence.",
            ),
            tasks=(
                find("term", "이 수열의 제{n}항", "term number {n} of the sequence"),
                explain("log-terms", "각 항의 로그를 차례로 나열한 수열이 등차수열이 되는 까닭", "why the logarithms of the terms form an arithmetic sequence"),
            ),
            held_out=(
                HeldOut(
                    find("sum", "처음 {n}개 항의 합", "the sum of the first {n} terms"),
                    "각 항에 {r}을(를) 곱하면 다음 항이 되는 수열 {terms}, …을 생각하자.",
                    "In the sequence {terms}, ... each term is {r} times the one before.",
                ),
                HeldOut(
                    find("product", "처음 다섯 개 항의 곱", "the product of the first five terms"),
                    "어떤 게임에서는 한 단계 오를 때마다 점수가 앞 단계의 {r}배로 뛰어, 단계별 점수가 {terms}, …의 순서로 이어진다.",
                    "In a game the points are multiplied by {r} at every new level, so that the levels give {terms}, and so on.",
                ),
            ),
        ),
        Concept(
            "gcd-lcm", "numbers", _divisors,
            ko=(
                "{who}은(는) 두 자연수 {a}과(와) {b}을(를) 소인수분해하였다.",
                "{who}은(는) {a}과(와) {b}을(를) 각각 소수의 거듭제곱의 곱으로 나타내어 공통인 소인수를 살펴보았다.",
                "칠판에 적힌 두 자연수 {a}, {b}을(를) {who}이(가) 작은 소수부터 차례로 나누어 소인수를 찾아냈다.",
                "톱니가 각각 {a}개, {b}개인 두 톱니바퀴를 관찰하던 {who}은(는) 두 톱니 수를 소인수의 곱으로 나타내었다.",
                "{who}의 공책에는 두 수 {a}과(와) {b}의 약수가 각각 빠짐없이 나열되어 있다.",
            ),
            en=(
                "{who} factorises the two natural numbers {a} and {b} into primes.",
                "Using repeated division by primes, {who} writes each of the numbers {a} and {b} as a product of prime powers.",
                "Two gears carry {a} and {b} teeth, and {who} breaks both counts down into their prime factors.",
                "In the notebook of {who}, factor trees are drawn for the whole numbers {a} and {b}.",
                "{who} picks the integers {a} and {b} and lists every divisor of each of them in two columns.",
            ),
            tasks=(
                find("gcd", "두 수의 최대공약수", "their greatest common divisor"),
                find("common-divisor-count", "두 수의 공약수의 개수", "how many common divisors the two numbers have"),
            ),
            held_out=(
                HeldOut(
                    find("lcm", "두 수의 최소공배수", "their least common multiple"),
                    "두 수 {a}, {b}의 공약수와 공배수를 조사하려고 한다.",
                    "The common divisors and multiples of {a} and {b} are to be studied.",
                ),
                HeldOut(
                    explain("product-rule", "최대공약수와 최소공배수의 곱이 두 수의 곱과 같은 까닭", "why the greatest common divisor times the least common multiple equals the product of the two numbers"),
                    "수학 시간에 {who}은(는) {a}과(와) {b}을(를) 각각 소인수분해한 뒤 두 결과를 나란히 비교하였다.",
                    "In a mathematics lesson {who} breaks {a} and {b} into prime factors and compares the two results.",
                ),
            ),
        ),
        Concept(
            "logarithm", "numbers", _logs,
            ko=(
                "밑이 {b}인 로그함수에 대하여 진수가 각각 {m}, {n}인 두 로그의 값을 비교한다.",
                "{b}을(를) 밑으로 하는 로그를 두 수 {m}과(와) {n}에 각각 취하였다.",
                "밑이 {b}인 로그함수에 x = {m}과(와) x = {n}을(를) 하나씩 대입하여 두 로그의 값을 계산한다.",
                "두 로그는 {m}과(와) {n}이(가) 각각 {b}의 몇 제곱인지를 나타낸다.",
                "계산기의 로그 단추는 밑이 {b}으로(로) 정해져 있고, 한 학생이 {m}과(와) {n}을(를) 차례로 입력하여 두 로그를 얻었다.",
            ),
            en=(
                "Take logarithms to the base {b} of the numbers {m} and {n}.",
                "Two logarithms share the base {b}, and their arguments are {m} and {n}.",
                "A calculator key returns logarithms to the base {b}, and a student enters first {m} and then {n}.",
                "The exponents that turn {b} into {m} and into {n} are written as two logarithms.",
            ),
            tasks=(
                find("sum", "두 로그의 합", "the sum of the two logarithms"),
                explain("inverse-graph", "밑이 {b}인 로그함수와 지수함수의 그래프 사이의 관계", "how the graphs of the logarithmic and the exponential function with base {b} are related"),
            ),
            held_out=(
                HeldOut(
                    explain("rule", "두 로그의 차를 하나의 로그로 나타내는 방법", "how the difference of both logarithms becomes a single one"),
                    "log의 밑을 {b}으로(로) 하여 {m}과(와) {n}의 로그를 각각 계산한다.",
                    "The logarithm function with base {b} is evaluated at {m} and at {n}.",
                ),
                HeldOut(
                    explain("change-base", "두 로그를 밑이 10인 로그로 바꾸어 나타내는 방법", "how to rewrite both logarithms with base 10"),
                    "{b}을(를) 거듭제곱하여 {m}과(와) {n}을(를) 만드는 지수를 밑이 {b}인 로그로 각각 나타내었다.",
                    "Two exponents are written as logarithms to base {b}: one is the power of {b} that gives {m}, the other the power that gives {n}.",
                ),
            ),
        ),
        Concept(
            "matrix-product", "numbers", _matrix,
            ko=(
                "두 행렬 A = {a}, B = {b}이(가) 주어져 있다. 세미콜론은 행을 나눈다.",
                "성분이 모두 정수인 이차 정사각행렬은 A = {a}, B = {b}이며, 괄호 안에서 세미콜론 뒤는 둘째 행이다.",
                "한 학생이 행렬 A = {a}과(와) 행렬 B = {b}을(를) 컴퓨터에 입력하였다. 이 프로그램에서 세미콜론은 다음 행의 시작을 뜻한다.",
                "평면의 두 일차변환을 나타내는 행렬이 각각 A = {a}, B = {b}이고, 위의 행과 아래의 행 사이에 세미콜론을 썼다.",
                "첫째 행과 둘째 행을 세미콜론으로 갈라 한 줄에 적으면 2×2 행렬 A는 {a}, B는 {b}이다.",
            ),
            en=(
                "Two matrices A = {a} and B = {b} are given; semicolons separate rows.",
                "Written row by row with a semicolon between the rows, the 2 × 2 matrices are A = {a} and B = {b}.",
                "Let A stand for the square matrix {a} and B for {b}, where each semicolon starts a new row.",
                "Two linear maps of the plane have the matrices A = {a} and B = {b}; a semicolon ends the upper row.",
                "A student types A = {a} and B = {b} into a program that reads a semicolon as the start of the next row.",
            ),
            tasks=(
                find("product", "행렬의 곱 AB", "the matrix product AB"),
                explain("order-matters", "AB와 BA가 서로 같은지 여부와 그 까닭", "whether AB and BA are equal and why"),
            ),
            held_out=(
                HeldOut(
                    find("determinant", "행렬 A의 행렬식", "the determinant of A"),
                    "2×2 행렬 A와 B의 성분이 차례로 {a}, {b}이다(행은 세미콜론으로 구분).",
                    "The entries of the 2-by-2 matrices A and B are, row by row, {a} and {b}.",
                ),
                HeldOut(
                    find("combination", "행렬 2A - 3B", "the matrix 2A - 3B"),
                    "두 행렬 A = {a}, B = {b}에서 세미콜론 앞의 두 수는 제1행, 뒤의 두 수는 제2행의 성분이다.",
                    "Let A = {a} and B = {b} be square matrices, where a semicolon separates the upper row from the lower one.",
                ),
            ),
        ),
    ),
)  # fmt: skip
