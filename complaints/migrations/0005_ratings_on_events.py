from django.db import migrations, models

GRADES = {5: "非常满意", 4: "满意", 3: "一般", 2: "不满意", 1: "非常不满意"}
SOLVED = {True: "解决了", False: "没有解决"}


def read_from_their_words(apps, schema_editor):
    """Ratings so far stand in the note only, which always begins with the grade and the answer."""
    Event = apps.get_model("complaints", "Event")
    for grade, label in GRADES.items():
        for solved, answer in SOLVED.items():
            rated = Event.objects.filter(move="rate", note__startswith=f"{label}，{answer}")
            rated.update(satisfaction=grade, is_solved=solved)


class Migration(migrations.Migration):
    """A rating is kept on its event: the case forgets it when it is opened again, the figures do not."""

    dependencies = [("complaints", "0004_public_version")]
    operations = [
        migrations.AddField(
            "event", "satisfaction", models.PositiveSmallIntegerField(null=True, verbose_name="满意度")
        ),
        migrations.AddField("event", "is_solved", models.BooleanField(null=True, verbose_name="是否解决")),
        migrations.RunPython(read_from_their_words, migrations.RunPython.noop),
    ]
