from accounts.views.own import password_change, profile, totp, totp_begin, totp_remove
from accounts.views.sign_in import locked_out, login, logout, second_factor
from accounts.views.tokens import token_new, token_revoke, tokens
from accounts.views.units import unit, unit_edit, units
from accounts.views.users import user_edit, user_new, user_remove_second_factor, user_reset_password, users

__all__ = [
    "locked_out",
    "login",
    "logout",
    "password_change",
    "profile",
    "second_factor",
    "token_new",
    "token_revoke",
    "tokens",
    "totp",
    "totp_begin",
    "totp_remove",
    "unit",
    "unit_edit",
    "units",
    "user_edit",
    "user_new",
    "user_remove_second_factor",
    "user_reset_password",
    "users",
]
