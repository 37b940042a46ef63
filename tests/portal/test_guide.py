"""The user guide is one text: docs/guide.md, which every page of staff leads to."""

import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders

from accounts.models import Role
from mohe_portal.guide import CHAPTERS, GUIDE, chapter_of
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def opened(client, address, role=Role.OFFICE):
    of = {Role.LIAISON: {"unit": UnitFactory}, Role.GROUP_HEAD: {"group": SpecialGroupFactory}}
    client.force_login(UserFactory(role=role, **{name: make() for name, make in of.get(role, {}).items()}))
    return BeautifulSoup(client.get(address).content, "html.parser")


def test_the_guide_has_all_its_headings_and_the_contents_lead_to_them(client):
    page = opened(client, "/help/guide/")
    written = re.findall(r"^#{2,3} (.+)$", GUIDE.read_text(), flags=re.MULTILINE)

    assert [heading.text for heading in page.select(".guide h2, .guide h3")] == written
    assert [link["href"].lstrip("#") for link in page.select(".guide-contents a")] == [
        heading["id"] for heading in page.select(".guide h2, .guide h3")
    ]
    assert set(CHAPTERS) <= set(written)


def test_its_pictures_are_there_with_words_and_size(client):
    pictures = opened(client, "/help/guide/").select(".guide img")

    assert len(pictures) == GUIDE.read_text().count("![")
    for picture in pictures:
        assert picture["alt"] and picture["width"] and picture["height"]
        assert finders.find(picture["src"].removeprefix(settings.STATIC_URL)), picture["src"]


@pytest.mark.parametrize("role", Role)
def test_the_help_of_every_page_opens_the_chapter_of_the_role(client, role):
    links = [link for link in opened(client, "/workbench/", role).select("header a") if link.text == "帮助"]

    assert {link["href"] for link in links} == {f"/help/guide/#{chapter_of(role)}"}
    assert chapter_of(role) in CHAPTERS.values()
