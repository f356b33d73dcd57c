"""Mechanics: motion, forces, energy and momentum."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, explain, find
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
            ko=(
                "정지해 있던 자동차가 {t1}초 동안 일정하게 가속하여 속력이 {v} m/s가 되고, {t2}초 동안 등속으로 달린 뒤 {t3}초 동안 일정하게 감속하여 멈추었다.",
                "드론이 정지 상태에서 직선을 따라 고르게 빨라져 {t1}초 만에 {v} m/s에 이르고, 그 속력을 {t2}초 동안 유지한 다음 {t3}초에 걸쳐 고르게 느려져 멈추었다.",
                "직선 도로에서 오토바이의 운동은 세 구간으로 나뉜다. {t1}초의 등가속도 출발로 {v} m/s에 도달하고 {t2}초의 등속 운동을 거쳐, 마지막 {t3}초 동안 등가속도로 속력을 줄여 정지한다.",
                "한 물체의 속도는 {t1}초 동안 0에서 {v} m/s까지 시간에 비례하여 커지고 {t2}초 동안 변하지 않다가 {t3}초 동안 일정한 비율로 작아져 0이 되었다.",
                "경주용 전기차가 최고 속력 {v} m/s로 {t2}초 동안 곧게 달렸다. 출발하여 이 속력이 되기까지 {t1}초, 이 속력에서 멈추기까지 {t3}초가 걸렸으며 두 구간의 가속도는 각각 일정하였다.",
            ),
            en=(
                "A car at rest speeds up evenly to {v} m/s in {t1} s, keeps this speed for {t2} s and slows evenly to a stop in {t3} s.",
                "Starting from rest, a drone flies in a straight line: {t1} s of uniform acceleration to {v} m/s, {t2} s at that speed, then {t3} s of uniform braking until it stops.",
                "A motorcycle holds its top speed of {v} m/s for {t2} s. It needed {t1} s of steady acceleration from rest to get there and later {t3} s of steady braking to stop.",
                "Between two stops a driverless shuttle goes through three phases: constant acceleration for {t1} s, cruising at {v} m/s for {t2} s, and constant deceleration to a halt lasting {t3} s.",
            ),
            tasks=(
                find("distance", "전체 이동 거리", "the total distance covered"),
                find("acceleration", "처음 {t1}초 동안의 가속도의 크기", "the acceleration during the first {t1} s"),
                explain("net-force-stages", "세 구간에서 알짜힘의 방향과 운동 방향의 관계", "how the direction of the net force compares with that of the motion in each of the three stages"),
            ),
            held_out=(
                HeldOut(
                    find("mean-speed", "전체 {end}초 동안의 평균 속력", "the mean speed over all {end} s"),
                    "어떤 물체의 속력은 처음 {t1}초 동안 0에서 {v} m/s까지 고르게 늘고, 다음 {t2}초 동안 일정하며, 마지막 {t3}초 동안 0으로 고르게 줄었다.",
                    "The speed of a body rises steadily from 0 to {v} m/s during {t1} s, stays so for {t2} s, and falls steadily to 0 during the last {t3} s.",
                ),
                HeldOut(
                    find("braking-distance", "속력이 줄어드는 동안 이동한 거리", "the distance covered while the speed is decreasing"),
                    "역을 떠난 전동차가 정지 상태에서 {t1}초 만에 {v} m/s가 되도록 등가속도로 빨라지고, {t2}초 동안 등속으로 달린 다음, {t3}초 동안 등가속도로 느려져 멈추었다.",
                    "A tram starts from rest, accelerates uniformly for {t1} s up to {v} m/s, keeps this speed for {t2} s and then brakes uniformly to a halt within {t3} s.",
                ),
            ),
        ),
        Concept(
            "position-time-graph", "kinematics", _s_t,
            ko=(
                "어떤 사람이 {v} m/s로 {t1}초 동안 곧게 걸은 뒤 {t2}초 동안 쉬고, 이어서 {w} m/s로 2초 동안 되돌아왔다.",
                "무선 조종 자동차가 직선 트랙에서 {v} m/s의 속력으로 {t1}초 동안 나아가 {t2}초 동안 멈추어 있다가, 방향을 바꾸어 {w} m/s의 속력으로 2초 동안 움직였다.",
                "곧은 길을 {t1}초 동안 {v} m/s의 일정한 속력으로 달린 자전거가 신호에 걸려 {t2}초 동안 서 있었다. 그 뒤 왔던 길로 방향을 돌려 {w} m/s로 2초 동안 갔다.",
                "물체의 직선 운동은 세 단계로, +x 방향의 {v} m/s 등속 운동이 {t1}초, 정지가 {t2}초, -x 방향의 {w} m/s 등속 운동이 2초 동안 이어진다.",
                "한 운동선수가 직선 주로에서 {t1}초 동안 매초 {v} m씩 앞으로 달린 다음 {t2}초 동안 숨을 고르고, 마지막 2초 동안은 매초 {w} m씩 출발점 쪽으로 걸어왔다.",
            ),
            en=(
                "A walker goes straight ahead at {v} m/s for {t1} s, rests for {t2} s, and comes back at {w} m/s for 2 s.",
                "A dog runs along a straight path at a steady {v} m/s for {t1} s, sits still for {t2} s, then heads back at {w} m/s for 2 s.",
                "An object moves in the positive direction at {v} m/s during the first {t1} s. It is at rest for the next {t2} s and moves in the negative direction at {w} m/s in the last 2 s.",
                "For {t1} s a remote-controlled car advances {v} m every second; after a pause of {t2} s it reverses for 2 s, covering {w} m every second.",
                "A cyclist rides for {t1} s along a straight lane at {v} m/s, waits {t2} s at a gate, and pushes the bicycle back the same way for 2 s at {w} m/s.",
            ),
            tasks=(
                find("path-length", "실제로 이동한 총 거리", "the total length of the path travelled"),
                find("average-velocity", "전체 시간 동안의 평균 속도의 크기", "the size of the average velocity over the whole time"),
            ),
            held_out=(
                HeldOut(
                    explain("read", "위치-시간 그래프의 기울기가 뜻하는 것", "what the slope of the position-time graph means"),
                    "직선 위를 움직이는 사람의 위치는 {t1}초 동안 {s} m까지 고르게 늘고 {t2}초 동안 변하지 않다가 2초 동안 매초 {w} m씩 줄었다.",
                    "The position of a walker grows evenly to {s} m in {t1} s, does not change for {t2} s, and then falls by {w} m each second for 2 s.",
                ),
                HeldOut(
                    find("displacement-again", "출발하여 운동이 끝날 때까지의 변위", "the displacement from the start to the end of the motion"),
                    "곧은 레일 위의 로봇이 일정한 빠르기로 {t1}초 만에 {s} m를 나아가 {t2}초 동안 멈추었다가, 방향을 바꾸어 {w} m/s로 2초 동안 되돌아왔다.",
                    "A robot on a straight rail rolls steadily {s} m forward in {t1} s, waits there for {t2} s, and then rolls back at {w} m/s for 2 s.",
                ),
            ),
        ),
        Concept(
            "free-fall", "kinematics", _fall,
            ko=(
                "높이 {h} m인 곳에서 공을 가만히 놓았다(중력 가속도는 10 m/s², 공기 저항은 무시한다).",
                "지면으로부터 {h} m 위의 전망대 난간에서 쇠구슬을 초속도 없이 떨어뜨렸다. 공기 저항은 없고 중력 가속도는 10 m/s²이다.",
                "제자리에 떠 있는 열기구에서 놓은 모래주머니가 {h} m 아래의 땅으로 자유 낙하하며, 중력 가속도의 크기는 10 m/s²이다.",
                "절벽 끝에서 살며시 손을 뗀 돌이 {h} m 아래의 지면을 향해 중력만을 받아 떨어진다(g = 10 m/s²).",
                "처음 속력이 0인 물체가 높이 {h} m에서 떨어지기 시작하여 10 m/s²의 일정한 가속도로 지면까지 내려간다. 공기의 영향은 없다고 본다.",
            ),
            en=(
                "A ball is released from a height of {h} m (g = 10 m/s², no air resistance).",
                "From the railing of a tower, {h} m above the ground, a steel ball drops from rest; air drag is negligible and g = 10 m/s².",
                "A sandbag is let go by a balloon hovering {h} m over a field, and it falls freely with g = 10 m/s².",
                "A stone, with no initial velocity, slips off a ledge and descends {h} m to the ground under gravity alone (g = 10 m/s²).",
                "With an acceleration of 10 m/s² and no influence of the air, a body initially at rest falls through a vertical distance of {h} m to the ground.",
            ),
            tasks=(
                find("time", "지면에 닿을 때까지 걸린 시간", "the time until it reaches the ground"),
                explain("mass-independence", "낙하하는 데 걸리는 시간이 물체의 질량에 따라 달라지지 않는 까닭", "why the falling time does not depend on the mass"),
            ),
            held_out=(
                HeldOut(
                    find("speed", "지면에 닿는 순간의 속력", "its speed when it reaches the ground"),
                    "공기 저항을 무시할 때, 지면에서 {h} m 높이에 있던 물체가 자유 낙하한다. g = 10 m/s²이다.",
                    "Without air resistance, a body falls freely from {h} m above the ground; take g = 10 m/s².",
                ),
                HeldOut(
                    find("half-way", "전체 높이의 절반을 떨어지는 데 걸리는 시간", "the time taken to fall through half of the height"),
                    "높이가 {h} m인 탑의 꼭대기에서 돌을 가만히 놓았다. 중력 가속도는 10 m/s²이고 공기의 영향은 생각하지 않는다.",
                    "A stone is let go from rest at the top of a tower {h} m high; gravitational acceleration is 10 m/s² and drag is negligible.",
                ),
            ),
        ),
        Concept(
            "projectile", "kinematics", _throw,
            ko=(
                "수평면과 {t}°의 각을 이루는 방향으로 {v} m/s의 속력으로 공을 던졌다.",
                "축구 선수가 찬 공이 {v} m/s의 속력으로 평평한 운동장과 {t}°의 각을 이루며 비스듬히 떠올랐다.",
                "발사기를 떠난 공의 처음 속도는 크기가 {v} m/s이고 수평 방향에 대하여 위쪽으로 {t}° 기울어 있다.",
                "골프채에 맞은 공이 수평인 잔디밭에서 {t}°의 발사각과 {v} m/s의 초속력으로 날아오른다.",
                "비스듬히 쏘아 올린 공은 {v} m/s로 출발하여 포물선을 그린다. 출발할 때의 방향은 수평에서 {t}° 위쪽이고 공기 저항은 없다.",
            ),
            en=(
                "A ball is thrown at {v} m/s in a direction {t}° above the horizontal.",
                "The initial velocity of a ball has magnitude {v} m/s and points upward, making an angle of {t}° with the horizontal.",
                "A launcher tilted at {t}° to the floor fires a ball with a muzzle speed of {v} m/s, and air resistance may be neglected.",
                "After a golf stroke on a flat course the ball takes off with a launch angle of {t}° and a speed of {v} m/s.",
            ),
            tasks=(
                find("height", "공이 올라간 최고 높이", "the greatest height of the ball"),
            ),
            held_out=(
                HeldOut(
                    find("range", "공의 수평 도달 거리", "the horizontal range of the ball"),
                    "지면에서 비스듬히 위로 던진 공의 처음 속력은 {v} m/s이고 던진 각도는 {t}°이다.",
                    "From level ground a ball starts with a speed of {v} m/s at an angle of {t}°.",
                ),
                HeldOut(
                    find("top-speed", "최고점에서의 공의 속력", "the speed of the ball at its highest point"),
                    "축구 선수가 운동장에 놓인 공을 찼더니, 공이 수평면에 대하여 {t}° 위쪽으로 {v} m/s의 속력을 가지고 날아갔다.",
                    "A footballer kicks a ball off a flat pitch; it leaves the foot at {v} m/s, {t}° above the horizontal.",
                ),
            ),
        ),
        Concept(
            "horizontal-throw", "kinematics", _cliff,
            ko=(
                "높이 {h} m인 절벽 끝에서 물체를 수평 방향으로 {v} m/s로 던졌다.",
                "지면에서 {h} m 높이에 있는 건물 옥상에서 {v} m/s의 속력으로 수평하게 찬 공이 옥상 밖으로 날아갔다.",
                "평평한 바위 위를 미끄러지던 물체가 {v} m/s의 속력으로 바위 끝을 수평으로 벗어나며, 바위의 윗면은 지면보다 {h} m 높다.",
                "수평 방향의 처음 속도가 {v} m/s이고 연직 방향의 처음 속도가 0인 물체가 높이 {h} m에서 운동을 시작한다.",
                "평지의 {h} m 상공을 {v} m/s의 일정한 속력으로 수평으로 날던 드론이 매달고 있던 물체를 놓았다.",
            ),
            en=(
                "A body is thrown horizontally at {v} m/s from the edge of a cliff {h} m high.",
                "A drone flying level at {v} m/s, {h} m above flat ground, lets go of a small parcel.",
                "A stone leaves the top of a tower of height {h} m with a purely horizontal velocity of {v} m/s.",
                "A puck slides over the edge of a flat roof at {v} m/s; the roof is {h} m above the street.",
                "At a height of {h} m a ball begins its flight with a horizontal velocity component of {v} m/s and no vertical one.",
            ),
            tasks=(
                find("range", "물체가 떨어진 지점까지의 수평 거리", "the horizontal distance to the point of impact"),
                find("impact-speed", "지면에 닿기 직전 물체의 속력", "the speed just before it strikes the ground"),
            ),
            held_out=(
                HeldOut(
                    find("time", "물체가 바닥에 닿을 때까지의 시간", "the time it takes to land"),
                    "수평으로 {v} m/s의 속력을 갖고 {h} m 높이의 탁자를 벗어나는 물체가 있다.",
                    "A body leaves a ledge {h} m above the ground, moving horizontally at {v} m/s.",
                ),
                HeldOut(
                    find("impact-angle", "바닥에 닿는 순간 물체의 속도가 수평면과 이루는 각", "the angle between the velocity and the horizontal at the moment of landing"),
                    "평평한 땅에서 {h} m 위를 {v} m/s로 수평 비행하던 드론에서 물체가 떨어져 나왔다.",
                    "A parcel is released from a drone that flies level at {v} m/s, {h} m above flat ground.",
                ),
            ),
        ),
        Concept(
            "smooth-incline", "forces", _slope,
            ko=(
                "경사각이 {t}°인 매끄러운 빗면 위에 질량 {m} kg인 물체가 놓여 있다.",
                "마찰이 없는 경사면이 수평면과 {t}°의 각을 이루고, 그 위에 {m} kg의 물체를 가만히 놓았다.",
                "공기를 뿜어 마찰을 없앤 실험대를 수평에서 {t}°만큼 기울이고, 실험대 위에 질량 {m} kg의 물체를 올려놓았다.",
                "질량 {m} kg의 물체에는 중력과 면의 수직 항력만 작용하며, 물체가 닿아 있는 면은 수평에 대하여 {t}° 기울어져 있다.",
            ),
            en=(
                "A body of {m} kg lies on a smooth slope inclined at {t}°.",
                "A ramp without friction makes an angle of {t}° with the horizontal, and a block of mass {m} kg is set on it.",
                "Only gravity and the normal force act on a body of mass {m} kg that has been put on a plane tilted by {t}°.",
                "On an icy hillside sloping at {t}°, where friction is negligible, a sledge of {m} kg starts to slide.",
                "A frictionless air track is raised at one end until it slopes at {t}°, and a glider of {m} kg is let go on it.",
            ),
            tasks=(
                find("acceleration", "물체의 가속도의 크기", "the acceleration of the body"),
                find("holding-force", "물체를 정지시켜 두기 위하여 빗면과 나란하게 작용해야 하는 힘의 크기", "the force parallel to the slope that would hold the body at rest"),
            ),
            held_out=(
                HeldOut(
                    find("normal", "빗면이 물체를 떠받치는 수직 항력의 크기", "the normal force of the slope on the body"),
                    "마찰이 없는 경사면(경사각 {t}°)에서 {m} kg의 물체가 미끄러져 내려온다.",
                    "On a frictionless plane tilted by {t}°, a body of {m} kg slides down.",
                ),
                HeldOut(
                    find("distance", "정지 상태에서 출발하여 처음 2초 동안 미끄러진 거리", "the distance the body slides in the first 2 s after starting from rest"),
                    "얼음으로 덮여 마찰을 무시할 수 있는 비탈이 수평면에 대하여 {t}° 기울어져 있고, 질량 {m} kg인 물체가 이 빗면을 따라 내려간다.",
                    "A body with a mass of {m} kg glides without friction down an icy slope that makes {t}° with the horizontal.",
                ),
            ),
        ),
        Concept(
            "friction-incline", "forces", _rough,
            ko=(
                "경사각 {t}°인 거친 빗면 위의 {m} kg인 물체와 면 사이의 운동 마찰 계수는 {mu}이다.",
                "수평과 {t}°를 이루는 거친 나무판에서 질량 {m} kg인 물체가 미끄러져 내려온다. 물체와 판 사이의 운동 마찰 계수는 {mu}이다.",
                "짐을 내리는 미끄럼판의 경사각은 {t}°이고, 질량이 {m} kg인 물체가 그 위를 미끄러질 때 운동 마찰 계수는 {mu}으로(로) 측정되었다.",
                "물체의 질량은 {m} kg, 빗면의 각은 {t}°, 접촉면의 운동 마찰 계수는 {mu}이며, 물체는 빗면 아래쪽으로 미끄러지고 있다.",
            ),
            en=(
                "A body of {m} kg is on a rough slope of {t}°; the coefficient of kinetic friction is {mu}.",
                "A crate with a mass of {m} kg slides down a board set at {t}° to the floor, the kinetic friction coefficient between them being {mu}.",
                "A delivery chute is tilted {t}° from the horizontal; a parcel of {m} kg slips down it with a kinetic friction coefficient of {mu}.",
                "Kinetic friction with coefficient {mu} acts on a block of {m} kg while it moves down an inclined plane whose angle is {t}°.",
                "On an unpolished plane inclined at {t}°, a student measures the coefficient of kinetic friction as {mu} for a sliding body of {m} kg.",
            ),
            tasks=(
                find("friction", "물체에 작용하는 마찰력의 크기", "the friction force on the body"),
            ),
            held_out=(
                HeldOut(
                    find("acceleration", "마찰을 고려한 물체의 가속도", "the acceleration of the body with friction"),
                    "운동 마찰 계수가 {mu}인 경사면을 따라 {m} kg의 물체가 내려온다. 빗면은 수평과 {t}°를 이룬다.",
                    "A body of {m} kg slides down a plane at {t}° to the horizontal, with kinetic friction coefficient {mu}.",
                ),
                HeldOut(
                    find("heat", "물체가 1 m 미끄러지는 동안 마찰로 잃는 에너지", "the energy lost to friction while the body slides 1 m"),
                    "거친 널빤지를 {t}°만큼 기울이자 그 위에 있던 {m} kg의 물체가 미끄러져 내려갔다. 물체와 널빤지 사이의 운동 마찰 계수는 {mu}이다.",
                    "A rough board is tilted by {t}°, and a {m} kg body on it slips downwards; the coefficient of kinetic friction between them is {mu}.",
                ),
            ),
        ),
        Concept(
            "atwood-machine", "forces", _pulley,
            ko=(
                "가벼운 도르래에 걸친 실의 양 끝에 질량이 {a} kg, {b} kg인 두 물체가 매달려 있다.",
                "천장에 고정된 도르래에 실을 걸고 한쪽에는 {a} kg의 물체, 다른 쪽에는 {b} kg의 물체를 묶어 가만히 놓았다. 도르래의 질량은 무시한다.",
                "질량 {a} kg의 물체가 내려가면서 질량 {b} kg의 물체를 끌어 올린다. 두 물체를 잇는 가는 실은 마찰과 질량이 없는 고정 도르래를 지난다.",
                "애트우드 장치에서 무거운 물체의 질량은 {a} kg, 가벼운 물체의 질량은 {b} kg이고, 도르래의 질량과 마찰은 무시할 수 있다.",
                "늘어나지 않는 가벼운 끈 하나가 매끄러운 도르래를 넘어가며, 끈의 두 끝에 묶인 물체의 질량은 각각 {a} kg과 {b} kg이다.",
            ),
            en=(
                "In an Atwood machine the heavier body has a mass of {a} kg and the lighter one {b} kg, and the pulley is massless and frictionless.",
                "A cord that does not stretch passes over a fixed pulley of negligible mass, with {a} kg tied to one end and {b} kg to the other.",
                "While a body of {a} kg sinks, it pulls up a body of {b} kg by means of a thin string running over an ideal pulley.",
                "Loads of {a} kg and {b} kg, joined by a light rope slung over a frictionless pulley under the ceiling, are released from rest.",
            ),
            tasks=(
                find("acceleration", "두 물체의 가속도의 크기", "the acceleration of the two bodies"),
                explain("energy-exchange", "두 물체가 움직이는 동안의 퍼텐셜 에너지와 운동 에너지의 전환", "how potential and kinetic energy are exchanged while the two bodies move"),
            ),
            held_out=(
                HeldOut(
                    find("tension", "실에 걸리는 장력의 크기", "the tension in the string"),
                    "마찰이 없는 고정 도르래를 통하여 {a} kg의 추와 {b} kg의 추를 실로 연결하였다.",
                    "A string over a frictionless fixed pulley joins weights of {a} kg and {b} kg.",
                ),
                HeldOut(
                    find("support-force", "두 추가 움직이는 동안 도르래를 떠받치는 힘의 크기", "the force that holds up the pulley while the weights are moving"),
                    "천장에 달린 매끄럽고 가벼운 도르래에 줄을 걸고, 줄의 한쪽 끝에는 {a} kg, 다른 쪽 끝에는 {b} kg인 추를 매달았다가 가만히 놓았다.",
                    "Two blocks, {a} kg and {b} kg, hang from the ends of a light string laid over a smooth, light pulley, and are released from rest.",
                ),
            ),
        ),
        Concept(
            "hooke-spring", "forces", _spring,
            ko=(
                "천장에 단 용수철의 아래 끝에 물체를 걸자 용수철은 원래 길이보다 {x} cm 길어진 채 평형을 이루었으며, 용수철 상수는 {k} N/m이다.",
                "늘어난 길이에 대한 탄성력의 비가 {k} N/m인 용수철이 있다. 여기에 달린 물체가 정지하였을 때 늘어난 길이는 {x} cm이다.",
                "용수철저울 속 용수철의 탄성 계수는 {k} N/m이고, 물체를 고리에 걸자 바늘이 {x} cm 내려간 곳에서 멈추었다.",
                "정지 상태로 매달린 물체 때문에 용수철의 길이가 {x} cm만큼 변하였다. 이 용수철은 훅 법칙을 따르며 비례 상수는 {k} N/m이다.",
            ),
            en=(
                "A body hung on a spring with constant {k} N/m stretches it by {x} cm and rests.",
                "A spring obeying Hooke's law with stiffness {k} N/m carries a body at rest and is {x} cm longer than its natural length.",
                "Inside a spring balance the spring has a constant of {k} N/m; with a body on the hook the pointer settles {x} cm lower.",
                "A body hangs motionless from a vertical spring whose extension is {x} cm and whose force constant is {k} N/m.",
                "When a body is hooked onto a coil of spring constant {k} N/m, the coil lengthens by {x} cm before everything comes to rest.",
            ),
            tasks=(
                find("force", "용수철이 물체에 작용하는 탄성력의 크기", "the force of the spring on the body"),
                find("hanging-mass", "매달린 물체의 질량", "the mass of the hanging body"),
            ),
            held_out=(
                HeldOut(
                    find("energy", "용수철에 저장된 탄성 퍼텐셜 에너지", "the elastic energy stored in the spring"),
                    "천장에 매단 용수철(용수철 상수 {k} N/m)의 늘어난 길이가 {x} cm이다.",
                    "A spring fixed to the ceiling, with spring constant {k} N/m, is stretched by {x} cm.",
                ),
                HeldOut(
                    find("two-springs", "같은 용수철 두 개를 나란히 연결하여 같은 힘으로 당길 때 늘어나는 길이", "the extension when two such springs side by side share the same force"),
                    "용수철 상수가 {k} N/m인 용수철 아래에 추를 걸었더니, 원래 길이보다 {x} cm 길어진 채로 정지하였다.",
                    "When a load is hung from a spring of stiffness {k} N/m, the spring comes to rest {x} cm longer than its natural length.",
                ),
            ),
        ),
        Concept(
            "lever-balance", "forces", _lever,
            ko=(
                "수평으로 균형을 이룬 지레에서 물체의 무게는 {f} N, 물체에서 받침점까지의 거리는 {d} cm, 받침점 반대편에 작용하는 힘 F까지의 거리는 {e} cm이다.",
                "정원사가 받침돌에 걸친 수평 막대로 바위를 떠받친다. 받침돌에서 {d} cm 떨어진 바위는 {f} N으로 막대를 누르고, 정원사는 반대쪽 {e} cm 지점을 힘 F로 누른다.",
                "가벼운 널빤지가 받침점 위에서 기울지 않고 있다. 한쪽 {d} cm 지점에는 무게 {f} N의 물체가 있고 다른 쪽 {e} cm 지점에는 아래로 힘 F가 작용한다.",
                "지레의 받침점에 대하여 팔의 길이가 {d} cm인 {f} N의 무게와 팔의 길이가 {e} cm인 힘 F의 돌림힘이 평형을 이루고 있다.",
            ),
            en=(
                "A lever is level: a load of {f} N lies {d} cm from the pivot, and a force F acts {e} cm away on the other side.",
                "A gardener balances a boulder with a level bar: the boulder presses with {f} N at {d} cm from the support, and the gardener pushes with force F at {e} cm on the far side.",
                "A light plank stays horizontal on a trestle while a box weighing {f} N sits {d} cm to one side of it and a downward force F acts {e} cm to the other side.",
                "For a lever in equilibrium with the fulcrum in between, the load arm is {d} cm, the effort arm is {e} cm, the load is {f} N, and the effort is F.",
                "About the fulcrum of a horizontal lever, the moment of a weight of {f} N at {d} cm is cancelled by that of a force F at {e} cm on the opposite arm.",
            ),
            tasks=(
                find("force", "힘 F의 크기", "the size of the force F"),
                find("load-moment", "받침점에 대한 무게 {f} N의 돌림힘의 크기", "the moment of the {f} N load about the pivot"),
            ),
            held_out=(
                HeldOut(
                    explain("principle", "지레로 힘의 이득을 얻는 원리", "how a lever saves force"),
                    "지레의 한쪽 팔 길이는 {d} cm, 다른 쪽은 {e} cm이다. 짧은 쪽에 {f} N의 짐을 올리고 긴 쪽에 힘 F를 주어 균형을 맞추었다.",
                    "The arms of a balanced lever are {d} cm and {e} cm long; the short one carries {f} N, the long one a force F.",
                ),
                HeldOut(
                    find("pivot-force", "지레의 무게를 무시할 때 받침점이 지레를 떠받치는 힘", "the force of the pivot on the lever, neglecting the weight of the lever"),
                    "받침점에서 {d} cm 되는 곳에 무게 {f} N인 돌을 얹고, 반대쪽 {e} cm 되는 곳을 힘 F로 눌렀더니 지레가 수평을 유지하였다.",
                    "A stone weighing {f} N lies on a lever {d} cm from the pivot, and a push F applied {e} cm from the pivot on the other side keeps the lever level.",
                ),
            ),
        ),
        Concept(
            "pendulum", "energy-momentum", _pendulum,
            ko=(
                "길이 {l} cm인 실에 질량 {m} kg인 추를 매달아 연직 방향과 {t}°를 이루는 위치에서 가만히 놓았다.",
                "질량 {m} kg의 쇠구슬을 {l} cm 길이의 가벼운 실 끝에 묶은 진자를 연직선에서 {t}° 기울인 다음 처음 속력 없이 놓는다.",
                "위쪽 끝이 고정된 실의 길이는 {l} cm이고 아래쪽 끝의 추는 {m} kg이다. 실이 연직선과 {t}°의 각을 이루게 당겼다가 놓으면 추가 왕복 운동을 한다.",
                "단진자가 최대 각변위 {t}°로 흔들리고 있으며, 실의 길이는 {l} cm이고 추의 질량은 {m} kg이다.",
                "과학관의 진자는 {m} kg의 추와 {l} cm의 줄로 이루어져 있고, 관람객이 추를 옆으로 옮겨 줄이 {t}°만큼 기울었을 때 손을 뗀다.",
            ),
            en=(
                "A bob of {m} kg on a string of {l} cm is released at {t}° from the vertical.",
                "A simple pendulum, {l} cm long with a mass of {m} kg at its end, swings with an angular amplitude of {t}°.",
                "In a school laboratory a pendulum consists of a light cord of {l} cm and a weight of {m} kg, set free from a deflection of {t}°.",
                "Pulled {t}° away from its lowest position and released, a weight of {m} kg oscillates at the end of a cord {l} cm long.",
            ),
            tasks=(
                find("period", "진자의 주기", "the period of the pendulum"),
                explain("period-factors", "진자의 주기를 바꾸는 요인과 바꾸지 않는 요인", "which factors change the period of the pendulum and which do not"),
            ),
            held_out=(
                HeldOut(
                    find("speed", "최저점을 지날 때의 추의 속력", "the speed of the bob at the lowest point"),
                    "실의 길이가 {l} cm, 추의 질량이 {m} kg인 단진자가 최대 {t}°까지 흔들린다.",
                    "A simple pendulum with a string of {l} cm and a bob of {m} kg swings out to {t}°.",
                ),
                HeldOut(
                    find("tension", "최저점을 지날 때 실에 걸리는 장력", "the tension in the string as the bob passes the lowest point"),
                    "질량이 {m} kg인 추가 {l} cm 길이의 가벼운 실 끝에서 왕복 운동을 하고, 가장 높이 올라갔을 때 실은 연직선과 {t}°를 이룬다.",
                    "A {m} kg bob on a light thread, {l} cm long, is drawn aside until the thread makes {t}° with the vertical and is then let go.",
                ),
            ),
        ),
        Concept(
            "cart-collision", "energy-momentum", _carts,
            ko=(
                "질량 {m} kg인 수레 A가 {v} m/s로 달려 같은 방향으로 {w} m/s로 움직이는 질량 {n} kg인 수레 B와 충돌한 뒤 한 덩어리가 되었다.",
                "앞서 있는 수레 B는 질량이 {n} kg이고 속력이 {w} m/s이다. 질량이 {m} kg인 수레 A가 뒤에서 같은 방향으로 {v} m/s로 다가가 추돌하자 둘은 결합하였다.",
                "완전 비탄성 충돌 실험에서 충돌 직전 같은 쪽을 양으로 잰 속도는 수레 A가 {v} m/s, 앞쪽의 수레 B가 {w} m/s이다. 질량은 A가 {m} kg, B가 {n} kg이다.",
                "역학 수레 A({m} kg, {v} m/s)가 같은 직선 위 앞쪽의 역학 수레 B({n} kg, 같은 방향으로 {w} m/s)를 들이받아 고리로 연결된 채 함께 나아갔다.",
            ),
            en=(
                "Cart A of {m} kg at {v} m/s runs into cart B of {n} kg moving the same way at {w} m/s, and they stick together.",
                "On a level track, trolley B of {n} kg has a velocity of {w} m/s. Trolley A of {m} kg follows behind at {v} m/s in the same direction, hits it and couples to it.",
                "Two gliders with sticky bumpers, A ({m} kg) and B ({n} kg), have velocities of {v} m/s and {w} m/s in the same direction; A catches up with B and they join.",
                "In a perfectly inelastic collision, cart A with mass {m} kg and velocity {v} m/s strikes cart B with mass {n} kg and velocity {w} m/s, both velocities being measured in the same direction.",
                "A toy wagon A of {m} kg rolls at {v} m/s into wagon B of {n} kg ahead of it, whose speed in the same direction is {w} m/s, and a hook locks them together.",
            ),
            tasks=(
                find("velocity", "충돌 후 두 수레의 속력", "the common speed after the collision"),
            ),
            held_out=(
                HeldOut(
                    find("loss", "충돌에서 잃은 운동 에너지", "the kinetic energy lost in the collision"),
                    "직선 위에서 {v} m/s의 A({m} kg)가 앞서 가는 {w} m/s의 B({n} kg)를 따라가 부딪혀 함께 운동한다.",
                    "On a straight track A ({m} kg, {v} m/s) catches up with B ({n} kg, {w} m/s); after impact both move as one.",
                ),
                HeldOut(
                    find("impulse", "충돌하는 동안 A가 B에 준 충격량의 크기", "the impulse that A gives to B during the collision"),
                    "일직선 위에서 수레 A({m} kg)와 그 앞에 있는 B({n} kg)의 속도는 같은 방향으로 각각 {v} m/s, {w} m/s이다. A가 B에 충돌하자 두 수레는 한 덩어리가 되었다.",
                    "Cart A has mass {m} kg and velocity {v} m/s; cart B in front of it has mass {n} kg and velocity {w} m/s in the same direction. A hits B and they lock together.",
                ),
            ),
        ),
    ),
)  # fmt: skip
