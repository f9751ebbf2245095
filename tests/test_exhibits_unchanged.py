"""The numbers of the default study's exhibits are those kept in reports/expected."""

from __future__ import annotations

from pathlib import Path

import in_process
import matplotlib
import numpy as np
import pandas as pd
import pytest

CHECKOUT = Path(__file__).parents[1]
EXPECTED = CHECKOUT / "reports" / "expected"
NOTEBOOKS = sorted(path.stem for path in (CHECKOUT / "notebooks").glob("*.ipynb"))
RENEW = "if the change is meant: cp reports/exhibits/ontario/en/*.csv reports/expected/ and say why in CHANGELOG.md"

matplotlib.use("agg")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = in_process.copy_of(CHECKOUT, tmp_path_factory.mktemp("default") / "root")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DIGISKILLS_ROOT", str(root))
        in_process.prepare("ontario")
    return root


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_re_made_numbers_equal_the_expected_ones(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("DIGISKILLS_ROOT", str(root))
    in_process.execute(name, monkeypatch, tmp_path)
    made = {path.name: path for path in tmp_path.glob("*.csv")}
    expected = {path.name: path for path in EXPECTED.glob(f"{name[:2]}-*.csv")}
    assert made.keys() == expected.keys(), RENEW
    for file, path in made.items():
        assert_same(pd.read_csv(path), pd.read_csv(expected[file]), file)


def assert_same(made: pd.DataFrame, expected: pd.DataFrame, file: str) -> None:
    """Words must be the same, numbers the same to six digits."""
    assert list(made) == list(expected) and len(made) == len(expected), f"{file}: {RENEW}"
    for column in made:
        if pd.api.types.is_numeric_dtype(expected[column]):
            np.testing.assert_allclose(made[column], expected[column], rtol=1e-6, err_msg=f"{file}, {column}: {RENEW}")
        else:
            assert made[column].fillna("").tolist() == expected[column].fillna("").tolist(), (
                f"{file}, {column}: {RENEW}"
            )
