"""A round of the quiz as the tests make it."""

import datetime

from common.clock import CITY_TIME
from publicity.actions import quiz as actions

NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
TODAY = NOW.date()
WEEK = datetime.timedelta(days=7)
QUESTIONS = [
    actions.QuestionDraft("门前的雪什么时候扫？", ["当天", "开春"], "A", "雪停了就扫。"),
    actions.QuestionDraft("盲道上能停车吗？", ["能", "停一会儿", "不能"], "C"),
]


def round_of(office, *, published=True, opens_on=TODAY, closes_on=TODAY + WEEK, questions=QUESTIONS):
    frame = actions.Frame("冬天的规矩", "两道题。", opens_on, closes_on)
    made = actions.begin(frame, by=office, at=NOW)
    actions.replace_questions(made, questions, by=office, at=NOW)
    if published:
        actions.publish(made, by=office, at=NOW)
    return made


def answered(made, chosen, times=1):
    for _ in range(times):
        actions.answer(made, list(made.questions.all()), chosen, at=NOW)
