"""A year of sample cases: when and where each is filed, by whom, with which photos; stored batch by batch."""

import gc
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import islice

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from common import crypto
from common.clock import CITY_TIME, Clock
from complaints.actions.intake import NOTICE_VERSION
from complaints.catalogue import standard_categories
from complaints.models import (
    BY_RESIDENTS,
    Category,
    Channel,
    Complaint,
    Event,
    NumberSeries,
    Photo,
    ProblemGroup,
    Reporter,
)
from complaints.workflow import OPEN_STATES, Move, State
from grids.models import Grid
from mohe_portal.sample_city import words
from mohe_portal.sample_city.cast import SHOWN_UNIT, Cast
from mohe_portal.sample_city.dice import Dice, dice
from mohe_portal.sample_city.lives import Life, World
from mohe_portal.sample_city.pictures import HEIGHT, PALETTES, WIDTH, photo

BATCH = 1000
PHONES = 400  # different residents' phones
PHOTOGRAPHED = 220  # so many of the latest cases may have photos
COMPETENT_UNITS = {  # number of the unit that handles a whole group of problems wherever they are
    ProblemGroup.LIGHTS: 15,
    ProblemGroup.UTILITIES: 21,
    ProblemGroup.MARKET: 9,
    ProblemGroup.BUILDING: 44,
    ProblemGroup.GREEN: 52,
}
CHANNELS = [Channel.WEB] * 48 + [Channel.HOTLINE] * 28 + [Channel.APP] * 14 + [Channel.PATROL] * 7
CHANNELS += [Channel.INSPECTION] * 3
# How many cases wait in which state today, of 100 or more in all.
WAITING = {State.RECEIVED: 5, State.ACCEPTED: 3, State.DISPATCHED: 7, State.HANDLING: 28, State.HANDLED: 8}
HOURS_OF_FILING = (7, 8, 8, 9, 9, 9, 10, 10, 11, 12, 13, 14, 14, 15, 15, 16, 17, 18, 19, 20, 21)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Plan:
    """When a case is filed, in which state it shall wait today (None: as it comes), whether it may have photos."""

    filed_at: datetime
    stop_in: State | None
    with_photos: bool = False


def define_categories(cast: Cast) -> list[Category]:
    """Store the classes of case, or take those already there, and give each its competent unit."""
    categories = list(Category.objects.all()) or Category.objects.bulk_create(standard_categories())
    for category in categories:
        number = COMPETENT_UNITS.get(ProblemGroup(category.group))
        category.unit = cast.unit(number) if number else None
    Category.objects.bulk_update(categories, ["unit"])
    return categories


def file_cases(seed: int, world: World, *, count: int, since: date, photo_files: list[str], progress: Progress) -> None:
    """Store the cases. The name of each photo file is added to `photo_files` as soon as it lies on the disk."""
    writer = _Writer(seed, world, define_categories(world.cast))
    lives = (writer.life(serial, plan) for serial, plan in enumerate(_plans(seed, world, count, since)))
    done = 0
    with _no_garbage_collection():
        while batch := list(islice(lives, BATCH)):
            _store(batch, writer, photo_files)
            done += len(batch)
            progress(done, count)
    writer.keep_number_series()


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Spare a quarter of the time: half a million rows are made, and none of them in a circle."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# --- when ---


def _plans(seed: int, world: World, count: int, since: date) -> list[Plan]:
    chance = dice(seed, "plans")
    waiting = [state for state, most in WAITING.items() for _ in range(_share(most, count))][:count]
    plans = [Plan(_filed_for(state, world, chance), state) for state in waiting]
    days = (world.until.date() - since).days
    plans += [Plan(_some_moment(since, days, world, chance), None) for _ in range(count - len(plans))]
    plans.sort(key=lambda plan: (plan.filed_at, plan.stop_in or ""))
    latest = plans[-PHOTOGRAPHED:]
    return plans[:-PHOTOGRAPHED] + [Plan(plan.filed_at, plan.stop_in, with_photos=True) for plan in latest]


