"""What became of a call, as one line of JSON on standard output."""

import json
from collections.abc import Callable


def tell(call: Callable[[], object]) -> None:
    """Calls, and tells what came back, or which exception with which status.

    It does not judge: that is for the test, which knows what is right.
    """
    try:
        told = {"answer": call()}
    except Exception as error:
        response = getattr(error, "response", None)
        told = {
            "error": f"{type(error).__module__}.{type(error).__qualname__}",
            "status": getattr(error, "status_code", getattr(response, "status_code", None)),
            "message": str(error),
        }
    print(json.dumps(told))
