"""The report of an optimization: one HTML file, with nothing outside of it, that prints well."""

from raffinate.reports.choice import Choice, choose
from raffinate.reports.page import write

__all__ = ["Choice", "choose", "write"]
