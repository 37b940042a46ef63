import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup

from publicity.models import Attempt
from publicity.stats import invitations
from tests.factories.accounts import UserFactory
from tests.publicity.quiz import NOW, TODAY, WEEK, answered, round_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _on_the_23rd():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(db):
    return UserFactory(name="示例人员甲")


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def words(tags):
    return [" ".join(tag.text.split()) for tag in tags]


def test_who_answers_gets_score_and_explanations_at_once_and_leaves_nothing_else(client, office):
    round_of(office)
    form = soup(client.get("/quiz/1/")).select_one("[data-quiz]")
    answer = client.post(form["action"], {"q1": "A", "q2": "B"})
    page = soup(client.get(answer["Location"]))
    attempt = Attempt.objects.get()

    assert words(form.select("legend")) == ["1．门前的雪什么时候扫？", "2．盲道上能停车吗？"]
    assert form.select("[type=hidden]") == []
    assert (answer.status_code, answer["Location"]) == (302, "/quiz/1/result/?chosen=AB")
    assert words(page.select("#score")) == ["答对 1 题，共 2 题"]
    assert words(page.select(".marked .state")) == ["答对", "答错"]
    assert words(page.select(".option-right, .option-wrong")) == [
        "A．当天正确答案，您选对了",
        "B．停一会儿您选的",
        "C．不能正确答案",
    ]
    assert "雪停了就扫。" in page.select_one(".marked").text
    assert (attempt.chosen, attempt.right, answer.cookies) == ("AB", 1, {})


def test_what_is_missing_is_named_and_what_was_chosen_stays(client, office):
    round_of(office)
    answer = client.post("/quiz/1/answer/", {"q1": "B", "q2": "Z"})
    page = soup(answer)

    assert (answer.status_code, Attempt.objects.count()) == (422, 0)
    assert [(link["href"], link.text) for link in page.select("#error-summary a")] == [
        ("#id_q2", "第 2 题选的不在选项里，请重新选。")
    ]
    assert page.select_one("#id_q2")
    assert [box["value"] for box in page.select("[name=q1][checked]")] == ["B"]


def test_too_many_from_one_network_are_told_so_and_keep_what_they_chose(client, office, settings):
    settings.INTAKE_PER_CLIENT_HOUR = 0.4  # two answers
    round_of(office)
    answers = [client.post("/quiz/1/answer/", {"q1": "A", "q2": "C"}) for _ in range(3)]
    page = soup(answers[-1])

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 3601
    assert "您选的都还在" in page.select_one("#error-summary").text
    assert [box["value"] for box in page.select("[checked]")] == ["A", "C"]
    assert Attempt.objects.count() == 2


def test_a_round_is_told_before_its_days_answered_on_them_and_read_after_them(client, office):
    round_of(office, opens_on=TODAY + DAY, closes_on=TODAY + WEEK)
    shown = []
    for day in (TODAY, TODAY + DAY, TODAY + WEEK, TODAY + WEEK + DAY):
        with time_machine.travel(NOW + (day - TODAY), tick=False):
            page = soup(client.get("/quiz/1/"))
            client.post("/quiz/1/answer/", {"q1": "A", "q2": "C"})
            shown.append((bool(page.select("form.quiz")), len(page.select(".option-right")), Attempt.objects.count()))

    assert shown == [(False, 0, 0), (True, 0, 1), (True, 0, 2), (False, 2, 2)]


def test_the_list_tells_what_runs_what_comes_and_what_is_over(client, office):
    over = round_of(office, opens_on=TODAY - WEEK, closes_on=TODAY - DAY)
    round_of(office)
    round_of(office, opens_on=TODAY + DAY, closes_on=TODAY + WEEK)
    round_of(office, published=False)
    Attempt.objects.create(round=over, chosen="AC", right=2, answered_at=NOW)
    page = soup(client.get("/quiz/"))

    assert words(page.select(".quiz-now h2")) == ["第 2 期：冬天的规矩"]
    assert words(page.select("#coming-head ~ .card b")) == ["第 3 期：冬天的规矩"]
    assert words(page.select("#over-head ~ .card a.title, #over-head ~ .card .hint")) == [
        "第 1 期：冬天的规矩",
        "2026 年 11 月 22 日结束 1 人次",
    ]


def test_a_round_that_is_not_published_is_not_there(client, office):
    round_of(office, published=False)
    answers = [client.get("/quiz/1/"), client.post("/quiz/1/answer/"), client.get("/quiz/1/result/?chosen=AC")]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert soup(client.get("/quiz/")).select_one(".empty h2").text == "现在没有正在答的题"


@pytest.mark.once
@pytest.mark.parametrize("chosen", ["A", "ACC", "AZ", "A<"])
def test_an_address_with_other_letters_than_the_rounds_is_not_there(client, office, chosen):
    round_of(office)

    assert client.get(f"/quiz/1/result/?chosen={chosen}").status_code == 404


def test_the_page_of_a_round_stays_ready_while_people_answer_it(client, office, django_assert_num_queries):
    made = round_of(office)
    client.get("/quiz/1/")
    answered(made, "AC")
    with django_assert_num_queries(1):
        client.get("/quiz/1/")
    before = client.get("/quiz/").content
    answered(made, "AC")

    assert client.get("/quiz/").content != before


def test_home_page_and_news_lead_to_the_round_that_runs(client, office):
    round_of(office, opens_on=TODAY - WEEK, closes_on=TODAY - DAY)
    round_of(office)

    links = [[link["href"] for link in soup(client.get(path)).select("a.invitation")] for path in ("/", "/news/")]
    assert links == [["/quiz/2/"]] * 2
    assert [one.words for one in invitations(on=TODAY)] == ["第 2 期正在答，到 11 月 30 日。交卷就看得分。"]
