"""What is kept of secrets: encrypted columns that can be read back, and digests that can only be compared."""

import base64
import hashlib
import hmac
from functools import lru_cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

# Crockford's base 32: no I, L, O, U, so that a code read aloud or copied by hand stays the code.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK_ALPHABET = ALPHABET + "*~$=U"  # Crockford's five extra check symbols, modulo 37
_LOOKALIKES = str.maketrans("OILoil", "011011")


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
    return hmac.new(settings.LOOKUP_KEY.encode(), f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def tracking_code(seed: str) -> str:
    """Derive a tracking code (查询码) from `seed`: 12 characters (60 bits) and a check character.

    Derived, not drawn: a submission repeated with the same key gets the same code, and no copy of it is stored.
    """
    number = int(digest("tracking-code", seed)[:15], 16)
    body = "".join(ALPHABET[number >> shift & 31] for shift in range(55, -1, -5))
    return body + CHECK_ALPHABET[number % 37]


def normalized_code(typed: str) -> str | None:
    """The code a person meant, from what they typed (case, spaces, hyphens, O for 0); None if it cannot be one."""
    kept = "".join(typed.split()).replace("-", "").replace("－", "")
    if len(kept) != 13:
        return None
    body = kept[:12].translate(_LOOKALIKES).upper()
    check = kept[12].translate(_LOOKALIKES).upper()
    if any(letter not in ALPHABET for letter in body):
        return None
    number = 0
    for letter in body:
        number = number << 5 | ALPHABET.index(letter)
    return body + check if CHECK_ALPHABET[number % 37] == check else None


def grouped(code: str) -> str:
    """The code as it is shown: 4-4-5 characters."""
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
