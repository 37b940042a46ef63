"""How addresses write years and months. Importing this makes `<yyyy:…>` and `<mm:…>` known."""

from django.urls import register_converter


class YearConverter:
    """A year in an address, like 2026."""

    regex = "2[0-9]{3}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04}"


class MonthConverter:
    """A month in an address: 01 to 12."""

    regex = "0[1-9]|1[0-2]"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{int(value):02}"


register_converter(YearConverter, "yyyy")
register_converter(MonthConverter, "mm")
