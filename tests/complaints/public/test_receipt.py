from datetime import timedelta

import pytest
from django.utils import timezone

from common import crypto
from common.models import Fact
from complaints.models import Complaint
from tests.complaints.public.walk import PHONE, RECEIPT, TRACK, code_on, file_one, soup, words

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PICTURE = "/complaints/receipt/picture/"


def test_without_a_submission_there_is_no_receipt(client):
    assert client.get(RECEIPT).url == TRACK
    assert client.get(PICTURE).url == TRACK


def test_the_code_is_derived_from_the_session_and_not_kept_in_it(client):
    code = file_one(client)
    kept = str(dict(client.session))
    assert code not in kept and code.replace("-", "") not in kept and PHONE not in kept and "1234" not in kept
    assert code_on(client.get(RECEIPT)) == code


def test_the_receipt_is_there_for_a_day(client):
    file_one(client)
    session = client.session
    until = timezone.now() + timedelta(hours=24)
    assert session["receipt"]["until"] == pytest.approx(until.timestamp(), abs=60)
    session["receipt"] = session["receipt"] | {"until": timezone.now().timestamp() - 1}
    session.save()
    assert client.get(RECEIPT).url == TRACK


def test_the_qr_code_holds_the_address_of_the_page_and_not_the_code(client):
    """Two receipts have the same QR code: nothing of a case is in it."""
    file_one(client)
    first = soup(client.get(RECEIPT)).select_one("svg.qr")
    file_one(client)
    assert str(soup(client.get(RECEIPT)).select_one("svg.qr")) == str(first)
    assert first["viewbox"]


def test_the_code_stands_in_no_address_on_the_page(client):
    code = file_one(client)
    page = soup(client.get(RECEIPT))
    addresses = [tag.get(name) for tag in page.find_all(True) for name in ("href", "src", "action") if tag.get(name)]
    assert addresses
    assert not [address for address in addresses if code in address or code.replace("-", "") in address]


def test_the_picture_has_the_code_but_not_the_digits_that_open_the_rest(client):
    code = file_one(client)
    answer = client.get(PICTURE)
    picture = " ".join(text.get_text() for text in soup(answer).select("text"))
    assert code in picture and Complaint.objects.get().number in picture
    assert "1234" not in picture.replace(code, "")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer["Cache-Control"]


def test_a_receipt_of_the_sample_city_says_so(client):
    Fact.write("sample_data", True)
    file_one(client)
    assert "示例数据" in client.get(PICTURE).content.decode()


def test_on_paper_the_digits_stay_away_from_the_code(client):
    file_one(client)
    page = soup(client.get(RECEIPT))
    digits = page.find("b", string="1234")
    assert digits.find_parent(class_="no-print") is not None
    assert page.select_one(".code").find_parent(class_="no-print") is None


def test_the_way_on_from_the_receipt_is_the_case_with_what_was_written(client):
    file_one(client)
    page = client.get("/complaints/track/case/")
    assert "单元门口积雪结冰四天了" in words(page)


def test_a_code_is_shown_in_groups():
    assert crypto.grouped("7K3MPX92ABCD1") == "7K3M-PX92-ABCD1"
