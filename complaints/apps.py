from django.apps import AppConfig

from complaints.workflow import FINAL_STATES

_FINAL = ", ".join(f"'{state}'" for state in FINAL_STATES)


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
        # For the counts of the final states; every case is filed open, so that none comes into them but by an update.
        "final_cases": [("Complaint", f"OLD.state IN ({_FINAL}) OR NEW.state IN ({_FINAL})")],
        "saved_filters": ["SavedFilter"],
    }  # fmt: skip
