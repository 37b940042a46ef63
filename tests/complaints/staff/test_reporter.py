"""Who filed a case: shown masked, revealed for a reason and in one answer, and nowhere else."""

import json
import logging
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Role
from audit.models import Entry
from complaints import actions
from complaints.actions import Contact
from complaints.models import Complaint, Reporter, Tuning
from complaints.models.complaint import Satisfaction
from complaints.workflow import Move, State
from notifications.models import Notice
from tests.complaints.cast import fields, person
from tests.factories.accounts import UserFactory
from tests.factories.complaints import MONDAY, CategoryFactory, case_in, filed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("monday_noon"), pytest.mark.once]
PHONE, NAME = "13800004321", "示例人员戊"
REASON = {"reason": "核实门牌号。"}


def contact(*, may_contact=False):
    return Contact(phone=PHONE, name=NAME, may_contact=may_contact)


def reveal_url(case):
    return reverse("complaints:reveal_contact", args=[case.number])


def card(soup):
    return soup.select_one("#reporter").get_text(" ", strip=True)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.OPERATOR])
def test_the_desk_sees_a_masked_phone(open_page, role):
    case = case_in(State.HANDLING, contact=contact())

    shown = card(open_page(person(role), case.get_absolute_url()))

    assert "138****4321" in shown
    assert "不同意办理单位联系" in shown
    assert NAME not in shown


def test_the_unit_is_told_why_it_does_not_see_who_filed(open_page, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit, contact=contact())

    shown = card(open_page(liaison, case.get_absolute_url()))

    assert shown == "反映人 反映人不同意单位联系，联系方式不显示。需要补充情况，请托创城办转问。"
    assert open_page(liaison, reveal_url(case), REASON).status == 403


def test_the_unit_reveals_where_the_resident_said_it_may(open_page, liaison):
    case = case_in(State.HANDLING, unit=liaison.unit, contact=contact(may_contact=True))

    shown = open_page(liaison, reveal_url(case), REASON)

    assert (shown.status, PHONE in card(shown), NAME in card(shown)) == (200, True, True)


@pytest.mark.parametrize("role", [Role.GUIDANCE, Role.LEADER, Role.SUPERVISION, Role.GROUP_HEAD])
def test_other_roles_never_reveal(open_page, role):
    case = case_in(State.HANDLING, contact=contact(may_contact=True))

    assert "您的角色不看联系方式" in card(open_page(person(role), case.get_absolute_url()))
    assert open_page(person(role), reveal_url(case), REASON).status == 403


def test_a_stranger_finds_no_case_to_reveal(open_page, stranger):
    case = case_in(State.HANDLING, contact=contact(may_contact=True))

    assert open_page(stranger, reveal_url(case), REASON).status == 404


@pytest.mark.parametrize("htmx", [False, True], ids=["without script", "with htmx"])
def test_revealing_shows_the_phone_once_stores_nothing_and_is_audited(open_page, office, htmx):
    case = filed(contact=contact()).complaint

    shown = open_page(office, reveal_url(case), REASON, htmx=htmx)

    assert PHONE in card(shown)
    assert "no-store" in shown.answer["Cache-Control"]
    entry = Entry.objects.get()
    assert (entry.verb, entry.actor_label, entry.target_label) == ("查看反映人电话", str(office), case.number)
    assert entry.facts == {"reason": "核实门牌号。"}
    assert PHONE not in open_page(office, case.get_absolute_url()).decode()


@pytest.mark.parametrize("reason", ["", "看看", "长" * 101])
def test_without_a_reason_nothing_is_revealed_and_nothing_is_written(open_page, office, reason):
    case = filed(contact=contact()).complaint

    shown = open_page(office, reveal_url(case), {"reason": reason})

    assert shown.status == 422
    assert shown.select_one("#reporter details").has_attr("open")
    assert "查看原因" in shown.select_one("#reporter .field-error").get_text()
    assert PHONE not in shown.decode()
    assert not Entry.objects.exists()


def test_a_phone_typed_as_the_reason_is_not_audited(open_page, office):
    case = filed(contact=contact()).complaint

    open_page(office, reveal_url(case), {"reason": f"给 {PHONE} 回电"})

    assert Entry.objects.get().facts == {"reason": "给 （电话已隐去） 回电"}


