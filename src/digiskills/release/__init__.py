"""The reader's attack on the built files, and the page for whoever answers for privacy."""

from digiskills.release.attack import Leak, attack
from digiskills.release.checked import Checked, check, edition
from digiskills.release.collected import Found, collect
from digiskills.release.page import page

__all__ = ["Checked", "Found", "Leak", "attack", "check", "collect", "edition", "page"]
