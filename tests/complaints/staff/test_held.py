"""The page where the office looks at what waits (待复核)."""

import pytest
from django.test import Client

from audit.models import Entry
from complaints.models import Complaint, Held
from tests.complaints.public.walk import PHONE, file_one, soup, upload

pytestmark = [pytest.mark.django_db, pytest.mark.once]
URL = "/workbench/complaints/held/"


@pytest.fixture
def three(monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr("complaints.actions.budgets.UNPROVED_PER_CLIENT_AND_HOUR", 0)
    file_one(Client(), upload())
    file_one(Client())
    file_one(Client())
    return list(Held.objects.order_by("pk"))


def photo_for(user, url):
    client = Client()
    if user:
        client.force_login(user)
    return client.get(url).status_code


def test_the_office_sees_what_was_sent_its_photos_and_no_phone(open_page, office, liaison, three):
    page = open_page(office, URL)

    assert len(page.select("ul.held > li")) == 3
    assert page.select_one("ul.held .tag").get_text() == "没有自动核对的提交太多"
    assert PHONE not in str(page) and PHONE[-4:] not in page.select_one("ul.held").get_text()
    photo = page.select_one("img.held-photo")["src"]
    assert [photo_for(someone, photo) for someone in (office, liaison, None)] == [200, 404, 404]
    figures = {label.get_text(strip=True) for label in open_page(office, "/workbench/").select(f"a[href='{URL}']")}
    assert any("待复核的反映" in figure for figure in figures)


def test_those_ticked_are_let_in_or_refused_and_the_log_tells(open_page, office, three):
    assert open_page(office, URL, {"held": [three[0].pk, three[1].pk], "decision": "let_in"}).status == 302
    assert open_page(office, URL, {"held": [three[2].pk], "decision": "refuse", "reply": "广告，不收。"}).status == 302

    assert Complaint.objects.count() == 2
    assert list(Held.objects.order_by("pk").values_list("state", flat=True)) == ["let_in", "let_in", "refused"]
    verbs = Entry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["放行待复核的反映"] * 2 + ["不收待复核的反映"]
    assert "没有待复核的反映" in open_page(office, URL).get_text()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"decision": "let_in"}, "还没有勾选。请先勾选要放行或不收的。"),
        ({"held": ["first"], "decision": "refuse"}, "不收的原因还没写，居民凭查询码要看。"),
        ({"held": ["999999"], "decision": "let_in"}, "有一件刚刚被别人处理过了。请看最新的，再勾选。"),
    ],
)
def test_what_is_missing_is_said_and_the_ticks_stay(open_page, office, three, sent, said):
    sent = sent | {"held": [three[0].pk if one == "first" else one for one in sent.get("held", [])]}

    page = open_page(office, URL, sent)

    assert page.status == 422
    assert [line.get_text(strip=True) for line in page.select("#error-summary li")] == [said]
    assert len(page.select("input[name=held][checked]")) == ("原因" in said)
    assert soup(page.answer).select("ul.held > li") != []
