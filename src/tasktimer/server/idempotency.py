"""Idempotent requests: a retry with the same Idempotency-Key receives the stored response."""

from collections.abc import Callable
from datetime import datetime

from pydantic_core import to_json
from starlette.responses import Response

from tasktimer.errors import Conflict, InvalidValue, NotFound
from tasktimer.server.problem_details import MEDIA_TYPE, problem_from_error
from tasktimer.services.transaction import retry_on_conflict
from tasktimer.store.protocols import Store
from tasktimer.store.savepoint import SavepointStore
from tasktimer.store.statements import idempotency
from tasktimer.store.statements.idempotency import IdempotencyKey


@retry_on_conflict
def run_idempotent(
    store: Store, service: Callable[[Store], object], *, key: IdempotencyKey, request: str, now: datetime
) -> Response:
    """Run a service and store its response in the same transaction, or return the stored response if the key has one.

    Raises:
        InvalidValue: if the key was used for another request, or the service rejects a value.
    """
    with store.write(create=True) as connection:
        earlier = idempotency.claim_key(connection, key, request, now)
        if earlier is not None:
            if earlier.request != request:
                message = "the Idempotency-Key was used for another request"
                raise InvalidValue(
                    "idempotency-key-reused", message, "use a new key for each request, except for retries"
                )
            return _response(earlier.status, earlier.body, {"Idempotent-Replayed": "true"})
        status, body = _run(service, SavepointStore(connection))
        idempotency.save_response(connection, key, status, body)
    return _response(status, body)


def _run(service: Callable[[Store], object], store: Store) -> tuple[int, str]:
    try:
        return 200, to_json(service(store)).decode()
    except (NotFound, Conflict) as error:  # stored, so that a retry receives the same response
        problem = problem_from_error(error)
        return problem.status, to_json(problem.body()).decode()


def _response(status: int, body: str, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, "application/json" if status == 200 else MEDIA_TYPE)
