"""A small November with something of everything, by the real actions where they are quick."""

from datetime import date, datetime

from common.clock import CITY_TIME
from common.months import Month
from complaints import actions as complaints
from complaints.models.complaint import Satisfaction
from complaints.workflow import State
from progress import actions as progress
from progress.models import Flag, MonthTask
from tests.factories.accounts import SpecialGroupFactory, UnitFactory, UserFactory
from tests.factories.complaints import HOUR, MONDAY, case_in
from tests.factories.grids import GridAssignmentFactory
from tests.factories.meetings import MeetingFactory, item
from tests.factories.progress import BlueTaskFactory, MonthTaskFactory, RedTaskFactory
from tests.factories.volunteers import patrolled

NOVEMBER = Month(2026, 11)
# The scheduler's hour after the month's end.
AFTER = datetime(2026, 12, 1, 0, 20, tzinfo=CITY_TIME)
# What a spreadsheet or a file of XML might take for something else.
HOSTILE = '=HYPERLINK("http://x")<w:p/>&\x0b\ud800'.encode("utf-8", "ignore").decode()


class World:
    """Two groups with a board, two units that share a grid each, and a month of their doings."""

    def __init__(self) -> None:
        self.roads, self.green = SpecialGroupFactory(name="道路组"), SpecialGroupFactory(name="绿化组")
        self.good, self.slow = UnitFactory(name="勤快单位"), UnitFactory(name="拖拉单位")
        RedTaskFactory(unit=self.good, group=self.roads)
        MonthTaskFactory(unit=self.good, group=self.green)
        self.blue = BlueTaskFactory(unit=self.slow, group=self.roads, reason=HOSTILE)
        BlueTaskFactory(
            unit=self.slow, group=self.green, month=10, made_good_on=date(2026, 11, 9), made_good_note="补齐了",
            new_date=date(2026, 11, 10),
        )  # fmt: skip
        closed = case_in(State.CLOSED, unit=self.good)
        complaints.rate(closed, satisfaction=Satisfaction.SATISFIED, is_solved=True, at=MONDAY + 8 * HOUR)
        self.late = case_in(State.HANDLING, unit=self.slow)
        case_in(State.RECEIVED)
        grid = GridAssignmentFactory(unit=self.good).grid
        patrolled(grid, self.good)
        item(meeting=MeetingFactory(group=self.roads), unit=self.slow, due_on=date(2026, 11, 28))

    def correct(self, at: datetime) -> None:
        """Close the month and say that the blue flag should have been red."""
        office = UserFactory()
        progress.close_month(NOVEMBER, by=office, at=AFTER)
        task = MonthTask.objects.get(pk=self.blue.pk)
        progress.correct_flag(task, Flag.RED, statement=None, why="复核台账", number=0, by=office, at=at)
