"""Enter the State Council calendar for the years the library knows and the portal may ask about."""

from datetime import date, timedelta

import chinese_calendar
from django.db import migrations

YEARS = range(2020, 2027)


def fill(apps, schema_editor):
    day_rows, year_model = apps.get_model("common", "CalendarDay"), apps.get_model("common", "CalendarYear")
    for year in YEARS:
        year_model.objects.create(year=year, source="chinesecalendar")
        day = date(year, 1, 1)
        rows = []
        while day.year == year:
            is_working = chinese_calendar.is_workday(day)
            if is_working != (day.weekday() < 5):
                name = chinese_calendar.get_holiday_detail(day)[1] or ""
                rows.append(day_rows(on=day, is_working=is_working, note=f"{name}调休上班" if is_working else name))
            day += timedelta(days=1)
        day_rows.objects.bulk_create(rows)


def empty(apps, schema_editor):
    apps.get_model("common", "CalendarDay").objects.all().delete()
    apps.get_model("common", "CalendarYear").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("common", "0001_initial")]
    operations = [migrations.RunPython(fill, empty)]
