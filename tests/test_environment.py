"""The conda environment is the one of pyproject.toml, and the tools read what they should."""

from __future__ import annotations

import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAMES = {"python-duckdb": "duckdb"}  # conda to PyPI, where they differ
TEXT = (ROOT / "environment.yml").read_text(encoding="utf-8")
CONDA = yaml.safe_load(TEXT.replace(*next(iter(NAMES.items()))))["dependencies"]


def test_conda_users_get_the_packages_of_pyproject() -> None:
    wanted = {*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]}
    given = {line for line in CONDA if isinstance(line, str)}
    assert given - wanted == {f"python{PROJECT['requires-python']}", "pip"}
    assert wanted - given == set()


def test_conda_users_get_the_package_itself() -> None:
    assert [line["pip"] for line in CONDA if isinstance(line, dict)] == [["--editable ."]]


def test_the_lock_holds_every_dependency() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    names = [line.split(">")[0] for line in PROJECT["dependencies"]]
    missing = [name for name in names if f"\n{name}==" not in f"\n{lock}"]
    assert missing == []
