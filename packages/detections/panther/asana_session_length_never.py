# Sessions set to never end
# Made from rules/asana_session_length_never.yml by `pnpm generate:detections`: do not edit.
from collections.abc import Mapping, Sequence


def rule(event):
    return selection(event)


def title(event):
    actor = texts(event, "actor", "email") or texts(event, "actor", "name") or texts(event, "actor", "gid")
    return "Sessions set to never end: " + (actor or ["unknown actor"])[0]


def selection(event):
    return (
        any(text in ("workspace_default_session_duration_changed", "workspace_idle_session_duration_changed") for text in folded(event, "event_type"))
        and any(text == "never" for text in folded(event, "details", "new_value"))
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
