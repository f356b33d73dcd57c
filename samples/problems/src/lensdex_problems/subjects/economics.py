"""Economics: markets, choices, the economy as a whole."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, choose, explain, find
from lensdex_problems.drawing.bars import Bars
from lensdex_problems.drawing.network import Network
from lensdex_problems.drawing.plot import Plot, sampled
from lensdex_problems.drawing.table import Table
from lensdex_problems.notation import pairs
from lensdex_problems.subjects.people import PEOPLE

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _lines(price: int, amount: int, extra: tuple[tuple[tuple[float, float], ...], ...] = ()) -> Plot:
    demand = ((0.0, 2.0 * price), (2.0 * amount, 0.0))
    supply = ((0.0, price * 0.3), (2.0 * amount, price * 1.7))
    return Plot(
        (demand, supply, *extra),
        (0, 2 * amount),
        (0, price * 2.1),
        "Q",
        "P",
        names=("D", "S"),
        marks=((amount, price, "E"),),
        guides=((amount, price),),
        bare=True,
        dashed=tuple(range(2, 2 + len(extra))),
    )


def _market(dice: Dice) -> Scene:
    a, b, q = 10 * dice.whole(8, 20), 10 * dice.whole(1, 3), dice.whole(2, 4)
    return Scene({"d": f"{a} - {q}P", "s": f"{b} + P", "a": a}, _lines(10, 10))


def _tax(dice: Dice) -> Scene:
    price, tax = 100 * dice.whole(8, 30), 100 * dice.whole(1, 5)
    amount = dice.whole(20, 90)
    return Scene({"p": price, "t": tax, "q": amount}, _lines(10, 10, (((0.0, 6.0), (17.0, 17.9)),)))


def _ceiling(dice: Dice) -> Scene:
    price = 100 * dice.whole(10, 40)
    limit = price - 100 * dice.whole(2, 6)
    return Scene({"p": price, "c": limit}, _lines(10, 10, (((0.0, 6.0), (20.0, 6.0)),)))


def _elastic(dice: Dice) -> Scene:
    price, up, down = 100 * dice.whole(10, 40), dice.pick((5, 10, 20)), dice.pick((4, 8, 10, 15, 30))
    return Scene({"p": price, "u": up, "d": down})


def _frontier(dice: Dice) -> Scene:
    x, y = 10 * dice.whole(4, 12), 10 * dice.whole(4, 12)
    curve = sampled([(x * t / 40, y * (1 - (t / 40) ** 2) ** 0.5) for t in range(41)])
    marks = (
        (round(x * 0.6, 2), round(y * 0.8, 2), "A"),
        (round(x * 0.4, 2), round(y * 0.4, 2), "B"),
        (round(x * 0.9, 2), round(y * 0.8, 2), "C"),
    )
    return Scene({"x": x, "y": y}, Plot((curve,), (0, x * 1.15), (0, y * 1.15), "X", "Y", marks=marks), essential=True)


def _trade(dice: Dice) -> Scene:
    a, b, c, d = dice.sample(range(2, 13), 4)
    return Scene(
        {"a": a, "b": b, "c": c, "d": d}, Table((("", "X", "Y"), ("A", f"{a} h", f"{b} h"), ("B", f"{c} h", f"{d} h")))
    )


def _gdp(dice: Dice) -> Scene:
    c, i, g, x, m = (
        10 * n
        for n in (dice.whole(30, 60), dice.whole(8, 20), dice.whole(8, 20), dice.whole(10, 30), dice.whole(8, 28))
    )
    names = ("C", "I", "G", "X", "M")
    return Scene({"data": pairs(names, (c, i, g, x, m))}, Bars(names, ((c, i, g, x, m),)), listed="data")


def _prices(dice: Dice) -> Scene:
    years, values = [str(2019 + n) for n in range(5)], [100]
    for _ in range(4):
        values.append(values[-1] + dice.whole(-2, 7))
    curve = tuple((2019.0 + n, float(value)) for n, value in enumerate(values))
    figure = Plot(
        (curve,), (2018, 2024), (90, 130), "year", "CPI", marks=tuple((*point, "") for point in curve), grid=True
    )
    return Scene({"data": pairs(years, values)}, figure, listed="data")


def _flow(dice: Dice) -> Scene:
    income, spent = 100 * dice.whole(20, 60), 0
    spent = income - 100 * dice.whole(2, 15)
    nodes = (("H", 0.0, 0.5), ("F", 1.0, 0.5), ("G", 0.5, 0.0))
    arrows = ((0, 1, f"{spent}"), (1, 0, f"{income}"), (0, 2, "a"), (2, 0, "b"), (2, 1, "c"))
    return Scene({"i": income, "s": spent}, Network(nodes, arrows), essential=True)


def _jobs(dice: Dice) -> Scene:
    adults, active, without = 100 * dice.whole(50, 90), dice.pick((0.6, 0.65, 0.7)), dice.whole(3, 12)
    force = round(adults * active)
    jobless = round(force * without / 100)
    return Scene(
        {"a": adults, "f": force, "u": jobless},
        Table((("", "1000s"), ("15+", str(adults)), ("active", str(force)), ("jobless", str(jobless)))),
    )


def _interest(dice: Dice) -> Scene:
    money = 100 * dice.whole(1, 50)
    return Scene(
        {
            "who": dice.pick(PEOPLE),
            "m": Pair(f"{money}만", f"{money * 10_000:,}"),
            "r": dice.whole(2, 8),
            "n": dice.whole(2, 5),
        }
    )


SUBJECT: Final = Subject(
    "economics",
    Pair("경제", "Economics"),
    {"markets": Pair("시장과 가격", "Markets and prices"), "choice": Pair("선택과 교역", "Choice and trade"), "macro": Pair("국민 경제", "The national economy")},
    (
        Concept(
            "market-equilibrium", "markets", _market,
            ("어떤 재화의 수요량은 Q = {d}, 공급량은 Q = {s}이다(P는 가격).", "가격 P에 대하여 수요 함수가 {d}, 공급 함수가 {s}인 시장이 있다."),
            ("For a good, the quantity demanded is Q = {d} and the quantity supplied Q = {s}, where P is the price.", "A market has the demand function {d} and the supply function {s} at the price P."),
            (find("price", "이 시장의 균형 가격", "the equilibrium price of the market"), find("surplus", "균형에서의 소비자 잉여", "the consumer surplus in equilibrium")),
        ),
        Concept(
            "sales-tax", "markets", _tax,
            ("균형 가격 {p}원, 거래량 {q}만 개인 시장에서 생산자에게 한 개당 {t}원의 세금을 부과하였다.", "정부가 개당 {t}원의 물품세를 공급자에게 매기기로 하였다. 세금이 없을 때의 가격은 {p}원, 거래량은 {q}만 개였다."),
            ("In a market with price {p} won and {q}0,000 units traded, producers are taxed {t} won per unit.", "The government puts a tax of {t} won a unit on suppliers; before it, {q}0,000 units were sold at {p} won."),
            (explain("burden", "세금 부담이 소비자와 생산자에게 나누어지는 방식", "how the burden of the tax is shared by buyers and sellers"), explain("loss", "세금이 거래량과 사회적 잉여에 미치는 영향", "the effect of the tax on quantity and total surplus")),
        ),
        Concept(
            "price-ceiling", "markets", _ceiling,
            ("균형 가격이 {p}원인 시장에서 정부가 최고 가격을 {c}원으로 정하였다.", "시장에서 {p}원에 거래되던 상품에 {c}원의 가격 상한이 실시되었다."),
            ("In a market with an equilibrium price of {p} won, the government sets a maximum price of {c} won.", "A price ceiling of {c} won is put on a good that used to trade at {p} won."),
            (explain("shortage", "이 시장에서 초과 수요가 생기는 까닭", "why excess demand arises in this market"), explain("black", "가격 상한제의 부작용", "the side effects of a price ceiling")),
        ),
        Concept(
            "price-elasticity", "markets", _elastic,
            ("가격이 {p}원인 상품의 값을 {u} % 올리자 수요량이 {d} % 줄었다.", "어느 상품({p}원)의 수요량은 가격이 {u} % 오를 때 {d} % 감소한다."),
            ("When a good priced {p} won becomes {u} % dearer, {d} % less of it is bought.", "The demand for a good at {p} won falls by {d} % for a price rise of {u} %."),
            (find("elasticity", "수요의 가격 탄력성", "the price elasticity of demand"), explain("revenue", "가격 인상이 판매 수입에 미치는 영향", "the effect of the price rise on revenue")),
        ),
        Concept(
            "possibility-frontier", "choice", _frontier,
            ("어느 나라가 X재만 만들면 {x}개, Y재만 만들면 {y}개를 생산할 수 있다. 점 A, B, C는 생산 조합을 나타낸다.", "X재의 최대 생산량이 {x}, Y재의 최대 생산량이 {y}인 생산 가능 곡선과 세 점 A, B, C가 있다."),
            ("A country can make {x} of good X alone or {y} of good Y alone; A, B and C stand for combinations.", "A production possibility curve runs from {x} of X to {y} of Y, with three points A, B and C."),
            (choose("inefficient", "비효율적인 생산을 나타내는 점", "the point of inefficient production"), explain("cost", "기회비용이 점점 커지는 까닭", "why the opportunity cost keeps growing")),
        ),
        Concept(
            "comparative-advantage", "choice", _trade,
            ("X재와 Y재 한 단위를 만드는 데 A국은 각각 {a}시간과 {b}시간, B국은 각각 {c}시간과 {d}시간이 걸린다.", "재화 한 단위당 노동 시간은 A국이 X재 {a}, Y재 {b}이고 B국이 X재 {c}, Y재 {d}이다."),
            ("One unit of X and one of Y take {a} and {b} hours in country A, {c} and {d} hours in country B.", "The labour per unit is {a} h for X and {b} h for Y in A, and {c} h for X and {d} h for Y in B."),
            (choose("advantage", "A국이 비교 우위를 갖는 재화", "the good in which A has a comparative advantage"), find("cost", "B국에서 X재 한 단위의 기회비용", "the opportunity cost of one unit of X in B")),
        ),
        Concept(
            "gdp-components", "macro", _gdp,
            ("어느 나라의 소비 C, 투자 I, 정부 지출 G, 수출 X, 수입 M은 다음과 같다({data}).", "국내 총생산을 지출 면에서 계산하려고 각 항목을 조사하였다({data})."),
            ("Consumption C, investment I, government spending G, exports X and imports M of a country are ({data}).", "To find the gross domestic product from spending, its parts were collected ({data})."),
            (find("gdp", "이 나라의 국내 총생산", "the gross domestic product"), find("net-exports", "순수출이 국내 총생산에서 차지하는 비율", "the share of net exports in the gross domestic product")),
        ),
        Concept(
            "inflation", "macro", _prices,
            ("어느 나라의 소비자 물가 지수는 다음과 같이 변하였다({data}).", "2019년을 100으로 한 물가 지수를 해마다 기록하였다({data})."),
            ("The consumer price index of a country moved as follows ({data}).", "A price index with 2019 as 100 was recorded every year ({data})."),
            (find("rate", "2023년의 전년 대비 물가 상승률", "the inflation rate of 2023 over the year before"), explain("purchasing", "물가 변동이 화폐의 구매력에 미치는 영향", "how the change of prices affects purchasing power")),
        ),
        Concept(
            "unemployment", "macro", _jobs,
            ("15세 이상 인구가 {a}천 명, 경제 활동 인구가 {f}천 명, 실업자가 {u}천 명이다.", "고용 통계에 따르면 실업자는 {u}천 명이고, {a}천 명의 15세 이상 인구 중 {f}천 명이 경제 활동에 참여한다."),
            ("Of {a} thousand people aged 15 and over, {f} thousand are in the labour force and {u} thousand are jobless.", "Labour statistics count {u} thousand unemployed; {f} thousand of the {a} thousand people over 15 are active."),
            (find("rate", "이 나라의 실업률", "the unemployment rate"), find("employment", "이 나라의 고용률", "the employment rate")),
        ),
        Concept(
            "circular-flow", "macro", _flow,
            ("가계 H가 기업 F에서 {i}억 원의 소득을 얻어 {s}억 원을 소비한다. G는 정부이다.", "경제 주체 H(가계), F(기업), G(정부) 사이에서 기업은 {i}억 원의 임금을 주고 가계는 {s}억 원어치를 산다."),
            ("Households H earn {i} from firms F and spend {s} with them; G is the government.", "Between households (H), firms (F) and government (G), firms pay wages of {i} and households buy for {s}."),
            (find("saved", "가계가 저축하거나 세금으로 내는 금액", "the amount that households save or pay as tax"), explain("arrows", "각 화살표가 나타내는 흐름", "the flow that each arrow stands for")),
        ),
        Concept(
            "compound-interest", "choice", _interest,
            ("{who}은(는) {m} 원을 연이율 {r} %의 복리로 {n}년 동안 예금하였다.", "원금 {m} 원, 연 {r} % 복리인 예금에 가입한 {who}은(는) {n}년 뒤에 돈을 찾는다."),
            ("{who} deposits {m} won at {r} % compound interest for {n} years.", "{who} will take out, after {n} years, a deposit of {m} won that bears {r} % compound interest a year."),
            (find("total", "만기에 받는 원리금의 합계", "the total received at the end"), find("difference", "단리로 예금할 때와의 이자 차이", "the difference in interest compared with simple interest")),
        ),
    ),
)  # fmt: skip
