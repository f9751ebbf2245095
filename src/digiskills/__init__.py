"""Skill gaps and barriers of a digital public service, as notebooks that become reports."""
