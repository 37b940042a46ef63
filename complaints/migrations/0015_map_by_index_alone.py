from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0014_grams_in_one_pass")]

    operations = [
        migrations.RemoveIndex("complaint", "complaint_state_filed"),
        migrations.AddIndex(
            "complaint",
            models.Index(
                fields=["state", "filed_at", "is_confidential", "longitude", "latitude", "id"],
                name="complaint_state_filed",
            ),
        ),
    ]
