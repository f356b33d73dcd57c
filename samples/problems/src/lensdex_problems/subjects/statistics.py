"""Counting, probability and data."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, choose, explain, find
from lensdex_problems.drawing.bars import Bars
from lensdex_problems.drawing.boxplot import Boxplot
from lensdex_problems.drawing.landmap import Landmap
from lensdex_problems.drawing.pie import Pie
from lensdex_problems.drawing.plot import Plot, sampled
from lensdex_problems.drawing.tree import Tree
from lensdex_problems.drawing.venn import Venn
from lensdex_problems.notation import pairs, series
from lensdex_problems.subjects.people import PEOPLE

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _row(dice: Dice) -> Scene:
    n = dice.whole(5, 9)
    return Scene({"n": n, "r": dice.whole(2, n - 2), "who": dice.pick(PEOPLE)})


def _paths(dice: Dice) -> Scene:
    a, b = dice.whole(3, 6), dice.whole(2, 5)
    spots = (("A", 0.0, 1.0), ("B", 0.82, 0.2))
    return Scene({"a": a, "b": b}, Landmap("grid", spots=spots))


def _urn(dice: Dice) -> Scene:
    red, blue = dice.whole(2, 6), dice.whole(2, 6)
    n = red + blue
    levels = (
        (("start", 0, ""),),
        (("R", 0, f"{red}/{n}"), ("B", 0, f"{blue}/{n}")),
        (
            ("R", 0, f"{red - 1}/{n - 1}"),
            ("B", 0, f"{blue}/{n - 1}"),
            ("R", 1, f"{red}/{n - 1}"),
            ("B", 1, f"{blue - 1}/{n - 1}"),
        ),
    )
    return Scene({"red": red, "blue": blue}, Tree(levels))


def _sets(dice: Dice) -> Scene:
    a, both, b, rest = dice.whole(4, 15), dice.whole(2, 9), dice.whole(4, 15), dice.whole(1, 8)
    figure = Venn(("A", "B"), (str(a), str(both), str(b), str(rest)))
    return Scene({"n": a + both + b + rest, "a": a + both, "b": b + both, "both": both}, figure)


def _two_dice(dice: Dice) -> Scene:
    ways = (1, 2, 3, 4, 5, 6, 5, 4, 3, 2, 1)
    return Scene(
        {"s": dice.whole(4, 10)},
        Bars(tuple(str(total) for total in range(2, 13)), (ways,), y_name="ways", touching=True),
    )


def _binomial(dice: Dice) -> Scene:
    n, p = dice.whole(5, 9), dice.pick((0.2, 0.3, 0.4, 0.5, 0.6))
    heights = tuple(round(100 * math.comb(n, k) * p**k * (1 - p) ** (n - k), 1) for k in range(n + 1))
    figure = Bars(tuple(str(k) for k in range(n + 1)), (heights,), y_name="%", written=False)
    return Scene({"n": n, "p": round(100 * p), "k": dice.whole(1, n - 1)}, figure)


def _mean(dice: Dice) -> Scene:
    names, counts = ("A", "B", "C", "D", "E"), dice.wholes(5, 8, 40)
    return Scene(
        {"data": pairs(names, counts), "add": dice.whole(3, 9)},
        Bars(names, (tuple(counts),), y_name="books"),
        listed="data",
    )


def _histogram(dice: Dice) -> Scene:
    counts = [dice.whole(2, 6), dice.whole(5, 11), dice.whole(8, 14), dice.whole(4, 10), dice.whole(1, 5)]
    names = ("50-", "60-", "70-", "80-", "90-")
    figure = Bars(names, (tuple(counts),), y_name="students", touching=True)
    return Scene({"data": pairs(names, counts), "total": sum(counts)}, figure, listed="data")


def _boxes(dice: Dice) -> Scene:
    groups = []
    for name in "AB":
        five = sorted(dice.sample(range(32, 99, 3), 5))
        groups.append((name, (five[0], five[1], five[2], five[3], five[4])))
    text = "; ".join(f"{name}: {series(list(five))}" for name, five in groups)
    return Scene({"data": text}, Boxplot(tuple(groups)), listed="data")


def _scatter(dice: Dice) -> Scene:
    slope, noise = dice.pick((-0.7, 0.7, 0.9)), dice.whole(5, 16)
    points = []
    for _ in range(18):
        x = dice.whole(5, 95)
        points.append((float(x), round(min(98.0, max(2.0, 50 + slope * (x - 50) + (dice.unit() * 2 - 1) * noise)), 2)))
    names = (Pair("공부 시간", "study time"), Pair("수면 시간", "hours of sleep"), Pair("운동량", "amount of exercise"))
    return Scene(
        {"x": dice.pick(names), "n": 18},
        Plot((tuple(points),), (0, 100), (0, 100), points_only=True, grid=True),
        essential=True,
    )


def _normal(dice: Dice) -> Scene:
    mean, sd = 5 * dice.whole(10, 34), dice.whole(4, 10)
    curve = sampled([(t / 20, math.exp(-((t / 20) ** 2) / 2)) for t in range(-64, 65)])
    shaded = sampled([(-1, 0), *((t / 20, math.exp(-((t / 20) ** 2) / 2)) for t in range(-20, 21)), (1, 0)])
    marks = ((0.0, 1.0, f"m = {mean}"), (1.0, round(math.exp(-0.5), 3), f"s = {sd}"))
    return Scene(
        {"m": mean, "s": sd}, Plot((curve,), (-3.3, 3.3), (0, 1.2), "X", "", shaded=shaded, marks=marks, bare=True)
    )


def _survey(dice: Dice) -> Scene:
    parts = [dice.whole(20, 35), dice.whole(15, 28), dice.whole(10, 18)]
    shares = (*parts, 100 - sum(parts))
    names = ("A", "B", "C", "D")
    return Scene({"data": pairs(names, shares), "n": 20 * dice.whole(5, 20)}, Pie(names, shares), listed="data")


SUBJECT: Final = Subject(
    "statistics",
    Pair("확률과 통계", "Probability and statistics"),
    {"counting": Pair("경우의 수", "Counting"), "probability": Pair("확률", "Probability"), "data": Pair("자료의 분석", "Data")},
    (
        Concept(
            "permutation", "counting", _row,
            ("{who}을(를) 포함한 학생 {n}명이 한 줄로 서려고 한다.", "{n}명의 학생을 일렬로 세우는데 그 가운데 한 명이 {who}이다."),
            ("{n} students, {who} among them, line up in a row.", "A row is to be formed by {n} students; one of them is {who}."),
            (find("first", "{who}이(가) 맨 앞에 서는 경우의 수", "the number of ways in which {who} stands first"), find("all", "한 줄로 서는 모든 경우의 수", "the number of all possible rows")),
        ),
        Concept(
            "combination", "counting", _row,
            ("{who}의 반에서 후보 {n}명 가운데 대표 {r}명을 뽑는다.", "서로 다른 {n}명 중에서 순서를 생각하지 않고 {r}명을 선택한다. {who}도 그 {n}명에 속한다."),
            ("From {n} candidates in {who}'s class, {r} representatives are chosen.", "{r} people are selected, without order, from {n} people that include {who}."),
            (find("all", "가능한 선택의 총 가짓수", "the total number of possible selections"), find("with", "{who}이(가) 반드시 뽑히는 경우의 수", "the number of selections that include {who}")),
        ),
        Concept(
            "shortest-paths", "counting", _paths,
            ("바둑판 모양의 도로에서 A 지점에서 B 지점까지 동쪽으로 {a}칸, 북쪽으로 {b}칸 떨어져 있다.", "A에서 출발하여 오른쪽으로 {a}번, 위로 {b}번 이동하면 B에 도착하는 격자 도로망이 있다."),
            ("On a grid of streets, B lies {a} blocks east and {b} blocks north of A.", "One reaches B from A by {a} steps to the right and {b} steps up along a street grid."),
            (find("paths", "A에서 B까지 가는 최단 경로의 수", "the number of shortest ways from A to B"), explain("method", "최단 경로의 수를 조합으로 구하는 방법", "how combinations count the shortest ways")),
        ),
        Concept(
            "drawing-balls", "probability", _urn,
            ("빨간 공 {red}개와 파란 공 {blue}개가 든 주머니에서 공을 하나씩 두 번 꺼낸다(꺼낸 공은 다시 넣지 않는다).", "주머니 속에 빨간 공이 {red}개, 파란 공이 {blue}개 있다. 복원하지 않고 두 개를 차례로 뽑는다."),
            ("Two balls are drawn one after the other, without putting them back, from a bag with {red} red and {blue} blue balls.", "A bag holds {red} red and {blue} blue balls; two of them are taken out in turn and kept."),
            (find("same", "두 공의 색이 같을 확률", "the probability that both balls have the same colour"), find("conditional", "두 번째 공이 빨간색일 때 첫 번째 공도 빨간색일 확률", "the probability that the first ball was red, given that the second is red")),
        ),
        Concept(
            "set-probability", "probability", _sets,
            ("학생 {n}명 가운데 A 동아리에 든 학생은 {a}명, B 동아리에 든 학생은 {b}명, 둘 다 든 학생은 {both}명이다.", "{n}명을 조사하니 A를 좋아하는 사람이 {a}명, B를 좋아하는 사람이 {b}명이었고 그중 {both}명은 둘 다 좋아하였다."),
            ("Of {n} students, {a} belong to club A, {b} to club B, and {both} to both.", "Among {n} people asked, {a} like A and {b} like B; {both} of these like both."),
            (find("union", "A 또는 B에 속하는 사람일 확률", "the probability of belonging to A or B"), find("given", "A에 속하는 사람이 B에도 속할 조건부확률", "the conditional probability of belonging to B, given A")),
        ),
        Concept(
            "two-dice", "probability", _two_dice,
            ("서로 다른 주사위 두 개를 동시에 던져 나온 두 눈의 수를 더한다.", "두 개의 주사위를 굴렸을 때 눈의 합의 분포를 조사하였다."),
            ("Two different dice are thrown and their numbers are added.", "The distribution of the sum of two rolled dice is examined."),
            (find("sum", "두 눈의 수의 합이 {s}일 확률", "the probability that the sum is {s}"), find("more", "두 눈의 수의 합이 {s} 이상일 확률", "the probability that the sum is at least {s}")),
        ),
        Concept(
            "binomial", "probability", _binomial,
            ("한 번의 시행에서 성공할 확률이 {p} %인 시행을 독립적으로 {n}번 되풀이한다.", "성공률이 {p} %인 자유투를 {n}번 던진다. 각 시도는 서로 영향을 주지 않는다."),
            ("A trial that succeeds with probability {p} % is repeated {n} times independently.", "A free throw that goes in {p} % of the time is attempted {n} times."),
            (find("exactly", "정확히 {k}번 성공할 확률", "the probability of exactly {k} successes"), find("expected", "성공 횟수의 기댓값", "the expected number of successes")),
        ),
        Concept(
            "mean-bar-chart", "data", _mean,
            ("다섯 학급이 한 달 동안 읽은 책의 수를 조사하였다({data}).", "학급별 독서량을 막대그래프로 나타내었다({data})."),
            ("The books read by five classes in a month were counted ({data}).", "A bar chart gives the number of books each class has read ({data})."),
            (find("mean", "한 학급이 읽은 책 수의 평균", "the mean number of books per class"), find("range", "가장 많은 학급과 가장 적은 학급의 차이", "the difference between the most and the least")),
        ),
        Concept(
            "histogram", "data", _histogram,
            ("어느 반 학생의 수학 점수를 10점 간격의 계급으로 나누어 도수를 세었다({data}).", "점수의 도수분포를 히스토그램으로 그렸으며 계급의 크기는 10점이다({data})."),
            ("The scores of a class were counted in groups of ten points ({data}).", "A histogram with classes ten points wide shows the scores of a class ({data})."),
            (find("median-class", "중앙값이 속하는 계급", "the class that holds the median"), find("relative", "도수가 가장 큰 계급의 상대도수", "the relative frequency of the largest class")),
        ),
        Concept(
            "boxplot", "data", _boxes,
            ("두 모둠의 점수를 최솟값, 제1사분위수, 중앙값, 제3사분위수, 최댓값으로 요약하였다({data}).", "A, B 두 집단의 자료를 상자그림으로 비교하였다({data})."),
            ("The scores of two groups are summed up by five numbers each ({data}).", "Box plots compare the data of the groups A and B ({data})."),
            (find("iqr", "두 집단의 사분위범위의 합", "the sum of the interquartile ranges of both groups"), choose("spread", "자료가 더 넓게 퍼져 있는 집단", "the group whose data are more spread out")),
        ),
        Concept(
            "scatter-correlation", "data", _scatter,
            ("학생 {n}명의 {x}과(와) 시험 점수를 산점도로 나타내었다.", "{x}(가로축)과 점수(세로축)의 관계를 {n}명에 대하여 조사하였다."),
            ("A scatter plot shows {x} and test score for {n} students.", "For {n} students, {x} (horizontal) and score (vertical) were recorded."),
            (explain("correlation", "두 변량 사이의 상관관계", "the correlation between the two variables"), explain("causation", "상관관계가 인과관계를 뜻하지 않는 까닭", "why a correlation does not mean a cause")),
        ),
        Concept(
            "normal-distribution", "data", _normal,
            ("확률변수 X는 평균이 {m}이고 표준편차가 {s}인 정규분포를 따른다.", "어느 제품의 무게는 평균 {m} g, 표준편차 {s} g인 정규분포를 이룬다고 한다."),
            ("A random variable X is normally distributed with mean {m} and standard deviation {s}.", "The mass of a product follows a normal distribution with mean {m} g and standard deviation {s} g."),
            (find("within", "평균에서 표준편차 이내에 있을 확률", "the probability of lying within one standard deviation of the mean"), find("z", "값 {m} + 2×{s}을(를) 표준화한 값", "the standardised value of {m} + 2×{s}")),
        ),
        Concept(
            "pie-survey", "data", _survey,
            ("{n}명에게 좋아하는 운동을 물은 결과의 비율(%)은 다음과 같다({data}).", "설문에 답한 {n}명의 선택을 백분율로 정리하였다({data})."),
            ("{n} people were asked for their favourite sport; in percent the answers are ({data}).", "The choices of {n} respondents are given in percent ({data})."),
            (find("count", "A를 고른 사람의 수", "the number of people who chose A"), find("angle", "원그래프에서 B가 차지하는 중심각의 크기", "the central angle of B in a pie chart")),
        ),
    ),
)  # fmt: skip
