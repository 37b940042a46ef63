"""Cases that live by the real actions, in any order that the workflow allows."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Role, Unit
from common.errors import DomainError
from complaints import actions
from complaints.models import Category, Channel, Complaint, ProblemGroup
from complaints.models.complaint import Satisfaction
from complaints.workflow import Move, possible_moves
from grids.models import Grid
from tests.factories.accounts import UnitFactory, UserFactory
from tests.factories.complaints import CategoryFactory, filed
from tests.factories.grids import CommunityFactory, GridFactory

MOVES = {
    Move.ACCEPT,
    Move.REJECT,
    Move.DISPATCH,
    Move.SIGN,
    Move.RETURN,
    Move.SUBMIT,
    Move.PASS,
    Move.REWORK,
    Move.RATE,
    Move.URGE,
    Move.REDISPATCH,
    Move.ASK_SUSPENSION,
    Move.GRANT_SUSPENSION,
    Move.RESUME,
    Move.WITHDRAW,
}


@dataclass
class City:
    """Two communities with a grid each, two units, two categories; what happens, happens one after the other."""

    now: datetime
    grids: list[Grid] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    categories: list[Category] = field(default_factory=list)
    cases: list[Complaint] = field(default_factory=list)

    def __post_init__(self) -> None:
        communities = [CommunityFactory(), CommunityFactory(code="232701100001", name="松苑社区")]
        self.grids = [GridFactory(community=community) for community in communities]
        self.units = UnitFactory.create_batch(2)
        self.categories = [CategoryFactory(), CategoryFactory(major_code="02", major_name="公用设施", limit=1)]
        self.office = UserFactory()
        self.liaison = {unit.pk: UserFactory(role=Role.LIAISON, unit=unit) for unit in self.units}

    def file(self, number: int) -> None:
        grid = [*self.grids, None][number % 3]
        channel, group = list(Channel)[number % 5], list(ProblemGroup)[number % 3]
        self.cases.append(filed(at=self.now, grid=grid, channel=channel, group=group).complaint)

    def move(self, number: int, hours: int) -> None:
        """One of the cases takes one of the moves open to it."""
        self.now += timedelta(hours=hours, minutes=1)
        case = self.cases[number % len(self.cases)]
        case.refresh_from_db()
        moves = sorted(MOVES & set(possible_moves(case)))
        if moves:
            self._take(case, moves[number % len(moves)], number)

    def _take(self, case: Complaint, move: Move, number: int) -> None:
        office, liaison = {"by": self.office, "at": self.now}, {"by": self.liaison.get(case.unit_id), "at": self.now}
        satisfaction, is_solved = list(Satisfaction)[number % 5], number % 3 > 0
        takes = {
            Move.ACCEPT: lambda: actions.accept(case, category=self.categories[number % 2], **office),
            Move.REJECT: lambda: actions.reject(case, reason="不属于受理范围。", **office),
            Move.DISPATCH: lambda: actions.dispatch(case, to=self.units[number % 2], **office),
            Move.SIGN: lambda: actions.sign(case, **liaison),
            Move.RETURN: lambda: actions.return_to_office(case, reason="不在我单位网格。", **liaison),
            Move.SUBMIT: lambda: actions.submit_result(case, result="已清理。", **liaison),
            Move.PASS: lambda: actions.pass_verification(case, **office),
            Move.REWORK: lambda: actions.rework(case, reason="还有冰。", **office),
            Move.URGE: lambda: actions.urge(case, **office),
            Move.REDISPATCH: lambda: actions.redispatch(
                case, to=self.units[number % 2], reason="由别的单位办。", **office
            ),
            Move.ASK_SUSPENSION: lambda: actions.ask_suspension(
                case, until=(self.now + timedelta(days=9)).date(), reason="冻土期不能开挖。", **liaison
            ),
            Move.GRANT_SUSPENSION: lambda: actions.grant_suspension(case, **office),
            Move.RESUME: lambda: actions.resume(case, **office),
            Move.WITHDRAW: lambda: actions.withdraw(case, at=self.now),
            Move.RATE: lambda: actions.rate(case, satisfaction=satisfaction, is_solved=is_solved, at=self.now),
        }
        # Too late to be returned, rated already: then nothing happens.
        with suppress(DomainError):
            takes[move]()

    def put_elsewhere(self, number: int) -> None:
        """Category and grid are corrected later, without any move."""
        case = self.cases[number % len(self.cases)]
        Complaint.objects.filter(pk=case.pk).update(category=self.categories[number % 2], grid=self.grids[number % 2])
