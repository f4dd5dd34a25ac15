# Export started by a script
# Made from rules/asana_export_by_script.yml by `pnpm generate:detections`: do not edit.
import re
from collections.abc import Mapping, Sequence


def rule(event):
    return selection(event) and not filter_service_account(event)


def title(event):
    actor = texts(event, "actor", "email") or texts(event, "actor", "name") or texts(event, "actor", "gid")
    return "Export started by a script: " + (actor or ["unknown actor"])[0]


def selection(event):
    return (
        any(text.endswith("_export_started") for text in folded(event, "event_type"))
        and any(text == "api" for text in folded(event, "context", "context_type"))
        and any(re.search(r"^(curl|wget|python|node|go-http-client|postman|httpie|axios|okhttp|java|ruby|perl|libwww|powershell)", text, re.IGNORECASE) for text in texts(event, "context", "user_agent"))
    )


def filter_service_account(event):
    return (
        any(text == "service_account" for text in folded(event, "context", "api_authentication_method"))
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
