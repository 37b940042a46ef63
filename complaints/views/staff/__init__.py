from complaints.views.staff.case import case, move
from complaints.views.staff.contact import reveal_contact
from complaints.views.staff.queue import queue

__all__ = ["case", "move", "queue", "reveal_contact"]
