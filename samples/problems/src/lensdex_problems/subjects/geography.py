"""Geography: maps, population, climate."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, choose, explain, find
from lensdex_problems.drawing.bars import Bars
from lensdex_problems.drawing.climograph import Climograph
from lensdex_problems.drawing.landmap import Landmap
from lensdex_problems.drawing.pie import Pie
from lensdex_problems.drawing.plot import Plot
from lensdex_problems.drawing.pyramid import Pyramid
from lensdex_problems.drawing.table import Table
from lensdex_problems.notation import pairs, series

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _contour(dice: Dice) -> Scene:
    base, step = 20 * dice.whole(2, 20), dice.pick((10, 20, 50))
    levels = tuple(base + step * place for place in range(dice.whole(5, 7)))
    spots = (("A", 0.28, 0.5), ("B", 0.52, 0.5))
    return Scene(
        {"step": step, "base": base, "top": levels[-1]},
        Landmap("contour", levels, spots, scale="1 km", seed=dice.whole(0, 20)),
        essential=True,
    )


def _scale(dice: Dice) -> Scene:
    scale, cm = dice.pick((25, 50, 100)), dice.whole(2, 14)
    spots = tuple((name, round(0.15 + 0.6 * dice.unit(), 3), round(0.15 + 0.6 * dice.unit(), 3)) for name in "AB")
    return Scene({"s": scale, "d": cm}, Landmap("grid", spots=spots, scale=f"{scale * 20} m"))


def _time(dice: Dice) -> Scene:
    east, west = 15 * dice.whole(1, 9), 15 * dice.whole(1, 8)
    rows = (("", "A", "B"), ("lon", f"{east}E", f"{west}W"))
    return Scene({"e": east, "w": west, "h": dice.whole(1, 11)}, Table(rows))


def _pyramid(dice: Dice) -> Scene:
    young = dice.chance(0.5)
    shares = sorted(dice.sample(range(2, 14), 6), reverse=young)
    rows = tuple(
        (f"{15 * age}-", float(share), float(max(1, share + dice.whole(-1, 1)))) for age, share in enumerate(shares)
    )
    data = pairs([row[0] for row in rows], [row[1] + row[2] for row in rows])
    return Scene({"data": data}, Pyramid(rows, ("M", "F")), listed="data")


def _density(dice: Dice) -> Scene:
    areas, people = [10 * n for n in dice.wholes(3, 5, 60)], [10 * n for n in dice.wholes(3, 4, 90)]
    rows = (("", "A", "B", "C"), ("km2", *(str(n) for n in areas)), ("1000s", *(str(n) for n in people)))
    text = "; ".join(f"{name}: {area} km², {count},000" for name, area, count in zip("ABC", areas, people, strict=True))
    return Scene({"data": text}, Table(rows), listed="data")


def _urban(dice: Dice) -> Scene:
    values = sorted(dice.sample(range(20, 93), 6))
    curve = tuple((1970.0 + 10 * place, float(value)) for place, value in enumerate(values))
    data = pairs([str(1970 + 10 * place) for place in range(6)], values)
    return Scene(
        {"data": data},
        Plot((curve,), (1965, 2025), (0, 100), "year", "%", marks=tuple((*point, "") for point in curve), grid=True),
        listed="data",
    )


def _climate(dice: Dice) -> Scene:
    south, wet = dice.chance(0.3), dice.chance(0.5)
    mean, swing = dice.whole(4, 22), dice.whole(3, 14)
    shape = (-1.0, -0.9, -0.4, 0.1, 0.5, 0.85, 1.0, 0.95, 0.6, 0.1, -0.4, -0.8)
    warmth = tuple(round(mean + (-swing if south else swing) * share) for share in shape)
    rain = tuple(
        dice.whole(5, 60) + (round(190 * max(0.0, share)) if wet else round(90 * max(0.0, -share))) for share in shape
    )
    return Scene({"data": series(warmth), "rain": sum(rain)}, Climograph(rain, warmth), listed="data")


def _industry(dice: Dice) -> Scene:
    one = dice.whole(3, 30)
    two = dice.whole(15, 40)
    shares = (one, two, 100 - one - two)
    return Scene({"data": pairs(("1", "2", "3"), shares)}, Pie(("1st", "2nd", "3rd"), shares), listed="data")


def _rainfall(dice: Dice) -> Scene:
    names, values = ("A", "B", "C", "D"), [50 * n for n in dice.wholes(4, 6, 40)]
    return Scene({"data": pairs(names, values)}, Bars(names, (tuple(values),), y_name="mm"), listed="data")


SUBJECT: Final = Subject(
    "geography",
    Pair("지리", "Geography"),
    {"maps": Pair("지도", "Maps"), "people": Pair("인구와 도시", "People and cities"), "climate-economy": Pair("기후와 산업", "Climate and industry")},
    (
        Concept(
            "contour-map", "maps", _contour,
            ("등고선 간격이 {step} m인 지형도에서 가장 바깥 등고선은 {base} m, 가장 안쪽은 {top} m이다.", "지형도의 등고선은 {base} m에서 시작하여 {step} m마다 그려져 있고 정상 부근의 값은 {top} m이다."),
            ("On a topographic map with contours every {step} m, the outermost is {base} m and the innermost {top} m.", "The contour lines of a map begin at {base} m, come every {step} m, and reach {top} m near the summit."),
            (choose("steep", "두 지점 A, B 사이에서 경사가 더 급한 쪽", "the steeper part of the way between A and B"), find("count", "지도에 그려진 등고선의 개수", "the number of contour lines on the map")),
        ),
        Concept(
            "map-scale", "maps", _scale,
            ("축척 1:{s},000인 지도에서 두 지점 A와 B 사이의 거리는 {d} cm이다.", "지도의 축척은 1:{s},000이고 자로 잰 A, B 사이의 길이는 {d} cm이다."),
            ("On a map of scale 1:{s},000 the points A and B are {d} cm apart.", "A ruler shows {d} cm between A and B on a map whose scale is 1:{s},000."),
            (find("distance", "A와 B 사이의 실제 거리", "the real distance between A and B"), find("area", "지도에서 1 cm²가 나타내는 실제 면적", "the real area that 1 cm² of the map stands for")),
        ),
        Concept(
            "time-zones", "maps", _time,
            ("도시 A는 동경 {e}°, 도시 B는 서경 {w}°를 표준 경선으로 사용한다. A는 지금 오전 {h}시이다.", "A의 표준시는 동경 {e}°, B의 표준시는 서경 {w}°를 기준으로 한다. A에서 오전 {h}시에 회의가 열린다."),
            ("City A keeps the time of {e}° east, city B that of {w}° west; it is {h} a.m. in A.", "The standard time of A follows the meridian {e}° E, that of B {w}° W, and a meeting starts in A at {h} a.m."),
            (find("difference", "두 도시의 시차", "the time difference between the cities"), find("time", "이때 도시 B의 현지 시각", "the local time in B at that moment")),
        ),
        Concept(
            "population-pyramid", "people", _pyramid,
            ("어느 나라의 연령별 인구(만 명)를 남녀로 나누어 조사하였다({data}).", "인구 피라미드에서 연령층별 인구(만 명)는 다음과 같다({data})."),
            ("The population of a country (in tens of thousands) was counted by age for men and women ({data}).", "A population pyramid gives the size of each age group in tens of thousands ({data})."),
            (explain("type", "이 인구 구조의 유형과 특징", "the type and the features of this population structure"), explain("policy", "이 나라에 필요한 인구 정책", "the population policy this country needs")),
        ),
        Concept(
            "population-density", "people", _density,
            ("세 지역의 면적과 인구를 조사하였다({data}).", "A, B, C 지역의 면적과 인구는 다음과 같다({data})."),
            ("Area and population of three regions were recorded ({data}).", "The regions A, B and C have the following areas and populations ({data})."),
            (choose("densest", "인구 밀도가 가장 높은 지역", "the most densely populated region"), find("density", "A 지역의 인구 밀도", "the population density of region A")),
        ),
        Concept(
            "urbanisation", "people", _urban,
            ("어느 나라의 도시화율(%)은 연도별로 다음과 같이 변하였다({data}).", "10년 간격으로 조사한 도시 인구의 비율은 꾸준히 높아졌다({data})."),
            ("The degree of urbanisation (%) of a country changed over the years ({data}).", "Taken every ten years, the share of people in cities kept growing ({data})."),
            (choose("decade", "도시화가 가장 빠르게 진행된 10년", "the decade of the fastest urbanisation"), explain("problems", "급속한 도시화가 가져오는 문제와 해결 방안", "the problems of rapid urbanisation and ways to solve them")),
        ),
        Concept(
            "climate-chart", "climate-economy", _climate,
            ("어느 지역의 1월부터 12월까지의 월평균 기온(°C)은 다음과 같고({data}) 연 강수량은 {rain} mm이다.", "연 강수량이 {rain} mm인 지역의 월평균 기온(°C)을 1월부터 조사하였다({data})."),
            ("The monthly mean temperatures (°C) of a place, from January on, are ({data}); {rain} mm of rain falls in a year.", "A place with {rain} mm of rain a year has these monthly temperatures in °C from January ({data})."),
            (find("range", "이 지역의 기온의 연교차", "the annual range of temperature"), explain("climate", "이 지역의 기후 특징과 그에 맞는 농업", "the climate of this place and the farming that suits it")),
        ),
        Concept(
            "industry-structure", "climate-economy", _industry,
            ("어느 지역의 1차, 2차, 3차 산업 종사자 비율(%)은 다음과 같다({data}).", "산업별 취업자 구성을 1차, 2차, 3차로 나누어 조사하였다({data})."),
            ("The shares (%) of workers in the primary, secondary and tertiary sectors are ({data}).", "Employment in a region was split into sectors 1, 2 and 3 ({data})."),
            (explain("stage", "이 지역의 산업 발달 단계", "the stage of industrial development of this region"), find("angle", "원그래프에서 3차 산업이 차지하는 중심각", "the central angle of the tertiary sector in a pie chart")),
        ),
        Concept(
            "rainfall-regions", "climate-economy", _rainfall,
            ("네 지역의 연 강수량(mm)을 비교하였다({data}).", "A~D 지역에 한 해 동안 내린 비의 양을 막대로 나타내었다({data})."),
            ("The yearly rainfall (mm) of four regions is compared ({data}).", "Bars show how much rain fell in the regions A to D within a year ({data})."),
            (choose("driest", "강수량이 가장 적은 지역", "the region with the least rain"), explain("relief", "지형이 강수량의 차이를 만드는 까닭", "how relief causes differences in rainfall")),
        ),
    ),
)  # fmt: skip
