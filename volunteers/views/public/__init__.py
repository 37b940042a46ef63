from volunteers.views.public.activities import activity, check, here, home, photo, sign_up, withdraw
from volunteers.views.public.others import certificates, honours, teams_public
from volunteers.views.public.own import certificate, decide, erase, export, issue, join, leave, me, me_edit
from volunteers.views.public.signing_in import register, sign_in, sign_in_code, sign_out

__all__ = [
    "activity",
    "certificate",
    "certificates",
    "check",
    "decide",
    "erase",
    "export",
    "here",
    "home",
    "honours",
    "issue",
    "join",
    "leave",
    "me",
    "me_edit",
    "photo",
    "register",
    "sign_in",
    "sign_in_code",
    "sign_out",
    "sign_up",
    "teams_public",
    "withdraw",
]
