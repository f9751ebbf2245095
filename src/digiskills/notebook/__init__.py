"""The few names that a notebook imports; they tie the floors together for one reader.

``open_study`` opens a study in one language and scope, its tables come released, ``publish`` shows an exhibit
and in a build writes its files, ``say`` prints computed sentences, ``passages`` shows passages that passed the
gate, ``covered`` and ``cite`` are about frameworks of skills,
``passport`` closes the page.
"""

from __future__ import annotations

from digiskills.notebook.examples import passages
from digiskills.notebook.opened import OpenStudy, open_study
from digiskills.notebook.publishing import cite, covered, passport, publish, say
from digiskills.notebook.run import RUN

__all__ = ["RUN", "OpenStudy", "cite", "covered", "open_study", "passages", "passport", "publish", "say"]
