from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Role, Unit, User
from audit import log
from common.errors import DomainError
from notifications.outbox import notify
from volunteers.actions.messages import tell
from volunteers.models import Membership, Team, Volunteer


@dataclass(frozen=True)
class TeamFacts:
    code: str
    name: str
    unit: Unit | None
    about: str = ""
    is_active: bool = True


def save_team(team: Team | None, *, facts: TeamFacts, leader: Volunteer | None = None, by: User, at: datetime) -> Team:
    """Found a team, or change one. The leader is one of its members."""
    if leader and not (team and team.memberships.members().filter(volunteer=leader).exists()):
        raise DomainError("队长要从队员里选。请先让本人申请入队，同意以后再定为队长。")
    kept = team or Team(created_at=at)
    for name, value in (vars(facts) | {"leader": leader}).items():
        setattr(kept, name, value)
    try:
        with transaction.atomic():
            kept.save()
            log.record("改志愿队伍" if team else "成立志愿队伍", by=by, at=at, target=kept, code=kept.code)
    except IntegrityError:
        raise DomainError(f"编号“{facts.code}”或名称“{facts.name}”已经有队伍用了。请换一个。") from None
    return kept


def ask_to_join(team: Team, *, volunteer: Volunteer, at: datetime) -> Membership:
    """Ask for a place in a team; asked twice it is one. Whoever decides is told."""
    if not team.is_active:
        raise DomainError(f"{team}已经不再活动，请选别的队伍。")
    try:
        with transaction.atomic():
            asked = Membership.objects.create(team=team, volunteer=volunteer, asked_at=at)
            _tell_who_decides(asked, at=at)
    except IntegrityError:
        return Membership.objects.open().get(team=team, volunteer=volunteer)
    return asked


@transaction.atomic
def decide(membership: Membership, *, accept: bool, by: User | Volunteer, at: datetime, reason: str = "") -> None:
    """Let somebody in, or not and say why. The first who decides has decided."""
    if not accept and not reason.strip():
        raise DomainError("不同意要写一句原因，本人会看到。")
    state = Membership.State.MEMBER if accept else Membership.State.REFUSED
    asked = Membership.objects.asked().filter(pk=membership.pk)
    decided_by = by if isinstance(by, User) else None
    if not asked.update(state=state, decided_at=at, decided_by=decided_by, reason=reason.strip()):
        raise DomainError("这份申请刚刚已经办过，或者本人已经撤回。请刷新页面看最新情况。")
    membership.refresh_from_db()
    log.record("同意入队" if accept else "不同意入队", by=decided_by, at=at, target=membership)
    said = f"{membership.team}同意您入队了。" if accept else f"{membership.team}这次没有同意您入队：{reason.strip()}"
    tell([membership.volunteer], reason=f"membership:{membership.pk}:{state}", text=said, url="", at=at)


@transaction.atomic
def leave_team(membership: Membership, *, at: datetime) -> None:
    """Leave, or take back what was asked; whoever left has left."""
    Membership.objects.open().filter(pk=membership.pk).update(state=Membership.State.LEFT, left_at=at)
    Team.objects.filter(pk=membership.team_id, leader=membership.volunteer_id).update(leader=None)
    membership.refresh_from_db()


def _tell_who_decides(asked: Membership, *, at: datetime) -> None:
    team = asked.team
    staff = User.objects.filter(is_active=True)
    staff = staff.filter(role=Role.LIAISON, unit=team.unit) if team.unit_id else staff.filter(role=Role.OFFICE)
    reason, said = f"team-asked:{asked.pk}", f"有人申请加入{team}"
    notify(staff, reason=reason, title=said, url=team.get_absolute_url(), at=at)
    if team.leader:
        tell([team.leader], reason=reason, text=f"{said}，请在“我的志愿服务”里办。", url="", at=at)
