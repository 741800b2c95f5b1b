"""The application as a function of its settings."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from kb_app import service
from kb_app.api import api
from kb_app.asking import asking
from kb_app.asking_pages import asker
from kb_app.database import DatabaseBusyError
from kb_app.desk import desk
from kb_app.door import guard, protect_forms
from kb_app.front import Front
from kb_app.generation import Generations
from kb_app.keeping import open_kept
from kb_app.limits import Limit, TooManyError
from kb_app.metrics import Metrics
from kb_app.phone import card, phone
from kb_app.publisher import Publisher
from kb_app.questions import QuestionError, UnknownPageError, UnknownQuestionError
from kb_app.room import RoomError, UnknownCardError, UnknownRaisedError, UnknownRoomError
from kb_app.settings import Settings
from kb_app.translations import mark, say
from kb_app.views import trouble, views
from kb_app.visitor import (
    ROUTE,
    BadRequestError,
    Running,
    generation,
    language,
    message_for,
    problem,
    remember_visitor,
)
from kb_app.weekly_pages import weekly
from search_index import IndexMissingError, Lang, QueryError, SearchIndexError

STATUS: dict[type[Exception], int] = {
    QueryError: 400,
    IndexMissingError: 503,
    UnknownQuestionError: 404,
    UnknownPageError: 404,
    UnknownRaisedError: 404,
    UnknownRoomError: 404,
    UnknownCardError: 404,
}
MAX_BODY = 1_000_000
RETRY_SECONDS = 30
# These answer also when there is nothing to search yet.
_ALWAYS = {"api.health", "api.metrics", "api.openapi", "views.root"}


def create_app(settings: Settings, *, generations: Generations | None = None) -> Flask:
    """Create the application; a test may pass `generations` that look more often."""
    app = Flask("kb_app", static_folder=None)
    secret = app.secret_key = service.secret_key(settings)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    kept = open_kept(settings, secret)
    running = Running(
        settings,
        generations or service.open_generations(settings),
        Metrics(),
        kept,
        Limit("writes", settings.writes_per_hour),
        Limit("wrong codes", settings.wrong_codes_per_hour),
        Publisher(settings, kept.drafts),
    )
    running.kept.keep_house()
    app.extensions["lanewise"] = running
    app.register_blueprint(api)
    app.register_blueprint(asking)
    app.register_blueprint(asker)
    app.register_blueprint(weekly)
    app.register_blueprint(views)
    app.register_blueprint(desk)
    app.register_blueprint(phone)
    app.register_blueprint(card)
    app.before_request(_need_generation)
    app.before_request(guard)
    app.after_request(remember_visitor)
    _answer_errors(app)
    protect_forms(app, settings)
    app.wsgi_app = Front(  # type: ignore[method-assign]
        app.wsgi_app, running.generations, running.metrics, log=settings.log_requests
    )
    return app


def _need_generation() -> None:
    request.environ[ROUTE] = request.endpoint or "none"
    if request.endpoint not in _ALWAYS:
        generation()


def _answer_errors(app: Flask) -> None:
    """Every failure gets its status here, and words in the asker's language."""
    app.register_error_handler(HTTPException, _explain_http)
    app.register_error_handler(BadRequestError, _explain_bad_request)
    app.register_error_handler(SearchIndexError, _explain_search)
    app.register_error_handler(QuestionError, _explain_refusal)
    app.register_error_handler(RoomError, _explain_refusal)
    app.register_error_handler(TooManyError, _explain_too_many)
    app.register_error_handler(DatabaseBusyError, lambda error: _explain_busy(app, error))
    app.register_error_handler(Exception, lambda error: _explain_bug(app, error))


def _explain_http(error: HTTPException) -> Response:
    status = error.code or 500
    response = _explain(status, message_for(status))
    allowed = error.get_response().headers.get("Allow")
    if allowed is not None:
        response.headers["Allow"] = allowed
    return response


def _explain_bad_request(error: BadRequestError) -> Response:
    return _explain(400, say(language(), error.message, **error.values))


def _explain_search(error: SearchIndexError) -> Response:
    status = STATUS.get(type(error), 500)
    return _explain(status, say(language(), str(error)) if status == 400 else message_for(status))  # noqa: PLR2004


def _explain_refusal(error: QuestionError | RoomError) -> Response:
    return _explain(STATUS.get(type(error), 409), error.said(language()))


def _explain_too_many(error: TooManyError) -> Response:
    response = _explain(429, message_for(429))
    response.headers["Retry-After"] = str(error.seconds)
    return response


def _explain_busy(app: Flask, error: DatabaseBusyError) -> Response:
    app.logger.warning("the database is busy or away: %s", error)
    return _explain(503, say(language(), mark("This cannot be kept now. Please try again soon.")))


def _explain_bug(app: Flask, error: Exception) -> Response:
    app.logger.error("a bug in answering %r", request.path, exc_info=error)
    return _explain(500, message_for(500))


def _explain(status: int, message: str) -> Response:
    """As a page to whoever reads the site, as problem+json to a program."""
    for_people = request.path.split("/")[1] in set(Lang)
    response = trouble(message, status) if for_people else problem(status, message)
    if status == 503:  # noqa: PLR2004 - what is not there now will be
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response
