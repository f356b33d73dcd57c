"""Language and reading."""

# ruff: noqa: E501  A wording stays on one line; Hangul counts double.

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lensdex_problems.concept import Concept, HeldOut, Pair, Scene, Subject, choose, explain, find
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
            ko=(
                "문장 “{who}이(가) {how} {thing} 읽었다.”의 구조를 나무 그림으로 나타내었다.",
                "국어 시간에 “{who}이(가) {how} {thing} 읽었다.”라는 문장을 주어부와 서술부로 나눈 다음 더 작은 단위로 쪼개어 수형도를 그렸다.",
                "한 학생이 공책에 “{who}이(가) {how} {thing} 읽었다.”라고 적고, 어떤 말이 어떤 말과 먼저 묶이는지를 위에서 아래로 갈라지는 가지로 표시하였다.",
                "다음 홑문장의 성분을 직접 구성 성분 분석의 방법으로 살펴보았다. 분석한 문장은 “{who}이(가) {how} {thing} 읽었다.”이다.",
                "“{who}이(가) {how} {thing} 읽었다.”는 네 어절로 된 문장이다. 이 문장을 이루는 구와 단어의 층위를 가지가 뻗은 그림으로 정리하였다.",
            ),
            en=(
                "The structure of the sentence “{who} {how} read {thing}.” is drawn as a tree.",
                "A syntax tree divides the sentence “{who} {how} read {thing}.” into a noun phrase and a verb phrase, and then into smaller units.",
                "In a grammar lesson the class analyses “{who} {how} read {thing}.” by its immediate constituents and arranges them on branches from top to bottom.",
                "A student writes down “{who} {how} read {thing}.” and groups the words step by step, showing with branching lines which of them belong together.",
                "The simple sentence “{who} {how} read {thing}.” has been broken down into phrases and words, each level of the analysis standing below the previous one.",
            ),
            tasks=(
                choose("object", "이 문장의 목적어", "the object of the sentence"),
                choose("adverbial", "서술어의 뜻을 꾸며 주는 부사어", "the adverbial that modifies the verb"),
                explain("subject-predicate", "이 문장이 주어부와 서술부로 나뉘는 방식", "how the sentence divides into subject and predicate"),
            ),
            held_out=(
                HeldOut(
                    explain("modifier", "부사어가 문장에서 하는 구실", "the role of the adverbial in the sentence"),
                    "다음 문장의 성분을 분석하려고 한다. “{who}이(가) {how} {thing} 읽었다.”",
                    "The parts of this sentence are to be analysed: “{who} {how} read {thing}.”",
                ),
                HeldOut(
                    choose("obligatory-parts", "문장에서 빠뜨릴 수 없는 성분", "the parts that cannot be left out of the sentence"),
                    "칠판에 적힌 예문은 “{who}이(가) {how} {thing} 읽었다.”이며, 학생들은 이 문장을 점점 더 작은 단위로 나누어 본다.",
                    "A teacher writes “{who} {how} read {thing}” on the board and lets the class divide it into smaller and smaller units.",
                ),
            ),
        ),
        Concept(
            "word-formation", "grammar", _morpheme,
            ko=(
                "두 단어 ‘{one}’과(와) ‘{other}’을(를) 어근과 접사로 나누어 보았다.",
                "단어의 짜임을 배우는 시간에 ‘{one}’과(와) ‘{other}’을(를) 칠판에 적고, 각 단어에서 실질적인 뜻을 지닌 부분과 뜻을 더하는 부분을 갈라 표시하였다.",
                "‘{one}’은(는) 둘 이상의 형태소로 이루어진 단어이며 ‘{other}’도 마찬가지이다. 두 단어는 모두 파생어로 분류된다.",
                "한 학생이 사전에서 파생어의 예로 ‘{one}’과(와) ‘{other}’을(를) 찾아 그 구성 요소를 나무 그림으로 분석하였다.",
                "낱말 카드 두 장에 ‘{one}’, ‘{other}’이(가) 적혀 있다. 카드를 가위로 잘라 낱말의 중심이 되는 부분과 그것에 붙은 부분을 따로 떼어 놓았다.",
            ),
            en=(
                "The words ‘{one}’ and ‘{other}’ are split into roots and affixes.",
                "Both ‘{one}’ and ‘{other}’ are derived words: in each of them a part that cannot stand alone has been attached to a base.",
                "During a lesson on vocabulary the teacher writes ‘{one}’ and ‘{other}’ on the board and marks off the part of each that carries its basic meaning.",
                "Looking for examples of derivation, a student finds ‘{one}’ and ‘{other}’ in a dictionary and analyses their morphemes in small tree diagrams.",
                "Two word cards read ‘{one}’ and ‘{other}’. Each card is cut so that the core of the word is separated from the element added to it.",
            ),
            tasks=(
                choose("affix", "두 단어의 접사", "the affix of each word"),
            ),
            held_out=(
                HeldOut(
                    explain("derivation", "접사가 어근의 뜻이나 품사를 바꾸는 방식", "how the affix changes the meaning or the class of the root"),
                    "파생어 ‘{one}’, ‘{other}’의 짜임을 조사하였다.",
                    "The make-up of the derived words ‘{one}’ and ‘{other}’ is examined.",
                ),
                HeldOut(
                    find("same-affix-words", "두 낱말과 각각 같은 접사가 쓰인 다른 낱말", "another word with the same affix for each of the two words"),
                    "어근에 접사가 붙어서 새로 만들어진 낱말의 예로 ‘{one}’과(와) ‘{other}’을(를) 들 수 있다.",
                    "‘{one}’ and ‘{other}’ each consist of a root to which an affix has been added.",
                ),
            ),
        ),
        Concept(
            "argument-structure", "reading", _argument,
            ko=(
                "‘{topic}’에 대한 글의 문장 a, b, c, d 사이의 논리적 관계를 도식으로 나타내었다. 화살표는 근거에서 주장으로 향한다.",
                "한 학생이 ‘{topic}’을(를) 다룬 논설문을 읽고, 네 문장 a, b, c, d 중에서 어느 것이 어느 것을 뒷받침하는지 화살표로 이었다. 화살표의 끝에는 뒷받침을 받는 문장이 놓인다.",
                "토론 수업에서 ‘{topic}’에 관한 주장과 이유를 문장 카드 a, b, c, d로 만들었다. 그리고 이유 카드에서 그것이 지지하는 카드 쪽으로 선을 그어 논증 지도를 완성하였다.",
                "‘{topic}’을(를) 주제로 한 신문 사설이 a, b, c, d의 네 문장으로 요약되었다. 각 화살표는 이유가 되는 문장에서 출발하여 그 이유로 정당화되는 문장에 이른다.",
                "‘{topic}’에 대하여 쓴 건의문의 논증 구조를 개요도로 정리하였다. a, b, c, d는 각각 한 문장이며, 두 문장을 잇는 화살표의 출발점이 근거이다.",
            ),
            en=(
                "A diagram shows how the sentences a, b, c and d of a text on {topic} support each other; arrows go from reason to claim.",
                "After reading an editorial about {topic}, a student links its four sentences a, b, c and d with arrows, each pointing at the sentence that is being supported.",
                "For a debate on {topic}, claims and reasons are written on the cards a, b, c and d. In the finished argument map every line runs from a reason to the card it backs up.",
                "The reasoning of an opinion piece, whose subject is {topic}, is reduced to the statements a, b, c and d. Each arrow starts at a premise and ends at what follows from it.",
                "An outline maps the argument of a letter to the council on {topic}: a, b, c and d each stand for one sentence, and an arrow from one to another means ‘gives grounds for’.",
            ),
            tasks=(
                choose("claim", "글 전체의 주장에 해당하는 문장", "the sentence that is the main claim"),
                choose("direct-reasons", "글 전체의 주장을 직접 뒷받침하는 두 문장", "the two sentences that support the main claim directly"),
                explain("removal-effect", "문장 {low}을(를) 삭제했을 때 논증에 생기는 변화", "what happens to the argument if sentence {low} is left out"),
            ),
            held_out=(
                HeldOut(
                    explain("counter", "이 주장에 대하여 제기할 수 있는 반론", "an objection that can be raised against the claim"),
                    "‘{topic}’을(를) 다룬 논설문에서 네 문장 a~d가 서로를 뒷받침하는 관계를 화살표로 표시하였다.",
                    "In an essay about {topic}, arrows mark which of the four sentences a to d backs which.",
                ),
                HeldOut(
                    choose("indirect-support", "주장을 직접 뒷받침하지 않고 다른 근거를 뒷받침하는 문장", "the sentence that backs another reason and not the claim itself"),
                    "한 학생이 ‘{topic}’에 관한 주장을 펼치며 문장 a, b, c, d를 썼고, 근거에서 그것이 받쳐 주는 문장 쪽으로 화살표를 그었다.",
                    "A student's text on {topic} rests on four sentences a, b, c and d, with an arrow leading from every reason to the sentence it supports.",
                ),
            ),
        ),
        Concept(
            "story-tension", "reading", _plot_curve,
            ko=(
                "주인공 {hero}의 이야기는 모두 {n}장으로 이루어져 있으며 긴장도의 변화에서 A, B, C, D 네 지점을 골랐다.",
                "{n}장으로 된 소설에서 주인공 {hero}이(가) 겪는 갈등의 크기를 이야기의 흐름에 따라 곡선으로 나타내고, 그 위의 네 곳에 A, B, C, D를 표시하였다.",
                "독서 모임에서 {hero}을(를) 주인공으로 한 {n}장짜리 작품을 읽었다. 회원들은 읽으면서 느낀 긴장감을 이어 그린 다음 A, B, C, D의 네 순간을 짚었다.",
                "작가 지망생이 {n}장 분량의 이야기를 구상하였다. 중심인물은 {hero}이고, 처음부터 끝까지 독자의 긴장이 오르내리는 모습을 A, B, C, D를 지나는 하나의 선으로 설계하였다.",
                "전체 {n}장 가운데 어느 곳에서 사건이 고조되는지 알아보려고 {hero}의 모험담에 나타난 긴장도를 조사하였다. 그 결과를 나타낸 곡선에서 A, B, C, D는 서로 다른 시점이다.",
            ),
            en=(
                "The story of {hero} has {n} chapters; four points A, B, C and D are chosen on its curve of tension.",
                "A novel in {n} chapters follows its main character {hero}. The strength of the conflict is plotted against the course of the plot, and the letters A, B, C and D mark four moments.",
                "Members of a book club read a tale of {n} chapters about {hero}, draw how their suspense rose and fell, and label four places on the line A, B, C and D.",
                "An author plans {n} chapters with {hero} as the central figure. The intended suspense from beginning to end is sketched as one line through four points named A, B, C and D.",
                "To study how the action builds up, a class traces the tension in the adventures of {hero}, told in {n} chapters; A, B, C and D are different moments on the resulting curve.",
            ),
            tasks=(
                choose("climax", "이야기의 절정에 해당하는 지점", "the point of the climax"),
                explain("falling-action", "절정 이후 긴장도가 변하는 모습과 그 까닭", "how and why the tension changes after the climax"),
            ),
            held_out=(
                HeldOut(
                    explain("resolution", "갈등이 해소되는 과정", "how the conflict is resolved"),
                    "{n}장짜리 소설에서 {hero}이(가) 겪는 갈등의 크기를 곡선으로 그리고 A~D를 표시하였다.",
                    "For a novel of {n} chapters the conflict that {hero} faces is drawn as a curve, with marks A to D.",
                ),
                HeldOut(
                    choose("exposition", "인물과 배경이 소개되는 발단 단계에 해당하는 지점", "the mark that belongs to the exposition, where people and setting are introduced"),
                    "{hero}이(가) 주인공이고 {n}장으로 이루어진 이야기에서 긴장감이 변하는 모습을 선으로 그린 뒤, 네 지점을 A, B, C, D라고 하였다.",
                    "A reader plots how the suspense rises and falls through the {n} chapters about {hero}, naming four moments A, B, C and D.",
                ),
            ),
        ),
        Concept(
            "notice-timetable", "reading", _notice,
            ko=(
                "{who}은(는) 문화 센터의 안내문을 읽었다({data}). 수강료는 한 강좌에 {p}원이며 한 사람이 여러 강좌를 들을 수 있다.",
                "도서관 게시판에 세 강좌 A, B, C의 요일과 시작 시각이 붙어 있다({data}). {who}은(는) 강좌마다 {p}원을 내야 하며 신청할 수 있는 강좌의 수에는 제한이 없다.",
                "강좌 하나의 수강료가 {p}원인 주민 센터에서 이번 달 시간표를 누리집에 올렸다({data}). {who}은(는) 이 가운데 둘 이상의 강좌를 골라 들어도 된다.",
                "{who}의 가족은 청소년 회관의 강좌 안내 전단을 받았다({data}). 전단에는 한 강좌를 등록할 때마다 {p}원을 내고, 중복 등록도 가능하다고 쓰여 있다.",
                "배움터에서 여는 세 강좌가 주간 일정표에 정리되어 있다({data}). 수강료는 강좌당 {p}원으로 같으며, {who}은(는) 여러 강좌의 동시 신청을 생각하고 있다.",
            ),
            en=(
                "{who} reads a notice of a culture centre ({data}); each class costs {p} won, and several may be taken.",
                "The library board lists three weekly classes with their days and starting times ({data}). {who} may sign up for as many as desired, paying {p} won for each class.",
                "A community centre charges {p} won per class and has put this month's schedule online ({data}). {who} is free to join more than one of the classes.",
                "A leaflet about the classes at a youth club arrives at the home of {who} ({data}). It says that every registration costs {p} won and that multiple registrations are allowed.",
                "Three classes of an evening school, each with the same fee of {p} won, appear in a weekly plan ({data}); {who} is thinking of attending several of them.",
            ),
            tasks=(
                find("cost", "세 강좌를 모두 들을 때의 수강료", "the cost of taking all three classes"),
                choose("closed-day", "시설이 {closed}에 쉴 때에도 들을 수 있는 강좌", "the classes that can still be attended if the place is closed on {closed}"),
                find("week-order", "한 주의 월요일부터 볼 때 세 강좌가 열리는 순서", "the order in which the three classes take place in a week starting on Monday"),
            ),
            held_out=(
                HeldOut(
                    choose("possible", "안내문의 내용과 일치하는 설명", "the statement that agrees with the notice"),
                    "세 강좌 A, B, C의 요일과 시각을 알리는 글이다({data}). {who}은(는) 강좌마다 {p}원을 내야 한다.",
                    "A notice gives day and time of the classes A, B and C ({data}); {who} has to pay {p} won for each.",
                ),
                HeldOut(
                    explain("missing-information", "안내문에 없어 {who}이(가) 신청 전에 더 물어보아야 할 내용", "what the notice leaves out and {who} should ask before signing up"),
                    "문화 센터 게시판에 강좌 A~C가 열리는 때가 붙어 있다({data}). 수강료는 강좌당 {p}원이며 {who}이(가) 신청을 고민하고 있다.",
                    "{who} reads on a notice board when the courses A to C are held ({data}) and learns that each course costs {p} won.",
                ),
            ),
        ),
        Concept(
            "article-with-chart", "reading", _article,
            ko=(
                "한 해에 책을 한 권 이상 읽은 사람의 비율(%)이 기사에 실렸다({data}).",
                "독서 실태를 다룬 기사에 해마다 책을 적어도 한 권 읽은 사람이 전체에서 차지하는 비율(%)이 조사 연도별로 제시되었다({data}).",
                "2015년부터 3년 간격으로 네 차례 이루어진 조사에서, 지난 1년 동안 책을 읽은 적이 있다고 답한 사람의 백분율을 신문이 막대그래프로 보도하였다({data}).",
                "학교 신문의 기자가 통계 자료를 인용하여 글을 썼다. 자료는 한 해 동안 책을 한 권이라도 읽은 사람이 100명 중 몇 명인지를 나타낸다({data}).",
                "어느 잡지는 ‘책 읽는 사람들’이라는 글에서 연간 독서율(%)을 소개하였다({data}). 여기서 연간 독서율은 1년에 한 권 이상의 책을 읽은 사람의 비율이다.",
            ),
            en=(
                "An article gives the share (%) of people who read at least one book a year ({data}).",
                "A newspaper report on reading habits prints, for several survey years, the percentage of people who finished one book or more within the year ({data}).",
                "In surveys held every three years from 2015 on, people were asked whether they had read any book in the past year. The percentages answering yes appear in a magazine ({data}).",
                "For the school paper, a pupil writes about books and quotes statistics telling how many people out of every hundred read at least one in a year ({data}).",
                "The annual reading rate means the proportion (%) of people who read one or more books in a year. A journalist cites its values for four different years ({data}).",
            ),
            tasks=(
                explain("summary", "자료에 나타난 변화를 요약한 내용", "the change that the data show, in your own words"),
                explain("possible-causes", "이러한 변화의 원인으로 짐작할 수 있는 사회 변화", "social changes that may have caused this development"),
            ),
            held_out=(
                HeldOut(
                    explain("effect", "기사에서 도표를 함께 제시한 효과", "what the chart adds to the article"),
                    "독서율의 변화를 다룬 신문 기사이다({data}, 단위 %).",
                    "A newspaper reports how the share of readers has changed ({data}, in percent).",
                ),
                HeldOut(
                    find("overall-drop", "2015년부터 2024년까지 독서율이 낮아진 폭", "the fall of the share of readers from 2015 to 2024 in percentage points"),
                    "책을 읽는 사람의 비율이 2015년부터 2024년까지 계속 낮아졌다는 보도에 통계 자료가 함께 실렸다({data}, 단위 %).",
                    "According to a press report with statistics, ever fewer people read books between 2015 and 2024 ({data}, in percent).",
                ),
            ),
        ),
    ),
)  # fmt: skip
