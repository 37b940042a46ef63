"""Colleagues of one unit submitting the same report at the same moment, on the real database with real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from progress import actions
from progress.actions import Answer, StaleReport
from progress.models import MonthReport, ReportLine
from tests.factories.accounts import UserFactory
from tests.factories.progress import MARKED_AT, NOVEMBER, MonthTaskFactory

pytestmark = pytest.mark.django_db(transaction=True)

COLLEAGUES = 6


def test_one_of_six_colleagues_submits_and_the_others_are_told():
    task = MonthTaskFactory()
    people = UserFactory.create_batch(COLLEAGUES, liaison=True, unit=task.unit)
    together = Barrier(COLLEAGUES, timeout=60)

    def one(person) -> str:
        try:
            together.wait()
            answer = Answer(task, outcome="done", text=person.name)
            actions.submit_report(task.unit, NOVEMBER, answers=[answer], version=0, by=person, at=MARKED_AT)
            return "saved"
        except StaleReport:
            return "told"
        finally:
            connection.close()

    with ThreadPoolExecutor(COLLEAGUES) as threads:
        told = list(threads.map(one, people))

    report = MonthReport.objects.get()
    assert sorted(told) == ["saved"] + ["told"] * (COLLEAGUES - 1)
    assert (report.version, ReportLine.objects.get().text) == (1, report.saved_by.name)
