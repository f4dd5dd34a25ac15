"""Prints the Splunk search of every Sigma rule in a folder as JSON, null where Splunk's backend cannot convert it.

The stock backend counts in fixed slots of time, so that an attack across the border of two is missed. Here a window ends with
each event, as Sigma asks for; conditions and values are converted by the stock backend.
"""

import json
import sys
from pathlib import Path
from typing import ClassVar

from sigma.backends.splunk import SplunkBackend
from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError


class SlidingSplunkBackend(SplunkBackend):
    """Correlations by streamstats over the time before each event."""

    requires_pipeline: ClassVar[bool] = False
    correlation_methods: ClassVar[dict] = {"sliding": "A window that ends with each event"}
    default_correlation_method: ClassVar[str] = "sliding"
    default_correlation_query: ClassVar[dict] = {"sliding": "{search}\n{aggregate}\n{condition}"}
    groupby_expression: ClassVar[dict] = {"sliding": " by {fields}"}
    groupby_field_expression: ClassVar[dict] = {"sliding": "{field}"}
    groupby_field_expression_joiner: ClassVar[dict] = {"sliding": " "}
    event_count_aggregation_expression: ClassVar[dict] = {
        "sliding": "| streamstats time_window={timespan} count as events{groupby}"
    }
    event_count_condition_expression: ClassVar[dict] = {"sliding": "| where events {op} {count}"}
    value_count_aggregation_expression: ClassVar[dict] = {
        "sliding": "| streamstats time_window={timespan} dc({field}) as different{groupby}"
    }
    value_count_condition_expression: ClassVar[dict] = {"sliding": "| where different {op} {count}"}
    correlation_search_multi_rule_expression: ClassVar[None] = None


def search_of(path: Path) -> str | None:
    collection = SigmaCollection.from_yaml(path.read_text(encoding="utf-8"))
    try:
        [query] = SlidingSplunkBackend().convert(collection)
    except (SigmaError, NotImplementedError):
        return None
    [rule] = [rule for rule in collection.rules if rule._output]
    head, *commands = query.strip().split("\n")
    # Delivery is at least once; streamstats asks for events in the order of time.
    condition = f"({head})" if " OR " in head else head
    lines = [f"`asana_audit` {condition}", "| dedup gid"]
    if not isinstance(rule, SigmaCorrelationRule):
        return "\n".join([*lines, *commands])
    fields = " ".join(rule.group_by or [])
    return "\n".join([*lines, "| sort 0 _time, gid", *commands, f"| dedup {fields}" if fields else "| head 1"])


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    found = {path.name: search_of(path) for path in sorted(folder.glob("*.yml"))}
    json.dump(found, sys.stdout, indent=2)
    print()
