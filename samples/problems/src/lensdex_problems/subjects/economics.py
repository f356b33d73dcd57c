"""Economics: markets, choices, the economy as a whole."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, choose, explain, find
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
            ko=(
                "어떤 재화의 수요량은 Q = {d}, 공급량은 Q = {s}이다(P는 가격).",
                "사과 시장에서 상자당 가격이 P일 때 소비자가 사려는 상자 수는 {d}, 과수원이 팔려는 상자 수는 {s}으로(로) 조사되었다.",
                "완전 경쟁 시장에서 거래되는 상품의 수요 곡선은 Qd = {d}, 공급 곡선은 Qs = {s}으로(로) 주어진다. P는 이 상품 한 단위의 가격이다.",
                "가격 P에 따라 달라지는 판매 희망량은 {s}이고 구매 희망량은 {d}이다. 이 시장에는 정부의 개입이 없다.",
                "어느 고장의 쌀 시장을 두 식으로 나타내었다. 가격을 P, 수량을 Q라 할 때 농민의 공급 계획은 Q = {s}, 주민의 수요 계획은 Q = {d}을(를) 따른다.",
            ),
            en=(
                "For a good, the quantity demanded is Q = {d} and the quantity supplied Q = {s}, where P is the price.",
                "At a price of P, shoppers at a fruit market want to buy {d} boxes of strawberries, whereas growers offer {s} boxes.",
                "The demand curve of a competitive market is given by Qd = {d} and its supply curve by Qs = {s}; P denotes the price per unit.",
                "Sellers of a commodity bring {s} units to market when the price is P. Buyers, facing that same price, are willing to take {d} units.",
                "An economist estimates two schedules for notebooks: supply follows Q = {s}, demand follows Q = {d}, with Q the number of notebooks and P their unit price.",
            ),
            tasks=(
                find("price", "이 시장의 균형 가격", "the equilibrium price of the market"),
                find("quantity", "이 시장의 균형 거래량", "the quantity traded at equilibrium"),
            ),
            held_out=(
                HeldOut(
                    find("surplus", "균형에서의 소비자 잉여", "the consumer surplus in equilibrium"),
                    "가격 P에 대하여 수요 함수가 {d}, 공급 함수가 {s}인 시장이 있다.",
                    "A market has the demand function {d} and the supply function {s} at the price P.",
                ),
                HeldOut(
                    find("shortage-at-five", "가격이 5로 묶여 있을 때의 초과 수요량", "the excess demand when the price is held at 5"),
                    "어느 재화의 가격이 P일 때 소비자가 사려는 양은 {d}, 생산자가 팔려는 양은 {s}이다.",
                    "At a price P the buyers of a good want {d} units in all, while its sellers offer {s} units.",
                ),
            ),
        ),
        Concept(
            "sales-tax", "markets", _tax,
            ko=(
                "균형 가격 {p}원, 거래량 {q}만 개인 시장에서 생산자에게 한 개당 {t}원의 세금을 부과하였다.",
                "정부는 기업이 판매하는 물건 한 개마다 {t}원의 종량세를 걷기로 하였다. 과세 전에는 한 개에 {p}원씩 모두 {q}만 개가 거래되고 있었다.",
                "수요와 공급이 만나 {p}원에 {q}만 개가 팔리던 음료에 개당 {t}원의 물품세가 새로 매겨졌다. 세금을 납부할 의무는 제조 회사에 있다.",
                "환경 오염을 줄이려고 일회용품 생산자에게 단위당 {t}원의 세금을 물리는 정책이 시행되었다. 시행 전 이 시장의 균형점은 가격 {p}원, 수량 {q}만 개였다.",
                "새 법에 따라 공급자는 상품을 한 단위 팔 때마다 {t}원을 국고에 내야 한다. 법이 시행되기 직전의 시장 가격은 {p}원이고 판매량은 {q}만 개였다.",
            ),
            en=(
                "In a market with price {p} won and {q}0,000 units traded, producers are taxed {t} won per unit.",
                "Before any tax, {q}0,000 bottles of a soft drink were sold at {p} won each. Parliament then obliges the makers to pay {t} won for every bottle sold.",
                "A specific tax of {t} won per unit is imposed on the suppliers of a product whose market previously cleared at {p} won and {q}0,000 units.",
                "Producers of plastic cups must now hand over {t} won to the treasury for each pack. Supply and demand used to meet at {p} won, with {q}0,000 packs changing hands.",
                "The pre-tax equilibrium of a market lies at a quantity of {q}0,000 and a price of {p} won. A new levy costs sellers {t} won a unit.",
            ),
            tasks=(
                choose("supply-shift", "세금 부과로 공급 곡선이 이동하는 방향", "the direction in which the tax shifts the supply curve"),
            ),
            held_out=(
                HeldOut(
                    explain("loss", "세금이 거래량과 사회적 잉여에 미치는 영향", "the effect of the tax on quantity and total surplus"),
                    "정부가 개당 {t}원의 물품세를 공급자에게 매기기로 하였다. 세금이 없을 때의 가격은 {p}원, 거래량은 {q}만 개였다.",
                    "The government puts a tax of {t} won a unit on suppliers; before it, {q}0,000 units were sold at {p} won.",
                ),
                HeldOut(
                    explain("tax-burden", "수요와 공급의 탄력성에 따라 세금 부담이 나뉘는 방식", "how the burden of the tax is split depending on the elasticities of demand and supply"),
                    "개당 {p}원에 {q}만 개가 팔리던 상품이 있다. 이제 생산자는 한 개를 팔 때마다 {t}원을 세금으로 내야 한다.",
                    "Sellers of a good that traded at {p} won, with {q}0,000 units sold, must from now on pay the state {t} won for each unit.",
                ),
            ),
        ),
        Concept(
            "price-ceiling", "markets", _ceiling,
            ko=(
                "균형 가격이 {p}원인 시장에서 정부가 최고 가격을 {c}원으로 정하였다.",
                "물가 안정을 위하여 정부는 라면 한 묶음을 {c}원보다 비싸게 팔 수 없도록 규제하였다. 규제가 없을 때 라면 시장은 {p}원에서 균형을 이룬다.",
                "수요량과 공급량이 일치하는 가격은 {p}원인데, 법으로 허용된 판매 가격의 상한선은 이보다 낮은 {c}원이다.",
                "가뭄으로 생수 시장의 균형 가격이 {p}원까지 오르자 당국은 생수의 상한 가격을 {c}원으로 고시하고 단속에 나섰다.",
                "서민을 보호하려는 취지로 가격 상한제가 도입되어, 시장에서 {p}원으로 결정되던 상품을 {c}원 이하로만 거래할 수 있게 되었다.",
            ),
            en=(
                "In a market with an equilibrium price of {p} won, the government sets a maximum price of {c} won.",
                "Supply and demand would settle the price of a pack of face masks at {p} won, but by law no shop may charge more than {c} won.",
                "The authorities introduce a price cap of {c} won on bottled water, for which the market-clearing price is {p} won.",
                "Left to itself, a market balances at {p} won a unit. A price-control act passed to help poorer households makes any sale above {c} won illegal.",
                "The legal limit on the price of bread is {c} won a loaf, below the {p} won at which bakers' supply matches customers' demand.",
            ),
            tasks=(
                explain("shortage", "이 시장에서 초과 수요가 생기는 까닭", "why excess demand arises in this market"),
            ),
            held_out=(
                HeldOut(
                    explain("black", "가격 상한제의 부작용", "the side effects of a price ceiling"),
                    "시장에서 {p}원에 거래되던 상품에 {c}원의 가격 상한이 실시되었다.",
                    "A price ceiling of {c} won is put on a good that used to trade at {p} won.",
                ),
                HeldOut(
                    explain("winners-losers", "이 규제로 이익을 얻는 사람과 손해를 보는 사람", "who gains and who loses by this rule"),
                    "균형 가격이 {p}원인 시장에서 정부는 소비자를 보호하려고 {c}원보다 비싸게 파는 것을 금지하였다.",
                    "In a market whose equilibrium price is {p} won, the law now forbids sellers to charge more than {c} won.",
                ),
            ),
        ),
        Concept(
            "price-elasticity", "markets", _elastic,
            ko=(
                "가격이 {p}원인 상품의 값을 {u} % 올리자 수요량이 {d} % 줄었다.",
                "한 영화관이 {p}원이던 팝콘의 가격을 {u} % 인상하였다. 그 결과 팝콘의 수요량은 {d} % 감소하였다.",
                "어느 제품의 가격 변화율은 +{u} %, 이에 따른 수요량 변화율은 -{d} %로 조사되었다. 가격이 변하기 전 제품은 {p}원에 팔렸다.",
                "빵집에서 {p}원짜리 식빵의 값이 {u} % 비싸지자 손님들이 하루에 사 가는 수량이 전보다 {d} % 적어졌다. 가격 외의 다른 조건은 그대로이다.",
                "시장 조사에 따르면 소비자들은 현재 {p}원인 볼펜이 {u} % 오를 때 구매를 {d} % 줄인다고 한다.",
            ),
            en=(
                "When a good priced {p} won becomes {u} % dearer, {d} % less of it is bought.",
                "A bakery lifts the price of its {p}-won loaf by {u} % and, with all else unchanged, sees the number of loaves demanded fall by {d} %.",
                "A survey predicts that customers will cut purchases of a notebook by {d} % if its present price of {p} won goes up by {u} %.",
                "The fare for a ferry ride used to be {p} won. After a rise of {u} % the quantity of rides demanded dropped by {d} %.",
                "For one brand of soap costing {p} won, a price change of +{u} % is followed by a change in quantity demanded of -{d} %.",
            ),
            tasks=(
                find("elasticity", "수요의 가격 탄력성", "the price elasticity of demand"),
                explain("determinants", "상품에 따라 수요의 가격 탄력성이 달라지는 요인", "the factors that make demand more elastic for some goods than for others"),
            ),
            held_out=(
                HeldOut(
                    explain("revenue", "가격 인상이 판매 수입에 미치는 영향", "the effect of the price rise on revenue"),
                    "어느 상품({p}원)의 수요량은 가격이 {u} % 오를 때 {d} % 감소한다.",
                    "The demand for a good at {p} won falls by {d} % for a price rise of {u} %.",
                ),
                HeldOut(
                    choose("elasticity-type", "탄력적, 단위 탄력적, 비탄력적 가운데 이 수요에 해당하는 것", "the kind of demand this is: elastic, unit elastic or inelastic"),
                    "한 가게에서 {p}원에 팔던 물건의 값을 {u} % 올렸더니 손님들이 사 가는 개수가 {d} % 줄었다.",
                    "When a shop raises the price of an article from {p} won by {u} %, its customers buy {d} % less of it.",
                ),
            ),
        ),
        Concept(
            "possibility-frontier", "choice", _frontier,
            ko=(
                "어느 나라가 X재만 만들면 {x}개, Y재만 만들면 {y}개를 생산할 수 있다. 점 A, B, C는 생산 조합을 나타낸다.",
                "어떤 경제의 생산 가능 곡선은 X재 축과 {x}에서, Y재 축과 {y}에서 만난다. 좌표평면에 찍은 A, B, C는 두 재화의 생산량을 짝지은 것이다.",
                "한 섬나라가 가진 노동과 기술로는 물고기(X재)를 최대 {x}상자 또는 코코넛(Y재)을 최대 {y}상자 얻을 수 있다. 주민 회의에서는 A, B, C 세 가지 생산 계획을 비교하였다.",
                "생산 요소와 기술 수준이 주어진 나라에서 Y재의 최대 생산량은 {y}개, X재의 최대 생산량은 {x}개이며 두 재화를 섞어 만들 수도 있다. A, B, C는 검토 중인 조합이다.",
            ),
            en=(
                "A country can make {x} of good X alone or {y} of good Y alone; A, B and C stand for combinations.",
                "With all its resources in one industry an economy turns out either {x} units of good X or {y} units of good Y. Three output plans, A, B and C, are plotted along with its production possibility curve.",
                "The production possibility frontier of an island nation cuts the X-axis at {x} and the Y-axis at {y}. Each of the points A, B and C describes an output of both goods.",
                "Given its present technology, a nation produces at most {y} units of Y when no X is made, and at most {x} units of X when no Y is made; its planners discuss the mixes A, B and C.",
                "A farming community can grow up to {x} sacks of wheat (X), or up to {y} sacks of beans (Y), or some of each. The proposals A, B and C are marked on a diagram of its possibilities.",
            ),
            tasks=(
                choose("inefficient", "비효율적인 생산을 나타내는 점", "the point of inefficient production"),
                choose("unattainable", "현재의 자원과 기술로는 도달할 수 없는 점", "the point that cannot be reached with the present resources and technology"),
            ),
            held_out=(
                HeldOut(
                    explain("cost", "기회비용이 점점 커지는 까닭", "why the opportunity cost keeps growing"),
                    "X재의 최대 생산량이 {x}, Y재의 최대 생산량이 {y}인 생산 가능 곡선과 세 점 A, B, C가 있다.",
                    "A production possibility curve runs from {x} of X to {y} of Y, with three points A, B and C.",
                ),
                HeldOut(
                    explain("technology-shift", "기술이 발전할 때 생산 가능 곡선의 변화", "how the curve changes when technology improves"),
                    "한 나라가 모든 자원을 X재에 쓰면 {x}단위, Y재에 쓰면 {y}단위를 만들 수 있으며, 생산 가능 곡선과 함께 점 A, B, C를 나타내었다.",
                    "An economy can make at most {x} units of X or at most {y} units of Y; plans A, B and C are compared with its production frontier.",
                ),
            ),
        ),
        Concept(
            "comparative-advantage", "choice", _trade,
            ko=(
                "X재와 Y재 한 단위를 만드는 데 A국은 각각 {a}시간과 {b}시간, B국은 각각 {c}시간과 {d}시간이 걸린다.",
                "두 나라 A, B는 노동만을 사용하여 X재와 Y재를 생산한다. 한 단위당 노동 시간은 X재가 A국 {a}시간, B국 {c}시간이고 Y재가 A국 {b}시간, B국 {d}시간이다.",
                "교역을 검토하는 두 나라의 단위당 생산 비용을 노동 시간으로 환산하여 비교하였다. A국에서는 X재가 {a}시간, Y재가 {b}시간이고, B국에서는 X재가 {c}시간, Y재가 {d}시간이다.",
                "옷감(X재) 한 필을 짜는 데 드는 시간은 A국이 {a}시간, B국이 {c}시간이다. 포도주(Y재) 한 통을 담그는 데는 A국이 {b}시간, B국이 {d}시간을 쓴다.",
            ),
            en=(
                "One unit of X and one of Y take {a} and {b} hours in country A, {c} and {d} hours in country B.",
                "A worker in country A needs {a} hours to produce a unit of X and {b} hours to produce a unit of Y; for a worker in country B the figures are {c} and {d} hours.",
                "Labour is the only input in countries A and B. Good X costs {a} hours of labour per unit in A and {c} in B, and good Y costs {b} hours in A and {d} in B.",
                "Cloth (X) and wine (Y) are made in two countries. Weaving a bolt of cloth takes {a} hours in A against {c} in B, and filling a cask of wine {b} hours in A against {d} in B.",
                "Before opening trade, country A spends {a} labour hours on each unit of good X and {b} on each of good Y, while its neighbour B spends {c} and {d}, respectively.",
            ),
            tasks=(
                choose("advantage", "A국이 비교 우위를 갖는 재화", "the good in which A has a comparative advantage"),
            ),
            held_out=(
                HeldOut(
                    find("cost", "B국에서 X재 한 단위의 기회비용", "the opportunity cost of one unit of X in B"),
                    "재화 한 단위당 노동 시간은 A국이 X재 {a}, Y재 {b}이고 B국이 X재 {c}, Y재 {d}이다.",
                    "The labour per unit is {a} h for X and {b} h for Y in A, and {c} h for X and {d} h for Y in B.",
                ),
                HeldOut(
                    choose("absolute-advantage", "X재 생산에서 절대 우위를 가진 나라", "the country with an absolute advantage in making X"),
                    "A국 노동자는 X재 1개를 {a}시간에, Y재 1개를 {b}시간에 만든다. B국 노동자에게는 같은 일이 각각 {c}시간과 {d}시간 걸린다.",
                    "Making one unit of X takes {a} hours in country A and {c} hours in country B, while one unit of Y takes {b} and {d} hours respectively.",
                ),
            ),
        ),
        Concept(
            "gdp-components", "macro", _gdp,
            ko=(
                "어느 나라의 소비 C, 투자 I, 정부 지출 G, 수출 X, 수입 M은 다음과 같다({data}).",
                "지출 측면에서 본 한 나라의 경제 활동을 항목별로 집계하였다({data}). C는 민간 소비, I는 투자, G는 정부 지출, X는 수출, M은 수입이다.",
                "가계, 기업, 정부, 해외 부문의 지출을 조사한 통계표에서 소비(C), 투자(I), 정부 지출(G), 수출(X), 수입(M)의 값을 옮겨 적었다({data}).",
                "어느 해 한 나라 국민 경제의 지출 구성이 조 원 단위로 발표되었다({data}). 여기서 X와 M은 각각 수출액과 수입액이며, C, I, G는 소비, 투자, 정부 구매를 가리킨다.",
                "사회 시간에 가상의 나라를 만들고 그 나라의 총지출 자료를 정하였다({data}). 문자 C, I, G, X, M은 차례로 소비, 투자, 정부 지출, 수출, 수입을 뜻한다.",
            ),
            en=(
                "Consumption C, investment I, government spending G, exports X and imports M of a country are ({data}).",
                "The statistical office of a country publishes its yearly expenditure accounts ({data}), where C is household consumption, I investment, G government purchases, X exports and M imports.",
                "An economy's spending in one year was reported in billions of dollars ({data}). X and M stand for goods sold to and bought from abroad; C, I and G for private consumption, investment and public spending.",
                "A class invents an island state and fixes its national accounts ({data}); the letters C, I, G, X and M mean consumption, investment, government spending, exports and imports.",
                "Total demand in an open economy comes from consumers (C), investing firms (I), the public sector (G) and foreign buyers (X), with some of it leaking into imports (M). The amounts are known ({data}).",
            ),
            tasks=(
                find("gdp", "이 나라의 국내 총생산", "the gross domestic product"),
            ),
            held_out=(
                HeldOut(
                    find("net-exports", "순수출이 국내 총생산에서 차지하는 비율", "the share of net exports in the gross domestic product"),
                    "국내 총생산을 지출 면에서 계산하려고 각 항목을 조사하였다({data}).",
                    "To find the gross domestic product from spending, its parts were collected ({data}).",
                ),
                HeldOut(
                    explain("imports-subtracted", "국내 총생산을 구할 때 수입을 빼는 까닭", "why imports are subtracted in working out the gross domestic product"),
                    "한 나라의 한 해 소비(C), 투자(I), 정부 지출(G), 수출(X), 수입(M)을 같은 단위로 집계하였다({data}).",
                    "A nation's yearly accounts list consumption C, investment I, government purchases G, exports X and imports M ({data}).",
                ),
            ),
        ),
        Concept(
            "inflation", "macro", _prices,
            ko=(
                "어느 나라의 소비자 물가 지수는 다음과 같이 변하였다({data}).",
                "한 나라의 통계 기관은 2019년을 기준 연도로 삼아 해마다 소비자 물가 지수를 산출하여 발표하였다({data}).",
                "장바구니에 담긴 대표 품목의 가격을 종합한 지수를 5년 동안 기록하였다({data}). 2019년의 값은 100이다.",
                "한 학생이 경제 신문에 실린 기사에서 소비자 물가 지수의 최근 5년 자료를 찾아 공책에 옮겼다({data}).",
                "도시 가구가 소비하는 상품과 서비스의 평균적인 가격 수준은 2019년부터 2023년까지 다음과 같은 지수로 나타났다({data}).",
            ),
            en=(
                "The consumer price index of a country moved as follows ({data}).",
                "With 2019 as the base year, the statistics bureau reported the yearly values of the consumer price index ({data}).",
                "The cost of a fixed basket of household goods, expressed as an index, was recorded from 2019 to 2023 ({data}).",
                "A newspaper traces what a typical family pays for goods and services by means of an index that equals 100 in 2019 ({data}).",
                "Annual figures for the CPI of an economy are available over five years ({data}); the index is set to 100 at the beginning of the period.",
            ),
            tasks=(
                find("rate", "2023년의 전년 대비 물가 상승률", "the inflation rate of 2023 over the year before"),
            ),
            held_out=(
                HeldOut(
                    explain("purchasing", "물가 변동이 화폐의 구매력에 미치는 영향", "how the change of prices affects purchasing power"),
                    "2019년을 100으로 한 물가 지수를 해마다 기록하였다({data}).",
                    "A price index with 2019 as 100 was recorded every year ({data}).",
                ),
                HeldOut(
                    find("total-change", "2019년부터 2023년까지의 물가 변동률", "the percentage change of prices from 2019 to 2023"),
                    "기준 연도인 2019년의 소비자 물가를 100으로 놓고 2023년까지 다섯 해의 지수를 나타내었다({data}).",
                    "Taking consumer prices of 2019 as 100, a statistics office published the index for five years in a row ({data}).",
                ),
            ),
        ),
        Concept(
            "unemployment", "macro", _jobs,
            ko=(
                "15세 이상 인구가 {a}천 명, 경제 활동 인구가 {f}천 명, 실업자가 {u}천 명이다.",
                "어느 나라의 고용 통계에 따르면 15세 이상 인구는 {a}천 명이다. 이 가운데 {f}천 명이 경제 활동에 참가하고 있으나 {u}천 명은 일자리를 구하지 못하였다.",
                "일할 능력과 의사가 있는 국민은 {f}천 명인데 그중 {u}천 명이 구직 중인 실업 상태이다. 15세 이상의 전체 국민은 {a}천 명이다.",
                "고용 조사에서 만 15세 이상인 {a}천 명을 경제 활동 인구 {f}천 명과 나머지 비경제 활동 인구로 나누었다. 경제 활동 인구 중 실업자로 분류된 사람은 {u}천 명이다.",
                "한 나라에서 일자리를 찾고 있는 사람은 {u}천 명이고, 이들을 취업자와 합하면 {f}천 명이 된다. 이 나라에는 15세 이상 주민이 {a}천 명 살고 있다.",
            ),
            en=(
                "Of {a} thousand people aged 15 and over, {f} thousand are in the labour force and {u} thousand are jobless.",
                "A labour survey classifies {f} thousand of the {a} thousand residents aged at least 15 as economically active; among the active, {u} thousand are looking for work without finding it.",
                "In a small country the working-age population (15 and over) numbers {a} thousand. Those with jobs and those seeking jobs add up to {f} thousand, the job seekers alone to {u} thousand.",
                "Official statistics count {u} thousand unemployed persons in a labour force of {f} thousand. The whole population from the age of 15 upwards is {a} thousand.",
                "A state has {a} thousand inhabitants who are 15 or older. Leaving out pupils, the retired and other inactive people, {f} thousand remain, of whom {u} thousand have no job.",
            ),
            tasks=(
                find("rate", "이 나라의 실업률", "the unemployment rate"),
                find("participation", "이 나라의 경제 활동 참가율", "the labour force participation rate"),
            ),
            held_out=(
                HeldOut(
                    find("employment", "이 나라의 고용률", "the employment rate"),
                    "고용 통계에 따르면 실업자는 {u}천 명이고, {a}천 명의 15세 이상 인구 중 {f}천 명이 경제 활동에 참여한다.",
                    "Labour statistics count {u} thousand unemployed; {f} thousand of the {a} thousand people over 15 are active.",
                ),
                HeldOut(
                    find("inactive", "비경제 활동 인구의 수", "the number of people outside the labour force"),
                    "만 15세 이상 주민이 {a}천 명인 나라에서 경제 활동 인구는 {f}천 명이고, 그중 {u}천 명은 일자리를 구하지 못하였다.",
                    "In a country with {a} thousand residents aged 15 or over, the labour force numbers {f} thousand, of whom {u} thousand have no job.",
                ),
            ),
        ),
        Concept(
            "circular-flow", "macro", _flow,
            ko=(
                "가계 H가 기업 F에서 {i}억 원의 소득을 얻어 {s}억 원을 소비한다. G는 정부이다.",
                "국민 경제의 순환 모형에서 기업 F는 생산 요소의 대가로 가계 H에 {i}억 원을 지급하고, 가계는 재화와 서비스를 사는 데 {s}억 원을 쓴다. 이 순환에는 정부 G도 참여한다.",
                "임금, 이자, 지대, 이윤으로 기업(F)에서 가계(H)로 흘러간 돈은 {i}억 원이고, 소비 지출로 가계에서 기업으로 되돌아온 돈은 {s}억 원이다. 나머지 한 주체 G는 정부를 가리킨다.",
                "경제 주체를 H(가계), F(기업), G(정부)로 나타낸 모형에서 가계의 소비 지출은 {s}억 원, 기업에서 받은 요소 소득은 {i}억 원이다.",
                "한 나라의 가계 H는 노동과 자본을 기업 F에 제공하여 {i}억 원을 벌었다. 이 가운데 {s}억 원은 F의 생산물을 구입하는 데 쓰였으며, 정부 G는 조세를 걷고 재정을 지출한다.",
            ),
            en=(
                "Households H earn {i} from firms F and spend {s} with them; G is the government.",
                "In a model with households H, firms F and government G, payments of {i} for labour and capital flow from F to H, and consumer spending of {s} flows back to F.",
                "Firms (F) pay out {i} as wages, rent, interest and profit to households (H), whose purchases from firms come to {s}. The remaining sector, the government, is labelled G.",
                "The circular flow of an economy links households H, businesses F and the state G. Factor incomes of H amount to {i} and its consumption expenditure to {s} (both in hundreds of millions of won).",
                "Families, shown as H, provide companies F with work and capital in return for {i} million dollars and buy goods worth {s} million dollars from them; the public sector is G.",
            ),
            tasks=(
                find("saved", "가계가 저축하거나 세금으로 내는 금액", "the amount that households save or pay as tax"),
            ),
            held_out=(
                HeldOut(
                    explain("arrows", "각 화살표가 나타내는 흐름", "the flow that each arrow stands for"),
                    "경제 주체 H(가계), F(기업), G(정부) 사이에서 기업은 {i}억 원의 임금을 주고 가계는 {s}억 원어치를 산다.",
                    "Between households (H), firms (F) and government (G), firms pay wages of {i} and households buy for {s}.",
                ),
                HeldOut(
                    find("spending-share", "가계가 임금 가운데 상품 구입에 쓴 돈의 비율", "the share of their wages that households spend on goods"),
                    "가계(H)는 기업(F)에 노동을 제공하여 {i}억 원을 벌고 그 가운데 {s}억 원을 상품 구입에 쓰며, 정부(G)도 이 순환에 참여한다.",
                    "Households (H) earn {i} by working for firms (F) and spend {s} of it on the firms' goods, while the government (G) takes part in the flow too.",
                ),
            ),
        ),
        Concept(
            "compound-interest", "choice", _interest,
            ko=(
                "{who}은(는) {m} 원을 연이율 {r} %의 복리로 {n}년 동안 예금하였다.",
                "{who}이(가) 가입한 정기 예금은 매년 말 그때까지의 원리금에 {r} %의 이자를 더해 준다. 처음 넣은 돈은 {m} 원이고 만기는 {n}년 뒤이다.",
                "1년마다 복리로 계산하여 연 {r} %의 이자를 주는 상품에 {who}은(는) 여윳돈 {m} 원을 넣었고, {n}년 뒤 만기에 한꺼번에 찾을 계획이다.",
                "그동안 모은 {m} 원을 {who}은(는) 연 {r} % 복리 저축 계좌에 옮겨 두고 만기인 {n}년 뒤까지 찾지 않기로 하였다.",
                "원금 {m} 원, 연이율 {r} %, 기간 {n}년의 조건으로 {who}은(는) 은행과 예금 계약을 맺었다. 이자는 1년마다 원금에 합쳐져 다시 이자를 낳는다.",
            ),
            en=(
                "{who} deposits {m} won at {r} % compound interest for {n} years.",
                "A bank adds {r} % interest to the balance at the end of each year. {who} opens an account there with {m} won and leaves it untouched for {n} years.",
                "Having put {m} won into a savings plan that compounds annually at {r} %, {who} waits {n} years before closing it.",
                "The term deposit chosen by {who} runs for {n} years; its principal is {m} won, the yearly rate is {r} %, and interest is reinvested every year.",
                "{who} saves an inheritance of {m} won in a fixed-term account for {n} years. Each year's interest, {r} % of the amount then in the account, is credited and earns interest in turn.",
            ),
            tasks=(
                find("total", "만기에 받는 원리금의 합계", "the total received at the end"),
                explain("growing-interest", "해가 갈수록 한 해에 붙는 이자가 커지는 까닭", "why the interest added in a year becomes larger from year to year"),
            ),
            held_out=(
                HeldOut(
                    find("difference", "단리로 예금할 때와의 이자 차이", "the difference in interest compared with simple interest"),
                    "원금 {m} 원, 연 {r} % 복리인 예금에 가입한 {who}은(는) {n}년 뒤에 돈을 찾는다.",
                    "{who} will take out, after {n} years, a deposit of {m} won that bears {r} % compound interest a year.",
                ),
                HeldOut(
                    find("second-year-interest", "둘째 해에 붙는 이자", "the interest added in the second year"),
                    "{who}은(는) 해마다 잔액의 {r} %가 이자로 더해지는 통장에 {m} 원을 넣고 {n}년 동안 그대로 두었다.",
                    "{who} puts {m} won into a savings account, where each year {r} % of the balance is added as interest, and leaves it there for {n} years.",
                ),
            ),
        ),
    ),
)  # fmt: skip
