import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string

from tests.look.sample import SampleForm


def soup(html):
    return BeautifulSoup(html, "html.parser")


def test_the_gallery_shows_its_components(client, db, look_pages):
    response = client.get("/look/gallery/")

    assert response.status_code == 200
    assert len(soup(response.content).select(".board .flag-word")) == 10


@pytest.mark.parametrize("name", ["400", "403_csrf", "500", "503", "offline"])
def test_a_bare_page_needs_no_request_and_no_database(name):
    page = soup(render_to_string(f"{name}.html"))

    assert page.html["lang"] == "zh-Hans"
    assert page.h1.text


def test_a_refusal_shows_its_sentence_and_the_way_back(rf, db):
    request = rf.get("/", headers={"referer": "/workbench/complaints/"})
    page = soup(render_to_string("409.html", {"message": "示例人员乙刚刚签收了这件，请看新的状态再办。"}, request))

    assert page.select_one("main .measure").text == "示例人员乙刚刚签收了这件，请看新的状态再办。"
    assert page.select_one(".btn-primary")["href"] == "/workbench/complaints/"


def test_large_text_is_one_class_on_the_root_and_needs_no_script(client, db, look_pages):
    switch = soup(client.get("/look/gallery/").content).select_one("form.mast-elder")
    client.post(switch["action"], {"next": "/look/gallery/"})
    page = soup(client.get("/look/gallery/").content)

    assert "elder" in page.html["class"]
    assert page.select_one("form.mast-elder button").text.strip() == "退出长辈版"


def test_the_switch_of_large_text_comes_right_after_the_skip_link(client, db, look_pages):
    page = soup(client.get("/look/gallery/").content)
    first, second = page.select("a, button")[:2]

    assert (first["class"], second.text.strip()) == (["skip"], "长辈版")


# --- fields -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def refused():
    return soup(SampleForm({"phone": "1380000123", "text": "x", "kind": "snow", "unit": "7"}).render())


def test_a_refused_field_points_at_its_hint_and_its_error(refused):
    phone = refused.select_one("#id_phone")

    assert phone["aria-invalid"] == "true"
    described = [refused.find(id=name).text.strip() for name in phone["aria-describedby"].split()]
    assert described == ["查进度要用后四位。", "手机号应是 11 位。"]
    assert refused.select_one(".field-bad label").text == "手机号"


def test_the_error_stands_above_the_control(refused):
    order = [tag["id"] for tag in refused.select("[id^=id_phone]")]

    assert order == ["id_phone_helptext", "id_phone_error", "id_phone"]


def test_the_summary_leads_to_the_field(refused):
    assert [(a["href"], a.text) for a in refused.select(".error-summary a")] == [("#id_phone", "手机号应是 11 位。")]


def test_a_summary_names_the_field_where_the_message_does_not():
    page = soup(SampleForm({}).render())

    assert page.select_one('.error-summary a[href="#id_unit"]').text.startswith("责任单位")


def test_choices_are_cards_in_a_named_group():
    group = soup(str(SampleForm()["kind"].as_field_group())).fieldset

    assert group.legend.text == "您要反映什么？"
    assert [(card.b.text, card.select_one(".hint").text) for card in group.select("label.opt")] == [
        ("清扫和积雪", "路面、单元门口、楼道"),
        ("其他", "说不准选这个"),
    ]


def test_a_single_tick_has_its_label_inside_the_card():
    card = soup(str(SampleForm()["may_contact"].as_field_group())).select_one("label.opt")

    assert (card["for"], card.b.text) == (card.input["id"], "办理单位可以直接联系我")


def test_a_field_without_error_is_not_marked():
    page = soup(SampleForm().render())

    assert page.select(".field-bad, .field-error, .error-summary, [aria-invalid]") == []
    assert page.select_one("textarea")["class"] == ["form-control"]
