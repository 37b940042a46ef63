from complaints.open311.views import create_or_list, definition, discovery, one_request, services

__all__ = ["create_or_list", "definition", "discovery", "one_request", "services"]
