"""Geography: maps, population, climate."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, choose, explain, find
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
            ko=(
                "등고선 간격이 {step} m인 지형도에서 가장 바깥 등고선은 {base} m, 가장 안쪽은 {top} m이다.",
                "높이 {step} m마다 등고선을 그은 지도에 산 하나가 나타나 있다. 바깥쪽 끝의 등고선은 해발 {base} m, 정상에 가장 가까운 등고선은 해발 {top} m를 가리킨다.",
                "등산객이 가진 지형도의 등고선은 {base} m에서 시작하여 {step} m씩 높아지며, 안쪽의 마지막 선은 {top} m이다. 지도 위에는 두 지점 A, B가 있다.",
                "어느 구릉지를 나타낸 지도에서 이웃한 두 등고선의 고도 차는 {step} m이다. 최저 등고선의 고도는 {base} m, 최고 등고선의 고도는 {top} m로 표시되어 있다.",
                "답사 지역의 산지 지도에는 해발 {base} m부터 {top} m까지 {step} m 간격으로 등고선이 그려져 있고, 조사 지점 A와 B가 표시되어 있다.",
            ),
            en=(
                "On a topographic map with contours every {step} m, the outermost is {base} m and the innermost {top} m.",
                "A hill is drawn with contour lines whose heights rise in steps of {step} m, from {base} m at its edge to {top} m around the summit.",
                "Hikers use a relief map with a contour interval of {step} m. The lowest line on it reads {base} m, the highest {top} m, and two resting places are marked A and B.",
                "Neighbouring contour lines of an upland map differ by {step} m in altitude. The line enclosing all others lies {base} m above sea level, the smallest closed line {top} m.",
                "On the survey sheet of a mountain, lines of equal height run from {base} m up to {top} m, one for every {step} m of ascent; A and B are survey stations.",
            ),
            tasks=(
                choose("steep", "두 지점 A, B 사이에서 경사가 더 급한 쪽", "the steeper part of the way between A and B"),
                find("summit-height", "산 정상의 해발 고도로 가능한 범위", "the range within which the height of the summit must lie"),
                explain("profile", "두 지점 A, B를 잇는 선을 따라 지형 단면도를 그리는 방법", "how to draw a cross-section of the land along the line from A to B"),
            ),
            held_out=(
                HeldOut(
                    find("count", "지도에 그려진 등고선의 개수", "the number of contour lines on the map"),
                    "지형도의 등고선은 {base} m에서 시작하여 {step} m마다 그려져 있고 정상 부근의 값은 {top} m이다.",
                    "The contour lines of a map begin at {base} m, come every {step} m, and reach {top} m near the summit.",
                ),
                HeldOut(
                    explain("line-spacing", "등고선의 간격과 경사의 급함 사이의 관계", "how the spacing of the contour lines shows the steepness of a slope"),
                    "높이가 {step} m씩 차이 나는 등고선들로 산을 나타낸 지도에서 가장 낮은 등고선은 {base} m, 가장 높은 등고선은 {top} m를 가리킨다.",
                    "A hiking map shows a hill with a contour interval of {step} m; the lowest line stands for {base} m and the highest for {top} m.",
                ),
            ),
        ),
        Concept(
            "map-scale", "maps", _scale,
            ko=(
                "축척 1:{s},000인 지도에서 두 지점 A와 B 사이의 거리는 {d} cm이다.",
                "지도에서 A 지점과 B 지점 사이를 자로 재었더니 {d} cm였다. 지도의 아래쪽에는 축척이 1:{s},000이라고 적혀 있다.",
                "한 모둠이 축척이 {s},000분의 1인 지도를 들고 답사를 준비하며 출발점 A에서 도착점 B까지의 도상 거리를 {d} cm로 측정하였다.",
                "두 지점 A, B를 잇는 선분의 길이는 지도 위에서 {d} cm이다. 이 지도에서 1 cm는 땅 위의 {s},000 cm를 나타낸다.",
            ),
            en=(
                "On a map of scale 1:{s},000 the points A and B are {d} cm apart.",
                "A ruler laid on a 1:{s},000 sheet shows {d} cm between the railway station A and the lighthouse B.",
                "The villages A and B are separated by a straight line of {d} cm on a walking map, where every length is drawn {s},000 times smaller than in nature.",
                "Students planning a field trip measure {d} cm on the map from their school A to the museum B. The legend gives the representative fraction as 1/{s},000.",
                "One centimetre on a certain map stands for {s},000 cm on the ground. The spots labelled A and B lie {d} cm from each other on this map.",
            ),
            tasks=(
                find("distance", "A와 B 사이의 실제 거리", "the real distance between A and B"),
                find("other-scale", "축척 1:10,000인 지도에서 A와 B 사이의 거리", "the distance between A and B on a map of scale 1:10,000"),
                explain("larger-scale", "축척이 더 큰 지도와 비교한 이 지도의 장점과 단점", "the strengths and weaknesses of this map compared with one of larger scale"),
            ),
            held_out=(
                HeldOut(
                    find("area", "지도에서 1 cm²가 나타내는 실제 면적", "the real area that 1 cm² of the map stands for"),
                    "지도의 축척은 1:{s},000이고 자로 잰 A, B 사이의 길이는 {d} cm이다.",
                    "A ruler shows {d} cm between A and B on a map whose scale is 1:{s},000.",
                ),
                HeldOut(
                    find("walking-time", "시속 4 km로 A에서 B까지 곧게 걸어갈 때 걸리는 시간", "the time needed to walk straight from A to B at 4 km/h"),
                    "실제 거리를 {s},000분의 1로 줄인 등산 지도에서 두 지점 A와 B는 {d} cm 떨어져 있다.",
                    "Two places A and B lie {d} cm apart on a hiking map that shrinks real distances {s},000 times.",
                ),
            ),
        ),
        Concept(
            "time-zones", "maps", _time,
            ko=(
                "도시 A는 동경 {e}°, 도시 B는 서경 {w}°를 표준 경선으로 사용한다. A는 지금 오전 {h}시이다.",
                "표준시의 기준이 되는 경선이 A 도시는 동경 {e}°, B 도시는 서경 {w}°이다. A 도시의 시계는 오전 {h}시를 가리키고 있다.",
                "동경 {e}°를 기준으로 시각을 정하는 A 도시의 학생이 현지 시각 오전 {h}시에 친구에게 전화를 걸었다. 친구가 사는 B 도시의 표준 경선은 서경 {w}°이다.",
                "A시는 본초 자오선에서 동쪽으로 {e}°, B시는 서쪽으로 {w}° 떨어진 경선에 맞추어 표준시를 쓴다. A시에서는 오전 {h}시 뉴스가 시작되고 있다.",
                "서경 {w}°의 시각을 쓰는 도시 B와 동경 {e}°의 시각을 쓰는 도시 A의 두 회사가 화상 회의를 연다. 회의가 시작되는 때는 A의 시각으로 오전 {h}시이다.",
            ),
            en=(
                "City A keeps the time of {e}° east, city B that of {w}° west; it is {h} a.m. in A.",
                "An online meeting between offices in cities A and B opens at {h}:00 a.m. by A's clock. Standard time follows the meridian {e}°E in A and {w}°W in B.",
                "The standard meridian of city A is {e}° east of Greenwich and that of city B {w}° west of it. Clocks in A read {h} o'clock in the morning.",
                "A traveller in city A, where time is set by longitude {e}°E, phones home to city B, where it is set by longitude {w}°W. The call is made at {h} a.m. local time in A.",
                "City B's clocks are tied to the meridian of {w} degrees west, city A's to that of {e} degrees east; the sports day in A is just starting, at {h} in the morning.",
            ),
            tasks=(
                find("difference", "두 도시의 시차", "the time difference between the cities"),
                explain("fifteen-degrees", "경도 15°마다 1시간의 시차가 생기는 까닭", "why 15° of longitude correspond to a time difference of one hour"),
            ),
            held_out=(
                HeldOut(
                    find("time", "이때 도시 B의 현지 시각", "the local time in B at that moment"),
                    "A의 표준시는 동경 {e}°, B의 표준시는 서경 {w}°를 기준으로 한다. A에서 오전 {h}시에 회의가 열린다.",
                    "The standard time of A follows the meridian {e}° E, that of B {w}° W, and a meeting starts in A at {h} a.m.",
                ),
                HeldOut(
                    find("noon-in-b", "도시 B가 정오일 때 도시 A의 현지 시각", "the local time in A when it is noon in B"),
                    "동경 {e}°를 표준 경선으로 쓰는 도시 A의 시계가 오전 {h}시를 가리킬 때 화상 수업이 시작된다. 함께하는 도시 B는 서경 {w}°를 표준 경선으로 쓴다.",
                    "City A keeps the time of longitude {e}° E and city B that of {w}° W; an online lesson begins when clocks in A show {h} a.m.",
                ),
            ),
        ),
        Concept(
            "population-pyramid", "people", _pyramid,
            ko=(
                "어느 나라의 연령별 인구(만 명)를 남녀로 나누어 조사하였다({data}).",
                "세로축에 나이, 가로축에 남녀 인구를 둔 그래프를 그리기 위해 한 나라의 연령대별 인구 자료를 수집하였다({data}). 각 연령대는 시작 나이로 나타내며 단위는 만 명이다.",
                "한 나라에 사는 사람들의 수를 만 명 단위로 세어 성별과 나이에 따라 여섯 연령층으로 구분하였다({data}).",
                "어느 국가의 유소년층부터 노년층까지의 인구 분포를 성별로 파악한 통계가 공개되어 있다({data}). 인구는 만 명을 단위로 한다.",
            ),
            en=(
                "The population of a country (in tens of thousands) was counted by age for men and women ({data}).",
                "Census takers sorted the men and women of a nation into age bands beginning every fifteen years, with numbers in units of ten thousand ({data}).",
                "The age and sex structure of a country is known from a survey ({data}). Each band is named by its youngest age, and the unit is ten thousand people.",
                "To draw a graph with age on the vertical axis, a class gathers the numbers of male and female inhabitants of a country by age group, in tens of thousands ({data}).",
                "A yearbook states how many residents of either sex a country has in six age groups, from children to the very old, in tens of thousands ({data}).",
            ),
            tasks=(
                explain("type", "이 인구 구조의 유형과 특징", "the type and the features of this population structure"),
                find("elderly-share", "전체 인구에서 60세 이상 인구가 차지하는 비율", "the share of people aged 60 and over in the whole population"),
            ),
            held_out=(
                HeldOut(
                    explain("policy", "이 나라에 필요한 인구 정책", "the population policy this country needs"),
                    "인구 피라미드에서 연령층별 인구(만 명)는 다음과 같다({data}).",
                    "A population pyramid gives the size of each age group in tens of thousands ({data}).",
                ),
                HeldOut(
                    find("old-age-ratio", "15세 이상 60세 미만 인구에 대한 60세 이상 인구의 비", "the ratio of people aged 60 or over to people aged 15 to 59"),
                    "통계청 자료를 바탕으로 어느 나라의 남녀 인구를 15세 간격으로 묶고 만 명 단위로 집계하였다({data}).",
                    "A country's census sorts its people into 15-year age bands and counts each band in units of ten thousand ({data}).",
                ),
            ),
        ),
        Concept(
            "population-density", "people", _density,
            ko=(
                "세 지역의 면적과 인구를 조사하였다({data}).",
                "지리 수업에서 비교할 세 행정 구역 A, B, C의 토지 면적(km²)과 주민 등록 인구(명)가 제시되어 있다({data}).",
                "인구가 얼마나 밀집해 있는지 견주어 보기 위하여 지역 A~C가 차지하는 면적과 총인구 자료를 모았다({data}).",
                "한 도를 이루는 지역은 A, B, C 셋이며, 지역마다 km² 단위의 면적과 명 단위의 인구가 집계되었다({data}).",
            ),
            en=(
                "Area and population of three regions were recorded ({data}).",
                "An atlas gives the surface area and the number of inhabitants of the regions A, B and C ({data}).",
                "Three neighbouring regions, A, B and C, are to be compared; how large each is and how many people live there is known ({data}).",
                "For a report on crowding, pupils looked up the land area in square kilometres and the head count of regions A, B and C ({data}).",
                "A province consists of the regions A, B and C, whose extent and resident population were taken from the latest census ({data}).",
            ),
            tasks=(
                choose("densest", "인구 밀도가 가장 높은 지역", "the most densely populated region"),
                explain("density-factors", "지역에 따라 인구 밀도가 달라지는 자연적, 사회적 요인", "the natural and social factors behind differences in population density"),
            ),
            held_out=(
                HeldOut(
                    find("density", "A 지역의 인구 밀도", "the population density of region A"),
                    "A, B, C 지역의 면적과 인구는 다음과 같다({data}).",
                    "The regions A, B and C have the following areas and populations ({data}).",
                ),
                HeldOut(
                    find("overall-density", "세 지역을 하나로 합쳤을 때의 인구 밀도", "the population density of the three regions taken together"),
                    "이웃한 세 지역 A~C의 넓이와 그곳에 사는 주민의 수를 통계 연보에서 찾아 옮겨 적었다({data}).",
                    "A yearbook lists, for three neighbouring districts A to C, the size of the land in km² and the number of inhabitants ({data}).",
                ),
            ),
        ),
        Concept(
            "urbanisation", "people", _urban,
            ko=(
                "어느 나라의 도시화율(%)은 연도별로 다음과 같이 변하였다({data}).",
                "한 나라의 전체 인구 중 도시에 사는 인구의 비율(%)을 1970년부터 10년마다 조사하여 기록하였다({data}).",
                "어떤 국가의 도시화 과정을 알아보려고 10년 간격의 도시화율을 정리하였다({data}). 도시화율은 총인구에 대한 도시 인구의 백분율이다.",
                "농촌 인구가 도시로 이동하면서 어느 나라의 도시 거주자 비중은 반세기 동안 꾸준히 커졌다({data}). 비중의 단위는 %이다.",
                "국제기구가 펴낸 보고서에는 어떤 회원국의 도시 인구 비율이 1970년부터 2020년까지 % 단위로 실려 있다({data}).",
            ),
            en=(
                "The degree of urbanisation (%) of a country changed over the years ({data}).",
                "Every ten years from 1970 to 2020 a country recorded the percentage of its people living in towns and cities ({data}).",
                "As people moved from the countryside to cities, the urban share (%) of a nation's population grew for half a century ({data}).",
                "A yearbook table for one state gives its urbanisation rate in per cent at intervals of ten years ({data}).",
                "Out of every 100 inhabitants of a country, the number who were city dwellers rose steadily between 1970 and 2020 ({data}).",
            ),
            tasks=(
                choose("decade", "도시화가 가장 빠르게 진행된 10년", "the decade of the fastest urbanisation"),
                find("rural-share", "2020년에 촌락에 사는 인구의 비율", "the share of the population living in rural areas in 2020"),
                explain("curve-stage", "2020년에 이 나라가 도시화 곡선의 어느 단계에 있는지와 그 판단 근거", "the stage of the urbanisation curve that the country had reached by 2020, with reasons"),
            ),
            held_out=(
                HeldOut(
                    explain("problems", "급속한 도시화가 가져오는 문제와 해결 방안", "the problems of rapid urbanisation and ways to solve them"),
                    "10년 간격으로 조사한 도시 인구의 비율은 꾸준히 높아졌다({data}).",
                    "Taken every ten years, the share of people in cities kept growing ({data}).",
                ),
                HeldOut(
                    find("mean-yearly-rise", "1970년부터 2020년까지 도시 인구 비율의 연평균 증가 폭", "the mean rise per year of the urban share from 1970 to 2020 in percentage points"),
                    "어느 나라의 국민 가운데 도시에 사는 사람의 백분율을 1970년부터 2020년까지 조사하였더니 매번 앞선 값보다 컸다({data}).",
                    "Between 1970 and 2020 more and more of a nation's inhabitants lived in towns, as its urban percentages show ({data}).",
                ),
            ),
        ),
        Concept(
            "climate-chart", "climate-economy", _climate,
            ko=(
                "어느 지역의 1월부터 12월까지의 월평균 기온(°C)은 다음과 같고({data}) 연 강수량은 {rain} mm이다.",
                "기상 관측소에서 얻은 월별 평균 기온을 1월부터 차례로 늘어놓았다({data}). 단위는 °C이며, 이 관측소가 있는 지역의 연 강수량은 {rain} mm이다.",
                "한 해 동안 내린 강수가 모두 {rain} mm에 이르는 고장이 있다. 이 고장의 열두 달 평균 기온(°C)은 1월부터 순서대로 조사되었다({data}).",
                "기후 그래프를 그리기 위하여 어떤 지역의 월평균 기온을 °C 단위로 1월에서 12월까지 모으고({data}), 1년 강수량을 합하니 {rain} mm였다.",
                "여행 안내서에 소개된 지역의 기후 자료에는 매월의 평균 기온(1월~12월, °C)이 실려 있고({data}), 강수량은 한 해에 {rain} mm로 적혀 있다.",
            ),
            en=(
                "The monthly mean temperatures (°C) of a place, from January on, are ({data}); {rain} mm of rain falls in a year.",
                "Over a whole year {rain} mm of precipitation reaches a certain town. Its mean temperature month by month, January to December and in °C, is on record ({data}).",
                "To draw a climate graph, a pupil collects the average temperature of every month from January to December in degrees Celsius ({data}) and finds a yearly precipitation of {rain} mm.",
                "In a travel guide the climate of a destination is described by its monthly mean temperatures in °C, starting with January ({data}), and by a yearly total of {rain} mm of precipitation.",
            ),
            tasks=(
                find("range", "이 지역의 기온의 연교차", "the annual range of temperature"),
                find("mean-temperature", "이 지역의 연평균 기온", "the annual mean temperature of this place"),
            ),
            held_out=(
                HeldOut(
                    explain("climate", "이 지역의 기후 특징과 그에 맞는 농업", "the climate of this place and the farming that suits it"),
                    "연 강수량이 {rain} mm인 지역의 월평균 기온(°C)을 1월부터 조사하였다({data}).",
                    "A place with {rain} mm of rain a year has these monthly temperatures in °C from January ({data}).",
                ),
                HeldOut(
                    choose("hemisphere", "북반구와 남반구 가운데 이 지역이 속하는 곳", "the hemisphere, northern or southern, in which the place lies"),
                    "어느 관측소에서 1월부터 12월까지 잰 월별 평균 기온을 °C로 적었으며({data}), 열두 달의 강수량을 모두 더하면 {rain} mm이다.",
                    "A weather station recorded twelve monthly mean temperatures, January first, in °C ({data}), and its precipitation for the whole year added up to {rain} mm.",
                ),
            ),
        ),
        Concept(
            "industry-structure", "climate-economy", _industry,
            ko=(
                "어느 지역의 1차, 2차, 3차 산업 종사자 비율(%)은 다음과 같다({data}).",
                "어느 지역에서 농업과 어업 등의 1차, 제조업 등의 2차, 서비스업 등의 3차 산업에 종사하는 사람의 비율을 % 단위로 조사하였다({data}).",
                "한 지역의 취업자를 산업 부문에 따라 셋으로 분류하고 부문별 비중(%)을 구하였다({data}). 1, 2, 3은 각각 1차, 2차, 3차 산업을 나타낸다.",
                "어떤 지역의 산업 구조를 원그래프로 그리려고 1차 산업부터 3차 산업까지의 취업자 구성비(%)를 정리하였다({data}).",
                "한 지역에 일자리를 가진 사람 100명 중 1차, 2차, 3차 산업에 속한 사람이 각각 몇 명꼴인지 통계로 알아보았다({data}).",
            ),
            en=(
                "The shares (%) of workers in the primary, secondary and tertiary sectors are ({data}).",
                "Workers of a region were sorted into farming and fishing (1), manufacturing (2) and services (3), and the percentage in each group was worked out ({data}).",
                "The employment structure of a region is given in per cent for the primary, secondary and tertiary industries, numbered 1 to 3 ({data}).",
                "Of every hundred employed people in a region, a labour office counts how many belong to each of the three economic sectors ({data}).",
                "A pie chart is to show how the jobs of a region are divided, in per cent, among sectors 1, 2 and 3: obtaining raw materials, processing them and providing services ({data}).",
            ),
            tasks=(
                explain("stage", "이 지역의 산업 발달 단계", "the stage of industrial development of this region"),
            ),
            held_out=(
                HeldOut(
                    find("angle", "원그래프에서 3차 산업이 차지하는 중심각", "the central angle of the tertiary sector in a pie chart"),
                    "산업별 취업자 구성을 1차, 2차, 3차로 나누어 조사하였다({data}).",
                    "Employment in a region was split into sectors 1, 2 and 3 ({data}).",
                ),
                HeldOut(
                    explain("development", "경제가 발전함에 따라 산업 구조가 바뀌는 일반적인 과정", "how the structure of employment usually changes as an economy develops"),
                    "어느 지역에서 일하는 사람 100명당 농림어업, 광공업, 서비스업에 종사하는 수를 1, 2, 3의 번호로 구별하여 적었다({data}).",
                    "In a region, people at work are employed in the primary, secondary or tertiary sector, here numbered 1 to 3, in these percentages ({data}).",
                ),
            ),
        ),
        Concept(
            "rainfall-regions", "climate-economy", _rainfall,
            ko=(
                "네 지역의 연 강수량(mm)을 비교하였다({data}).",
                "A, B, C, D 네 지역의 우량계에 1년 동안 모인 비의 양을 mm 단위로 합산하였다({data}).",
                "한 대륙의 서로 다른 지역 A~D에서 여러 해에 걸쳐 관측한 연평균 강수량이 mm 단위로 제시되어 있다({data}).",
                "지역마다 비가 내리는 양이 어떠한지 알아보려고 A, B, C, D의 한 해 강수량을 막대그래프로 나타낼 자료를 모았다({data}). 단위는 mm이다.",
                "어느 나라의 기상청은 관측 지역 네 곳을 A, B, C, D로 구분하여 연간 강수량(mm)을 발표하였다({data}).",
            ),
            en=(
                "The yearly rainfall (mm) of four regions is compared ({data}).",
                "Rain gauges in the regions A, B, C and D were read for a year, and the totals in millimetres were written down ({data}).",
                "The weather service of a large country publishes the annual precipitation, measured in mm, of its regions A to D ({data}).",
                "Pupils want to make a bar chart of how many millimetres of rain four regions of a continent, called A, B, C and D, receive in a year ({data}).",
                "Long-term climate records contain the mean yearly amount of rain in mm for each of the regions A, B, C and D ({data}).",
            ),
            tasks=(
                choose("driest", "강수량이 가장 적은 지역", "the region with the least rain"),
                explain("land-use", "강수량의 차이가 각 지역의 식생과 농업에 미치는 영향", "how differences in rainfall influence vegetation and farming in the regions"),
            ),
            held_out=(
                HeldOut(
                    explain("relief", "지형이 강수량의 차이를 만드는 까닭", "how relief causes differences in rainfall"),
                    "A~D 지역에 한 해 동안 내린 비의 양을 막대로 나타내었다({data}).",
                    "Bars show how much rain fell in the regions A to D within a year ({data}).",
                ),
                HeldOut(
                    find("mean-rainfall", "네 지역의 연 강수량의 평균", "the mean yearly rainfall of the four regions"),
                    "우량계를 설치한 네 관측 지점 A, B, C, D의 연 강수량을 mm 단위로 서로 비교하였다({data}).",
                    "Rain gauges at four stations A, B, C and D collected these yearly totals in millimetres ({data}).",
                ),
            ),
        ),
    ),
)  # fmt: skip
