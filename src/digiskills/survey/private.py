"""A table of respondents that no way of showing or storing it gives away."""

from __future__ import annotations

from typing import Any, NoReturn

import pandas as pd

from digiskills.errors import ReleaseError

ADVICE = "rows of respondents are not shown: use survey.means, .shares or .gaps; in JupyterLab survey.reveal() looks"


class Private(pd.DataFrame):
    """A DataFrame whose rows are not printed, described, exported or pickled.

    What is made from it (a column, a selection, a group) is a plain pandas object, so that estimates work on it; a
    copy made for looking goes through `digiskills.survey.Survey.reveal`.
    """

    @property
    def _constructor(self) -> Any:
        return pd.DataFrame

    def __repr__(self) -> str:
        """Shape and columns, never a row."""
        return f"{len(self)} rows x {len(self.columns)} columns, not shown ({', '.join(map(str, self.columns))})"

    def _repr_html_(self) -> str:
        return f"<p>{self!r}</p>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        """Refuse to be pickled: a pickle in an output is the survey itself."""
        raise ReleaseError(ADVICE)


def _refuse(self: Private, *args: object, **kwargs: object) -> NoReturn:
    """Refuse what would show or store rows."""
    raise ReleaseError(ADVICE)


SHOWN: tuple[str, ...] = ("head", "tail", "sample", "describe", "info", "to_string", "to_html", "to_markdown")
SHOWN += ("to_latex", "to_csv")
SHOWN += ("to_json", "to_excel", "to_pickle", "to_parquet", "to_feather", "to_clipboard", "to_xml", "to_records")
SHOWN += ("to_dict", "to_sql", "to_stata", "to_hdf", "to_orc", "style", "plot", "hist", "boxplot")
for _name in SHOWN:
    setattr(Private, _name, _refuse)
