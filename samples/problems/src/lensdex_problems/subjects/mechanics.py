"""Mechanics: motion, forces, energy and momentum."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, explain, find
from lensdex_problems.drawing.hanging import Hanging
from lensdex_problems.drawing.incline import Incline
from lensdex_problems.drawing.plot import Plot, sampled
from lensdex_problems.drawing.track import Track

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _v_t(dice: Dice) -> Scene:
    v, t1, t2, t3 = 2 * dice.whole(2, 9), dice.whole(2, 5), dice.whole(2, 6), dice.whole(2, 5)
    end = t1 + t2 + t3
    curve = ((0.0, 0.0), (float(t1), float(v)), (float(t1 + t2), float(v)), (float(end), 0.0))
    figure = Plot((curve,), (0, end + 1), (0, v * 1.25), "t (s)", "v (m/s)", guides=((t1, v), (t1 + t2, v)))
    return Scene({"v": v, "t1": t1, "t2": t2, "t3": t3, "end": end}, figure)


def _s_t(dice: Dice) -> Scene:
    v, t1, t2 = dice.whole(2, 8), dice.whole(3, 6), dice.whole(2, 5)
    s, w = v * t1, dice.whole(1, 3)
    curve = ((0.0, 0.0), (float(t1), float(s)), (float(t1 + t2), float(s)), (float(t1 + t2 + 2), float(s - 2 * w)))
    figure = Plot((curve,), (0, t1 + t2 + 3), (0, s * 1.3), "t (s)", "s (m)", grid=True)
    return Scene({"v": v, "t1": t1, "t2": t2, "w": w, "s": s}, figure)


def _fall(dice: Dice) -> Scene:
    h = 5 * dice.whole(2, 5) ** 2
    t = math.sqrt(h / 5)
    curve = sampled([(x * t / 40, h - 5 * (x * t / 40) ** 2) for x in range(41)])
    return Scene({"h": h}, Plot((curve,), (0, round(t + 1, 2)), (0, h * 1.2), "t (s)", "h (m)", grid=True))


def _throw(dice: Dice) -> Scene:
    v, angle = dice.whole(10, 40), dice.pick((30, 37, 45, 53, 60))
    return Scene({"v": v, "t": angle}, Track("throw", (f"{v} m/s", ""), angle))


def _cliff(dice: Dice) -> Scene:
    v, h = dice.whole(4, 20), 5 * dice.whole(1, 5) ** 2
    return Scene({"v": v, "h": h}, Track("throw", (f"{v} m/s", f"{h} m"), 0))


def _slope(dice: Dice) -> Scene:
    m, angle = dice.whole(1, 12), dice.pick((15, 20, 25, 30, 37, 45))
    return Scene({"m": m, "t": angle}, Incline(angle, f"{m} kg", forces=dice.chance(0.5)))


def _rough(dice: Dice) -> Scene:
    m, angle, mu = dice.whole(2, 10), dice.pick((20, 25, 30, 37, 40)), dice.pick((0.1, 0.2, 0.25, 0.3))
    return Scene({"m": m, "t": angle, "mu": mu}, Incline(angle, f"{m} kg", rough=True))


def _pulley(dice: Dice) -> Scene:
    light = dice.whole(1, 6)
    heavy = light + dice.whole(1, 5)
    return Scene({"a": heavy, "b": light}, Hanging("pulley", (f"{heavy} kg", f"{light} kg")))


def _spring(dice: Dice) -> Scene:
    k, x = 50 * dice.whole(2, 10), dice.whole(2, 12)
    return Scene({"k": k, "x": x, "m": dice.whole(1, 4)}, Hanging("spring", (f"{x} cm", "m")))


def _pendulum(dice: Dice) -> Scene:
    length, angle, m = dice.pick((40, 60, 80, 90, 100, 120, 160)), dice.whole(10, 34), dice.whole(1, 5)
    return Scene({"l": length, "t": angle, "m": m}, Hanging("pendulum", (f"{length} cm", f"{m} kg"), angle))


def _carts(dice: Dice) -> Scene:
    m, n, v, w = dice.whole(1, 6), dice.whole(1, 6), dice.whole(4, 10), dice.whole(0, 3)
    return Scene({"m": m, "n": n, "v": v, "w": w}, Track("carts", (f"{m} kg", f"{n} kg", f"{v} m/s", f"{w} m/s")))


def _lever(dice: Dice) -> Scene:
    d, e, k = dice.whole(1, 4), dice.whole(5, 8), dice.whole(2, 9)
    return Scene(
        {"d": d * 10, "e": e * 10, "f": k * e * 10},
        Track("lever", (f"{k * e * 10} N", "F", f"{d * 10} cm", f"{e * 10} cm")),
    )


SUBJECT: Final = Subject(
    "mechanics",
    Pair("역학", "Mechanics"),
    {"kinematics": Pair("운동", "Motion"), "forces": Pair("힘", "Forces"), "energy-momentum": Pair("에너지와 운동량", "Energy and momentum")},
    (
        Concept(
            "velocity-time-graph", "kinematics", _v_t,
            ("정지해 있던 자동차가 {t1}초 동안 일정하게 가속하여 속력이 {v} m/s가 되고, {t2}초 동안 등속으로 달린 뒤 {t3}초 동안 일정하게 감속하여 멈추었다.", "어떤 물체의 속력은 처음 {t1}초 동안 0에서 {v} m/s까지 고르게 늘고, 다음 {t2}초 동안 일정하며, 마지막 {t3}초 동안 0으로 고르게 줄었다."),
            ("A car at rest speeds up evenly to {v} m/s in {t1} s, keeps this speed for {t2} s and slows evenly to a stop in {t3} s.", "The speed of a body rises steadily from 0 to {v} m/s during {t1} s, stays so for {t2} s, and falls steadily to 0 during the last {t3} s."),
            (find("distance", "전체 이동 거리", "the total distance covered"), find("acceleration", "처음 {t1}초 동안의 가속도의 크기", "the acceleration during the first {t1} s"), find("mean-speed", "전체 {end}초 동안의 평균 속력", "the mean speed over all {end} s")),
        ),
        Concept(
            "position-time-graph", "kinematics", _s_t,
            ("어떤 사람이 {v} m/s로 {t1}초 동안 곧게 걸은 뒤 {t2}초 동안 쉬고, 이어서 {w} m/s로 2초 동안 되돌아왔다.", "직선 위를 움직이는 사람의 위치는 {t1}초 동안 {s} m까지 고르게 늘고 {t2}초 동안 변하지 않다가 2초 동안 매초 {w} m씩 줄었다."),
            ("A walker goes straight ahead at {v} m/s for {t1} s, rests for {t2} s, and comes back at {w} m/s for 2 s.", "The position of a walker grows evenly to {s} m in {t1} s, does not change for {t2} s, and then falls by {w} m each second for 2 s."),
            (find("displacement", "전체 변위의 크기", "the size of the total displacement"), explain("read", "위치-시간 그래프의 기울기가 뜻하는 것", "what the slope of the position-time graph means")),
        ),
        Concept(
            "free-fall", "kinematics", _fall,
            ("높이 {h} m인 곳에서 공을 가만히 놓았다(중력 가속도는 10 m/s², 공기 저항은 무시한다).", "공기 저항을 무시할 때, 지면에서 {h} m 높이에 있던 물체가 자유 낙하한다. g = 10 m/s²이다."),
            ("A ball is released from a height of {h} m (g = 10 m/s², no air resistance).", "Without air resistance, a body falls freely from {h} m above the ground; take g = 10 m/s²."),
            (find("time", "지면에 닿을 때까지 걸린 시간", "the time until it reaches the ground"), find("speed", "지면에 닿는 순간의 속력", "its speed when it reaches the ground")),
        ),
        Concept(
            "projectile", "kinematics", _throw,
            ("수평면과 {t}°의 각을 이루는 방향으로 {v} m/s의 속력으로 공을 던졌다.", "지면에서 비스듬히 위로 던진 공의 처음 속력은 {v} m/s이고 던진 각도는 {t}°이다."),
            ("A ball is thrown at {v} m/s in a direction {t}° above the horizontal.", "From level ground a ball starts with a speed of {v} m/s at an angle of {t}°."),
            (find("height", "공이 올라간 최고 높이", "the greatest height of the ball"), find("range", "공의 수평 도달 거리", "the horizontal range of the ball")),
        ),
        Concept(
            "horizontal-throw", "kinematics", _cliff,
            ("높이 {h} m인 절벽 끝에서 물체를 수평 방향으로 {v} m/s로 던졌다.", "수평으로 {v} m/s의 속력을 갖고 {h} m 높이의 탁자를 벗어나는 물체가 있다."),
            ("A body is thrown horizontally at {v} m/s from the edge of a cliff {h} m high.", "A body leaves a ledge {h} m above the ground, moving horizontally at {v} m/s."),
            (find("range", "물체가 떨어진 지점까지의 수평 거리", "the horizontal distance to the point of impact"), find("time", "물체가 바닥에 닿을 때까지의 시간", "the time it takes to land")),
        ),
        Concept(
            "smooth-incline", "forces", _slope,
            ("경사각이 {t}°인 매끄러운 빗면 위에 질량 {m} kg인 물체가 놓여 있다.", "마찰이 없는 경사면(경사각 {t}°)에서 {m} kg의 물체가 미끄러져 내려온다."),
            ("A body of {m} kg lies on a smooth slope inclined at {t}°.", "On a frictionless plane tilted by {t}°, a body of {m} kg slides down."),
            (find("acceleration", "물체의 가속도의 크기", "the acceleration of the body"), find("normal", "빗면이 물체를 떠받치는 수직 항력의 크기", "the normal force of the slope on the body")),
        ),
        Concept(
            "friction-incline", "forces", _rough,
            ("경사각 {t}°인 거친 빗면 위의 {m} kg인 물체와 면 사이의 운동 마찰 계수는 {mu}이다.", "운동 마찰 계수가 {mu}인 경사면을 따라 {m} kg의 물체가 내려온다. 빗면은 수평과 {t}°를 이룬다."),
            ("A body of {m} kg is on a rough slope of {t}°; the coefficient of kinetic friction is {mu}.", "A body of {m} kg slides down a plane at {t}° to the horizontal, with kinetic friction coefficient {mu}."),
            (find("friction", "물체에 작용하는 마찰력의 크기", "the friction force on the body"), find("acceleration", "마찰을 고려한 물체의 가속도", "the acceleration of the body with friction")),
        ),
        Concept(
            "atwood-machine", "forces", _pulley,
            ("가벼운 도르래에 걸친 실의 양 끝에 질량이 {a} kg, {b} kg인 두 물체가 매달려 있다.", "마찰이 없는 고정 도르래를 통하여 {a} kg의 추와 {b} kg의 추를 실로 연결하였다."),
            ("Two bodies of {a} kg and {b} kg hang at the ends of a string over a light pulley.", "A string over a frictionless fixed pulley joins weights of {a} kg and {b} kg."),
            (find("acceleration", "두 물체의 가속도의 크기", "the acceleration of the two bodies"), find("tension", "실에 걸리는 장력의 크기", "the tension in the string")),
        ),
        Concept(
            "hooke-spring", "forces", _spring,
            ("용수철 상수가 {k} N/m인 용수철에 물체를 매달았더니 {x} cm 늘어나 정지하였다.", "천장에 매단 용수철(용수철 상수 {k} N/m)의 늘어난 길이가 {x} cm이다."),
            ("A body hung on a spring with constant {k} N/m stretches it by {x} cm and rests.", "A spring fixed to the ceiling, with spring constant {k} N/m, is stretched by {x} cm."),
            (find("force", "용수철이 물체에 작용하는 탄성력의 크기", "the force of the spring on the body"), find("energy", "용수철에 저장된 탄성 퍼텐셜 에너지", "the elastic energy stored in the spring")),
        ),
        Concept(
            "lever-balance", "forces", _lever,
            ("받침점에서 {d} cm 떨어진 곳에 무게 {f} N인 물체가 있고, 반대쪽 {e} cm 떨어진 곳을 힘 F로 눌러 지레가 수평을 이룬다.", "지레의 한쪽 팔 길이는 {d} cm, 다른 쪽은 {e} cm이다. 짧은 쪽에 {f} N의 짐을 올리고 긴 쪽에 힘 F를 주어 균형을 맞추었다."),
            ("A lever is level: a load of {f} N lies {d} cm from the pivot, and a force F acts {e} cm away on the other side.", "The arms of a balanced lever are {d} cm and {e} cm long; the short one carries {f} N, the long one a force F."),
            (find("force", "힘 F의 크기", "the size of the force F"), explain("principle", "지레로 힘의 이득을 얻는 원리", "how a lever saves force")),
        ),
        Concept(
            "pendulum", "energy-momentum", _pendulum,
            ("길이 {l} cm인 실에 질량 {m} kg인 추를 매달아 연직 방향과 {t}°를 이루는 위치에서 가만히 놓았다.", "실의 길이가 {l} cm, 추의 질량이 {m} kg인 단진자가 최대 {t}°까지 흔들린다."),
            ("A bob of {m} kg on a string of {l} cm is released at {t}° from the vertical.", "A simple pendulum with a string of {l} cm and a bob of {m} kg swings out to {t}°."),
            (find("period", "진자의 주기", "the period of the pendulum"), find("speed", "최저점을 지날 때의 추의 속력", "the speed of the bob at the lowest point")),
        ),
        Concept(
            "cart-collision", "energy-momentum", _carts,
            ("질량 {m} kg인 수레 A가 {v} m/s로 달려 같은 방향으로 {w} m/s로 움직이는 질량 {n} kg인 수레 B와 충돌한 뒤 한 덩어리가 되었다.", "직선 위에서 {v} m/s의 A({m} kg)가 앞서 가는 {w} m/s의 B({n} kg)를 따라가 부딪혀 함께 운동한다."),
            ("Cart A of {m} kg at {v} m/s runs into cart B of {n} kg moving the same way at {w} m/s, and they stick together.", "On a straight track A ({m} kg, {v} m/s) catches up with B ({n} kg, {w} m/s); after impact both move as one."),
            (find("velocity", "충돌 후 두 수레의 속력", "the common speed after the collision"), find("loss", "충돌에서 잃은 운동 에너지", "the kinetic energy lost in the collision")),
        ),
    ),
)  # fmt: skip
