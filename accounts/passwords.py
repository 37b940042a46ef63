from django.core.exceptions import ValidationError


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
        return "大写字母、小写字母、数字、符号，四种里至少用三种。"
