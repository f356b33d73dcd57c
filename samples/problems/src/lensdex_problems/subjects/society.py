"""History and society."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, choose, explain, find
from lensdex_problems.drawing.bars import Bars
from lensdex_problems.drawing.landmap import Landmap
from lensdex_problems.drawing.network import Network
from lensdex_problems.drawing.pie import Pie
from lensdex_problems.drawing.table import Table
from lensdex_problems.drawing.timeline import Timeline
from lensdex_problems.notation import pairs

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice

_EVENTS: Final = (
    (676, Pair("신라의 삼국 통일", "the unification by Silla")), (918, Pair("고려 건국", "the founding of Goryeo")),
    (1170, Pair("무신 정변", "the military coup")), (1392, Pair("조선 건국", "the founding of Joseon")),
    (1446, Pair("훈민정음 반포", "the proclamation of Hangul")), (1592, Pair("임진왜란", "the Imjin War")),
    (1636, Pair("병자호란", "the Manchu invasion")), (1811, Pair("홍경래의 난", "the Hong Gyeong-nae rebellion")),
    (1876, Pair("강화도 조약", "the treaty of Ganghwa")), (1894, Pair("갑오개혁", "the Gabo reform")),
)  # fmt: skip
_WORLD: Final = (
    (1215, Pair("대헌장 승인", "the Magna Carta")), (1453, Pair("콘스탄티노폴리스 함락", "the fall of Constantinople")),
    (1492, Pair("콜럼버스의 항해", "the voyage of Columbus")), (1517, Pair("종교 개혁의 시작", "the start of the Reformation")),
    (1689, Pair("권리 장전", "the Bill of Rights")), (1776, Pair("미국 독립 선언", "the American declaration of independence")),
    (1789, Pair("프랑스 혁명", "the French Revolution")), (1848, Pair("2월 혁명", "the revolutions of 1848")),
    (1868, Pair("메이지 유신", "the Meiji restoration")), (1917, Pair("러시아 혁명", "the Russian Revolution")),
)  # fmt: skip


def _order(dice: Dice, pool: tuple[tuple[int, Pair], ...]) -> Scene:
    chosen = sorted(dice.sample(range(len(pool)), 4))
    letters = dice.shuffled("ABCD")
    listed = sorted((letter, pool[place]) for letter, place in zip(letters, chosen, strict=True))
    data = Pair(*(", ".join(f"{letter} {event(tongue)}" for letter, (_, event) in listed) for tongue in ("ko", "en")))
    figure = Timeline(tuple((pool[place][0], str(number)) for number, place in enumerate(chosen, start=1)))
    return Scene({"data": data, "x": listed[0][0], "y": listed[2][0]}, figure)


def _korea(dice: Dice) -> Scene:
    return _order(dice, _EVENTS)


def _world(dice: Dice) -> Scene:
    return _order(dice, _WORLD)


def _reigns(dice: Dice) -> Scene:
    start = dice.whole(300, 1400)
    one, gap, two = dice.whole(40, 250), dice.whole(10, 120), dice.whole(40, 250)
    a, b, c = start + one, start + one + gap, start + one + gap + two
    figure = Timeline(((start, "a"), (a, "b"), (b, "c"), (c, "d")), ((start, a, "P"), (b, c, "Q")))
    return Scene({"a": start, "b": a, "c": b, "d": c}, figure)


def _powers(dice: Dice) -> Scene:
    names = dice.shuffled("ABC")
    nodes = tuple((name, *spot) for name, spot in zip(names, ((0.5, 0.0), (0.0, 1.0), (1.0, 1.0)), strict=True))
    arrows = tuple((one, (one + step) % 3, str(2 * one + step)) for one in range(3) for step in (1, 2))
    roles = (Pair("입법부", "the legislature"), Pair("행정부", "the executive"), Pair("사법부", "the judiciary"))
    data = Pair(
        *(
            ", ".join(f"{name} {role(tongue)}" for name, role in zip(names, roles, strict=True))
            for tongue in ("ko", "en")
        )
    )
    return Scene({"data": data, "a": names[0], "b": names[1]}, Network(nodes, arrows))


def _election(dice: Dice) -> Scene:
    names, votes = ("A", "B", "C", "D"), [1000 * n for n in dice.sample(range(12, 96), 4)]
    return Scene(
        {"data": pairs(names, votes), "n": dice.whole(7, 12)},
        Bars(names, (tuple(vote / 1000 for vote in votes),), y_name="x1000"),
        listed="data",
    )


def _survey(dice: Dice) -> Scene:
    rows = [("", "yes", "no", "?")]
    texts = []
    for name in ("20s", "40s", "60s"):
        yes, no = dice.whole(20, 60), dice.whole(10, 35)
        rows.append((name, str(yes), str(no), str(100 - yes - no)))
        texts.append(f"{name}: {yes}/{no}/{100 - yes - no}")
    return Scene({"data": "; ".join(texts)}, Table(tuple(rows)), listed="data")


def _route(dice: Dice) -> Scene:
    letters = dice.shuffled("ABCDE")
    places = ((0.15, 0.3), (0.35, 0.6), (0.5, 0.35), (0.68, 0.65), (0.85, 0.4))
    spots = tuple((name, *place) for name, place in zip(letters, places, strict=True))
    return Scene(
        {"data": "-".join(letters), "first": letters[0], "last": letters[-1]},
        Landmap("coast", spots=spots, seed=dice.whole(0, 20), route=(0, 1, 2, 3, 4)),
        listed="data",
    )


def _budget(dice: Dice) -> Scene:
    parts = [dice.whole(20, 34), dice.whole(15, 25), dice.whole(10, 20)]
    shares = (*parts, 100 - sum(parts))
    return Scene(
        {"data": pairs(("A", "B", "C", "D"), shares), "n": 10 * dice.whole(20, 60)},
        Pie(("A", "B", "C", "D"), shares),
        listed="data",
    )


SUBJECT: Final = Subject(
    "society",
    Pair("역사와 사회", "History and society"),
    {"history": Pair("역사", "History"), "politics": Pair("정치와 법", "Politics and law"), "social-data": Pair("사회 조사", "Social research")},
    (
        Concept(
            "korean-history-order", "history", _korea,
            ("우리 역사의 네 사건이 있다: {data}. 연표의 1~4는 시간 순서이다.", "다음 사건들을 연표 위의 네 시점과 짝지으려고 한다. {data}."),
            ("Here are four events of Korean history: {data}. The numbers 1 to 4 on the line are in order of time.", "These events are to be matched with four moments on a time line. {data}."),
            (choose("order", "사건이 일어난 순서를 바르게 나열한 것", "the right order of the events"), explain("between", "{x}과(와) {y} 사이의 시기에 나타난 사회 변화", "the changes in society in the time between {x} and {y}")),
        ),
        Concept(
            "world-history-order", "history", _world,
            ("세계사의 네 사건이 있다: {data}. 연표에는 1부터 4까지의 시점이 표시되어 있다.", "네 가지 세계사적 사건을 시대순으로 배열하려고 한다. {data}."),
            ("Here are four events of world history: {data}. The line shows the moments 1 to 4.", "Four events of world history are to be put into order. {data}."),
            (choose("order", "시대순으로 바르게 배열한 것", "the right chronological order"), explain("significance", "사건 {x}의 역사적 의의", "the historical significance of event {x}")),
        ),
        Concept(
            "dynasty-spans", "history", _reigns,
            ("왕조 P는 {a}년부터 {b}년까지, 왕조 Q는 {c}년부터 {d}년까지 이어졌다.", "{a}년에 세워진 P는 {b}년에 망하였고, Q는 {c}년에 건국되어 {d}년에 멸망하였다."),
            ("Dynasty P lasted from {a} to {b}, dynasty Q from {c} to {d}.", "P was founded in {a} and fell in {b}; Q began in {c} and ended in {d}."),
            (find("interval", "P가 망하고 Q가 세워질 때까지의 기간", "the time between the fall of P and the rise of Q"), find("century", "Q가 세워진 세기", "the century in which Q was founded")),
        ),
        Concept(
            "trade-route", "history", _route,
            ("상인들이 다섯 도시를 {data} 순서로 지나는 교역로가 있었다.", "어느 고대 교역로는 다섯 거점을 이었다({data})."),
            ("Merchants followed a trade route through five cities in the order {data}.", "An ancient trade route joined five places ({data})."),
            (explain("exchange", "이 교역로를 통하여 이루어진 문물의 교류", "the exchange of goods and ideas along this route"), choose("ends", "교역로의 양 끝에 있는 두 도시", "the two cities at the ends of the route")),
        ),
        Concept(
            "separation-of-powers", "politics", _powers,
            ("국가 기관 사이의 견제와 균형을 나타낸 도식에서 각 기관은 다음과 같다: {data}.", "권력 분립의 세 기관을 기호로 나타내었다. {data}."),
            ("In a diagram of checks and balances the bodies are: {data}.", "The three branches of a state are given letters. {data}."),
            (explain("checks", "{a}이(가) {b}을(를) 견제하는 수단", "the means by which {a} checks {b}"), explain("purpose", "권력을 나누는 까닭", "why power is divided")),
        ),
        Concept(
            "election-seats", "politics", _election,
            ("네 정당의 득표수는 다음과 같고({data}) 의석은 {n}석이다.", "비례 대표 선거에서 {n}석을 두고 네 정당이 겨루었다({data})."),
            ("Four parties won these votes ({data}); there are {n} seats.", "In a proportional election four parties competed for {n} seats ({data})."),
            (find("seats", "득표율에 비례하여 A 정당이 얻는 의석수", "the number of seats for party A in proportion to its votes"), explain("system", "다수 대표제와 비례 대표제의 차이", "the difference between majority and proportional voting")),
        ),
        Concept(
            "opinion-survey", "social-data", _survey,
            ("연령대별 찬성/반대/무응답의 비율(%)을 조사하였다({data}).", "어떤 정책에 대한 세 연령대의 의견은 찬성, 반대, 무응답 순으로 다음과 같다({data})."),
            ("The shares (%) of yes/no/no answer were found by age group ({data}).", "Three age groups gave their opinion on a policy, as yes, no and no answer ({data})."),
            (choose("strongest", "찬성 비율이 가장 높은 연령대", "the age group most in favour"), explain("reading", "이 조사 결과를 해석할 때 주의할 점", "what to beware of when reading this survey")),
        ),
        Concept(
            "budget-shares", "social-data", _budget,
            ("정부 예산 {n}조 원의 분야별 비율(%)은 다음과 같다({data}).", "총 {n}조 원인 예산을 네 분야에 나누어 배정하였다({data}, 단위 %)."),
            ("A government budget of {n} trillion won is split by fields in percent ({data}).", "{n} trillion won is divided among four fields ({data}, in percent)."),
            (find("amount", "A 분야에 배정된 금액", "the amount given to field A"), explain("welfare", "복지 예산이 늘어나는 사회적 배경", "the social background of growing welfare budgets")),
        ),
    ),
)  # fmt: skip
