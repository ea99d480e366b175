"""Prints what pip must install for Home Assistant's default integrations, for the named ones, and
for those that they depend on. Runs where `homeassistant` is installed; only `install lock` does."""

import json
import pathlib
import sys

import homeassistant
from homeassistant.bootstrap import CORE_INTEGRATIONS, DEFAULT_INTEGRATIONS

components = pathlib.Path(homeassistant.__path__[0], "components")
waiting = {*CORE_INTEGRATIONS, *DEFAULT_INTEGRATIONS, *sys.argv[1:]}
known: dict[str, list[str]] = {}
while waiting:
    name = waiting.pop()
    manifest = json.loads((components / name / "manifest.json").read_text())
    known[name] = manifest.get("requirements", [])
    waiting |= set(manifest.get("dependencies", [])) - known.keys()
print(*sorted({each for requirements in known.values() for each in requirements}), sep="\n")
