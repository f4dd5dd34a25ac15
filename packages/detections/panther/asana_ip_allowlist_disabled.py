# IP allowlist switched off
# Made from rules/asana_ip_allowlist_disabled.yml by `pnpm generate:detections`: do not edit.
from collections.abc import Mapping, Sequence


def rule(event):
    return selection(event)


def title(event):
    actor = texts(event, "actor", "email") or texts(event, "actor", "name") or texts(event, "actor", "gid")
    return "IP allowlist switched off: " + (actor or ["unknown actor"])[0]


def selection(event):
    return (
        any(text in ("workspace_ip_allowlist_disabled", "workspace_ip_allowlist_api_traffic_disabled") for text in folded(event, "event_type"))
    )


def texts(value, *path):
    """Every single value at a path, as text. A list on the path is searched; a list in a list is not."""
    if isinstance(value, str):
        return [] if path else [value]
    if isinstance(value, Mapping):
        return texts(value[path[0]], *path[1:]) if path and path[0] in value else []
    if isinstance(value, Sequence):
        items = [item for item in value if isinstance(item, str) or not isinstance(item, Sequence)]
        return [text for item in items for text in texts(item, *path)]
    if path or value is None:
        return []
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def folded(value, *path):
    return [text.lower() for text in texts(value, *path)]