def test_the_day_has_a_limit_of_reveals(open_page, office):
    case = filed(contact=contact()).complaint
    for _ in range(Tuning().reveals_per_day):
        actions.reveal_phone(Reporter.objects.get(), reason="核实门牌号。", by=office, at=MONDAY)

    shown = open_page(office, reveal_url(case), REASON)

    assert shown.status == 429
    assert PHONE not in shown.decode()
    assert open_page(UserFactory(), reveal_url(case), REASON).status == 200


def test_after_a_case_nobody_left_a_phone_for_there_is_nothing_to_reveal(open_page, office):
    case = filed(contact=Contact(phone="")).complaint

    assert card(open_page(office, case.get_absolute_url())).startswith("反映人 这件没有留联系方式。 法律保全")
    assert open_page(office, reveal_url(case), REASON).status == 403


# --- nowhere else -----------------------------------------------------------------------------------------------------


def everything_kept():
    """All that the portal has written of a case besides the reporter's own row."""
    tables = [*Entry.objects.values(), *Notice.objects.values(), *Complaint.objects.values()]
    tables += [event for case in Complaint.objects.all() for event in case.events.values()]
    return json.dumps(tables, default=str, ensure_ascii=False)


def test_a_whole_life_shows_neither_phone_nor_code_in_any_page_row_or_line_of_the_log(
    open_page, office, liaison, caplog, capfd
):
    caplog.set_level(logging.DEBUG)
    told = filed(contact=contact(may_contact=True))
    case, category = told.complaint, CategoryFactory()
    path = [
        (office, Move.ACCEPT), (office, Move.DISPATCH), (liaison, Move.SIGN), (liaison, Move.SUBMIT),
        (office, Move.REWORK), (liaison, Move.SUBMIT), (office, Move.PASS),
    ]  # fmt: skip
    answers = []
    for user, move in path:
        case.refresh_from_db()
        sent = fields(move, case, category=category, unit=liaison.unit)
        url = reverse("complaints:move", args=[case.number, move])
        answers += [open_page(user, url, sent | {"version": 99}, htmx=True), open_page(user, url, sent, htmx=True)]
        answers += [open_page(one, case.get_absolute_url()) for one in (office, liaison)[: 1 if not case.unit else 2]]
        answers += [open_page(office, "/workbench/complaints/?state=all")]
    printed = capfd.readouterr()
    said = "".join(answer.decode() for answer in answers)
    headers = "".join(str(answer.answer.headers) for answer in answers)

    assert Complaint.objects.get().state == State.CLOSED
    assert "138****4321" in said
    for secret in (PHONE, told.code, NAME):
        assert secret not in said + headers
        assert secret not in everything_kept()
        assert secret not in caplog.text + printed.out + printed.err
    # The control: it was there to be seen.
    assert PHONE in open_page(office, reveal_url(case), REASON).decode()


# --- forgotten in the end ---------------------------------------------------------------------------------------------


def test_contact_data_is_erased_after_the_retention_and_the_case_stays(open_page, office, settings):
    case = case_in(State.CLOSED, contact=contact())
    kept_until = case.closed_at + timedelta(days=settings.CONTACT_RETENTION_DAYS)

    assert actions.erase_expired_contacts(at=kept_until) == 0
    assert actions.erase_expired_contacts(at=kept_until + timedelta(seconds=1)) == 1

    reporter = Reporter.objects.get()
    assert (reporter.phone, reporter.name, reporter.phone_digest, reporter.may_contact) == ("", "", "", False)
    assert Complaint.objects.get().text
    assert "已按期限抹去" in card(open_page(office, case.get_absolute_url()))
    assert open_page(office, reveal_url(case), REASON).status == 403


def test_a_rating_does_not_put_the_erasure_off(settings):
    case = case_in(State.CLOSED, contact=contact())
    kept_until = case.closed_at + timedelta(days=settings.CONTACT_RETENTION_DAYS)
    actions.rate(case, satisfaction=Satisfaction.SATISFIED, is_solved=True, at=case.closed_at + timedelta(days=9))

    assert actions.erase_expired_contacts(at=kept_until + timedelta(seconds=1)) == 1


@pytest.mark.parametrize("state", [State.RECEIVED, State.HANDLED])
def test_an_open_case_keeps_its_contact_however_long_it_takes(state):
    case_in(state, contact=contact())

    assert actions.erase_expired_contacts(at=MONDAY + timedelta(days=999)) == 0
