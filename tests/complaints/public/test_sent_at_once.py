"""The same submission from several sides at the same moment, against a real database with real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from complaints.models import Complaint, Draft, DraftPhoto, Event, Photo, Reporter
from tests.complaints.public.files import plain_png
from tests.complaints.public.walk import CONTACT, PHONE, RECEIPT, code_on, draft_id, upload, walk_to_contact

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 6


def in_other_tabs(client: Client, *jobs: Callable[[Client], object]) -> list:
    """Run the jobs at the same moment, each in a browser tab that shares the session of `client`."""
    ready = Barrier(len(jobs), timeout=60)

    def job_in_tab(job):
        tab = Client()
        tab.cookies = client.cookies
        ready.wait()
        try:
            return job(tab)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as threads:
        return list(threads.map(job_in_tab, jobs))


def test_however_often_it_is_pressed_there_is_one_case_and_one_receipt(client):
    walk_to_contact(client, upload())
    form = {"draft": draft_id(client), "phone": PHONE}

    def press(tab):
        answer = tab.post(CONTACT, form)
        return answer.status_code, answer.url, code_on(tab.get(RECEIPT))

    answers = in_other_tabs(client, *[press] * AT_ONCE)

    assert len(set(answers)) == 1 and answers[0][:2] == (302, RECEIPT)
    counts = [model.objects.count() for model in (Complaint, Reporter, Event, Photo, Draft, DraftPhoto)]
    assert counts == [1, 1, 1, 1, 0, 0]
    assert Complaint.objects.get().number.endswith("-000001")
    assert default_storage.exists(Photo.objects.get().file.name)


def test_a_photo_sent_while_the_case_is_filed_is_kept_or_refused_but_never_lost(client):
    """Whatever the server acknowledged lies with the case; the rest was refused in words."""
    walk_to_contact(client)
    form = {"draft": draft_id(client), "phone": PHONE}
    colours = ["red", "green", "blue"]

    def send(colour):
        def job(tab):
            return tab.post(
                "/complaints/new/photos/add/", {"photo": upload(f"{colour}.png", plain_png(colour))}
            ).status_code

        return job

    *sent, filed = in_other_tabs(client, *map(send, colours), lambda tab: tab.post(CONTACT, form).status_code)

    assert filed == 302
    assert set(sent) <= {201, 409, 422}
    assert Photo.objects.count() == sent.count(201)
    assert DraftPhoto.objects.count() == 0


def test_the_sixth_place_for_a_photo_is_given_once(client):
    walk_to_contact(
        client, *[upload(f"{n}.png", plain_png(colour)) for n, colour in enumerate(["red", "green", "blue", "pink"])]
    )

    def send(colour):
        return lambda tab: (
            tab.post("/complaints/new/photos/add/", {"photo": upload("x.png", plain_png(colour))}).status_code
        )

    sent = in_other_tabs(client, *map(send, ["white", "black", "grey", "cyan", "gold"]))

    assert sorted(sent) == [201, 201, 422, 422, 422]
    assert DraftPhoto.objects.count() == 6
