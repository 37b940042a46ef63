import datetime
import itertools

from common.clock import CITY_TIME
from tests.factories.accounts import UserFactory
from tests.factories.grids import GridAssignmentFactory
from volunteers import actions
from volunteers.models import PatrolLog

NINE = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
HALF_AN_HOUR = datetime.timedelta(minutes=30)
_serial = itertools.count(1)


def assigned(unit, **grid):
    """A grid that the unit leads."""
    return GridAssignmentFactory(unit=unit, **{f"grid__{name}": value for name, value in grid.items()}).grid


def patrolled(grid, unit, *, at=NINE, by=None, received_at=None, **changes) -> PatrolLog:
    """A patrol of half an hour that ended `at`, sent at once unless `received_at` says later."""
    told = {
        "started_at": at - HALF_AN_HOUR,
        "finished_at": at,
        "result": PatrolLog.Result.NO_PROBLEM,
        "key": f"test-{next(_serial)}",
        "by": by or unit.members.first() or UserFactory(liaison=True, unit=unit),
    }
    return actions.finish_patrol(unit=unit, grid=grid, at=received_at or at, **(told | changes))
