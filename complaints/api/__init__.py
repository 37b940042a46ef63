from complaints.api.cases import Case, Cases, Moves
from complaints.api.lookup import Lookup

__all__ = ["Case", "Cases", "Lookup", "Moves"]
