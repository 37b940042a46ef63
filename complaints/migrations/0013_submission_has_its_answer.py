from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0012_call_backs'),
    ]

    operations = [
        # No row has ever been committed without.
        migrations.AlterField(
            model_name='submission',
            name='due_at',
            field=models.DateTimeField(),
        ),
    ]
