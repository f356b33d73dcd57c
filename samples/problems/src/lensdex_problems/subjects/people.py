"""First names for the people in problems, in both languages."""

from __future__ import annotations

from typing import Final

from lensdex_problems.concept import Pair

PEOPLE: Final = (
    Pair("민수", "Minsu"), Pair("지영", "Jiyoung"), Pair("하준", "Hajun"), Pair("서연", "Seoyeon"),
    Pair("도윤", "Doyun"), Pair("수아", "Sua"), Pair("은우", "Eunwoo"), Pair("유진", "Yujin"),
    Pair("현서", "Hyunseo"), Pair("태민", "Taemin"), Pair("다은", "Daeun"), Pair("준호", "Junho"),
)  # fmt: skip
