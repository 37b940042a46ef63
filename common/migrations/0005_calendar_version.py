from uuid import uuid4

from django.db import migrations


def stamp(apps, schema_editor):
    apps.get_model("common", "Fact").objects.update_or_create(name="calendar_version", defaults={"value": uuid4().hex})


class Migration(migrations.Migration):
    dependencies = [("common", "0004_office_hours")]

    operations = [migrations.RunPython(stamp, migrations.RunPython.noop)]
