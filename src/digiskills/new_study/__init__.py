"""A study's folder from received files: what can be read, what is guessed, what somebody has to say."""

from digiskills.new_study.making import Made, make
from digiskills.new_study.questions import NONE, QUESTIONS, given

__all__ = ["NONE", "QUESTIONS", "Made", "given", "make"]
