"""A resident stops text messages without an account, by the way out that stands in each of them."""

import json

import pytest
from django.db import transaction

from common.crypto import decrypt
from notifications import phones
from notifications.models import NoticeDelivery, PhoneChoice
from notifications.outbox import Text, text_phones
from tests.factories.complaints import MONDAY

pytestmark = pytest.mark.django_db
PHONE, OTHER = "13800001234", "13900005678"


@pytest.fixture(autouse=True)
def _gateway(settings):
    settings.SMS_GATEWAY_URL, settings.SITE_URL = "http://sms.invalid/", "https://portal.invalid"


def told(*numbers, reason="closing", **changes):
    """The words that would go out, by phone."""
    before = set(NoticeDelivery.objects.values_list("pk", flat=True))
    with transaction.atomic():
        texts = [Text(phone, f"{reason}:{phone}", "办完了。") for phone in numbers]
        text_phones(texts, what="办结通知", at=MONDAY, **changes)
    written = NoticeDelivery.objects.exclude(pk__in=before)
    sealed = [json.loads(decrypt(one.sealed)) for one in written]
    return {one["phone"]: one["words"] for one in sealed}


def test_each_message_says_where_to_stop_them_and_the_button_stops_them(client):
    first = told(PHONE, OTHER)
    way_out = first[PHONE].removeprefix("办完了。不想再收：https://portal.invalid")
    assert way_out != first[OTHER].removeprefix("办完了。不想再收：https://portal.invalid")

    page = client.get(way_out)
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    assert list(told(PHONE, reason="visited")) == [PHONE], "a visit changes nothing"
    client.post(way_out, {"want": "off"})
    client.post(way_out, {"want": "off"})

    assert "已经不再发短信" in client.get(way_out).content.decode()
    assert list(told(PHONE, OTHER, reason="second")) == [OTHER]
    assert told(PHONE, reason="code", was_asked_for=True) == {PHONE: "办完了。"}, "what one asks for, one gets"
    client.post(way_out.lower(), {"want": "on"})
    assert list(told(PHONE, reason="third")) == [PHONE]


def test_the_phone_itself_is_not_kept_with_the_choice():
    told(PHONE)

    assert PHONE not in str(list(PhoneChoice.objects.values()))
    assert phones.choices_of([PHONE, PHONE])[PHONE] == PhoneChoice.objects.get()


def test_looking_for_other_peoples_ways_out_ends_soon(client):
    answers = [client.get(f"/sms/{n:012}/").status_code for n in range(31)]

    assert answers == [404] * 30 + [429]


def test_without_an_address_of_its_own_the_portal_names_no_way_out(settings):
    settings.SITE_URL = ""

    assert told(PHONE) == {PHONE: "办完了。"}
