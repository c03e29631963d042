"""modelon-impact-client: asks who it is, and which workspaces there are.

The client reads MODELON_IMPACT_CLIENT_URL and MODELON_IMPACT_CLIENT_API_KEY.
"""

from modelon.impact.client import Client

from outcome import tell


def call() -> object:
    client = Client()
    workspaces = client.get_workspaces()
    return {"email": client.get_me().email, "listed": len(workspaces)}


tell(call)
