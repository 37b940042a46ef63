from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = "案件"
    watched = {
        "reference": ["Category", "RoutingRule"],
        # A published case disappears when it is opened again or made confidential, and tells its grid and unit.
        "published": [
            "PublicVersion", "PublicVersion_photos", ("Complaint", "OLD.state = 'closed' OR NEW.state = 'closed'"),
        ],
        "holds": ["LegalHold"],
    }  # fmt: skip
