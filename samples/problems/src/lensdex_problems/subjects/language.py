"""Language and reading."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, Pair, Scene, Subject, choose, explain, find
from lensdex_problems.drawing.bars import Bars
from lensdex_problems.drawing.network import Network
from lensdex_problems.drawing.plot import Plot, sampled
from lensdex_problems.drawing.table import Table
from lensdex_problems.drawing.tree import Tree
from lensdex_problems.notation import pairs
from lensdex_problems.subjects.people import PEOPLE

if TYPE_CHECKING:
    from lensdex_problems.dice import Dice


def _sentence(dice: Dice) -> Scene:
    who = dice.pick(PEOPLE)
    thing = dice.pick(
        (Pair("편지를", "a letter"), Pair("소설을", "a novel"), Pair("시를", "a poem"), Pair("일기를", "a diary"))
    )
    manner = dice.pick((Pair("천천히", "slowly"), Pair("조용히", "quietly"), Pair("열심히", "eagerly")))
    levels = (
        (("S", 0, ""),),
        (("NP", 0, ""), ("VP", 0, "")),
        (("N", 0, ""), ("Adv", 1, ""), ("NP", 1, ""), ("V", 1, "")),
    )
    return Scene({"who": who, "thing": thing, "how": manner}, Tree(levels, downwards=True))


def _argument(dice: Dice) -> Scene:
    names = dice.shuffled(("a", "b", "c", "d"))
    nodes = tuple(
        (name, *spot) for name, spot in zip(names, ((0.5, 0.0), (0.0, 0.6), (1.0, 0.6), (0.0, 1.0)), strict=True)
    )
    topic = dice.pick(
        (
            Pair("교내 휴대 전화 사용", "phones at school"),
            Pair("일회용품 줄이기", "less disposable plastic"),
            Pair("자전거 도로 확대", "more cycle lanes"),
            Pair("인공지능 글쓰기", "writing with machines"),
        )
    )
    return Scene(
        {"topic": topic, "top": names[0], "low": names[3]},
        Network(nodes, ((1, 0, ""), (2, 0, ""), (3, 1, ""))),
        essential=True,
    )


def _plot_curve(dice: Dice) -> Scene:
    peak = dice.whole(5, 8)
    curve = sampled([(0.0, 1.0), (2.0, 1.5), (peak - 2.0, 5.0), (float(peak), 9.0), (peak + 1.0, 4.0), (10.0, 2.0)])
    marks = ((1.0, 1.25, "A"), (peak - 2.0, 5.0, "B"), (float(peak), 9.0, "C"), (10.0, 2.0, "D"))
    return Scene(
        {"hero": dice.pick(PEOPLE), "n": dice.whole(3, 9)},
        Plot((curve,), (0, 10.5), (0, 10.5), "t", "tension", marks=marks, bare=True),
        essential=True,
    )


def _notice(dice: Dice) -> Scene:
    hour, price, days = dice.whole(9, 13), 1000 * dice.whole(2, 12), dice.sample(("Mon", "Tue", "Wed", "Thu", "Fri"), 3)
    rows = (("class", "day", "time"), *((f"{'ABC'[n]}", days[n], f"{hour + n}:30") for n in range(3)))
    data = "; ".join(f"{row[0]}: {row[1]} {row[2]}" for row in rows[1:])
    return Scene({"data": data, "p": price, "who": dice.pick(PEOPLE), "closed": days[1]}, Table(rows), listed="data")


def _article(dice: Dice) -> Scene:
    names, values = ("2015", "2018", "2021", "2024"), sorted(dice.sample(range(22, 90), 4), reverse=True)
    return Scene({"data": pairs(names, values)}, Bars(names, (tuple(values),), y_name="%"), listed="data")


_ROOTS: Final = (
    Pair("풋사과", "unhappy"),
    Pair("맨손", "rewrite"),
    Pair("햇밤", "preview"),
    Pair("덧신", "careless"),
    Pair("먹이", "teacher"),
)


def _morpheme(dice: Dice) -> Scene:
    one, other = dice.sample(_ROOTS, 2)
    return Scene(
        {"one": one, "other": other}, Tree(((("word", 0, ""),), (("affix", 0, ""), ("root", 0, ""))), downwards=True)
    )


SUBJECT: Final = Subject(
    "language",
    Pair("언어와 독서", "Language and reading"),
    {"grammar": Pair("문법", "Grammar"), "reading": Pair("독서", "Reading")},
    (
        Concept(
            "sentence-structure", "grammar", _sentence,
            ("문장 “{who}이(가) {how} {thing} 읽었다.”의 구조를 나무 그림으로 나타내었다.", "다음 문장의 성분을 분석하려고 한다. “{who}이(가) {how} {thing} 읽었다.”"),
            ("The structure of the sentence “{who} {how} read {thing}.” is drawn as a tree.", "The parts of this sentence are to be analysed: “{who} {how} read {thing}.”"),
            (choose("object", "이 문장의 목적어", "the object of the sentence"), explain("modifier", "부사어가 문장에서 하는 구실", "the role of the adverbial in the sentence")),
        ),
        Concept(
            "word-formation", "grammar", _morpheme,
            ("두 단어 ‘{one}’과(와) ‘{other}’을(를) 어근과 접사로 나누어 보았다.", "파생어 ‘{one}’, ‘{other}’의 짜임을 조사하였다."),
            ("The words ‘{one}’ and ‘{other}’ are split into roots and affixes.", "The make-up of the derived words ‘{one}’ and ‘{other}’ is examined."),
            (choose("affix", "두 단어의 접사", "the affix of each word"), explain("derivation", "접사가 어근의 뜻이나 품사를 바꾸는 방식", "how the affix changes the meaning or the class of the root")),
        ),
        Concept(
            "argument-structure", "reading", _argument,
            ("‘{topic}’에 대한 글의 문장 a, b, c, d 사이의 논리적 관계를 도식으로 나타내었다. 화살표는 근거에서 주장으로 향한다.", "‘{topic}’을(를) 다룬 논설문에서 네 문장 a~d가 서로를 뒷받침하는 관계를 화살표로 표시하였다."),
            ("A diagram shows how the sentences a, b, c and d of a text on {topic} support each other; arrows go from reason to claim.", "In an essay about {topic}, arrows mark which of the four sentences a to d backs which."),
            (choose("claim", "글 전체의 주장에 해당하는 문장", "the sentence that is the main claim"), explain("counter", "이 주장에 대하여 제기할 수 있는 반론", "an objection that can be raised against the claim")),
        ),
        Concept(
            "story-tension", "reading", _plot_curve,
            ("주인공 {hero}의 이야기는 모두 {n}장으로 이루어져 있으며 긴장도의 변화에서 A, B, C, D 네 지점을 골랐다.", "{n}장짜리 소설에서 {hero}이(가) 겪는 갈등의 크기를 곡선으로 그리고 A~D를 표시하였다."),
            ("The story of {hero} has {n} chapters; four points A, B, C and D are chosen on its curve of tension.", "For a novel of {n} chapters the conflict that {hero} faces is drawn as a curve, with marks A to D."),
            (choose("climax", "이야기의 절정에 해당하는 지점", "the point of the climax"), explain("resolution", "갈등이 해소되는 과정", "how the conflict is resolved")),
        ),
        Concept(
            "notice-timetable", "reading", _notice,
            ("{who}은(는) 문화 센터의 안내문을 읽었다({data}). 수강료는 한 강좌에 {p}원이며 한 사람이 여러 강좌를 들을 수 있다.", "세 강좌 A, B, C의 요일과 시각을 알리는 글이다({data}). {who}은(는) 강좌마다 {p}원을 내야 한다."),
            ("{who} reads a notice of a culture centre ({data}); each class costs {p} won, and several may be taken.", "A notice gives day and time of the classes A, B and C ({data}); {who} has to pay {p} won for each."),
            (find("cost", "세 강좌를 모두 들을 때의 수강료", "the cost of taking all three classes"), choose("possible", "안내문의 내용과 일치하는 설명", "the statement that agrees with the notice")),
        ),
        Concept(
            "article-with-chart", "reading", _article,
            ("한 해에 책을 한 권 이상 읽은 사람의 비율(%)이 기사에 실렸다({data}).", "독서율의 변화를 다룬 신문 기사이다({data}, 단위 %)."),
            ("An article gives the share (%) of people who read at least one book a year ({data}).", "A newspaper reports how the share of readers has changed ({data}, in percent)."),
            (explain("summary", "자료에 나타난 변화를 요약한 내용", "the change that the data show, in your own words"), explain("effect", "기사에서 도표를 함께 제시한 효과", "what the chart adds to the article")),
        ),
    ),
)  # fmt: skip
