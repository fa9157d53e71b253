"""Runs the migrations on the database that the caller gives, or that ``DATABASE_URL`` names."""

import os
from importlib import import_module
from pkgutil import iter_modules

import sqlmodel
from alembic import context
from sqlalchemy import create_engine, pool

import models
from models.migrations.patience import MIGRATION_OPTIONS

for module in iter_modules(models.__path__):
    if not module.ispkg:
        import_module(f"models.{module.name}")
target = sqlmodel.SQLModel.metadata


def _url() -> str:
    url = context.config.attributes.get("url") or os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("DATABASE_URL is not set: say which PostgreSQL database to bring up to date.")
    return "postgresql+psycopg://" + url.partition("://")[2]


made = create_engine(_url(), poolclass=pool.NullPool, connect_args={"options": MIGRATION_OPTIONS})
with made.connect() as connection:
    context.configure(connection=connection, target_metadata=target, compare_type=True, compare_server_default=False)
    with context.begin_transaction():
        context.run_migrations()
