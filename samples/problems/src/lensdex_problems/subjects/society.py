"""History and society."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, choose, explain, find
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
            ko=(
                "우리 역사의 네 사건이 있다: {data}. 연표의 1~4는 시간 순서이다.",
                "다음은 한국사 연표의 빈칸 1부터 4까지에 이른 시기부터 하나씩 넣을 사건들이다: {data}.",
                "박물관의 한국사 전시실은 시대순으로 이어진 네 방에서 {data}을(를) 하나씩 다룬다.",
                "한 학생이 우리나라의 과거를 조사하면서 {data}의 자료를 모았으나 일어난 시기는 아직 정리하지 못하였다.",
            ),
            en=(
                "Here are four events of Korean history: {data}. The numbers 1 to 4 on the line are in order of time.",
                "A class studying the past of Korea receives four cards, one for each event: {data}.",
                "The blanks 1 to 4 on a timeline of Korea, from early to late, are to be filled with these events: {data}.",
                "A museum of Korean history devotes one room to each of the following events, and visitors walk through the rooms in chronological order: {data}.",
                "For an essay on Korea through the ages, a student has collected notes on these events but has not dated them yet: {data}.",
            ),
            tasks=(
                choose("order", "사건이 일어난 순서를 바르게 나열한 것", "the right order of the events"),
                choose("third-event", "네 사건 가운데 세 번째로 일어난 것", "the event that happened third"),
            ),
            held_out=(
                HeldOut(
                    explain("between", "{x}과(와) {y} 사이의 시기에 나타난 사회 변화", "the changes in society in the time between {x} and {y}"),
                    "다음 사건들을 연표 위의 네 시점과 짝지으려고 한다. {data}.",
                    "These events are to be matched with four moments on a time line. {data}.",
                ),
                HeldOut(
                    explain("background", "사건 {y}이(가) 일어나게 된 배경", "the background that led to event {y}"),
                    "한국사 수업에서 순서를 정하지 않은 사건 카드 네 장을 나누어 주었다. 카드에 적힌 내용은 {data}이다.",
                    "Four cards about Korean history, still unsorted, lie on a desk: {data}.",
                ),
            ),
        ),
        Concept(
            "world-history-order", "history", _world,
            ko=(
                "세계사의 네 사건이 있다: {data}. 연표에는 1부터 4까지의 시점이 표시되어 있다.",
                "세계사 퀴즈에 제시된 네 사건은 {data}이며, 일어난 해는 밝혀져 있지 않다.",
                "한 교사가 세계 역사의 사건 {data}을(를) 연표의 1~4 자리에 이른 것부터 붙이려고 한다.",
                "역사 신문을 만드는 동아리가 기사로 다룰 사건을 정하였다: {data}. 기사는 오래된 사건부터 싣는다.",
                "다음 사건들은 세계사의 흐름을 바꾼 전환점으로 자주 다루어진다: {data}.",
            ),
            en=(
                "Here are four events of world history: {data}. The line shows the moments 1 to 4.",
                "A quiz on world history offers four events without their years: {data}.",
                "Four turning points in the history of the world are to be pinned to the marks 1 to 4 of a time scale, earliest first: {data}.",
                "A history club prepares a newspaper whose stories run from the oldest to the most recent event; it has chosen {data}.",
                "Textbooks often treat these events as landmarks in the history of the world: {data}.",
            ),
            tasks=(
                choose("order", "시대순으로 바르게 배열한 것", "the right chronological order"),
                explain("background", "사건 {y}이(가) 일어나게 된 배경", "the background that led to event {y}"),
            ),
            held_out=(
                HeldOut(
                    explain("significance", "사건 {x}의 역사적 의의", "the historical significance of event {x}"),
                    "네 가지 세계사적 사건을 시대순으로 배열하려고 한다. {data}.",
                    "Four events of world history are to be put into order. {data}.",
                ),
                HeldOut(
                    choose("second-oldest", "네 사건 가운데 두 번째로 먼저 일어난 것", "the event that happened second among the four"),
                    "역사 신문을 만드는 모둠이 세계사에서 {data}을(를) 기삿거리로 골랐으며, 이제 각각의 시기를 조사한다.",
                    "For a class newspaper on world history, pupils chose four topics and must now date them: {data}.",
                ),
            ),
        ),
        Concept(
            "dynasty-spans", "history", _reigns,
            ko=(
                "{a}년에 건국된 왕조 P는 {b}년에 멸망하였고, 그 후 {c}년에 들어선 왕조 Q는 {d}년에 막을 내렸다.",
                "연대표의 두 막대 가운데 왕조 P의 막대는 {a}년에서 {b}년에 걸쳐 있고, 왕조 Q의 막대는 {c}년에서 {d}년에 걸쳐 있다.",
                "어느 지역을 다스린 두 왕조의 건국 연도는 P가 {a}년, Q가 {c}년이며 멸망 연도는 P가 {b}년, Q가 {d}년이다.",
                "P 왕조의 마지막 왕은 {b}년에 물러났는데, 이 왕조가 세워진 해는 {a}년이었다. Q 왕조는 {c}년에 나라를 열어 {d}년까지 통치하였다.",
            ),
            en=(
                "Dynasty P lasted from {a} to {b}, dynasty Q from {c} to {d}.",
                "Founded in {a}, the dynasty P fell in {b}; the dynasty Q took power in {c} and ended in {d}.",
                "On a time chart one bar for dynasty P covers the years {a} to {b}, while a second bar for dynasty Q covers {c} to {d}.",
                "The royal house P was overthrown in {b} after ruling since {a}. Not until {c} did the house Q come to the throne, where it stayed until {d}.",
                "Chronicles give {a} and {c} as the founding years of the dynasties P and Q, and {b} and {d} as the years of their fall.",
            ),
            tasks=(
                find("interval", "P가 망하고 Q가 세워질 때까지의 기간", "the time between the fall of P and the rise of Q"),
                find("span-p", "왕조 P가 이어진 기간", "the number of years that P lasted"),
            ),
            held_out=(
                HeldOut(
                    find("century", "Q가 세워진 세기", "the century in which Q was founded"),
                    "{a}년에 세워진 P는 {b}년에 망하였고, Q는 {c}년에 건국되어 {d}년에 멸망하였다.",
                    "P was founded in {a} and fell in {b}; Q began in {c} and ended in {d}.",
                ),
                HeldOut(
                    find("duration-difference", "P와 Q가 존속한 기간의 차이", "the difference between the durations of P and Q"),
                    "왕조 P는 {a}년부터 {b}년까지 이어졌다. 한동안의 공백이 지난 뒤 왕조 Q가 {c}년부터 {d}년까지 다스렸다.",
                    "The dynasty P ruled from {a} to {b}, and after a gap the dynasty Q was in power between {c} and {d}.",
                ),
            ),
        ),
        Concept(
            "trade-route", "history", _route,
            ko=(
                "상인들이 다섯 도시를 {data} 순서로 지나는 교역로가 있었다.",
                "옛 상인들은 교역로를 따라 다섯 도시에 차례로 들르며({data}) 물건을 사고팔았다.",
                "먼 지역을 잇는 옛 교역로 하나가 다섯 도시를 연결하였으며, 그 경유 순서가 알려져 있다({data}).",
                "한 역사가가 여행기를 바탕으로 상인들이 다닌 교역로를 복원하였는데, 모두 다섯 도시를 거친다({data}).",
                "비단과 향신료를 실은 상단이 첫 도시를 떠나 마지막 도시에 이르기까지 교역로의 다섯 도시에 머물렀다({data}).",
            ),
            en=(
                "Merchants followed a trade route through five cities in the order {data}.",
                "From travel accounts a historian has pieced together the path of traders who called at five cities in turn ({data}).",
                "Silk, spices and ideas once passed through a chain of five cities ({data}), carried by merchants on their journeys.",
                "Five market cities were linked by an old long-distance trade route, whose stops are known in order ({data}).",
                "Each year trading parties set out from the first of five cities and worked their way to the last ({data}).",
            ),
            tasks=(
                explain("exchange", "이 교역로를 통하여 이루어진 문물의 교류", "the exchange of goods and ideas along this route"),
                explain("city-growth", "교역로에 놓인 도시가 성장할 수 있었던 까닭", "why cities along the route were able to grow"),
            ),
            held_out=(
                HeldOut(
                    choose("ends", "교역로의 양 끝에 있는 두 도시", "the two cities at the ends of the route"),
                    "어느 고대 교역로는 다섯 거점을 이었다({data}).",
                    "An ancient trade route joined five places ({data}).",
                ),
                HeldOut(
                    choose("middle-stop", "어느 쪽 끝에서 세어도 한가운데에 있는 도시", "the city in the middle, counted from either end of the route"),
                    "먼 옛날 상인들은 비단과 향신료를 싣고 다섯 도시를 차례로 거쳐 갔다({data}).",
                    "Merchants of old carried silk and spices through five cities, one after another ({data}).",
                ),
            ),
        ),
        Concept(
            "separation-of-powers", "politics", _powers,
            ko=(
                "국가 기관 사이의 견제와 균형을 나타낸 도식에서 각 기관은 다음과 같다: {data}.",
                "민주 국가의 권력은 세 기관에 나뉘어 있으며, 이 기관들을 기호로 나타내면 {data}이다.",
                "사회 수업에서 만든 모형의 A, B, C는 서로를 감시하는 국가 기관을 가리킨다({data}).",
                "한 나라의 헌법은 세 기관이 권력을 나누어 맡고 서로를 제한할 수단을 가지게 하였다. 세 기관의 기호는 {data}이다.",
            ),
            en=(
                "In a diagram of checks and balances the bodies are: {data}.",
                "The constitution of a state divides power among three branches, labelled as follows: {data}.",
                "In a classroom model of the separation of powers, letters stand for the branches of government ({data}).",
                "Three state organs watch over one another so that none becomes too strong: {data}.",
                "A poster about democratic government joins three organs by arrows showing who can restrain whom; the letters mean {data}.",
            ),
            tasks=(
                explain("checks", "{a}이(가) {b}을(를) 견제하는 수단", "the means by which {a} checks {b}"),
                choose("dispute-body", "법을 해석하고 적용하여 분쟁을 해결하는 기관", "the body that settles disputes by interpreting and applying the law"),
            ),
            held_out=(
                HeldOut(
                    explain("purpose", "권력을 나누는 까닭", "why power is divided"),
                    "권력 분립의 세 기관을 기호로 나타내었다. {data}.",
                    "The three branches of a state are given letters. {data}.",
                ),
                HeldOut(
                    explain("executive-check", "{b}이(가) {a}을(를) 견제할 수 있는 수단", "a means by which {b} can check {a}"),
                    "어느 민주 국가에서는 법을 만들고, 집행하고, 적용하는 일을 서로 다른 기관이 맡으며, 이를 {data}으로(로) 표시한다.",
                    "In a democracy, making, carrying out and applying the law are entrusted to separate bodies: {data}.",
                ),
            ),
        ),
        Concept(
            "election-seats", "politics", _election,
            ko=(
                "네 정당의 득표수는 다음과 같고({data}) 의석은 {n}석이다.",
                "정당 명부에 투표하여 의원 {n}명을 뽑는 선거에서 네 정당이 표를 나누어 가졌다({data}).",
                "지방 의회의 의석 {n}개를 두고 네 정당이 경쟁하였으며 개표 결과는 다음과 같다({data}).",
                "선거 관리 기관이 네 정당이 얻은 표를 집계하여 발표하였고({data}), 이 결과에 따라 {n}석이 배분된다.",
                "한 도시의 유권자들은 네 정당 가운데 하나에 투표하였다({data}). 이들이 구성하는 시의회에는 모두 {n}개의 자리가 있다.",
            ),
            en=(
                "Four parties won these votes ({data}); there are {n} seats.",
                "A city council with {n} places is to be filled by four parties after a vote that gave these totals ({data}).",
                "When the ballots were counted, four parties shared the votes ({data}), and {n} mandates are to be handed out.",
                "In an election by party lists, {n} members are chosen from four lists; the electoral office reports the number of votes for each ({data}).",
                "Voters could support one of four parties, and the count is known ({data}). The regional assembly they elected has {n} seats in all.",
            ),
            tasks=(
                find("seats", "득표율에 비례하여 A 정당이 얻는 의석수", "the number of seats for party A in proportion to its votes"),
            ),
            held_out=(
                HeldOut(
                    explain("system", "다수 대표제와 비례 대표제의 차이", "the difference between majority and proportional voting"),
                    "비례 대표 선거에서 {n}석을 두고 네 정당이 겨루었다({data}).",
                    "In a proportional election four parties competed for {n} seats ({data}).",
                ),
                HeldOut(
                    find("leader-share", "가장 많은 표를 얻은 정당의 득표율", "the share of the vote won by the strongest party"),
                    "지방 의회의 비례 대표 의석 {n}개를 네 정당이 얻은 표에 비례하여 나누기로 하였다({data}).",
                    "A council's {n} seats are shared out in proportion to the votes cast for four party lists ({data}).",
                ),
            ),
        ),
        Concept(
            "opinion-survey", "social-data", _survey,
            ko=(
                "연령대별 찬성/반대/무응답의 비율(%)을 조사하였다({data}).",
                "여론 조사 기관의 보고서에는 연령대별 응답이 찬성/반대/무응답 순의 비율(%)로 실려 있다({data}).",
                "학생들이 세 연령대의 주민에게 새 제도의 도입에 관한 설문을 하고 찬성/반대/무응답의 백분율을 정리하였다({data}).",
                "어느 쟁점에 찬성한 사람, 반대한 사람, 답하지 않은 사람이 각 연령대에서 차지하는 몫(%)은 차례로 다음과 같다({data}).",
            ),
            en=(
                "The shares (%) of yes/no/no answer were found by age group ({data}).",
                "A polling firm asked people in their 20s, 40s and 60s about a policy and lists the percentages for, against and without an answer ({data}).",
                "Pupils interviewed residents of three age groups about a new rule and recorded the replies as percentages, in the order yes/no/no answer ({data}).",
                "In each age group every hundred respondents divide, in this order, into supporters, opponents and those who gave no reply ({data}).",
                "The results of a questionnaire are broken down by age; each entry gives the percentage in favour, the percentage opposed and the percentage not answering ({data}).",
            ),
            tasks=(
                choose("strongest", "찬성 비율이 가장 높은 연령대", "the age group most in favour"),
                find("forties-gap", "40대의 찬성 비율과 반대 비율의 차", "the gap between the shares for and against among people in their 40s"),
            ),
            held_out=(
                HeldOut(
                    explain("reading", "이 조사 결과를 해석할 때 주의할 점", "what to beware of when reading this survey"),
                    "어떤 정책에 대한 세 연령대의 의견은 찬성, 반대, 무응답 순으로 다음과 같다({data}).",
                    "Three age groups gave their opinion on a policy, as yes, no and no answer ({data}).",
                ),
                HeldOut(
                    find("overall-approval", "세 연령대의 응답자 수가 같을 때 전체 찬성 비율", "the overall share of those in favour if the three groups are equally large"),
                    "20대, 40대, 60대에게 새 제도에 대한 생각을 묻고 찬성/반대/무응답의 비율(%)을 정리하였다({data}).",
                    "Asked about a new law, people in their twenties, forties and sixties were in favour, against or gave no answer, in these percentages ({data}).",
                ),
            ),
        ),
        Concept(
            "budget-shares", "social-data", _budget,
            ko=(
                "정부 예산 {n}조 원의 분야별 비율(%)은 다음과 같다({data}).",
                "한 나라의 올해 예산은 모두 {n}조 원이며, 네 분야 A~D가 차지하는 몫을 백분율로 나타내었다({data}).",
                "국회가 의결한 {n}조 원의 나라 살림은 네 분야에 쓰이고, 분야마다 돌아가는 비율(%)이 정해져 있다({data}).",
                "재정 보고서의 원그래프는 정부 지출 총액 {n}조 원을 네 분야의 백분율로 나누어 보여 준다({data}).",
                "정부는 세금 등으로 마련한 총 {n}조 원 가운데 몇 퍼센트씩을 각 분야에 쓸지 계획을 세웠다({data}).",
            ),
            en=(
                "A government budget of {n} trillion won is split by fields in percent ({data}).",
                "Parliament approved public spending of {n} trillion won and divided it among four fields by percentage ({data}).",
                "The annual report of a treasury breaks total expenditure of {n} trillion won into four fields, with shares given in percent ({data}).",
                "Out of every hundred won in a state budget, the fields A to D receive fixed parts ({data}); the whole budget comes to {n} trillion won.",
                "A finance ministry plans how to use {n} trillion won, and its pie chart states the percentage reserved for each field ({data}).",
            ),
            tasks=(
                find("amount", "A 분야에 배정된 금액", "the amount given to field A"),
                find("angle-b", "원그래프에서 B 분야에 해당하는 부채꼴의 중심각의 크기", "the central angle of the sector for field B in a pie chart"),
                explain("opportunity-cost", "예산 총액이 그대로일 때 A 분야의 비율을 늘리는 데 따르는 기회비용", "the opportunity cost of raising the share of field A while the total stays the same"),
            ),
            held_out=(
                HeldOut(
                    explain("welfare", "복지 예산이 늘어나는 사회적 배경", "the social background of growing welfare budgets"),
                    "총 {n}조 원인 예산을 네 분야에 나누어 배정하였다({data}, 단위 %).",
                    "{n} trillion won is divided among four fields ({data}, in percent).",
                ),
                HeldOut(
                    find("first-two-fields", "A와 B 두 분야에 배정된 금액의 합", "the total amount of money for the two fields A and B"),
                    "정부는 한 해 동안 {n}조 원을 A~D 네 부문에 쓰기로 하고 부문별 비중을 백분율로 발표하였다({data}).",
                    "A government plans to spend {n} trillion won next year on the items A to D, whose shares are given in percent ({data}).",
                ),
            ),
        ),
    ),
)  # fmt: skip
