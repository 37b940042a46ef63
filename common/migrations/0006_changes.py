from django.db import migrations, models


def forget_stamps(apps, schema_editor):
    """What changed was stamped by hand before triggers noted it."""
    apps.get_model("common", "Fact").objects.filter(name__in=["calendar_version", "map_version"]).delete()


class Migration(migrations.Migration):
    dependencies = [("common", "0005_calendar_version")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("topic", models.CharField(max_length=20)),
            ],
            options={"verbose_name": "变动"},
        ),
        migrations.RunPython(forget_stamps, migrations.RunPython.noop),
    ]
