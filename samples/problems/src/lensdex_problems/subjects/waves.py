"""Waves and optics."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, explain, find
from lensdex_problems.drawing.optics import Optics
from lensdex_problems.drawing.wave import Wave

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _wave(dice: Dice) -> Scene:
    loops, a, f = dice.whole(3, 6), dice.whole(1, 9), dice.whole(2, 20)
    span = loops * dice.whole(2, 9)
    return Scene({"n": loops, "a": a, "l": span, "f": f}, Wave(loops, (f"{span} m", f"{a} cm")))


def _standing(dice: Dice) -> Scene:
    loops, length, v = dice.whole(2, 6), 10 * dice.whole(4, 20), 10 * dice.whole(10, 40)
    return Scene({"n": loops, "l": length, "v": v}, Wave(loops, (f"{length} cm", ""), standing=True))


def _doppler(dice: Dice) -> Scene:
    v, f = dice.whole(10, 60), 50 * dice.whole(6, 24)
    return Scene({"v": v, "f": f}, Wave(6, (f"{v} m/s", f"{f} Hz"), fronts=True))


def _sound(dice: Dice) -> Scene:
    f, d = 10 * dice.whole(17, 90), 17 * dice.whole(5, 40)
    return Scene({"f": f, "d": d}, Wave(dice.whole(4, 8), (f"{d} m", "A")))


def _convex(dice: Dice) -> Scene:
    f = dice.pick((6, 8, 10, 12, 15, 20))
    d = f * dice.pick((2, 3, 4)) // 2 + dice.whole(2, 9) if dice.chance(0.5) else f * dice.pick((2, 3))
    d = max(d, f + 3)
    return Scene({"f": f, "d": d}, Optics("lens", (float(d), float(f)), ("A", f"{d} cm", f"f = {f} cm")))


def _mirror(dice: Dice) -> Scene:
    f, d = dice.pick((5, 8, 10, 12)), dice.whole(14, 40)
    return Scene({"f": f, "d": d}, Optics("mirror", (float(d), float(f)), ("A", f"{d} cm")))


def _refraction(dice: Dice) -> Scene:
    into, n = dice.whole(25, 65), dice.pick((1.33, 1.41, 1.5, 1.73))
    out = round(math.degrees(math.asin(math.sin(math.radians(into)) / n)))
    return Scene({"i": into, "n": n}, Optics("surface", (into, out), ("air", f"n = {n}")))


def _critical(dice: Dice) -> Scene:
    n, into = dice.pick((1.33, 1.41, 1.5, 1.73, 2.0)), dice.whole(12, 28)
    out = round(math.degrees(math.asin(math.sin(math.radians(into)) * n)))
    return Scene({"n": n, "i": into}, Optics("surface", (into, out), (f"n = {n}", "air")))


def _slits(dice: Dice) -> Scene:
    d, far, wave = dice.whole(1, 9) / 10, dice.whole(1, 4), dice.pick((450, 500, 550, 600, 650))
    return Scene({"d": d, "l": far, "w": wave}, Optics("slits", (), (f"{d} mm", f"{far} m", "P")))


SUBJECT: Final = Subject(
    "waves",
    Pair("파동과 빛", "Waves and optics"),
    {"waves": Pair("파동", "Waves"), "sound": Pair("소리", "Sound"), "light": Pair("빛", "Light")},
    (
        Concept(
            "wave-quantities", "waves", _wave,
            ko=(
                "줄을 따라 진행하는 파동의 {n}개의 반파장이 {l} m에 걸쳐 있고 진폭은 {a} cm, 진동수는 {f} Hz이다.",
                "긴 밧줄의 한쪽 끝을 1초에 {f}번씩 흔들어 평형 위치에서 마루까지의 높이가 {a} cm인 파동을 보냈다. 어느 순간 밧줄의 {l} m 구간에는 반파장이 꼭 {n}개 들어 있다.",
                "탄성이 있는 끈을 따라 횡파가 전달될 때 끈의 각 점은 {f} Hz로 진동하며 평형 위치에서 최대 {a} cm까지 벗어난다. 이웃한 마루와 골 사이의 수평 거리를 {n}배 하면 {l} m이다.",
                "옆으로 흔든 긴 용수철에 진동수 {f} Hz, 진폭 {a} cm인 사인 모양의 파동이 지나간다. 순간 사진을 보면 변위가 0인 두 점 사이 {l} m에 마루와 골이 합하여 {n}개 있다.",
                "팽팽한 케이블을 지나는 파동은 {l} m를 나아가는 동안 반파장을 {n}번 되풀이한다. 케이블 위의 한 점은 매초 {f}회 진동하고 그 진동의 중심에서 끝까지의 거리는 {a} cm이다.",
            ),
            en=(
                "A wave on a string shows {n} half-waves over {l} m; its amplitude is {a} cm and its frequency {f} Hz.",
                "One end of a long rope is shaken {f} times a second, sending out crests that rise {a} cm above the rest position. Exactly {n} half-wavelengths occupy {l} m of the rope.",
                "A snapshot of a transverse wave on a stretched spring shows {n} alternating humps and dips over {l} m, starting and ending at zero displacement. The coils move at most {a} cm from equilibrium, at {f} Hz.",
                "Each point of an elastic cord oscillates at {f} Hz and swings {a} cm to either side of equilibrium; {n} times the horizontal distance from a crest to the next trough makes {l} m.",
                "A generator of frequency {f} Hz drives a travelling sine wave of amplitude {a} cm along a cable, and a stretch of cable {l} m long holds {n} halves of a wavelength.",
            ),
            tasks=(
                find("wavelength", "파동의 파장", "the wavelength"),
                find("period", "매질의 한 점이 한 번 진동하는 데 걸리는 시간", "the time one point of the medium takes for a full oscillation"),
            ),
            held_out=(
                HeldOut(
                    find("speed", "파동의 진행 속력", "the speed of the wave"),
                    "진폭이 {a} cm이고 {f} Hz로 진동하는 파동의 모습을 찍었더니 {l} m 안에 반파장이 {n}개 들어 있었다.",
                    "A snapshot of a wave with amplitude {a} cm and frequency {f} Hz has {n} half-waves within {l} m.",
                ),
                HeldOut(
                    find("path", "매질의 한 점이 10초 동안 움직인 총거리", "the total path of one point of the medium during 10 s"),
                    "어떤 파동에서 매질의 각 점은 1초에 {f}번 진동하며 평형 위치로부터 최대 {a} cm까지 벗어난다. 길이가 {l} m인 구간에는 반파장이 {n}개 있다.",
                    "Each point of a medium oscillates {f} times per second and goes at most {a} cm from rest, while a stretch of {l} m of the wave holds {n} half wavelengths.",
                ),
            ),
        ),
        Concept(
            "standing-wave", "waves", _standing,
            ko=(
                "양 끝을 고정한 길이 {l} cm인 줄에 배가 {n}개인 정상파가 생겼다. 줄에서 파동의 속력은 {v} m/s이다.",
                "기타 줄에서 진동하는 부분의 길이는 {l} cm이고 그 양쪽 끝은 움직이지 않는다. 파동이 {v} m/s로 지나는 이 줄에서 가장 크게 진동하는 지점이 {n}군데인 정상파가 관찰되었다.",
                "진동 발생기와 도르래 사이에 {l} cm의 실을 팽팽하게 걸고 진동수를 조절하였더니 똑같은 고리 모양이 {n}개 나타났다. 실의 양 끝은 마디이며 실을 따라 파동은 {v} m/s로 전파된다.",
                "서로 반대쪽으로 {v} m/s로 나아가는 두 파동이 중첩되어, 두 고정점 사이에 놓인 {l} cm의 철사에 {n}개의 배를 가진 정상파를 이룬다.",
                "두 벽 사이에 매어 놓은 현을 공명시키자 이웃한 마디 사이의 구간이 모두 {n}개 생겼다. 현의 길이는 {l} cm, 현을 따라 파동이 전해지는 빠르기는 {v} m/s이다.",
            ),
            en=(
                "A standing wave with {n} antinodes forms on a string of {l} cm fixed at both ends; waves travel at {v} m/s on it.",
                "A guitar string vibrates as a standing wave in {n} loops between two fixed points {l} cm apart, while disturbances run along it at {v} m/s.",
                "Two waves moving in opposite directions at {v} m/s superpose on a wire clamped at both ends. The wire, {l} cm long, then has {n} places where the vibration is strongest.",
                "In a resonance experiment a thread stretched over {l} cm between a vibrator and a pulley breaks up into {n} equal vibrating segments with nodes at both ends; the wave speed is {v} m/s.",
                "The speed of waves on a cord tied to two walls is {v} m/s. Driven at resonance, its whole length of {l} cm is divided by nodes into {n} equal sections that swing to and fro.",
            ),
            tasks=(
                find("wavelength", "정상파의 파장", "the wavelength of the standing wave"),
                find("node-count", "양 끝을 포함한 마디의 개수", "the number of nodes, the two ends included"),
            ),
            held_out=(
                HeldOut(
                    find("frequency", "줄의 진동수", "the frequency of the string"),
                    "속력 {v} m/s로 파동이 전달되는 줄({l} cm)의 양 끝을 묶고 진동시켰더니 {n}개의 배를 가진 정상파가 나타났다.",
                    "A string {l} cm long, tied at both ends, vibrates with {n} antinodes, and waves move along it at {v} m/s.",
                ),
                HeldOut(
                    find("fundamental", "이 줄의 기본 진동수", "the fundamental frequency of the string"),
                    "두 고정점 사이의 거리가 {l} cm인 줄을 튕기자 {n}개의 배가 있는 정상파가 만들어졌다. 파동은 이 줄을 따라 {v} m/s로 나아간다.",
                    "A cord stretched between two fixed pegs {l} cm apart shows a standing wave of {n} loops; the wave speed in the cord is {v} m/s.",
                ),
            ),
        ),
        Concept(
            "doppler-effect", "sound", _doppler,
            ko=(
                "{f} Hz의 경적을 울리는 차가 {v} m/s로 서 있는 사람을 향해 다가온다. 음속은 340 m/s이다.",
                "사이렌의 진동수가 {f} Hz인 구급차가 정지해 있는 관측자 쪽으로 {v} m/s의 일정한 속력으로 달려온다. 공기 중에서 소리는 1초에 340 m를 나아간다.",
                "플랫폼에 서 있는 승객을 향하여 열차가 {v} m/s로 들어오면서 {f} Hz의 기적을 울린다. 이때 공기 중 소리의 속력은 340 m/s로 한다.",
                "음속이 340 m/s인 날, 길가에 멈춰 선 학생에게 소방차가 가까워지고 있다. 소방차의 속력은 {v} m/s이고 경보음의 원래 진동수는 {f} Hz이다.",
                "스피커를 실은 드론이 가만히 있는 관측자를 향해 똑바로 날아오고 있으며 스피커는 {f} Hz의 음을 계속 낸다. 드론은 1초에 {v} m씩 다가오고 음파는 340 m/s로 퍼진다.",
            ),
            en=(
                "A car sounding a horn of {f} Hz comes towards a person at {v} m/s; sound travels at 340 m/s.",
                "An ambulance whose siren has a frequency of {f} Hz drives straight at {v} m/s towards an observer at rest. In the air that day sound covers 340 m every second.",
                "Entering a station at {v} m/s, a train blows its whistle at {f} Hz while a passenger stands waiting at the end of the track. The speed of sound is taken as 340 m/s.",
                "Take 340 m/s as the speed of sound. A loudspeaker emitting a steady note of {f} Hz is mounted on a drone, which approaches a motionless listener head-on at {v} m/s.",
                "The distance between a cyclist standing still and an oncoming fire engine shrinks by {v} m each second. The engine's alarm is tuned to {f} Hz, and sound waves spread at 340 m/s.",
            ),
            tasks=(
                find("heard", "관측자가 듣는 소리의 진동수", "the frequency the observer hears"),
            ),
            held_out=(
                HeldOut(
                    explain("passing", "차가 지나간 뒤 소리의 높이가 달라지는 까닭", "why the pitch changes once the vehicle has passed"),
                    "음속이 340 m/s일 때, {v} m/s로 접근하는 구급차가 {f} Hz의 소리를 낸다.",
                    "An ambulance approaching at {v} m/s emits a tone of {f} Hz, the speed of sound being 340 m/s.",
                ),
                HeldOut(
                    find("wavelength-ahead", "차의 앞쪽으로 퍼지는 소리의 파장", "the wavelength of the sound in front of the vehicle"),
                    "길가에 서 있는 사람 쪽으로 소방차가 {v} m/s의 속력으로 달려온다. 사이렌의 진동수는 {f} Hz, 공기 중 소리의 속력은 340 m/s이다.",
                    "A fire engine whose siren sounds at {f} Hz drives at {v} m/s towards a listener by the road; sound travels at 340 m/s in the air.",
                ),
            ),
        ),
        Concept(
            "echo", "sound", _sound,
            ko=(
                "절벽에서 {d} m 떨어진 곳에서 {f} Hz의 소리를 냈더니 메아리가 들렸다(음속 340 m/s).",
                "안개 낀 바다에 멈춰 있는 배가 {d} m 앞의 빙산을 향해 {f} Hz의 고동을 짧게 울린 뒤 되돌아온 소리를 들었다. 공기 중 음속은 340 m/s이다.",
                "높은 건물의 벽면에서 {d} m 거리에 선 학생이 진동수 {f} Hz인 나팔 소리를 짧게 내었다. 소리는 340 m/s로 벽까지 갔다가 반사되어 메아리로 돌아왔다.",
                "음속이 340 m/s인 계곡에서 스피커로 {f} Hz의 신호음을 내보내자 맞은편 암벽이 그 소리를 되돌려 보냈다. 스피커와 암벽 사이의 거리는 {d} m이다.",
                "소리의 반사를 알아보는 실험에서 진동수가 {f} Hz인 음파가 공기 중을 340 m/s로 나아가 {d} m 떨어진 단단한 벽에 수직으로 부딪친 뒤 출발점으로 돌아왔다.",
            ),
            en=(
                "A tone of {f} Hz is sent towards a cliff {d} m away and its echo is heard (speed of sound 340 m/s).",
                "In fog, a ship at rest gives a short blast of {f} Hz and hears it come back from an iceberg {d} m ahead. Sound in the air travels at 340 m/s.",
                "The tall wall of a building is {d} m from a student who plays one short note of {f} Hz on a trumpet; the note returns as an echo, moving at 340 m/s both ways.",
                "A loudspeaker in a canyon emits a beep with a frequency of {f} Hz, and the rock face opposite reflects it. Speaker and rock are {d} m apart, and the speed of sound is 340 m/s.",
                "With 340 m/s as its speed, a sound pulse of {f} Hz strikes a hard surface at right angles after crossing {d} m of air, and is then sent back to its starting point as an echo.",
            ),
            tasks=(
                find("time", "메아리가 들릴 때까지의 시간", "the time until the echo is heard"),
                explain("doubled-distance", "반사면까지의 거리가 두 배가 될 때 메아리가 돌아오는 시간의 변화", "how the time for the echo to return changes when the reflecting surface is twice as far away"),
            ),
            held_out=(
                HeldOut(
                    find("wavelength", "공기 중에서 이 소리의 파장", "the wavelength of this sound in air"),
                    "음속은 340 m/s이다. {d} m 앞의 벽을 향해 {f} Hz의 소리를 보내고 되돌아오는 소리를 기다렸다.",
                    "With sound at 340 m/s, a {f} Hz tone is directed at a wall {d} m ahead and returns.",
                ),
                HeldOut(
                    find("wave-count", "음원과 반사면 사이에 들어가는 파장의 개수", "the number of wavelengths that fit between the source and the reflecting surface"),
                    "절벽에서 {d} m 떨어진 등산객이 {f} Hz의 호루라기를 불고 메아리를 들었다. 소리는 공기 중에서 1초에 340 m를 나아간다.",
                    "A hiker standing {d} m from a cliff blows a whistle of {f} Hz and later hears the echo; sound covers 340 m per second.",
                ),
            ),
        ),
        Concept(
            "convex-lens", "light", _convex,
            ko=(
                "초점 거리가 {f} cm인 볼록 렌즈 앞 {d} cm인 곳에 물체 A가 있다.",
                "수렴 렌즈의 중심에서 광축을 따라 {d} cm 떨어진 지점에 물체 A를 세워 두었다. 이 렌즈의 초점은 중심에서 {f} cm인 곳에 있다.",
                "광학대에 초점 거리가 {f} cm인 돋보기를 고정한 뒤, 화살표 모양의 물체 A를 움직여 렌즈와의 간격을 {d} cm로 맞추었다.",
                "물체 A에서 나온 빛이 {d} cm를 지나 얇은 볼록 렌즈에서 굴절된다. 렌즈의 중심과 한쪽 초점 사이의 거리는 {f} cm이다.",
            ),
            en=(
                "A thin converging lens brings parallel rays together {f} cm behind it. On its axis, {d} cm from the centre of the lens, there is a small upright object A.",
                "On an optical bench a magnifying glass of focal length {f} cm is fixed, and a candle A is slid along until the gap between candle and lens measures {d} cm.",
                "Light from an object A travels {d} cm before it is refracted by a convex lens, whose focal points lie {f} cm from its centre on either side.",
                "The object distance of an arrow A, measured from a lens that is thicker in the middle than at the rim, is {d} cm; the focal length is {f} cm.",
            ),
            tasks=(
                find("image", "렌즈에서 상까지의 거리", "the distance of the image from the lens"),
                find("magnification", "상의 배율", "the magnification of the image"),
                explain("moving-towards-focus", "물체가 초점 쪽으로 다가갈 때 상의 위치와 크기의 변화", "how the position and size of the image change as the object moves towards the focal point"),
            ),
            held_out=(
                HeldOut(
                    explain("nature", "상의 성질(실상과 허상, 정립과 도립)", "the nature of the image (real or virtual, upright or inverted)"),
                    "물체 A에서 볼록 렌즈까지의 거리는 {d} cm이고 렌즈의 초점 거리는 {f} cm이다.",
                    "The distance from the object A to a converging lens of focal length {f} cm is {d} cm.",
                ),
                HeldOut(
                    find("object-image", "물체와 상 사이의 거리", "the distance between the object and its image"),
                    "축에 나란한 빛을 {f} cm 뒤의 한 점에 모으는 볼록 렌즈가 있다. 이 렌즈 앞 {d} cm 되는 곳에 물체 A를 세웠다.",
                    "An object A stands {d} cm in front of a thin convex lens, which focuses light parallel to its axis at a point {f} cm behind it.",
                ),
            ),
        ),
        Concept(
            "concave-mirror", "light", _mirror,
            ko=(
                "초점 거리 {f} cm인 오목 거울 앞 {d} cm에 물체 A를 놓았다.",
                "안쪽 면에서 빛을 반사하는 구면 거울의 초점이 거울 면에서 {f} cm 앞에 있다. 물체 A는 광축 위에서 이 거울과 {d} cm 떨어져 있다.",
                "광축에 나란하게 들어온 빛이 오목 거울에서 반사되어 {f} cm 앞의 한 점에 모인다. 거울의 정면 {d} cm 거리에는 전구 A가 켜져 있다.",
                "과학실에서 초점 거리가 {f} cm인 오목 거울을 받침대에 세운 다음, 촛불 A를 거울 면에서 {d} cm 되는 곳으로 옮겼다.",
                "물체 A와 오목한 거울 사이의 거리를 줄자로 재었더니 {d} cm였다. 이 거울은 햇빛을 거울 면에서 {f} cm 되는 초점에 모은다.",
            ),
            en=(
                "An object A is put {d} cm in front of a concave mirror with focal length {f} cm.",
                "A spherical mirror that reflects from its hollow side has its focus {f} cm in front of the surface. On the axis, {d} cm from the mirror, an object A is set up.",
                "Rays parallel to the axis meet {f} cm from a concave mirror after reflection. A small lamp A shines on the same axis at a distance of {d} cm from the mirror.",
                "In the laboratory a student moves a candle A until it is {d} cm away from the reflecting surface of a converging mirror, which is marked with a focal length of {f} cm.",
                "The object distance of A and the focal length of the shaving mirror in front of it were measured: the former is {d} cm and the latter {f} cm.",
            ),
            tasks=(
                find("image", "거울에 의한 상의 위치", "the position of the image"),
                find("magnification", "거울에 의한 상의 배율", "the magnification produced by the mirror"),
            ),
            held_out=(
                HeldOut(
                    explain("rays", "두 광선을 작도하여 상을 찾는 방법", "how two rays are drawn to find the image"),
                    "오목 거울(초점 거리 {f} cm)의 축 위에 물체 A가 거울에서 {d} cm 떨어져 있다.",
                    "On the axis of a concave mirror (focal length {f} cm) an object A stands {d} cm away.",
                ),
                HeldOut(
                    find("curvature", "이 거울의 곡률 반지름", "the radius of curvature of the mirror"),
                    "평행 광선을 거울 앞 {f} cm 되는 점에 모으는 오목 거울이 있고, 이 거울에서 물체 A까지의 거리는 {d} cm이다.",
                    "A concave mirror gathers parallel rays at a point {f} cm in front of it; the object A has been set up {d} cm from the mirror.",
                ),
            ),
        ),
        Concept(
            "refraction", "light", _refraction,
            ko=(
                "공기에서 굴절률이 {n}인 매질로 빛이 {i}°의 입사각으로 들어간다.",
                "공기 중의 레이저 광선이 투명한 물체의 평평한 면에 닿아 일부가 안으로 꺾여 들어간다. 광선과 법선이 이루는 각은 {i}°이고 물체의 굴절률은 {n}이다.",
                "공기에 대한 상대 굴절률이 {n}인 투명한 액체가 수조에 담겨 있다. 액체의 표면에 입사각 {i}°로 가느다란 빛을 비추었더니 액체 속에서 진행 방향이 바뀌었다.",
                "빛이 공기 중에서보다 {n}배 느리게 진행하는 매질이 있다. 공기와 이 매질의 경계면에서 단색광이 법선과 {i}°를 이루며 매질 안으로 입사한다.",
                "한 줄기 단색광을 공기 쪽에서 두꺼운 투명판에 비스듬히 비추면서 경계면의 수직선으로부터 {i}°만큼 기울였다. 투명판을 이루는 물질의 굴절률은 {n}이다.",
            ),
            en=(
                "Light enters a medium of refractive index {n} from air at an angle of incidence of {i}°.",
                "A laser beam in air strikes the flat face of a transparent block, making {i}° with the normal, and part of it passes into the block, whose refractive index is {n}.",
                "A tank holds a clear liquid with a refractive index of {n} relative to air. A narrow ray reaches the liquid surface from above, the angle of incidence being {i}°.",
                "Light is slower by a factor of {n} in a certain material than in air. A monochromatic ray crosses from air into this material, inclined at {i}° to the perpendicular of the boundary.",
                "At the boundary between air (index 1) and a clear plate (index {n}), a thin beam coming from the air side meets the surface {i}° away from the normal and is bent.",
            ),
            tasks=(
                find("angle", "굴절각의 사인값", "the sine of the angle of refraction"),
                explain("bending-direction", "경계면에서 빛이 법선에 가까워지는 쪽으로 꺾이는 까닭", "why the light bends towards the normal at the boundary"),
            ),
            held_out=(
                HeldOut(
                    find("speed", "매질 속에서의 빛의 속력", "the speed of light in the medium"),
                    "굴절률 {n}인 투명한 물질의 표면에 빛이 법선과 {i}°를 이루며 공기 쪽에서 입사한다.",
                    "From air, a ray meets the surface of a clear material with index {n} at {i}° to the normal.",
                ),
                HeldOut(
                    find("deviation", "굴절할 때 빛의 진행 방향이 꺾인 각의 크기", "the angle by which the ray is turned from its original direction"),
                    "공기 중을 나아가던 레이저 광선이 굴절률 {n}인 투명한 판에 닿았으며, 이때의 입사각은 {i}°이다.",
                    "A laser beam travelling through air strikes a transparent block of refractive index {n}, the angle of incidence being {i}°.",
                ),
            ),
        ),
        Concept(
            "total-reflection", "light", _critical,
            ko=(
                "굴절률이 {n}인 매질에서 공기로 빛이 {i}°의 입사각으로 나온다.",
                "투명한 물체 속의 광원에서 나온 빛이 물체의 평평한 면에 닿은 뒤 공기 중으로 굴절되어 나간다. 물체의 굴절률은 {n}이고 면의 법선과 입사 광선 사이의 각은 {i}°이다.",
                "굴절률 {n}인 액체의 바닥에서 위쪽으로 쏜 레이저 빛이 수면에 {i}°의 각으로 입사하여 일부가 공기로 빠져나간다. 이 각은 법선을 기준으로 잰 것이다.",
                "반원형 투명체의 둥근 면으로 빛을 넣어 평평한 면의 중심에 보냈다. 평평한 면에서의 입사각은 {i}°, 투명체의 굴절률은 {n}, 바깥은 공기이다.",
                "굴절률이 공기의 {n}배인 매질에서 단색광이 진행하다가 공기와의 경계면에 이르렀다. 경계면에 세운 수직선과 입사 광선은 {i}°를 이룬다.",
            ),
            en=(
                "Light leaves a medium of index {n} into air at an angle of incidence of {i}°.",
                "A lamp is embedded in a transparent solid of refractive index {n}. One of its rays meets the flat surface at {i}° to the normal and is refracted out into the surrounding air.",
                "From the bottom of a liquid with index {n}, a laser is aimed upwards so that the beam reaches the surface {i}° away from the vertical, and some of the light escapes into the air.",
                "Light is sent through the curved side of a semicircular block to the midpoint of its flat side, where the angle of incidence is {i}°. The block has index {n} and is surrounded by air.",
                "A monochromatic ray passes from an optically denser medium to air, whose index is smaller by a factor of {n}; inside the medium it makes {i}° with the normal of the boundary.",
            ),
            tasks=(
                find("critical", "전반사가 일어나기 시작하는 임계각의 사인값", "the sine of the critical angle for total reflection"),
                find("exit-sine", "공기 중으로 나온 빛의 굴절각의 사인값", "the sine of the angle of refraction in the air"),
                explain("growing-angle", "입사각을 점점 크게 할 때 굴절 광선과 반사 광선에 일어나는 변화", "what happens to the refracted and the reflected ray as the angle of incidence is increased"),
            ),
            held_out=(
                HeldOut(
                    explain("fibre", "광섬유에서 전반사가 이용되는 원리", "how total reflection is used in an optical fibre"),
                    "빛이 굴절률 {n}인 물질에서 공기로 진행할 때 입사각이 {i}°이다.",
                    "A ray goes from a material with index {n} into air, meeting the surface at {i}°.",
                ),
                HeldOut(
                    explain("no-total", "이 입사각에서는 전반사가 일어나지 않는 까닭", "why no total reflection occurs at this angle of incidence"),
                    "굴절률이 {n}인 투명한 매질 안을 지나던 광선이 공기와의 경계면에 법선과 {i}°를 이루며 도달하였다.",
                    "Inside a transparent block of refractive index {n}, a light ray reaches the boundary with the surrounding air at an angle of incidence of {i}°.",
                ),
            ),
        ),
        Concept(
            "double-slit", "light", _slits,
            ko=(
                "간격이 {d} mm인 이중 슬릿에 파장 {w} nm의 빛을 비추고 {l} m 떨어진 스크린에서 간섭무늬를 관찰하였다.",
                "파장이 {w} nm인 레이저를 두 개의 좁은 틈에 통과시켰다. 두 틈은 {d} mm 떨어져 있고, 밝고 어두운 무늬가 생긴 벽은 틈에서 {l} m 거리에 있다.",
                "영의 간섭 실험에서 스크린은 슬릿이 있는 판에서 {l} m 뒤에 나란히 놓여 있다. 판의 두 슬릿 사이의 거리는 {d} mm이며 쓰인 단색광의 파장은 {w} nm이다.",
                "{d} mm 간격으로 나란한 두 슬릿에서 나온 빛이 {l} m를 지나 스크린에서 만나 보강 간섭과 상쇄 간섭을 일으킨다. 빛의 파장은 {w} nm이다.",
                "빛의 파동성을 확인하기 위해 파장 {w} nm의 단색 광원, 틈 사이가 {d} mm인 복슬릿, 스크린을 차례로 놓았다. 복슬릿과 스크린은 {l} m만큼 떨어져 있다.",
            ),
            en=(
                "Light of {w} nm passes a double slit of spacing {d} mm and forms fringes on a screen {l} m away.",
                "In Young's experiment the screen stands {l} m behind a plate with two parallel slits. The slits are {d} mm apart and the monochromatic light has a wavelength of {w} nm.",
                "A laser of wavelength {w} nm shines through two narrow openings separated by {d} mm, and bright and dark bands appear on a wall at a distance of {l} m.",
                "Waves from two coherent slits, {d} mm from one another, interfere constructively and destructively where they meet on a screen. The light has wavelength {w} nm and the screen is {l} m from the slits.",
                "To show the wave nature of light, a teacher lines up a source emitting only {w} nm, a pair of slits with a separation of {d} mm and, {l} m further on, a white screen.",
            ),
            tasks=(
                find("spacing", "이웃한 밝은 무늬 사이의 간격", "the spacing of neighbouring bright fringes"),
                find("path-difference", "중앙 밝은 무늬로부터 두 번째 밝은 무늬에서 만나는 두 빛의 경로차", "the path difference of the light from the two slits at the second bright fringe from the centre"),
                explain("wider-slits", "두 슬릿 사이의 간격을 넓힐 때 간섭무늬의 변화", "how the fringe pattern changes when the two slits are moved further apart"),
            ),
            held_out=(
                HeldOut(
                    explain("colour", "파장이 더 긴 빛을 쓸 때 무늬의 변화", "how the fringes change with light of a longer wavelength"),
                    "파장이 {w} nm인 단색광이 슬릿 간격 {d} mm인 이중 슬릿을 지나 {l} m 뒤의 스크린에 무늬를 만든다.",
                    "A screen {l} m behind two slits, {d} mm apart, shows fringes of light with wavelength {w} nm.",
                ),
                HeldOut(
                    find("third-dark", "가운데 밝은 무늬에서 세 번째 어두운 무늬까지의 거리", "the distance from the central bright fringe to the third dark fringe"),
                    "간격이 {d} mm인 두 개의 좁은 틈에 {w} nm의 단색 빛을 비추었더니 {l} m 떨어진 벽에 밝고 어두운 띠가 번갈아 나타났다.",
                    "Monochromatic light of {w} nm falls on a pair of narrow slits with a spacing of {d} mm and forms bright and dark bands on a wall {l} m away.",
                ),
            ),
        ),
    ),
)  # fmt: skip
