"""Counting, probability and data."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, choose, explain, find
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
            ko=(
                "점심시간에 급식을 기다리는 친구 {n}명이 앞뒤로 늘어서는데, 이 가운데 {who}도 있다.",
                "체육 선생님이 {who}이(가) 속한 모둠의 학생 {n}명을 일렬로 세우려고 한다.",
                "모두 {n}명인 등산 모임에 {who}이(가) 끼어 있고, 좁은 산길에서는 모두가 한 사람씩 차례로 늘어서야 한다.",
                "박물관 입구에서 {who}과(와) 친구들이 입장 순서대로 줄을 만든다. 줄을 서는 사람은 {who}까지 합쳐 {n}명이다.",
            ),
            en=(
                "{n} students, {who} among them, line up in a row.",
                "{who} and some friends, {n} people in all, are about to form a single queue at a bus stop.",
                "A teacher arranges the {n} members of {who}'s group, including {who}, one behind another.",
                "On a narrow mountain path a party of {n} hikers has to stand in single file, and {who} is one of them.",
                "A school band of {n} players, one of whom is {who}, takes up its places in a line from front to back.",
            ),
            tasks=(
                find("first", "{who}이(가) 맨 앞에 서는 경우의 수", "the number of ways in which {who} stands first"),
                find("front-places", "앞의 {r}자리에 설 사람을 차례대로 정하는 경우의 수", "the number of ways to fill the first {r} places in order"),
                find("either-end", "{who}이(가) 양 끝 가운데 한 곳에 서는 경우의 수", "the number of arrangements with {who} at one of the two ends"),
            ),
            held_out=(
                HeldOut(
                    find("all", "한 줄로 서는 모든 경우의 수", "the number of all possible rows"),
                    "{n}명의 학생을 일렬로 세우는데 그 가운데 한 명이 {who}이다.",
                    "A row is to be formed by {n} students; one of them is {who}.",
                ),
                HeldOut(
                    find("not-at-end", "{who}이(가) 양 끝이 아닌 자리에 서는 경우의 수", "the number of rows in which {who} does not stand at either end"),
                    "{who}을(를) 포함한 학생 {n}명이 기념사진을 찍으려고 옆으로 나란히 한 줄로 선다.",
                    "For a class photograph {who} and some other students, {n} in all, stand side by side in one row.",
                ),
            ),
        ),
        Concept(
            "combination", "counting", _row,
            ko=(
                "{who}의 반에서 후보 {n}명 가운데 대표 {r}명을 뽑는다.",
                "{who}이(가) 다니는 학교의 합창단원 {n}명 중에서 지역 대회에 나갈 {r}명을 순서 없이 고른다.",
                "퀴즈 대회에 지원한 {n}명 가운데 {r}명으로 한 팀을 꾸리는 일을 {who}의 담임 선생님이 맡았다.",
                "{who}의 학급에서 봉사 활동을 희망한 사람은 {n}명이지만, 자리가 모자라 {r}명만 갈 수 있다.",
                "학생회 선거에 {n}명이 나섰고, 투표를 거쳐 이 중 {r}명이 {who}의 학년을 대표하게 된다. 뽑힌 사람들 사이의 구별은 없다.",
            ),
            en=(
                "From {n} candidates in {who}'s class, {r} representatives are chosen.",
                "{n} pupils of {who}'s school have applied for a quiz team, but the team has room for only {r} of them.",
                "{who}'s teacher must send {r} of the {n} volunteers to help at the library; all of them get the same job.",
                "A committee of {r} people is to be formed for {who}'s year group, and {n} names have been put forward.",
                "The choir that {who} sings in has {n} members, of whom {r} will be picked, in no particular order, for a concert tour.",
            ),
            tasks=(
                find("all", "가능한 선택의 총 가짓수", "the total number of possible selections"),
                find("with-leader", "{r}명을 뽑고 그 가운데 한 명을 책임자로 정하는 경우의 수", "the number of ways to select the {r} people and name one of them leader"),
            ),
            held_out=(
                HeldOut(
                    find("with", "{who}이(가) 반드시 뽑히는 경우의 수", "the number of selections that include {who}"),
                    "서로 다른 {n}명 중에서 순서를 생각하지 않고 {r}명을 선택한다. {who}도 그 {n}명에 속한다.",
                    "{r} people are selected, without order, from {n} people that include {who}.",
                ),
                HeldOut(
                    find("chance", "모든 선택이 같은 정도로 일어날 때 {who}이(가) 뽑힐 확률", "the probability that {who} is selected if all choices are equally likely"),
                    "{who}이(가) 속한 동아리의 회원은 모두 {n}명이고, 이 가운데 같은 자격의 대표 {r}명을 뽑으려고 한다.",
                    "A club has {n} members, one of whom is {who}, and sends {r} of them to a meeting as equal delegates.",
                ),
            ),
        ),
        Concept(
            "shortest-paths", "counting", _paths,
            ko=(
                "바둑판 모양의 도로에서 A 지점에서 B 지점까지 동쪽으로 {a}칸, 북쪽으로 {b}칸 떨어져 있다.",
                "가로세로로 반듯하게 뻗은 길이 있는 마을에서 B는 A보다 동쪽으로 {a}블록, 북쪽으로 {b}블록 더 간 곳에 있다.",
                "집 A를 나선 학생이 격자 모양의 길을 따라 학교 B로 간다. 학교는 동쪽으로 {a}구획, 북쪽으로 {b}구획 지나야 나온다.",
                "한 칸의 간격이 모두 같은 격자 도로망이 있다. 교차로 A를 출발점으로 하여 동쪽 {a}칸, 북쪽 {b}칸을 움직이면 교차로 B에 닿는다.",
                "택배 기사가 창고 A에서 배달지 B까지 모눈 모양의 길로만 이동하는데, 두 곳의 차이는 동서 방향 {a}칸과 남북 방향 {b}칸이고 B가 A의 북동쪽에 있다.",
            ),
            en=(
                "On a grid of streets, B lies {a} blocks east and {b} blocks north of A.",
                "In a town laid out in squares, a walker gets from A to B by going {a} blocks to the east and {b} blocks to the north.",
                "A courier sets off from depot A for customer B along a chessboard of roads. The customer is {a} squares further east and {b} squares further north.",
                "All the roads of a district run east-west or north-south with equal spacing; crossing B is {a} roads east and {b} roads north of crossing A.",
                "A pupil lives at A and goes to school at B, which is reached over a square network of lanes, {b} blocks northwards and {a} blocks eastwards.",
            ),
            tasks=(
                find("paths", "A에서 B까지 가는 최단 경로의 수", "the number of shortest ways from A to B"),
                find("path-length", "A에서 B까지 가는 최단 경로 하나의 길이(칸 수)", "the length of one shortest way from A to B, in blocks"),
                find("east-first", "동쪽으로 첫 칸을 움직이는 최단 경로의 수", "the number of shortest ways whose first block leads east"),
            ),
            held_out=(
                HeldOut(
                    explain("method", "최단 경로의 수를 조합으로 구하는 방법", "how combinations count the shortest ways"),
                    "A에서 출발하여 오른쪽으로 {a}번, 위로 {b}번 이동하면 B에 도착하는 격자 도로망이 있다.",
                    "One reaches B from A by {a} steps to the right and {b} steps up along a street grid.",
                ),
                HeldOut(
                    find("first-step", "임의로 고른 최단 경로가 오른쪽 이동으로 시작할 확률", "the probability that a shortest way chosen at random begins with a step to the right"),
                    "바둑판 모양의 길에서 B는 A보다 {a}칸 오른쪽, {b}칸 위쪽에 있으며, 택시가 A에서 B까지 돌아가지 않고 간다.",
                    "On the square street map of a town, B lies {a} blocks to the right of A and {b} blocks higher, and a taxi drives from A to B without detours.",
                ),
            ),
        ),
        Concept(
            "drawing-balls", "probability", _urn,
            ko=(
                "빨간 공 {red}개와 파란 공 {blue}개가 든 주머니에서 공을 하나씩 두 번 꺼낸다(꺼낸 공은 다시 넣지 않는다).",
                "상자 안에 크기와 모양이 같은 공이 빨간색 {red}개, 파란색 {blue}개 들어 있다. 눈을 감고 한 개를 꺼낸 뒤, 되돌려 놓지 않고 다시 한 개를 꺼낸다.",
                "항아리에서 공 두 개를 비복원추출로 차례로 뽑는데, 처음 항아리에는 파란 공이 {blue}개, 빨간 공이 {red}개 있다.",
                "행운권 추첨함에 붉은 탁구공 {red}개와 푸른 탁구공 {blue}개를 넣고 잘 섞었다. 두 사람이 차례로 공을 한 개씩 뽑아 가진다.",
                "민수는 빨간 공이 {red}개, 파란 공이 {blue}개인 통에서 공 하나를 골라 책상에 놓고, 통에 남은 공 중에서 하나를 더 고른다.",
            ),
            en=(
                "Two balls are drawn one after the other, without putting them back, from a bag with {red} red and {blue} blue balls.",
                "A box holds {red} red and {blue} blue balls of equal size. One ball is taken at random and kept outside; then a second one is taken.",
                "From an urn that contains {blue} blue balls and {red} red ones, a ball is picked twice in succession without replacement.",
                "Two children, one after the other, each take a ball from a well-mixed barrel and keep it; at first the barrel has {red} red balls and {blue} blue balls.",
                "There are {red} red and {blue} blue table-tennis balls in a lottery drum. The drum releases one ball and a little later another, and neither goes back.",
            ),
            tasks=(
                find("same", "두 공의 색이 같을 확률", "the probability that both balls have the same colour"),
                find("second-red", "두 번째로 나온 공이 빨간 공일 확률", "the probability that the second ball is red"),
                find("some-blue", "두 공 가운데 적어도 하나가 파란 공일 확률", "the probability that at least one of the two balls is blue"),
            ),
            held_out=(
                HeldOut(
                    find("conditional", "두 번째 공이 빨간색일 때 첫 번째 공도 빨간색일 확률", "the probability that the first ball was red, given that the second is red"),
                    "주머니 속에 빨간 공이 {red}개, 파란 공이 {blue}개 있다. 복원하지 않고 두 개를 차례로 뽑는다.",
                    "A bag holds {red} red and {blue} blue balls; two of them are taken out in turn and kept.",
                ),
                HeldOut(
                    find("expected-red", "꺼낸 빨간 공의 개수의 기댓값", "the expected number of red balls drawn"),
                    "빨간 공 {red}개와 파란 공 {blue}개를 상자에 넣어 잘 섞은 다음, 한 개씩 두 번 꺼내며 꺼낸 공은 되돌려 놓지 않는다.",
                    "From an urn containing {red} red balls and {blue} blue ones, a first ball and then a second ball are drawn at random without replacement.",
                ),
            ),
        ),
        Concept(
            "set-probability", "probability", _sets,
            ko=(
                "학생 {n}명 가운데 A 동아리에 든 학생은 {a}명, B 동아리에 든 학생은 {b}명, 둘 다 든 학생은 {both}명이다.",
                "어느 학년의 {n}명을 조사하였더니 A 모임의 회원은 {a}명, B 모임의 회원은 {b}명이었고, 이 중 {both}명은 두 모임의 회원을 겸하고 있었다.",
                "방과 후 수업 A반과 B반을 동시에 듣는 {both}명을 포함하여 A반에는 {a}명, B반에는 {b}명이 있다. 전체 학생은 {n}명이고 이 중 한 명을 임의로 뽑는다.",
                "직원이 {n}명인 회사에서 A팀에 속한 직원은 {a}명, B팀에 속한 직원은 {b}명이며 두 팀에 함께 속한 직원은 {both}명이다.",
                "캠프 참가자 {n}명의 명단에서 이름 하나를 무작위로 고른다. 명단에는 A조 {a}명과 B조 {b}명이 표시되어 있는데 {both}명은 두 조에 겹쳐 있다.",
            ),
            en=(
                "Of {n} students, {a} belong to club A, {b} to club B, and {both} to both.",
                "A camp has {n} participants. Workshop A has {a} members and workshop B has {b}, while {both} participants are members of both workshops.",
                "One person is drawn at random from {n} people. Groups A and B have {a} and {b} members, and {both} of the people are members of both groups.",
                "Among the {n} employees of a firm, team A counts {a} people and team B counts {b}; these figures include {both} people who work in both teams.",
                "A survey of {n} pupils finds {both} who are in both the choir (A) and the orchestra (B). Altogether the choir has {a} of these pupils and the orchestra {b}.",
            ),
            tasks=(
                find("union", "A 또는 B에 속하는 사람일 확률", "the probability of belonging to A or B"),
            ),
            held_out=(
                HeldOut(
                    find("given", "A에 속하는 사람이 B에도 속할 조건부확률", "the conditional probability of belonging to B, given A"),
                    "{n}명을 조사하니 A를 좋아하는 사람이 {a}명, B를 좋아하는 사람이 {b}명이었고 그중 {both}명은 둘 다 좋아하였다.",
                    "Among {n} people asked, {a} like A and {b} like B; {both} of these like both.",
                ),
                HeldOut(
                    explain("independence", "A에 속하는 사건과 B에 속하는 사건이 서로 독립인지 아닌지", "whether belonging to A and belonging to B are independent events"),
                    "어느 문화 센터의 회원은 {n}명이다. 강좌 A의 수강생은 {a}명, 강좌 B의 수강생은 {b}명이고, 두 강좌를 모두 듣는 회원은 {both}명이다.",
                    "A sports centre has {n} members; {a} of them attend course A, {b} attend course B, and {both} are enrolled in both courses.",
                ),
            ),
        ),
        Concept(
            "two-dice", "probability", _two_dice,
            ko=(
                "흰 주사위와 검은 주사위를 한 번씩 굴린 다음, 윗면에 나타난 두 수의 합을 기록한다.",
                "보드게임에서 한 사람이 공정한 정육면체 주사위 두 개를 굴려 나온 눈의 합만큼 말을 앞으로 옮긴다.",
                "각 면에 1부터 6까지의 수가 하나씩 적힌 주사위를 두 사람이 하나씩 던지고 나온 수를 합한다.",
                "모든 눈이 나올 가능성이 같은 주사위 한 쌍이 있다. 이 한 쌍을 던질 때마다 눈의 합으로 점수를 매긴다.",
            ),
            en=(
                "Two different dice are thrown and their numbers are added.",
                "A white die and a black die are rolled once each, and the total of the two upper faces is written down.",
                "In a board game a player rolls a pair of fair six-sided dice and moves forward by the sum shown.",
                "Two friends throw one fair die each, with faces 1 to 6, and combine their results into a single total.",
                "The score of a throw is the sum of the spots on two ordinary dice, every face of which is equally likely.",
            ),
            tasks=(
                find("sum", "두 눈의 수의 합이 {s}일 확률", "the probability that the sum is {s}"),
                choose("likeliest-sum", "나올 확률이 가장 큰 두 눈의 수의 합", "the sum that is most likely to occur"),
            ),
            held_out=(
                HeldOut(
                    find("more", "두 눈의 수의 합이 {s} 이상일 확률", "the probability that the sum is at least {s}"),
                    "두 개의 주사위를 굴렸을 때 눈의 합의 분포를 조사하였다.",
                    "The distribution of the sum of two rolled dice is examined.",
                ),
                HeldOut(
                    find("prime", "두 눈의 수의 합이 소수일 확률", "the probability that the sum is a prime number"),
                    "보드게임에서 서로 다른 주사위 두 개를 동시에 던져 나온 눈의 수를 더하였다.",
                    "In a board game two fair dice are thrown at once, and the numbers on their upper faces are added.",
                ),
            ),
        ),
        Concept(
            "binomial", "probability", _binomial,
            ko=(
                "한 번의 시행에서 성공할 확률이 {p} %인 시행을 독립적으로 {n}번 되풀이한다.",
                "어떤 씨앗이 싹을 틔우는 것을 성공이라 하면 그 확률은 {p} %이다. 같은 조건에서 씨앗 {n}개를 따로따로 심었다.",
                "양궁 연습에서 화살을 {n}발 쏜다. 화살마다 10점 과녁을 맞히는 데 성공할 가능성은 앞선 결과와 관계없이 {p} %로 일정하다.",
                "성공과 실패 두 결과만 있는 실험을 {n}회 독립 시행하였고, 매회 성공 확률은 {p} %로 같다.",
            ),
            en=(
                "A trial that succeeds with probability {p} % is repeated {n} times independently.",
                "A basketball player makes a free throw with a success rate of {p} %. She takes {n} free throws, none of which affects another.",
                "{n} seeds are sown in separate pots. Each one sprouts, which counts as a success, with probability {p} %, whatever the others do.",
                "An experiment has only two outcomes, success and failure, with a {p} % chance of success; it is carried out {n} times under unchanged conditions.",
                "A machine attempts the same task {n} times in a row, and every attempt, regardless of earlier ones, has a {p} % chance of success.",
            ),
            tasks=(
                find("exactly", "정확히 {k}번 성공할 확률", "the probability of exactly {k} successes"),
                find("at-least-once", "적어도 한 번 성공할 확률", "the probability of at least one success"),
            ),
            held_out=(
                HeldOut(
                    find("expected", "성공 횟수의 기댓값", "the expected number of successes"),
                    "성공률이 {p} %인 자유투를 {n}번 던진다. 각 시도는 서로 영향을 주지 않는다.",
                    "A free throw that goes in {p} % of the time is attempted {n} times.",
                ),
                HeldOut(
                    find("deviation", "성공 횟수의 표준편차", "the standard deviation of the number of successes"),
                    "싹이 틀 확률이 {p} %인 씨앗 {n}개를 심고 싹이 트는 것을 성공으로 본다. 씨앗마다 결과는 서로 독립이다.",
                    "A gardener sows {n} seeds; each one sprouts independently of the others with probability {p} %, which counts as a success.",
                ),
            ),
        ),
        Concept(
            "mean-bar-chart", "data", _mean,
            ko=(
                "다섯 학급이 한 달 동안 읽은 책의 수를 조사하였다({data}).",
                "독서의 달을 맞아 다섯 학급이 저마다 읽은 책의 권수를 게시판에 적어 두었다({data}).",
                "지난 한 달의 대출 기록을 바탕으로 다섯 학급의 학생들이 각각 책을 몇 권 읽었는지 집계하였다({data}).",
                "학급 대항 독서 대회에 다섯 반이 참가하여 한 달간의 독서량을 권수로 겨루었다({data}).",
                "사서 선생님은 A부터 E까지의 학급이 이번 달에 읽은 책의 권수를 막대그래프로 정리하였다({data}).",
            ),
            en=(
                "The books read by five classes in a month were counted ({data}).",
                "A librarian made a bar chart of how many books each of five classes got through last month ({data}).",
                "Five classes took part in a one-month reading contest and reported how many books they had read ({data}).",
                "During reading month the totals of books read by classes A to E were posted on the notice board ({data}).",
                "According to the school library, this is how many books each of its five classes finished in the past month ({data}).",
            ),
            tasks=(
                find("mean", "한 학급이 읽은 책 수의 평균", "the mean number of books per class"),
                find("raised-mean", "모든 학급이 책을 {add}권씩 더 읽었을 때 한 학급당 평균 권수", "the mean number of books per class if every class had read {add} more"),
            ),
            held_out=(
                HeldOut(
                    find("range", "가장 많은 학급과 가장 적은 학급의 차이", "the difference between the most and the least"),
                    "학급별 독서량을 막대그래프로 나타내었다({data}).",
                    "A bar chart gives the number of books each class has read ({data}).",
                ),
                HeldOut(
                    find("share", "학급 A의 독서량이 전체에서 차지하는 비율", "the share of class A in the total number of books"),
                    "도서관에서 한 학기 동안 다섯 학급 A, B, C, D, E가 읽은 책의 권수를 조사하였다({data}).",
                    "For the five classes A to E, the school librarian counted how many books were read during one term ({data}).",
                ),
            ),
        ),
        Concept(
            "histogram", "data", _histogram,
            ko=(
                "어느 반 학생의 수학 점수를 10점 간격의 계급으로 나누어 도수를 세었다({data}).",
                "학생 {total}명이 치른 과학 시험의 점수를 계급의 크기가 10점인 도수분포표로 정리하였다({data}).",
                "쪽지 시험을 채점한 선생님이 50점대부터 90점대까지 구간마다 학생이 몇 명인지 히스토그램으로 나타내었다({data}).",
                "한 학급의 영어 듣기 점수는 모두 50점 이상이며, 교사는 이를 열 점씩 묶은 구간에 몇 명이 드는지 세었다({data}).",
                "체력 검사에 참여한 학생들의 점수를 50점부터 10점 단위의 구간으로 분류하여 구간별 학생 수를 기록하였다({data}).",
            ),
            en=(
                "The scores of a class were counted in groups of ten points ({data}).",
                "After marking a quiz, a teacher tallied how many students fell into each band of ten points, starting at 50 ({data}).",
                "The results of a fitness test, all of them 50 points or more, are grouped into a frequency table with class width 10 ({data}).",
                "In a frequency distribution of English test scores, each interval begins at the score shown and covers ten points ({data}).",
            ),
            tasks=(
                find("median-class", "중앙값이 속하는 계급", "the class that holds the median"),
                find("midpoint-mean", "계급값을 이용하여 구한 점수의 평균", "the mean score estimated from the class midpoints"),
            ),
            held_out=(
                HeldOut(
                    find("relative", "도수가 가장 큰 계급의 상대도수", "the relative frequency of the largest class"),
                    "점수의 도수분포를 히스토그램으로 그렸으며 계급의 크기는 10점이다({data}).",
                    "A histogram with classes ten points wide shows the scores of a class ({data}).",
                ),
                HeldOut(
                    find("high-scores", "점수가 80점 이상인 학생이 전체에서 차지하는 비율", "the proportion of students who scored 80 points or more"),
                    "한 학급 학생들의 시험 점수를 10점 간격의 구간으로 나누고, 구간마다 몇 명이 속하는지 세었다({data}).",
                    "After a test, the marks of a class were grouped into intervals of ten points and the students in each interval were counted ({data}).",
                ),
            ),
        ),
        Concept(
            "boxplot", "data", _boxes,
            ko=(
                "A 모둠과 B 모둠이 같은 시험을 보았고, 점수의 다섯 수치 요약을 작은 것부터 적었다({data}).",
                "선생님은 두 모둠의 점수 분포를 상자그림으로 그리려고 최솟값부터 최댓값까지 사분위수를 포함한 다섯 값을 구해 두었다({data}).",
                "퀴즈에 참가한 A, B 두 모둠의 점수를 상자와 수염으로 나타내었는데, 수염의 끝은 최솟값과 최댓값, 상자의 세 선은 사분위수이다({data}).",
                "두 모둠 A와 B의 점수를 크기순으로 늘어놓은 뒤 양 끝값과 세 사분위수를 읽어 차례로 기록하였다({data}).",
            ),
            en=(
                "The scores of two groups are summed up by five numbers each ({data}).",
                "Groups A and B sat the same test; for each, the minimum, the three quartiles and the maximum of the scores are given in order ({data}).",
                "Box-and-whisker diagrams were drawn for the scores of two teams, A and B, from their five-number summaries ({data}).",
                "A teacher compares the marks of groups A and B by listing the lowest mark, lower quartile, median, upper quartile and highest mark of each ({data}).",
                "The whiskers of two box plots end at the extreme scores of groups A and B, and the lines of each box mark the quartiles ({data}).",
            ),
            tasks=(
                find("iqr", "두 집단의 사분위범위의 합", "the sum of the interquartile ranges of both groups"),
                find("median-gap", "두 모둠의 점수의 중앙값의 차", "the difference between the median scores of the two groups"),
            ),
            held_out=(
                HeldOut(
                    choose("spread", "자료가 더 넓게 퍼져 있는 집단", "the group whose data are more spread out"),
                    "A, B 두 집단의 자료를 상자그림으로 비교하였다({data}).",
                    "Box plots compare the data of the groups A and B ({data}).",
                ),
                HeldOut(
                    explain("limits", "상자그림만으로는 알 수 없는 자료의 특징", "which features of the data a box plot does not reveal"),
                    "A, B 두 집단의 측정값을 각각 최솟값, 제1사분위수, 중앙값, 제3사분위수, 최댓값으로 요약하여 그림으로 나타내었다({data}).",
                    "The results of two groups, A and B, were each reduced to a minimum, lower quartile, median, upper quartile and maximum and drawn as boxes with whiskers ({data}).",
                ),
            ),
        ),
        Concept(
            "scatter-correlation", "data", _scatter,
            ko=(
                "학생 {n}명의 {x}과(와) 시험 점수를 산점도로 나타내었다.",
                "어느 반 {n}명에게서 {x}과(와) 시험 점수를 조사하여 순서쌍을 좌표평면 위에 점으로 찍었다.",
                "가로축을 {x}, 세로축을 시험 점수로 하는 그래프에 학생 {n}명의 자료를 한 점씩 표시하였다.",
                "{x}과(와) 시험 점수 사이에 관계가 있는지 알아보려고 학생 {n}명의 두 변량을 산점도로 그렸다.",
                "점 하나가 학생 한 명을 뜻하는 산점도에 {n}개의 점이 있으며, 각 점의 위치는 그 학생의 {x}과(와) 시험 점수로 정해진다.",
            ),
            en=(
                "A scatter plot shows {x} and test score for {n} students.",
                "For each of {n} students, {x} and the score in a test were recorded and plotted as one point in a coordinate plane.",
                "Looking for a link between {x} and test score, a class of {n} students drew a diagram with one dot per student.",
                "A graph with {x} on the horizontal axis and test score on the vertical axis contains {n} dots, one for every student.",
                "The paired values of {x} and test score, collected from {n} learners, are displayed as a cloud of points.",
            ),
            tasks=(
                explain("correlation", "두 변량 사이의 상관관계", "the correlation between the two variables"),
                explain("trend-line", "추세선을 이용하여 다른 학생의 시험 점수를 예측하는 방법", "how a trend line can be used to predict the test score of another student"),
            ),
            held_out=(
                HeldOut(
                    explain("causation", "상관관계가 인과관계를 뜻하지 않는 까닭", "why a correlation does not mean a cause"),
                    "{x}(가로축)과 점수(세로축)의 관계를 {n}명에 대하여 조사하였다.",
                    "For {n} students, {x} (horizontal) and score (vertical) were recorded.",
                ),
                HeldOut(
                    choose("outlier", "전체적인 경향에서 가장 많이 벗어난 점", "the point that departs most from the general trend"),
                    "학생 {n}명의 {x}을(를) x좌표로, 시험 점수를 y좌표로 하는 점을 좌표평면에 찍어 산점도를 만들었다.",
                    "Each dot of a scatter plot stands for one of {n} students, with {x} along the x-axis and the test score along the y-axis.",
                ),
            ),
        ),
        Concept(
            "normal-distribution", "data", _normal,
            ko=(
                "확률변수 X는 평균이 {m}이고 표준편차가 {s}인 정규분포를 따른다.",
                "어느 농장에서 캔 감자 한 개의 무게를 X g이라고 하면, X는 평균 {m}, 표준편차 {s}인 정규분포를 이룬다.",
                "연속확률변수 X의 분포는 종 모양의 정규곡선으로 나타나며, 그 평균은 {m}이고 표준편차는 {s}이다.",
                "어떤 작업을 마치는 데 걸리는 시간 X(초)를 여러 번 재었더니 평균 {m}, 표준편차 {s}인 정규분포로 볼 수 있었다.",
                "기댓값이 {m}인 확률변수 X가 정규분포를 따르고, 값이 흩어진 정도를 나타내는 표준편차는 {s}으로(로) 알려져 있다.",
            ),
            en=(
                "A random variable X is normally distributed with mean {m} and standard deviation {s}.",
                "The mass X, in grams, of a potato from a certain farm follows a normal distribution whose mean is {m} and whose standard deviation is {s}.",
                "The time X in seconds needed for a task can be modelled by a normal curve centred at {m}, with standard deviation {s}.",
                "X is a continuous random variable with a bell-shaped normal distribution; its expected value is {m} and its standard deviation {s}.",
                "Measurements X of a quantity vary normally: they scatter about the mean {m} with a standard deviation of {s}.",
            ),
            tasks=(
                find("within", "평균에서 표준편차 이내에 있을 확률", "the probability of lying within one standard deviation of the mean"),
                find("central-interval", "평균을 중심으로 X의 값의 약 95 %가 들어 있는 구간", "the interval around the mean that holds about 95 % of the values of X"),
                explain("density-curve", "X의 확률밀도함수 그래프가 갖는 모양과 대칭성", "the shape and the symmetry of the graph of the density function of X"),
            ),
            held_out=(
                HeldOut(
                    find("z", "값 {m} + 2×{s}을(를) 표준화한 값", "the standardised value of {m} + 2×{s}"),
                    "어느 제품의 무게는 평균 {m} g, 표준편차 {s} g인 정규분포를 이룬다고 한다.",
                    "The mass of a product follows a normal distribution with mean {m} g and standard deviation {s} g.",
                ),
                HeldOut(
                    find("upper-limit", "약 2.5 %의 제품만이 넘는 무게", "the mass that only about 2.5 % of the items exceed"),
                    "공장의 기계에서 나오는 제품 한 개의 무게 X(g)는 정규분포 N({m}, {s}²)을 따른다.",
                    "A machine fills packets whose masses are normally distributed: they average {m} g, and their standard deviation is {s} g.",
                ),
            ),
        ),
        Concept(
            "pie-survey", "data", _survey,
            ko=(
                "{n}명에게 좋아하는 운동을 물은 결과의 비율(%)은 다음과 같다({data}).",
                "어느 동네의 주민 {n}명이 운동 종목 A, B, C, D 중 가장 좋아하는 하나에 투표하였고, 종목별 득표율(%)이 정해졌다({data}).",
                "운동 시설을 새로 지으려고 {n}명의 의견을 모았다. 네 종목의 선호도를 백분율로 나타내면 원그래프가 된다({data}).",
                "설문지에 답한 사람은 모두 {n}명이고 한 사람이 종목을 하나씩만 골랐으며, 종목마다 차지하는 비율(%)을 계산하였다({data}).",
                "어느 체육관의 회원 {n}명이 즐겨 하는 운동을 하나씩 적어 냈을 때 응답이 나뉜 비율을 %로 정리하였다({data}).",
            ),
            en=(
                "{n} people were asked for their favourite sport; in percent the answers are ({data}).",
                "In a poll of {n} residents, everyone voted for exactly one of four sports; the shares of the vote in percent were worked out ({data}).",
                "A sports centre asked its {n} members to name the activity they like best, and a pie chart shows the percentages ({data}).",
                "Each of {n} people filled in a questionnaire and ticked a single sport. The answers are split as follows, in percent ({data}).",
                "Before building a new gym, a town collected the preferences of {n} citizens among sports A to D and turned them into percentages ({data}).",
            ),
            tasks=(
                find("count", "A를 고른 사람의 수", "the number of people who chose A"),
                find("sector-angle", "원그래프에서 A에 해당하는 부채꼴의 중심각의 크기", "the central angle of the sector for A in the pie chart"),
            ),
            held_out=(
                HeldOut(
                    find("angle", "원그래프에서 B가 차지하는 중심각의 크기", "the central angle of B in a pie chart"),
                    "설문에 답한 {n}명의 선택을 백분율로 정리하였다({data}).",
                    "The choices of {n} respondents are given in percent ({data}).",
                ),
                HeldOut(
                    find("people-gap", "D를 고른 사람 수와 C를 고른 사람 수의 차", "the difference between the numbers of people who chose D and C"),
                    "{n}명에게 A, B, C, D 가운데 하나씩 고르게 하고 응답의 비율(%)을 원그래프로 나타내었다({data}).",
                    "Asked to pick one of A, B, C and D, {n} people replied; a pie chart gives the percentage of answers for each option ({data}).",
                ),
            ),
        ),
    ),
)  # fmt: skip
