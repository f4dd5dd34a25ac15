"""Runs rules of Panther on the events of their tests: JSON in, JSON out. Prints for each test what rule() and title() gave."""

import importlib.util
import json
import sys


def loaded(path):
    spec = importlib.util.spec_from_file_location("rule_under_test", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


results = []
for asked in json.load(sys.stdin):
    for path in asked["paths"]:
        module = loaded(path)
        results.extend([module.rule(event), module.title(event)] for event in asked["events"])
json.dump(results, sys.stdout)
