"""What is kept of secrets: encrypted columns that can be read back, and digests that can only be compared."""

import base64
import hashlib
import hmac
import unicodedata
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

# Crockford's base 32: no I, L, O, U, so that a code read aloud or copied by hand stays the code.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 13
_LOOKALIKES = str.maketrans("OILoil", "011011")
# What people type between the groups, or what a Chinese keyboard makes of it.
_BETWEEN = str.maketrans("", "", "-‐‑–—－_·.。")


@lru_cache(maxsize=8)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())) for key in keys])


def encrypt(text: str) -> str:
    return _ring(tuple(settings.FIELD_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Read back what `encrypt` wrote, with any key of the ring. Raises cryptography.fernet.InvalidToken."""
    return _ring(tuple(settings.FIELD_KEYS)).decrypt(token.encode()).decode()


def digest(purpose: str, value: str) -> str:
    """A keyed fingerprint (64 hex digits) for comparing and looking up; one purpose's tells nothing of another's."""
    return hmac.digest(settings.LOOKUP_KEY.encode(), f"{purpose}\0{value}".encode(), "sha256").hex()


def tracking_code(seed: str) -> str:
    """Derive a tracking code (查询码) from `seed`: 12 characters (60 bits) and a check character.

    Derived, not drawn: a submission repeated with the same key gets the same code, and no copy of it is stored.
    """
    number = int(digest("tracking-code", seed)[:15], 16)
    body = "".join(ALPHABET[number >> shift & 31] for shift in range(55, -1, -5))
    return body + _check_character(body)


def _check_character(body: str) -> str:
    """A sum in the field of 32 elements with another weight (2¹² … 2¹) for each place.

    It catches every wrong character and every two that changed places. Crockford's own check, modulo 37, catches as
    much, but one code in seven would end in * ~ $ = or U, which few people find on a Chinese keyboard.
    """
    total = 0
    for letter in body:
        total = (total ^ ALPHABET.index(letter)) << 1
        if total & 0b100000:
            total ^= 0b100101
    return ALPHABET[total]


def typed_code(typed: str) -> str:
    """What a person typed as a code, without case, spaces and hyphens, full-width forms and O for 0 made right."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(plain.split()).translate(_BETWEEN).translate(_LOOKALIKES).upper()


def normalized_code(typed: str) -> str | None:
    """The code a person meant, from what they typed; None if it cannot be one."""
    code = typed_code(typed)
    if len(code) != CODE_LENGTH or any(letter not in ALPHABET for letter in code):
        return None
    return code if _check_character(code[:-1]) == code[-1] else None


def grouped(code: str) -> str:
    """The code as it is shown: 4-4-5 characters."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
