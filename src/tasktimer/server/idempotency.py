"""A request that carries an Idempotency-Key is worked on once; whoever repeats it gets the same answer."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from pydantic_core import to_json

from tasktimer.errors import Conflict, InvalidValue, NotFound
from tasktimer.server.problem_details import problem_from_error
from tasktimer.services.transaction import retry_on_conflict
from tasktimer.store import Store
from tasktimer.store.savepoint import SavepointStore
from tasktimer.store.statements import idempotency
from tasktimer.store.statements.idempotency import IdempotencyKey, StoredResponse


@retry_on_conflict
def run_idempotent(
    store: Store, *, key: IdempotencyKey, request: str, verb: Callable[[Store], object], now: datetime
) -> tuple[StoredResponse, bool]:
    """Run a verb and keep its answer, in one transaction, or give the answer that was kept, and True.

    Raises:
        InvalidValue: the key was used for another request; or what the verb raises of values that can never be valid.
    """
    with store.write(create=True) as connection:
        earlier = idempotency.claim_key(connection, key, request, now)
        if earlier is not None:
            if earlier.request != request:
                raise InvalidValue(
                    "idempotency-key-reused",
                    "the Idempotency-Key was used for another request",
                    "use a new key for each request, and the same only to repeat one",
                )
            return earlier, True
        status, body = _answer(verb, SavepointStore(connection))
        idempotency.save_response(connection, key, status, body)
    return StoredResponse(request, status, body), False


def request_fingerprint(*parts: object) -> str:
    """What tells requests apart, however they are spelt."""
    return sha256(repr(parts).encode("utf-8", "backslashreplace")).hexdigest()


def _answer(verb: Callable[[Store], object], store: Store) -> tuple[int, str]:
    try:
        return 200, to_json(verb(store)).decode()
    except (NotFound, Conflict) as refused:  # an answer as well: a repetition must not be told anything else
        problem = problem_from_error(refused)
        return problem.status, to_json(problem.body()).decode()
