"""Five questions a week: the bank of questions, when each comes back, and the totals."""

from kb_app.weekly.bank import Bank, Item, bank_of, item_id, read_bank, short_print, written
from kb_app.weekly.spacing import A_WEEK, After, Known, answered, chosen, due_on
from kb_app.weekly.totals import KeptChoice, Totals

__all__ = [
    "A_WEEK",
    "After",
    "Bank",
    "Item",
    "KeptChoice",
    "Known",
    "Totals",
    "answered",
    "bank_of",
    "chosen",
    "due_on",
    "item_id",
    "read_bank",
    "short_print",
    "written",
]
