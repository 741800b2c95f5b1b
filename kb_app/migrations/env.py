"""Runs the migrations on the connection that `kb_app.database` hands over."""

from alembic import context

from kb_app.models import Model

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Model.metadata,
    compare_type=True,
    # SQLite cannot change a table in place: it is written anew.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
