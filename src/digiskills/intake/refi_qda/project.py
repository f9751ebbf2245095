"""A coded project as frames, each named by what one row is."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from digiskills.errors import Problem, StudyError, UsageError, nearest

# What one row of each frame holds. Text throughout; start and end are numbers, is_codable is true or false.
TABLES: Mapping[str, tuple[str, ...]] = {
    "codes": ("code", "name", "parent", "path", "is_codable", "color", "description"),
    "sources": ("source", "name", "kind", "text", "place", "description", "coder", "created"),
    "selections": ("selection", "source", "start", "end", "text", "name", "description", "coder", "created"),
    "codings": ("coding", "source", "selection", "code", "coder", "created"),
    "cases": ("case", "name", "description"),
    "case_members": ("case", "kind", "member"),
    "variables": ("variable", "name", "type", "description"),
    "variable_values": ("kind", "owner", "variable", "value"),
    "sets": ("set", "name", "description"),
    "set_members": ("set", "kind", "member"),
    "coders": ("coder", "name", "id"),
    "notes": ("note", "name", "text", "coder", "created"),
    "note_references": ("kind", "owner", "note"),
    "left_out": ("what", "name", "why", "number"),
}
ENTRY = "project.qde"
MOST_VALUES = 20_000_000
PATH_SIGN = " > "
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:QDA-XML:project:1.0:digiskills")


@dataclass(frozen=True, repr=False)
class Project:
    """A project of a program for qualitative analysis. Its texts are private: nothing here is ready to show.

    Parameters
    ----------
    name, origin, description : str
        Of the project; `origin` is the program that wrote it.
    codes : pandas.DataFrame
        One row per code, in the order of the tree: code, name, parent ("" at the top), path (names from the
        top, joined by " > "), is_codable (false: a folder), color, description.
    sources : pandas.DataFrame
        One row per source: source, name, kind (text, pdf, picture, audio, video), text ("" where it was not
        read), place (the path that the project gives), description, coder, created.
    selections : pandas.DataFrame
        One row per selected passage of plain text: selection, source, start, end (characters of `text`, from
        0, the end not included; where the text was not read, as written), text, name, description, coder,
        created.
    codings : pandas.DataFrame
        One row per passage and code that a coder gave it: coding, source, selection ("" where the whole
        source is coded), code, coder ("" where the project does not say), created.
    cases : pandas.DataFrame
        One row per case (a person, a group, an organisation): case, name, description.
    case_members : pandas.DataFrame
        One row per case and what belongs to it: case, kind (source, selection, code), member.
    variables : pandas.DataFrame
        One row per variable: variable, name, type (Text, Boolean, Integer, Float, Date, DateTime), description.
    variable_values : pandas.DataFrame
        One row per variable of a case or source: kind (case, source), owner, variable, value as written.
    sets : pandas.DataFrame
        One row per set: set, name, description.
    set_members : pandas.DataFrame
        One row per set and member: set, kind (source, code, note), member.
    coders : pandas.DataFrame
        One row per user: coder, name, id.
    notes : pandas.DataFrame
        One row per memo: note, name, text, coder, created.
    note_references : pandas.DataFrame
        One row per memo and what it is about: kind (project, code, source, selection, coding), owner, note.
    left_out : pandas.DataFrame
        One row per kind of thing that was not read and why: what, name (of the source or thing), why, number.
    """

    name: str
    origin: str
    description: str
    codes: pd.DataFrame
    sources: pd.DataFrame
    selections: pd.DataFrame
    codings: pd.DataFrame
    cases: pd.DataFrame
    case_members: pd.DataFrame
    variables: pd.DataFrame
    variable_values: pd.DataFrame
    sets: pd.DataFrame
    set_members: pd.DataFrame
    coders: pd.DataFrame
    notes: pd.DataFrame
    note_references: pd.DataFrame
    left_out: pd.DataFrame

    def __repr__(self) -> str:
        """Numbers of rows; never a text or a name."""
        sizes = ", ".join(f"{name} {len(getattr(self, name))}" for name in TABLES)
        return f"Project({sizes})"

    def variables_of(self, kind: str) -> pd.DataFrame:
        """Return the variables of cases or sources side by side.

        Parameters
        ----------
        kind : str
            ``case`` or ``source``.

        Returns
        -------
        pandas.DataFrame
            One row per case (or source) that has a value, in the project's order: its key and one column per
            variable, by name; "" where it has none. Of two values the first counts.

        Raises
        ------
        UsageError
            If the kind is not known.
        StudyError
            If there are more values than any project has.
        """
        if kind not in ("case", "source"):
            raise UsageError(f"there is no kind ‘{kind}’: {nearest(kind, ('case', 'source'))}")
        values = self.variable_values[self.variable_values["kind"] == kind]
        named = values.merge(self.variables[["variable", "name"]], on="variable")
        first = named.drop_duplicates(["owner", "name"])
        if first["owner"].nunique() * first["name"].nunique() > MOST_VALUES:
            message = f"has more than {MOST_VALUES:,} values of variables, empty ones counted"
            raise StudyError([Problem(ENTRY, None, "Variable", None, message, "fewer variables")])
        wide = first.pivot(index="owner", columns="name", values="value").fillna("")
        names = [name for name in self.variables["name"].unique() if name in wide]
        return (
            wide.reindex(values["owner"].unique())[names]
            .fillna("")
            .rename_axis(kind, axis=0)
            .rename_axis(None, axis=1)
            .reset_index()
        )


def guid(*key: str) -> str:
    """Return the identifier of a thing, the same whenever the same thing is named.

    Parameters
    ----------
    *key : str
        What it is, from the study down: ``guid("ontario", "code", "culture.risk")``.

    Returns
    -------
    str
        A version 5 UUID.
    """
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(key)))


def plain_guid(text: str) -> str:
    """Return an identifier in lower case without braces, so that two spellings of one are equal.

    Parameters
    ----------
    text : str
        As written.

    Returns
    -------
    str
        The identifier; what is no GUID stays as it is, without the blanks around it.
    """
    bare = text.strip().removeprefix("{").removesuffix("}").lower()
    return bare if _GUID.fullmatch(bare) else text.strip()


def is_guid(text: str) -> bool:
    """Return whether a text is an identifier as the schema wants it, in lower case.

    Parameters
    ----------
    text : str
        A key.

    Returns
    -------
    bool
        True where it is.
    """
    return _GUID.fullmatch(text) is not None
