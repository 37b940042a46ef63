from volunteers.forms.organising import (
    ActivityForm,
    HoursForm,
    NewActivityForm,
    ReasonForm,
    ReportForm,
    TeamForm,
    TimesForm,
)
from volunteers.forms.patrols import KEY_LENGTH, LONGEST_TEXT, SHORTEST_TEXT, FindingForm, GuideForm, PatrolForm
from volunteers.forms.people import CodeForm, EraseForm, PersonForm, PhoneForm, RegisterForm

__all__ = [
    "KEY_LENGTH",
    "LONGEST_TEXT",
    "SHORTEST_TEXT",
    "ActivityForm",
    "CodeForm",
    "EraseForm",
    "FindingForm",
    "GuideForm",
    "HoursForm",
    "NewActivityForm",
    "PatrolForm",
    "PersonForm",
    "PhoneForm",
    "ReasonForm",
    "RegisterForm",
    "ReportForm",
    "TeamForm",
    "TimesForm",
]
