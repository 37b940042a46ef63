"""The side list of the workbench: which pages a role works with."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import Role
from reports.permissions import READ_SOMETHING

EVERY_CASE = frozenset({Role.OFFICE, Role.OPERATOR, Role.GUIDANCE, Role.SUPERVISION, Role.LEADER, Role.GROUP_HEAD})
STAFF = frozenset(Role)
NO_CASES = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.SECURITY})
AT_THE_TABLE = EVERY_CASE - {Role.OPERATOR}


@dataclass(frozen=True)
class Item:
    """`current` is how assistive technology is told: page, true for a page below this one, or nothing."""

    label: str
    url: str
    current: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    items: tuple[Item, ...]


# Section → (label, address name, roles). One line per page; a role sees what it works with.
PAGES: list[tuple[str, list[tuple[str, str, frozenset[Role]]]]] = [
    (
        "",
        [
            ("工作台", "workbench", STAFF),
            ("驾驶舱", "reports:cockpit", AT_THE_TABLE),
            ("地图", "reports:map", EVERY_CASE),
            ("大屏", "reports:screen", AT_THE_TABLE),
        ],
    ),
    (
        "案件",
        [
            ("案件队列", "complaints:queue", EVERY_CASE),
            ("我的案件", "complaints:queue", frozenset({Role.LIAISON})),
            ("热线登记", "complaints:hotline", frozenset({Role.OFFICE, Role.OPERATOR})),
            ("待定督办", "complaints:escalated", frozenset({Role.OFFICE})),
            ("回访", "complaints:call_backs", frozenset({Role.OFFICE, Role.OPERATOR})),
            ("待复核", "complaints:held", frozenset({Role.OFFICE})),
            ("个人信息请求", "complaints:erasures", frozenset({Role.OFFICE})),
            ("投诉平台设置", "complaints:tuning", frozenset({Role.OFFICE})),
            ("案件类别", "complaints:categories", frozenset({Role.OFFICE})),
            ("派遣规则", "complaints:rules", frozenset({Role.OFFICE})),
        ],
    ),
    (
        "日巡查",
        [
            ("今天的巡查", "volunteers:patrols", frozenset({Role.LIAISON})),
            ("巡查覆盖", "volunteers:patrol_coverage", EVERY_CASE),
            ("巡查日历", "volunteers:patrol_calendar", EVERY_CASE | {Role.LIAISON}),
            ("巡查指引", "volunteers:guides", EVERY_CASE | {Role.LIAISON}),
        ],
    ),
    (
        "指导推进",
        [
            ("指导推进", "supervision:inspections", AT_THE_TABLE | {Role.LIAISON}),
            ("指导推进统计", "supervision:inspection_figures", AT_THE_TABLE),
            ("督导移交", "supervision:referrals", AT_THE_TABLE - {Role.GROUP_HEAD}),
            ("反复出现的情况", "supervision:repeats", frozenset({Role.SUPERVISION, Role.OFFICE})),
            ("督导结论", "supervision:referrals", frozenset({Role.LIAISON})),
        ],
    ),
    (
        "志愿服务",
        [
            ("志愿活动", "volunteers:activities", STAFF),
            ("志愿队伍", "volunteers:teams", STAFF),
            ("志愿服务统计", "volunteers:figures", STAFF),
            ("服务证明", "volunteers:certificates_kept", frozenset({Role.OFFICE})),
        ],
    ),
    (
        "挂图作战",
        [
            ("红蓝旗图版", "progress:city", STAFF),
            ("标旗", "progress:marking_home", frozenset({Role.OFFICE})),
            ("锁定月份", "progress:closing", frozenset({Role.OFFICE, Role.LEADER})),
            ("年度计划", "progress:plans", frozenset({Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD, Role.LEADER})),
            ("月任务", "progress:tasks", frozenset({Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD, Role.LEADER})),
            ("月报告", "progress:reports", frozenset({Role.OFFICE, Role.LIAISON, Role.GROUP_HEAD, Role.LEADER})),
            ("月末报告", "reports:reports", READ_SOMETHING),
        ],
    ),
    (
        "会议",
        [
            ("会议", "meetings:meetings", AT_THE_TABLE | {Role.LIAISON}),
            ("交办事项", "meetings:items", AT_THE_TABLE | {Role.LIAISON}),
            ("批示", "meetings:instructions", frozenset({Role.LEADER, Role.OFFICE})),
            ("民生实事", "projects:projects", STAFF),
            ("制度文件", "library:documents", STAFF),
        ],
    ),
    (
        "宣传",
        [
            ("创城动态", "publicity:news", STAFF - {Role.OFFICE}),
            ("写动态、管发布", "publicity:desk", frozenset({Role.OFFICE})),
            ("倡议书", "publicity:initiative_desk", frozenset({Role.OFFICE})),
            ("创城答题", "publicity:quiz_desk", frozenset({Role.OFFICE})),
            ("城市精神征集", "publicity:slogans_desk", frozenset({Role.OFFICE})),
            ("表态发言", "publicity:pledges_desk", frozenset({Role.OFFICE})),
            ("宣传台账", "publicity:ledger", frozenset({Role.OFFICE})),
        ],
    ),
    (
        "城市",
        [
            ("网格与包保", "grids:list", STAFF),
            ("领导包保", "reports:leaders", AT_THE_TABLE),
            ("包保覆盖", "grids:coverage", EVERY_CASE),
            ("责任单位", "accounts:units", STAFF),
            ("导入导出", "grids:import", frozenset({Role.OFFICE, Role.ADMINISTRATOR})),
        ],
    ),
    (
        "管理",
        [
            ("工作日历", "calendar", frozenset({Role.OFFICE, Role.ADMINISTRATOR})),
            ("用户与角色", "accounts:users", frozenset({Role.ADMINISTRATOR})),
            ("大屏链接", "reports:screens", frozenset({Role.OFFICE, Role.ADMINISTRATOR})),
            ("接口密钥", "accounts:tokens", frozenset({Role.ADMINISTRATOR})),
            ("审计日志", "audit_log", frozenset({Role.AUDITOR})),
            ("定时任务", "schedule", frozenset({Role.ADMINISTRATOR})),
            ("发送失败的提醒", "dead_letters", frozenset({Role.ADMINISTRATOR})),
        ],
    ),
]

# Pages that are in no list → the listed page whose part they are. One line per entry.
BELOW: dict[str, tuple[str, ...]] = {
    "complaints:call_backs": ("complaints:call_back",),
    "reports:cockpit": ("reports:figures",),
    "complaints:queue": (
        "complaints:case",
        "complaints:move",
        "complaints:reveal_contact",
        "complaints:publish",
        "complaints:legal_hold",
        "complaints:exports",
    ),
    "complaints:categories": ("complaints:category_new", "complaints:category_edit"),
    "complaints:rules": ("complaints:rule_new", "complaints:rule_edit"),
    "volunteers:patrols": ("volunteers:patrol", "volunteers:add_finding"),
    "volunteers:guides": ("volunteers:guide_new", "volunteers:guide_edit"),
    "volunteers:patrol_calendar": ("volunteers:patrol_log",),
    "progress:city": (
        "progress:city_month",
        "progress:city_year",
        "progress:unit_year",
        "progress:board_year",
        "progress:board_month",
        "progress:history",
    ),
    "volunteers:activities": (
        "volunteers:activity_kept",
        "volunteers:activity_new",
        "volunteers:activity_edit",
        "volunteers:activity_cancel",
        "volunteers:activity_report",
        "volunteers:attendance",
        "volunteers:attend",
        "volunteers:code",
        "volunteers:hours",
        "volunteers:hours_correct",
    ),
    "volunteers:teams": ("volunteers:team", "volunteers:team_new", "volunteers:team_edit"),
    "volunteers:certificates_kept": ("volunteers:certificate_revoke",),
    "progress:closing": ("progress:closing_month", "progress:correct", "progress:make_good"),
    "progress:marking_home": ("progress:marking", "progress:mark", "progress:objection"),
    "progress:plans": (
        "progress:plan",
        "progress:plan_task",
        "progress:plan_task_new",
        "progress:plan_import",
        "progress:plan_import_confirm",
        "progress:plan_move",
        "progress:amendments",
        "progress:amendment",
        "progress:amendment_add",
        "progress:amendment_change",
        "progress:amendment_decide",
    ),
    "progress:tasks": ("progress:task_new", "progress:object_to_flag"),
    "progress:reports": ("progress:report", "progress:unit_report"),
    "reports:leaders": ("reports:leader",),
    "meetings:meetings": (
        "meetings:meeting",
        "meetings:meeting_new",
        "meetings:meeting_edit",
        "meetings:minutes",
        "meetings:pack",
        "meetings:item_new",
    ),
    "meetings:items": ("meetings:item", "meetings:move"),
    "supervision:referrals": ("supervision:referral", "supervision:referral_new", "supervision:referral_move"),
    "supervision:inspections": (
        "supervision:inspection",
        "supervision:inspection_new",
        "supervision:correct",
        "supervision:draft",
        "supervision:facts",
        "supervision:finding",
    ),
    "meetings:instructions": ("meetings:instruction_new",),
    "projects:projects": ("projects:project", "projects:project_new", "projects:keep"),
    "library:documents": ("library:document", "library:document_new", "library:version_new"),
    "publicity:news": ("publicity:announcement",),
    "publicity:desk": ("publicity:preview", "publicity:new", "publicity:edit"),
    "publicity:pledges_desk": ("publicity:pledge_new", "publicity:pledge_edit"),
    "publicity:ledger": ("publicity:work_new", "publicity:work_edit"),
    "publicity:slogans_desk": (
        "publicity:collection_desk",
        "publicity:collection_new",
        "publicity:collection_edit",
        "publicity:entries_decide",
        "publicity:sender",
    ),
    "publicity:quiz_desk": (
        "publicity:round_desk",
        "publicity:round_new",
        "publicity:round_edit",
        "publicity:question_new",
        "publicity:question_edit",
        "publicity:questions_import",
    ),
    "publicity:initiative_desk": ("publicity:initiative_edit", "publicity:initiative_version"),
    "grids:list": ("grids:detail", "grids:edit", "grids:new", "grids:areas"),
    "grids:import": ("grids:import_preview",),
    "reports:reports": (
        "reports:report",
        "reports:group",
        "reports:preview",
        "reports:progress",
        "reports:build_again",
    ),
    "accounts:units": ("accounts:unit", "accounts:unit_edit"),
    "accounts:users": ("accounts:user_edit", "accounts:user_new"),
    "accounts:tokens": ("accounts:token_new",),
    "calendar": ("calendar_year", "calendar_arrange", "calendar_import", "calendar_hours"),
    "schedule": ("schedule_history",),
}


@dataclass(frozen=True)
class SideList:
    """The sections and pages a role works with, and the same as it is shown."""

    sections: tuple[Section, ...]
    shown: SafeString


@lru_cache(maxsize=512)
def side_list(role: Role, current: str) -> SideList:
    """`current` is the view name of the page being shown. It depends on nothing else, so it is written once."""
    sections = tuple(_sections(role, current))
    return SideList(sections, render_to_string("components/side_nav.html", {"sections": sections}))


def _sections(role: Role, current: str) -> Iterator[Section]:
    for title, pages in PAGES:
        items = [Item(label, reverse(name), _current(name, current)) for label, name, roles in pages if role in roles]
        if items:
            yield Section(title, tuple(items))


def _current(entry: str, shown: str) -> str:
    if shown == entry:
        return "page"
    return "true" if shown in BELOW.get(entry, ()) else ""
