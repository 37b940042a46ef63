"""The facts of an entry in the words of the page. The log itself keeps names of its own: it is written once for all."""

from typing import Any

NAMES = {
    "about": "关于", "added_and_changed": "新增和修改", "address": "网络地址", "amount": "数量", "audience": "给谁看",
    "boundary": "边界", "changed": "改了", "changes": "改动", "checksum": "校验值", "closes_on": "截止日期",
    "code": "编号", "consent": "知情同意书版本", "contact_name": "联系人", "count": "件数", "dates": "场数",
    "delivery": "提醒编号", "done_on": "做的日期", "due_on": "期限", "earlier": "原来", "entries": "条数",
    "filters": "筛选", "format": "格式", "from_on": "从哪天起", "group": "专项组", "headcount": "在编人数",
    "is_active": "启用", "is_public": "公开", "is_unit_head": "单位负责人", "kind": "种类", "label": "名称",
    "late": "迟报", "leader": "领导", "name": "名称", "name_digest": "用户名指纹", "note": "说明", "on": "日期",
    "ordinal": "第几版", "outcome": "结果", "photos": "照片数", "points": "要点数", "question": "题目",
    "questions": "题数", "reason": "原因", "reply": "答复", "role": "角色", "roles": "角色", "scopes": "权限",
    "sha256": "文件校验值", "since": "起始日期", "state": "状态", "target": "对象", "title": "标题", "to": "定为",
    "unit": "单位", "until": "截止日期", "user": "用户", "username": "用户名", "version": "第几版", "what": "操作",
    "who": "操作人", "whole": "完整", "why": "理由", "with_code": "用了动态口令", "words": "答复",
}  # fmt: skip
BEFORE, AFTER = "before", "after"
NOTHING = "空"
VALUES = {
    "red": "红旗", "blue": "蓝旗", "unmarked": "未标", "upheld": "维持原旗", "draft": "草稿", "published": "已发布",
    "withdrawn": "已撤下", "public": "公开", "staff": "所有工作人员", "drawn": "画上了", "redrawn": "重画了",
}  # fmt: skip


def in_words(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Name and value of each fact that is told; of a change what it was and what it became.

    Databases keep JSON's names in orders of their own; here they stand in one.
    """
    others = {name: said(value) for name, value in sorted(facts.items()) if name not in {BEFORE, AFTER}}
    return _changes(facts) + [(_name(name), value) for name, value in others.items() if value != NOTHING]


def said(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "，".join(f"{_name(name)} {said(one)}" for name, one in value.items()) or NOTHING
    if isinstance(value, list):
        return "、".join(said(one) for one in value) or NOTHING
    return NOTHING if value in {None, ""} else VALUES.get(str(value), str(value))


def _changes(facts: dict[str, Any]) -> list[tuple[str, str]]:
    before, after = facts.get(BEFORE), facts.get(AFTER)
    if isinstance(after, dict):
        was = before if isinstance(before, dict) else {}
        return [(_name(name), _change(was.get(name), value)) for name, value in after.items()]
    if AFTER in facts:
        return [("改为", said(after)), ("原来", said(before))]
    return [("原来", said(before))] if BEFORE in facts else []


def _change(before: Any, after: Any) -> str:
    return said(after) if before in {None, ""} else f"{said(before)} → {said(after)}"


def _name(name: str) -> str:
    return NAMES.get(name, name)
