"""A server as in a tutorial: FastAPI, `databases` with aiosqlite or asyncpg, naive local times, no index."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, time, timedelta

import databases
import sqlalchemy
from fastapi import FastAPI
from pydantic import BaseModel

database = databases.Database(os.environ["TUTORIAL_DATABASE_URL"])
metadata = sqlalchemy.MetaData()
tasks = sqlalchemy.Table(
    "tasks",
    metadata,
    sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True),
    sqlalchemy.Column("user_id", sqlalchemy.Integer),
    sqlalchemy.Column("description", sqlalchemy.String),
    sqlalchemy.Column("start_time", sqlalchemy.DateTime),
    sqlalchemy.Column("end_time", sqlalchemy.DateTime),
)


class Track(BaseModel):
    """A task to start."""

    user_id: int
    description: str


class Stop(BaseModel):
    """A task to stop."""

    id: int


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Connect to the database while the server is running."""
    await database.connect()
    yield
    await database.disconnect()


app = FastAPI(lifespan=lifespan)


@app.post("/track")
async def track(body: Track) -> dict[str, int]:
    """Start a task."""
    query = tasks.insert().values(user_id=body.user_id, description=body.description, start_time=datetime.now())  # noqa: DTZ005
    return {"id": await database.execute(query)}


@app.post("/stop")
async def stop(body: Stop) -> dict[str, int]:
    """Stop a task."""
    query = tasks.update().where(tasks.c.id == body.id).values(end_time=datetime.now())  # noqa: DTZ005
    await database.execute(query)
    return {"id": body.id}


@app.get("/times")
async def times(user_id: int, date: date) -> list[dict[str, object]]:
    """Return the time spent on each task on a given day."""
    day_start = datetime.combine(date, time())
    day_end = day_start + timedelta(days=1)
    query = tasks.select().where(
        (tasks.c.user_id == user_id)
        & (tasks.c.start_time < day_end)
        & ((tasks.c.end_time.is_(None)) | (tasks.c.end_time > day_start))
    )
    entries = []
    for row in await database.fetch_all(query):
        end = min(row["end_time"] or datetime.now(), day_end)  # noqa: DTZ005
        spent = (end - max(row["start_time"], day_start)).total_seconds()
        entries.append({"id": row["id"], "description": row["description"], "time_spent": spent})
    return entries
