"""A collection of slogans as the tests make it."""

import datetime

from common.clock import CITY_TIME
from publicity.actions import slogans as actions

NOW = datetime.datetime(2026, 11, 23, 9, tzinfo=CITY_TIME)
TODAY = NOW.date()
WEEK = datetime.timedelta(days=7)
PHONE = "13800001234"


def collection_of(office, *, on=TODAY, closes_on=None, published=True, at=NOW):
    call = actions.Call("城市精神征集", "一句话说出漠河。", on, closes_on or on + WEEK)
    made = actions.begin(call, by=office, at=at)
    if published:
        actions.publish(made, by=office, at=at)
    return made


def sent_to(collection, *texts, browser="first", phone="", name="", at=NOW):
    """Keys and versions of what was sent, as the office's list would send them."""
    by = actions.SentBy(token=browser, phone=phone, name=name)
    received = actions.send(collection, [actions.Slogan(text) for text in texts], by=by, at=at)
    return list(received.sender.entries.filter(text__in=texts).order_by("pk").values_list("pk", "version"))
