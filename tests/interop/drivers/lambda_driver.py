"""lambda-cloud-python: lists instances, keys, file systems and images.

The client reads no environment; LAMBDA_API_KEY is what its document has the
user read, and LAMBDA_BASE_URL is ours.
"""

import importlib.util
import os
import sys
from types import ModuleType

from outcome import tell

# The package cannot be imported: its __init__ names what its models do not
# have. The modules can, so a package without that __init__ stands in.
found = importlib.util.find_spec("lambda_cloud")
package = ModuleType("lambda_cloud")
package.__path__ = list(found.submodule_search_locations)
sys.modules["lambda_cloud"] = package

from lambda_cloud.client import LambdaCloudClient  # noqa: E402
from lambda_cloud.filesystems import FileSystems  # noqa: E402
from lambda_cloud.images import Images  # noqa: E402
from lambda_cloud.instances import Instances  # noqa: E402
from lambda_cloud.ssh_keys import SSHKeys  # noqa: E402


def call() -> object:
    key, base_url = os.environ["LAMBDA_API_KEY"], os.environ["LAMBDA_BASE_URL"]
    with LambdaCloudClient(api_key=key, base_url=base_url) as client:
        lists = [kind(client).list() for kind in (Instances, SSHKeys, FileSystems, Images)]
    return {"listed": sum(len(one) for one in lists)}


tell(call)
