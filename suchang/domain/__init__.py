"""Concepts of the programme, in the standard library only."""
