"""Who reads and who builds month-end reports."""

from accounts.models import Role, SpecialGroup, User

# The whole report, and the page of every group.
READ_ALL = frozenset({Role.OFFICE, Role.LEADER, Role.SUPERVISION})
# A group's head reads the page of the own group.
READ_SOMETHING = READ_ALL | {Role.GROUP_HEAD}
BUILD = frozenset({Role.OFFICE})


def may_read_group(user: User, group: SpecialGroup) -> bool:
    return user.role in READ_ALL or (user.role == Role.GROUP_HEAD and user.group_id == group.pk)


def may_build(user: User) -> bool:
    return user.role in BUILD
