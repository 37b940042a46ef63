"""A referral: its two tables cell by cell, its moves, who is told, and that nobody else learns of it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Role
from audit.models import Entry
from common.errors import DomainError
from notifications.models import Notice
from progress.evidence import CleanEvidence
from progress.models.report import KeptFile
from supervision import actions, chains, stats
from supervision.models import Matter, Measure, Referral, ReferralEvent, ReferralFile, Source
from supervision.permissions import may, moves_open_to
from supervision.workflow import IllegalMove, Move, State, destination, possible_moves
from tests.factories.accounts import UserFactory
from tests.factories.complaints import clean_photo, jpeg
from tests.factories.supervision import NOW, TODAY, inspection, referral, referral_of
from tests.supervision.test_inspection_pages import errors, soup

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HOME = "/workbench/referrals/"
MOVES = [move for move in Move if move != Move.REFER]

# State → what can be done in it, and the state that leads to.
TABLE = {
    State.REFERRED: {Move.VERIFY: State.VERIFYING, Move.NOTE: State.REFERRED},
    State.VERIFYING: {
        Move.SUBSTANTIATE: State.SUBSTANTIATED,
        Move.DISMISS: State.UNSUBSTANTIATED,
        Move.NOTE: State.VERIFYING,
    },
    State.SUBSTANTIATED: {
        Move.HANDLE: State.HANDLED,
        Move.RECHECK: State.VERIFYING,
        Move.NOTE: State.SUBSTANTIATED,
    },
    State.UNSUBSTANTIATED: {
        Move.CLOSE: State.CLOSED,
        Move.RECHECK: State.VERIFYING,
        Move.NOTE: State.UNSUBSTANTIATED,
    },
    State.HANDLED: {Move.CLOSE: State.CLOSED, Move.NOTE: State.HANDLED},
    State.CLOSED: {},
}


@pytest.mark.parametrize("state", State)
def test_each_move_leads_where_the_table_says_and_no_other_is_possible(state):
    assert set(possible_moves(state)) == set(TABLE[state])
    for move in MOVES:
        if move in TABLE[state]:
            assert destination(move, state) == TABLE[state][move]
        else:
            with pytest.raises(IllegalMove, match=f"现在是“{state.label}”，不能{move.label}"):
                destination(move, state)


@pytest.mark.parametrize("move", MOVES)
def test_each_move_is_the_groups_alone_and_nobodys_on_the_own_unit(move, people):
    about = referral(unit=people["liaison"].unit, by=people["guidance"])
    people["of the unit"] = UserFactory(role=Role.SUPERVISION, unit=about.unit)
    people["of another"] = UserFactory(role=Role.SUPERVISION, unit=people["stranger"].unit)

    assert {name for name, person in people.items() if may(person, move, about)} == {"supervision", "of another"}


@pytest.mark.parametrize("state", State)
def test_the_buttons_are_what_both_tables_allow(state, supervisor, office):
    about = referral(state)

    assert set(moves_open_to(supervisor, about)) == set(TABLE[state])
    assert moves_open_to(office, about) == []


def test_each_move_leaves_an_event_and_numbers_have_no_gap(supervisor):
    first, second = referral(State.CLOSED, group=supervisor), referral()
    told = [(one.version, one.move, one.from_state, one.to_state, one.by) for one in first.events.all()]

    assert (str(first), str(second)) == ("督〔2026〕1号", "督〔2026〕2号")
    assert told == [
        (0, "refer", "", "referred", first.referred_by),
        (1, "verify", "referred", "verifying", supervisor),
        (2, "substantiate", "verifying", "substantiated", supervisor),
        (3, "handle", "substantiated", "handled", supervisor),
        (4, "close", "handled", "closed", supervisor),
    ]
    assert (first.verdict, first.conclusion, first.closed_at) == ("属实，约谈", "办结的理由", NOW)
    assert list(chains.faults()) == []


def test_what_is_looked_at_again_is_neither_so_nor_not(supervisor):
    about = referral(State.UNSUBSTANTIATED)
    actions.move_referral(about, Move.RECHECK, reason="有新的照片", by=supervisor, at=NOW)

    assert (about.state, about.is_substantiated, about.verdict) == (State.VERIFYING, None, "")


@pytest.mark.parametrize(
    ("state", "move", "said", "sentence"),
    [
        (State.VERIFYING, Move.SUBSTANTIATE, {}, "认定属实要写理由"),
        (State.SUBSTANTIATED, Move.HANDLE, {"reason": "谈过话"}, "处理方式在“作出处理”时选"),
        (State.HANDLED, Move.CLOSE, {"reason": "办完", "measure": Measure.TALK}, "处理方式在“作出处理”时选"),
    ],
)
def test_a_move_without_what_it_needs_is_refused(supervisor, state, move, said, sentence):
    about = referral(state)
    with pytest.raises(DomainError, match=sentence):
        actions.move_referral(about, move, **said, by=supervisor, at=NOW)

    assert Referral.objects.get().state == state


def test_the_second_of_two_at_once_is_told_who_was_first(supervisor):
    seen = referral()
    actions.move_referral(Referral.objects.get(), Move.VERIFY, by=supervisor, at=NOW)
    with pytest.raises(actions.StaleReferral, match=f"{supervisor}刚刚办了“开始核实”"):
        actions.move_referral(seen, Move.VERIFY, by=UserFactory(role=Role.SUPERVISION), at=NOW)

    assert ReferralEvent.objects.count() == 2


def test_a_finding_is_referred_with_its_photos_when_the_inspection_is_submitted(guidance, liaison):
    done = inspection(referral_of(liaison.unit), by=guidance, photos=[clean_photo()])
    made = Referral.objects.get()

    assert (made.finding, made.source, made.referred_by) == (done.findings.get(), Source.INSPECTION, guidance)
    assert (made.unit, made.matter, made.evidence.count()) == (liaison.unit, Matter.FALSIFIED, 1)


# --- who is told ---


def notices():
    return {(one.recipient.name, one.title) for one in Notice.objects.select_related("recipient")}


def test_until_it_is_closed_only_the_group_is_told_then_the_unit_and_the_referrer(people):
    own = UserFactory(name="同单位的督导", role=Role.SUPERVISION, unit=people["liaison"].unit)
    made = referral(State.HANDLED, unit=people["liaison"].unit, by=people["guidance"], group=people["supervision"])
    first = {(people["supervision"].name, f"新的督导移交：{made}")}

    assert notices() == first
    actions.move_referral(made, Move.CLOSE, reason="谈过话，已整改。", by=people["supervision"], at=NOW)
    assert notices() - first == {
        (people["liaison"].name, f"督导结论：{made}"),
        (people["guidance"].name, f"您移交的{made}已办结"),
    }
    assert not Notice.objects.filter(recipient=own).exists()


def test_the_audit_log_tells_that_something_was_done_and_the_number_alone(client, supervisor):
    made = referral(State.CLOSED, group=supervisor)
    client.force_login(supervisor)
    client.post(f"{HOME}export/")
    told = Entry.objects.order_by("pk").values_list("verb", "target_label", "facts")

    assert [(verb, label) for verb, label, _ in told] == [
        *(
            (verb, str(made))
            for verb in ("移交督导", "督导：开始核实", "督导：认定属实", "督导：作出处理", "督导：办结")
        ),
        ("导出督导移交", ""),
    ]
    assert [facts for *_, facts in told if facts] == [{"count": 1}]


# --- who sees ---


@pytest.mark.parametrize("state", [state for state in State if state != State.CLOSED])
def test_before_it_is_closed_the_group_and_the_referrer_alone_open_it(opened_by, people, state):
    made = referral(state, unit=people["liaison"].unit, by=people["guidance"], group=people["supervision"])

    assert opened_by(made.get_absolute_url()) == {"supervision", "guidance"}


def test_once_closed_the_unit_concerned_and_leaders_open_it_too(opened_by, people):
    made = referral(State.CLOSED, unit=people["liaison"].unit, by=people["office"], group=people["supervision"])

    assert opened_by(made.get_absolute_url()) == {"supervision", "office", "leader", "liaison"}


def test_whoever_may_not_know_of_it_is_told_that_there_is_nothing(client, people):
    made = referral(unit=people["liaison"].unit, by=people["guidance"])
    for name in ("colleague", "office", "leader", "liaison", "stranger"):
        client.force_login(people[name])
        assert client.get(made.get_absolute_url()).status_code == 404
        assert made.unit.name not in soup(client.get(HOME)).select_one("main").text.replace("涉及本单位", "")
        assert str(made) not in client.get(HOME).content.decode()


def test_a_member_of_the_group_does_not_hear_of_what_concerns_the_own_unit(client, liaison):
    own = UserFactory(role=Role.SUPERVISION, unit=liaison.unit)
    made = referral(unit=liaison.unit)
    client.force_login(own)

    assert client.get(made.get_absolute_url()).status_code == 404
    assert set(stats.referral_counts_for(own).values()) == {0}


def told(client, person, made):
    client.force_login(person)
    return soup(client.get(made.get_absolute_url())).select_one("main").text


def test_the_unit_reads_the_conclusion_without_who_referred_it_and_how_it_was_found_out(client, people):
    photo = CleanEvidence(KeptFile.Kind.PHOTO, "雪.jpg", jpeg())
    made = referral(
        State.CLOSED, unit=people["liaison"].unit, by=people["guidance"], group=people["supervision"], evidence=[photo]
    )
    unit, group = told(client, people["liaison"], made), told(client, people["supervision"], made)

    for words in ("办结的理由", "属实，约谈", made.text):
        assert words in unit
        assert words in group
    for words in (people["guidance"].name, people["supervision"].name, "认定属实的理由", "雪.jpg", "创城办"):
        assert words in group
        assert words not in unit


def test_the_unit_is_not_told_the_day_of_the_referral_which_leads_to_the_inspection(client, people):
    made = referral(State.HANDLED, unit=people["liaison"].unit, by=people["guidance"], group=people["supervision"])
    closed = NOW + timedelta(days=9)
    actions.move_referral(made, Move.CLOSE, reason="已整改。", by=people["supervision"], at=closed)
    pages = {name: told(client, people[name], made) for name in ("liaison", "leader")}
    client.force_login(people["liaison"])
    pages["list"] = soup(client.get(HOME)).select_one("main").text

    assert {name for name, page in pages.items() if f"{TODAY}" in page} == {"leader"}
    assert {name for name, page in pages.items() if f"{closed.date()}" in page} == set(pages)


def test_a_referrer_reads_how_far_it_is_and_no_more(client, people):
    made = referral(State.HANDLED, by=people["guidance"], group=people["supervision"])
    own = told(client, people["guidance"], made)

    assert "已处理" in own
    for words in ("认定属实的理由", "约谈", people["supervision"].name):
        assert words not in own


def test_a_file_is_the_groups_its_senders_and_once_closed_the_leaders(opened_by, people):
    photo = CleanEvidence(KeptFile.Kind.PHOTO, "雪.jpg", jpeg())
    unit, by, group = people["liaison"].unit, people["guidance"], people["supervision"]
    for state, more in ((State.HANDLED, set()), (State.CLOSED, {"leader"})):
        made = referral(state, unit=unit, by=by, group=group, evidence=[photo])
        assert opened_by(f"{HOME}evidence/{made.evidence.get().token}/") == {"supervision", "guidance"} | more


@pytest.mark.parametrize(("state", "more"), [(State.HANDLED, set()), (State.CLOSED, {"leader"})])
def test_a_finding_that_was_referred_is_nothing_to_those_who_may_not_know(client, people, state, more):
    unit = people["liaison"].unit
    done = inspection(referral_of(unit), by=people["guidance"], unit=unit)
    made = Referral.objects.get()
    for move in (Move.VERIFY, Move.SUBSTANTIATE, Move.HANDLE, Move.CLOSE)[: 3 if state == State.HANDLED else 4]:
        measure = Measure.REMINDER if move == Move.HANDLE else ""
        actions.move_referral(made, move, reason="理由", measure=measure, by=people["supervision"], at=NOW)
    words = {}
    for name in ("guidance", "colleague", "office", "leader", "head", "supervision", "liaison"):
        client.force_login(people[name])
        words[name] = "".join(
            client.get(url).content.decode() for url in (done.get_absolute_url(), "/workbench/inspections/")
        )
    knowing = {"guidance", "supervision"} | more

    assert {name for name, page in words.items() if "编的" in page} == knowing
    assert {name for name, page in words.items() if "督〔2026〕" in page} == knowing
    assert {name for name, page in words.items() if "没有要整改的问题" in page} == set(words) - knowing
    assert {name for name, page in words.items() if "没有发现问题" in page} == set()


def test_the_words_of_a_referral_do_not_come_to_light_by_way_of_a_correction(client, office, guidance, liaison):
    done = inspection(referral_of(liaison.unit), by=guidance)
    client.force_login(office)
    page = soup(client.get(f"{done.get_absolute_url()}correct/"))
    facts = actions.Facts(on=TODAY, place="别处", looked_at="看了。")
    key = done.findings.get().pk
    kept = actions.correct(done, facts=facts, texts={key: "改"}, reason="错", by=guidance, at=NOW)

    assert page.select("[name^=finding-]") == []
    assert [name for name, *_ in kept.lines] == ["地点", "看了什么"]
    assert done.findings.get().text != "改"


def test_counts_of_inspections_hold_no_referral_that_one_may_not_know_of(people, liaison):
    inspection(referral_of(liaison.unit), by=people["guidance"], unit=liaison.unit)
    counted = {}
    for name in ("guidance", "colleague", "office", "leader", "head", "supervision", "liaison"):
        rows = stats.by_unit(people[name], stats.Month.of(TODAY))
        counted[name] = [tally.referrals for _, tally in rows]

    assert {name for name, numbers in counted.items() if numbers == [1]} == {"guidance", "supervision"}
    assert {name for name, numbers in counted.items() if numbers == [0]} == set(counted) - {"guidance", "supervision"}


def test_leaders_see_how_many_there_are_and_what_is_concluded(client, people):
    waiting, closed = referral(), referral(State.CLOSED, group=people["supervision"])
    client.force_login(people["leader"])
    page = soup(client.get(HOME))
    counts = {dt.text: dd.text for dt, dd in zip(page.select("dl.kv dt"), page.select("dl.kv dd"), strict=True)}

    assert (counts["待核实"], counts["已办结"], counts["核实中"]) == ("1 件", "1 件", "0 件")
    assert [a["href"] for a in page.select("main ul.rows a.title")] == [closed.get_absolute_url()]
    assert waiting.unit.name not in page.text


# --- pages ---


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"unit": ""}, "请选涉及单位。"),
        ({"unit": "9999"}, "没有这个单位，请重新选。"),
        ({"matter": ""}, "请选移交事由。"),
        ({"text": " "}, "情况还没写。"),
        ({"text": "雪" * 1001}, "情况最多 1000 个字，现在是 1001 个字。"),
        ({"evidence": "bad"}, "“a.exe”：只收照片（JPG、PNG、WebP）、PDF、docx 和 xlsx。请换成这几种再传。"),
    ],
)
def test_a_referral_that_is_not_right_is_refused_and_nothing_typed_is_lost(client, office, liaison, typed, sentence):
    client.force_login(office)
    sent = {"unit": liaison.unit.pk, "matter": "not_done", "text": "没有到场。"} | typed
    if "evidence" in typed:
        sent["evidence"] = SimpleUploadedFile("a.exe", b"MZ")
    answer = client.post(f"{HOME}new/", sent)
    page = soup(answer)

    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert page.select_one("[name=text]").text.strip() == sent["text"].strip()
    assert Referral.objects.count() == 0


def test_the_office_refers_with_files_and_then_sees_how_far_it_is(client, office, liaison):
    client.force_login(office)
    sent = {"unit": liaison.unit.pk, "matter": "shifted", "text": "推给别的单位。"}
    files = [SimpleUploadedFile("雪.jpg", jpeg("red"), "image/jpeg"), SimpleUploadedFile("记录.pdf", b"%PDF-1.4 x")]
    answer = client.post(f"{HOME}new/", sent | {"evidence": files}, follow=True)

    assert "已移交督导组" in answer.content.decode()
    assert sorted(ReferralFile.objects.values_list("name", flat=True)) == ["记录.pdf", "雪.jpg"]
    assert [a.text for a in soup(client.get(HOME)).select("main ul.rows a.title")] == [f"{liaison.unit}　推诿"]


@pytest.mark.parametrize(
    ("state", "move", "typed", "sentence"),
    [
        (State.VERIFYING, "substantiate", {"reason": " "}, "核实情况还没写。"),
        (State.SUBSTANTIATED, "handle", {"reason": "谈过话"}, "请选处理方式。"),
        (State.HANDLED, "close", {"reason": "结" * 1001}, "结论最多 1000 个字，现在是 1001 个字。"),
    ],
)
def test_a_move_that_is_not_right_stays_open_with_what_was_typed(client, supervisor, state, move, typed, sentence):
    about = referral(state)
    client.force_login(supervisor)
    answer = client.post(f"{about.get_absolute_url()}{move}/", {"version": about.version} | typed)
    form = soup(answer).select_one(f"#move-{move}")

    assert (answer.status_code, errors(answer)) == (422, [sentence])
    assert form.has_attr("open")
    assert form.select_one("textarea").text.strip() == typed["reason"].strip()


def test_a_move_typed_against_an_older_version_is_given_back(client, supervisor):
    about = referral(State.VERIFYING)
    url, typed = f"{about.get_absolute_url()}substantiate/", {"version": about.version, "reason": "看过现场"}
    actions.move_referral(about, Move.NOTE, reason="补一句", by=UserFactory(role=Role.SUPERVISION), at=NOW)
    client.force_login(supervisor)
    answer = client.post(url, typed)
    form = soup(answer).select_one("#move-substantiate")

    assert answer.status_code == 409
    assert "刚刚办了“补充情况”" in soup(answer).select_one("#refusal").text
    assert form.select_one("textarea").text.strip() == "看过现场"
    assert client.post(url, typed | {"version": form.select_one("[name=version]")["value"]}).status_code == 302


def test_the_list_of_the_group_is_narrowed_and_exported(client, supervisor, liaison):
    waiting, other = referral(unit=liaison.unit), referral(State.VERIFYING)
    client.force_login(supervisor)

    def shown(**query):
        return [a["href"] for a in soup(client.get(HOME, query)).select("main ul.rows a.title")]

    assert shown() == [waiting.get_absolute_url(), other.get_absolute_url()]
    assert shown(state="verifying") == [other.get_absolute_url()]
    assert shown(unit=liaison.unit.pk) == [waiting.get_absolute_url()]
    table = b"".join(client.post(f"{HOME}export/?state=verifying").streaming_content).decode()
    assert str(other) in table
    assert str(waiting) not in table


@pytest.mark.parametrize("path", ["", "{pk}/", "new/"])
def test_pages_ask_as_often_for_many_rows_as_for_few(client, supervisor, path):
    client.force_login(supervisor)
    client.get(HOME)  # the first request of a session writes it

    def asked():
        made = referral(State.HANDLED)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(HOME + path.format(pk=made.pk)).status_code == 200
        return len(queries)

    few = asked()
    for _ in range(3):
        referral(State.CLOSED)

    assert asked() == few <= 12


def test_the_workbench_of_the_group_counts_what_waits_and_leads_there(client, supervisor):
    for state in (State.REFERRED, State.REFERRED, State.VERIFYING, State.HANDLED, State.CLOSED):
        referral(state, group=supervisor)
    client.force_login(supervisor)
    page = soup(client.get("/workbench/"))
    figures = {a.select_one("span").text.split()[0]: a.select_one("b").text for a in page.select(".counts a")}

    assert [(one.text, one["href"]) for one in page.select("main .btn-primary")] == [("看移交", HOME)]
    assert {name: number for name, number in figures.items() if "核实" in name or "待办结" in name} == {
        "待核实的移交": "2", "核实中": "1", "已处理，待办结": "1",
    }  # fmt: skip


# --- is it whole ---


def test_verify_finds_a_broken_chain_and_a_state_that_no_event_leads_to():
    broken, moved = referral(State.HANDLED), referral()
    broken.events.filter(version=2).delete()
    Referral.objects.filter(pk=moved.pk).update(state=State.VERIFYING)

    assert sorted(chains.faults()) == sorted(
        [f"{broken} 的过程断在第 3 步", f"{moved} 的状态是 verifying，过程停在 referred"]
    )