def _share(most: int, count: int) -> int:
    """Scale a number meant for a hundred cases and more; at least one of each as soon as there are ten."""
    return min(most, max(count * most // 100, 1 if count >= 10 else 0))


def _filed_for(state: State, world: World, chance: Dice) -> datetime:
    """Return when a case was filed that has come as far as this today."""
    hours = {
        State.RECEIVED: (0.1, 1.9),
        State.ACCEPTED: (1.8, 4),
        State.DISPATCHED: (4, 9),
        State.HANDLING: (10, 46),
        State.HANDLED: (24, 38),
    }[state]
    return _work_hours_before(world, chance.uniform(*hours))


def _work_hours_before(world: World, hours: float) -> datetime:
    """Return the moment since which so many working hours have passed."""
    left, day = timedelta(hours=hours), world.until.astimezone(CITY_TIME).date()
    while True:
        for opens, closes in reversed(world.calendar.hours_on(day) if world.calendar.is_working(day) else ()):
            start = datetime.combine(day, opens, CITY_TIME)
            end = min(datetime.combine(day, closes, CITY_TIME), world.until)
            if end > start:
                if left <= end - start:
                    return (end - left).replace(microsecond=0)
                left -= end - start
        day -= timedelta(days=1)


def _some_moment(since: date, days: int, world: World, chance: Dice) -> datetime:
    """Return a moment of the year, rather in winter and rather on working days, an hour ago at the latest."""
    while True:
        day = since + timedelta(days=chance.randint(0, days))
        likely = (1.0 if day.month in words.WINTER else 0.7) * (1.0 if day.weekday() < 5 else 0.6)
        moment = datetime.combine(
            day, time(chance.choice(HOURS_OF_FILING), chance.randint(0, 59), chance.randint(0, 59))
        )
        filed_at = moment.replace(tzinfo=CITY_TIME)
        if chance.random() < likely and filed_at < world.until - timedelta(hours=1):
            return filed_at


# --- what, where, who ---


class _Writer:
    """Makes cases out of plans and remembers what must not be used twice."""

    def __init__(self, seed: int, world: World, categories: list[Category]) -> None:
        self.seed = seed
        self.world = world
        self._categories = {category.name: category for category in categories}
        self._last_number: dict[int, int] = {}
        self._matters = {month: self._matters_of(month) for month in range(1, 13)}
        self._shown_grids = world.places.led_by(world.cast.unit(SHOWN_UNIT))
        self._phones = [words.phone(1000 + number) for number in range(PHONES)]

    def life(self, serial: int, plan: Plan) -> "Told":
        chance = dice(self.seed, "case", serial)
        matter = self._matter(plan, chance)
        category = self._categories[matter.category]
        case = self._case(serial, plan, matter, category, chance)
        life = Life(self.world, case, category, matter, chance, plan.stop_in)
        life.live()
        has_photos = plan.with_photos and matter.scene is not None and case.channel != Channel.HOTLINE
        return Told(life, has_photos=has_photos and chance.random() < 0.85)

    def reporter(self, case: Complaint) -> Reporter:
        """Return who filed a case; contact data is gone where the retention time is over."""
        chance = dice(self.seed, "reporter", case.intake_key)
        until = self.world.until
        expires_at = case.stage_started_at + timedelta(days=settings.CONTACT_RETENTION_DAYS)
        erased = case.state not in OPEN_STATES and expires_at < until
        reporter = Reporter(
            complaint=case,
            code_digest=crypto.digest("code", crypto.tracking_code(case.intake_key)),
            notice_version=NOTICE_VERSION,
            created_at=case.filed_at,
            erased_at=expires_at if erased else None,
        )
        if case.channel in BY_RESIDENTS and not erased:
            phone = chance.choice(self._phones)
            reporter.phone_encrypted, reporter.phone_digest = _hidden(phone)
            reporter.may_contact = chance.random() < 0.4
        return reporter

    def keep_number_series(self) -> None:
        NumberSeries.objects.bulk_create(NumberSeries(year=year, last=last) for year, last in self._last_number.items())

    def _matters_of(self, month: int) -> list[words.Matter]:
        return [matter for matter in words.MATTERS if month in matter.months for _ in range(matter.weight)]

    def _matter(self, plan: Plan, chance: Dice) -> words.Matter:
        """Return what it is about; who waits for days waits for something that may take days."""
        matters = self._matters[plan.filed_at.month]
        if plan.stop_in in {State.HANDLING, State.HANDLED, State.DISPATCHED}:
            least = 5 if plan.stop_in == State.HANDLED else 2
            matters = [matter for matter in matters if self._work_days(matter) >= least]
        return chance.choice(matters)

    def _work_days(self, matter: words.Matter) -> int:
        category = self._categories[matter.category]
        return category.limit if category.clock == Clock.WORK_DAY else 0

    def _case(self, serial: int, plan: Plan, matter: words.Matter, category: Category, chance: Dice) -> Complaint:
        grid = self._grid(plan, category, chance)
        where = chance.choice(matter.places).format(house=chance.randint(1, 18), door=chance.randint(1, 6))
        text = chance.choice(matter.texts).format(
            place=where, days=chance.choice(words.DAYS), degrees=chance.randint(11, 16)
        )
        spot = chance.choice(self.world.places.spots[grid.pk]) if grid and chance.random() < 0.94 else None
        channel = chance.choice(CHANNELS)
        return Complaint(
            number=self._number(plan.filed_at),
            channel=channel,
            group=category.group,
            text=text,
            place=f"{grid.name}{where}" if grid else where,
            longitude=spot[0] if spot else None,
            latitude=spot[1] if spot else None,
            grid=grid,
            filed_at=plan.filed_at,
            filed_by=self._filed_by(channel, grid, plan.filed_at.date(), chance),
            intake_key=f"sample:{self.seed}:{serial}",
            is_confidential=chance.random() < 0.012,
            is_urgent=plan.stop_in is None and chance.random() < 0.025,
        )

    def _grid(self, plan: Plan, category: Category, chance: Dice) -> Grid | None:
        """Return where it is: some places cannot be found on the map; the unit shown has more than its share."""
        luck = chance.random()
        if luck < 0.015:
            return None
        if luck < (0.4 if plan.stop_in else 0.09) and category.unit is None:
            return chance.choice(self._shown_grids)
        return chance.choice(self.world.places.grids)

    def _filed_by(self, channel: Channel, grid: Grid | None, day: date, chance: Dice) -> User | None:
        cast = self.world.cast
        if channel == Channel.HOTLINE:
            return chance.choice(cast.operators)
        if channel == Channel.INSPECTION:
            return chance.choice(cast.guidance)
        if channel == Channel.PATROL:
            unit = self.world.places.lead_on(grid, day) if grid else chance.choice(cast.units)
            return cast.liaisons[unit.pk]
        return None

    def _number(self, filed_at: datetime) -> str:
        year = filed_at.astimezone(CITY_TIME).year
        self._last_number[year] = self._last_number.get(year, 0) + 1
        return f"{year}-{self._last_number[year]:06}"


@cache
def _hidden(phone: str) -> tuple[str, str]:
    """Return a phone encrypted and its digest; encrypting a hundred thousand times would take its time."""
    return crypto.encrypt(phone), crypto.digest("phone", phone)


# --- storing ---


@dataclass(frozen=True)
class Told:
    """A case lived through, ready to be stored."""

    life: Life
    has_photos: bool


def _store(batch: list[Told], writer: _Writer, photo_files: list[str]) -> None:
    lives = [told.life for told in batch]
    Complaint.objects.bulk_create([life.case for life in lives])
    for life in lives:
        for event in life.events:
            event.complaint_id = life.case.pk
    Event.objects.bulk_create([event for life in lives for event in life.events])
    Reporter.objects.bulk_create([writer.reporter(life.case) for life in lives])
    photos = []
    for row in (row for told in batch if told.has_photos for row in _photos(told.life, writer.seed)):
        photo_files.append(str(row.file.name))
        photos.append(row)
    Photo.objects.bulk_create(photos)


def _photos(life: Life, seed: int) -> Iterator[Photo]:
    """Write a case's photo files and yield their rows: what it was like, and after each result what it is like."""
    chance = dice(seed, "photos", life.case.intake_key)
    hue = chance.randrange(len(PALETTES))
    scene = life.matter.scene
    assert scene is not None  # noqa: S101 -- only cases with a scene have photos
    for event in life.events:
        if event.move not in {Move.FILE, Move.SUBMIT}:
            continue
        after = event.move == Move.SUBMIT
        for number in range(chance.choice((1, 1, 2))):
            content = _jpeg(scene, after, hue + number)
            token = crypto.digest("sample-photo", f"{life.case.intake_key}:{event.version}:{number}")[:22]
            row = Photo(
                complaint=life.case, event=event, kind=Photo.Kind.AFTER if after else Photo.Kind.BEFORE, token=token,
                width=WIDTH, height=HEIGHT, sha256=hashlib.sha256(content).hexdigest(), added_at=event.at,
            )  # fmt: skip
            row.file.save("photo.jpg", ContentFile(content), save=False)
            yield row


@cache
def _jpeg(scene: words.Scene, after: bool, hue: int) -> bytes:
    return photo(scene, after=after, hue=hue % len(PALETTES))


def delete_files(names: list[str]) -> None:
    for name in names:
        default_storage.delete(name)
