from django.db import migrations, models


class Migration(migrations.Migration):
    """What 100,000 cases showed: counts from one index alone, one state's newest first without sorting."""

    dependencies = [("complaints", "0002_submission")]
    operations = [
        migrations.RemoveIndex("complaint", name="complaint_closed_lately"),
        migrations.RemoveIndex("complaint", name="complaint_queue"),
        migrations.AddIndex(
            "complaint", models.Index(fields=["state", "due_at", "warn_at"], name="complaint_queue_counts")
        ),
        migrations.AddIndex("complaint", models.Index(fields=["state", "filed_at"], name="complaint_state_filed")),
        migrations.AddIndex(
            "complaint",
            models.Index(
                fields=["-closed_at"], condition=models.Q(("closed_at__isnull", False)), name="complaint_closed"
            ),
        ),
    ]
