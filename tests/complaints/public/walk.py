"""The way through the form, as a browser without script walks it."""

import re

from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.complaints.public.files import phone_photo

NEW, WHERE = "/complaints/new/", "/complaints/new/where/"
PHOTOS, CONTACT = "/complaints/new/photos/", "/complaints/new/contact/"
RECEIPT, TRACK, CASE = "/complaints/receipt/", "/complaints/track/", "/complaints/track/case/"
RATE = "/complaints/track/rate/"

TEXT = "单元门口积雪结冰四天了。老人出门容易滑倒。"
PLACE = "示例小区 3 号楼 2 单元"
PHONE = "13800001234"


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content.decode(), "html.parser")


def words(response) -> str:
    """The page's own text, without line breaks."""
    return " ".join(soup(response).find("main").get_text(" ", strip=True).split())


def errors(response) -> list[str]:
    """What the summary says, link by link."""
    return [item.get_text(strip=True) for item in soup(response).select("#error-summary li")]


def upload(name: str = "IMG_1.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, phone_photo() if content is None else content, content_type="image/jpeg")


def say_what(client: Client, **changes):
    return client.post(NEW, {"group": "cleaning", "text": TEXT} | changes)


def say_where(client: Client, **changes):
    return client.post(WHERE, {"place": PLACE} | changes)


def send_photos(client: Client, *files):
    return client.post(PHOTOS, {"photos": list(files)} if files else {})


def walk_to_contact(client: Client, *files, **where) -> None:
    say_what(client)
    say_where(client, **where)
    send_photos(client, *files)


def draft_id(client: Client) -> str:
    """The hidden field of the last step."""
    return soup(client.get(CONTACT)).select_one("input[name=draft]")["value"]


def submit(client: Client, *, draft: str | None = None, **changes):
    return client.post(CONTACT, {"draft": draft or draft_id(client), "phone": PHONE} | changes)


def code_on(receipt) -> str:
    return re.fullmatch(r"[0-9A-Z-]{15}", soup(receipt).select_one(".code").get_text())[0]


def file_one(client: Client, *files, **changes) -> str:
    """Walk all the way; gives back the tracking code."""
    walk_to_contact(client, *files)
    submit(client, **changes)
    return code_on(client.get(RECEIPT))
