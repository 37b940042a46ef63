"""The verbs of accounts. What came of them stands in the audit log."""

from accounts.actions.people import (
    Issued,
    Post,
    change_password,
    create_user,
    edit_user,
    reset_password,
)
from accounts.actions.second_factor import (
    begin_second_factor,
    confirm_second_factor,
    remove_second_factor,
)
from accounts.actions.sign_in import (
    note_failed_sign_in,
    note_lock_out,
    note_sign_in,
    note_sign_out,
    note_wrong_code,
)
from accounts.actions.tokens import IssuedToken, issue_token, revoke_token, token_of
from accounts.actions.units import edit_unit

__all__ = [
    "Issued",
    "IssuedToken",
    "Post",
    "begin_second_factor",
    "change_password",
    "confirm_second_factor",
    "create_user",
    "edit_unit",
    "edit_user",
    "issue_token",
    "note_failed_sign_in",
    "note_lock_out",
    "note_sign_in",
    "note_sign_out",
    "note_wrong_code",
    "remove_second_factor",
    "reset_password",
    "revoke_token",
    "token_of",
]
