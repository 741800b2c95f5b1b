"""Everything that must be kept, opened together: questions, accounts, feedback, searches."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from kb_app.accounts import Accounts
from kb_app.database import (
    Database,
    DatabaseBusyError,
    DatabaseError,
    open_database,
    sqlite_address,
)
from kb_app.drafts import Drafts
from kb_app.feedback import FeedbackBox
from kb_app.inbox import Inbox
from kb_app.keys import Keys
from kb_app.questions import Questions, WorkingDays
from kb_app.room import (
    AttendanceBook,
    Cards,
    Comparisons,
    Evaluations,
    RaisedBox,
    Records,
    Rooms,
    Slips,
)
from kb_app.searches import Searches
from kb_app.settings import Settings
from kb_app.weekly import Totals
from search_index import read_holidays

HOUSEKEEPING_SECONDS = 3600.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """An open database and what it holds."""

    database: Database
    keys: Keys
    questions: Questions
    accounts: Accounts
    feedback: FeedbackBox
    searches: Searches
    inbox: Inbox
    drafts: Drafts
    rooms: Rooms
    raised: RaisedBox
    records: Records
    attendance: AttendanceBook
    slips: Slips
    cards: Cards
    comparisons: Comparisons
    evaluations: Evaluations
    totals: Totals
    _ended: threading.Event = field(default_factory=threading.Event)

    def state(self) -> str:
        """`ok`, `outdated` where `kb database upgrade` is needed, or `unavailable`."""
        try:
            return "ok" if self.database.is_current() else "outdated"
        except DatabaseBusyError:
            return "unavailable"

    def keep_house(self) -> None:
        """Bring the tables up to date and keep the promises; a database that fails is logged."""
        try:
            self.database.upgrade()
            self.questions.keep_promises()
            self.attendance.forget_old()
            self.cards.forget_old()
        except DatabaseError as error:
            logger.warning("the database cannot be tended now: %s", error)

    def keep_house_hourly(self) -> None:
        """Do so now and then every hour, in a thread of its own, until closed."""
        threading.Thread(target=self._run, name="housekeeping", daemon=True).start()

    def _run(self) -> None:
        while not self._ended.wait(HOUSEKEEPING_SECONDS):
            self.keep_house()

    def close(self) -> None:
        """Write down what is still in memory, and let go of the database."""
        self._ended.set()
        self.searches.close()
        self.database.close()


def open_kept(settings: Settings, secret: str) -> Kept:
    """Open the database that the settings name. Raises DatabaseAddressError."""
    database, keys = open_database(database_address(settings)), Keys.of(secret)
    return kept_of(database, keys, Questions(database, keys, lambda: working_days(settings)))


def kept_of(database: Database, keys: Keys, questions: Questions) -> Kept:
    """All that a database keeps besides its questions."""
    rooms, slips = Rooms(database, keys), Slips(database)
    cards, comparisons = Cards(database, keys), Comparisons(database)
    return Kept(
        database=database,
        keys=keys,
        questions=questions,
        accounts=Accounts(database),
        feedback=FeedbackBox(database, keys),
        searches=Searches(database),
        inbox=Inbox(database),
        drafts=Drafts(database),
        rooms=rooms,
        raised=RaisedBox(database, keys),
        records=Records(database),
        attendance=AttendanceBook(database),
        slips=slips,
        cards=cards,
        comparisons=comparisons,
        evaluations=Evaluations(rooms, slips, cards, comparisons),
        totals=Totals(database, keys),
    )


def database_address(settings: Settings) -> str:
    """Where the database is: set, or a file in the data folder.

    >>> database_address(Settings(database_url="postgresql+psycopg://kb@db/kb"))
    'postgresql+psycopg://kb@db/kb'
    """
    return settings.database_url or sqlite_address(settings.data_dir / "lanewise.db")


def working_days(settings: Settings) -> WorkingDays:
    """The table of holidays as it is now; an empty one where it cannot be read."""
    path = settings.content_dir / "holidays.yml"
    try:
        return _read_working_days(path, path.stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError):
        return WorkingDays()


@lru_cache(maxsize=4)
def _read_working_days(path: Path, _: int) -> WorkingDays:
    # Mistakes in it are for `kb check` to tell.
    return WorkingDays(*read_holidays(path.read_text(encoding="utf-8"), lambda *_: None))
