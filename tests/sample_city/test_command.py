import io
import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from accounts.models import Role, SpecialGroup, Unit, User
from complaints.models import Category, Complaint, Event, Photo, Reporter
from complaints.workflow import State
from grids.models import Grid, GridAssignment, Landmark, LeaderAssignment
from mohe_portal.management.commands.seed_sample_city import ProgressLines
from progress.models import Marking, MonthTask

# As `make run` seeds; what it writes is read on PostgreSQL by test_seeding.
pytestmark = [pytest.mark.django_db, pytest.mark.needs_sqlite]
UNTIL = date(2026, 11, 20)
# Keys are the database's own affair; passwords and the encryption of phones are random on purpose.
ROWS = {
    Unit: ["code", "name", "kind", "headcount", "contact_phone"],
    User: ["username", "name", "role", "unit__code", "group__code", "date_joined"],
    SpecialGroup: ["code", "name", "has_board"],
    Grid: ["code", "name", "boundary", "started_on"],
    Landmark: ["kind", "name", "shape"],
    GridAssignment: ["grid__code", "unit__code", "kind", "started_on", "ended_on"],
    LeaderAssignment: ["leader__code", "town__code", "community__code"],
    Category: ["kind", "major_code", "minor_code", "group", "unit__code"],
    Complaint: [
        "number", "text", "place", "longitude", "latitude", "grid__code", "category__name", "state", "version",
        "unit__code", "filed_at", "due_at", "closed_at", "satisfaction", "channel", "filed_by__username",
    ],
    Event: ["complaint__number", "version", "move", "at", "note", "actor__username", "unit__code"],
    Reporter: ["complaint__number", "phone_digest", "code_digest", "may_contact"],
    Photo: ["complaint__number", "token", "file", "sha256", "kind"],
    MonthTask: ["unit__code", "group__code", "year", "month", "content", "flag", "reason", "made_good_on", "marked_at"],
    Marking: ["task__content", "version", "to_flag", "at", "by__username", "reason"],
}  # fmt: skip


def seed(*, cases=12, months=1, until=UNTIL, **options):
    out = io.StringIO()
    call_command("seed_sample_city", cases=cases, months=months, until=until, stdout=out, **options)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _photos_of_its_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@dataclass(frozen=True)
class City:
    rows: dict[type[Model], list[tuple[Any, ...]]]
    passwords: set[str]


def city(seed_number, media, settings):
    """Every row of a city that is seeded and taken back again, and the passwords that were printed."""
    settings.MEDIA_ROOT = media
    with transaction.atomic():
        said = seed(cases=30, seed=seed_number)
        rows = {model: list(model.objects.order_by("pk").values_list(*names)) for model, names in ROWS.items()}
        transaction.set_rollback(True)
    return City(rows, set(re.findall(r"(?:[A-Z][a-z]\d-?){4}", said)))


def test_the_seed_decides_all_but_the_passwords(settings, tmp_path):
    first, same, other = (city(number, tmp_path / str(at), settings) for at, number in enumerate((1, 1, 2)))
    for model in ROWS:
        assert first.rows[model] == same.rows[model]
    assert len(first.passwords) == len(same.passwords) == len(Role)
    assert not first.passwords & same.passwords
    assert first.rows[Grid] != other.rows[Grid]
    assert first.rows[Complaint] != other.rows[Complaint]
    for model in (Unit, Grid, Complaint, User):
        assert len(first.rows[model]) == len(other.rows[model])


def test_the_printed_and_the_written_passwords_open_the_doors_and_only_their_owner_reads_them(tmp_path):
    written = tmp_path / "sign-ins.json"
    said = seed(credentials_json=written)
    rows = json.loads(written.read_text())
    assert written.stat().st_mode & 0o777 == 0o600
    assert {row["role"] for row in rows} == set(Role.labels)
    assert len(rows) == len(Role)
    for row in rows:
        user = User.objects.get(username=row["username"])
        assert user.check_password(row["password"]) and user.name == row["name"]
        validate_password(row["password"], user)
        assert re.search(rf"{row['username']}\s+{row['password']}\s+{row['role']}", said)


def test_it_says_how_far_it_is():
    said = seed(cases=12)
    assert [line for line in said.splitlines() if line.startswith("  示例城市")] == [
        "  示例城市：单位和人员 …",
        "  示例城市：网格和包保 …",
        "  示例城市：1 个月的月任务和红蓝旗 …",
        "  示例城市：12 件案件 …",
        "  示例城市：30 天的日巡查 …",
        "  示例城市：指导推进和督导移交 …",
        "  示例城市：志愿服务 …",
        "  示例城市：会议和交办事项 …",
        "  示例城市：统计数字 …",
    ]
    assert "██████████ 12／12" in said


def test_it_refuses_a_portal_that_has_units_and_changes_nothing():
    Unit.objects.create(code="U1", name="示例单位 1", kind=Unit.Kind.PARTY_AND_GOVERNMENT)
    with pytest.raises(CommandError, match="这个数据库里已经有单位"):
        seed()
    assert (Unit.objects.count(), User.objects.count(), Grid.objects.count()) == (1, 0, 0)


def test_it_refuses_a_day_to_come():
    with pytest.raises(CommandError, match="还没有到"):
        seed(until=timezone.localdate() + timedelta(days=2))


def test_a_seeding_that_is_broken_off_leaves_neither_rows_nor_photos(monkeypatch, tmp_path):
    def break_off(report, done, of):
        assert list((tmp_path / "media").rglob("*.jpg"))
        raise KeyboardInterrupt

    monkeypatch.setattr(ProgressLines, "share", break_off)
    with pytest.raises(KeyboardInterrupt):
        seed(cases=60)
    assert Unit.objects.count() == Complaint.objects.count() == 0
    assert not list((tmp_path / "media").rglob("*.jpg"))


def test_no_case_at_all_is_a_city_too_and_the_first_of_a_month_a_day_like_any_other():
    seed(until=date(2026, 11, 1), cases=0, months=0)
    assert (Complaint.objects.count(), Grid.objects.count()) == (0, 101)


def test_a_few_cases_up_to_today_where_no_day_is_named():
    seed(cases=10, months=0, until=None)
    assert Complaint.objects.count() == 10
    states = set(Complaint.objects.values_list("state", flat=True))
    assert states >= {State.RECEIVED, State.ACCEPTED, State.HANDLING}
    assert Event.objects.order_by("-at").first().at <= timezone.now()
