"""The rules of a password, and the initial ones handed out by an administrator."""

import secrets

from django.contrib.auth import password_validation as django_rules
from django.core.exceptions import ValidationError

# As settings.AUTH_PASSWORD_VALIDATORS checks them, in the words shown beside the field.
RULES = (
    "至少 8 个字符",
    "大写字母、小写字母、数字、符号，四种里至少用三种",
    "不能和用户名相近，也不能是常见的密码",
    "不能和现在的密码一样",
)
# None that is taken for another when a password is read aloud or copied by hand.
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_SMALL = "abcdefghjkmnpqrstuvwxyz"
_DIGITS = "23456789"


class LongEnoughValidator(django_rules.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"新密码至少 {self.min_length} 个字符，请加长。"


class UnlikeTheNameValidator(django_rules.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "新密码和用户名太相近，请换一个。"


class UncommonValidator(django_rules.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "新密码太常见，容易被猜到，请换一个。"


class ThreeOfFourKindsValidator:
    """A password has characters of at least three kinds: capitals, small letters, digits, signs (等保 practice)."""

    def validate(self, password: str, user: object = None) -> None:
        kinds = {
            "upper": any(c.isupper() for c in password),
            "lower": any(c.islower() for c in password),
            "digit": any(c.isdigit() for c in password),
            "sign": any(not c.isalnum() for c in password),
        }
        if sum(kinds.values()) < 3:
            raise ValidationError(self.get_help_text(), code="too_few_kinds")

    def get_help_text(self) -> str:
        return "新密码要在大写字母、小写字母、数字、符号四种里至少用三种。"


def initial_password() -> str:
    """Return something like Kq7-Rm4-Xe9-Tz5 (48 bits): fits the rules, and can be dictated on the telephone."""
    return "-".join("".join(secrets.choice(kind) for kind in (_CAPITALS, _SMALL, _DIGITS)) for _ in range(4))
