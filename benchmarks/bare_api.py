"""A FastAPI application with the same routes that stores nothing, to measure the framework alone."""

from datetime import date

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Track(BaseModel):
    """A task to start."""

    user_id: int
    description: str


class Stop(BaseModel):
    """A task to stop."""

    id: int


@app.post("/track")
async def track(body: Track) -> dict[str, int]:
    """Respond as if a task had been started."""
    return {"id": body.user_id}


@app.post("/stop")
async def stop(body: Stop) -> dict[str, int]:
    """Respond as if a task had been stopped."""
    return {"id": body.id}


@app.get("/times")
async def times(user_id: int, date: date) -> list[dict[str, object]]:
    """Return ten tasks."""
    return [
        {
            "id": number,
            "user_id": user_id,
            "description": f"task {number}",
            "start_time": f"{date}T09:{number:02}:00+00:00",
            "end_time": f"{date}T09:{number + 1:02}:00+00:00",
            "running": False,
            "time_spent": 60.0,
        }
        for number in range(10)
    ]
