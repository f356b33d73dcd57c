"""Waves and optics."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, explain, find
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
            ("줄을 따라 진행하는 파동의 {n}개의 반파장이 {l} m에 걸쳐 있고 진폭은 {a} cm, 진동수는 {f} Hz이다.", "진폭이 {a} cm이고 {f} Hz로 진동하는 파동의 모습을 찍었더니 {l} m 안에 반파장이 {n}개 들어 있었다."),
            ("A wave on a string shows {n} half-waves over {l} m; its amplitude is {a} cm and its frequency {f} Hz.", "A snapshot of a wave with amplitude {a} cm and frequency {f} Hz has {n} half-waves within {l} m."),
            (find("wavelength", "파동의 파장", "the wavelength"), find("speed", "파동의 진행 속력", "the speed of the wave")),
        ),
        Concept(
            "standing-wave", "waves", _standing,
            ("양 끝을 고정한 길이 {l} cm인 줄에 배가 {n}개인 정상파가 생겼다. 줄에서 파동의 속력은 {v} m/s이다.", "속력 {v} m/s로 파동이 전달되는 줄({l} cm)의 양 끝을 묶고 진동시켰더니 {n}개의 배를 가진 정상파가 나타났다."),
            ("A standing wave with {n} antinodes forms on a string of {l} cm fixed at both ends; waves travel at {v} m/s on it.", "A string {l} cm long, tied at both ends, vibrates with {n} antinodes, and waves move along it at {v} m/s."),
            (find("wavelength", "정상파의 파장", "the wavelength of the standing wave"), find("frequency", "줄의 진동수", "the frequency of the string")),
        ),
        Concept(
            "doppler-effect", "sound", _doppler,
            ("{f} Hz의 경적을 울리는 차가 {v} m/s로 서 있는 사람을 향해 다가온다. 음속은 340 m/s이다.", "음속이 340 m/s일 때, {v} m/s로 접근하는 구급차가 {f} Hz의 소리를 낸다."),
            ("A car sounding a horn of {f} Hz comes towards a person at {v} m/s; sound travels at 340 m/s.", "An ambulance approaching at {v} m/s emits a tone of {f} Hz, the speed of sound being 340 m/s."),
            (find("heard", "관측자가 듣는 소리의 진동수", "the frequency the observer hears"), explain("passing", "차가 지나간 뒤 소리의 높이가 달라지는 까닭", "why the pitch changes once the vehicle has passed")),
        ),
        Concept(
            "echo", "sound", _sound,
            ("절벽에서 {d} m 떨어진 곳에서 {f} Hz의 소리를 냈더니 메아리가 들렸다(음속 340 m/s).", "음속은 340 m/s이다. {d} m 앞의 벽을 향해 {f} Hz의 소리를 보내고 되돌아오는 소리를 기다렸다."),
            ("A tone of {f} Hz is sent towards a cliff {d} m away and its echo is heard (speed of sound 340 m/s).", "With sound at 340 m/s, a {f} Hz tone is directed at a wall {d} m ahead and returns."),
            (find("time", "메아리가 들릴 때까지의 시간", "the time until the echo is heard"), find("wavelength", "공기 중에서 이 소리의 파장", "the wavelength of this sound in air")),
        ),
        Concept(
            "convex-lens", "light", _convex,
            ("초점 거리가 {f} cm인 볼록 렌즈 앞 {d} cm인 곳에 물체 A가 있다.", "물체 A에서 볼록 렌즈까지의 거리는 {d} cm이고 렌즈의 초점 거리는 {f} cm이다."),
            ("An object A stands {d} cm in front of a convex lens with focal length {f} cm.", "The distance from the object A to a converging lens of focal length {f} cm is {d} cm."),
            (find("image", "렌즈에서 상까지의 거리", "the distance of the image from the lens"), find("magnification", "상의 배율", "the magnification of the image"), explain("nature", "상의 성질(실상과 허상, 정립과 도립)", "the nature of the image (real or virtual, upright or inverted)")),
        ),
        Concept(
            "concave-mirror", "light", _mirror,
            ("초점 거리 {f} cm인 오목 거울 앞 {d} cm에 물체 A를 놓았다.", "오목 거울(초점 거리 {f} cm)의 축 위에 물체 A가 거울에서 {d} cm 떨어져 있다."),
            ("An object A is put {d} cm in front of a concave mirror with focal length {f} cm.", "On the axis of a concave mirror (focal length {f} cm) an object A stands {d} cm away."),
            (find("image", "거울에 의한 상의 위치", "the position of the image"), explain("rays", "두 광선을 작도하여 상을 찾는 방법", "how two rays are drawn to find the image")),
        ),
        Concept(
            "refraction", "light", _refraction,
            ("공기에서 굴절률이 {n}인 매질로 빛이 {i}°의 입사각으로 들어간다.", "굴절률 {n}인 투명한 물질의 표면에 빛이 법선과 {i}°를 이루며 공기 쪽에서 입사한다."),
            ("Light enters a medium of refractive index {n} from air at an angle of incidence of {i}°.", "From air, a ray meets the surface of a clear material with index {n} at {i}° to the normal."),
            (find("angle", "굴절각의 사인값", "the sine of the angle of refraction"), find("speed", "매질 속에서의 빛의 속력", "the speed of light in the medium")),
        ),
        Concept(
            "total-reflection", "light", _critical,
            ("굴절률이 {n}인 매질에서 공기로 빛이 {i}°의 입사각으로 나온다.", "빛이 굴절률 {n}인 물질에서 공기로 진행할 때 입사각이 {i}°이다."),
            ("Light leaves a medium of index {n} into air at an angle of incidence of {i}°.", "A ray goes from a material with index {n} into air, meeting the surface at {i}°."),
            (find("critical", "전반사가 일어나기 시작하는 임계각의 사인값", "the sine of the critical angle for total reflection"), explain("fibre", "광섬유에서 전반사가 이용되는 원리", "how total reflection is used in an optical fibre")),
        ),
        Concept(
            "double-slit", "light", _slits,
            ("간격이 {d} mm인 이중 슬릿에 파장 {w} nm의 빛을 비추고 {l} m 떨어진 스크린에서 간섭무늬를 관찰하였다.", "파장이 {w} nm인 단색광이 슬릿 간격 {d} mm인 이중 슬릿을 지나 {l} m 뒤의 스크린에 무늬를 만든다."),
            ("Light of {w} nm passes a double slit of spacing {d} mm and forms fringes on a screen {l} m away.", "A screen {l} m behind two slits, {d} mm apart, shows fringes of light with wavelength {w} nm."),
            (find("spacing", "이웃한 밝은 무늬 사이의 간격", "the spacing of neighbouring bright fringes"), explain("colour", "파장이 더 긴 빛을 쓸 때 무늬의 변화", "how the fringes change with light of a longer wavelength")),
        ),
    ),
)  # fmt: skip
