"""Earth science and astronomy."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, choose, explain, find
from lensdex_problems.drawing.landmap import Landmap
from lensdex_problems.drawing.plot import Plot, sampled
from lensdex_problems.drawing.sky import Sky
from lensdex_problems.drawing.strata import Strata
from lensdex_problems.notation import series

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _strata(dice: Dice) -> Scene:
    letters = tuple(dice.shuffled("ABCDE"))
    fault = dice.chance(0.5)
    return Scene(
        {"data": series(letters), "top": letters[0], "low": letters[-1]},
        Strata(letters, fault, dice.whole(0, 2)),
        listed="data",
    )


def _quake(dice: Dice) -> Scene:
    gap, p, s = dice.whole(4, 30), dice.pick((6, 7, 8)), dice.pick((3, 4))
    curves = tuple(sampled([(0.0, 0.0), (400.0, 400 / speed)]) for speed in (p, s))
    return Scene(
        {"t": gap, "p": p, "s": s}, Plot(curves, (0, 400), (0, 150), "km", "t (s)", names=("P", "S"), grid=True)
    )


def _half_life(dice: Dice) -> Scene:
    life, n = 10 * dice.whole(2, 70), dice.whole(2, 5)
    curve = sampled([(x / 10, 100 * 0.5 ** (x / 10)) for x in range(61)])
    return Scene(
        {"h": Pair(f"{life}만", f"{life * 10_000:,}"), "n": 2**n},
        Plot((curve,), (0, 6), (0, 110), "T", "%", guides=((1.0, 50.0), (2.0, 25.0)), grid=True),
    )


def _moon(dice: Dice) -> Scene:
    letters = ("A", "B", "C", "D", "E", "F", "G", "H") if dice.chance(0.5) else ("A", "B", "C", "D")
    return Scene({"x": dice.pick(letters), "day": dice.whole(3, 14)}, Sky("moon", letters), essential=True)


def _kepler(dice: Dice) -> Scene:
    a = dice.pick((4, 9, 16, 25))
    return Scene(
        {"a": a, "e": dice.whole(1, 6) / 10, "n": 5}, Sky("ellipse", ("A", "B", "C", "D", "E")[: dice.whole(3, 5)])
    )


def _parallax(dice: Dice) -> Scene:
    angle = dice.whole(2, 40) / 100
    return Scene({"p": angle, "m": dice.whole(1, 6)}, Sky("parallax", (f'p = {angle}"',)))


def _seasons(dice: Dice) -> Scene:
    letters = tuple(dice.shuffled("ABCD"))
    return Scene({"x": dice.pick(letters), "lat": dice.whole(30, 45)}, Sky("seasons", letters), essential=True)


def _lapse(dice: Dice) -> Scene:
    height, warm, dew = 500 * dice.whole(3, 6), dice.whole(20, 30), dice.whole(10, 16)
    curve = sampled(
        [
            (warm, 0.0),
            (warm - 10 * (warm - dew) / 8, 0.125 * (warm - dew)),
            (warm - 10 * (warm - dew) / 8 - 6, 0.125 * (warm - dew) + 1.2),
        ]
    )
    return Scene({"h": height, "t": warm, "d": dew}, Plot((curve,), (0, 32), (0, 3.6), "T (°C)", "km", grid=True))


def _isobars(dice: Dice) -> Scene:
    low = dice.chance(0.5)
    start = 4 * dice.whole(250, 253)
    levels = tuple(start + (-4 if low else 4) * place for place in range(4))
    return Scene(
        {"data": series(levels), "edge": levels[0], "mid": levels[-1]},
        Landmap("isobars", levels, seed=dice.whole(0, 9)),
        listed="data",
    )


SUBJECT: Final = Subject(
    "earth",
    Pair("지구과학", "Earth science"),
    {"solid-earth": Pair("고체 지구", "Solid earth"), "astronomy": Pair("천문", "Astronomy"), "atmosphere": Pair("대기", "Atmosphere")},
    (
        Concept(
            "rock-layers", "solid-earth", _strata,
            ("지층이 위에서부터 {data} 순서로 쌓여 있고 화성암 P가 지층을 관입하였다.", "어느 절벽에서 지층을 관찰하였다(위에서부터 {data}). 암석 P는 지층을 뚫고 들어왔다."),
            ("Rock layers lie in this order from the top: {data}. The igneous rock P has intruded into them.", "On a cliff, layers were observed from top to bottom ({data}); the rock P cuts into them."),
            (choose("oldest", "가장 먼저 쌓인 지층", "the layer laid down first"), explain("sequence", "이 지역에서 일어난 지질학적 사건의 순서", "the order of the geological events in this area")),
        ),
        Concept(
            "earthquake-distance", "solid-earth", _quake,
            ("어느 관측소에서 P파가 도착하고 {t}초 뒤에 S파가 도착하였다. P파와 S파의 속력은 각각 {p} km/s, {s} km/s이다.", "지진 기록에서 PS시가 {t}초였다. P파는 {p} km/s, S파는 {s} km/s로 전파된다."),
            ("At a station the S wave arrived {t} s after the P wave; their speeds are {s} km/s and {p} km/s.", "A seismogram shows an S-P interval of {t} s; P waves travel at {p} km/s and S waves at {s} km/s."),
            (find("distance", "관측소에서 진원까지의 거리", "the distance from the station to the focus"), explain("epicentre", "세 관측소의 자료로 진앙을 찾는 방법", "how data from three stations locate the epicentre")),
        ),
        Concept(
            "radiometric-dating", "solid-earth", _half_life,
            ("반감기가 {h} 년인 방사성 동위 원소가 처음 양의 1/{n}만 남아 있는 암석이 있다.", "어떤 암석에 남은 방사성 원소의 양은 처음의 {n}분의 1이고, 이 원소의 반감기는 {h} 년이다."),
            ("A rock keeps 1/{n} of a radioactive isotope whose half-life is {h} years.", "Of a radioactive element with a half-life of {h} years, one part in {n} is left in a rock."),
            (find("age", "이 암석의 절대 연령", "the absolute age of the rock"), explain("limits", "절대 연령 측정의 원리", "the principle of dating by radioactive decay")),
        ),
        Concept(
            "moon-phases", "astronomy", _moon,
            ("달이 지구 둘레를 공전하는 여러 위치를 A, B, C, D 등으로 나타내었다. 태양 빛은 오른쪽에서 온다.", "태양이 오른쪽에 있을 때, 지구 E를 도는 달의 위치에 A부터 차례로 이름을 붙였다."),
            ("Positions of the moon on its way around the earth are marked A, B, C, D and so on; sunlight comes from the right.", "With the sun on the right, the places of the moon around the earth E are lettered from A."),
            (choose("phase", "{x} 위치에 있는 달의 위상", "the phase of the moon at {x}"), explain("later", "{x} 위치에서 {day}일이 지난 뒤 보이는 달의 모양", "the shape of the moon {day} days after position {x}")),
        ),
        Concept(
            "kepler-laws", "astronomy", _kepler,
            ("궤도의 긴반지름이 {a} AU, 이심률이 {e}인 소행성이 태양을 공전한다.", "어떤 소행성의 타원 궤도는 긴반지름 {a} AU, 이심률 {e}이다."),
            ("An asteroid circles the sun on an orbit with semi-major axis {a} AU and eccentricity {e}.", "The elliptic orbit of an asteroid has a semi-major axis of {a} AU and an eccentricity of {e}."),
            (find("period", "소행성의 공전 주기", "the orbital period of the asteroid"), explain("areas", "면적 속도 일정 법칙에 따른 공전 속력의 변화", "how its speed changes by the law of equal areas")),
        ),
        Concept(
            "stellar-parallax", "astronomy", _parallax,
            ("연주 시차가 {p}″인 별 S의 겉보기 등급은 {m}등급이다.", "6개월 간격으로 별 S를 관측하여 연주 시차 {p}″를 얻었다. 이 별은 {m}등급으로 보인다."),
            ("The star S has a parallax of {p}″ and an apparent magnitude of {m}.", "Observations half a year apart give a parallax of {p}″ for the star S, which appears at magnitude {m}."),
            (find("distance", "별 S까지의 거리(pc)", "the distance of S in parsecs"), find("absolute", "별 S의 절대 등급", "the absolute magnitude of S")),
        ),
        Concept(
            "seasons", "astronomy", _seasons,
            ("자전축이 23.5° 기울어진 지구가 태양 둘레의 네 위치 A, B, C, D를 지난다.", "지구의 공전 궤도 위에 춘분, 하지, 추분, 동지의 위치가 A~D 중 하나씩으로 표시되어 있다."),
            ("The earth, its axis tilted by 23.5°, passes the positions A, B, C and D around the sun.", "The equinoxes and solstices are marked on the earth's orbit by the letters A to D."),
            (choose("season", "지구가 {x}에 있을 때 북반구의 계절", "the season of the northern hemisphere when the earth is at {x}"), find("altitude", "북위 {lat}°에서 하짓날 태양의 남중 고도", "the height of the noon sun at latitude {lat}° north at the summer solstice")),
        ),
        Concept(
            "rising-air", "atmosphere", _lapse,
            ("기온 {t} °C, 이슬점 {d} °C인 공기가 높이 {h} m인 산을 넘는다.", "산기슭(기온 {t} °C, 이슬점 {d} °C)의 공기 덩어리가 {h} m의 정상까지 올라갔다."),
            ("Air at {t} °C with a dew point of {d} °C crosses a mountain {h} m high.", "A parcel of air ({t} °C, dew point {d} °C) rises from the foot of a mountain to its top at {h} m."),
            (find("cloud", "구름이 생기기 시작하는 높이", "the height at which clouds begin to form"), explain("foehn", "산을 넘은 공기가 고온 건조해지는 까닭", "why the air is warm and dry beyond the mountain")),
        ),
        Concept(
            "pressure-systems", "atmosphere", _isobars,
            ("일기도에서 등압선의 값(hPa)이 바깥쪽부터 {data}이다.", "북반구의 어느 지역을 둘러싼 등압선을 바깥에서 안쪽으로 읽었다({data})."),
            ("On a weather map the isobars read, from outside in, {data} (hPa).", "The isobars around a place in the northern hemisphere were read inwards ({data})."),
            (explain("wind", "중심 부근에서 바람이 부는 방향과 날씨", "the winds and the weather near the centre"), find("difference", "가장 바깥쪽과 가장 안쪽 등압선의 기압 차이", "the difference in pressure between the outermost and the innermost isobar")),
        ),
    ),
)  # fmt: skip
