"""Earth science and astronomy."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, choose, explain, find
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
            ko=(
                "지층이 위에서부터 {data} 순서로 쌓여 있고 화성암 P가 지층을 관입하였다.",
                "어느 절벽에 뒤집힌 적이 없는 다섯 지층이 드러나 있고(위에서 아래로: {data}), 마그마가 굳은 화성암 P가 이 지층을 뚫고 들어와 있다.",
                "화성암 P의 관입을 받은 퇴적층이 있다. 지표에서 아래로 내려가며 만나는 지층은 차례대로 다음과 같다({data}).",
                "한 지역의 지질 단면을 조사하여 지층의 배열(위쪽 지층부터: {data})을 알아내었으며, 지층을 뚫고 들어온 화성암은 P로 표시하였다.",
                "시추를 하였더니 지층 A, B, C, D, E가 일정한 순서로 나왔다(얕은 곳부터: {data}). 이 지층을 가르고 들어온 화성암은 P이다.",
            ),
            en=(
                "Rock layers lie in this order from the top: {data}. The igneous rock P has intruded into them.",
                "A cliff exposes five sedimentary layers that have never been overturned (top to bottom: {data}), and magma that forced its way into them has hardened as the igneous rock P.",
                "Geologists drawing a cross-section of an area record the sequence of beds (uppermost first: {data}) and a body of igneous rock, P, that cuts into the beds.",
                "Drilling down from the surface meets the strata A to E one after another (shallowest first: {data}); P is an igneous intrusion into these strata.",
                "Molten rock once pushed into a stack of strata and solidified there as P. The strata were never turned upside down, and their order is known (from the top: {data}).",
            ),
            tasks=(
                choose("oldest", "가장 먼저 쌓인 지층", "the layer laid down first"),
                choose("deposited-next", "지층 {low} 바로 다음에 퇴적된 지층", "the layer deposited immediately after layer {low}"),
            ),
            held_out=(
                HeldOut(
                    explain("sequence", "이 지역에서 일어난 지질학적 사건의 순서", "the order of the geological events in this area"),
                    "어느 절벽에서 지층을 관찰하였다(위에서부터 {data}). 암석 P는 지층을 뚫고 들어왔다.",
                    "On a cliff, layers were observed from top to bottom ({data}); the rock P cuts into them.",
                ),
                HeldOut(
                    explain("cross-cutting", "암석 P와 지층의 생성 순서를 비교하는 데 쓰이는 원리", "the principle used to compare the age of rock P with that of the layers"),
                    "도로 공사로 드러난 지층의 단면을 맨 위층부터 아래로 적었다({data}). 마그마가 굳은 암석 P가 이곳에 관입해 있다.",
                    "A road cut exposes five rock beds, named here downwards from the surface ({data}); an igneous body P has intruded them.",
                ),
            ),
        ),
        Concept(
            "earthquake-distance", "solid-earth", _quake,
            ko=(
                "지진계 기록에서 P파와 S파의 도달 시각의 차, 곧 PS시는 {t}초였다. 이 지역의 지진파 속력은 P파가 {p} km/s, S파가 {s} km/s이다.",
                "지진이 일어나자 {p} km/s로 나아가는 P파가 관측소에 먼저 닿았고, {s} km/s로 나아가는 S파는 그보다 {t}초 늦게 닿았다.",
                "진원에서 동시에 출발한 두 지진파가 관측소에 {t}초 간격으로 기록되었다. 빠른 P파는 1초에 {p} km, 느린 S파는 1초에 {s} km를 이동한다.",
                "속력이 각각 {p} km/s와 {s} km/s인 P파와 S파를 이용하여 지진을 조사하던 어느 관측소에서, 첫 진동 후 {t}초가 지나 S파의 큰 흔들림이 시작되었다.",
            ),
            en=(
                "At a station the S wave arrived {t} s after the P wave; their speeds are {s} km/s and {p} km/s.",
                "Two waves leave the focus of an earthquake together. The P wave covers {p} km each second, the S wave only {s} km, and they reach a station {t} s apart.",
                "People at a seismic station felt the first small tremor, due to a P wave moving at {p} km/s, and {t} s later the strong shaking of an S wave moving at {s} km/s.",
                "With speeds of {p} km/s for P waves and {s} km/s for S waves in the crust, an earthquake station registers the slower wave {t} s behind the faster one.",
            ),
            tasks=(
                find("distance", "관측소에서 진원까지의 거리", "the distance from the station to the focus"),
            ),
            held_out=(
                HeldOut(
                    explain("epicentre", "세 관측소의 자료로 진앙을 찾는 방법", "how data from three stations locate the epicentre"),
                    "지진 기록에서 PS시가 {t}초였다. P파는 {p} km/s, S파는 {s} km/s로 전파된다.",
                    "A seismogram shows an S-P interval of {t} s; P waves travel at {p} km/s and S waves at {s} km/s.",
                ),
                HeldOut(
                    find("travel-time", "P파가 진원에서 관측소까지 오는 데 걸린 시간", "the time the P wave took from the source to the station"),
                    "어느 관측소에 P파가 도착하고 {t}초 뒤에 S파가 도착하였으며, 두 파의 속력은 각각 {p} km/s와 {s} km/s이다.",
                    "At a seismic station the S wave, moving at {s} km/s, arrived {t} seconds after the P wave, moving at {p} km/s.",
                ),
            ),
        ),
        Concept(
            "radiometric-dating", "solid-earth", _half_life,
            ko=(
                "반감기가 {h} 년인 방사성 동위 원소가 처음 양의 1/{n}만 남아 있는 암석이 있다.",
                "화성암 속의 방사성 동위 원소를 분석하였더니, 암석이 생성될 때에 비하여 그 양이 1/{n}만 남아 있었다. 이 원소의 반감기는 {h} 년이다.",
                "어떤 방사성 동위 원소는 {h} 년마다 절반으로 줄어든다. 한 암석 시료에서 이 원소는 처음의 1/{n}만 검출되었다.",
                "지질학자가 채취한 암석의 광물에는 생성 당시 들어 있던 모원소 가운데 1/{n}만 붕괴하지 않고 남아 있으며, 모원소의 반감기는 {h} 년으로 알려져 있다.",
                "반감기 {h} 년의 방사성 동위 원소를 이용하여 암석의 나이를 측정하려 한다. 측정 결과 이 원소의 현재 양은 처음 양을 {n}으로(로) 나눈 값과 같았다.",
            ),
            en=(
                "A rock keeps 1/{n} of a radioactive isotope whose half-life is {h} years.",
                "Every {h} years the amount of a certain radioactive isotope falls by half, and a rock sample now contains just 1/{n} of what it had when it formed.",
                "Analysis of a mineral in an igneous rock shows that only 1/{n} of the original parent isotope is left; the half-life of this isotope is {h} years.",
                "A geologist wants to date a rock with an isotope that has a half-life of {h} years. The present amount equals the initial amount divided by {n}.",
                "Since a rock crystallised, its content of a radioactive element with half-life {h} years has dropped to 1/{n} of the starting value.",
            ),
            tasks=(
                find("age", "이 암석의 절대 연령", "the absolute age of the rock"),
                find("half-lives", "암석이 생성된 뒤 지금까지 지난 반감기의 횟수", "the number of half-lives that have passed since the rock formed"),
            ),
            held_out=(
                HeldOut(
                    explain("limits", "절대 연령 측정의 원리", "the principle of dating by radioactive decay"),
                    "어떤 암석에 남은 방사성 원소의 양은 처음의 {n}분의 1이고, 이 원소의 반감기는 {h} 년이다.",
                    "Of a radioactive element with a half-life of {h} years, one part in {n} is left in a rock.",
                ),
                HeldOut(
                    find("parent-daughter", "현재 시료에 있는 모원소와 자원소의 개수비", "the present ratio of parent to daughter atoms in the sample"),
                    "{h} 년마다 절반으로 줄어드는 방사성 동위 원소가 화강암 시료에서 처음 양의 1/{n}만 검출되었다.",
                    "A granite sample still holds 1/{n} of its original radioactive isotope, which decays to half its amount every {h} years.",
                ),
            ),
        ),
        Concept(
            "moon-phases", "astronomy", _moon,
            ko=(
                "달이 지구 둘레를 공전하는 여러 위치를 A, B, C, D 등으로 나타내었다. 태양 빛은 오른쪽에서 온다.",
                "지구를 중심으로 한 달의 공전 궤도에 A부터 차례로 기호를 붙여 달의 위치를 표시하였다. 태양은 오른쪽 멀리에 있다.",
                "오른쪽에서 태양 빛이 들어올 때, 한 달 동안 지구 주위를 도는 달의 자리를 A, B, C, D 등의 기호로 구별하였다.",
                "과학실에서 오른쪽에 둔 전등을 태양으로 삼고, 지구본 둘레의 여러 자리 A, B, C, D 등에 달 모형을 놓아 달의 공전을 나타내었다.",
                "달은 약 한 달에 한 번 지구를 돌며, 그 궤도 위의 몇 지점에 알파벳 A, B, C, D 등이 적혀 있다. 햇빛은 오른쪽에서 왼쪽으로 비친다.",
            ),
            en=(
                "Positions of the moon on its way around the earth are marked A, B, C, D and so on; sunlight comes from the right.",
                "The orbit of the moon is drawn with the earth at its centre, and letters beginning with A mark where the moon may be. The sun is far away on the right.",
                "With the light of the sun coming in from the right, the places the moon takes up during a month are labelled A, B, C, D and so on.",
                "In a classroom model a lamp on the right stands for the sun, and a ball for the moon is put at places A, B, C, D and so on around a globe.",
                "Rays from the sun travel from right to left across a diagram of the earth and the moon's path, on which several points carry the letters A, B, C, D and so on.",
            ),
            tasks=(
                choose("phase", "{x} 위치에 있는 달의 위상", "the phase of the moon at {x}"),
                explain("eclipse", "달이 {x}에 있을 때 일식이나 월식이 일어날 수 있는지와 그 까닭", "whether a solar or lunar eclipse is possible with the moon at {x}, and why"),
            ),
            held_out=(
                HeldOut(
                    explain("later", "{x} 위치에서 {day}일이 지난 뒤 보이는 달의 모양", "the shape of the moon {day} days after position {x}"),
                    "태양이 오른쪽에 있을 때, 지구 E를 도는 달의 위치에 A부터 차례로 이름을 붙였다.",
                    "With the sun on the right, the places of the moon around the earth E are lettered from A.",
                ),
                HeldOut(
                    explain("no-monthly-eclipse", "일식과 월식이 매달 일어나지는 않는 까닭", "why eclipses of the sun and the moon do not happen every month"),
                    "햇빛이 오른쪽에서 비칠 때 달이 지구 E 둘레의 궤도에서 차지하는 여러 위치를 A부터 알파벳순으로 구별하였다.",
                    "Sunlight comes from the right, and letters starting with A label successive positions of the moon on its path round the earth E.",
                ),
            ),
        ),
        Concept(
            "kepler-laws", "astronomy", _kepler,
            ko=(
                "궤도의 긴반지름이 {a} AU, 이심률이 {e}인 소행성이 태양을 공전한다.",
                "태양을 한 초점으로 하는 타원 궤도를 도는 소행성이 있다. 타원의 긴반지름은 {a} AU이고 이심률은 {e}이다.",
                "천문대에서 새로 찾은 소행성의 궤도를 계산한 결과, 이심률이 {e}이고 긴반지름이 {a} AU인 타원임이 밝혀졌다.",
                "어느 소행성은 이심률 {e}의 찌그러진 궤도를 따라 태양 주위를 돌며, 궤도 긴반지름은 지구 궤도의 {a}배이다.",
                "케플러 법칙을 따라 움직이는 소행성의 타원 궤도에서 긴지름의 절반은 {a} AU, 이심률은 {e}으로(로) 측정되었다.",
            ),
            en=(
                "An asteroid circles the sun on an orbit with semi-major axis {a} AU and eccentricity {e}.",
                "The sun lies at one focus of the elliptical path of an asteroid; the ellipse has an eccentricity of {e} and a semi-major axis of {a} AU.",
                "From its first observations an observatory works out that a new asteroid has an orbit of eccentricity {e} whose half long axis measures {a} AU.",
                "An asteroid obeys Kepler's laws on an ellipse of eccentricity {e}, and its mean distance from the sun, taken as the semi-major axis, is {a} times that of the earth.",
                "Half the longest diameter of an asteroid's orbit around the sun is {a} AU, and the orbit deviates from a circle with eccentricity {e}.",
            ),
            tasks=(
                find("period", "소행성의 공전 주기", "the orbital period of the asteroid"),
                find("speed-ratio", "근일점과 원일점에서 소행성의 공전 속력의 비", "the ratio of the orbital speeds of the asteroid at perihelion and at aphelion"),
            ),
            held_out=(
                HeldOut(
                    explain("areas", "면적 속도 일정 법칙에 따른 공전 속력의 변화", "how its speed changes by the law of equal areas"),
                    "어떤 소행성의 타원 궤도는 긴반지름 {a} AU, 이심률 {e}이다.",
                    "The elliptic orbit of an asteroid has a semi-major axis of {a} AU and an eccentricity of {e}.",
                ),
                HeldOut(
                    find("distance-range", "태양에 가장 가까울 때와 가장 멀 때의 거리", "its smallest and greatest distances from the sun"),
                    "이심률이 {e}인 타원을 따라 태양을 도는 소행성이 있으며, 궤도 장축의 절반은 {a} AU이다.",
                    "A small body circles the sun on an ellipse of eccentricity {e}, half of whose major axis measures {a} AU.",
                ),
            ),
        ),
        Concept(
            "stellar-parallax", "astronomy", _parallax,
            ko=(
                "연주 시차가 {p}″인 별 S의 겉보기 등급은 {m}등급이다.",
                "지구의 공전 때문에 별 S의 위치가 달라져 보이며, 이로부터 구한 연주 시차는 {p}″이다. 지구에서 본 S의 밝기는 {m}등급이다.",
                "겉보기 등급이 {m}인 별 S를 6개월 간격으로 촬영하여 시차를 재었더니, 그 절반인 연주 시차가 {p}″였다.",
                "천체 목록에는 별 S의 겉보기 등급이 {m}, 연주 시차가 {p}″라고 적혀 있다.",
                "태양과 지구 사이의 거리를 별 S에서 바라본 각은 {p}″이고, 밤하늘에서 S는 {m}등급의 별로 보인다.",
            ),
            en=(
                "The star S has a parallax of {p}″ and an apparent magnitude of {m}.",
                "A star catalogue lists the star S with an annual parallax of {p}″ and magnitude {m} as seen from the earth.",
                "Photographs taken six months apart show the star S shifting against distant stars; half of the shift is {p}″. In the sky S appears as a star of magnitude {m}.",
                "Seen from the star S, the radius of the earth's orbit would subtend an angle of {p}″; seen from the earth, S has magnitude {m}.",
                "Because the earth moves around the sun, S, a star of apparent magnitude {m}, shows a yearly parallax that astronomers measured as {p}″.",
            ),
            tasks=(
                find("brightness-ratio", "겉보기 등급이 1등급인 별과 별 S의 겉보기 밝기의 비", "the ratio of the apparent brightness of a star of magnitude 1 to that of S"),
            ),
            held_out=(
                HeldOut(
                    find("absolute", "별 S의 절대 등급", "the absolute magnitude of S"),
                    "6개월 간격으로 별 S를 관측하여 연주 시차 {p}″를 얻었다. 이 별은 {m}등급으로 보인다.",
                    "Observations half a year apart give a parallax of {p}″ for the star S, which appears at magnitude {m}.",
                ),
                HeldOut(
                    find("light-years", "별 S까지의 거리를 광년으로 나타낸 값", "the distance of S in light-years"),
                    "겉보기 등급이 {m}등급인 별 S는 반년 사이에 배경 별에 대한 위치가 달라졌으며, 이로부터 구한 연주 시차는 {p}″이다.",
                    "The star S, of apparent magnitude {m}, shifts against the distant stars as the earth moves round the sun, and its annual parallax is {p}″.",
                ),
            ),
        ),
        Concept(
            "seasons", "astronomy", _seasons,
            ko=(
                "자전축이 23.5° 기울어진 지구가 태양 둘레의 네 위치 A, B, C, D를 지난다.",
                "지구는 자전축이 공전 궤도면의 수직선에 대하여 23.5° 기운 채 공전하며, 약 석 달 간격의 위치를 A, B, C, D로 나타내었다.",
                "태양 주위를 도는 지구의 위치 네 곳에 기호 A, B, C, D를 붙였다. 어느 곳에서나 자전축은 같은 쪽으로 23.5° 기울어 있다.",
                "지구의를 23.5° 기울인 상태로 방향을 유지하면서 전등 둘레의 네 지점 A, B, C, D로 옮겨 지구의 공전을 흉내 내었다.",
                "1년에 걸친 지구의 공전 궤도에 A, B, C, D의 네 지점이 표시되어 있고, 공전하는 동안 자전축의 기울기 23.5°와 그 방향은 변하지 않는다.",
            ),
            en=(
                "The earth, its axis tilted by 23.5°, passes the positions A, B, C and D around the sun.",
                "As the earth revolves around the sun its axis keeps a tilt of 23.5°, and four places about three months apart on the orbit are called A, B, C and D.",
                "A globe leaning at 23.5° is carried around a lamp to the points A, B, C and D, its axis always pointing the same way, to imitate the earth's yearly motion.",
                "Four letters, A, B, C and D, mark where the earth stands on its yearly path; at each of them the axis leans in the same direction by 23.5°.",
                "The orbit of the earth around the sun is shown with four stations A, B, C and D. The angle between the earth's axis and the normal to the orbital plane is 23.5°.",
            ),
            tasks=(
                choose("season", "지구가 {x}에 있을 때 북반구의 계절", "the season of the northern hemisphere when the earth is at {x}"),
                explain("day-length", "지구가 {x}에 있을 때 북반구의 낮과 밤의 길이를 비교한 결과와 그 까닭", "how the lengths of day and night in the northern hemisphere compare when the earth is at {x}, and why"),
            ),
            held_out=(
                HeldOut(
                    find("altitude", "북위 {lat}°에서 하짓날 태양의 남중 고도", "the height of the noon sun at latitude {lat}° north at the summer solstice"),
                    "지구의 공전 궤도 위에 춘분, 하지, 추분, 동지의 위치가 A~D 중 하나씩으로 표시되어 있다.",
                    "The equinoxes and solstices are marked on the earth's orbit by the letters A to D.",
                ),
                HeldOut(
                    explain("southern-seasons", "북반구와 남반구의 계절이 서로 반대인 까닭", "why the seasons of the northern and the southern hemisphere are opposite"),
                    "태양 둘레를 도는 지구가 두 분점과 두 지점을 지날 때의 자리를 A~D로 구별하였다.",
                    "As the earth travels round the sun, its four positions at the start of each season carry the letters A to D.",
                ),
            ),
        ),
        Concept(
            "rising-air", "atmosphere", _lapse,
            ko=(
                "기온 {t} °C, 이슬점 {d} °C인 공기가 높이 {h} m인 산을 넘는다.",
                "해안의 공기가 바람에 밀려 높이 {h} m의 산을 타고 오른다. 출발할 때 공기의 온도는 {t} °C이고 이슬점은 {d} °C이다.",
                "해발 {h} m인 산맥이 바람을 가로막고 있어, 산기슭(해발 0 m)에 있던 {t} °C의 공기가 강제로 상승하였다. 이 공기의 이슬점은 {d} °C였다.",
                "이슬점이 {d} °C이고 기온이 {t} °C인 지표의 공기 덩어리가 단열 변화를 하며 높이 {h} m의 산꼭대기를 지난다.",
                "바닷가 마을에서 잰 기온은 {t} °C, 이슬점은 {d} °C였다. 이 공기는 마을 뒤에 솟은 {h} m 높이의 산을 넘어 내륙으로 이동한다.",
            ),
            en=(
                "Air at {t} °C with a dew point of {d} °C crosses a mountain {h} m high.",
                "A mountain range rising to {h} m stands in the way of a surface air mass (temperature {t} °C, dew point {d} °C), which is forced to flow over it.",
                "In a coastal village a thermometer shows {t} °C and the dew point is {d} °C; the breeze then carries this air over a ridge {h} m above the village.",
                "A parcel of air, whose dew point is {d} °C, starts at the foot of a {h} m peak with a temperature of {t} °C and changes adiabatically while passing over the top.",
            ),
            tasks=(
                find("cloud", "구름이 생기기 시작하는 높이", "the height at which clouds begin to form"),
                explain("saturation", "공기가 산꼭대기에 이르기 전에 포화되는지와 그 까닭", "whether the air becomes saturated before it reaches the top, and why"),
                find("summit-temperature", "산꼭대기에 이른 공기의 온도", "the temperature of the air at the top of the mountain"),
            ),
            held_out=(
                HeldOut(
                    explain("foehn", "산을 넘은 공기가 고온 건조해지는 까닭", "why the air is warm and dry beyond the mountain"),
                    "산기슭(기온 {t} °C, 이슬점 {d} °C)의 공기 덩어리가 {h} m의 정상까지 올라갔다.",
                    "A parcel of air ({t} °C, dew point {d} °C) rises from the foot of a mountain to its top at {h} m.",
                ),
                HeldOut(
                    explain("adiabatic-cooling", "상승하는 공기의 기온이 낮아지는 까닭", "why the temperature of rising air falls"),
                    "기온이 {t} °C이고 이슬점이 {d} °C인 공기가 바람에 밀려 비탈을 타고 높이 {h} m인 산꼭대기에 이르렀다.",
                    "Wind pushes air up a slope from sea level, where it has a temperature of {t} °C and a dew point of {d} °C, to a summit {h} m high.",
                ),
            ),
        ),
        Concept(
            "pressure-systems", "atmosphere", _isobars,
            ko=(
                "일기도에서 등압선의 값(hPa)이 바깥쪽부터 {data}이다.",
                "북반구 어느 지역의 지상 일기도에 동심원 모양의 등압선이 그려져 있다(바깥쪽에서 중심 쪽으로, 단위 hPa: {data}).",
                "기압이 같은 곳을 이은 닫힌 곡선이 여러 겹으로 나타난 일기도가 있다. 각 곡선에 적힌 기압은 가장자리에서 가운데로 가며 차례로 다음과 같다({data}, 단위 hPa).",
                "기상청이 발표한 일기도에서 한 기압계를 둘러싼 등압선의 기압(가장 바깥 선부터 hPa로: {data})을 읽었다.",
                "등압선이 4 hPa 간격으로 그려진 일기도를 보면, 중심에 다가갈수록 기압이 한 방향으로 변한다(바깥 등압선부터 hPa로: {data}).",
            ),
            en=(
                "On a weather map the isobars read, from outside in, {data} (hPa).",
                "A surface chart of a region in the northern hemisphere shows nested closed isobars (values in hPa from the outermost to the innermost: {data}).",
                "Closed lines of equal pressure surround the centre of a pressure system on a forecaster's map; their labels change steadily towards the middle (edge to centre, in hPa: {data}).",
                "A pupil reads the pressures in hPa written on the rings of isobars in a newspaper weather chart (outer ring first: {data}).",
                "Isobars are drawn every 4 hPa around a weather system. Moving inwards from its edge, one crosses them in turn (pressures in hPa: {data}).",
            ),
            tasks=(
                explain("wind", "중심 부근에서 바람이 부는 방향과 날씨", "the winds and the weather near the centre"),
                choose("centre-type", "중심에 놓인 기압계의 종류(고기압 또는 저기압)", "the type of pressure system at the centre (high or low)"),
            ),
            held_out=(
                HeldOut(
                    find("difference", "가장 바깥쪽과 가장 안쪽 등압선의 기압 차이", "the difference in pressure between the outermost and the innermost isobar"),
                    "북반구의 어느 지역을 둘러싼 등압선을 바깥에서 안쪽으로 읽었다({data}).",
                    "The isobars around a place in the northern hemisphere were read inwards ({data}).",
                ),
                HeldOut(
                    explain("isobar-spacing", "등압선의 간격과 바람의 세기 사이의 관계", "how the spacing of the isobars is related to the strength of the wind"),
                    "일기도에서 북반구의 한 지점을 닫힌 곡선들이 에워싸며, 맨 바깥 곡선부터 중심 쪽으로 기압(hPa)을 적었다({data}).",
                    "On a weather map, closed curves surround a point north of the equator; from the outermost to the innermost they are labelled in hPa ({data}).",
                ),
            ),
        ),
    ),
)  # fmt: skip
